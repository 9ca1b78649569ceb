"""A model's results as JSON: everything that is printed and more, unrounded, and what it was made from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from export.modelling import distributions
from export.modelling.fed import Given
from export.modelling.formula import Floats
from export.modelling.model import Model, Outcome, Parameter, Scenario
from export.modelling.probabilistic import middle
from export.modelling.results import Case, Results
from export.modelling.totals import Totals

Json = dict[str, Any]


def as_json(found: Results, given: Mapping[str, Given], *, is_practice: bool) -> Json:
    """Return the results as a JSON object; `given` is what the study gave, by expression.

    Differences are against the first strategy. What has no number is null. Totals are of one person over
    the horizon, discounted; the budget is of the cohort, not discounted.
    """
    model = found.model
    return {
        "simulated": is_practice,
        "model": _model(model),
        "study": {text: asdict(given[text]) for text in model.asked if text in given},
        "parameters": [
            _parameter(one, found.values[name]) for name, one in model.parameters.items()
        ],
        "base_case": _case(found.base) | {"offset": _offset(found)},
        "scenarios": [_scenario(one) for one in found.scenarios],
        "one_way": [asdict(one) for one in found.swings],
        "budget": {
            "cohort": model.cohort,
            "years": list(found.budget.years),
            "costs": _by_strategy(model, map(_numbers, found.budget.costs)),
        },
        "probabilistic": _probabilistic(found),
    }


def _model(model: Model) -> Json:
    plain = (
        "title text perspective currency price_year length cycles correction cohort draws seed"
    ).split()
    return {
        **{name: getattr(model, name) for name in plain},
        "years": model.years,
        "discount": asdict(model.discount),
        "willingness_to_pay": list(model.worth),
        "states": [asdict(one) for one in model.states],
        "costs": [asdict(one) for one in model.costs],
        "effects": [asdict(one) for one in model.effects],
        "strategies": [{"name": one.name, "label": one.label} for one in model.strategies],
    }


def _parameter(one: Parameter, value: float) -> Json:
    of = one.distribution
    return {
        "name": one.name,
        "label": one.label,
        "unit": one.unit,
        "origin": one.origin,
        "told": one.told,
        "value": _number(value),
        "formula": one.formula.text if one.formula else None,
        "distribution": None if of is None else {**asdict(of), "group": one.group},
        "standard_error": None if of is None else _number(distributions.error(of)),
        "interval": None if of is None else [_number(end) for end in distributions.interval(of)],
    }


def _case(case: Case) -> Json:
    """Return the totals of a case (one draw) and its strategies compared."""
    model, found = case.model, case.totals
    return {
        "strategies": {
            strategy.name: {
                "costs": _by_outcome(model.costs, found.costs[at, :, 0]),
                "cost": _number(found.cost[at, 0]),
                "effects": _by_outcome(model.effects, found.effects[at, :, 0]),
                "life_years": _number(found.life_years[at, 0]),
            }
            for at, strategy in enumerate(model.strategies)
        },
        "compared": [asdict(one) for one in case.compared],
    }


def _scenario(case: Case) -> Json:
    scenario = case.scenario or Scenario("", "")
    return {
        "name": scenario.name,
        "label": scenario.label,
        "discount": asdict(case.model.discount),
        "years": case.model.years,
        "correction": case.model.correction,
        "values": dict(scenario.values),
        **_case(case),
    }


def _offset(found: Results) -> Json | None:
    if found.offset is None:
        return None
    names = [one.name for _at, one in found.model.others]
    return dict(zip(names, _numbers(found.offset), strict=True))


# --- draws --------------------------------------------------------------------------------------


def _probabilistic(found: Results) -> Json | None:
    """Return what came of the draws: each total, each difference, and the curves; None without any."""
    if found.drawn is None or found.curves is None:
        return None
    model, curves = found.model, found.curves
    return {
        "strategies": {
            one.name: _of_draws(model, found.drawn, at) for at, one in enumerate(model.strategies)
        },
        "differences": {
            one.name: {
                "cost": _spread(found.drawn.cost_more[at]),
                "effect": _spread(found.drawn.effect_more[at]),
                "offset": None
                if found.drawn_offset is None
                else _spread(found.drawn_offset[at - 1]),
            }
            for at, one in model.others
        },
        "curves": {
            "willingness_to_pay": _numbers(curves.worth),
            "acceptable": _by_strategy(model, map(_numbers, curves.acceptable)),
            "chosen": [model.strategies[at].name for at in curves.chosen],
            "information": _numbers(curves.information),
        },
    }


def _of_draws(model: Model, drawn: Totals, at: int) -> Json:
    return {
        "costs": {
            one.name: _spread(drawn.costs[at, place]) for place, one in enumerate(model.costs)
        },
        "cost": _spread(drawn.cost[at]),
        "effects": {
            one.name: _spread(drawn.effects[at, place]) for place, one in enumerate(model.effects)
        },
        "life_years": _spread(drawn.life_years[at]),
    }


def _spread(found: Floats) -> Json:
    """Return the mean of some draws, and within which limits 95 % of them lie; of those with a number."""
    known, limits = found[np.isfinite(found)], middle(found)
    return {
        "mean": None if limits is None else _number(known.mean()),
        "interval": None if limits is None else [_number(end) for end in limits],
    }


# --- numbers ------------------------------------------------------------------------------------


def _by_strategy(model: Model, found: Iterable[list[float | None]]) -> dict[str, Any]:
    return dict(zip([one.name for one in model.strategies], found, strict=True))


def _by_outcome(outcomes: Iterable[Outcome], found: Floats) -> dict[str, float | None]:
    return dict(zip([one.name for one in outcomes], _numbers(found), strict=True))


def _numbers(found: Floats) -> list[float | None]:
    return [_number(one) for one in found]


def _number(value: Any) -> float | None:
    """Return a number of Python, None for what JSON has none for."""
    found = float(value)
    return found + 0.0 if math.isfinite(found) else None  # 0, and not -0.0
