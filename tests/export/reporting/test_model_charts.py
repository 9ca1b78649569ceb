"""Figures of a model: squares that hold what they say, axes that hold everything, text in every one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from export.reporting import charts, model_bars, model_lines, model_plane
from export.reporting.charts import Named
from export.reporting.model_axes import Axis, Panel
from export.reporting.model_bars import Bar, Reach
from export.reporting.model_lines import Line
from export.reporting.model_plane import HELD

NAMED = Named("f1", "A & b", "Told.")
MONEY = Axis("more cost, €")
NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)


def texts(markup: str) -> str:
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", markup))


@settings(max_examples=50)
@given(arrays(np.int64, (6, 5), elements=st.integers(0, 40)))
def test_the_darkest_squares_hold_at_least_what_they_say(counts: np.ndarray) -> None:
    """And no more than they need: without the emptiest of them they would hold less."""
    n = int(counts.sum())
    levels = model_plane.shaded(counts.astype(np.float64), n)
    assert np.all(levels[counts == 0] == len(HELD))
    for level, share in enumerate(HELD):
        inside = counts[levels <= level]
        assert inside.sum() >= share * n - 1e-9
        if n:
            assert inside.sum() - inside.min() < share * n


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=3))
def test_bars_hold_amounts_below_and_above_nothing(parts: list[tuple[float, float]]) -> None:
    """Whatever they are; each is told in words."""
    rows = [Bar(f"S{at}", one, "12 €") for at, one in enumerate(parts)]
    written = texts(model_bars.bars(NAMED, rows, ["care", "rent"], MONEY))
    assert all(f"S{at}: 12 €" in written for at in range(len(parts)))
    assert "care" in written


@settings(max_examples=15, deadline=None)
@given(NUMBERS, st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=3))
def test_a_tornado_holds_ends_on_either_side(base: float, ends: list[tuple[float, float]]) -> None:
    """On one side alone, too."""
    rows = [Reach(f"p{at}", *one) for at, one in enumerate(ends)]
    assert "at most" in texts(model_bars.tornado(NAMED, base, rows, ("at least", "at most"), MONEY))


@pytest.mark.parametrize(
    "points",
    [np.zeros((2, 5)), np.full((2, 4), np.nan), np.array([[1.0, np.inf, 2], [3, 4, np.nan]])],
)
def test_a_plane_of_draws_that_are_alike_or_none_is_drawn(points: np.ndarray) -> None:
    """Draws without a number are left out."""
    panels = [Panel("Homes", points)]
    assert "Homes" in texts(model_plane.planes(NAMED, panels, [(0.0, 0.0)], (MONEY, MONEY)))


def test_lines_differ_by_more_than_their_colour() -> None:
    """As many as sixteen have a colour and dashes that no other has."""
    places = np.array([0.0, 1.0])
    some = [Line(f"L{at}", np.array([0.0, at])) for at in range(16)]
    markup = model_lines.lines(NAMED, places, some, (MONEY, MONEY))
    styles = re.findall(r'style="(fill: none; [^"]*stroke-width: 2[^"]*)"', markup)
    plain = {re.sub(r"stroke-linecap: \w+;?", "", one) for one in styles}
    assert len(plain) == 16
    assert all(f"L{at}" in texts(markup) for at in range(16))


def test_shades_of_states_leave_the_dead_white() -> None:
    """The living from light to dark; nobody is where it is white."""
    where = np.array([[1.0, 0.5], [0.0, 0.25], [0.0, 0.25]])
    times = np.array([0.0, 1.0])
    markup = model_lines.traces(NAMED, times, [Panel("S", where)], ["home", "street", "dead"], 1)
    for colour in (*charts.shades(2), model_lines.NOBODY):
        assert colour in markup


def test_figures_are_the_same_each_time() -> None:
    """To the byte."""
    chance = np.random.default_rng(1).normal(size=(2, 500))
    made = [
        model_plane.planes(NAMED, [Panel("S", chance)], [(0.0, 0.0)], (MONEY, MONEY))
        for _ in range(2)
    ]
    assert made[0] == made[1]
