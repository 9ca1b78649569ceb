"""The jackknife: where it must be linearisation exactly, and what each replicate is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.estimating.adjustment import Adjustment
from export.estimating.design import Lonely, SurveyDesign, survey_design
from export.estimating.estimate import Row, estimand, estimate
from export.estimating.replicates import jackknife, replicate_weights, replicates
from surveys.problems import Refusal

Columns = dict[str, NDArray[Any]]

numbers = st.lists(st.integers(-20, 20), min_size=3, max_size=12)


def rows(text: str, columns: Columns, design: SurveyDesign, **options: Any) -> tuple[Row, ...]:
    return estimate(estimand(text), columns, design, **({"threshold": 1} | options)).rows


def error(text: str, columns: Columns, design: SurveyDesign, variance: str) -> float:
    (row,) = rows(text, columns, design, variance=variance)
    assert row.figures is not None
    assert row.figures.standard_error is not None
    return row.figures.standard_error


@settings(max_examples=40, deadline=None)
@given(numbers, st.integers(1, 30))
def test_of_a_simple_mean_it_is_the_variance_of_the_first_chapter(y: list[int], more: int) -> None:
    """JK1 of ȳ is (1 − n/N) s²/n, of a total N² times that."""
    n, population = len(y), len(y) + more
    design = survey_design([population / n] * n, populations=[[population] * n])
    expected = float(np.sqrt((1 - n / population) * np.var(y, ddof=1) / n))
    columns: Columns = {"y": np.array(y)}
    assert error("mean(y)", columns, design, "jackknife") == pytest.approx(expected, abs=1e-7)
    total = error("total(y)", columns, design, "jackknife")
    assert total == pytest.approx(population * expected, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(numbers, min_size=2, max_size=4))
def test_of_a_stratified_total_it_is_linearisation(samples: list[list[int]]) -> None:
    """JKn of a total is the textbook variance when strata are alike in size, its mean being the whole."""
    shortest = min(len(sample) for sample in samples)
    flat = [(at, y) for at, sample in enumerate(samples) for y in sample[:shortest]]
    strata, y = zip(*flat, strict=True)
    design = survey_design([3.0] * len(y), [strata], populations=[[3.0 * shortest] * len(y)])
    columns: Columns = {"y": np.array(y, float)}
    taylor, again = (error("total(y)", columns, design, by) for by in ("taylor", "jackknife"))
    assert again == pytest.approx(taylor, abs=1e-6)


# Two strata of hotels, people in them.
STRATA, HOTELS = list("aaaaaaabbbbb"), [1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6, 6]
Y = np.array([3.0, 5, 1, 2, 6, 7, 9, 4, 4, 8, 1, 3])
X = np.array([1.0, 2, 1, 1, 3, 2, 4, 2, 1, 3, 1, 2])
W = np.array([2.0, 2, 3, 3, 3, 2, 2, 4, 4, 5, 4, 4])


def hotels(lonely: Lonely = "fail", strata: list[str] = STRATA) -> SurveyDesign:
    populations = [9.0 if stratum == "a" else 7.0 for stratum in strata]
    return survey_design(W, [strata], [HOTELS], [populations], lonely)


def ratio(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(totals[..., 0] / totals[..., 1])


@pytest.mark.parametrize("lonely", ["remove", "average", "adjust"])
def test_the_totals_are_those_of_the_replicates_weights(lonely: Lonely) -> None:
    """Found in one go they are what each column of weights adds up to, lone strata included."""
    design = hotels(lonely, [*STRATA[:-2], "c", "c"])
    these, weights = replicates(design), replicate_weights(design)
    found = ratio(np.stack([weights.T @ Y, weights.T @ X], axis=1))
    expected = float(np.sum(these.scales * (found - found.mean()) ** 2))
    parts = np.stack([Y, X], axis=1)
    assert jackknife(design, parts, np.arange(12), ratio) == pytest.approx(expected)


def test_a_replicate_leaves_one_cluster_out_and_raises_its_stratum() -> None:
    """Each hotel once; the others of its stratum by n/(n − 1), the other stratum not at all."""
    design = hotels()
    weights = replicate_weights(design)
    assert weights.shape == (12, 6)
    np.testing.assert_allclose(weights[:, 0], np.array([0, 0, *[1.5] * 5, *[1.0] * 5]) * W)
    np.testing.assert_allclose(weights[:, 5], np.array([*[1.0] * 7, *[1.5] * 3, 0, 0]) * W)
    np.testing.assert_allclose(
        replicates(design).scales, [(1 - 3 / 9) * 2 / 3] * 3 + [(1 - 3 / 7) * 2 / 3] * 3
    )


def test_domains_of_some_rows_are_those_of_all_with_zeros() -> None:
    """A replicate is of the whole sample, the domain 0 elsewhere."""
    design, inside = hotels(), np.array([0, 1, 3, 8, 9, 11])
    parts = np.zeros((12, 2))
    parts[inside, 0], parts[inside, 1] = Y[inside], 1.0
    whole = jackknife(design, parts, np.arange(12), ratio)
    assert jackknife(design, parts[inside], inside, ratio) == pytest.approx(whole)


def test_a_stratum_drawn_whole_has_no_replicates() -> None:
    """And a census no error."""
    design = survey_design([1.0, 1, 2, 2], [list("aabb")], populations=[[2.0, 2.0, 4.0, 4.0]])
    assert replicates(design).cluster.tolist() == [2, 3]
    census = survey_design([1.0] * 4, populations=[[4] * 4])
    assert error("mean(y)", {"y": Y[:4]}, census, "jackknife") == 0


def test_a_stratum_of_one_cluster_is_refused_unless_a_policy_is_chosen() -> None:
    """As by linearisation."""
    design = survey_design([2.0] * 3, [list("aab")])
    with pytest.raises(Refusal, match="one cluster"):
        rows("mean(y)", {"y": Y[:3]}, design, variance="jackknife")


def test_a_domain_of_one_cluster_has_the_error_of_linearisation() -> None:
    """Without that cluster nobody is left to have a mean."""
    columns: Columns = {"y": Y, "g": np.array([1.0] * 2 + [0.0] * 10)}
    _others, alone = rows("mean(y)", columns, hotels(), by="g", variance="jackknife")
    _others, plain = rows("mean(y)", columns, hotels(), by="g")
    assert alone.figures == plain.figures


@pytest.mark.parametrize("text", ["mean(y)", "prop(y > 3)", "total(y)", "ratio(y, x)"])
def test_it_says_much_the_same_as_linearisation(text: str) -> None:
    """For 300 people: errors within 2 %."""
    chance = np.random.default_rng(7)
    y = chance.integers(0, 9, 300).astype(float)
    columns: Columns = {"y": y, "x": y + chance.integers(1, 5, 300)}
    design = survey_design([4.0] * 300, [["a", "b", "c"] * 100], populations=[[400.0] * 300])
    taylor, again = (error(text, columns, design, by) for by in ("taylor", "jackknife"))
    assert again == pytest.approx(taylor, rel=0.02)


def test_the_number_of_people_has_a_jackknife_too() -> None:
    """Those of a domain with a trait, those without an answer counted like the others."""
    answers = np.where(np.arange(12) == 4, np.nan, (Y > 3).astype(float))
    columns: Columns = {"yes": answers, "g": np.array([1.0, 0] * 6)}
    for row in rows("prop(yes)", columns, hotels(), by="g", variance="jackknife"):
        assert row.figures is not None
        assert row.figures.people is not None
        assert row.figures.people.interval is not None


def test_too_many_replicates_are_refused() -> None:
    """Where weights are adjusted anew each needs its own: 8,000 people 8,000 times is too much."""
    n = 8000
    step = Adjustment((np.zeros(n, np.intp),), np.ones(n), np.full(n, 2.0))
    design = survey_design(step.after, adjustments=[step])
    with pytest.raises(Refusal, match="8000 people 8000 times"):
        rows("mean(y)", {"y": np.arange(float(n))}, design, variance="jackknife")


def test_the_jackknife_sees_the_second_stage_where_all_clusters_are_drawn() -> None:
    """50 of 61 hotels, 4 of 20 people in each: the interval covers the mean in 95 of 100 draws, or nearly."""
    chance = np.random.default_rng(11)
    people = chance.normal(0, 1, (61, 20))
    hits = 0
    for _draw in range(150):
        hotels = np.repeat(chance.choice(61, 50, replace=False), 4)
        rooms = np.concatenate([chance.choice(20, 4, replace=False) for _hotel in range(50)])
        design = survey_design(
            [61 / 50 * 5] * 200,
            (None, None),
            (hotels, rooms),
            ([61] * 200, [20] * 200),
        )
        (row,) = estimate(
            estimand("mean(x)"), {"x": people[hotels, rooms]}, design, variance="jackknife"
        ).rows
        assert row.figures is not None
        assert row.figures.interval is not None
        hits += row.figures.interval.low <= people.mean() <= row.figures.interval.high
    assert hits >= 138


def test_the_jackknife_keeps_its_correction_where_whole_clusters_are_drawn() -> None:
    """All people of the clusters drawn: nothing is left to the second stage, and of all clusters nothing at all."""
    y = {"y": np.arange(12.0)}
    for drawn, population in ((4, 8), (4, 4)):
        clusters, rooms = np.repeat(np.arange(drawn), 3), np.tile(np.arange(3), drawn)
        design = survey_design(
            [population / drawn] * 12,
            (None, None),
            (clusters, rooms),
            ([population] * 12, [3] * 12),
        )
        one = survey_design(
            [population / drawn] * 12, clusters=(clusters,), populations=([population] * 12,)
        )
        found = [
            estimate(estimand("mean(y)"), y, each, threshold=1, variance="jackknife")
            .rows[0]
            .figures
            for each in (design, one)
        ]
        assert found[0] is not None
        assert found[1] is not None
        assert found[0].standard_error == found[1].standard_error
