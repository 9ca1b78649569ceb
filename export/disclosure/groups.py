"""Groups of people who look the same, and with which other each is put together at the least cost.

What it costs is what the cells tell that differ, and so are emptied, times the people who lose them. What
the cells of a row tell that do not differ is looked up for several keys at once, in blocks; what does not
change between two steps is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.disclosure.classes import MISSING, Codes, Floats, Mask, Places

# From the sums of amounts over those who are alike: whether that is enough.
Enough = Callable[[Floats], Mask]

_NEAR = 1e-6  # bits by which sums in another order may differ, and more
_COMBINATIONS = 16_384  # of the values of keys in a block: so many can be looked up fast


@dataclass(frozen=True, slots=True)
class Joined:
    """How many bits are lost where people of a group join another, which group, how many people."""

    bits: float
    row: int
    people: int


@dataclass(frozen=True, slots=True)
class _Block:
    """Some keys taken together: how many values each has, and the place of each row's among all combinations."""

    keys: tuple[int, ...]
    shape: tuple[int, ...]
    places: Places


@dataclass(slots=True)
class Groups:
    """People who look the same, by row: their keys, amounts, whether they are too few, and who they are.

    `codes` are keys × rows, and narrow: 0 is missing. `bits` say what each cell tells, `told` what all
    cells of a row tell, infinite for a row that nobody is left in. `joining` gives, by how many people a
    group lacks, how many of each row join it, at least 1, and that times `told`.
    """

    codes: NDArray[np.unsignedinteger[Any]]
    bits: Floats
    told: Floats
    amounts: Floats
    short: Mask
    people: list[list[int]]
    fixed: Mask
    enough: Enough
    blocks: tuple[_Block, ...]
    joining: dict[float, tuple[Floats, Floats]] = field(default_factory=dict)

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
    ) -> Groups:
        """Return the groups of people, by the row of each; the rest as of `suppressed`."""
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
            blocks=tuple(_blocks(places)),
        )

    def nearest(self, one: int) -> Joined:
        """Return what joins a group at the least cost, which is infinite where nothing can.

        Those that may cost the least, but for rounding, are found by the cells that do not differ; of
        them the first that does, by the cells that differ.
        """
        lack, size = self._lack(one), self.amounts[one, 0]
        if lack not in self.joining:
            every = np.arange(len(self.short))
            joins = self._joining(every, lack)
            self.joining[lack] = joins, joins * self.told
        people, whole = self.joining[lack]
        costs = people + size
        costs *= self._told_alike(one)
        np.subtract(whole, costs, out=costs)  # but for what all cells of the group tell
        costs[one] = np.inf
        least = costs.min()
        if least == np.inf:
            return Joined(np.inf, one, 0)
        rows = np.flatnonzero(costs <= least + _NEAR * (1 + abs(least)))
        differs = self.codes[:, rows] != self.codes[:, one, None]
        lost = self.bits[:, one, None] * size + self.bits[:, rows] * people[rows]
        exact = np.where(differs, lost, 0.0).sum(axis=0)
        at = int(np.argmin(exact))
        return Joined(float(exact[at]), int(rows[at]), int(people[rows[at]]))

    def put_together(self, one: int, found: Joined) -> None:
        """Put a group together with people of another; what differs between them is emptied."""
        other = found.row
        self.people[one] += self.people[other][: found.people]
        self.people[other] = self.people[other][found.people :]
        part = self.amounts[other] * (found.people / self.amounts[other, 0])
        self.amounts[one] += part
        self.amounts[other] -= part
        if self.amounts[other, 0] <= 0:
            self.short[other], self.told[other] = False, np.inf
        differs = self.codes[:, one] != self.codes[:, other]
        self.codes[differs, one] = 0
        self.bits[differs, one] = 0
        self.told[one] = self.bits[:, one].sum()
        self.short[one] = not self.enough(self.amounts[one : one + 1])[0]
        self._keep(one, other)

    def _keep(self, one: int, other: int) -> None:
        """Bring what is kept of two rows up to date."""
        for block in self.blocks:
            codes = [int(self.codes[key, one]) for key in block.keys]
            block.places[one] = np.ravel_multi_index(codes, block.shape)
        rows = np.array([one, other])
        for lack, (people, whole) in self.joining.items():
            people[rows] = self._joining(rows, lack)
            whole[rows] = people[rows] * self.told[rows]

    def _lack(self, one: int) -> float:
        """Return how many people a group lacks, infinitely many where not only their number counts."""
        if self.amounts.shape[1] > 1:
            return np.inf
        size, lack = self.amounts[one, 0], 1.0
        while not self.enough(np.array([[size + lack]]))[0]:
            lack += 1
        return lack

    def _joining(self, rows: Places, lack: float) -> Floats:
        """Return how many people of each row are to join a group that lacks so many.

        No more than it lacks, where so many may leave a group that is large enough without them; else all.
        """
        sizes = self.amounts[rows, 0]
        everyone: Floats = np.maximum(sizes, 1.0)
        if lack == np.inf:
            return everyone
        may_leave = ~self.short[rows] & (sizes > lack) & self.enough((sizes - lack)[:, None])
        return np.where(may_leave, lack, everyone)

    def _told_alike(self, one: int) -> Floats:
        """Return what the cells tell in which each row is as one; infinitely little where a fixed one is not."""
        found = np.zeros(len(self.short))
        for block in self.blocks:
            bits = np.zeros(block.shape)
            for at, (key, size) in enumerate(zip(block.keys, block.shape, strict=True)):
                of_key = np.full(size, -np.inf if self.fixed[key] else 0.0)
                of_key[self.codes[key, one]] = self.bits[key, one]
                bits += of_key.reshape([size if at == axis else 1 for axis in range(bits.ndim)])
            found += np.take(bits, block.places)
        return found


def _blocks(places: NDArray[np.int64]) -> Iterator[_Block]:
    """Yield the keys, as many together as have few combinations of values."""
    keys: list[int] = []
    shape: list[int] = []
    for key, column in enumerate(places):
        size = int(column.max(initial=0)) + 1
        if keys and np.prod(shape) * size > _COMBINATIONS:
            yield _block(places, keys, shape)
            keys, shape = [], []
        keys.append(key)
        shape.append(size)
    if keys:
        yield _block(places, keys, shape)


def _block(places: NDArray[np.int64], keys: list[int], shape: list[int]) -> _Block:
    found = np.ravel_multi_index(tuple(places[keys]), tuple(shape))
    return _Block(tuple(keys), tuple(shape), found.astype(np.intp))
