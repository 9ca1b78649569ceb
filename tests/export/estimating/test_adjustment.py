"""Weights that meet totals: what those totals say has no error left."""

from __future__ import annotations

from importlib.resources import files
from statistics import mean
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.estimating.adjustment import Adjustment, again, residuals
from export.estimating.design import SurveyDesign, survey_design, variance
from export.estimating.estimate import estimand, estimate
from export.respondents.calibrating import CLOSE
from surveys.problems import Refusal

Floats = NDArray[np.float64]

SEX = np.array([0, 0, 0, 1, 1, 1, 1, 0, 1, 0])
AGE = np.array([0, 1, 2, 0, 1, 2, 2, 1, 0, 2])
Y = np.array([3.0, 5.0, 1.0, 7.0, 2.0, 8.0, 4.0, 6.0, 9.0, 2.0])
BEFORE = np.array([4.0, 4, 4, 4, 4, 6, 6, 6, 6, 6])
SEX_TOTALS, AGE_TOTALS = np.array([30.0, 25.0]), np.array([15.0, 18.0, 22.0])


def met(before: Floats, *margins: tuple[NDArray[Any], Floats]) -> Adjustment:
    """Return weights raked to the totals of each margin."""
    after = before
    for _round in range(200):
        for places, totals in margins:
            after = after * (totals / np.bincount(places, after))[places]
    return Adjustment(tuple(places for places, _totals in margins), before, after)


POST = met(BEFORE, (SEX, SEX_TOTALS))
RAKED = met(BEFORE, (SEX, SEX_TOTALS), (AGE, AGE_TOTALS))


def adjusted(*steps: Adjustment) -> SurveyDesign:
    strata = [list("aaaaabbbbb")]
    populations = [[20.0] * 5 + [30.0] * 5]
    return survey_design(steps[-1].after, strata, populations=populations, adjustments=steps)


@pytest.mark.parametrize("step", [POST, RAKED], ids=["post-stratified", "raked"])
def test_a_total_that_was_met_has_no_error(step: Adjustment) -> None:
    """The number of people in each cell is known, so its variance is 0; that of an answer is less."""
    for margin in step.margins:
        cells = (margin[:, np.newaxis] == np.unique(margin)).astype(float)
        assert variance(adjusted(step), cells) == pytest.approx(np.zeros((cells.shape[1],) * 2))
    plain = survey_design(step.after, [list("aaaaabbbbb")], populations=[[20.0] * 5 + [30.0] * 5])
    linear = (2.0 * SEX + 1)[:, np.newaxis]
    assert variance(adjusted(step), linear)[0, 0] == pytest.approx(0, abs=1e-9)
    assert variance(plain, linear)[0, 0] > 1


def test_post_stratification_takes_the_mean_of_each_cell_away() -> None:
    """V = Σ_h (1 − n_h/N_h) n_h/(n_h − 1) Σ (e − ē_h)², e = w (y − ȳ_cell), ȳ weighted by d."""
    middle = [np.average(Y[sex == SEX], weights=BEFORE[sex == SEX]) for sex in (0, 1)]
    e = POST.after * (Y - np.array(middle)[SEX])
    expected = sum(
        (1 - 5 / population) * 5 / 4 * sum((one - mean(part)) ** 2 for one in part)
        for population, part in ((20, e[:5]), (30, e[5:]))
    )
    assert variance(adjusted(POST), Y[:, np.newaxis])[0, 0] == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=10, max_size=10))
def test_what_is_left_has_no_part_in_any_cell(y: list[int]) -> None:
    """Σ d (z − ẑ) = 0 in each cell of each margin: ẑ is the regression weighted by d."""
    left = residuals([RAKED], RAKED.after[:, np.newaxis] * np.array(y, float)[:, np.newaxis])[:, 0]
    for margin in RAKED.margins:
        in_cells = np.bincount(margin, left * RAKED.before / RAKED.after)
        assert in_cells == pytest.approx(np.zeros(len(in_cells)), abs=1e-8)


