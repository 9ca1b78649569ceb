"""Strata as a draw and its weights use them: shared out by size, merged where too little is left.

Exact integers only: a verifier in another language must reach the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MINIMUM = 2  # a variance within a stratum needs two units


@dataclass(frozen=True, slots=True)
class Group:
    """Strata of the frame treated as one: the code it keeps, N_h, and what was merged into it."""

    code: str
    population: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """One merging of two neighbours, by the numbers of the strata whose codes they bore."""

    kept: int
    absorbed: int


Counts = Callable[[Sequence[Group]], Sequence[int]]


def shares(sizes: Sequence[int], total: int, room: Sequence[int] | None = None) -> tuple[int, ...]:
    """Return `total` shared in proportion to `sizes` by largest remainder, none above its room.

    Ties of remainders go to the earlier place, so give the strata in order of code. A place whose
    share exceeds its room is filled, and what is left is shared again among the others.

    Source: the method of Hamilton, as in Balinski and Young (1982), Fair Representation, ch. 2.
    """
    room = sizes if room is None else room
    open_places = [at for at, space in enumerate(room) if space > 0]
    given = [0] * len(sizes)
    while True:
        left = total - sum(given[at] for at in range(len(sizes)) if at not in open_places)
        part = _largest_remainder([sizes[at] for at in open_places], left)
        full = [at for at, n in zip(open_places, part, strict=True) if n > room[at]]
        if not full:
            break
        for at in full:
            given[at] = room[at]
        open_places = [at for at in open_places if at not in full]
    for at, n in zip(open_places, part, strict=True):
        given[at] = n
    return tuple(given)


def _largest_remainder(sizes: Sequence[int], total: int) -> list[int]:
    whole = sum(sizes)
    if total == 0:
        return [0] * len(sizes)
    if whole == 0:
        raise ValueError("nothing to share among")
    part = [total * size // whole for size in sizes]
    rests = sorted(range(len(sizes)), key=lambda at: (-(total * sizes[at] % whole), at))
    for at in rests[: total - sum(part)]:
        part[at] += 1
    return part


def collapse(
    groups: Sequence[Group], counts: Counts, minimum: int = MINIMUM
) -> tuple[tuple[Group, ...], tuple[int, ...], tuple[Merge, ...]]:
    """Return the groups once none counts fewer than `minimum`, their counts, and the merges.

    `groups` come in order of similarity; `counts` says how many units each has, and is asked again
    after every merge. Of the groups that count too few, the smallest by population (ties by code)
    is merged with its smaller neighbour (ties by code); the merged group stands in the place, and
    bears the code, of the earlier of the two. One group that is left is never merged.
    """
    groups = tuple(groups)
    merges: list[Merge] = []
    while True:
        n = tuple(counts(groups))
        short = [at for at in range(len(groups)) if n[at] < minimum]
        if not short or len(groups) == 1:
            return groups, n, tuple(merges)
        groups, merge = _merged(groups, short)
        merges.append(merge)


def _merged(groups: tuple[Group, ...], short: Sequence[int]) -> tuple[tuple[Group, ...], Merge]:
    def smallest(places: Sequence[int]) -> int:
        return min(places, key=lambda at: (groups[at].population, groups[at].code))

    at = smallest(short)
    near = smallest([k for k in (at - 1, at + 1) if 0 <= k < len(groups)])
    left, right = groups[min(at, near)], groups[max(at, near)]
    both = Group(left.code, left.population + right.population, left.members + right.members)
    groups = (*groups[: min(at, near)], both, *groups[max(at, near) + 1 :])
    return groups, Merge(left.members[0], right.members[0])
