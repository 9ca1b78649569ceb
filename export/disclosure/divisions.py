"""What two divisions of the same people tell together: age in bands from 25, and in bands from 26.

The groups of one and of the other are sums of the groups in both. Where these hang together like a
tree, as bands that are cut a little differently do, each follows: two bands of one that are together
nearly one band of the other give the few between them, though no band lies within another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.disclosure.published import PublishedCell
from export.estimating.columns import Mask

Counts = NDArray[np.intp]
_REST = 0  # the group of those who are in none that is printed


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """Cells of one table that share nobody: the number of each one's group, from 1, 0 for in none."""

    cells: tuple[PublishedCell, ...]
    labels: Counts

    @property
    def unanswered(self) -> Mask:
        """Who is in none only for want of an answer."""
        return self.cells[0].unanswered


def divisions(cells: Iterable[PublishedCell]) -> tuple[Division, ...]:
    """Return cells as divisions, each cell in one of them."""
    tables: dict[tuple[str, bool], list[PublishedCell]] = {}
    for one in cells:
        if np.any(one.who):
            tables.setdefault((one.table, one.is_base), []).append(one)
    return tuple(found for table in tables.values() for found in _apart(table))


def _apart(cells: Sequence[PublishedCell]) -> Iterator[Division]:
    """Yield the cells of a table, those together that share nobody."""
    waiting = list(cells)
    while waiting:
        labels = np.zeros(len(waiting[0].who), dtype=np.intp)
        taken: list[PublishedCell] = []
        later: list[PublishedCell] = []
        for one in waiting:
            if np.any(labels[one.who]):
                later.append(one)
            else:
                taken.append(one)
                labels[one.who] = len(taken)
        yield Division(tuple(taken), labels)
        waiting = later


def tells_of_few(one: Division, other: Division, threshold: int) -> Iterator[tuple[int, int]]:
    """Yield the groups of either that meet in a few people whose figures follow from all printed of both.

    They are numbers as in `labels`; of those in neither nothing is said.
    """
    shape = (len(one.cells) + 1, len(other.cells) + 1)
    both = one.labels * shape[1] + other.labels
    counts = np.bincount(both, minlength=shape[0] * shape[1]).reshape(shape)
    small = np.argwhere((counts > 0) & (counts < threshold))
    for first, second in small.tolist():
        if (first, second) != (_REST, _REST) and _follows(counts > 0, first, second):
            yield first, second


def _follows(meet: Mask, first: int, second: int) -> bool:
    """Whether what two groups have in common is a sum of groups that are printed, less others.

    It is where it alone joins the groups on its one side, all of them printed, with those on the other.
    """
    rest = meet.copy()
    rest[first, second] = False
    for rows, columns in (_joined(rest, first, None), _joined(rest, None, second)):
        if rows[first] and columns[second]:
            return False
        if not rows[_REST] and not columns[_REST]:
            return True
    return False


def _joined(meet: Mask, row: int | None, column: int | None) -> tuple[Mask, Mask]:
    """Return the groups of either division that hang together with one."""
    rows, columns = np.zeros(meet.shape[0], dtype=np.bool_), np.zeros(meet.shape[1], dtype=np.bool_)
    if row is not None:
        rows[row] = True
    if column is not None:
        columns[column] = True
    while True:
        wider = columns | np.any(meet[rows], axis=0)
        longer = rows | np.any(meet[:, wider], axis=1)
        if np.array_equal(wider, columns) and np.array_equal(longer, rows):
            return rows, columns
        rows, columns = longer, wider
