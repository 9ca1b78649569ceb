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


def shares(
    sizes: Sequence[int],
    total: int,
    room: Sequence[int] | None = None,
    least: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """Return `total` shared in proportion to `sizes` by largest remainder, each within its bounds.

    None is above its room (its size, unless given) or below its least (0, unless given). Ties of
    remainders go to the earlier place, so give the strata in order of code. Where shares leave their
    bounds, those on the side that leaves them by more in all (above, if equal) are set to the bound,
    and what is left is shared again among the others; so the bounds are met whenever they can be.
    Where all that is left to share among has size 0, the room stands for the size.

    Source: the method of Hamilton, as in Balinski and Young (1982), Fair Representation, ch. 2.
    """
    room = sizes if room is None else room
    least = [0] * len(sizes) if least is None else least
    if not sum(least) <= total <= sum(room):
        raise ValueError("nothing can be shared so within these bounds")
    given = [0] * len(sizes)
    left = [at for at, space in enumerate(room) if space > 0]
    while left:
        rest = total - sum(given)
        part = dict(zip(left, _part([sizes[at] for at in left], rest, room, left), strict=True))
        above = {at: room[at] for at in left if part[at] > room[at]}
        below = {at: least[at] for at in left if part[at] < least[at]}
        excess = sum(part[at] - bound for at, bound in above.items())
        shortage = sum(bound - part[at] for at, bound in below.items())
        fixed = (above if excess >= shortage else below) or part
        for at, n in fixed.items():
            given[at] = n
        left = [at for at in left if at not in fixed]
    return tuple(given)


def _part(
    sizes: Sequence[int], total: int, room: Sequence[int], places: Sequence[int]
) -> list[int]:
    """Return the shares of some places, by their sizes, or where these are all 0 by their room."""
    return _largest_remainder(sizes if any(sizes) else [room[at] for at in places], total)


def _largest_remainder(sizes: Sequence[int], total: int) -> list[int]:
    whole = sum(sizes)
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
