"""How a model counts, as its file has it: the cycle, the horizon, correction, discount, worths, prices."""

from __future__ import annotations

import re
from typing import cast, get_args

from export.modelling.model import Correction, Discount
from export.modelling.states import StateReading
from export.modelling.written import Span
from surveys.language import _
from surveys.yamltree import Mapping, Node

MOST_CYCLES = 5000
MOST_STEPS = 2_000_000  # probabilities of a strategy: cycles × states × states
MOST_WORTH = 50
_YEAR = re.compile(r"[12][0-9]{3}")


class ConventionReading(StateReading):
    """Reads how a model counts; its states are known already."""

    def needed(self, root: Mapping, key: str, example: str) -> str:
        """Return a text that may not be absent."""
        remedy = _("write it, for example “{key}: {example}”").format(key=key, example=example)
        return self.text(root, key, key, remedy)

    def price_year(self, root: Mapping) -> str:
        """Return the year of the prices, as it is written."""
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
        """Return the correction within the cycle, half-cycle where none is written."""
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
            self.number(found.nodes[key], subject, 0, 1) if self.is_given(found, key) else None
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
