"""Intervals where estimates are awkward: ties, nobody with the trait, clusters of unequal size, totals met."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.estimating.accuracy import Figures, People
from export.estimating.adjustment import Adjustment
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.estimate import estimand, estimate
from export.estimating.intervals import Interval
from export.intervals import t_quantile

Values = NDArray[np.float64]


def figures(text: str, x: Values, design: SurveyDesign, **options: Any) -> Figures:
    (row,) = estimate(estimand(text), {"x": x}, design, threshold=1, **options).rows
    assert row.figures is not None
    return row.figures


def limits(found: Figures | People) -> tuple[float, float]:
    assert found.interval is not None
    return found.interval.low, found.interval.high


def people_of(found: Figures) -> People:
    assert found.people is not None
    return found.people


def simple(n: int, population: int) -> SurveyDesign:
    return survey_design([population / n] * n, populations=([population] * n,))


def covered(found: Interval | None, truth: float) -> bool:
    assert found is not None
    return found.low - 1e-9 <= truth <= found.high + 1e-9


# --- ties -------------------------------------------------------------------------------------


@pytest.mark.parametrize("upside_down", [False, True])
def test_the_interval_of_a_median_covers_where_many_give_the_same_number(
    upside_down: bool,
) -> None:
    """51 % say 0, 15 % 5, 34 % 10: the median is 0, and the interval of 107 of 536 says so in 95 of 100 draws."""
    sign = -1.0 if upside_down else 1.0
    everybody = np.repeat([0.0, 5.0, 10.0], [274, 80, 182])
    chance, design = np.random.default_rng(3), simple(107, 536)
    draws = (sign * chance.choice(everybody, 107, replace=False) for _draw in range(200))
    hits = sum(covered(figures("median(x)", x, design).interval, 0.0) for x in draws)
    assert hits >= 186


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=5, max_size=31).filter(lambda x: len(x) % 2 == 1))
def test_the_interval_of_a_median_is_the_same_upside_down(values: list[int]) -> None:
    """Of the same numbers with a minus sign the limits are those with a minus sign, whatever the ties."""
    x, design = np.array(values, float), simple(len(values), 100)
    low, high = limits(figures("median(x)", x, design))
    assert limits(figures("median(x)", -x, design)) == (-high, -low)


# --- nobody, or everybody ---------------------------------------------------------------------


@pytest.mark.parametrize("trait", [0.0, 1.0])
def test_who_gave_no_answer_does_not_narrow_the_interval_of_none(trait: float) -> None:
    """None of 15 who answered, 92 who did not: as of 15 people, not of 107; and people likewise."""
    x = np.array([trait] * 15 + [np.nan] * 92)
    found = figures("prop(x)", x, simple(107, 536))
    reach = 1 - 0.025 ** (1 / 15)
    expected = (0.0, reach) if trait == 0 else (1 - reach, 1.0)
    assert limits(found) == pytest.approx(expected)
    assert limits(people_of(found)) == pytest.approx([536 * one for one in expected])


def test_unequal_weights_widen_the_interval_of_none() -> None:
    """10 who stand for 5,000 and 100 for themselves tell what n/(1 + CV²) = 10.4 people would."""
    strata, population = [1] * 10 + [2] * 100, [5000] * 10 + [200] * 100
    design = survey_design([500.0] * 10 + [2.0] * 100, strata=(strata,), populations=(population,))
    size = (
        5200**2
        / (10 * 500**2 + 100 * 2**2)
        * (t_quantile(109, 0.025) / t_quantile(108, 0.025)) ** 2
    )
    found = figures("prop(x)", np.zeros(110), design)
    assert limits(found) == pytest.approx((0, 1 - 0.025 ** (1 / size)), rel=1e-9)


# --- numbers of people ------------------------------------------------------------------------


def hotels(
    chance: np.random.Generator, sizes: NDArray[np.intp]
) -> tuple[NDArray[np.intp], SurveyDesign]:
    """Return which people 12 of the hotels hold, drawn with everybody in them, and the design."""
    hotel = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.flatnonzero(np.isin(hotel, chance.choice(len(sizes), 12, replace=False)))
    weights, of = [len(sizes) / 12] * len(rows), hotel[rows]
    design = survey_design(
        weights,
        strata=(None, None),
        clusters=(of, None),
        populations=([len(sizes)] * len(rows), sizes[of].tolist()),
        lonely="adjust",
    )
    return rows, design


def test_a_number_of_people_may_be_more_than_the_hotels_drawn_add_up_to() -> None:
    """Of 60 hotels 12 were drawn, of 3 to 24 people: nearly all have the trait, and the number is covered."""
    chance = np.random.default_rng(5)
    sizes = chance.integers(3, 25, 60)
    trait = (chance.random(int(sizes.sum())) < 0.95).astype(np.float64)
    shown, counted, everybody = 0, 0, 0
    for _draw in range(150):
        rows, design = hotels(chance, sizes)
        found = figures("prop(x)", trait[rows], design)
        shown += covered(people_of(found).interval, trait.sum())
        counted += covered(figures("total(x)", trait[rows], design).interval, trait.sum())
        everybody += covered(figures("total(1)", trait[rows], design).interval, sizes.sum())
    assert min(shown, counted, everybody) >= 135


def test_how_many_are_eligible_is_known_where_weights_meet_their_total() -> None:
    """Of 100 drawn 10 were not eligible: `total(1)` is an estimate, until the weights meet a total."""
    eligible, before = np.arange(100) < 90, np.full(100, 5.0)
    cells = np.where(eligible, np.arange(100) % 2, -1)
    after = np.where(eligible, 460 / 90, 5.0)
    step = Adjustment((cells.astype(np.intp),), before, after)
    plain, met = (
        survey_design(
            weights, populations=([500] * 100,), eligible=eligible, adjustments=adjustments
        )
        for weights, adjustments in ((before, ()), (after, (step,)))
    )
    estimated, known = (figures("total(1)", np.zeros(90), design) for design in (plain, met))
    assert estimated.interval is not None
    assert known.estimate == pytest.approx(460)
    assert known.interval is None


# --- missing answers, totals met ----------------------------------------------------------------


def test_a_question_that_half_leave_out_is_covered_where_most_are_drawn() -> None:
    """400 of 536 drawn, half of whom answer: the mean is covered in 95 of 100 draws, or nearly."""
    chance, design = np.random.default_rng(9), simple(400, 536)
    everybody = chance.normal(10, 3, 536)
    hits = 0
    for _draw in range(200):
        x = chance.choice(everybody, 400, replace=False)
        x[chance.random(400) < 0.5] = np.nan
        hits += covered(figures("mean(x)", x, design).interval, float(everybody.mean()))
    assert hits >= 184


def test_missing_answers_leave_the_correction_of_those_who_answered() -> None:
    """Of a simple sample, the error is that of a sample of those who answered, whatever the rounding of n."""
    x = np.where(np.arange(400) % 2, np.nan, np.arange(400.0) % 37)
    asked, told = simple(400, 536), simple(200, 536)
    found, alone = figures("mean(x)", x, asked), figures("mean(x)", x[::2], told)
    assert found.standard_error == pytest.approx(alone.standard_error, rel=2e-3)


@pytest.mark.parametrize("text", ["mean(x)", "prop(x > 5)", "median(x)"])
def test_a_census_with_missing_answers_is_no_single_point(text: str) -> None:
    """Everybody was interviewed, and half gave no answer: an interval; none left out, a point."""
    x, design = np.arange(100.0) % 10, survey_design([1.0] * 100, populations=([100.0] * 100,))
    low, high = limits(figures(text, x, design))
    assert low == high
    low, high = limits(figures(text, np.where(np.arange(100) < 50, x, np.nan), design))
    assert low < high


def post_stratified() -> tuple[Values, SurveyDesign]:
    """Return the group of 90 people, of whom totals say how many of the population are in each."""
    group = np.repeat([0, 1, 2], [20, 30, 40])
    before, after = (
        np.full(90, 6.0),
        np.array([200, 150, 190])[group] / np.array([20, 30, 40])[group],
    )
    step = Adjustment((group,), before, after)
    return group.astype(np.float64), survey_design(
        after, populations=([540.0] * 90,), adjustments=(step,)
    )


@pytest.mark.parametrize("variance", ["taylor", "jackknife"])
def test_what_totals_tell_has_no_interval_of_sampling_error(variance: str) -> None:
    """The share of a group whose total the weights meet is known, its people too; a trait that all have is not."""
    x, design = post_stratified()
    found = figures("prop(x = 1)", x, design, variance=variance)
    assert found.interval == Interval(found.estimate, found.estimate, "known")
    assert found.estimate == pytest.approx(150 / 540)
    people = people_of(found)
    assert people.interval == Interval(people.number, people.number, "known")
    low, high = limits(figures("prop(x >= 0)", x, design, variance=variance))
    assert low < high == 1
    low, high = limits(figures("total(x = 1)", x, design, variance=variance))
    assert low == high == pytest.approx(150)


# --- none of a domain --------------------------------------------------------------------------


@pytest.mark.parametrize("trait", [0.0, 1.0])
def test_none_or_all_of_a_domain_says_the_same_as_a_share_and_as_people(trait: float) -> None:
    """A domain that is a stratum: its people are known, and the limits of both differ by their number alone."""
    strata = np.repeat([1, 2], [12, 60])
    weights = np.where(strata == 1, 4.0, 9.0)
    design = survey_design(weights, (strata,), populations=(np.where(strata == 1, 48, 540),))
    columns = {"x": np.where(strata == 1, trait, strata % 2), "g": strata.astype(np.float64)}
    first, _second = estimate(estimand("prop(x)"), columns, design, by="g", threshold=1).rows
    assert first.figures is not None
    expected = [48 * one for one in limits(first.figures)]
    assert limits(people_of(first.figures)) == pytest.approx(expected)


def test_how_many_a_stratum_has_is_known() -> None:
    """`total(1)` by strata has no interval; by an answer it has one."""
    strata = np.repeat([1.0, 2.0], [12, 60])
    weights = np.where(strata == 1, 4.0, 9.0)
    design = survey_design(weights, (strata,), populations=(np.where(strata == 1, 48, 540),))
    columns = {"g": strata, "x": np.arange(72.0) % 2}
    for by, is_known in (("g", True), ("x", False)):
        for row in estimate(estimand("total(1)"), columns, design, by=by, threshold=1).rows:
            assert row.figures is not None
            assert (row.figures.interval is None) is is_known