def test_two_margins_that_are_the_same_are_one() -> None:
    """Raking to sex and to sex again is post-stratification by sex."""
    twice = Adjustment((SEX, SEX), POST.before, POST.after)
    z = (POST.after * Y)[:, np.newaxis]
    assert residuals([twice], z) == pytest.approx(residuals([POST], z))


def test_rows_that_were_left_alone_keep_their_values() -> None:
    """Place -1: no cell, so nothing is taken away."""
    some = np.where(np.arange(10) < 4, -1, SEX)
    step = Adjustment((some,), BEFORE, np.where(some < 0, BEFORE, POST.after))
    z = (step.after * Y)[:, np.newaxis]
    left = residuals([step], z)
    assert left[:4].tolist() == z[:4].tolist()
    assert np.all(left[4:] != z[4:])


def test_a_domain_leans_on_everybody_of_its_cells() -> None:
    """Rows outside a domain have residuals too: the variance of some rows is that of all, 0 elsewhere."""
    rows = np.array([0, 3, 4, 7, 9])
    inside = np.isin(np.arange(10), rows)
    design = adjusted(RAKED)
    whole = variance(design, np.where(inside, Y, 0.0)[:, np.newaxis])
    assert variance(design, Y[rows][:, np.newaxis], rows) == pytest.approx(whole)


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(10)))
def test_the_order_of_rows_moves_nothing(order: list[int]) -> None:
    """Shuffled rows give the same variance."""
    step = Adjustment(
        tuple(margin[order] for margin in RAKED.margins), RAKED.before[order], RAKED.after[order]
    )
    strata = [["a" if at < 5 else "b" for at in order]]
    populations = [[20.0 if at < 5 else 30.0 for at in order]]
    design = survey_design(step.after, strata, populations=populations, adjustments=[step])
    there = variance(adjusted(RAKED), Y[:, np.newaxis])
    assert variance(design, Y[order][:, np.newaxis]) == pytest.approx(there)


def test_a_replicate_meets_the_totals_again() -> None:
    """Whoever is left out, the weights of the others add up to the same cells."""
    factors = np.where(np.eye(10) == 1, 0.0, 10 / 9)
    weights = again([RAKED], RAKED.after, factors)
    assert np.all(np.diag(weights) == 0)
    for margin, totals in zip(RAKED.margins, (SEX_TOTALS, AGE_TOTALS), strict=True):
        for column in weights.T:
            assert np.bincount(margin, column) == pytest.approx(totals, rel=1e-10)


def test_with_nobody_left_out_the_weights_are_those_there_were() -> None:
    """Through two steps, with a trimming after each."""
    trimmed = np.minimum(POST.after, 6.5)
    second = met(trimmed, (AGE, AGE_TOTALS))
    final = np.minimum(second.after, 7)
    weights = again([POST, second], final, np.ones((10, 1)))
    assert weights[:, 0] == pytest.approx(final)


def test_a_cell_of_one_cluster_cannot_be_left_without_it() -> None:
    """The jackknife says so, rather than meet a total with nobody."""
    alone = np.array([0] + [1] * 9)
    step = met(BEFORE, (alone, np.array([5.0, 50.0])))
    with pytest.raises(Refusal, match="merge cells"):
        estimate(estimand("mean(y)"), {"y": Y}, adjusted(step), threshold=1, variance="jackknife")


def test_weights_their_replicates_and_the_script_rake_as_near() -> None:
    """One tolerance: two would give two sets of weights."""
    script = files("export.scripts").joinpath("design.R").read_text("utf-8")
    assert f"epsilon = {CLOSE:g}," in script
    step = met(BEFORE, (SEX, SEX_TOTALS), (AGE, AGE_TOTALS))
    found = again([step], step.after, np.ones((len(BEFORE), 1)))
    for places, totals in ((SEX, SEX_TOTALS), (AGE, AGE_TOTALS)):
        reached = np.bincount(places, weights=found[:, 0])
        assert np.max(np.abs(reached / totals - 1)) <= 10 * CLOSE
