"""What a plan promises is what an estimate will print: laws of half-widths, sizes and merging."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export.drawing.planning import Assumptions, Part, merging, needed, precision
from export.estimating.intervals import hypergeometric, of_proportion

HALF = Assumptions()
SIZES = tuple([9] * 48 + [8] * 13)  # 536 people in 61 hotels


def half_width(*parts: Part, assumed: Assumptions = HALF) -> float:
    found = precision(parts, assumed).half_width
    assert found is not None
    return found


# --- people -----------------------------------------------------------------------------------


@given(
    population=st.integers(50, 5000), share=st.floats(0.05, 0.9), p=st.floats(0.05, 0.95),
    level=st.sampled_from((0.9, 0.95, 0.99)),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_the_half_width_is_that_of_the_interval_an_estimate_prints(
    population: int, share: float, p: float, level: float
) -> None:
    """Korn and Graubard's at the variance p(1 − p)(1 − n/N)/n."""
    n = max(5, int(share * population))
    printed = of_proportion(
        "beta", p, p * (1 - p) * (1 - n / population) / n, rows=n, df=n - 1, level=level
    )
    assert printed is not None
    expected = half_width(Part(population, n), assumed=Assumptions(proportion=p, level=level))
    assert expected == pytest.approx((printed.high - printed.low) / 2, rel=1e-12)


