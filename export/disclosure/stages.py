"""Values joined and keys left out, a step at a time: of all steps the one that brings most for what it loses.

What a step brings is that people lack fewer others to be alike; what it loses is entropy. Those of a key
left out count twice, for nothing can be said with it any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.disclosure import coarsening
from export.disclosure.classes import MISSING, Codes, Floats, Mask, numbered
from export.disclosure.coarsening import Groups
from export.disclosure.keys import Key

_LEFT_OUT = 2.0  # how many times the bits count
_NOTHING = 1e-9  # bits, of a step that loses none

Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stage:
    """What is done to keys: how each is grouped, None for one left out.

    `order` are the keys grouped or left out, in the order of the first step; `bits` are lost, per person.
    """

    groups: tuple[Groups | None, ...]
    order: tuple[int, ...] = ()
    bits: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """A key grouped anew: what that loses, how many people everybody lacks then."""

    at: int
    groups: Groups | None
    bits: float
    lack: float


def next_stage(
    keys: Sequence[Key], stage: Stage, codes: Codes, sizes: Floats, k: int
) -> tuple[Stage, int, Column] | None:
    """Return the stage after the best step, the key it is of, and what each of its codes becomes.

    `codes` are different rows, the keys grouped as of `stage`, and `sizes` the people of each. None where no
    step is left. The last of what codes become is that of MISSING.
    """
    now = lack_of(sizes, k)
    best: tuple[float, float, Step] | None = None
    for one in _steps(keys, stage, codes, sizes, k):
        worth = (now - one.lack) / max(one.bits, _NOTHING)
        if best is None or (worth, -one.bits) > best[:2]:
            best = (worth, -one.bits, one)
    if best is None:
        return None
    step, at = best[2], best[2].at
    order = stage.order if at in stage.order else (*stage.order, at)
    groups = (*stage.groups[:at], step.groups, *stage.groups[at + 1 :])
    before = stage.groups[at]
    lookup = _becomes(before, step.groups) if before is not None else np.zeros(1, dtype=np.int64)
    return Stage(groups, order, stage.bits + step.bits), at, lookup


def lack_of(sizes: Floats, k: int) -> float:
    """Return how many people everybody lacks in all; missing counts as a value, which is fast."""
    return float(np.sum(sizes * np.maximum(k - sizes, 0)))


def entropy(counts: Floats) -> float:
    """Return the entropy in bits of values that so many people have."""
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return float(-np.sum(shares * np.log2(shares)))


def _steps(
    keys: Sequence[Key], stage: Stage, codes: Codes, sizes: Floats, k: int
) -> Iterator[Step]:
    """Yield each next step; a key is left out where its values would be one, or have no order."""
    for at, (key, groups) in enumerate(zip(keys, stage.groups, strict=True)):
        if groups is None:
            continue
        beside = _Beside.of(codes, sizes, at, len(groups.places))
        joins = coarsening.neighbours(key, groups)
        if joins and len(groups.places) > 2:
            lacks, every = beside.lacks(k), np.arange(len(groups.places))
            for one in joins:
                lost = beside.lost(every - (every > one))
                yield Step(at, coarsening.joined(groups, one), lost, float(lacks[one]))
            continue
        coarser = list(coarsening.coarser(key, groups))
        for new in coarser:
            if len(new.places) > 1 or new.unit:
                lookup = _becomes(groups, new)
                yield Step(at, new, beside.lost(lookup), beside.lack(lookup, k))
        if not any(len(new.places) > 1 for new in coarser):
            lookup = _becomes(groups, None)
            # What several questions tell goes with all of them.
            lost = beside.lost(lookup) * (_LEFT_OUT * len(key.items))
            yield Step(at, None, lost, beside.lack(lookup, k))


def _becomes(before: Groups, after: Groups | None) -> Column:
    """Return what each code of a key becomes where its values are grouped anew; of MISSING at last."""
    lookup = np.full(len(before.places) + 1, MISSING, dtype=np.int64)
    if after is not None:
        every = np.arange(sum(len(group) for group in before.places))
        lookup[before.codes(every)] = after.codes(every)
    return lookup


@dataclass(frozen=True, slots=True)
class _Beside:
    """A key beside all others: rows by the others, then by its code in `column`.

    `sizes` are the people of each row; `is_first` marks where the others begin to differ; `counts` are the
    people of each code.
    """

    column: Column
    sizes: Floats
    is_first: Mask
    counts: Floats

    @classmethod
    def of(cls, codes: Codes, sizes: Floats, at: int, values: int) -> _Beside:
        numbers = numbered(
            np.concatenate([codes[:, :at], codes[:, at + 1 :], codes[:, at : at + 1]], axis=1)
        )
        order = np.argsort(numbers)
        column = codes[order, at]
        others = numbers[order] - column
        is_first = np.diff(others, prepend=others[:1] - 1) != 0
        known = column != MISSING
        counts = np.bincount(column[known], sizes[order][known], values).astype(np.float64)
        return cls(column, sizes[order], is_first, counts)

    def lost(self, lookup: Column) -> float:
        """Return the bits lost where codes become others."""
        becomes = lookup[: len(self.counts)]
        kept = becomes != MISSING
        counts = np.bincount(becomes[kept], self.counts[kept]).astype(np.float64)
        return entropy(self.counts) - entropy(counts)

    def lack(self, lookup: Column, k: int) -> float:
        """Return how many people everybody lacks where codes become others, in the same order."""
        becomes = lookup[self.column]
        is_first = self.is_first | (np.diff(becomes, prepend=becomes[:1]) != 0)
        return lack_of(np.add.reduceat(self.sizes, np.flatnonzero(is_first)), k)

    def lacks(self, k: int) -> Floats:
        """Return the same where a code becomes one with the next, for each code."""
        lacks = self.sizes * np.maximum(k - self.sizes, 0)
        both = self.sizes[:-1] + self.sizes[1:]
        change = both * np.maximum(k - both, 0) - lacks[:-1] - lacks[1:]
        are_next = ~self.is_first[1:] & (np.diff(self.column) == 1) & (self.column[:-1] != MISSING)
        changes = np.bincount(self.column[:-1][are_next], change[are_next], len(self.counts))
        found: Floats = lacks.sum() + changes
        return found
