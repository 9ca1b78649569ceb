"""What is drawn: shares and numbers with their intervals, parts of a whole, before and now, a funnel.

Labels stand above what they name, so that a figure of the width of a telephone holds them. Colours differ
in lightness first: they can be told apart in grey, on paper, and by whoever sees no red or green.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from export import numerals
from export.reporting.svg import FONT, WIDTH, svg
from surveys.language import _, printable

INK, BLUE, GREY, PALE = "#1d2327", "#1d4f7c", "#5b646b", "#dfe6ec"
LINE = FONT * 1.3  # points from one line of a label to the next
_ROW = 22.0  # of what is drawn below a label
_WIDE = 52  # characters of a label on one line
EDGE = 6.0  # points left and right, so that a dot at 0 or 100 per cent is whole


@dataclass(frozen=True, slots=True)
class Dot:
    """A row of a figure: its label, the value and its interval, and how the value is written.

    A value that is None is withheld; limits are None where there is no interval.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    told: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar of parts of a whole, by their share; None is withheld. A label of '' is not written."""

    label: str
    parts: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What an image is called, and told to whoever cannot see it; `name` is unique on the page."""

    name: str
    title: str
    told: str


def dots(named: Named, rows: Sequence[Dot], *, are_shares: bool) -> str:
    """Return values as dots with their intervals as lines; shares on an axis from 0 to 100 per cent."""
    labels = [folded(row.label) for row in rows]
    heights = [len(lines) * LINE + _ROW for lines in labels]
    body = sum(heights)

    def draw(figure: Figure) -> None:
        axes = area(figure, body, 24.0)
        axes.set_xlim(*_span(rows, are_shares=are_shares))
        _values(axes, are_shares=are_shares)
        top = 0.0
        for row, lines, height in zip(rows, labels, heights, strict=True):
            write(axes, lines, top)
            _dot(axes, row, top + height - _ROW / 2)
            top += height

    return svg(named.name, named.title, named.told, body + 24.0, draw)


def stacks(named: Named, rows: Sequence[Stack], names: Sequence[str]) -> str:
    """Return bars of the parts of a whole, in the order of `names`, with these below as the key."""
    labels = [folded(row.label) if row.label else [] for row in rows]
    heights = [len(lines) * LINE + 30.0 for lines in labels]
    body, entries = sum(heights), [folded(name, _WIDE - 4) for name in names]
    is_marked = any(part is None for row in rows for part in row.parts)
    if is_marked:
        entries.append(folded(_("not shown: too few people"), _WIDE - 4))
    key = sum(len(lines) * LINE + 4 for lines in entries) + 6
    colours = shades(len(names))

    def draw(figure: Figure) -> None:
        axes = area(figure, body + key, 0.0)
        axes.set_xlim(0, 1)
        axes.axis("off")
        top = 0.0
        for row, lines, height in zip(rows, labels, heights, strict=True):
            write(axes, lines, top)
            _bar(axes, row, colours, top + height - 27.0, 22.0)
            top += height
        legend(axes, entries, [*colours, "white"], top + 6)

    return svg(named.name, named.title, named.told, body + key, draw)


def pair(named: Named, before: Dot, now: Dot, *, are_shares: bool) -> str:
    """Return before and now as two dots with their intervals, and an arrow from the one to the other."""
    rows = (before, now)
    height = 2 * (LINE + _ROW)

    def draw(figure: Figure) -> None:
        axes = area(figure, height, 24.0)
        axes.set_xlim(*_span(rows, are_shares=are_shares))
        _values(axes, are_shares=are_shares)
        places = [LINE + _ROW / 2, 2 * LINE + _ROW * 1.5]
        if before.value is not None and now.value is not None:
            axes.annotate(
                "",
                xy=(now.value, places[1] - 6),
                xytext=(before.value, places[0] + 6),
                arrowprops={"arrowstyle": "->", "color": GREY, "linewidth": 1.2},
            )
        for at, (row, colour) in enumerate(zip(rows, (GREY, BLUE), strict=True)):
            write(axes, [row.label], at * (LINE + _ROW))
            _dot(axes, row, places[at], colour)

    return svg(named.name, named.title, named.told, height + 24.0, draw)


def funnel(named: Named, rows: Sequence[tuple[str, int]]) -> str:
    """Return steps as bars, each a part of the first."""
    whole = max(rows[0][1], 1)
    height = len(rows) * (LINE + 30.0)

    def draw(figure: Figure) -> None:
        axes = area(figure, height, 0.0)
        axes.set_xlim(0, whole)
        axes.axis("off")
        for at, (label, count) in enumerate(rows):
            top = at * (LINE + 30.0)
            told = _("{what}: {value}").format(what=label, value=numerals.whole(count))
            if at:
                told += f" ({numerals.part(count, whole)})"
            write(axes, [told], top)
            axes.add_patch(Rectangle((0, top + LINE + 3), whole, 18, facecolor=PALE))
            axes.add_patch(Rectangle((0, top + LINE + 3), count, 18, facecolor=BLUE))

    return svg(named.name, named.title, named.told, height, draw)


