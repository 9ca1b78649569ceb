"""The axes of a model's figures: what they reach, their numbers, the room around them and for a key.

As in `charts.py`, everything can be told apart in grey and by whoever sees no red or green: areas by their
lightness, lines by their dashes too, and a key beside each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from export import numerals
from export.modelling.formula import Floats
from export.reporting.charts import EDGE, LINE, folded
from export.reporting.svg import FONT, WIDTH
from surveys.language import printable

BELOW = 42.0  # points of the numbers and the name of an axis
_KEY_WIDTH = 48  # characters of a name on one line of a key
_ACROSS = 26  # characters of the numbers below an axis
_GRID = "#d5dade"


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis is called; whether it has shares, and its numbers in per cent."""

    label: str
    are_shares: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One of several charts of the same axes: its label, and the points or areas in it."""

    label: str
    points: Floats


def key_lines(names: Sequence[str]) -> tuple[list[list[str]], float]:
    """Return the names of a key, folded, and the points they need below a figure."""
    entries = [folded(name, _KEY_WIDTH) for name in names]
    return entries, sum(len(lines) * LINE + 4 for lines in entries) + 6


def key_area(figure: Figure, height: float) -> Axes:
    """Return an area at the foot of a figure for its key, from 0 to 1 across."""
    whole = figure.get_figheight() * 72
    axes = figure.add_axes((EDGE / WIDTH, 0, 1 - 2 * EDGE / WIDTH, height / whole), frameon=False)
    axes.set_xlim(0, 1)
    axes.set_ylim(height, 0)
    axes.axis("off")
    return axes


def plot(
    figure: Figure, place: tuple[float, float, float], label: Sequence[str], left: float
) -> Axes:
    """Return axes under the lines of a label; `place` is their top, height, and that of the figure."""
    top, height, whole = place
    for at, told in enumerate(label):
        y = 1 - (top + (at + 0.5) * LINE) / whole
        figure.text(EDGE / WIDTH, y, told, va="center", size=FONT)
    begin = top + len(label) * LINE + 8
    inner = height - len(label) * LINE - 8 - BELOW
    return figure.add_axes(
        (left / WIDTH, 1 - (begin + inner) / whole, (WIDTH - left - 16) / WIDTH, inner / whole)
    )


def reach(values: Sequence[float], *, has_zero: bool = True) -> tuple[float, float]:
    """Return what an axis reaches: every value, 0 among them where it `has_zero`, and some room."""
    known = [one for one in values if math.isfinite(one)] + ([0.0] if has_zero else [])
    low, high = min(known, default=0.0), max(known, default=0.0)
    room = 0.05 * (high - low) or abs(high) * 0.1 or 1.0
    return (
        low if has_zero and low == 0 else low - room,
        high if has_zero and high == 0 < high - low else high + room,
    )


def _ticks(low: float, high: float, axis: Axis, most: int = 4) -> tuple[list[float], list[str]]:
    """Return the places of an axis that have a number, at most so many, and the numbers."""
    found = MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)
    room = 1e-9 * (high - low)
    ticks = [float(one) for one in found if low - room <= one <= high + room]
    if axis.are_shares:
        return ticks, [numerals.percent(one, 0) for one in ticks]
    step = min((after - before for before, after in pairwise(ticks)), default=1.0)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    return ticks, [numerals.decimal(one, places) for one in ticks]


def across(axes: Axes, axis: Axis) -> None:
    """Write the numbers below a plot, and what they are; lines that help to read them."""
    low, high = axes.get_xlim()
    ticks, told = _ticks(low, high, axis)
    if sum(map(len, told)) > _ACROSS:
        ticks, told = _ticks(low, high, axis, 2)
    axes.set_xticks(ticks, told)
    room = 0.03 * (high - low)
    for value, label in zip(ticks, axes.get_xticklabels(), strict=True):
        if value - low < room or high - value < room:  # at the edge of the figure, it would be cut
            label.set_horizontalalignment("left" if value - low < room else "right")
    axes.tick_params(axis="x", length=0, labelsize=FONT - 1)
    axes.grid(axis="x", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    if axis.label:
        axes.set_xlabel(printable(axis.label), size=FONT - 0.5, loc="right")


def upwards(axes: Axes, axis: Axis) -> None:
    """Write the numbers beside a plot, whose axis is named above it (`plot`)."""
    ticks, told = _ticks(*axes.get_ylim(), axis)
    axes.set_yticks(ticks, told)
    axes.tick_params(axis="y", length=0, labelsize=FONT - 1, labelcolor="#3b444b")
    axes.grid(axis="y", color=_GRID, linewidth=0.8)


def left(reach: tuple[float, float], axis: Axis) -> float:
    """Return the points that the numbers beside an axis need."""
    return 14 + 7.9 * max(map(len, _ticks(*reach, axis)[1]), default=1)
