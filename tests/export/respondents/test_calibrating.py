"""Weights that meet totals: post-stratification and raking."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.respondents.calibrating import calibrated
from surveys.problems import Refusal


def sums(weights: list[float], places: list[int], cells: int) -> list[float]:
    return [
        sum(weight for weight, place in zip(weights, places, strict=True) if place == cell)
        for cell in range(cells)
    ]


@st.composite
def samples(draw: st.DrawFn) -> tuple[list[float], list[list[int]], list[list[float]]]:
    """Weights, the cells of two margins in which every pair occurs, and totals some weights meet."""
    cells = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    rows = [(a, b) for a in range(cells[0]) for b in range(cells[1])]
    rows += draw(st.lists(st.sampled_from(rows), max_size=12))
    weight = st.floats(0.1, 100)
    weights, others = ([draw(weight) for _row in rows] for _time in range(2))
    places = [[row[at] for row in rows] for at in range(2)]
    return weights, places, [sums(others, places[at], cells[at]) for at in range(2)]


@settings(max_examples=60, deadline=None)
@given(samples())
def test_every_total_is_met(
    sample: tuple[list[float], list[list[int]], list[list[float]]],
) -> None:
    """Each cell of each margin adds up to its total; the weights of one crossed cell keep their ratios."""
    weights, places, totals = sample
    found = calibrated(weights, places, totals)
    for at, wanted in enumerate(totals):
        assert sums(found, places[at], len(wanted)) == pytest.approx(wanted, rel=1e-9)
    assert all(weight > 0 for weight in found)
    by_cell: dict[tuple[int, ...], set[float]] = {}
    for row, cells in enumerate(zip(*places, strict=True)):
        by_cell.setdefault(cells, set()).add(round(found[row] / weights[row], 9))
    assert all(max(factors) - min(factors) < 1e-8 * max(factors) for factors in by_cell.values())


def test_one_margin_is_post_stratification() -> None:
    """Total over sum, once."""
    found = calibrated([1.0, 3.0, 5.0], [[0, 0, 1]], [[8.0, 20.0]])
    assert found == [2.0, 6.0, 20.0]


def test_weights_that_meet_the_totals_already_stay() -> None:
    """Nothing is moved without need."""
    places = [[0, 1, 0, 1], [0, 0, 1, 1]]
    assert calibrated([2.0] * 4, places, [[4.0, 4.0]] * 2) == [2.0] * 4


def test_totals_that_nobody_can_meet_are_refused() -> None:
    """Each has the same cell in both margins, and these ask for different totals."""
    with pytest.raises(Refusal, match="no weights meet all the totals"):
        calibrated([1.0, 1.0], [[0, 1], [0, 1]], [[3.0, 1.0], [1.0, 3.0]])
