"""The parameters of a model's file: a value, and where it comes from (a publication, the study, others)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from export.estimating.estimate import estimand
from export.modelling.distributions import BY_MOMENTS, Distribution, Family
from export.modelling.formula import unread
from export.modelling.model import Origin, Parameter
from export.modelling.uncertainty import HOW, UncertaintyReading
from export.modelling.written import RESERVED, number_in
from surveys import yamltree
from surveys.expressions import ExpressionError, parse
from surveys.language import _
from surveys.problems import Place, Refusal
from surveys.yamltree import Node, Scalar

MOST = 2000
_ORIGINS = ("source", "assumed", "from")
_FEWEST = 0.1  # of a count: the draws of far smaller ones are all 0
_KEYS = ("label", "unit", "value", "distribution", *HOW, *_ORIGINS)
_OF_ONE_NUMBER = ("prop", "mean", "total", "ratio", "median", "quantile")


class ParameterReading(UncertaintyReading):
    """Reads the parameters of a model; `counts` are the members of each Dirichlet distribution."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[str, dict[str, float | None]] = {}

    def parameters(self, found: yamltree.Mapping) -> dict[str, Parameter]:
        """Return the parameters by name; what cannot be read is calculated by a formula that is `unread`."""
        self.named(found, "parameters", RESERVED)
        self.names = dict.fromkeys(found.nodes)
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
        for key in ("value", *HOW):
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
