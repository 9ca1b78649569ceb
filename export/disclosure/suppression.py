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

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from itertools import chain

import numpy as np

from export.disclosure.classes import MISSING, Codes, Floats, Mask, Places
from export.disclosure.groups import Enough, Groups

_ROUNDED = 1 + 1e-9  # sums of the same bits in another order differ no more


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
    varying = np.any(codes != codes[:1], axis=0)  # others are the same for all, and stay so
    groups = Groups.of(
        codes[:, varying], which, amounts, short, enough, bits[:, varying], fixed[varying]
    )
    lost = 0.0
    for one in _waiting(groups):
        joined = groups.nearest(one)
        lost += joined.bits
        if not np.isfinite(lost) or lost > most * _ROUNDED:
            return None
        groups.put_together(one, joined)
    row_of = np.empty(len(which), dtype=np.intp)
    row_of[list(chain.from_iterable(groups.people))] = np.repeat(
        np.arange(len(codes)), [len(members) for members in groups.people]
    )
    found = codes[which]
    found[:, varying] = groups.codes.T[row_of].astype(np.int64) + MISSING
    return found


def _waiting(groups: Groups) -> Iterator[int]:
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
