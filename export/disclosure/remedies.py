"""What would make everybody like enough others, and lose the least.

Values are joined, or a key left out, a step at a time: of all steps the one that brings most people
nearer to k for each bit of entropy it loses. After any number of steps, emptying cells does the rest.
Of these ways the one proposed loses the fewest bits in all. Those of a key left out count twice, for
nothing can be said with it any more; those of an emptied cell three times: the rare are emptied, so that what is left is biased, and to match an empty cell protects less
than to match a value. A heuristic: there may be a better one;
what is promised of it is what `suppression.py` promises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.disclosure import coarsening
from export.disclosure.classes import (
    MISSING,
    Codes,
    Floats,
    Mask,
    Places,
    distinct,
    gathered,
)
from export.disclosure.coarsening import Groups
from export.disclosure.diversity import given, kinds
from export.disclosure.keys import Key, matrix
from export.disclosure.matching import matched
from export.disclosure.stages import Stage, lack_of, next_stage
from export.disclosure.suppression import suppressed

_EMPTY = 3.0  # how many times the bits of an emptied cell count
_WORSE = 4  # so many ways in a row that lose more, and the search ends


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What is enough: `k` people who match, who gave `diversity` different answers to what is sensitive."""

    k: int
    diversity: int
    answers: Mapping[str, NDArray[np.int64]]

    def amounts(self, which: Places, classes: int) -> Floats:
        """Return what is summed over those who match, by class: people, then those who gave each answer."""
        people = np.bincount(which, minlength=classes) * 1.0
        return np.column_stack([people, given(self._asked, which, classes)])

    def enough(self, sums: Floats) -> Mask:
        """Return where sums of the amounts are enough; no more is asked than all people together have."""
        found = sums[:, 0] >= self.k
        at = 1
        for answers in self._asked:
            width = kinds(answers)
            alike = np.sum(sums[:, at : at + width] > 0, axis=1)
            found &= alike >= min(self.diversity, len(np.unique(answers[answers != MISSING])))
            at += width
        return found

    @property
    def _asked(self) -> tuple[NDArray[np.int64], ...]:
        return tuple(self.answers.values()) if self.diversity > 1 else ()


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """What is done to keys: how each is grouped, None for one left out; then the codes, cells emptied.

    `order` are the keys grouped or left out, in the order of the first step. `bits` are lost in all,
    per person.
    """

    keys: tuple[Key, ...]
    groups: tuple[Groups | None, ...]
    order: tuple[int, ...]
    codes: Codes
    bits: float


def cheapest(keys: Sequence[Key], rows: int, demand: Demand) -> Way | None:
    """Return the way that loses the least, None where there are fewer people than must be alike."""
    search = _Search(tuple(keys), rows, demand)
    best: Way | None = None
    worse = 0
    for one in reversed(list(search.stages())):  # the last needs the fewest cells, and least time
        way = search.finished(one, np.inf if best is None else best.bits)
        if way is not None and (best is None or way.bits < best.bits):
            best, worse = way, 0
        elif best is not None:
            worse += 1
        if worse == _WORSE:
            break
    return best


def emptied_alone(keys: Sequence[Key], rows: int, demand: Demand) -> Way | None:
    """Return the way that only empties cells, None where that does not do."""
    search = _Search(tuple(keys), rows, demand)
    return search.finished(search.start, np.inf)


def below(truth: Codes, shown: Codes, demand: Demand) -> int:
    """Return how many people, of whom the truth is known, find too few rows that could be theirs."""
    found, which = distinct(shown)
    asked, whose = distinct(truth)
    sums = matched(asked, found, demand.amounts(which, len(found)))
    return int(np.sum(~demand.enough(sums)[whose]))


def told(codes: NDArray[np.int64], sizes: Floats) -> Floats:
    """Return what the value of each row tells, in bits: −log2 of its share of those whose value is known."""
    known = codes != MISSING
    counts = np.bincount(codes[known], sizes[known], minlength=1)
    with np.errstate(divide="ignore"):
        bits = -np.log2(counts / max(counts.sum(), 1))
    return np.where(known, bits[codes], 0.0)


class _Search:
    """The people as classes, and what each step does to them."""

    def __init__(self, keys: tuple[Key, ...], rows: int, demand: Demand) -> None:
        self.demand = demand
        self.keys = keys
        self.rows = rows
        self.classes, self.which = distinct(matrix(keys, rows))
        self.amounts = demand.amounts(self.which, len(self.classes))
        self.fixed = np.array([key.is_fixed for key in keys], dtype=np.bool_)
        self.start = Stage(tuple(coarsening.each_apart(key) for key in keys))

    def stages(self) -> Iterator[Stage]:
        """Yield the stage before any step, then after each, until enough are alike or nothing is left."""
        stage, codes, amounts = self.start, self.classes, self.amounts
        yield stage
        while not self._is_enough(amounts):
            found = next_stage(self.keys, stage, codes, amounts[:, 0], self.demand.k)
            if found is None:
                return
            stage, at, lookup = found
            column = lookup[codes[:, at]]
            codes, which = distinct(np.column_stack([codes[:, :at], column, codes[:, at + 1 :]]))
            amounts = gathered(amounts, which, len(codes))
            yield stage

    def finished(self, stage: Stage, most: float) -> Way | None:
        """Return the way of a stage, the cells emptied that still must be, for each person.

        None where that does not do, or loses more than `most` bits.
        """
        if stage.bits > most:
            return None
        found, which = distinct(self._codes(stage))
        amounts = gathered(self.amounts, which, len(found))
        short = ~self.demand.enough(matched(found, found, amounts))
        bits = np.column_stack([told(column, amounts[:, 0]) for column in found.T])
        people = which[self.which]
        enough = self.demand.enough
        limit = (most - stage.bits) * max(self.rows, 1) / _EMPTY
        emptied = suppressed(found, people, amounts, short, enough, bits, self.fixed, limit)
        if emptied is None:
            return None
        new = (emptied == MISSING) & (found[people] != MISSING)
        lost = stage.bits + _EMPTY * (float(bits[people][new].sum()) / max(self.rows, 1))
        return Way(self.keys, stage.groups, stage.order, emptied, lost)

    def _codes(self, stage: Stage) -> Codes:
        """Return the keys of the classes at a stage."""
        codes = np.full_like(self.classes, MISSING)
        for at, groups in enumerate(stage.groups):
            if groups is not None:
                codes[:, at] = groups.codes(self.classes[:, at])
        return codes

    def _is_enough(self, amounts: Floats) -> bool:
        """Whether nobody lacks anybody, and those alike gave different answers enough."""
        return lack_of(amounts[:, 0], self.demand.k) == 0 and bool(
            np.all(self.demand.enough(amounts))
        )
