"""Cohorts: laws of the trace and of what is counted, then a naive program that must agree."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling.cohort import (
    Arm,
    Timings,
    beginning,
    followed,
    impossible,
    timing,
    timings,
    trace,
    transitions,
)
from export.modelling.model import Discount, Model
from export.modelling.totals import totals
from export.modelling.values import base
from tests.cohorts import amounts, certain, model, strategy, three_states

SIZES = settings(max_examples=25)


@st.composite
def probabilities(draw: st.DrawFn, size: int) -> list[float]:
    weights = draw(st.lists(st.integers(0, 20), min_size=size, max_size=size).filter(any))
    return [one / sum(weights) for one in weights]


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Any model of one to four states: several of them begun in, no complement, all kinds of amounts."""
    names = [f"s{at}" for at in range(draw(st.integers(1, 4)))]
    if len(names) > 1 and draw(st.booleans()):
        names[-1] = "dead"
    rows = {one: dict(zip(names, draw(probabilities(len(names))), strict=True)) for one in names}
    figure = st.integers(-50, 50)
    moves = {one: {to: draw(figure) for to in names if to != one} for one in names}
    counted = {
        "cost": amounts(
            {one: draw(figure) for one in names},
            per_cycle={names[0]: draw(figure)},
            per_transition=moves,
            at_start=draw(figure),
        ),
        "effect": amounts({one: draw(figure) for one in names}, per_transition=moves),
    }
    return model(
        names,
        [strategy("usual", rows, counted)],
        start=dict(zip(names, draw(probabilities(len(names))), strict=True)),
        cycles=draw(st.integers(1, 12)),
        length=draw(st.sampled_from([7 / 365.25, 0.5, 1.0, 3.0])),
        correction=draw(st.sampled_from(["half-cycle", "none"])),
        discount=Discount(*(draw(st.sampled_from([0.0, 0.025, 1.0])) for _kind in range(2))),
    )


def arm(of: Model, at: int = 0) -> Arm:
    return followed(of, of.strategies[at], base(of), timings(of))


def number(text: Any) -> float:
    return float(text.text)


def naive(of: Model) -> tuple[float, float, float]:
    """Return cost, effect and life-years of the first strategy, in plain loops over people's shares."""
    one, names = of.strategies[0], [state.name for state in of.states]
    here = {name: number(of.start[name]) for name in names}
    found = {"cost": 0.0, "effect": 0.0, "years": 0.0}
    for name in ("cost", "effect"):
        once = one.amounts[name].at_start
        found[name] += number(once) if once else 0.0
    for cycle in range(of.cycles):
        moved = {(a, b): here[a] * number(one.rows[a].entries[b]) for a in names for b in names}
        after = {b: sum(moved[a, b] for a in names) for b in names}
        for name, rate in (("cost", of.discount.costs), ("effect", of.discount.effects)):
            early = (1 + rate) ** (-of.length * cycle)
            late = (1 + rate) ** (-of.length * (cycle + 1))
            if of.correction == "none":
                first, last = early, 0.0
            else:
                first, last = early / 2, late / 2
            some = one.amounts[name]
            for state in names:
                spent = first * here[state] + last * after[state]
                if state in some.per_year:
                    found[name] += spent * number(some.per_year[state]) * of.length
                if state in some.per_cycle:
                    found[name] += spent * number(some.per_cycle[state])
                if name == "effect" and state != "dead":
                    found["years"] += spent * of.length
                for to, amount in some.per_transition.get(state, {}).items():
                    found[name] += (first + last) * moved[state, to] * number(amount)
        here = after
    return found["cost"], found["effect"], found["years"]


@SIZES
@given(models())
def test_a_naive_program_finds_the_same_totals(of: Model) -> None:
    """Costs, effects and life-years of any model are those of loops that add one share at a time."""
    found = arm(of)
    mine = [float(found.total(name)[0]) for name in ("cost", "effect")]
    mine.append(float(found.life_years.sum()))
    assert mine == pytest.approx(naive(of), rel=1e-10, abs=1e-8)


@SIZES
@given(models())
def test_the_trace_sums_to_one_at_every_cycle(of: Model) -> None:
    """Nobody is lost or born, and no share is below 0."""
    found = arm(of).trace
    assert found.shape == (of.cycles + 1, len(of.states), 1)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=0, atol=1e-12)
    assert (found >= -1e-15).all()


@SIZES
@given(models())
def test_without_discount_or_correction_totals_are_plain_sums(of: Model) -> None:
    """What is counted is the sum over cycles of those there when each begins."""
    plain = replace(of, discount=Discount(0, 0), correction="none")
    counted = amounts({state.name: at + 1 for at, state in enumerate(of.states)})
    only = replace(plain.strategies[0], amounts={"cost": counted, "effect": counted})
    found = arm(replace(plain, strategies=(only,)))
    expected = (
        sum(
            float(found.trace[cycle, at, 0]) * (at + 1)
            for cycle in range(of.cycles)
            for at in range(len(of.states))
        )
        * of.length
    )
    assert float(found.total("cost")[0]) == pytest.approx(expected)


