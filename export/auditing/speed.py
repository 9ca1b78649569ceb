"""Interviews and answers that were too fast to have been asked.

A laptop writes, for each answer, the seconds since the one before, rounded to the nearest five and at
most 600. So an answer that is written with r seconds, given k times in all, took at most r + 2.5 k:
it was faster than its `minimum_seconds` *for certain* only where that is less. Whatever is said here of
`minimum_seconds` is certain in this sense; below three seconds nothing can be known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from export.auditing.said import Asked, asked, name_of
from export.auditing.shares import Tally
from interviewer.holding import GRAIN
from interviewer.record import Record
from surveys.instrument import Instrument

PART = 3  # an interview is fast under the PART-th part of the median of those like it
ALIKE = 0.1  # how far the number of items of interviews like it may be from its own
LEAST = 10  # interviews a median is taken of


@dataclass(frozen=True, slots=True)
class Fast:
    """An interview that was too fast, with the limits it is under, in seconds; None where not under.

    `seconds` is its time; `third` a third of the median of `like` interviews with about as many items;
    `minimum` the sum of the `minimum_seconds` of the items that were asked.
    """

    record: str
    interviewer: str
    items: int
    seconds: int
    third: float | None
    like: int
    minimum: int | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an interviewer's complete interviews were: of `interviews`, `fast`; the median minutes.

    Of `timed` answers to items with a `minimum_seconds`, `hasty` were given faster, for certain.
    """

    interviewer: str
    interviews: int
    fast: int
    minutes: float
    timed: int
    hasty: int


@dataclass(frozen=True, slots=True)
class Speed:
    """The interviews too fast, by id; each interviewer's pace; how many interviews could be judged.

    `judged` had ten others or more with about as many items; `timed` have the time of each answer,
    which a record leaves out where answers leave no room for it.
    """

    fast: tuple[Fast, ...]
    paces: tuple[Pace, ...]
    judged: int
    timed: int

    def tallies(self) -> list[Tally]:
        """Return how many complete interviews of each were too fast."""
        return [Tally("fast", one.interviewer, one.fast, one.interviews) for one in self.paces]


@dataclass(frozen=True, slots=True)
class _Timed:
    """One interview: how many items were asked, its seconds, at most so many, and its minima."""

    record: Record
    items: int
    seconds: int
    most: float
    minimum: int
    timed: int
    hasty: int


def speed(interviews: Sequence[Record], instrument: Instrument) -> Speed:
    """Return what is too fast among the complete interviews of a questionnaire."""
    wanted = asked(instrument)
    minima = {one.name: one.minimum_seconds for one in instrument.questions()}
    complete = sorted(
        (one for one in interviews if one.status == "complete"), key=lambda one: one.id
    )
    found = [_timed(one, wanted, minima) for one in complete]
    medians = _medians(found)
    fast = tuple(one for one in (_fast(each, medians) for each in found) if one is not None)
    return Speed(
        fast,
        tuple(_paces(found, {one.record for one in fast})),
        sum(medians[one.items][0] is not None for one in found),
        sum(bool(one.record.paradata) for one in found),
    )


def _timed(one: Record, wanted: Asked, minima: Mapping[str, int]) -> _Timed:
    times = [(name_of(key), *_times(text)) for key, text in one.paradata.items()]
    seconds = sum(r for _name, r, _k in times) if times else 60 * one.minutes
    least = [(r + GRAIN / 2 * k, minima.get(name, 0)) for name, r, k in times]
    return _Timed(
        record=one,
        items=len(wanted.said(one)),
        seconds=seconds,
        most=sum(most for most, _minimum in least) if times else seconds + 60 * GRAIN / 2,
        minimum=sum(minimum for _most, minimum in least),
        timed=sum(minimum > 0 for _most, minimum in least),
        hasty=sum(most < minimum for most, minimum in least),
    )


def _times(text: str) -> tuple[int, int]:
    """Return the seconds an item took, and how often it was answered."""
    seconds, _comma, changes = text.partition(",")
    return int(seconds), 1 + int(changes or 0)


def _medians(found: Sequence[_Timed]) -> dict[int, tuple[float | None, int]]:
    """Return, by number of items, the median seconds of interviews with about as many, and their number.

    None where there are fewer than LEAST.
    """
    seconds: dict[int, list[int]] = defaultdict(list)
    for one in found:
        seconds[one.items].append(one.seconds)
    medians: dict[int, tuple[float | None, int]] = {}
    for items in seconds:
        near = [n for n in seconds if abs(n - items) <= ALIKE * items]
        like = [one for n in near for one in seconds[n]]
        medians[items] = (median(like) if len(like) >= LEAST else None, len(like))
    return medians


def _fast(one: _Timed, medians: Mapping[int, tuple[float | None, int]]) -> Fast | None:
    middle, like = medians[one.items]
    is_under = middle is not None and PART * one.seconds < middle
    is_short = one.most < one.minimum
    if not is_under and not is_short:
        return None
    return Fast(
        one.record.id,
        one.record.interviewer,
        one.items,
        one.seconds,
        middle / PART if middle is not None and is_under else None,
        like,
        one.minimum if is_short else None,
    )


def _paces(found: Sequence[_Timed], fast: set[str]) -> Iterator[Pace]:
    by_interviewer: dict[str, list[_Timed]] = defaultdict(list)
    for one in found:
        by_interviewer[one.record.interviewer].append(one)
    for who, theirs in sorted(by_interviewer.items()):
        yield Pace(
            who,
            len(theirs),
            sum(one.record.id in fast for one in theirs),
            median(one.seconds for one in theirs) / 60,
            sum(one.timed for one in theirs),
            sum(one.hasty for one in theirs),
        )
