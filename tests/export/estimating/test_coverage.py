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
from export.estimating.intervals import Interval, t_quantile

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