@pytest.mark.parametrize("n", [60, 107, 160, 240])
def test_it_is_that_of_the_exact_interval_to_a_fifth_of_a_point(n: int) -> None:
    """A simple sample in which everybody answers has the hypergeometric interval printed."""
    low, high = hypergeometric(n // 2, n, 536)
    assert half_width(Part(536, n)) == pytest.approx((high - low) / 536 / 2, abs=0.002)


@given(
    population=st.integers(20, 3000), n=st.integers(10, 19), p=st.floats(0.02, 0.98),
    response=st.floats(0.3, 1),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_more_people_or_more_answers_are_never_less_precise(
    population: int, n: int, p: float, response: float
) -> None:
    """And a trait is known as well as its absence."""
    assumed = Assumptions(proportion=p, response=response)
    here = half_width(Part(population, n), assumed=assumed)
    assert half_width(Part(population, n + 1), assumed=assumed) <= here
    assert half_width(Part(population, n), assumed=Assumptions(proportion=p)) <= here
    opposite = Assumptions(proportion=1 - p, response=response)
    assert half_width(Part(population, n), assumed=opposite) == pytest.approx(here)


def test_everybody_asked_and_answering_leaves_no_doubt() -> None:
    """A census has no interval; one that a fifth does not answer has."""
    assert half_width(Part(536, 536)) == 0
    assert half_width(Part(536, 536), assumed=Assumptions(response=0.8)) > 0.01


@given(strata=st.lists(st.integers(2, 40), min_size=2, max_size=8), part=st.integers(2, 5))
@settings(max_examples=40, deadline=None)
def test_the_same_fraction_of_every_stratum_has_the_error_of_a_simple_sample(
    strata: list[int], part: int
) -> None:
    """Strata are taken to be alike, so that they gain nothing; only degrees of freedom are lost."""
    parts = [Part(part * n_h, n_h) for n_h in strata]
    found = precision(parts, HALF)
    simple = precision([Part(part * sum(strata), sum(strata))], HALF)
    assert found.standard_error == pytest.approx(simple.standard_error)
    assert found.design_effect == pytest.approx(1)
    assert found.weights == (part, part)
    assert half_width(*parts) >= half_width(Part(part * sum(strata), sum(strata)))


def test_unequal_chances_cost_precision() -> None:
    """Ten of 100 and ten of 400 are worth less than twenty of 500: weights from 10 to 40."""
    unequal = precision([Part(100, 10), Part(400, 10)], HALF)
    assert unequal.design_effect is not None
    assert unequal.design_effect == pytest.approx((90 * 10 + 390 * 40) / 500**2 / (0.96 / 20))
    assert unequal.weights == (10, 40)


# --- clusters ---------------------------------------------------------------------------------


def test_whole_hotels_cost_kishs_design_effect() -> None:
    """1 + (m − 1)ρ for large frames: 1.39 with 8.79 people a hotel and ρ = 0.05."""
    even = precision([Part(9 * 10**5, 100, (9,) * 10**5)], HALF)
    assert even.design_effect == pytest.approx(1 + 8 * 0.05, rel=0.002)
    hotels = precision([Part(536, 12, SIZES)], HALF)
    assert hotels.design_effect == pytest.approx(1.39, abs=0.005)
    assert hotels.people == pytest.approx(12 * 536 / 61)


def test_clusters_of_one_person_are_people() -> None:
    """Whatever ρ is: nobody else is there to be like."""
    of_one = precision([Part(200, 40, (1,) * 200)], Assumptions(rho=0.3))
    assert of_one.standard_error == pytest.approx(precision([Part(200, 40)], HALF).standard_error)
    assert of_one.half_width == pytest.approx(half_width(Part(200, 40)))


def test_taking_everybody_in_two_stages_is_taking_whole_clusters() -> None:
    """And taking fewer in each makes people of large clusters stand for more."""
    whole, all_taken = Part(536, 12, SIZES), Part(536, 12, SIZES, take=9)
    assert precision([all_taken], HALF) == precision([whole], HALF)
    some = precision([Part(536, 12, SIZES, take=3)], HALF)
    assert some.people == 36
    assert some.weights == pytest.approx((61 / 12 * 8 / 3, 61 / 12 * 9 / 3))


@pytest.mark.parametrize("take", [None, 3])
def test_the_variance_of_clusters_is_that_of_many_draws(take: int | None) -> None:
    """20,000 populations of clusters alike by ρ = 0.25, a sample of each: within 5 %, seeded."""
    sizes, n, copies, draws = (2, 3, 5, 8, 13, 4, 6, 9, 1, 7), 4, 0.5, 20_000
    chance = np.random.default_rng(6)
    total, found = sum(sizes), precision([Part(sum(sizes), n, sizes, take)], Assumptions(rho=0.25))
    drawn = chance.random((draws, len(sizes))).argsort(axis=1) < n
    error = np.zeros(draws)
    for at, size in enumerate(sizes):
        shared = chance.random((draws, 1)) < 0.5  # each copies it with chance √ρ
        own = chance.random((draws, size)) < 0.5
        y = np.where(chance.random((draws, size)) < copies, shared, own) - 0.5
        seen = size if take is None else min(take, size)
        weight = len(sizes) / n * size / seen
        error += drawn[:, at] * weight * y[:, :seen].sum(axis=1) - y.sum(axis=1)
    assert found.standard_error is not None
    assert np.mean((error / total) ** 2) == pytest.approx(found.standard_error**2, rel=0.05)


def test_without_a_degree_of_freedom_there_is_no_half_width() -> None:
    """One cluster of each stratum, or a stratum of which nobody is drawn."""
    alone = precision([Part(20, 1, (10, 10)), Part(20, 1, (10, 10))], HALF)
    assert alone.half_width is None
    assert alone.standard_error is not None
    missing = precision([Part(20, 5), Part(20, 0)], HALF)
    assert (missing.half_width, missing.standard_error, missing.design_effect) == (None,) * 3
    assert missing.weights == (4, 4)


# --- sizes ------------------------------------------------------------------------------------


@given(
    population=st.integers(30, 4000), wanted=st.floats(0.02, 0.2), p=st.floats(0.1, 0.9),
    response=st.floats(0.5, 1),
)  # fmt: skip
@example(population=30, wanted=0.125, p=0.875, response=0.9999999999999999)  # all but a rounding
@settings(max_examples=40, deadline=None)
def test_the_size_needed_is_the_smallest_that_is_enough(
    population: int, wanted: float, p: float, response: float
) -> None:
    """One fewer is too few; none is given only where even everybody is not enough."""
    assumed = Assumptions(proportion=p, response=response)
    found = needed(lambda n: precision([Part(population, n)], assumed), wanted, 2, population)
    if found is None:
        assert half_width(Part(population, population), assumed=assumed) > wanted
        return
    assert half_width(Part(population, found), assumed=assumed) <= wanted
    fewer = precision([Part(population, found - 1)], assumed).half_width if found > 2 else None
    assert fewer is None or fewer > wanted


def test_sizes_for_a_frame_of_536() -> None:
    """±8 points take 124 answers; 154 people if four fifths answer. Wald's formula would say 118."""
    everybody = needed(lambda n: precision([Part(536, n)], HALF), 0.08, 2, 536)
    some = Assumptions(response=0.8)
    answering = needed(lambda n: precision([Part(536, n)], some), 0.08, 2, 536)
    assert (everybody, answering) == (124, 154)
    wald = 1.959964**2 * 0.25 / 0.08**2
    assert math.ceil(wald / (1 + (wald - 1) / 536)) == 118


def test_a_size_that_cannot_be_planned_is_not_enough() -> None:
    """And of no sizes at all, none is."""
    planned = {size: precision([Part(100, size)], HALF) for size in range(50, 101)}
    assert needed(planned.get, 0.5, 2, 100) == 50
    assert needed(planned.get, 0.5, 2, 40) is None
    assert needed(planned.get, 0.5, 2, 1) is None


# --- merging ----------------------------------------------------------------------------------


def test_merging_reaches_people_whom_nobody_would_have_been_drawn_from() -> None:
    """Three strata of which none, one and two would be drawn become one of three."""
    before = {1: Part(3, 0), 2: Part(6, 1), 3: Part(20, 2)}
    found = merging(before, [((1, 2, 3), Part(29, 3))], HALF)
    assert (found.unreached, found.unreached_people, found.alone) == (1, 3, 1)
    assert found.strata == (3, 1)
    assert found.before.half_width is None
    assert found.after.half_width is not None
    assert found.before.weights == (6, 10)
    assert found.merged[0].members == ((1, before[1]), (2, before[2]), (3, before[3]))


def test_a_stratum_left_alone_is_none_of_those_merged() -> None:
    """Only those made of several are listed."""
    before = {1: Part(3, 1), 2: Part(6, 1), 3: Part(20, 5)}
    found = merging(before, [((1, 2), Part(9, 2)), ((3,), Part(20, 5))], HALF)
    assert [one.whole for one in found.merged] == [Part(9, 2)]


# --- the page -----------------------------------------------------------------------------------


def test_the_sizes_of_the_page_on_drawing_are_those_needed() -> None:
    """Each number of its table."""
    page = (Path(__file__).parents[3] / "docs" / "drawing.md").read_text("utf-8")
    rows = re.findall(r"^\| ±(\d+) points \|(.*)\|$", page, re.M)
    assert len(rows) == 6
    for points, cells in rows:
        for cell, population in zip(cells.split("|"), (200, 536, 2000, 10**6), strict=True):
            assert int(cell) == size_needed(population, int(points) / 100)


def size_needed(population: int, wanted: float) -> int | None:
    return needed(lambda n: precision([Part(population, n)], HALF), wanted, 2, population)
