"""Quantiles: laws first, then ties, then what is not shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.estimating.accuracy import Figures
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.estimate import Row, estimand, estimate
from export.estimating.quantiles import quantiles

Columns = dict[str, NDArray[Any]]

people = st.lists(
    st.tuples(st.integers(-9, 9), st.integers(1, 5)), min_size=1, max_size=20
)  # values, weights


def one(x: list[float], w: list[float], p: float) -> float:
    return float(quantiles(np.array(x, float), np.array(w, float), np.array([p]))[0])


@settings(max_examples=80, deadline=None)
@given(people, st.integers(1, 19))
def test_a_quantile_is_the_least_value_that_reaches_its_share(
    given_people: list[tuple[int, int]], twentieths: int
) -> None:
    """Against a count in whole numbers: as much as p of the weight does not exceed it, less any below."""
    x, w = zip(*given_people, strict=True)
    found = one(list(x), list(w), twentieths / 20)
    reached = [
        value
        for value in x
        if 20 * sum(b for a, b in given_people if a <= value) >= twentieths * sum(w)
    ]
    assert found == min(reached)


@settings(max_examples=60, deadline=None)
@given(people, st.randoms(), st.floats(0.01, 1000))
def test_order_and_scale_of_the_weights_move_no_quantile(
    given_people: list[tuple[int, int]], chance: Any, scale: float
) -> None:
    """Shuffled rows, and weights in other units, give the same median."""
    x, w = map(list, zip(*given_people, strict=True))
    other = list(given_people)
    chance.shuffle(other)
    assert one(x, w, 0.5) == one([a for a, _b in other], [b * scale for _a, b in other], 0.5)


def test_quantiles_are_in_order() -> None:
    """A greater share has no lesser quantile; the greatest is the largest value."""
    x, w = np.array([3.0, 1.0, 2.0, 9.0]), np.array([1.0, 4.0, 2.0, 1.0])
    found = quantiles(x, w, np.array([0.01, 0.5, 0.51, 0.75, 0.9, 1.0])).tolist()
    assert found == [1, 1, 2, 2, 9, 9]


@pytest.mark.parametrize("weight", [1.0, 0.1, 1 / 3, 30.97, 1e-7])
@pytest.mark.parametrize("n", [10, 200, 1000])
def test_sums_that_differ_by_rounding_are_the_same(weight: float, n: int) -> None:
    """Of n people of equal weight the n/2-th has the median, the n/10-th the first decile."""
    x = [float(at) for at in range(1, n + 1)]
    assert one(x, [weight] * n, 0.5) == n // 2
    assert one(x, [weight] * n, 0.1) == n // 10


def simple(n: int, population: int) -> SurveyDesign:
    return survey_design([population / n] * n, populations=[[population] * n])


def row(text: str, x: list[float], design: SurveyDesign, **options: Any) -> Row:
    (found,) = estimate(estimand(text), {"x": np.array(x, float)}, design, **options).rows
    return found


def figures(text: str, x: list[float], design: SurveyDesign, **options: Any) -> Figures:
    found = row(text, x, design, **options).figures
    assert found is not None
    return found


HUNDRED = [float(at) for at in range(1, 101)]


def test_a_median_has_woodruffs_interval() -> None:
    """100 of 1,000: the beta interval of the share 50 %, read off the values 1 to 100."""
    found = figures("median(x)", HUNDRED, simple(100, 1000))
    share = figures("prop(x <= 50)", HUNDRED, simple(100, 1000), method="beta").interval
    assert found.estimate == 50
    assert found.interval is not None
    assert share is not None
    low, high = np.ceil(100 * share.low), np.ceil(100 * share.high)
    assert (found.interval.low, found.interval.high) == (low, high)
    assert found.interval.method == "beta"
    assert found.standard_error == pytest.approx((high - low) / (2 * 1.9842169515))  # t of 99
    assert (found.design_effect, found.people) == (None, None)


@pytest.mark.parametrize("method", ["beta", "logit", "wilson"])
def test_the_interval_holds_the_quantile(method: str) -> None:
    """By every method, near the ends too; an exact interval asked for others leaves beta here."""
    for p in (0.12, 0.5, 0.88):
        design = simple(100, 1000)
        found = figures(f"quantile(x, {p})", HUNDRED, design, method=method, threshold=1)
        assert found.interval is not None
        assert 1 <= found.interval.low <= found.estimate <= found.interval.high <= 100
        assert found.interval.method == method
    exact = figures("median(x)", HUNDRED, simple(100, 1000), method="hypergeometric")
    assert exact == figures("median(x)", HUNDRED, simple(100, 1000), method="beta")


def test_everyone_interviewed_leaves_no_error() -> None:
    """The median of a population is known."""
    found = figures("median(x)", HUNDRED, simple(100, 100))
    assert (found.standard_error, found.interval and found.interval.method) == (0, "census")
    known = figures("median(3)", HUNDRED, simple(100, 1000))
    assert (known.estimate, known.interval) == (3, None)


def test_limits_that_tell_of_few_people_are_left_out() -> None:
    """The interval of the 15th value of 100 reaches down to the 9th: a number that nine do not exceed."""
    few = row("quantile(x, 0.15)", HUNDRED, simple(100, 1000))
    assert few.has_no_limits
    assert few.figures is not None
    assert (few.figures.estimate, few.figures.interval, few.figures.standard_error) == (
        15,
        None,
        None,
    )
    many = row("median(x)", HUNDRED, simple(100, 1000))
    assert not many.has_no_limits
    assert many.figures is not None
    assert many.figures.interval is not None
    assert (
        figures("quantile(x, 0.15)", HUNDRED, simple(100, 1000), threshold=1).interval is not None
    )


def test_everybody_alike_has_an_interval_of_one_value() -> None:
    """No other value was met, so none is named."""
    found = figures("median(x)", [4.0] * 30, simple(30, 90))
    assert found.interval is not None
    assert (found.estimate, found.interval.low, found.interval.high) == (4, 4, 4)


def test_a_domain_in_one_cluster_has_a_median_alone() -> None:
    """Without a degree of freedom neither interval nor error."""
    design = survey_design([2.0] * 6, clusters=[list("aabbcc")], populations=[[9.0] * 6])
    columns: Columns = {"x": np.array([1.0, 5, 2, 4, 3, 8]), "g": np.array(list("xxyyyy"))}
    alone, _others = estimate(estimand("median(x)"), columns, design, by="g", threshold=1).rows
    assert alone.figures == Figures(1.0, None, None, 0, None, None)


def test_missing_answers_are_left_out_of_a_median() -> None:
    """Blanks are neither small nor large."""
    found = row("median(x)", [*HUNDRED, *[np.nan] * 20], simple(120, 1200))
    assert (found.respondents, found.missing) == (100, 20)
    assert found.figures is not None
    assert found.figures.estimate == 50


@pytest.mark.parametrize(
    ("text", "is_small"),
    [
        ("quantile(x, 0.10)", True),  # 10 people at most have it
        ("quantile(x, 0.11)", False),
        ("quantile(x, 0.9)", False),  # 11 people at least have it
        ("quantile(x, 0.91)", True),
    ],
)
def test_a_quantile_of_few_people_is_not_shown(text: str, is_small: bool) -> None:
    """It tells of those at the end: fewer than eleven who do not exceed it, or are not below it."""
    found = row(text, HUNDRED, simple(100, 1000))
    assert found.is_small is is_small
    assert (found.figures is None) is is_small
    assert found.respondents == 100