@SIZES
@given(models())
def test_half_cycle_is_midway_between_beginnings_and_ends(of: Model) -> None:
    """Without discount, the correction adds half of the last moment and takes half of the first."""
    free = replace(of, discount=Discount(0, 0))
    half = arm(replace(free, correction="half-cycle"))
    none = arm(replace(free, correction="none"))
    alive = [at for at, state in enumerate(of.states) if not state.is_dead]
    ends = (half.trace[-1, alive, 0].sum() - half.trace[0, alive, 0].sum()) / 2
    assert float(half.life_years.sum()) == pytest.approx(
        float(none.life_years.sum() + ends * of.length)
    )


@SIZES
@given(models(), st.floats(0.001, 1))
def test_a_discount_only_makes_less_of_what_comes(of: Model, rate: float) -> None:
    """Life-years are fewer the higher the rate, and only that of effects moves them."""
    plain, costs, effects = (
        followed(of, of.strategies[0], base(of), timings(of, Discount(*rates)))
        for rates in ((0.0, 0.0), (rate, 0.0), (0.0, rate))
    )
    np.testing.assert_array_equal(plain.life_years, costs.life_years)
    assert (effects.life_years <= plain.life_years + 1e-15).all()


@SIZES
@given(models())
def test_identical_strategies_have_no_increment(of: Model) -> None:
    """The same rows and amounts under two names give the same numbers to the last bit."""
    twice = replace(of, strategies=(of.strategies[0], replace(of.strategies[0], name="other")))
    found = totals(twice, base(twice), 1)
    assert (found.costs[0] == found.costs[1]).all()
    assert (found.effects[0] == found.effects[1]).all()
    assert (found.life_years[0] == found.life_years[1]).all()


@SIZES
@given(models(), st.integers(1, 30))
def test_amounts_are_linear(of: Model, times: int) -> None:
    """Every amount of an outcome times a number is its total times that number."""
    one = of.strategies[0].amounts["cost"]

    def more(some: Any) -> dict[str, Any]:
        return {state: f"({each.text}) * {times}" for state, each in some.items()}

    scaled = amounts(
        more(one.per_year),
        per_cycle=more(one.per_cycle),
        per_transition={left: more(some) for left, some in one.per_transition.items()},
        at_start=f"({one.at_start.text}) * {times}" if one.at_start else None,
    )
    other = replace(of.strategies[0], amounts={**of.strategies[0].amounts, "cost": scaled})
    found = arm(replace(of, strategies=(other,)))
    assert float(found.total("cost")[0]) == pytest.approx(
        times * float(arm(of).total("cost")[0]), abs=1e-7
    )


def alive_for_years(rate: float, cycles_a_year: int) -> float:
    """Return the life-years in ten years of people who die at a rate."""
    made = model(
        ("alive", "dead"),
        [
            strategy(
                "usual",
                {"alive": {"dead": "probability(r)", "alive": "complement"}, "dead": {"dead": 1}},
                {"cost": amounts({"alive": 1})},
            )
        ],
        start={"alive": 1},
        parameters=[certain("r", rate)],
        length=1 / cycles_a_year,
        cycles=10 * cycles_a_year,
        discount=Discount(0.03, 0.03),
    )
    return float(arm(made).life_years.sum())


@settings(max_examples=10)
@given(st.floats(0.01, 2))
def test_shorter_cycles_converge_to_continuous_time(rate: float) -> None:
    """Twice the cycles at the same rate: four times nearer the integral of exp(−(r + ln 1.03) t) over ten years."""
    force = rate + math.log(1.03)
    exact = -math.expm1(-10 * force) / force
    errors = [abs(alive_for_years(rate, n) - exact) for n in (1, 2, 4, 8)]
    assert errors == sorted(errors, reverse=True)
    assert errors[3] * 3.5 < errors[2]
    assert errors[3] < 0.02 * exact


