"""Equivalence classes: who cannot be told apart by what others may know of them.

What may be known are keys: a row of whole numbers for each person, one for each key, `MISSING` where
there is no value. A missing key matches anything, on either side, so classes overlap: what is counted
is, for each person, those who match (`matching.py`).

Source: Hundepool et al. (2012), Statistical Disclosure Control, § 3.3; missing keys as in sdcMicro
(Templ, Kowarik and Meindl 2015, Journal of Statistical Software 67(4)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]  # people × keys
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

MISSING = -1
_FEW = 4  # sums taken one after the other; more of them are taken together
_ROOM = 2**62  # numbers of combinations below it fit 64 bits


def gathered(amounts: Floats, which: Places, classes: int) -> Floats:
    """Return the sums of the amounts of people by the class each is in."""
    sums = np.zeros((classes, amounts.shape[1]))
    if amounts.shape[1] > _FEW and len(which):
        order = np.argsort(which, kind="stable")
        starts = np.flatnonzero(np.diff(which[order], prepend=-1))
        sums[which[order][starts]] = np.add.reduceat(amounts[order], starts)
        return sums
    for at, amount in enumerate(amounts.T):
        sums[:, at] = np.bincount(which, amount, classes)
    return sums


def distinct(codes: Codes) -> tuple[Codes, Places]:
    """Return the different rows, and which of them each row is."""
    if not len(codes):
        return codes, np.zeros(0, dtype=np.intp)
    numbers = numbered(codes)
    _different, first, which = np.unique(numbers, return_index=True, return_inverse=True)
    return codes[first], which.astype(np.intp)


def numbered(codes: Codes) -> NDArray[np.int64]:
    """Return a number for each row, the same for the same rows."""
    numbers = np.zeros(len(codes), dtype=np.int64)
    so_far = 1
    for column in np.ascontiguousarray(codes.T):  # each is gone through several times
        size = int(column.max(initial=MISSING)) + 2
        if so_far * size >= _ROOM:
            different, numbers = np.unique(numbers, return_inverse=True)
            numbers, so_far = numbers.astype(np.int64), len(different)
        numbers = numbers * size + (column - MISSING)
        so_far *= size
    return numbers
