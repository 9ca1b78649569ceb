"""What is drawn of a model: costs by kind, where people are, how sure it is, what it hangs on, the budget.

As in `charts.py`, everything can be told apart in grey and by whoever sees no red or green: areas by their
lightness, lines by their dashes too, and a key beside each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from export import numerals
from export.modelling.formula import Floats
from export.reporting.charts import (
    BLUE,
    EDGE,
    GREY,
    INK,
    LINE,
    PALE,
    Named,
    area,
    folded,
    legend,
    shades,
    write,
)
from export.reporting.svg import FONT, WIDTH, svg
from surveys.language import _, printable

NOBODY = "#ffffff"  # what is left white: those who have died
_SHORT = 48  # characters of a name on one line of a key
_ACROSS = 26  # characters of the numbers below an axis
_BAR = 30.0  # points of a bar with what is around it
_BELOW = 42.0  # of the numbers and the name of an axis
_COLOURS = (INK, "#2f74b0", "#b3541e", "#5b646b")
_DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)))
_BAND = "#cfe0ee"
# Of all draws, how many the darkest squares hold, those with the next, and all squares.
HELD = (0.5, 0.8, 0.95)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of amounts laid end to end, those below 0 to the left; `told` is what they come to."""

    label: str
    parts: tuple[float, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Reach:
    """A row of a tornado: a value at the low and at the high end of its interval."""

    label: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of a chart, with its name in the key."""

    label: str
    points: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One of several charts of the same axes: its label, and the points or areas in it."""

    label: str
    points: Floats


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis is called; whether it has shares, and its numbers in per cent."""

    label: str
    are_shares: bool = False


# --- bars -----------------------------------------------------------------------------------------


def bars(named: Named, rows: Sequence[Bar], names: Sequence[str], axis: Axis) -> str:
    """Return amounts laid end to end, by kind in the order of `names`, which are the key below."""
    labels = [folded(_("{what}: {value}").format(what=row.label, value=row.told)) for row in rows]
    heights = [len(lines) * LINE + _BAR for lines in labels]
    body, entries = sum(heights), [folded(name, _SHORT) for name in names]
    key = sum(len(lines) * LINE + 4 for lines in entries) + 6
    colours = shades(len(names))
    ends = [end for row in rows for end in _ends(row.parts)]

    def draw(figure: Figure) -> None:
        axes = area(figure, body, key + _BELOW)
        axes.set_xlim(*_reach(ends))
        _across(axes, axis)
        axes.axvline(0, color=INK, linewidth=1)
        top = 0.0
        for row, lines, height in zip(rows, labels, heights, strict=True):
            write(axes, lines, top)
            _laid(axes, row.parts, colours, top + height - _BAR + 3)
            top += height
        legend(_key_area(figure, key), entries, colours, 6)

    return svg(named.name, named.title, named.told, body + key + _BELOW, draw)


def _ends(parts: Sequence[float]) -> tuple[float, float]:
    return sum(one for one in parts if one < 0), sum(one for one in parts if one > 0)


def _laid(axes: Axes, parts: Sequence[float], colours: Sequence[str], top: float) -> None:
    below = above = 0.0
    for part, colour in zip(parts, colours, strict=True):
        left = above if part >= 0 else below
        axes.add_patch(
            Rectangle((left, top), part, 22, facecolor=colour, edgecolor=GREY, linewidth=0.6)
        )
        above, below = (above + part, below) if part >= 0 else (above, below + part)


def tornado(
    named: Named, base: float, rows: Sequence[Reach], ends: tuple[str, str], axis: Axis
) -> str:
    """Return how far each value alone moves a result; `ends` name the low and the high end in the key."""
    labels = [folded(row.label) for row in rows]
    heights = [len(lines) * LINE + 24.0 for lines in labels]
    body, key = sum(heights), 2 * (LINE + 4) + 6
    reached = [base, *(one for row in rows for one in (row.low, row.high))]

    def draw(figure: Figure) -> None:
        axes = area(figure, body, key + _BELOW)
        axes.set_xlim(*_reach(reached, has_zero=False))
        _across(axes, axis)
        top = 0.0
        for row, lines, height in zip(rows, labels, heights, strict=True):
            write(axes, lines, top)
            _both(axes, base, row, top + height - 22)
            top += height
        legend(_key_area(figure, key), [[one] for one in ends], [PALE, BLUE], 6)

    return svg(named.name, named.title, named.told, body + key + _BELOW, draw)


def _both(axes: Axes, base: float, row: Reach, top: float) -> None:
    """Draw a bar from the base case to each end; where both are on one side, each has half the height."""
    are_apart = (row.low - base) * (row.high - base) < 0
    for at, (end, colour) in enumerate(((row.low, PALE), (row.high, BLUE))):
        height = 17.0 if are_apart else 8.5
        axes.add_patch(
            Rectangle(
                (base, top + (0 if are_apart else at * height)),
                end - base,
                height,
                facecolor=colour,
                edgecolor=GREY,
                linewidth=0.6,
            )
        )
    axes.plot([base, base], [top - 2, top + 19], color=INK, linewidth=1.4)


# --- where people are -----------------------------------------------------------------------------


def traces(
    named: Named, years: Floats, panels: Sequence[Panel], names: Sequence[str], dead: int
) -> str:
    """Return areas of the shares of people in each state (states, years), a panel for each strategy.

    The last `dead` of the names are of the dead: they are white.
    """
    colours = [*shades(len(names) - dead), *[NOBODY] * dead]
    entries = [folded(name, _SHORT) for name in names]
    key = sum(len(lines) * LINE + 4 for lines in entries) + 6
    high = 130.0
    labels = [folded(one.label) for one in panels]
    heights = [len(lines) * LINE + high + _BELOW + 6 for lines in labels]
    whole = sum(heights) + key

    def draw(figure: Figure) -> None:
        top = 0.0
        for panel, lines, height in zip(panels, labels, heights, strict=True):
            axes = _plot(figure, (top, height, whole), lines, 48.0)
            axes.stackplot(years, panel.points, colors=colours, edgecolor=GREY, linewidth=0.6)
            axes.set_xlim(0, float(years[-1]))
            axes.set_ylim(0, 1)
            _across(axes, Axis(_("years")))
            _upwards(axes, Axis("", are_shares=True))
            top += height
        legend(_key_area(figure, key), entries, colours, 6)

    return svg(named.name, named.title, named.told, whole, draw)


# --- lines ----------------------------------------------------------------------------------------


def lines(
    named: Named,
    places: Floats,
    some: Sequence[Line],
    axes_of: tuple[Axis, Axis],
    *,
    band: Line | None = None,
    has_marks: bool = False,
) -> str:
    """Return lines over some places, with a pale band behind them where one is given; the key is below."""
    across, upwards = axes_of
    drawn = [*some, *([band] if band else [])]
    entries = [folded(one.label, _SHORT) for one in drawn] if len(drawn) > 1 else []
    key = sum(len(each) * LINE + 4 for each in entries) + (6 if entries else 0)
    label = folded(upwards.label)
    height = 210.0 + len(label) * LINE + _BELOW
    reached = [float(one) for line in some for one in line.points]

    def draw(figure: Figure) -> None:
        low, high = (0.0, 1.0) if upwards.are_shares else _reach(reached)
        axes = _plot(figure, (0.0, height, height + key), label, _left((low, high), upwards))
        axes.set_xlim(float(places[0]), float(places[-1]))
        axes.set_ylim(low, high)
        if band is not None:
            axes.plot(places, band.points, color=_BAND, linewidth=9, solid_capstyle="round")
        for at, line in enumerate(some):
            axes.plot(
                places,
                line.points,
                color=_colour(at),
                linestyle=_dashes(at),
                linewidth=2,
                marker="o" if has_marks else None,
                markersize=4,
                clip_on=False,
            )
        _across(axes, across)
        _upwards(axes, upwards)
        if entries:
            _line_key(_key_area(figure, key), entries, has_band=band is not None)

    return svg(named.name, named.title, named.told, height + key, draw)


def _colour(at: int) -> str:
    return _COLOURS[at % len(_COLOURS)]


def _dashes(at: int) -> str | tuple[float, tuple[float, ...]]:
    """Return dashes: with the colours they differ for as many lines as there are of both together."""
    return _DASHES[(at + at // len(_COLOURS)) % len(_DASHES)]


def _line_key(axes: Axes, entries: Sequence[Sequence[str]], *, has_band: bool) -> None:
    top, long = 6.0, 34 / (WIDTH - 2 * EDGE)
    for at, told in enumerate(entries):
        is_band = has_band and at == len(entries) - 1
        axes.plot(
            [0.005, long],
            [top + 7.5] * 2,
            color=_BAND if is_band else _colour(at),
            linestyle="-" if is_band else _dashes(at),
            linewidth=9 if is_band else 2,
        )
        for line, text in enumerate(told):
            place = top + 7.5 + line * LINE
            axes.text(long * 1.25, place, text, va="center", size=FONT - 0.5)
        top += len(told) * LINE + 4


# --- the plane ------------------------------------------------------------------------------------


def planes(
    named: Named,
    panels: Sequence[Panel],
    bases: Sequence[tuple[float, float]],
    axes_of: tuple[Axis, Axis],
) -> str:
    """Return what each strategy yields (across) and costs more in each draw (2, draws), as squares.

    Points would be ten thousand: squares are shaded by how many of them they hold (see HELD), the rest,
    one in twenty, is left out. A ring is the base case.
    """
    across, upwards = axes_of
    labels = [folded(one.label) for one in panels]
    upward_label = folded(upwards.label)
    heights = [(len(one) + len(upward_label)) * LINE + 240.0 + _BELOW for one in labels]
    entries = [[one] for one in _squares_told()]
    key = len(entries) * (LINE + 4) + 6
    whole = sum(heights) + key
    wide, high = _limits(panels, bases)

    def draw(figure: Figure) -> None:
        top = 0.0
        for panel, base, told, height in zip(panels, bases, labels, heights, strict=True):
            place = (top, height, whole)
            axes = _plot(figure, place, [*told, *upward_label], _left(high, upwards))
            axes.set_xlim(*wide)
            axes.set_ylim(*high)
            _across(axes, across)
            _upwards(axes, upwards)
            _squares(axes, panel.points, wide, high)
            axes.axhline(0, color=INK, linewidth=1)
            axes.axvline(0, color=INK, linewidth=1)
            axes.plot(*base, "o", markersize=9, markerfacecolor="white", markeredgecolor=INK)
            top += height
        legend(_key_area(figure, key), entries, _densities(), 6)

    return svg(named.name, named.title, named.told, whole, draw)


def _densities() -> list[str]:
    return shades(len(HELD))[::-1]


def _squares_told() -> list[str]:
    first, second, all_of = (numerals.percent(one, 0) for one in HELD)
    return [
        _("{share} of the draws").format(share=first),
        _("with these, {share}").format(share=second),
        _("with these, {share}").format(share=all_of),
    ]


def _limits(
    panels: Sequence[Panel], bases: Sequence[tuple[float, float]]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return what both axes reach: nearly all the draws, the base cases and 0."""
    found = []
    for at in range(2):
        known = np.concatenate([one.points[at][np.isfinite(one.points[at])] for one in panels])
        ends = np.quantile(known, (0.0025, 0.9975)).tolist() if known.size else []
        found.append(_reach([*ends, *(base[at] for base in bases)]))
    return found[0], found[1]


def _squares(
    axes: Axes, points: Floats, wide: tuple[float, float], high: tuple[float, float]
) -> None:
    """Draw the squares that hold most of the draws, one path for each shade."""
    known = points[:, np.isfinite(points).all(axis=0)]
    n = known.shape[1]
    if not n:
        return
    size = int(np.clip(round(2 * n ** (1 / 3)), 6, 36))
    counts, right, up = np.histogram2d(known[0], known[1], bins=size, range=(wide, high))
    levels = shaded(counts, n)
    for level, colour in reversed(list(enumerate(_densities()))):
        path = _runs(levels == level, right, up)
        if path is not None:
            axes.add_patch(PathPatch(path, facecolor=colour, edgecolor="none"))


def shaded(counts: Floats, n: int) -> Floats:
    """Return the shade of each square, 0 the darkest: the fullest squares that hold HELD of n draws.

    Squares beyond the last, and empty ones, have a shade of their own that is not drawn.
    """
    order = np.argsort(-counts, axis=None, kind="stable")
    held = np.cumsum(counts.ravel()[order]) - counts.ravel()[order]  # by those before it
    found = np.full(counts.size, float(len(HELD)))
    found[order] = np.searchsorted(np.array(HELD) * n, held, side="right")
    found[counts.ravel() == 0] = len(HELD)
    return found.reshape(counts.shape)


def _runs(chosen: Floats, right: Floats, up: Floats) -> Path | None:
    """Return squares as one path, those above one another in one piece."""
    corners: list[tuple[float, float]] = []
    for at, column in enumerate(chosen):
        turns = np.flatnonzero(np.diff(np.concatenate([[False], column, [False]]).astype(int)))
        for low, top in zip(turns[::2], turns[1::2], strict=True):
            sides = (right[at], right[at + 1])
            corners += [(sides[0], up[low]), (sides[1], up[low]), (sides[1], up[top])]
            corners += [(sides[0], up[top]), (sides[0], up[low])]
    if not corners:
        return None
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(corners, codes * (len(corners) // 5))


# --- what these are made of -----------------------------------------------------------------------


def _key_area(figure: Figure, height: float) -> Axes:
    """Return an area at the foot of a figure for its key, from 0 to 1 across."""
    whole = figure.get_figheight() * 72
    axes = figure.add_axes((EDGE / WIDTH, 0, 1 - 2 * EDGE / WIDTH, height / whole), frameon=False)
    axes.set_xlim(0, 1)
    axes.set_ylim(height, 0)
    axes.axis("off")
    return axes


def _plot(
    figure: Figure, place: tuple[float, float, float], label: Sequence[str], left: float
) -> Axes:
    """Return axes under the lines of a label; `place` is their top, height, and that of the figure."""
    top, height, whole = place
    for at, told in enumerate(label):
        y = 1 - (top + (at + 0.5) * LINE) / whole
        figure.text(EDGE / WIDTH, y, told, va="center", size=FONT)
    begin = top + len(label) * LINE + 8
    inner = height - len(label) * LINE - 8 - _BELOW
    return figure.add_axes(
        (left / WIDTH, 1 - (begin + inner) / whole, (WIDTH - left - 16) / WIDTH, inner / whole)
    )


def _reach(values: Sequence[float], *, has_zero: bool = True) -> tuple[float, float]:
    """Return what an axis reaches: every value, 0 among them where it `has_zero`, and some room."""
    known = [one for one in values if math.isfinite(one)] + ([0.0] if has_zero else [])
    low, high = min(known, default=0.0), max(known, default=0.0)
    room = 0.05 * (high - low) or abs(high) * 0.1 or 1.0
    return (
        low if has_zero and low == 0 else low - room,
        high if has_zero and high == 0 < high - low else high + room,
    )


def _ticks(low: float, high: float, axis: Axis, most: int = 4) -> tuple[list[float], list[str]]:
    found = MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)
    room = 1e-9 * (high - low)
    ticks = [float(one) for one in found if low - room <= one <= high + room]
    if axis.are_shares:
        return ticks, [numerals.percent(one, 0) for one in ticks]
    step = min((after - before for before, after in pairwise(ticks)), default=1.0)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    return ticks, [numerals.decimal(one, places) for one in ticks]


def _across(axes: Axes, axis: Axis) -> None:
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
    axes.grid(axis="x", color="#d5dade", linewidth=0.8)
    axes.set_axisbelow(True)
    if axis.label:
        axes.set_xlabel(printable(axis.label), size=FONT - 0.5, loc="right")


def _upwards(axes: Axes, axis: Axis) -> None:
    ticks, told = _ticks(*axes.get_ylim(), axis)
    axes.set_yticks(ticks, told)
    axes.tick_params(axis="y", length=0, labelsize=FONT - 1, labelcolor="#3b444b")
    axes.grid(axis="y", color="#d5dade", linewidth=0.8)


def _left(reach: tuple[float, float], axis: Axis) -> float:
    """Return the points that the numbers beside an axis need."""
    return 14 + 7.9 * max(map(len, _ticks(*reach, axis)[1]), default=1)
