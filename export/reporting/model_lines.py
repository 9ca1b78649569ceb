"""The lines of a model: where people are as years go by, and what changes with time or with a worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from export.modelling.formula import Floats
from export.reporting.charts import EDGE, GREY, INK, LINE, Named, folded, legend, shades
from export.reporting.model_axes import (
    BELOW,
    Axis,
    Panel,
    across,
    key_area,
    key_lines,
    left,
    plot,
    reach,
    upwards,
)
from export.reporting.svg import FONT, WIDTH, svg
from surveys.language import _

NOBODY = "#ffffff"  # what is left white: those who have died
_HIGH = 130.0  # points of a panel of areas
_COLOURS = (INK, "#2f74b0", "#b3541e", "#5b646b")
_DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)))
_BAND = "#cfe0ee"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of a chart, with its name in the key."""

    label: str
    points: Floats


def traces(
    named: Named, years: Floats, panels: Sequence[Panel], names: Sequence[str], dead: int
) -> str:
    """Return areas of the shares of people in each state (states, years), a panel for each strategy.

    The last `dead` of the names are of the dead: they are white.
    """
    colours = [*shades(len(names) - dead), *[NOBODY] * dead]
    entries, key = key_lines(names)
    labels = [folded(one.label) for one in panels]
    heights = [len(lines) * LINE + _HIGH + BELOW + 6 for lines in labels]
    whole = sum(heights) + key

    def draw(figure: Figure) -> None:
        top = 0.0
        for panel, lines, height in zip(panels, labels, heights, strict=True):
            axes = plot(figure, (top, height, whole), lines, 48.0)
            axes.stackplot(years, panel.points, colors=colours, edgecolor=GREY, linewidth=0.6)
            axes.set_xlim(0, float(years[-1]))
            axes.set_ylim(0, 1)
            across(axes, Axis(_("years")))
            upwards(axes, Axis("", are_shares=True))
            top += height
        legend(key_area(figure, key), entries, colours, 6)

    return svg(named.name, named.title, named.told, whole, draw)


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
    drawn = [*some, *([band] if band else [])]
    entries, key = key_lines([one.label for one in drawn]) if len(drawn) > 1 else ([], 0.0)
    below, beside = axes_of
    label = folded(beside.label)
    height = 210.0 + len(label) * LINE + BELOW
    reached = [float(one) for line in some for one in line.points]

    def draw(figure: Figure) -> None:
        low, high = (0.0, 1.0) if beside.are_shares else reach(reached)
        axes = plot(figure, (0.0, height, height + key), label, left((low, high), beside))
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
        across(axes, below)
        upwards(axes, beside)
        if entries:
            _line_key(key_area(figure, key), entries, has_band=band is not None)

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
