"""From the YAML of a model to its values, with every problem of the text at once.

As a questionnaire is read: what cannot be read is noted with its place and replaced by something
harmless, so that reading goes on. What follows from the numbers is judged afterwards (`checks.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

from export.modelling import checks
from export.modelling.formula import Formula
from export.modelling.model import (
    Amounts,
    Correction,
    Discount,
    Kind,
    Model,
    Outcome,
    Row,
    Scenario,
    State,
    Strategy,
)
from export.modelling.parameters import MOST as MOST_PARAMETERS
from export.modelling.parameters import ParameterReading
from export.modelling.shipped import source_and_name
from export.modelling.written import COMPLEMENT, LARGEST, Span, remainder
from surveys import yamltree
from surveys.language import _
from surveys.problems import Place, Problem, Refusal, in_order
from surveys.yamltree import Mapping, Node, Scalar

NAME = "model.yaml"
MOST = {"states": 100, "parameters": MOST_PARAMETERS, "strategies": 100, "scenarios": 50}
MOST_CYCLES = 5000
MOST_STEPS = 2_000_000  # probabilities of a strategy: cycles × states × states
MOST_WORTH = 50
LONGEST = 300_000  # characters of a file: each formula of it is computed for every cycle
_ROOT = (
    "souspli_model title text perspective currency price_year cycle horizon correction discount cohort "
    "draws seed willingness_to_pay states start parameters costs effects transitions strategies scenarios"
).split()
_AMOUNTS = ("per_year", "per_cycle", "per_transition", "at_start")
_OUTCOME = ("label", "allow_negative", *_AMOUNTS)
_SCENARIO = ("label", "discount", "horizon", "correction", "parameters")
_YEAR = re.compile(r"[12][0-9]{3}")


def read_model(path: Path | str) -> Model:
    """Return the model in a file, or a shipped one by its name; Refusal with every error, one a line."""
    model, problems = model_of(*source_and_name(str(path)))
    if model is None:
        raise Refusal("\n".join(str(one) for one in problems if one.severity == "error"))
    return model


def model_of(source: str, file: str) -> tuple[Model | None, tuple[Problem, ...]]:
    """Return the model that a text writes, None where it has errors, and every problem of the text."""
    reading = _ModelReading()
    found = reading.model(source, file)
    is_read = not any(one.severity == "error" for one in reading.problems)
    for one in checks.wrong(found) if found else ():
        if is_read or one.severity == "error":  # a warning could come of what could not be read
            reading.problems.append(one)
    is_wrong = any(one.severity == "error" for one in reading.problems)
    return None if is_wrong else found, in_order(reading.problems)


class _ModelReading(ParameterReading):
    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, State] = {}
        self.at: dict[str, Place] = {}  # where the states stand

    def model(self, source: str, file: str) -> Model | None:
        root = self.root(source, file)
        if root is None or self.is_too_large(root):
            return None
        place = root.place
        self.names = dict.fromkeys(self.part(root, "parameters").nodes)
        self.states = self.all_states(root)
        cycle, currency = self.cycle(root), self.needed(root, "currency", "€")
        costs, of_costs = self.outcomes(root, "costs", "cost", currency)
        effects, of_effects = self.outcomes(root, "effects", "effect", "")
        self.refuse_shared(self.part(root, "effects"), [one.name for one in costs])
        rows = self.rows(self.part(root, "transitions"), "transitions")
        discount = self.discount(root)
        return Model(
            title=self.needed(root, "title", _("What is compared")),
            text=self.told(root.nodes.get("text"), "text", place),
            perspective=self.needed(root, "perspective", _("public health insurance")),
            currency=currency,
            price_year=self.price_year(root),
            length=float(cycle.years),
            cycles=self.cycles(root, cycle),
            correction=self.correction(root),
            discount=discount,
            states=tuple(self.states.values()),
            start=self.start(root),
            parameters=self.parameters(self.part(root, "parameters")),
            costs=costs,
            effects=effects,
            strategies=self.strategies(root, rows, of_costs, of_effects),
            scenarios=self.scenarios(root, cycle, discount),
            worth=self.worth(root.nodes.get("willingness_to_pay")),
            cohort=self.whole(root.nodes.get("cohort"), "cohort", 1000, 1, 100_000_000),
            draws=self.whole(root.nodes.get("draws"), "draws", 10_000, 1, 1_000_000),
            seed=self.whole(root.nodes.get("seed"), "seed", 1, 0, 10**11 - 1),
        )

    def root(self, source: str, file: str) -> Mapping | None:
        """Return the whole file as a map, None where its YAML is broken."""
        start = Place(file, 1, 1)
        if len(source) > LONGEST:
            fact = _("the file has more than {n} characters").format(n=LONGEST)
            self.note(start, "", fact, _("make a smaller model"), "size")
            return None
        tree = yamltree.read(source, file)
        self.problems.extend(tree.problems)
        if tree.root is None and tree.is_whole:
            self.note(start, "", _("the file is empty"), _("write it, or remove it"), "shape")
        if tree.root is None or not tree.is_whole:
            return None
        root = self.mapping(tree.root, NAME, start)
        if self.string(root.nodes.get("souspli_model"), NAME) != "1":
            fact = _("this is not a model of version 1")
            self.note(root.place, "", fact, _("begin with “souspli_model: 1”"), "shape")
            return None
        self.refuse_others(root, _ROOT, NAME)
        return root

    def is_too_large(self, root: Mapping) -> bool:
        large = [key for key, most in MOST.items() if len(self.part(root, key).nodes) > most]
        for key in large:
            fact = _("there are more than {n}").format(n=MOST[key])
            self.note(root.keys[key].place, key, fact, _("make a smaller model"), "size")
        return bool(large)

    def part(self, root: Mapping, key: str) -> Mapping:
        """Return a map within another, empty where there is none; what is no map is noted once."""
        node = root.nodes.get(key)
        if isinstance(node, Mapping):
            return node
        place = node.place if node is not None else root.place
        found = self.mapping(node, key, place)
        root.nodes[key] = found
        return found

    # --- about the model --------------------------------------------------------------------------

    def needed(self, root: Mapping, key: str, example: str) -> str:
        """Return a text that may not be absent."""
        remedy = _("write it, for example “{key}: {example}”").format(key=key, example=example)
        return self.text(root, key, key, remedy)

    def price_year(self, root: Mapping) -> str:
        found = self.needed(root, "price_year", "2026")
        if found and not _YEAR.fullmatch(found):
            fact = _("“{text}” is not a year").format(text=found[:40])
            remedy = _("write the year of the prices: 2026")
            self.note(root.nodes["price_year"].place, "price_year", fact, remedy, "number")
        return found

    def cycle(self, root: Mapping) -> Span:
        """Return the length of a cycle; a year where it cannot be read."""
        is_given = self.require(root, "cycle", "cycle", _("write its length: 6 months"))
        return (self.span(root.nodes["cycle"], "cycle") if is_given else None) or Span(1, "year")

    def cycles(self, root: Mapping, cycle: Span) -> int:
        """Return how many cycles the horizon has."""
        if not self.require(root, "horizon", "horizon", _("write how far to look: 10 years")):
            return 1
        return self.whole_cycles(root.nodes["horizon"], "horizon", cycle)

    def whole_cycles(self, node: Node, subject: str, cycle: Span) -> int:
        """Return how many cycles a horizon has; a problem where they are too many or not whole."""
        span = self.span(node, subject)
        if span is None:
            return 1
        count = span.years / cycle.years
        nearest = max(1, round(count))
        if nearest > self.most_cycles:
            fact = _("{n} cycles are more than {most}").format(n=nearest, most=self.most_cycles)
            self.note(node.place, subject, fact, _("make cycles longer"), "size")
            return 1
        if count != nearest:
            fact = _("is not a whole number of cycles of {cycle}").format(cycle=cycle.times(1))
            remedy = _("the nearest is {near}").format(near=cycle.times(nearest))
            self.note(node.place, subject, fact, remedy, "horizon")
        return nearest

    @property
    def most_cycles(self) -> int:
        """The most cycles of a model with these states."""
        return min(MOST_CYCLES, MOST_STEPS // max(1, len(self.states)) ** 2)

    def correction(self, found: Mapping) -> Correction:
        known = get_args(Correction)
        node = found.nodes.get("correction")
        return cast(Correction, self.one_of(node, "correction", known, known[0]))

    def discount(self, root: Mapping) -> Discount:
        """Return both rates, which are both needed."""
        usual = Discount(0.0, 0.0)
        remedy = _("write {example}; 0 is a rate as well").format(
            example="“discount: {costs: 2.5 %, effects: 2.5 %}”"
        )
        if not self.require(root, "discount", "discount", remedy):
            return usual
        found = self.part(root, "discount")
        for key in ("costs", "effects"):
            self.require(found, key, "discount", remedy)
        return self.rates(found, "discount", usual)

    def rates(self, found: Mapping, subject: str, usual: Discount) -> Discount:
        """Return the rates that are written, and the usual ones for those that are not."""
        self.refuse_others(found, ("costs", "effects"), subject)
        costs, effects = (
            self.rate(found.nodes[key], subject) if self.is_given(found, key) else None
            for key in ("costs", "effects")
        )
        return Discount(
            usual.costs if costs is None else costs, usual.effects if effects is None else effects
        )

    def worth(self, node: Node | None) -> tuple[float, ...]:
        """Return what one more of the first effect may be worth, in order."""
        found = self.numbers(node, "willingness_to_pay", 0.0) or []
        if node is not None and len(found) > MOST_WORTH:
            fact = _("there are more than {n}").format(n=MOST_WORTH)
            self.note(node.place, "willingness_to_pay", fact, _("leave some out"), "size")
        return tuple(found)

    # --- states -----------------------------------------------------------------------------------

    def all_states(self, root: Mapping) -> dict[str, State]:
        found = self.part(root, "states")
        self.named(found, "states", (COMPLEMENT,))
        self.at = {name: key.place for name, key in found.keys.items()}
        states = {name: self.state(name, node) for name, node in found.nodes.items()}
        if not states:
            remedy = _("write the states that people can be in")
            self.note(found.place, "states", _("there is none"), remedy, "missing")
        elif all(one.is_dead for one in states.values()):
            remedy = _("write the states of the living")
            self.note(found.place, "states", _("nobody is alive"), remedy, "missing")
        elif not any(one.is_dead for one in states.values()):
            remedy = _("write “dead: yes” in the state of the dead, if there is one")
            self.note(found.place, "states", _("nobody dies"), remedy, "dead", "warning")
        return states

    def state(self, name: str, node: Node) -> State:
        subject = f"states.{name}"
        found = self.mapping(node, subject, node.place)
        self.refuse_others(found, ("label", "dead"), subject)
        label = self.told(found.nodes.get("label"), subject, found.place)
        return State(name, label or name, self.yes_no(found.nodes.get("dead"), subject))

    def by_state(self, found: Mapping, subject: str) -> dict[str, Node]:
        """Return the entries of a map whose keys are states; others are noted."""
        if self.is_cut(found, subject):
            return {}
        for name, key in found.keys.items():
            if name not in self.states:
                fact = _("there is no state “{name}”").format(name=name)
                self.unknown(key.place, subject, fact, name, self.states)
        return {name: one for name, one in found.nodes.items() if name in self.states}

    def start(self, root: Mapping) -> dict[str, Formula]:
        """Return where people begin: shares, a complement written out as one less the others."""
        remedy = _("write where people begin: {example}").format(example="start: {unstable: 1}")
        self.require(root, "start", "start", remedy)
        found = self.part(root, "start")
        row = self.row(found, "start")
        shares = dict(row.entries)
        if row.complement:
            place = found.nodes[row.complement].place
            shares[row.complement] = remainder(shares.values(), place)
        return shares

    # --- transitions ------------------------------------------------------------------------------

    def rows(self, found: Mapping, subject: str) -> dict[str, Row]:
        return {
            name: self.row(self.part(found, name), f"{subject}.{name}")
            for name in self.by_state(found, subject)
        }

    def row(self, found: Mapping, subject: str) -> Row:
        """Return where people go; the place is that of the key's map."""
        entries: dict[str, Formula] = {}
        complement = ""
        for name, one in self.by_state(found, subject).items():
            if not (isinstance(one, Scalar) and one.text.strip() == COMPLEMENT):
                entries[name] = self.formula(one, subject, found.place)
            elif complement:
                fact = _("“{name}” is the complement already").format(name=complement)
                self.note(one.place, subject, fact, _("write a probability"), "complement")
            else:
                complement = name
        return Row(entries, complement, found.place)

    # --- what is counted --------------------------------------------------------------------------

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

    def formulas(self, around: Mapping, key: str, subject: str) -> dict[str, Formula]:
        found, subject = self.part(around, key), f"{subject}.{key}"
        return {
            name: self.formula(one, subject, found.place)
            for name, one in self.by_state(found, subject).items()
        }

    # --- strategies and scenarios -----------------------------------------------------------------

    def strategies(
        self,
        root: Mapping,
        rows: dict[str, Row],
        costs: dict[str, Amounts],
        effects: dict[str, Amounts],
    ) -> tuple[Strategy, ...]:
        found = self.part(root, "strategies")
        self.named(found, "strategies")
        if len(found.nodes) < 2:
            fact = _("there are fewer than two to compare")
            remedy = _("write what is done now, then what is compared with it")
            self.note(found.place, "strategies", fact, remedy, "missing")
        return tuple(self.strategy(name, found, rows, costs, effects) for name in found.nodes)

    def strategy(
        self,
        name: str,
        around: Mapping,
        rows: dict[str, Row],
        costs: dict[str, Amounts],
        effects: dict[str, Amounts],
    ) -> Strategy:
        subject, found = f"strategies.{name}", self.part(around, name)
        self.refuse_others(found, ("label", "transitions", "costs", "effects"), subject)
        own = self.rows(self.part(found, "transitions"), f"{subject}.transitions")
        place = around.keys[name].place
        amounts = {
            **self.overridden(found, "costs", subject, costs),
            **self.overridden(found, "effects", subject, effects),
        }
        label = self.told(found.nodes.get("label"), subject, found.place)
        return Strategy(name, label or name, self.complete(rows | own, place, subject), amounts)

    def complete(self, rows: dict[str, Row], place: Place, subject: str) -> dict[str, Row]:
        """Return a row for each state, in order: the dead stay, the others must have one."""
        found = {}
        for name, state in self.states.items():
            if name not in rows and not state.is_dead:
                fact = _("nothing says where those in state “{name}” go").format(name=name)
                remedy = _("write its row under transitions")
                self.note(place, subject, fact, remedy, "row")
            found[name] = rows.get(name) or Row({}, name, self.at[name])
        return found

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

    def scenarios(self, root: Mapping, cycle: Span, discount: Discount) -> tuple[Scenario, ...]:
        found = self.part(root, "scenarios")
        self.named(found, "scenarios")
        return tuple(self.scenario(name, found, cycle, discount) for name in found.nodes)

    def scenario(self, name: str, around: Mapping, cycle: Span, discount: Discount) -> Scenario:
        subject, found = f"scenarios.{name}", self.part(around, name)
        self.refuse_others(found, _SCENARIO, subject)
        nodes, written = found.nodes, set(found.keys)
        if not written & set(_SCENARIO[1:]):
            remedy = _("write what is different: {known}").format(known=", ".join(_SCENARIO[1:]))
            self.note(around.keys[name].place, subject, _("changes nothing"), remedy, "scenario")
        usual = Scenario(name, self.told(nodes.get("label"), subject, found.place) or name)
        return replace(
            usual,
            discount=self.rates(self.part(found, "discount"), subject, discount)
            if "discount" in written
            else None,
            cycles=self.whole_cycles(nodes["horizon"], subject, cycle)
            if "horizon" in written
            else None,
            correction=self.correction(found) if "correction" in written else None,
            values=self.changed(self.part(found, "parameters"), f"{subject}.parameters"),
        )

    def changed(self, found: Mapping, subject: str) -> dict[str, float]:
        """Return the values that a scenario gives to parameters."""
        values = {}
        for name, key in found.keys.items():
            if name not in self.names:
                fact = _("there is no parameter “{name}”").format(name=name)
                self.unknown(key.place, subject, fact, name, self.names)
            elif any(name in counts for counts in self.counts.values()):
                fact = _("“{name}” is one share of a whole, and the others would stay").format(
                    name=name
                )
                remedy = _("make a model of other counts")
                self.note(key.place, subject, fact, remedy, "distribution")
            elif (value := self.number(found.nodes[name], subject, -LARGEST)) is not None:
                values[name] = value
        return values


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
