"""Which columns of a table must be told nothing of, for their counts would give away another's.

Questions are asked of those who gave some answer before, and the codebook says of whom: how many were
asked is then how many gave that answer, also where that number was withheld. What is told of a column
cuts the rows into blocks of known size: each part that is told, and all that is withheld together. A
column gives away another where

- a part withheld in one is made up of blocks of the other, or of blocks and a small rest;
- blocks of one lie within a block of the other and leave a small rest, or lie around it with one.

All three could as well happen by chance, when nobody outside knows it; they are kept apart all the
same. Three and more columns together are not searched.

Source: Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.3: linked tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Part:
    """A column cut into parts: their places among those of all columns, and which of them are withheld.

    The place is -1 of a part that no row is in. The first `values` parts are of the rows that have a
    value; `is_valid_told` is whether it is told how many these are.
    """

    places: tuple[int, ...]
    values: int
    out: NDArray[np.bool_]
    is_valid_told: bool


def given_away(
    parts: Sequence[Part], pairs: NDArray[np.float64], rows: int, small: int
) -> list[bool]:
    """Return for each column whether it must be told nothing of; of two, it is the later one.

    `pairs` is how many rows are in each two parts, by their places, of so many `rows` in all; `small` the
    least number of rows that are surely of enough people.
    """
    if not parts:
        return []
    clash = _clashes([_sets(one, len(pairs)) for one in parts], pairs, rows, small)
    away: list[bool] = []
    for at in range(len(parts)):
        away.append(any(clash[at, other] and not away[other] for other in range(at)))
    return away


@dataclass(frozen=True, slots=True)
class _Sets:
    """Sets of rows, each as the places of its parts: blocks of known size, then parts withheld."""

    members: NDArray[np.bool_]
    blocks: int


def _sets(part: Part, width: int) -> _Sets:
    found = [part_of for part_of in _blocks(part) if _places(part, part_of)]
    blocks = len(found)
    each = np.arange(len(part.places))
    found += [one for at in np.flatnonzero(part.out) if _places(part, one := each == at)]
    members = np.zeros((len(found), width), dtype=bool)
    for row, one in zip(members, found, strict=True):
        row[_places(part, one)] = True
    return _Sets(members, blocks)


def _places(part: Part, some: NDArray[np.bool_]) -> list[int]:
    return [at for at, is_in in zip(part.places, some, strict=True) if is_in and at >= 0]


def _blocks(part: Part) -> Iterator[NDArray[np.bool_]]:
    """Yield what is told, then what is withheld: of values and of reasons, where these are apart."""
    each = np.arange(len(part.places))
    yield from (each == at for at in np.flatnonzero(~part.out))
    is_value = each < part.values
    if part.is_valid_told:
        yield part.out & is_value
        yield part.out & ~is_value
    else:
        yield part.out


def _clashes(
    sets: Sequence[_Sets], pairs: NDArray[np.float64], rows: int, small: int
) -> NDArray[np.bool_]:
    """Return which pairs of columns clash (columns × columns, symmetric)."""
    members = np.concatenate([one.members for one in sets]).astype(np.float64)
    common = members @ pairs @ members.T
    sizes = np.diagonal(common)
    column = np.repeat(np.arange(len(sets)), [len(one.members) for one in sets])
    is_block = np.concatenate([np.arange(len(one.members)) < one.blocks for one in sets])
    within = common == sizes  # of a row's set, the whole of a column's lies in it
    meets = common > 0
    of = (column[is_block][:, None] == np.arange(len(sets))).astype(np.float64)
    block_sizes = np.where(is_block, sizes, 0)[is_block]
    inside = (within[:, is_block] * block_sizes) @ of
    around = (meets[:, is_block] * block_sizes) @ of
    size = sizes[:, None]
    has_rest = (inside > 0) & (size - inside < small)
    has_rest &= ~is_block[:, None] | (size > inside)
    is_near = (around - size < small) & (around < rows)
    # Of a part withheld its own column tells that it lies in all that is withheld with it.
    own = around[np.arange(len(column)), column][:, None]
    is_near &= np.where(is_block[:, None], around > size, (size >= small) & (around < own))
    found = np.zeros((len(sets), len(sets)), dtype=bool)
    np.logical_or.at(found, column, has_rest | is_near)
    np.fill_diagonal(found, False)
    return found | found.T
