"""How many rows match each person's, and what these have in common: sums over those who match.

Where keys have so few values that every combination can be counted, sums are taken over all
combinations, key by key; else those who match are found (`following.py`). No one is compared with everybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from export.disclosure.classes import MISSING, Codes, Floats, distinct, gathered
from export.disclosure.following import following

_COMBINATIONS = 2_000_000  # counted at a time
_FEW = 4  # sums taken one after the other; more of them are taken together
_PAIR, _STEP = (
    30,
    3,
)  # how long a pair, and a combination at a key, take; a sum of one of them takes 1


def frequencies(truth: Codes, shown: Codes, weights: Floats) -> tuple[Floats, Floats]:
    """Return f_k and F_k of each person: how many rows could be theirs, and the sum of their weights.

    `truth` are the keys as others know them, `shown` the same as they leave, with cells emptied; `weights` are
    of the people in both.
    """
    found, which = distinct(shown)
    amounts = gathered(np.column_stack([np.ones(len(shown)), weights]), which, len(found))
    asked, whose = distinct(truth)
    sums = matched(asked, found, amounts)[whose]
    return sums[:, 0], sums[:, 1]


def matched(asked: Codes, given: Codes, amounts: Floats) -> Floats:
    """Return for each row of `asked` the sums of the amounts of the rows of `given` that match it.

    `amounts` has a row for each row of `given` and a column for each thing summed.
    """
    if not (len(asked) and len(given)):
        return np.zeros((len(asked), amounts.shape[1]))
    columns = list(zip(asked.T, given.T, strict=True))
    sizes = [int(max(ours.max(), theirs.max())) + 2 for ours, theirs in columns]
    shares = [
        _alike(ours, theirs, size) for (ours, theirs), size in zip(columns, sizes, strict=True)
    ]
    pairs = float(np.prod(shares)) * len(asked) * len(given)
    cells, width = float(np.prod(sizes, dtype=np.float64)), amounts.shape[1]
    if cells <= _COMBINATIONS and _STEP * cells * len(sizes) * width < (_PAIR + width) * pairs:
        return by_combinations(asked, given, amounts, sizes)
    order = np.argsort(shares, kind="stable")  # those that tell most people apart first
    return by_following(asked[:, order], given[:, order], amounts, [sizes[at] for at in order])


def _alike(asked: NDArray[np.int64], given: NDArray[np.int64], size: int) -> float:
    """Return the share of pairs of two rows that may have the same value of a key."""
    ours, theirs = (np.bincount(one - MISSING, minlength=size) / len(one) for one in (asked, given))
    return float(ours[0] + theirs[0] - ours[0] * theirs[0] + ours[1:] @ theirs[1:])


def by_combinations(asked: Codes, given: Codes, amounts: Floats, sizes: Sequence[int]) -> Floats:
    """Return what `matched` returns, by the sums of all combinations of values.

    `sizes` are how many values each key can have, missing included.
    """
    cells = int(np.prod(sizes, dtype=np.int64))
    ours, theirs = (_combination(codes, sizes) for codes in (asked, given))
    found = np.empty((len(asked), amounts.shape[1]))
    for at, amount in enumerate(amounts.T):
        sums: Floats = np.bincount(theirs, amount, cells).astype(np.float64)
        inside = cells
        for size in sizes:
            inside //= size
            sums = _over(sums.reshape(-1, size, inside))
        found[:, at] = sums.ravel()[ours]
    return found


def _combination(codes: Codes, sizes: Sequence[int]) -> NDArray[np.int64]:
    numbers = np.zeros(len(codes), dtype=np.int64)
    for column, size in zip(codes.T, sizes, strict=True):
        numbers = numbers * size + (column - MISSING)
    return numbers


def _over(sums: Floats) -> Floats:
    """Return the sums of what matches each value of a key: of it and of missing, of all for missing.

    Missing is the first of the values.
    """
    found = sums + sums[:, :1]
    found[:, 0] = sums.sum(axis=1)
    return found


def by_following(asked: Codes, given: Codes, amounts: Floats, sizes: Sequence[int]) -> Floats:
    """Return what `matched` returns, by finding those who match."""
    sums = np.zeros((len(asked), amounts.shape[1]))
    for one, other in following(asked, given, sizes):
        if amounts.shape[1] <= _FEW:
            for at, amount in enumerate(amounts.T):
                sums[:, at] += np.bincount(one, amount[other], len(sums))
        else:
            cells = (np.ones(len(one)), (one, other))
            sums += np.asarray(csr_array(cells, shape=(len(asked), len(given))) @ amounts)
    return sums
