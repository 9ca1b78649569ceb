"""Which cells of a printed table are left out: the small ones, and others that would give them away.

A cell is small when it counts somebody, but fewer respondents than the threshold. Where the totals
around it are printed it could be found by subtraction; so further cells are left out until all that
is printed tells of a small cell no more than its mark does: it may count anything from one to the
threshold less one.

Source: Hundepool et al. (2012), Statistical Disclosure Control, ch. 4: secondary suppression by
hypercubes (Giessing and Repsilber), audited by linear programming.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from export.estimating.columns import Mask

Counts = NDArray[np.intp]

_NEAR = 1e-6  # limits of linear programs are whole numbers, but for rounding


def small(counts: Counts, threshold: int) -> Mask:
    """Return where a count tells of somebody, but of fewer than the threshold."""
    return (counts > 0) & (counts < threshold)


def withheld(counts: Counts, threshold: int) -> Mask:
    """Return which parts of a whole are left out where the whole is known: counts of one dimension."""
    out = small(counts, threshold)
    while np.any(out):
        hidden = int(np.sum(out))
        most = int(np.sum(counts[out])) - (hidden - 1)  # each of the others counts at least one
        others = np.flatnonzero(~out & (counts > 0))
        if (hidden > 1 and most >= threshold - 1) or not len(others):
            break
        out[others[np.argmin(counts[others])]] = True
    return out


def withheld_crossed(counts: Counts, threshold: int) -> Mask:
    """Return which cells of a table (rows × columns) and of its totals (one more of each) are left out.

    The number of all respondents is known. Where nothing else helps, all cells and totals are left
    out but that one.
    """
    full = with_totals(counts)
    primary = small(full, threshold)
    primary[-1, -1] = False
    out = primary.copy()
    for r, c in np.argwhere(primary).tolist():
        # What more is left out never narrows what is possible: a cell found safe stays so.
        while not _is_safe(possible(full, out, (r, c)), threshold):
            added = _best(full, out, (r, c), threshold)
            if added is None:
                everything = full > 0
                everything[-1, -1] = False
                return everything
            out = added
    return out


def with_totals(counts: Counts) -> Counts:
    """Return a table with a column of the totals of its rows, then a row of those of its columns."""
    wide = np.hstack([counts, counts.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0, keepdims=True)])


def possible(full: Counts, out: Mask, at: tuple[int, int]) -> tuple[float, float]:
    """Return the least and the most a cell left out can count, given all that is printed.

    Every cell left out counts at least one: cells of nobody are printed.
    """
    cells = np.argwhere(out)
    number = {(int(r), int(c)): place for place, (r, c) in enumerate(cells)}
    last_row, last_column = full.shape[0] - 1, full.shape[1] - 1
    sums: list[list[int]] = []
    knowns: list[int] = []
    for r in range(full.shape[0]):
        line = [((r, c), 1 if c < last_column else -1) for c in range(full.shape[1])]
        _add(sums, knowns, line, number, full)
    for c in range(full.shape[1]):
        line = [((r, c), 1 if r < last_row else -1) for r in range(full.shape[0])]
        _add(sums, knowns, line, number, full)
    limits = []
    for sign in (1, -1):
        aim = np.zeros(len(cells))
        aim[number[at]] = sign
        found = linprog(aim, A_eq=np.array(sums), b_eq=np.array(knowns), bounds=(1, None))
        limits.append(np.inf if found.fun is None else sign * float(found.fun))
    return limits[0], limits[1]


def _add(
    sums: list[list[int]],
    knowns: list[int],
    line: list[tuple[tuple[int, int], int]],
    number: dict[tuple[int, int], int],
    full: Counts,
) -> None:
    """Add the equation of one line, where anything in it is left out: its parts less its total is 0."""
    row, known = [0] * len(number), 0
    for cell, sign in line:
        if cell in number:
            row[number[cell]] = sign
        else:
            known -= sign * int(full[cell])
    if any(row):
        sums.append(row)
        knowns.append(known)


def _is_safe(limits: tuple[float, float], threshold: int) -> bool:
    """Whether a cell may count anything that a small one can."""
    low, high = limits
    return low <= 1 + _NEAR and high >= threshold - 1 - _NEAR


def _best(full: Counts, out: Mask, at: tuple[int, int], threshold: int) -> Mask | None:
    """Return what is left out with the least that makes a cell safe, or else with what helps it most.

    Totals are left out only where no cell helps. None where nothing does.
    """
    low, high = possible(full, out, at)
    for _totals, group in groupby(sorted(_rectangles(full, out, at)), lambda one: one.totals > 0):
        best, widest = None, high - low + _NEAR
        for added in group:
            more = out.copy()
            more[tuple(zip(*added.cells, strict=True))] = True
            limits = possible(full, more, at)
            if _is_safe(limits, threshold):
                return more
            if limits[1] - limits[0] > widest:
                best, widest = more, limits[1] - limits[0]
        if best is not None:
            return best
    return None


class _Added(NamedTuple):
    """Cells to be left out as well, the dearest last: how many totals, how many people, which."""

    totals: int
    people: int
    cells: tuple[tuple[int, int], ...]


def _rectangles(full: Counts, out: Mask, at: tuple[int, int]) -> Iterator[_Added]:
    """Yield what completes a rectangle around a cell.

    The corner of all respondents is never left out, nor is a cell of nobody.
    """
    r, c = at
    last_row, last_column = full.shape[0] - 1, full.shape[1] - 1
    for other_row in range(full.shape[0]):
        for other_column in range(full.shape[1]):
            cells = [(other_row, c), (r, other_column), (other_row, other_column)]
            added = tuple(cell for cell in cells if not out[cell])
            if other_row == r or other_column == c or not added:
                continue
            if all(full[cell] > 0 and cell != (last_row, last_column) for cell in cells):
                totals = sum(row == last_row or column == last_column for row, column in added)
                yield _Added(totals, sum(int(full[cell]) for cell in added), added)
