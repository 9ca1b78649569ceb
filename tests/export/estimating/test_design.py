"""Variances agree with the textbook formulas, written out here in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.estimating.design import Lonely, SurveyDesign, survey_design, variance
from surveys.problems import Refusal

values = st.lists(st.integers(-50, 50), min_size=2, max_size=20)


def s2(y: Sequence[float]) -> float:
    """Return Σ(y − ȳ)²/(n − 1)."""
    middle = mean(y)
    return sum((each - middle) ** 2 for each in y) / (len(y) - 1)


def var(design: SurveyDesign, y: Sequence[float]) -> float:
    return float(variance(design, np.array(y, dtype=float)[:, np.newaxis])[0, 0])


@settings(max_examples=60, deadline=None)
@given(values, st.integers(0, 100))
def test_a_simple_sample_has_the_variance_of_the_first_chapter(y: list[int], more: int) -> None:
    """V(ŷ) = N² (1 − n/N) s²/n."""
    n, N = len(y), len(y) + more  # noqa: N806
    design = survey_design([N / n] * n, populations=[[N] * n])
    assert var(design, y) == pytest.approx(N**2 * (1 - n / N) * s2(y) / n, abs=1e-6)


def test_without_a_population_there_is_no_correction() -> None:
    """V(ŷ) = N² s²/n when the population is not given."""
    y = [2, 5, 1, 7]
    assert var(survey_design([10.0] * 4), y) == pytest.approx(40**2 * s2(y) / 4)


@settings(max_examples=40, deadline=None)
@given(st.lists(values, min_size=1, max_size=4))
def test_strata_add_up(samples: list[list[int]]) -> None:
    """V = Σ_h N_h² (1 − n_h/N_h) s_h²/n_h, and df = n − H."""
    sizes = [2 * len(y) + at for at, y in enumerate(samples)]
    expected = sum(
        N**2 * (1 - len(y) / N) * s2(y) / len(y) for N, y in zip(sizes, samples, strict=True)
    )
    rows = [(at, N, y) for at, (N, y) in enumerate(zip(sizes, samples, strict=True))]
    design = survey_design(
        [N / len(y) for _at, N, y in rows for _ in y],
        [[f"s{at}" for at, _N, y in rows for _ in y]],
        populations=[[N for _at, N, y in rows for _ in y]],
    )
    flat = [each for y in samples for each in y]
    assert var(design, flat) == pytest.approx(expected, abs=1e-6)
    everyone = np.ones(len(flat), dtype=np.bool_)
    assert design.degrees_of_freedom(everyone) == len(flat) - len(samples)


# Three hotels of 9 drawn; in them 2 of 4, 3 of 6 and 2 of 2 people.
HOTELS = (([3, 5], 4), ([1, 2, 6], 6), ([7, 9], 2))
ROWS = [(at, N, len(y), each) for at, (y, N) in enumerate(HOTELS) for each in y]
Y = [row[3] for row in ROWS]


def two_stages(populations: bool = True) -> SurveyDesign:
    first: list[float] | None = [9.0] * len(ROWS)
    second: list[float] | None = [float(row[1]) for row in ROWS]
    if not populations:
        first = second = None
    return survey_design(
        [9 / 3 * row[1] / row[2] for row in ROWS],
        [None, None],
        [[row[0] for row in ROWS], list(range(len(ROWS)))],
        [first, second],
    )


def test_two_stages_add_the_variance_within_the_clusters_drawn() -> None:
    """V = M² (1 − m/M) s²(ŷ_i)/m + (M/m) Σ_i N_i² (1 − n_i/N_i) s_i²/n_i (Cochran 1977, ch. 11)."""
    totals = [N * mean(y) for y, N in HOTELS]
    between = 9**2 * (1 - 3 / 9) * s2(totals) / 3
    within = 9 / 3 * sum(N**2 * (1 - len(y) / N) * s2(y) / len(y) for y, N in HOTELS)
    assert var(two_stages(), Y) == pytest.approx(between + within)


def test_without_the_first_population_later_stages_add_nothing() -> None:
    """With replacement at the first stage: V = M² s²(ŷ_i)/m, whatever happens below."""
    totals = [N * mean(y) for y, N in HOTELS]
    assert var(two_stages(populations=False), Y) == pytest.approx(9**2 * s2(totals) / 3)


def test_clusters_count_for_degrees_of_freedom_and_labels_are_nested() -> None:
    """Cluster 1 of stratum a is not cluster 1 of stratum b: 4 clusters − 2 strata."""
    design = survey_design([1.0] * 6, [list("aaabbb")], [[1, 1, 2, 1, 2, 2]])
    assert design.degrees_of_freedom(np.ones(6, dtype=np.bool_)) == 2
    assert design.degrees_of_freedom(np.array([True, False, True, False, False, False])) == 1


def test_every_cluster_of_a_stratum_where_a_domain_is_found_counts() -> None:
    """Those of strata without any of the domain do not; nor does anything found in one cluster alone."""
    design = survey_design([1.0] * 6, [list("aaabbb")], [[1, 1, 2, 1, 2, 2]])
    assert design.degrees_of_freedom(np.array([True, True, *[False] * 4])) == 0
    assert design.degrees_of_freedom(np.array([True, *[False] * 4, True])) == 2


def test_several_totals_have_their_covariances() -> None:
    """The matrix is symmetric, and the variance of a difference follows from it."""
    y, x = [2.0, 5.0, 1.0, 7.0], [1.0, 4.0, 4.0, 3.0]
    design = survey_design([3.0] * 4, populations=[[12.0] * 4])
    v = variance(design, np.array([y, x]).T)
    difference = [a - b for a, b in zip(y, x, strict=True)]
    assert v[0, 1] == pytest.approx(v[1, 0])
    assert var(design, difference) == pytest.approx(v[0, 0] + v[1, 1] - 2 * v[0, 1])


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(len(ROWS))))
def test_the_order_of_rows_moves_nothing(order: list[int]) -> None:
    """Shuffled rows give the same variance."""
    rows = [ROWS[at] for at in order]
    design = survey_design(
        [9 / 3 * row[1] / row[2] for row in rows],
        [None, None],
        [[row[0] for row in rows], list(range(len(rows)))],
        [[9.0] * len(rows), [float(row[1]) for row in rows]],
    )
    assert var(design, [row[3] for row in rows]) == pytest.approx(var(two_stages(), Y))


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, len(ROWS) - 1), min_size=1))
def test_the_variance_of_some_rows_is_that_of_all_with_zeros_elsewhere(rows: set[int]) -> None:
    """So a domain costs what its own rows cost, in one stage and in two."""
    at = np.array(sorted(rows))
    whole = np.zeros((len(ROWS), 2))
    whole[at, 0], whole[at, 1] = np.array(Y, float)[at], 1.0
    people = survey_design(
        [3.0] * len(ROWS), [list("aaabbbb")], populations=[[9.0] * 3 + [12.0] * 4]
    )
    for design in (two_stages(), people):
        expected = variance(design, whole)
        assert variance(design, whole[at], at) == pytest.approx(expected, abs=1e-9)


def test_those_not_eligible_are_rows_that_are_no_people() -> None:
    """They keep their place in the design; by default all are eligible."""
    design = survey_design([2.0] * 3, eligible=np.array([True, False, True]))
    assert design.people.tolist() == [0, 2]
    assert two_stages().people.tolist() == list(range(len(ROWS)))


def lone(policy: Lonely) -> SurveyDesign:
    """Return strata of 2 of 4, 2 of 6 and 1 of 5."""
    return survey_design(
        [2.0, 2.0, 3.0, 3.0, 5.0],
        [list("aabbc")],
        populations=[[4.0, 4.0, 6.0, 6.0, 5.0]],
        lonely=policy,
    )


def test_a_stratum_of_one_cluster_is_refused_unless_a_policy_is_chosen() -> None:
    """`fail` is the default; remove, certainty and average differ as R documents."""
    y = [1, 3, 2, 8, 4]
    a, b = 4**2 * (1 - 2 / 4) * s2([1, 3]) / 2, 6**2 * (1 - 2 / 6) * s2([2, 8]) / 2
    with pytest.raises(Refusal, match="one cluster"):
        var(lone("fail"), y)
    assert var(lone("remove"), y) == pytest.approx(a + b)
    assert var(lone("certainty"), y) == pytest.approx(a + b)
    assert var(lone("average"), y) == pytest.approx((a + b) * 3 / 2)
    assert var(lone("adjust"), y) == pytest.approx(a + b + (1 - 1 / 5) * (5 * 4) ** 2)


def test_a_stratum_drawn_whole_adds_nothing_even_with_one_cluster() -> None:
    """One of one is a census, not a lone cluster."""
    design = survey_design([2.0, 2.0, 1.0], [list("aab")], populations=[[4.0, 4.0, 1.0]])
    assert var(design, [1, 3, 9]) == pytest.approx(4**2 * (1 - 2 / 4) * s2([1, 3]) / 2)
    assert not design.is_census


def test_when_every_stratum_is_alone_there_is_no_average() -> None:
    """`average` has nothing to average."""
    design = survey_design([2.0, 2.0], [["a", "b"]], lonely="average")
    with pytest.raises(Refusal, match="another policy"):
        var(design, [1, 2])


@pytest.mark.parametrize(
    ("weights", "population"),
    [
        ([], []),
        ([1.0, 0.0], [4, 4]),
        ([1.0, -1.0], [4, 4]),
        ([1.0, float("nan")], [4, 4]),
        ([1.0, float("inf")], [4, 4]),
        ([1.0, 1.0], [4, 5]),
        ([1.0, 1.0], [1, 1]),
        ([1.0, 1.0], [0, 0]),
        ([1.0, 1.0], [float("nan")] * 2),
    ],
)
def test_impossible_designs_are_refused(weights: list[float], population: list[float]) -> None:
    """Weights above 0; one population per stratum, not below the number drawn."""
    with pytest.raises(Refusal):
        survey_design(weights, populations=[population])


def test_only_a_simple_random_sample_is_simple() -> None:
    """One stratum, no clusters, one weight N/n."""
    assert survey_design([2.5] * 4, populations=[[10] * 4]).is_simple
    assert not survey_design([2.5] * 4).is_simple
    assert not survey_design([2.0] * 4, populations=[[10] * 4]).is_simple
    assert not survey_design([2.5] * 4, [list("aabb")], populations=[[5] * 4]).is_simple
    assert not survey_design([2.5] * 4, clusters=[list("aabc")], populations=[[10] * 4]).is_simple
    assert survey_design([1.0] * 4, populations=[[4] * 4]).is_census