def test_probabilities_halved_over_twice_the_cycles_converge_too() -> None:
    """So it is of a probability by cycle that is made half as large: the limit is that of the rate."""

    def years(n: int) -> float:
        made = model(
            ("alive", "dead"),
            [
                strategy(
                    "usual",
                    {"alive": {"dead": 0.2 / n, "alive": "complement"}, "dead": {"dead": 1}},
                    {},
                )
            ],
            start={"alive": 1},
            length=1 / n,
            cycles=10 * n,
            discount=Discount(0, 0),
        )
        return float(arm(made).life_years.sum())

    exact = -math.expm1(-2) / 0.2
    errors = [abs(years(n) - exact) for n in (1, 2, 4, 8, 16)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.01 * exact


def test_probabilities_by_cycle_are_those_of_their_cycle() -> None:
    """`cycle` is 1 in the first, `year` 0: people leave in the second cycle where it says so."""
    made = model(
        ("here", "there"),
        [
            strategy(
                "usual",
                {
                    "here": {"there": "if(cycle = 2, 1, 0)", "here": "complement"},
                    "there": {"there": 1},
                },
                {"cost": amounts({"here": "100 * (1 + year)"})},
            )
        ],
        start={"here": 1},
        cycles=4,
        length=0.5,
        correction="none",
        discount=Discount(0, 0),
    )
    found = arm(made)
    assert found.trace[:, 0, 0].tolist() == [1, 1, 0, 0, 0]
    assert found.by_cycle["cost"][:, 0].tolist() == [50, 75, 0, 0]


def test_each_draw_is_followed_on_its_own() -> None:
    """A thousand values at once give what each gives alone, also where a row has one value for all."""
    of = three_states()
    some = np.linspace(0.05, 0.4, 7)[None, :]
    together = totals(of, {**base(of), "a": some}, 7)
    for at, value in enumerate(some[0]):
        alone = totals(of, base(of, {"a": float(value)}), 1)
        np.testing.assert_allclose(together.cost[:, at], alone.cost[:, 0], rtol=1e-12)
        np.testing.assert_allclose(together.effect[:, at], alone.effect[:, 0], rtol=1e-12)
        np.testing.assert_allclose(together.life_years[:, at], alone.life_years[:, 0], rtol=1e-12)


def test_shares_that_begin_may_be_drawn() -> None:
    """Draws of where people begin meet rows of one value, and rows of draws."""
    start = np.array([[1.0, 0.5], [0.0, 0.5]])
    steps = np.array([[0.5, 0.5], [0.0, 1.0]])[None, :, :, None]
    assert trace(start, steps, 1)[1].tolist() == [[0.5, 0.25], [0.5, 0.75]]


@pytest.mark.parametrize(
    ("row", "is_wrong"),
    [
        ({"a": "0.5", "b": "0.5"}, False),
        ({"a": "0.5", "b": "complement"}, False),
        ({"a": "0.5", "b": "0.6"}, True),
        ({"a": "0.5", "b": "0.4"}, True),
        ({"a": "1.5", "b": "complement"}, True),
        ({"a": "-0.5", "b": "1.5"}, True),
        ({"a": "zero div zero", "b": "complement"}, True),
        ({"a": "1 div zero", "b": "complement"}, True),
        ({"a": "1", "b": "0.000000000001"}, False),
    ],
)
def test_rows_that_cannot_be_are_found(row: dict[str, str], is_wrong: bool) -> None:
    """Below 0, over one, under one without a complement, and what is no number: each is impossible."""
    made = model(
        ("a", "b"),
        [strategy("usual", {"a": row, "b": {"b": 1}}, {})],
        start={"a": 1},
        parameters=[certain("zero", 0)],
    )
    with np.errstate(all="ignore"):
        found = impossible(transitions(made, made.strategies[0], base(made)))
    assert found.shape == (1, 2, 1)
    assert found[:, :, 0].tolist() == [[is_wrong, False]]


def test_one_state_is_a_model() -> None:
    """Everybody stays, and what it costs is an annuity."""
    made = model(
        ("alive",),
        [strategy("usual", {"alive": {"alive": 1}}, {"cost": amounts({"alive": 100})})],
        start={"alive": 1},
        correction="none",
    )
    annuity = 100 * sum(1.03**-year for year in range(10))
    assert float(arm(made).total("cost")[0]) == pytest.approx(annuity)


@pytest.mark.parametrize("rate", [0.0, 0.03, 1.0])
def test_weights_of_a_correction(rate: float) -> None:
    """Half-cycle is the trapezium of the discounted moments; none is their left ends."""
    half, none = timing(4, 2.0, "half-cycle", rate), timing(4, 2.0, "none", rate)
    worth = [(1 + rate) ** (-2 * cycle) for cycle in range(5)]
    assert half.start.tolist() == pytest.approx([one / 2 for one in worth[:-1]])
    assert half.end.tolist() == pytest.approx([one / 2 for one in worth[1:]])
    assert none.start.tolist() == pytest.approx(worth[:-1])
    assert none.end.tolist() == [0] * 4


def test_costs_and_effects_have_their_own_rate() -> None:
    """A model at 0 % of costs and 100 % of effects halves only effects from year to year."""
    made = model(
        ("alive",),
        [
            strategy(
                "usual",
                {"alive": {"alive": 1}},
                {"cost": amounts({"alive": 8}), "effect": amounts({"alive": 8})},
            )
        ],
        start={"alive": 1},
        cycles=3,
        correction="none",
        discount=Discount(0, 1),
    )
    found = arm(made)
    assert found.by_cycle["cost"][:, 0].tolist() == [8, 8, 8]
    assert found.by_cycle["effect"][:, 0].tolist() == [8, 4, 2]
    weights = timings(made)
    assert isinstance(weights, Timings)
    assert beginning(made, base(made)).tolist() == [[1]]
