"""From a study's estimates to the values of a model: each brings its number and its error.

The error is that of the design the people were drawn by. Estimates are drawn independently of each other,
though the same people answered: what goes up and down together in the study does not in the draws.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from export.estimating.askable import Askable
from export.estimating.estimate import Estimates
from export.estimating.found import Answer
from export.estimating.wanted import Wanted, wanted
from export.modelling.distributions import BY_MOMENTS
from export.modelling.model import Model, Parameter
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Given:
    """What a study gives: a value and its standard error.

    None where it is withheld (`value`), or where there is no error: nothing drawn, a single respondent.
    """

    value: float | None
    error: float | None


def asked_of(model: Model, instrument: Instrument | Askable) -> tuple[Wanted, ...]:
    """Return what a model asks of a study; Refusal for what its questionnaire cannot tell."""
    return tuple(wanted(instrument, text) for text in model.asked)


def given_of(answers: Iterable[Answer]) -> dict[str, Given]:
    """Return what answers give, by their expressions; those within groups give nothing."""
    found = {}
    for one in answers:
        if isinstance(one.found, Estimates) and not one.wanted.by and one.found.rows:
            figures = one.found.rows[0].figures
            found[one.wanted.estimand.text] = (
                Given(figures.estimate, figures.standard_error) if figures else Given(None, None)
            )
    return found


def given_of_json(content: bytes, name: str) -> tuple[dict[str, Given], bool]:
    """Return what the JSON of `souspli estimate --json` gives, and whether it is of a practice study.

    Refusal for anything else; `name` is what it calls the file.
    """
    try:
        told = json.loads(content)
        return dict(_read(told["estimates"])), bool(told["simulated"])
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        raise Refusal(
            _("{name}: this is not what souspli estimate --json prints; write it again").format(
                name=name
            )
        ) from None


def _read(rows: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, Given]]:
    for row in rows:
        if row["by"]:
            continue
        figures = row["figures"]
        value, error = (figures[key] if figures else None for key in ("estimate", "standard_error"))
        yield str(row["expression"]), Given(_finite(value), _finite(error))


def _finite(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a number was expected")
    return float(value)


def fed(model: Model, given: Mapping[str, Given]) -> Model:
    """Return the model with the values that a study gives; Refusal, one line each, for what it does not."""
    parameters, wrong = dict(model.parameters), []
    for name, one in model.parameters.items():
        if one.origin == "study":
            try:
                parameters[name] = _fed(one, given)
            except Refusal as refusal:
                wrong.append(str(refusal))
    if wrong:
        raise Refusal("\n".join(wrong))
    return replace(model, parameters=parameters)


def _fed(one: Parameter, given: Mapping[str, Given]) -> Parameter:
    found = given.get(one.told)
    if found is None:
        fact, remedy = _("is not among the estimates"), _("estimate it as well")
    elif found.value is None:
        fact = _("is of too few people to be shown")
        remedy = _("write a value that is assumed")
    elif not found.error or (one.family == "beta" and not 0 < found.value < 1):
        fact = _("has no error: nobody was drawn, or all answered alike")
        remedy = _("write a value and how sure it is")
    else:
        try:
            made = BY_MOMENTS[one.family or "normal"](found.value, found.error)
        except (ValueError, ArithmeticError):
            fact = _("has an error too large for a {family} distribution").format(family=one.family)
            remedy = _("give another distribution")
        else:
            return replace(one, value=found.value, distribution=made)
    raise Refusal(
        _("{place}: parameter “{name}”: {estimate} {fact}; {remedy}").format(
            place=one.place, name=one.name, estimate=one.told, fact=fact, remedy=remedy
        )
    )
