"""Interviews that are nearly copies of one another: the share of answers a pair has in common.

For each complete interview, the largest share of identical answers it has with any other (Kuriakose and
Robbins 2016, *Statistical Journal of the IAOS* 32, 283–291, who look closer from 85 %). Natural reasons
make interviews alike too: few questions, few choices, many interviews, people who live alike (Simmons,
Mercer, Schwarzer and Kennedy 2016, the same volume, 327–338).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from export.auditing.said import Asked, Said, asked
from interviewer.record import Record
from surveys.instrument import Instrument

ITEMS = 20  # asked in both: a pair with fewer in common says nothing
_BLOCK = 256  # interviews at once: some 30 MB for ten thousand

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two interviews, by id in order, and how many answers of the items asked in both are identical."""

    first: str
    second: str
    interviewers: tuple[str, str]
    identical: int
    of: int

    @property
    def share(self) -> float:
        """The share of identical answers."""
        return self.identical / self.of


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike interviews are: each with the one nearest to it.

    `interviews` of which a nearest one is known, over `items`; the `median` and the `largest` of their
    shares, None without any; `pairs` from the threshold on, nearest first; by interviewer, how many of
    their interviews are in one (`near`).
    """

    match: float
    interviews: int
    items: int
    median: float | None
    largest: float | None
    pairs: tuple[Pair, ...]
    near: Mapping[str, int]


def likeness(interviews: Sequence[Record], instrument: Instrument, match: Fraction) -> Likeness:
    """Return how alike the complete interviews of a questionnaire are.

    Compared are items asked in both of a pair, ITEMS at least, a refusal being an answer like another;
    not people's own words, nor what everybody answered alike. Two interviews of one case are compared
    elsewhere (`comparison.py`), and left out here.
    """
    complete = sorted(
        (one for one in interviews if one.status == "complete"), key=lambda one: one.id
    )
    codes = _codes(complete, instrument)
    nearest, same, both = _nearest(codes, _cases(complete))
    has_one = both > 0
    shares = same[has_one] / both[has_one]
    pairs: dict[tuple[int, int], Pair] = {}
    for at in np.flatnonzero(has_one):
        if Fraction(int(same[at]), int(both[at])) >= match:
            i, j = sorted((int(at), int(nearest[at])))
            first, second = complete[i], complete[j]
            who = first.interviewer, second.interviewer
            pairs[i, j] = Pair(first.id, second.id, who, int(same[at]), int(both[at]))
    inside = {at for pair in pairs for at in pair}
    return Likeness(
        match=float(match),
        interviews=int(has_one.sum()),
        items=codes.shape[1],
        median=float(np.median(shares)) if shares.size else None,
        largest=float(shares.max()) if shares.size else None,
        pairs=tuple(sorted(pairs.values(), key=lambda one: (-one.share, one.first, one.second))),
        near=dict(sorted(Counter(complete[at].interviewer for at in inside).items())),
    )


def _codes(complete: Sequence[Record], instrument: Instrument) -> NDArray[np.int32]:
    """Return a row an interview and a column an item: a number for each answer, 0 where not asked.

    An item inside a repeat is one column an instance. Columns in which nobody differs are left out.
    """
    every = asked(instrument).variables
    wanted = Asked({name: one for name, one in every.items() if not one.is_free_text})
    rows = [wanted.said(one) for one in complete]
    columns = []
    for key in sorted({key for row in rows for key in row}):
        known: dict[Said, int] = {}
        column = [known.setdefault(row[key], len(known) + 1) if key in row else 0 for row in rows]
        if len(known) > 1:
            columns.append(column)
    return np.array(columns, dtype=np.int32).reshape(len(columns), len(complete)).T


def _cases(complete: Sequence[Record]) -> NDArray[np.int64]:
    """Return a number for each case; an interview about no case is its own."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(one.case or one.id, len(known)) for one in complete])


def _nearest(
    codes: NDArray[np.int32], cases: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each row, the row nearest to it, with how many answers are the same, of how many.

    0 of 0 where no other has ITEMS in common. Two products of matrices count both: of ones where an
    item was asked, and of ones where it was answered so (float32 counts exactly up to 16 million).
    """
    answers = np.hstack(list(_indicators(codes)) or [np.zeros((len(codes), 0), np.float32)])
    was_asked = (codes > 0).astype(np.float32)
    nearest = np.zeros(len(codes), np.int64)
    same, both = np.zeros_like(nearest), np.zeros_like(nearest)
    for start in range(0, len(codes), _BLOCK):
        rows = slice(start, start + _BLOCK)
        in_both = was_asked[rows] @ was_asked.T
        identical = answers[rows] @ answers.T
        is_other = (cases[rows, None] != cases[None, :]) & (in_both >= ITEMS)
        shares = np.where(is_other, identical / np.maximum(in_both, 1), -1)
        best = shares.argmax(axis=1)
        at = np.arange(len(best)), best
        nearest[rows] = best
        same[rows] = np.where(is_other[at], identical[at], 0)
        both[rows] = np.where(is_other[at], in_both[at], 0)
    return nearest, same, both


def _indicators(codes: NDArray[np.int32]) -> Iterator[Floats]:
    """Yield, for each item, a column of ones and zeros for each answer that more than one gave."""
    for column in codes.T:
        values, counts = np.unique(column[column > 0], return_counts=True)
        yield (column[:, None] == values[counts > 1][None, :]).astype(np.float32)
