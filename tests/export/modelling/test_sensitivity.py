"""One parameter at a time, scenarios, the budget and the offset, each against a plainer way to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling.budget import budget, offset
from export.modelling.distributions import ENDS, Distribution, beta, quantile
from export.modelling.model import Discount, Model, Scenario
from export.modelling.sensitivity import base_case, one_way, under
from export.modelling.totals import Totals, totals
from export.modelling.values import base
from tests.cohorts import (
    Written,
    amounts,
    certain,
    model,
    shares_of,
    strategy,
    three_states,
    uncertain,
)

OF = three_states()


def test_each_swing_is_the_model_with_that_parameter_changed() -> None:
    """Both ends of each 95 % interval, one model at a time, give the same differences."""
    found = one_way(OF)
    assert {one.parameter for one in found} == set(OF.parameters)
    for one in found:
        distribution = OF.parameters[one.parameter].distribution
        assert distribution is not None
        assert (one.low, one.high) == tuple(quantile(distribution, end) for end in ENDS)
        ends = [totals(OF, base(OF, {one.parameter: value}), 1) for value in (one.low, one.high)]
        costs = [float(each.cost[1, 0] - each.cost[0, 0]) for each in ends]
        effects = [float(each.effect[1, 0] - each.effect[0, 0]) for each in ends]
        assert (one.cost_low, one.cost_high) == pytest.approx(costs)
        assert (one.effect_low, one.effect_high) == pytest.approx(effects)


def test_the_widest_swing_comes_first() -> None:
    """In costs or effects, each as a part of its widest; a parameter that nothing is made of moves nothing."""
    idle = uncertain("idle", 0.5, beta(0.5, 0.1))
    found = one_way(replace(OF, parameters={"idle": idle, **OF.parameters}))
    most = max(one.width for one in found), max(one.effect_width for one in found)
    parts = [max(one.width / most[0], one.effect_width / most[1]) for one in found]
    assert parts == sorted(parts, reverse=True)
    (still,) = [one for one in found if one.parameter == "idle"]
    assert (still.width, still.effect_high - still.effect_low) == (0, 0)


def test_each_strategy_but_the_first_has_its_swings() -> None:
    """Against the first; none where nothing is uncertain."""
    three = replace(OF, strategies=(*OF.strategies, replace(OF.strategies[0], name="third")))
    found = one_way(three)
    assert len(found) == 2 * len(OF.parameters)
    assert all(one.width == 0 for one in found if one.strategy == "third")
    sure = {name: replace(one, distribution=None) for name, one in OF.parameters.items()}
    assert one_way(replace(OF, parameters=sure)) == []


def test_a_member_of_a_dirichlet_moves_with_the_rest_of_its_group() -> None:
    """Two shares of one group: either at its low end is the other at its high end."""
    rows: dict[str, dict[str, Written]] = {"a": {"a": "x", "b": "y"}, "b": {"b": 1}}
    of = model(
        ("a", "b"),
        [
            strategy("usual", {"a": {"a": 1}, "b": {"b": 1}}, {}),
            strategy("other", rows, {"cost": amounts({"a": 9})}),
        ],
        start={"a": 1},
        parameters=shares_of("g", {"x": 30, "y": 10}),
    )
    first, second = sorted(one_way(of), key=lambda one: one.parameter)
    assert first.cost_low == pytest.approx(second.cost_high)
    assert first.cost_high == pytest.approx(second.cost_low)
    assert first.low + second.high == pytest.approx(1)


CLOCKED = model(
    ("a", "b"),
    [
        strategy(
            "usual",
            {"a": {"b": "p", "a": "complement"}, "b": {"b": 1}},
            {"cost": amounts({"a": "100 + year"}), "effect": amounts({"a": 1})},
        )
    ],
    start={"a": 1},
    parameters=[certain("r", 0.1), certain("p", "probability(r * cycle div 5)")],
)


@pytest.mark.parametrize("cycles", [1, 5, 10, 25])
def test_a_scenario_of_another_horizon_is_the_model_of_that_horizon(cycles: int) -> None:
    """Shorter or longer, also where probabilities and costs change from cycle to cycle."""
    found = base_case(CLOCKED, Scenario("s", "s", cycles=cycles))
    assert found.cost.tolist() == base_case(replace(CLOCKED, cycles=cycles)).cost.tolist()


def test_a_scenario_changes_what_it_names() -> None:
    """Rates of nothing are rates; correction and values likewise; an empty one is the base case."""
    assert under(OF, Scenario("s", "s")) == OF
    nothing = Discount(0, 0)
    assert under(OF, Scenario("s", "s", discount=nothing)).discount == nothing
    assert under(OF, Scenario("s", "s", correction="none")).correction == "none"
    found = base_case(OF, Scenario("s", "s", values={"a": 0.3}))
    np.testing.assert_array_equal(found.cost, totals(OF, base(OF, {"a": 0.3}), 1).cost)


def test_a_scenario_of_no_effect_has_no_increment() -> None:
    """A ratio of one makes both strategies the same."""
    found = base_case(OF, Scenario("s", "s", values={"hr": 1.0}))
    assert (found.cost[0] == found.cost[1]).all()
    assert (found.effect[0] == found.effect[1]).all()


@settings(max_examples=60)
@given(
    st.sampled_from([7 / 365.25, 10 / 365.25, 1 / 12, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5]),
    st.integers(1, 60),
    st.integers(1, 500),
)
def test_a_budget_is_cut_at_the_years(length: float, cycles: int, people: int) -> None:
    """Each cycle falls on years by the time that it has in each, found in a thousand slices of it; nothing is lost."""
    costs = np.random.default_rng(1).gamma(2, 100, (cycles, 1))
    of = replace(OF, length=length, cycles=cycles, cohort=people)
    found = budget(of, [costs], [np.array([7.0])])
    years = len(found.years)
    assert found.years == tuple(range(1, years + 1))
    assert years - 1 < of.years <= years + 1e-9
    slow = np.zeros(years)
    slices = (np.arange(1000) + 0.5) / 1000
    for cycle in range(cycles):
        year = np.minimum(np.floor((cycle + slices) * length).astype(int), years - 1)
        slow += np.bincount(year, minlength=years) * float(costs[cycle, 0]) / 1000
    slow[0] += 7
    np.testing.assert_allclose(found.costs[0], slow * people, atol=2e-3 * costs.max() * people)
    assert found.costs.sum() == pytest.approx((costs.sum() + 7) * people)


def of_kinds(costs: list[list[float]]) -> tuple[Model, Totals]:
    """Return a model of a programme's cost and two others, and totals of one draw (strategies, kinds)."""
    rows = {"a": {"a": 1}}
    names = [f"s{at}" for at in range(len(costs))]
    made = model(
        ("a",),
        [strategy(name, rows, {}) for name in names],
        start={"a": 1},
        costs=("care", "programme", "justice"),
        programme="programme",
    )
    values = np.array(costs, float)[:, :, None]
    return made, Totals(values, np.zeros((len(costs), 1, 1)), np.zeros((len(costs), 1)))


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ([[100, 0, 50], [60, 50, 45]], 0.9),
        ([[100, 0, 50], [20, 50, 40]], 1.8),
        ([[100, 0, 50], [120, 50, 55]], -0.5),
        ([[100, 20, 50], [60, 70, 45]], 0.9),
        ([[100, 0, 50], [60, 0, 45]], np.nan),
        ([[100, 60, 50], [60, 50, 45]], np.nan),
    ],
)
def test_offset_is_what_is_saved_elsewhere_over_what_the_programme_costs_more(
    costs: list[list[float]], expected: float
) -> None:
    """Part of it, more than it, or less than nothing; no number where the programme costs nothing more."""
    found = offset(*of_kinds(costs))
    assert found is not None
    assert found.shape == (1, 1)
    assert float(found[0, 0]) == pytest.approx(expected, nan_ok=True)


def test_offset_needs_a_programme() -> None:
    """Where no cost is that of a programme, there is none to tell; with three strategies there are two."""
    assert offset(OF, base_case(OF)) is None
    found = offset(*of_kinds([[100, 0, 50], [60, 50, 45], [80, 20, 50]]))
    assert found is not None
    assert found[:, 0].tolist() == pytest.approx([0.9, 1])


def test_intervals_of_a_uniform_are_within_its_range() -> None:
    """Ends are quantiles: 2.5 % of the range inside it."""
    name = "c1"
    one = uncertain(name, 5, Distribution("uniform", 0, 100))
    (swing,) = one_way(
        replace(
            OF,
            parameters={
                each: one if each == name else replace(other, distribution=None)
                for each, other in OF.parameters.items()
            },
        )
    )
    assert (swing.low, swing.high) == pytest.approx((2.5, 97.5))
