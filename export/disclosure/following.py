"""Which rows match which, of many, where a missing key matches anything.

Rows are told apart one key after the other, on both sides; two beginnings that differ in a key known of
both are followed no further. Once few rows begin so, these are compared, all keys at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from export.disclosure.classes import MISSING, Codes, Places, numbered

_AT_ONCE = 250_000  # pairs followed or compared at a time: what bounds memory
_GIVEN = 1_000_000  # pairs given back at a time, or more
_COMPARED = 16  # so many pairs of rows are compared as soon as one pair of beginnings is followed
_BITS = 62  # of a number that keys are packed in

Pairs = tuple[Places, Places]


def following(asked: Codes, given: Codes, sizes: Sequence[int]) -> Iterator[Pairs]:
    """Yield the places of rows of `asked` and of rows of `given` that match, each pair once.

    Keys come in the order in which they are followed; `sizes` are how many values each can have,
    missing included.
    """
    ours, theirs = _Tree.of(asked, sizes), _Tree.of(given, sizes)
    root = np.zeros(min(len(asked), len(given), 1), dtype=np.intp)
    waiting: list[Pairs] = []
    for pairs in _below(ours, theirs, 0, (root, root)):
        waiting.append(pairs)
        if sum(len(one) for one, _other in waiting) > _GIVEN:
            yield _joined(waiting)
            waiting = []
    yield _joined(waiting)


@dataclass(frozen=True, slots=True)
class _Level:
    """What the different beginnings of rows before a key go on to, with its values.

    `first` is, for each beginning, the first of what it goes on to, and one more; in the order of `values`,
    missing first. `numbers` are of beginning and value, ascending.
    """

    values: Places
    first: Places
    numbers: Places
    size: int


@dataclass(frozen=True, slots=True)
class _Word:
    """Some keys of each row packed in a number: their values, and all bits of those that are known."""

    values: Places
    known: Places


@dataclass(frozen=True, slots=True)
class _Tree:
    """Rows by their beginnings, of no key, one key and so on.

    `order` are the places of the rows, sorted; `rows` is, for each beginning of a length, its first row in that
    order, and one more.
    """

    order: Places
    levels: tuple[_Level, ...]
    rows: tuple[Places, ...]
    words: tuple[_Word, ...]

    @classmethod
    def of(cls, codes: Codes, sizes: Sequence[int]) -> _Tree:
        order = np.argsort(numbered(codes), kind="stable")
        codes = codes[order]
        differs = np.arange(len(codes)) == 0
        above = np.zeros(len(codes), dtype=np.intp)
        rows = [np.array([0, len(codes)])]
        levels = []
        for column, size in zip(codes.T, sizes, strict=True):
            differs[1:] |= column[1:] != column[:-1]
            starts = np.flatnonzero(differs)
            parents, values = above[starts], column[starts]
            first = np.searchsorted(parents, np.arange(len(rows[-1])))
            levels.append(_Level(values, first, parents * size + values, size))
            rows.append(np.append(starts, len(codes)))
            above = np.cumsum(differs) - 1
        return cls(order, tuple(levels), tuple(rows), tuple(_words(codes, sizes)))


def _words(codes: Codes, sizes: Sequence[int]) -> Iterator[_Word]:
    values, known = np.zeros((2, len(codes)), dtype=np.int64)
    used = 0
    for column, size in zip(codes.T, sizes, strict=True):
        bits = max(size - 2, 1).bit_length()
        if used + bits > _BITS:
            yield _Word(values, known)
            values, known = np.zeros((2, len(codes)), dtype=np.int64)
            used = 0
        is_known = column != MISSING
        values += np.where(is_known, column, 0) << used
        known += np.where(is_known, (1 << bits) - 1, 0) << used
        used += bits
    yield _Word(values, known)


# --- beginnings -------------------------------------------------------------------------------


def _below(ours: _Tree, theirs: _Tree, at: int, pairs: Pairs) -> Iterator[Pairs]:
    """Yield the pairs of rows that match, of pairs of beginnings of so many keys that do."""
    one, other = pairs
    counts = np.diff(ours.rows[at])[one] * np.diff(theirs.rows[at])[other]
    if at == len(ours.levels) or counts.sum() <= _COMPARED * len(counts):
        for some in _split(counts, pairs):
            yield _compared(ours, theirs, at, some)
        return
    here, there = ours.levels[at], theirs.levels[at]
    more = np.diff(here.first)[one] + np.diff(there.first)[other]
    for some in _split(more, pairs):
        yield from _below(ours, theirs, at + 1, _joined(list(_next(here, there, some))))


def _split(counts: Places, pairs: Pairs) -> Iterator[Pairs]:
    """Yield pairs so few at a time that what is counted of them has room."""
    part = np.cumsum(counts) // _AT_ONCE
    bounds = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(counts)]
    for start, end in pairwise(bounds):
        yield pairs[0][start:end], pairs[1][start:end]


def _next(here: _Level, there: _Level, pairs: Pairs) -> Iterator[Pairs]:
    """Yield what pairs go on to: the same value, missing with all, the known with missing."""
    one, other = pairs
    start, end = here.first[one], here.first[one + 1]
    begin, stop = there.first[other], there.first[other + 1]
    is_open, is_free = here.values[start] == MISSING, there.values[begin] == MISSING
    known = start + is_open
    place, mine = _ranges(known, end)
    wanted = other[place] * there.size + here.values[mine]
    yours = np.searchsorted(there.numbers, wanted)
    yours[yours == len(there.numbers)] = 0
    is_there = there.numbers[yours] == wanted
    yield mine[is_there], yours[is_there]
    place, yours = _ranges(begin[is_open], stop[is_open])
    yield start[is_open][place], yours
    place, mine = _ranges(known[is_free], end[is_free])
    yield mine, begin[is_free][place]


def _ranges(start: Places, end: Places) -> Pairs:
    """Return the numbers from each start to before each end, after the place of the start of each."""
    counts = end - start
    place = np.repeat(np.arange(len(counts)), counts)
    return place, np.arange(len(place)) + (start - np.cumsum(counts) + counts)[place]


def _joined(pairs: Sequence[Pairs]) -> Pairs:
    one, other = zip((np.zeros(0, dtype=np.intp),) * 2, *pairs, strict=True)
    return np.concatenate(one), np.concatenate(other)


# --- rows -------------------------------------------------------------------------------------


def _compared(ours: _Tree, theirs: _Tree, at: int, pairs: Pairs) -> Pairs:
    """Return the places of the rows that match, of pairs of beginnings of so many keys."""
    one, other = pairs
    place, mine = _ranges(ours.rows[at][one], ours.rows[at][one + 1])
    start, end = theirs.rows[at][other], theirs.rows[at][other + 1]
    place, yours = _ranges(start[place], end[place])
    mine = mine[place]
    for word, other_word in zip(ours.words, theirs.words, strict=True):
        differs = word.values[mine] ^ other_word.values[yours]
        alike = differs & word.known[mine] & other_word.known[yours] == 0
        mine, yours = mine[alike], yours[alike]
    return ours.order[mine], theirs.order[yours]
