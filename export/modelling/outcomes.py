"""What is counted in a model as its file has it: costs and effects, and the amounts of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from export.modelling.formula import Formula
from export.modelling.model import Amounts, Kind, Outcome
from export.modelling.states import StateReading
from surveys.language import _
from surveys.yamltree import Mapping

_AMOUNTS = ("per_year", "per_cycle", "per_transition", "at_start")
_OUTCOME = ("label", "allow_negative", *_AMOUNTS)


class OutcomeReading(StateReading):
    """Reads what is counted, for all strategies and for one."""

    def outcomes(
        self, root: Mapping, key: str, kind: Kind, unit: str
    ) -> tuple[tuple[Outcome, ...], dict[str, Amounts]]:
        """Return the kinds of cost, or the effects, and their amounts for all strategies."""
        found = self.part(root, key)
        self.named(found, key)
        if not found.nodes:
            remedy = _("write at least one")
            self.note(found.place, key, _("there is none"), remedy, "missing")
        outcomes, amounts = [], {}
        for name in found.nodes:
            one, subject = self.part(found, name), f"{key}.{name}"
            outcomes.append(self.outcome(name, one, subject, kind, unit))
            amounts[name] = self.amounts(one, subject)
        return tuple(outcomes), amounts

    def outcome(self, name: str, found: Mapping, subject: str, kind: Kind, unit: str) -> Outcome:
        """Return a kind of cost, whose unit is the currency given, or an effect, which has its own."""
        own = "programme" if kind == "cost" else "unit"
        self.refuse_others(found, (*_OUTCOME, own), subject)
        nodes, place = found.nodes, found.place
        if kind == "effect":
            unit = self.text(found, "unit", subject, _("write what it is counted in: nights"))
        return Outcome(
            name=name,
            label=self.told(nodes.get("label"), subject, place) or name,
            unit=unit,
            kind=kind,
            is_programme=kind == "cost" and self.yes_no(nodes.get("programme"), subject),
            allows_negative=self.yes_no(nodes.get("allow_negative"), subject),
        )

    def refuse_shared(self, effects: Mapping, costs: Sequence[str]) -> None:
        """Note effects that are called as a cost is."""
        for name in set(effects.keys) & set(costs):
            fact = _("“{name}” is a cost already").format(name=name)
            remedy = _("give it another name")
            self.note(effects.keys[name].place, "effects", fact, remedy, "name")

    def amounts(self, found: Mapping, subject: str) -> Amounts:
        """Return what is counted of an outcome."""
        moves = self.part(found, "per_transition")
        where = f"{subject}.per_transition"
        return Amounts(
            per_year=self.formulas(found, "per_year", subject),
            per_cycle=self.formulas(found, "per_cycle", subject),
            per_transition={
                left: self.entered(left, moves, where) for left in self.by_state(moves, where)
            },
            at_start=self.formula(found.nodes["at_start"], subject, found.place)
            if "at_start" in found.nodes
            else None,
        )

    def entered(self, left: str, moves: Mapping, subject: str) -> dict[str, Formula]:
        """Return what is counted of a change from a state to others; staying is none."""
        found = self.part(moves, left)
        if left in found.keys:
            fact = _("staying in “{name}” is not a change of state").format(name=left)
            self.note(found.keys[left].place, subject, fact, _("use per_cycle"), "change")
        return self.formulas(moves, left, subject)

    def overridden(
        self, strategy: Mapping, key: str, subject: str, amounts: dict[str, Amounts]
    ) -> dict[str, Amounts]:
        """Return all amounts, those that a strategy has of its own over those of all, entry by entry."""
        found, subject = self.part(strategy, key), f"{subject}.{key}"
        made = dict(amounts)
        for name, at in found.keys.items():
            if name not in amounts:
                fact = _("there is no “{name}” under {key}").format(name=name, key=key)
                self.unknown(at.place, subject, fact, name, amounts)
                continue
            one = self.part(found, name)
            self.refuse_others(one, _AMOUNTS, f"{subject}.{name}")
            made[name] = over(amounts[name], self.amounts(one, f"{subject}.{name}"))
        return made


def over(below: Amounts, above: Amounts) -> Amounts:
    """Return amounts with those of `above` in place of the same entries of `below`."""
    left: Iterable[str] = {**below.per_transition, **above.per_transition}
    return Amounts(
        {**below.per_year, **above.per_year},
        {**below.per_cycle, **above.per_cycle},
        {
            one: {**below.per_transition.get(one, {}), **above.per_transition.get(one, {})}
            for one in left
        },
        above.at_start or below.at_start,
    )
