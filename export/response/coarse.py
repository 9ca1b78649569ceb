"""Groups coarse enough to be shown around: none of fewer respondents than the study's threshold.

Small groups are put together with their neighbours, never left out: so nothing is missing that could be
had by subtraction from the whole. Strata that are alike have numbers side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from export.response.progress import Group
from export.response.visits import Visits


@dataclass(frozen=True, slots=True)
class Coarse:
    """A group that may be shown, and the neighbours it is made of."""

    whole: Group
    parts: tuple[Group, ...]


def coarse(groups: Sequence[Group], least: int) -> tuple[Coarse, ...]:
    """Return groups of at least `least` respondents each; () where all of them together have fewer.

    The cases without a record, which nobody has met, stand last as they are.
    """
    known = [one for one in groups if one.name]
    if _respondents(known) < least:
        return ()
    unknown = [(one,) for one in groups if not one.name]
    return tuple(Coarse(_sum(part), part) for part in (*_neighbours(known, least), *unknown))


def _neighbours(groups: Sequence[Group], least: int) -> list[tuple[Group, ...]]:
    found: list[tuple[Group, ...]] = []
    gathered: tuple[Group, ...] = ()
    for one in groups:
        gathered += (one,)
        if _respondents(gathered) >= least:
            found.append(gathered)
            gathered = ()
    if gathered:
        found[-1] += gathered
    return found


def _respondents(groups: Iterable[Group]) -> int:
    return sum(one.respondents for one in groups)


def _sum(groups: Sequence[Group]) -> Group:
    first = groups[0]
    return Group(
        first.name,
        {one: sum(group.counts[one] for group in groups) for one in first.counts},
        {one: sum(group.weighted[one] for group in groups) for one in first.weighted},
    )


def folded(numbers: Sequence[Visits], least: int) -> tuple[Visits, ...]:
    """Return visits by number, the last ones together so that each line has at least `least` visits.

    () where all of them together are fewer. The last line bears the number from which it counts.
    """
    lines = list(numbers)
    while len(lines) > 1 and min(one.visits for one in lines) < least:
        last = lines.pop()
        lines[-1] = _together(lines[-1], last)
    return tuple(lines) if lines and lines[0].visits >= least else ()


def _together(one: Visits, other: Visits) -> Visits:
    return Visits(
        one.name,
        one.interview + other.interview,
        one.postponed + other.postponed,
        one.refused + other.refused,
        one.unable + other.unable,
        one.other + other.other,
        one.nobody + other.nobody,
    )
