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
from scipy.sparse import csr_array

from export.estimating.columns import Mask

Counts = NDArray[np.intp]

_NEAR = 1e-6  # limits of linear programs are whole numbers, but for rounding
_TRIED = 60  # rectangles around one cell, the least dear first, where none is enough by itself


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
        while not _is_protected(full, out, (r, c), threshold):
            added = _best(full, out, (r, c), threshold)
            if added is None:
                everything = full > 0
                everything[-1, -1] = False
                return everything
            out = added
    return out


def _is_protected(full: Counts, out: Mask, at: tuple[int, int], threshold: int) -> bool:
    """Whether a cell may count anything that a small one can: by one rectangle of cells left out, or by all."""
    around = _around(full, at)
    if np.any(_are_out(out, at) & _moves_enough(around, int(full[at]), threshold)):
        return True
    return _is_safe(possible(full, out, at), threshold, _marked_within(out, at))


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
        # Each line holds few of the cells. The stubs know no sparse matrices, the solver does.
        equations = csr_array(np.array(sums, dtype=np.float64))
        found = linprog(aim, A_eq=equations, b_eq=np.array(knowns), bounds=(1, None))  # type: ignore[call-overload]
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


def _is_safe(limits: tuple[float, float], threshold: int, least: int) -> bool:
    """Whether a cell may count anything that a small one can; `least` of those are seen to be in it."""
    low, high = limits
    return low <= max(least, 1) + _NEAR and high >= threshold - 1 - _NEAR


def _marked_within(out: Mask, at: tuple[int, int]) -> int:
    """Return how many cells left out a total has: each counts somebody, and marks say so."""
    r, c = at
    last_row, last_column = out.shape[0] - 1, out.shape[1] - 1
    if r == last_row:
        return int(np.sum(out[:-1, c]))
    return int(np.sum(out[r, :-1])) if c == last_column else 1


# --- rectangles ---------------------------------------------------------------------------------


class _Around(NamedTuple):
    """The rectangles that a cell is a corner of, by their other row and column.

    When the cell counts one more, two of the other corners count one less (`falling`, how many they
    can lose) and one counts one more; when it counts one less, the other way round (`rising`).
    """

    falling: Counts
    rising: Counts


def _around(full: Counts, at: tuple[int, int]) -> _Around:
    """Return how far the corners of each rectangle let a cell go; every one keeps at least one."""
    r, c = at
    spare = full - 1
    in_row = np.broadcast_to(spare[r], full.shape)
    in_column = np.broadcast_to(spare[:, [c]], full.shape)
    falling, rising = np.minimum(in_row, in_column), spare.copy()
    last_row, last_column = full.shape[0] - 1, full.shape[1] - 1
    # A total rises with its cells: where a corner is a total, it goes with the cell beside it.
    is_total = (np.arange(full.shape[1]) == last_column) != (c == last_column)
    is_sum = (np.arange(full.shape[0]) == last_row) != (r == last_row)
    falling[:, is_total] = np.minimum(in_column, spare)[:, is_total]
    rising[:, is_total] = in_row[:, is_total]
    falling[is_sum] = np.minimum(in_row, spare)[is_sum]
    rising[is_sum] = in_column[is_sum]
    falling[np.ix_(is_sum, is_total)] = 0  # with the number of all, which is known
    return _Around(falling, rising)


def _moves_enough(around: _Around, count: int, threshold: int) -> Mask:
    """Return which rectangles let a cell go from one up to the threshold less one."""
    down = np.minimum(around.rising, np.maximum(count - 1, 0)) >= count - 1
    return down & (count + around.falling >= threshold - 1)


def _are_out(out: Mask, at: tuple[int, int]) -> Mask:
    """Return which rectangles have all their other corners left out."""
    r, c = at
    found: Mask = out & out[r] & out[:, [c]]
    found[r], found[:, c] = False, False
    return found


def _best(full: Counts, out: Mask, at: tuple[int, int], threshold: int) -> Mask | None:
    """Return what is left out with the least that makes a cell safe, or else with what helps it most.

    Totals are left out only where no cell helps. None where nothing does.
    """
    low, high = possible(full, out, at)
    enough = _moves_enough(_around(full, at), int(full[at]), threshold)
    for _totals, group in groupby(sorted(_rectangles(full, out, at)), lambda one: one.totals > 0):
        candidates = list(group)
        sure = next((one for one in candidates if enough[one.corner]), None)
        if sure is not None:
            return _with(out, sure)
        best, widest = None, high - low + _NEAR
        for added in candidates[:_TRIED]:
            more = _with(out, added)
            limits = possible(full, more, at)
            if _is_safe(limits, threshold, _marked_within(more, at)):
                return more
            if limits[1] - limits[0] > widest:
                best, widest = more, limits[1] - limits[0]
        if best is not None:
            return best
    return None


def _with(out: Mask, added: _Added) -> Mask:
    more = out.copy()
    more[tuple(zip(*added.cells, strict=True))] = True
    return more


class _Added(NamedTuple):
    """Cells to be left out as well, the dearest last: how many totals, how many people, which.

    `corner` is that of their rectangle across from the cell they protect.
    """

    totals: int
    people: int
    cells: tuple[tuple[int, int], ...]
    corner: tuple[int, int]


def _rectangles(full: Counts, out: Mask, at: tuple[int, int]) -> Iterator[_Added]:
    """Yield what completes a rectangle around a cell.

    The corner of all respondents is never left out, nor is a cell of nobody.
    """
    r, c = at
    last_row, last_column = full.shape[0] - 1, full.shape[1] - 1
    is_there = (full > 0) & (full[r] > 0) & (full[:, [c]] > 0)
    is_there[r], is_there[:, c] = False, False
    is_there[last_row, last_column] = False
    for other_row, other_column in np.argwhere(is_there).tolist():
        cells = [(other_row, c), (r, other_column), (other_row, other_column)]
        added = tuple(cell for cell in cells if not out[cell])
        if added and (last_row, last_column) not in cells:
            totals = sum(row == last_row or column == last_column for row, column in added)
            people = sum(int(full[cell]) for cell in added)
            yield _Added(totals, people, added, (other_row, other_column))
