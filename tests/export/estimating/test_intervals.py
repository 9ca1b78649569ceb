"""Intervals cover as often as they say, and never leave [0, 1]."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, hypergeom

from export.estimating.intervals import Interval, Method, hypergeometric, of_mean, of_proportion

POPULATION, SAMPLE = 536, 107
Limits = Callable[[int], tuple[float, float]]


def simple_variance(k: int) -> float:
    """Return (1 − n/N) p(1 − p)/(n − 1)."""
    p = k / SAMPLE
    return (1 - SAMPLE / POPULATION) * p * (1 - p) / (SAMPLE - 1)


def of(found: Interval | None) -> tuple[float, float]:
    assert found is not None
    return found.low, found.high


def exact(k: int) -> tuple[float, float]:
    low, high = hypergeometric(k, SAMPLE, POPULATION)
    return low / POPULATION, high / POPULATION


def by(method: Method) -> Limits:
    assert method != "hypergeometric"
    return lambda k: of(
        of_proportion(method, k / SAMPLE, simple_variance(k), rows=SAMPLE, df=SAMPLE - 1)
    )


def wald(k: int) -> tuple[float, float]:
    return of(of_mean(k / SAMPLE, simple_variance(k), SAMPLE - 1))


@pytest.mark.parametrize(
    ("limits", "lowest"),
    [
        (wald, 0.896),
        (by("wilson"), 0.936),
        (by("logit"), 0.942),
        (by("beta"), 0.948),
        (exact, 0.952),
    ],
    ids=["wald", "wilson", "logit", "beta", "hypergeometric"],
)
def test_the_lowest_coverage_is_the_one_documented(limits: Limits, lowest: float) -> None:
    """For 107 of 536, over every share from 5 to 95 %: why Wald is never used, and exact is first."""
    low, high = np.array([limits(k) for k in range(SAMPLE + 1)]).T
    counts = np.arange(SAMPLE + 1)
    coverage = []
    for having in range(POPULATION + 1):
        p = having / POPULATION
        if 0.05 <= p <= 0.95:
            chance = hypergeom.pmf(counts, POPULATION, having, SAMPLE)
            coverage.append(float(chance[(low <= p + 1e-12) & (p - 1e-12 <= high)].sum()))
    assert round(min(coverage), 3) == lowest


@pytest.mark.parametrize(
    ("k", "percent", "people"),
    [(93, (79.9, 92.0), (428, 493)), (20, (12.5, 26.5), (67, 142))],
)
def test_the_two_headlines_have_their_intervals(
    k: int, percent: tuple[float, float], people: tuple[int, int]
) -> None:
    """93 and 20 of 107, drawn from 536: 79.9–92.0 % and 12.5–26.5 %."""
    found = hypergeometric(k, SAMPLE, POPULATION)
    assert found == people
    assert tuple(round(100 * count / POPULATION, 1) for count in found) == percent


def test_the_documentation_gives_the_same_coverages_and_headlines() -> None:
    """The table and the sentence of docs/methods.md are the numbers tested above."""
    text = (Path(__file__).parents[3] / "docs" / "methods.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| (\S+|p ± t·√V) \| (0\.\d+) \|$", text, re.MULTILINE))
    assert table == {
        "p ± t·√V": "0.896", "wilson": "0.936", "logit": "0.942", "beta": "0.948",
        "hypergeometric": "0.952",
    }  # fmt: skip
    assert "86.9 %, 79.9 to 92.0 (428 to 493 of 536 people)" in text
    assert "18.7 %, 12.5 to 26.5 (67 to 142)" in text


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_exact_interval_is_the_counts_no_tail_rejects(data: st.DataObject) -> None:
    """Against sums of whole binomials: each count inside keeps both tails above 2.5 %, none outside."""
    population = data.draw(st.integers(1, 40))
    n = data.draw(st.integers(1, population))
    k = data.draw(st.integers(0, n))

    def tail(having: int, wanted: range) -> bool:
        ways = sum(comb(having, x) * comb(population - having, n - x) for x in wanted)
        return 40 * ways > comb(population, n)

    kept = [
        having
        for having in range(k, population - n + k + 1)
        if tail(having, range(k + 1)) and tail(having, range(k, n + 1))
    ]
    assert hypergeometric(k, n, population) == (min(kept), max(kept))


def test_the_exact_interval_of_none_and_all() -> None:
    """None of 107 says at most 15 of 536; everyone interviewed says the count itself."""
    low, high = hypergeometric(0, 107, 536)
    assert low == 0
    assert comb(536 - high, 107) * 40 > comb(536, 107) >= comb(536 - high - 1, 107) * 40
    assert hypergeometric(107, 107, 536) == (536 - high, 536)
    assert hypergeometric(3, 10, 10) == (3, 3)


def test_a_tail_of_exactly_a_fortieth_rejects() -> None:
    """One of one, of 40 people: if one alone had it, just 1 in 40 draws would find it."""
    assert hypergeometric(1, 1, 40) == (2, 40)
    assert hypergeometric(0, 1, 40) == (0, 38)


@pytest.mark.parametrize("wrong", [(-1, 5, 10), (6, 5, 10), (2, 11, 10), (0, 0, 10)])
def test_counts_that_cannot_be_are_refused(wrong: tuple[int, int, int]) -> None:
    """k of n of N must be 0 ≤ k ≤ n ≤ N."""
    with pytest.raises(ValueError, match="drawn"):
        hypergeometric(*wrong)


def test_beta_is_clopper_and_pearson_for_a_sample_with_replacement() -> None:
    """With the variance p(1 − p)/n and df = n − 1 it is their exact interval (10 of 40)."""
    found = of(of_proportion("beta", 0.25, 0.25 * 0.75 / 40, rows=40, df=39))
    assert found == pytest.approx((beta.ppf(0.025, 10, 31), beta.ppf(0.975, 11, 30)), rel=1e-12)
    # What binom.test(10, 40) prints in R.
    assert found == pytest.approx((0.1269, 0.4120), abs=5e-5)


@pytest.mark.parametrize("method", ["beta", "logit", "wilson"])
def test_with_none_the_upper_limit_is_one_sided(method: Method) -> None:
    """0 of n: from 0 to 1 − 0.025^(1/n), whatever the method; and the mirror image for all."""
    assert method != "hypergeometric"
    none = of(of_proportion(method, 0.0, 0.0, rows=60, df=59))
    everyone = of(of_proportion(method, 1.0, 0.0, rows=60, df=59))
    assert none == pytest.approx((0, 1 - 0.025 ** (1 / 60)))
    assert everyone == pytest.approx((0.025 ** (1 / 60), 1))


def test_next_to_nobody_has_the_interval_of_nobody() -> None:
    """The least number above 0 that a computer knows has limits as 0 has, and not none."""
    low, high = of(of_proportion("beta", 5e-324, 5e-324 / 3, rows=3, df=1))
    assert low == 0
    assert 0 < high < 1


def test_few_clusters_widen_the_interval_of_none() -> None:
    """With 4 degrees of freedom 60 people tell less than 60 drawn one by one."""
    alone = of(of_proportion("beta", 0.0, 0.0, rows=60, df=59))
    clustered = of(of_proportion("beta", 0.0, 0.0, rows=60, df=4))
    assert clustered[1] > 1.5 * alone[1]


def test_no_variance_is_not_certainty() -> None:
    """Strata that each say the same give variance 0 at p = 0.5: the sample size still counts."""
    low, high = of(of_proportion("beta", 0.5, 0.0, rows=20, df=18))
    assert low < 0.3
    assert high > 0.7


@pytest.mark.parametrize("method", ["beta", "logit", "wilson"])
@settings(max_examples=60, deadline=None)
@given(
    p=st.floats(0, 1), shrink=st.floats(0.2, 5), rows=st.integers(3, 500), lost=st.integers(0, 400)
)
def test_limits_hold_the_estimate_within_zero_and_one(
    method: Method, p: float, shrink: float, rows: int, lost: int
) -> None:
    """0 ≤ low ≤ p ≤ high ≤ 1 for any variance and degrees of freedom."""
    assert method != "hypergeometric"
    df = max(1, rows - 1 - lost)
    low, high = of(of_proportion(method, p, shrink * p * (1 - p) / rows, rows=rows, df=df))
    slack = 1e-9
    assert -slack <= low <= p + slack
    assert p - slack <= high <= 1 + slack


@pytest.mark.parametrize("method", ["beta", "logit", "wilson"])
def test_the_complement_has_the_mirrored_interval(method: Method) -> None:
    """The interval of 1 − p is that of p turned round."""
    assert method != "hypergeometric"
    low, high = of(of_proportion(method, 0.2, 0.002, rows=100, df=30))
    assert of(of_proportion(method, 0.8, 0.002, rows=100, df=30)) == pytest.approx(
        (1 - high, 1 - low)
    )


def test_a_mean_has_its_t_interval() -> None:
    """10 ± 2.776 × 2 with 4 degrees of freedom (Student's table)."""
    assert of(of_mean(10, 4, 4)) == pytest.approx((10 - 5.5529, 10 + 5.5529), abs=1e-4)


def test_without_a_degree_of_freedom_there_is_no_interval() -> None:
    """One cluster in the domain: the estimate stands alone."""
    assert of_mean(10, 4, 0) is None
    assert of_proportion("beta", 0.3, 0.01, rows=10, df=0) is None
