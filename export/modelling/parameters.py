"""The parameters of a model's file: a value, where it comes from, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast, get_args

from export.estimating.estimate import estimand
from export.modelling.distributions import BY_MOMENTS, Distribution, Family
from export.modelling.model import Origin, Parameter
from export.modelling.written import RESERVED, Written, number_in, unread
from surveys import yamltree
from surveys.expressions import ExpressionError, parse
from surveys.language import _
from surveys.problems import Place, Refusal
from surveys.yamltree import Node, Scalar

MOST = 2000
NORMAL = 1.959964  # standard errors from the middle of a 95 % interval to its ends
_ORIGINS = ("source", "assumed", "from")
_SPREADS: Mapping[str, tuple[str, ...]] = {  # how sure a value is, by distribution
    **dict.fromkeys(BY_MOMENTS, ("standard_error", "interval")),
    "uniform": ("range",),
    "dirichlet": ("group", "count"),
    "": (),
}
_FEWEST = 0.1  # of a count: the draws of far smaller ones are all 0
_HOW = ("standard_error", "interval", "range", "group", "count")
_KEYS = ("label", "unit", "value", "distribution", *_HOW, *_ORIGINS)
_OF_ONE_NUMBER = ("prop", "mean", "total", "ratio", "median", "quantile")


class ParameterReading(Written):
    """Reads the parameters of a model."""

    def parameters(self, found: yamltree.Mapping) -> dict[str, Parameter]:
        """Return the parameters by name; what cannot be read is calculated by a formula that is `unread`."""
        self.named(found, "parameters", RESERVED)
        self.names = dict.fromkeys(found.nodes)
        self.counts: dict[str, dict[str, float | None]] = {}
        read = {
            name: self.parameter(name, node, found.keys[name].place)
            for name, node in found.nodes.items()
        }
        return self.shared(read)

    def parameter(self, name: str, node: Node, place: Place) -> Parameter:
        """Return a parameter; of a Dirichlet, its value is known once all are read (`shared`)."""
        subject = f"parameters.{name}"
        found = self.mapping(node, subject, place)
        self.refuse_others(found, _KEYS, subject)
        label = self.told(found.nodes.get("label"), subject, place) or name
        self.require(found, "unit", subject, _("write one: probability, share, “€ a year”"))
        unit = self.told(found.nodes.get("unit"), subject, place)
        written = found.nodes.get("value")
        is_formula = isinstance(written, Scalar) and number_in(written.text.strip()) is None
        is_formula = is_formula and self.is_given(found, "value")
        origin, told = self.origin(found, subject, is_calculated=is_formula)
        one = Parameter(name, label, unit, origin, told, None, place=place)
        family = self.family(found, subject)
        if origin == "study":
            return self.of_study(one, found, family)
        self.refuse_how(found, subject, "" if is_formula else family)
        if family == "dirichlet":
            return self.member(one, found)
        if not self.require(found, "value", subject, _("write a number or a formula")):
            return replace(one, formula=unread(place))
        if is_formula:
            return replace(one, formula=self.formula(written, subject, place))
        value = self.number(written, subject)
        if value is None:
            return replace(one, formula=unread(place))
        return replace(one, value=value, distribution=self.spread(found, subject, family, value))

    def origin(
        self, found: yamltree.Mapping, subject: str, *, is_calculated: bool
    ) -> tuple[Origin, str]:
        """Return where a value comes from, and what is told of it."""
        given = [key for key in _ORIGINS if self.is_given(found, key)]
        if len(given) > 1:
            fact = _("{first} and {second} cannot both be").format(first=given[0], second=given[1])
            place = found.keys[given[1]].place
            self.note(place, subject, fact, _("keep one of the two"), "origin")
        if not given:
            if not is_calculated:
                fact = _("nothing says where the value comes from")
                remedy = _("write source:, assumed: or, for an estimate of the study, from:")
                self.note(found.place, subject, fact, remedy, "origin")
            return "calculated" if is_calculated else "source", ""
        told = self.text(found, given[0], subject, _("write where the value comes from"))
        if given[0] == "from":
            return "study", told
        if given[0] == "assumed":
            return "assumed", told
        return "calculated" if is_calculated else "source", told

    # --- of the study ---------------------------------------------------------------------------

    def of_study(self, one: Parameter, found: yamltree.Mapping, family: Family | None) -> Parameter:
        """Return a parameter whose value an estimate of the study gives, with its error."""
        subject = f"parameters.{one.name}"
        for key in ("value", *_HOW):
            if key in found.keys:
                fact = _("the estimate brings its own {key}").format(key=key)
                self.note(found.keys[key].place, subject, fact, _("remove it"), "how")
        scalar = self.scalar(found.nodes["from"], subject)
        kind = self.estimated(scalar, subject) if scalar else None
        if family is not None and family not in BY_MOMENTS:
            fact = _("an estimate has no {family} distribution").format(family=family)
            remedy = _("use one of: {known}").format(known=", ".join(BY_MOMENTS))
            place = found.nodes["distribution"].place
            self.note(place, subject, fact, remedy, "distribution")
        usual: Literal["beta", "normal"] = "beta" if kind == "prop" else "normal"
        return replace(one, family=family or usual)

    def estimated(self, scalar: Scalar, subject: str) -> str | None:
        """Return the kind of an estimate, None where it is none that is one number."""
        try:
            parse(scalar.text)
            kind = estimand(scalar.text.strip()).kind
        except ExpressionError as error:
            place = scalar.place_at(error.offset)
            self.note(place, subject, error.fact, error.remedy, "estimate")
            return None
        except Refusal as refusal:
            self.note(scalar.place, subject, str(refusal), "", "estimate")
            return None
        if kind in _OF_ONE_NUMBER:
            return kind
        fact = _("{kind}() is not one number").format(kind=kind)
        remedy = _("use one of: {known}").format(known=", ".join(_OF_ONE_NUMBER))
        self.note(scalar.place, subject, fact, remedy, "estimate")
        return None

    # --- how sure -------------------------------------------------------------------------------

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
        for key in (one for one in _HOW if one in found.keys):
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

    # --- shares of a whole ----------------------------------------------------------------------

    def member(self, one: Parameter, found: yamltree.Mapping) -> Parameter:
        """Return a member of a Dirichlet distribution without its value; note how many it counts."""
        subject = f"parameters.{one.name}"
        if "value" in found.keys:
            fact = _("a share of a Dirichlet distribution is its count over all of its group's")
            self.note(found.keys["value"].place, subject, fact, _("remove the value"), "how")
        self.require(found, "group", subject, _("name what it is a share of"))
        group, count = self.string(found.nodes.get("group"), subject), None
        if self.require(found, "count", subject, _("write how many people it was counted of")):
            count = self.number(found.nodes["count"], subject, 0)
            if count is not None and count < _FEWEST:
                fact = _("a count below {least} makes it all but certain that nobody does").format(
                    least=_FEWEST
                )
                remedy = _("leave it out, or count half a person: 0.5")
                self.note(found.nodes["count"].place, subject, fact, remedy, "distribution")
        self.counts.setdefault(group, {})[one.name] = count or None
        return replace(one, group=group)

    def shared(self, read: Mapping[str, Parameter]) -> dict[str, Parameter]:
        """Return the parameters with the shares of each Dirichlet distribution: counts over their sum."""
        found = dict(read)
        for group, counts in self.counts.items():
            whole = sum(count or math.nan for count in counts.values())
            for name, count in counts.items():
                if count is None or math.isnan(whole) or len(counts) < 2:
                    found[name] = replace(found[name], formula=unread(found[name].place))
                    continue
                spread = Distribution("dirichlet", count, whole - count)
                found[name] = replace(found[name], value=count / whole, distribution=spread)
            if len(counts) == 1 and group:
                (name,) = counts
                fact = _("nothing else is a share of “{group}”").format(group=group)
                remedy = _("write the others, or a beta distribution")
                self.note(found[name].place, f"parameters.{name}", fact, remedy, "distribution")
        return found
