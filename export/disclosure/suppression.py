"""Local suppression: cells of a few people emptied, until everybody looks like enough others.

Those who are not alike enough are put together with those from whom the least must be emptied, and
then look the same: the same values, the same cells empty. It would be cheaper to empty cells only until a
row *may* be that of enough others; but whoever knows a rare value, and finds one row alone that can
have it, has found the person, though the cell be empty.

A heuristic. What holds of its result: whoever knows all keys of anybody finds at least k rows that
could be theirs (a missing key could be anything), and no cell is changed but by being emptied. That the fewest cells
are emptied does not. Source: Hundepool et al. (2012), § 3.4.2.3; Samarati and Sweeney (1998), Protecting
Privacy when Disclosing Information, SRI-CSL-98-04.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.disclosure.classes import MISSING, Codes, Floats, Mask, Places

# From the sums of amounts over those who are alike: whether that is enough.
Enough = Callable[[Floats], Mask]

_ROUNDED = 1 + 1e-9  # sums of the same bits in another order differ no more
_NEAR = 1e-6  # bits
_EIGHT = (np.arange(256)[:, None] >> np.arange(8)) % 2 == 1  # the bits of a number, the least first


@dataclass(slots=True)
class _Groups:
    """People who look the same, by row: their keys, amounts, whether they are too few, and who they are.

    `codes` are keys × rows, and narrow: 0 is missing. `bits` say what each cell tells, `told` what all cells of a
    row tell, infinite for a row that nobody is left in.
    """

    codes: NDArray[np.unsignedinteger[Any]]
    bits: Floats
    told: Floats
    amounts: Floats
    short: Mask
    people: list[list[int]]
    fixed: Mask
    enough: Enough

    @classmethod
    def of(
        cls,
        codes: Codes,
        which: Places,
        amounts: Floats,
        short: Mask,
        enough: Enough,
        bits: Floats,
        fixed: Mask,
    ) -> _Groups:
        places = (codes - MISSING).T
        order = np.argsort(which, kind="stable")
        bounds = np.searchsorted(which[order], np.arange(1, len(codes)))
        return cls(
            codes=places.astype(np.min_scalar_type(int(places.max(initial=0))), order="C"),
            bits=bits.T.copy(),
            told=np.where(amounts[:, 0] > 0, bits.sum(axis=1), np.inf),
            amounts=amounts.copy(),
            short=short.copy(),
            people=[members.tolist() for members in np.split(order, bounds)],
            fixed=fixed,
            enough=enough,
        )


def suppressed(
    codes: Codes,
    which: Places,
    amounts: Floats,
    short: Mask,
    enough: Enough,
    bits: Floats,
    fixed: Mask,
    most: float = np.inf,
) -> Codes | None:
    """Return the codes of each person with cells emptied until none is in a group that is too small.

    `codes` are different rows and `which` the row of each person; `amounts` are summed over each row,
    people first, and `short` are the rows too few of people; `enough` says of sums whether they are. `bits` say what the cell
    of each row tells; cells of `fixed` keys stay. None where nobody is left to be put together with, or more than
    `most` bits of all people together would be lost.
    """
    groups = _Groups.of(codes, which, amounts, short, enough, bits, fixed)
    lost = 0.0
    for one in _waiting(groups):
        other = _nearest(groups, one)
        lost += other.bits
        if not np.isfinite(lost) or lost > most * _ROUNDED:
            return None
        _together(groups, one, other)
    found = np.empty((len(which), codes.shape[1]), dtype=np.int64)
    for row, members in enumerate(groups.people):
        found[members] = groups.codes[:, row].astype(np.int64) + MISSING
    return found


def _waiting(groups: _Groups) -> Iterator[int]:
    """Yield groups that are too small, the smallest first, as long as there are any."""
    sizes = groups.amounts[:, 0]
    heap = [(float(sizes[one]), one) for one in np.flatnonzero(groups.short).tolist()]
    heapify(heap)
    while heap:
        size, one = heappop(heap)
        if groups.short[one] and sizes[one] == size:
            yield one
            if groups.short[one]:
                heappush(heap, (float(sizes[one]), one))


@dataclass(frozen=True, slots=True)
class _Joined:
    """How many bits are lost where people of a group join another, which group, how many people."""

    bits: float
    row: int
    people: int


def _nearest(groups: _Groups, one: int) -> _Joined:
    """Return with whom a group is put together at the least cost, which is infinite where there is nobody.

    The cost is what is told by the cells of both that differ, times the people. Those that may be the least,
    but for rounding, are found by what the cells tell that do not differ; of them, by the cells that do.
    """
    people = _joining(groups, one)
    alike = _told_alike(groups, one)
    costs = groups.amounts[one, 0] * (groups.told[one] - alike) + people * (groups.told - alike)
    costs[one] = np.inf
    least = costs.min()
    if least == np.inf:
        return _Joined(np.inf, one, 0)
    rows = np.flatnonzero(costs <= least + _NEAR * (1 + least))
    differs = groups.codes[:, rows] != groups.codes[:, one, None]
    lost = groups.bits[:, one, None] * groups.amounts[one, 0] + groups.bits[:, rows] * people[rows]
    exact = np.where(differs, lost, 0.0).sum(axis=0)
    at = int(np.argmin(exact))
    return _Joined(float(exact[at]), int(rows[at]), int(people[rows[at]]))


def _joining(groups: _Groups, one: int) -> Floats:
    """Return how many people of each other group are to join a group.

    No more than it lacks, where so many may leave a group that is large enough without them; else all.
    Where not only their number counts, all.
    """
    sizes = groups.amounts[:, 0]
    if groups.amounts.shape[1] > 1:
        return np.maximum(sizes, 1)  # of nobody, none of the cells can be told
    lack = 1.0
    while not groups.enough(np.array([[sizes[one] + lack]]))[0]:
        lack += 1
    may_leave = ~groups.short & (sizes > lack) & groups.enough((sizes - lack)[:, None])
    return np.where(may_leave, lack, np.maximum(sizes, 1))


def _told_alike(groups: _Groups, one: int) -> Floats:
    """Return what the cells tell in which each row is as one; infinitely little where a fixed one is not."""
    found = np.zeros(groups.codes.shape[1])
    for start in range(0, len(groups.codes), 8):  # which of eight keys are alike is looked up
        codes, keys = groups.codes[start : start + 8], slice(start, start + 8)
        alike = np.zeros(len(found), dtype=np.uint8)
        for key, column in enumerate(codes):
            alike |= (column == column[one]).view(np.uint8) << key
        is_alike = _EIGHT[:, : len(codes)]
        bits = is_alike @ groups.bits[keys, one]
        bits[np.any(groups.fixed[keys] & ~is_alike, axis=1)] = -np.inf
        found += np.take(bits, alike.astype(np.intp))
    return found


def _together(groups: _Groups, one: int, found: _Joined) -> None:
    """Put a group together with people of another; what differs between them is emptied."""
    other = found.row
    groups.people[one] += groups.people[other][: found.people]
    groups.people[other] = groups.people[other][found.people :]
    part = groups.amounts[other] * (found.people / groups.amounts[other, 0])
    groups.amounts[one] += part
    groups.amounts[other] -= part
    if groups.amounts[other, 0] <= 0:
        groups.short[other], groups.told[other] = False, np.inf
    differs = groups.codes[:, one] != groups.codes[:, other]
    groups.codes[differs, one] = 0
    groups.bits[differs, one] = 0
    groups.told[one] = groups.bits[:, one].sum()
    groups.short[one] = not groups.enough(groups.amounts[one : one + 1])[0]
