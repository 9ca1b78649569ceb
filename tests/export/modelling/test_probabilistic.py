"""Draws: they centre on the base case, do not hang on how they are shared out, and make curves by definition."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling.distributions import BY_MOMENTS, beta, error, normal
from export.modelling.model import Model
from export.modelling.probabilistic import CURVE, curves, grid, simulated
from export.modelling.totals import Totals, totals
from export.modelling.values import base, computed, drawn
from surveys.problems import Refusal
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


def narrowed(of: Model, times: float) -> Model:
    """Return the model with every error so many times smaller."""

    return replace(
        of,
        parameters={
            name: replace(
                one,
                distribution=BY_MOMENTS[one.distribution.family](
                    one.value, error(one.distribution) / times
                ),
            )
            if one.distribution and one.value is not None
            else one
            for name, one in of.parameters.items()
        },
    )


def test_the_mean_tends_to_the_base_case_as_errors_shrink() -> None:
    """Errors a hundred times smaller: the mean of draws is ten thousand times nearer, or nearly."""
    of = three_states()
    exact = totals(of, base(of), 1).cost[:, 0]
    gaps = [
        np.abs(simulated(narrowed(of, times), 2000, 1).cost.mean(axis=1) / exact - 1).max()
        for times in (1, 10, 100, 1000)
    ]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-4


def test_a_model_that_is_linear_in_its_draws_has_their_mean() -> None:
    """Where only amounts are drawn, the mean of totals is the total of the means of the draws."""
    of = three_states()
    only = replace(
        of,
        parameters={
            name: one if name in ("c1", "c2") else replace(one, distribution=None)
            for name, one in of.parameters.items()
        },
    )
    given_draws = drawn(only, 500, 3)
    means = {name: float(one.mean()) for name, one in given_draws.items()}
    np.testing.assert_allclose(
        simulated(only, 500, 3).cost.mean(axis=1),
        totals(only, base(only, means), 1).cost[:, 0],
        rtol=1e-12,
    )


@pytest.mark.parametrize("n", [1, 2, 999, 1000, 1001, 2500])
def test_parts_of_draws_are_the_whole(n: int) -> None:
    """Draws are made of a thousand at a time: all there, in order, as they are at once."""
    of = three_states(cycles=3)
    found = simulated(of, n, 5)
    whole = totals(of, computed(of, drawn(of, n, 5)), n)
    np.testing.assert_allclose(found.costs, whole.costs, rtol=1e-12)
    np.testing.assert_allclose(found.effects, whole.effects, rtol=1e-12)
    np.testing.assert_allclose(found.life_years, whole.life_years, rtol=1e-12)
    assert found.cost.shape == found.effect.shape == (2, n)


def test_identical_strategies_differ_in_no_draw() -> None:
    """Random numbers are common: the same strategy under two names is the same in every draw."""
    of = three_states()
    twins = replace(of, strategies=(of.strategies[0], replace(of.strategies[0], name="twin")))
    found = simulated(twins, 300, 1)
    assert (found.costs[0] == found.costs[1]).all()
    assert (found.effects[0] == found.effects[1]).all()
    acceptable = curves(found, np.array([0.0, 1000.0])).acceptable
    assert acceptable.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_a_strategy_more_leaves_the_draws_of_the_others() -> None:
    """And so does the same seed on another day; another seed moves them."""
    of = three_states()
    more = replace(of, strategies=(*of.strategies, replace(of.strategies[1], name="third")))
    np.testing.assert_array_equal(simulated(of, 50, 1).cost, simulated(more, 50, 1).cost[:2])
    assert not np.array_equal(simulated(of, 50, 1).cost, simulated(of, 50, 2).cost)


def leaving(row: dict[str, Written], *parameters: object, start: Written = 1) -> Model:
    return model(
        ("a", "b"),
        [strategy("usual", {"a": row, "b": {"b": 1}}, {"cost": amounts({"a": 1})})],
        start={"a": start},
        parameters=parameters,  # type: ignore[arg-type]
        cycles=2,
    )


@pytest.mark.parametrize(
    "of",
    [
        leaving({"b": "x", "a": "complement"}, uncertain("x", 0.9, normal(0.9, 0.2))),
        leaving({"b": "x", "a": "1 - x * 1.1"}, uncertain("x", 0.5, beta(0.5, 0.1))),
        leaving({"b": "0.5", "a": "complement"}, uncertain("x", 0.9, beta(0.9, 0.1)), start="x"),
    ],
)
def test_draws_that_cannot_be_are_refused(of: Model) -> None:
    """Probabilities over one or that do not sum to one, and shares of a beginning that do not."""
    with pytest.raises(Refusal, match="draw"):
        simulated(of, 500, 1)


def test_rows_of_one_dirichlet_are_always_possible() -> None:
    """What the refusal advises works: a row of the shares of one group, without a complement."""
    of = leaving({"b": "x", "a": "y"}, *shares_of("g", {"x": 3, "y": 5}))
    assert simulated(of, 2000, 1).cost.shape == (1, 2000)


def made(costs: np.ndarray, effects: np.ndarray) -> Totals:
    return Totals(costs[:, None, :], effects[:, None, :], np.zeros_like(costs))


whole = st.integers(-20, 20)


@st.composite
def some_totals(draw: st.DrawFn) -> Totals:
    strategies, draws = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    row = st.lists(whole, min_size=draws, max_size=draws)
    table = st.lists(row, min_size=strategies, max_size=strategies)
    return made(np.array(draw(table), float), np.array(draw(table), float))


@settings(max_examples=80)
@given(some_totals(), st.integers(0, 10))
def test_curves_are_what_a_count_of_draws_finds(found: Totals, worth: int) -> None:
    """Shares of draws in which each is the best, the best on average, and what knowing would add, in loops."""
    curve = curves(found, np.array([float(worth)]))
    strategies, draws = found.cost.shape
    benefit = [
        [worth * found.effect[s, d] - found.cost[s, d] for d in range(draws)]
        for s in range(strategies)
    ]
    best = [max(benefit[s][d] for s in range(strategies)) for d in range(draws)]
    ties = [sum(benefit[s][d] == best[d] for s in range(strategies)) for d in range(draws)]
    for s in range(strategies):
        count = sum((benefit[s][d] == best[d]) / ties[d] for d in range(draws))
        assert curve.acceptable[s, 0] == pytest.approx(count / draws)
    means = [sum(one) / draws for one in benefit]
    assert means[curve.chosen[0]] == pytest.approx(max(means))
    assert curve.information[0] == pytest.approx(sum(best) / draws - max(means), abs=1e-9)


@settings(max_examples=80)
@given(some_totals())
def test_shares_sum_to_one_and_information_is_never_worth_less_than_nothing(found: Totals) -> None:
    """At every worth; and it is worth nothing where there is one draw."""
    curve = curves(found, np.linspace(0, 10, 4))
    np.testing.assert_allclose(curve.acceptable.sum(axis=0), 1)
    assert (curve.information >= 0).all()
    if found.cost.shape[1] == 1:
        assert curve.information.tolist() == [0] * 4


def test_at_no_worth_the_cheapest_is_the_best() -> None:
    """The curve begins with the share of draws in which each costs least."""
    found = simulated(three_states(), 400, 1)
    share = (found.cost[1] < found.cost[0]).mean()
    assert curves(found, np.array([0.0])).acceptable[1, 0] == pytest.approx(share)


@pytest.mark.parametrize("worth", [(), (0.0,), (0.0, 25.0, 50.0, 100.0), (0.07, 0.3)])
def test_curves_are_drawn_from_nothing_to_the_last_worth(worth: tuple[float, ...]) -> None:
    """In order, each once, those of the model exactly among them."""
    found = grid(three_states(worth=worth))
    assert found[0] == 0
    assert found[-1] == max(worth, default=0)
    assert (np.diff(found) > 0).all()
    assert set(worth) <= set(found.tolist())
    assert len(found) >= (CURVE if max(worth, default=0) else 1)


# --- draws that cannot be -------------------------------------------------------------------------


def two_states(
    start: dict[str, Written], leaving: Written, cost: Written, mean: float, error: float
) -> Model:
    rows: dict[str, dict[str, Written]] = {
        "a": {"b": leaving, "a": "complement"},
        "b": {"b": 1},
    }
    return model(
        ("a", "b"),
        [strategy("usual", rows, {"cost": amounts({"a": cost})})],
        start=start,
        parameters=[uncertain("x", mean, normal(mean, error)), certain("zero", 0)],
        cycles=2,
    )


def test_draws_that_cost_no_number_are_refused() -> None:
    """A logarithm of what may be drawn below 0 would leave curves of NaN; it is told instead."""
    with pytest.raises(Refusal, match="no number"):
        simulated(two_states({"a": 1}, 0.5, "log(x)", 0.5, 0.5), 200, 1)


def test_shares_that_begin_below_nothing_are_refused() -> None:
    """Shares may sum to one and yet be impossible: 1.1 and −0.1."""
    with pytest.raises(Refusal, match="start"):
        simulated(two_states({"a": "x", "b": "1 - x"}, 0.5, 1, 0.9, 0.2), 200, 1)


@pytest.mark.parametrize(
    ("start", "leaving"),
    [({"a": "if(zero = 0, 1, 1 div zero)"}, 0.5), ({"a": 1}, "if(zero = 0, 0.5, 1 div zero)")],
)
def test_a_division_that_is_guarded_says_nothing(
    start: dict[str, Written], leaving: Written
) -> None:
    """Both branches are computed; what the other would give is no warning on anybody's terminal."""
    assert simulated(two_states(start, leaving, 1, 0.5, 0.1), 20, 1).cost.shape == (1, 20)
