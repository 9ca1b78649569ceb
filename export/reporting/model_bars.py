"""The bars of a model: costs by kind laid end to end, and how far each value alone moves a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from export.reporting.charts import (
    BLUE,
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
from export.reporting.model_axes import BELOW, Axis, across, key_area, key_lines, reach
from export.reporting.svg import svg
from surveys.language import _

_BAR = 30.0  # points of a bar with what is around it


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


def bars(named: Named, rows: Sequence[Bar], names: Sequence[str], axis: Axis) -> str:
    """Return amounts laid end to end, by kind in the order of `names`, which are the key below."""
    labels = [folded(_("{what}: {value}").format(what=row.label, value=row.told)) for row in rows]
    heights = [len(lines) * LINE + _BAR for lines in labels]
    body, (entries, key) = sum(heights), key_lines(names)
    colours = shades(len(names))
    ends = [end for row in rows for end in _ends(row.parts)]

    def draw(figure: Figure) -> None:
        axes = area(figure, body, key + BELOW)
        axes.set_xlim(*reach(ends))
        across(axes, axis)
        axes.axvline(0, color=INK, linewidth=1)
        top = 0.0
        for row, lines, height in zip(rows, labels, heights, strict=True):
            write(axes, lines, top)
            _laid(axes, row.parts, colours, top + height - _BAR + 3)
            top += height
        legend(key_area(figure, key), entries, colours, 6)

    return svg(named.name, named.title, named.told, body + key + BELOW, draw)


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
    body, (entries, key) = sum(heights), key_lines(ends)
    reached = [base, *(one for row in rows for one in (row.low, row.high))]

    def draw(figure: Figure) -> None:
        axes = area(figure, body, key + BELOW)
        axes.set_xlim(*reach(reached, has_zero=False))
        across(axes, axis)
        top = 0.0
        for row, lines, height in zip(rows, labels, heights, strict=True):
            write(axes, lines, top)
            _both(axes, base, row, top + height - 22)
            top += height
        legend(key_area(figure, key), entries, [PALE, BLUE], 6)

    return svg(named.name, named.title, named.told, body + key + BELOW, draw)


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
