"""Everything of a model at once: its parts agree with each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from export.modelling.model import Discount, Model, Scenario
from export.modelling.results import case, results
from tests.cohorts import amounts, certain, model, strategy, three_states

OF = replace(
    three_states(worth=(0.0, 5000.0)),
    scenarios=(
        Scenario("undiscounted", "undiscounted", discount=Discount(0, 0)),
        Scenario("short", "short", cycles=5),
    ),
    cohort=100,
)
FOUND = results(OF)


def test_what_is_counted_by_cycle_sums_to_the_totals() -> None:
    """Of each outcome, and of life-years, for each strategy."""
    for at, arm in enumerate(FOUND.arms):
        assert float(arm.total("cost")[0]) == FOUND.base.totals.costs[at, 0, 0]
        assert float(arm.total("effect")[0]) == FOUND.base.totals.effects[at, 0, 0]
        assert float(arm.life_years.sum()) == pytest.approx(FOUND.base.totals.life_years[at, 0])


def test_the_budget_is_the_undiscounted_cost_of_the_cohort() -> None:
    """Over all years it is what the scenario without discount finds, times the people."""
    undiscounted = FOUND.scenarios[0].totals.cost[:, 0]
    np.testing.assert_allclose(FOUND.budget.costs.sum(axis=1), undiscounted * 100)
    assert FOUND.budget.years == tuple(range(1, 21))


def test_strategies_compared_are_those_of_the_totals() -> None:
    """Names, costs and effects, in the base case and in each scenario."""
    for one in (FOUND.base, *FOUND.scenarios):
        places = {each.name: at for at, each in enumerate(OF.strategies)}
        assert {each.name for each in one.compared} == set(places)
        for each in one.compared:
            at = places[each.name]
            assert each.cost == pytest.approx(one.totals.cost[at, 0], rel=1e-11)
            assert each.effect == pytest.approx(one.totals.effect[at, 0], rel=1e-11)
    assert [one.model.cycles for one in FOUND.scenarios] == [20, 5]
    assert case(OF).scenario is None


def test_draws_are_as_many_as_asked_and_curves_at_every_worth() -> None:
    """Of a model with uncertain parameters."""
    assert FOUND.drawn is not None
    assert FOUND.curves is not None
    assert FOUND.drawn.cost.shape == (2, OF.draws)
    assert FOUND.curves.worth[-1] == 5000
    assert FOUND.drawn_offset is None


def plain(**otherwise: object) -> Model:
    rows = {"a": {"a": "complement"}}
    arms = [
        strategy(name, rows, {"cost": amounts({"a": cost}), "effect": amounts({"a": 1})})
        for name, cost in (("usual", "c"), ("other", "c"))
    ]
    return model(("a",), arms, start={"a": 1}, parameters=[certain("c", 2)], **otherwise)  # type: ignore[arg-type]


def test_a_model_without_uncertainty_has_no_draws() -> None:
    """No draws, no curves, no swings; the rest is there, and twins are equal."""
    found = results(plain())
    assert (found.drawn, found.curves, found.swings, found.drawn_offset) == (None, None, (), None)
    assert found.values == {"c": 2}
    assert [one.place for one in found.base.compared] == ["frontier", "equal"]


@pytest.mark.parametrize("length", [1 / 12, 1.0, 2.5])
def test_any_length_of_a_cycle_costs_the_same_to_those_who_stay(length: float) -> None:
    """2 a year for ten years is 20, by months or by cycles of two years and a half."""
    free = {"discount": Discount(0, 0), "length": length, "cycles": round(10 / length)}
    found = results(plain(**free))
    assert found.base.totals.cost[0, 0] == pytest.approx(20)
    assert found.base.totals.life_years[0, 0] == pytest.approx(10)
    np.testing.assert_allclose(found.budget.costs, np.full((2, 10), 2.0))


def test_the_same_model_gives_the_same_numbers_twice() -> None:
    """To the last bit, draws included."""
    again = results(OF)
    assert FOUND.drawn is not None
    assert again.drawn is not None
    np.testing.assert_array_equal(again.drawn.costs, FOUND.drawn.costs)
    assert again.base.compared == FOUND.base.compared
    assert again.swings == FOUND.swings
