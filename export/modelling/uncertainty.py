"""How sure a value is, as a model's file has it: a distribution with its error, interval or range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast, get_args

from export.modelling.distributions import BY_MOMENTS, Distribution, Family
from export.modelling.written_formulas import FormulaReading
from surveys import yamltree
from surveys.language import _
from surveys.problems import Place
from surveys.yamltree import Node

NORMAL = 1.959964  # standard errors from the middle of a 95 % interval to its ends
HOW = ("standard_error", "interval", "range", "group", "count")
_SPREADS: Mapping[str, tuple[str, ...]] = {  # how sure a value is, by distribution
    **dict.fromkeys(BY_MOMENTS, ("standard_error", "interval")),
    "uniform": ("range",),
    "dirichlet": ("group", "count"),
    "": (),
}


class UncertaintyReading(FormulaReading):
    """Reads how sure a parameter is."""

    def family(self, found: yamltree.Mapping, subject: str) -> Family | None:
        """Return the family of a distribution, None where none is written."""
        word = self.one_of(found.nodes.get("distribution"), subject, get_args(Family), "")
        return cast(Family, word) if word else None

    def refuse_how(self, found: yamltree.Mapping, subject: str, family: str | None) -> None:
        """Note what says how sure a value is, and does not go with its distribution."""
        if family == "" and self.is_given(found, "distribution"):
            fact = _("a calculated value is as sure as what it is calculated from")
            place = found.keys["distribution"].place
            self.note(place, subject, fact, _("remove its distribution"), "how")
        for key in (one for one in HOW if one in found.keys):
            if key in _SPREADS[family or ""]:
                continue
            if family is None:
                fact = _("“{key}” has no distribution").format(key=key)
                remedy = _("write distribution: {known}").format(known=", ".join(get_args(Family)))
            else:
                fact = _("“{key}” does not go with it").format(key=key)
                remedy = _("remove it")
            self.note(found.keys[key].place, subject, fact, remedy, "how")

    def spread(
        self, found: yamltree.Mapping, subject: str, family: Family | None, value: float
    ) -> Distribution | None:
        """Return how sure a value is; None where it is certain, or nothing can be made of it."""
        if family is None:
            return None
        if family == "uniform":
            return self.uniform(found, subject, value)
        given = [key for key in ("standard_error", "interval") if self.is_given(found, key)]
        if len(given) != 1:
            fact = _("a {family} distribution takes one of standard_error and interval")
            remedy = _("write standard_error: 0.02, or interval: [low, high] at 95 %")
            place = found.nodes["distribution"].place
            self.note(place, subject, fact.format(family=family), remedy, "distribution")
            return None
        if given[0] == "interval":
            return self.by_interval(found.nodes["interval"], subject, family, value)
        error = self.number(found.nodes["standard_error"], subject, 0)
        place = found.nodes["standard_error"].place
        return None if error is None else self.by_error(family, value, error, place, subject)

    def by_interval(
        self, node: Node, subject: str, family: Family, value: float
    ) -> Distribution | None:
        """Return the distribution of a value with its 95 % interval: of a lognormal, on the log scale."""
        ends = self.pair(node, subject)
        if ends is None or not self.is_within(value, ends, node.place, subject):
            return None
        low, high = ends
        if family != "lognormal":
            return self.by_error(family, value, (high - low) / (2 * NORMAL), node.place, subject)
        if low <= 0:
            fact, remedy = _("a lognormal distribution is above 0"), _("write an interval above 0")
            self.note(node.place, subject, fact, remedy, "distribution")
            return None
        deviation = math.log(high / low) / (2 * NORMAL)
        return Distribution("lognormal", math.log(value) - deviation**2 / 2, deviation)

    def by_error(
        self, family: Family, value: float, error: float, place: Place, subject: str
    ) -> Distribution | None:
        """Return the distribution of a mean and an error; note where there is none."""
        try:
            return BY_MOMENTS[family](value, error)
        except (ValueError, ArithmeticError):
            pass
        fact = _("no {family} distribution has mean {mean} and standard error {error}").format(
            family=family, mean=f"{value:.6g}", error=f"{error:.6g}"
        )
        if family == "normal":
            remedy = _("the error must be above 0")
        elif family != "beta":
            remedy = _("both must be above 0")
        elif 0 < value < 1:
            remedy = _("the error must be above 0 and below {most}").format(
                most=f"{math.sqrt(value * (1 - value)):.6g}"
            )
        else:
            remedy = _("the mean must be above 0 and below 1")
        self.note(place, subject, fact, remedy, "distribution")
        return None

    def uniform(self, found: yamltree.Mapping, subject: str, value: float) -> Distribution | None:
        """Return the uniform distribution over a range that has the value in it."""
        if not self.require(found, "range", subject, _("write the least and the greatest: [2, 8]")):
            return None
        node = found.nodes["range"]
        ends = self.pair(node, subject)
        if ends is None or not self.is_within(value, ends, node.place, subject):
            return None
        return Distribution("uniform", *ends)

    def is_within(
        self, value: float, ends: tuple[float, float], place: Place, subject: str
    ) -> bool:
        """Return whether a value is between two ends, else a problem."""
        if ends[0] <= value <= ends[1]:
            return True
        fact = _("{low} to {high} does not have the value {value} in it").format(
            low=f"{ends[0]:g}", high=f"{ends[1]:g}", value=f"{value:g}"
        )
        self.note(place, subject, fact, _("correct one of them"), "distribution")
        return False