def shades(count: int) -> list[str]:
    """Return colours from light to dark, as many as there are parts; the middle one of a single part."""
    scale = colormaps["Blues"]
    places = [0.6] if count == 1 else [0.18 + 0.77 * at / (count - 1) for at in range(count)]
    return [
        "#" + "".join(f"{round(255 * one):02x}" for one in scale(place)[:3]) for place in places
    ]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, between 0 and 1. Source: WCAG 2.2, “relative luminance”."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def legible(colour: str) -> str:
    """Return black or white, whichever is read better on a colour: at least 4.5 to 1 on any."""
    light = luminance(colour)
    return "#ffffff" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "#000000"


# --- what figures are made of ---------------------------------------------------------------------


def area(figure: Figure, body: float, below: float) -> Axes:
    """Return axes as wide as the figure, a point high for each of the body, from top to bottom."""
    height = body + below
    axes = figure.add_axes(
        (EDGE / WIDTH, below / height, 1 - 2 * EDGE / WIDTH, body / height), frameon=True
    )
    axes.set_ylim(body, 0)
    axes.set_yticks([])
    return axes


def _values(axes: Axes, *, are_shares: bool) -> None:
    """Write the values below, with lines upwards from them that stay behind everything."""
    low, high = axes.get_xlim()
    places = 0 if are_shares or high - low >= 5 else 1
    found = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    ticks = [float(one) for one in found if low <= one <= high]
    told = [
        numerals.percent(one, 0) if are_shares else numerals.decimal(one, places) for one in ticks
    ]
    axes.set_xticks(ticks, told)
    for value, label in zip(ticks, axes.get_xticklabels(), strict=True):
        if value in {low, high}:  # at the edge of the figure, it would be cut
            label.set_horizontalalignment("left" if value == low else "right")
    axes.tick_params(axis="x", length=0, labelsize=FONT - 1)
    axes.grid(axis="x", color="#d5dade", linewidth=0.8)
    axes.set_axisbelow(True)


def _span(rows: Sequence[Dot], *, are_shares: bool) -> tuple[float, float]:
    """Return what the axis reaches: all of the shares there can be, or from 0 to beyond every number."""
    if are_shares:
        return 0.0, 1.0
    found = [one for row in rows for one in (row.value, row.low, row.high) if one is not None]
    low, high = min([0.0, *found]), max([0.0, *found])
    room = 0.06 * (high - low) or 1.0
    return low - (room if low < 0 else 0.0), high + room


def _dot(axes: Axes, row: Dot, y: float, colour: str = BLUE) -> None:
    low, high = axes.get_xlim()
    if row.value is None:
        axes.text(low, y, row.told, va="center", ha="left", color=GREY, size=FONT)
        return
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=2.5, clip_on=False)
    axes.plot([row.value], [y], "o", color=colour, markersize=8, clip_on=False)
    last = row.value if row.high is None else row.high
    first = row.value if row.low is None else row.low
    if (high - last) / (high - low) > 0.2:
        axes.text(last + 0.025 * (high - low), y, row.told, va="center", size=FONT, weight="bold")
    else:
        place = first - 0.025 * (high - low)
        axes.text(place, y, row.told, va="center", ha="right", size=FONT, weight="bold")


def _bar(axes: Axes, row: Stack, colours: Sequence[str], top: float, height: float) -> None:
    left = 0.0
    for part, colour in zip(row.parts, colours, strict=True):
        if part is None:
            continue
        axes.add_patch(
            Rectangle((left, top), part, height, facecolor=colour, edgecolor=GREY, linewidth=0.6)
        )
        if part >= 0.085:
            axes.text(
                left + part / 2,
                top + height / 2,
                numerals.percent(part, 0),
                va="center",
                ha="center",
                size=FONT - 1,
                color=legible(colour),
            )
        left += part
    if None in row.parts and left < 1:
        axes.add_patch(
            Rectangle(
                (left, top),
                1 - left,
                height,
                facecolor="white",
                edgecolor=GREY,
                linewidth=0.6,
                hatch="////",
            )
        )


def legend(
    axes: Axes, entries: Sequence[Sequence[str]], colours: Sequence[str], top: float
) -> None:
    """Write what colours stand for, from so many points below the top of an area from 0 to 1."""
    wide = 14 / (WIDTH - 2 * EDGE)
    for at, (lines, colour) in enumerate(zip(entries, colours, strict=False)):
        is_last = colour == "white"
        axes.add_patch(
            Rectangle(
                (0, top + 2),
                wide,
                11,
                facecolor=colour,
                edgecolor=GREY,
                linewidth=0.6,
                hatch="////" if is_last else None,
                gid=f"key{at}",
            )
        )
        for line, told in enumerate(lines):
            axes.text(wide * 1.6, top + 7.5 + line * LINE, told, va="center", size=FONT - 0.5)
        top += len(lines) * LINE + 4


def write(axes: Axes, lines: Sequence[str], top: float) -> None:
    """Write the lines of a label, from so many points below the top of an area."""
    left = axes.get_xlim()[0]
    for at, told in enumerate(lines):
        axes.text(left, top + (at + 0.5) * LINE, told, va="center", ha="left", size=FONT)


def folded(label: str, width: int = _WIDE) -> list[str]:
    """Return a label as the lines it takes."""
    return wrap(printable(label), width) or [""]
