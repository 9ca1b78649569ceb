"""The plane of costs and effects of a model: where its draws lie, as squares, and where the base case does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from export import numerals
from export.modelling.formula import Floats
from export.reporting.charts import INK, LINE, Named, folded, legend, shades
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
from export.reporting.svg import svg
from surveys.language import _

# Of all draws, how many the darkest squares hold, those with the next, and all squares.
HELD = (0.5, 0.8, 0.95)


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
    below, beside = axes_of
    labels = [folded(one.label) for one in panels]
    upward_label = folded(beside.label)
    heights = [(len(one) + len(upward_label)) * LINE + 240.0 + BELOW for one in labels]
    entries, key = key_lines(_squares_told())
    whole = sum(heights) + key
    wide, high = _limits(panels, bases)

    def draw(figure: Figure) -> None:
        top = 0.0
        for panel, base, told, height in zip(panels, bases, labels, heights, strict=True):
            place = (top, height, whole)
            axes = plot(figure, place, [*told, *upward_label], left(high, beside))
            axes.set_xlim(*wide)
            axes.set_ylim(*high)
            across(axes, below)
            upwards(axes, beside)
            _squares(axes, panel.points, wide, high)
            axes.axhline(0, color=INK, linewidth=1)
            axes.axvline(0, color=INK, linewidth=1)
            axes.plot(*base, "o", markersize=9, markerfacecolor="white", markeredgecolor=INK)
            top += height
        legend(key_area(figure, key), entries, _densities(), 6)

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
        found.append(reach([*ends, *(base[at] for base in bases)]))
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
