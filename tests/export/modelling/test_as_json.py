"""Results as JSON: complete, unrounded, and without a number that JSON does not have."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from export.modelling import distributions
from export.modelling.as_json import as_json
from export.modelling.fed import Given, fed
from export.modelling.model import Model, Scenario
from export.modelling.results import Results, results
from tests.cohorts import sick_sicker, three_states

SMALL = three_states(
    draws=50, worth=(0.0, 1000.0), scenarios=(Scenario("short", "Short", cycles=5),)
)


def told(found: Results, given: dict[str, Given] | None = None) -> dict[str, Any]:
    shown = as_json(found, given or {}, is_practice=False)
    read: dict[str, Any] = json.loads(json.dumps(shown, allow_nan=False))
    return read


def test_numbers_are_those_computed_to_the_last_digit() -> None:
    """Nothing is rounded on the way."""
    found = results(SMALL)
    base = told(found)["base_case"]["strategies"]
    for at, strategy in enumerate(SMALL.strategies):
        one = base[strategy.name]
        assert one["cost"] == found.base.totals.cost[at, 0]
        assert one["costs"] == {"cost": found.base.totals.costs[at, 0, 0]}
        assert one["effects"] == {"effect": found.base.totals.effects[at, 0, 0]}
        assert one["life_years"] == found.base.totals.life_years[at, 0]


def test_a_model_without_draws_says_null() -> None:
    """No curves are made up, and no offset without a programme."""
    shown = told(results(sick_sicker()))
    assert shown["probabilistic"] is None
    assert shown["base_case"]["offset"] is None
    assert shown["one_way"] == []


def test_draws_have_means_intervals_and_curves() -> None:
    """By strategy, as differences against the first, and by willingness to pay."""
    found = results(SMALL)
    assert found.drawn is not None
    shown = told(found)["probabilistic"]
    more = found.drawn.cost[1] - found.drawn.cost[0]
    assert shown["differences"]["programme"]["cost"]["mean"] == pytest.approx(np.mean(more))
    assert list(shown["differences"]) == ["programme"]
    low, high = shown["strategies"]["usual"]["cost"]["interval"]
    assert low < shown["strategies"]["usual"]["cost"]["mean"] < high
    curves = shown["curves"]
    n = len(curves["willingness_to_pay"])
    assert {len(one) for one in curves["acceptable"].values()} == {n}
    assert len(curves["chosen"]) == len(curves["information"]) == n


def test_an_offset_without_a_number_is_null() -> None:
    """A programme that costs nothing more offsets nothing: 0 of 0 is no share."""
    free = replace(SMALL, costs=(replace(SMALL.costs[0], is_programme=True),))
    same = replace(free, strategies=(free.strategies[0], replace(free.strategies[0], name="same")))
    shown = told(results(same))
    assert shown["base_case"]["offset"] == {"same": None}
    assert shown["probabilistic"]["differences"]["same"]["offset"] == {
        "mean": None,
        "interval": None,
    }


def test_parameters_say_where_they_come_from_and_how_sure_they_are() -> None:
    """What the study gave stands by its expression."""
    made = from_study("mean(x)")
    given = {"mean(x)": Given(0.2, 0.01), "mean(other)": Given(1.0, 1.0)}
    shown = told(results(fed(made, given)), given)
    assert shown["study"] == {"mean(x)": {"value": 0.2, "error": 0.01}}
    one = next(each for each in shown["parameters"] if each["name"] == "a")
    assert (one["origin"], one["told"], one["value"]) == ("study", "mean(x)", 0.2)
    assert one["distribution"]["family"] == "beta"
    assert one["standard_error"] == pytest.approx(0.01)
    assert one["interval"][0] < 0.2 < one["interval"][1]
    other = next(each for each in shown["parameters"] if each["name"] == "c1")
    assert other["distribution"]["family"] == distributions.gamma(1000, 100).family


def from_study(expression: str) -> Model:
    asked = replace(
        SMALL.parameters["a"],
        origin="study",
        told=expression,
        value=None,
        distribution=None,
        family="beta",
    )
    return replace(SMALL, parameters={**SMALL.parameters, "a": asked})


def test_scenarios_say_what_they_change() -> None:
    """Their horizon, rates and values, and the strategies compared again."""
    (short,) = told(results(SMALL))["scenarios"]
    assert (short["name"], short["years"], short["correction"]) == ("short", 5, "half-cycle")
    assert short["discount"] == {"costs": 0.03, "effects": 0.03}
    assert {one["name"] for one in short["compared"]} == {"usual", "programme"}


def test_the_budget_sums_to_the_costs_that_are_not_discounted() -> None:
    """For each strategy, year by year."""
    plain = replace(SMALL, discount=replace(SMALL.discount, costs=0.0))
    shown = told(results(plain))
    for name, costs in shown["budget"]["costs"].items():
        assert sum(costs) == pytest.approx(shown["base_case"]["strategies"][name]["cost"])
        assert len(costs) == len(shown["budget"]["years"]) == 20
