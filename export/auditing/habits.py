"""What an interviewer's interviews leave unanswered, change, and round: shares, never an answer.

Indicators of the literature (Bredl, Storfinger and Menold 2011; Schwanhäuser, Sakshaug and Kosyakova 2022,
*Public Opinion Quarterly* 86, 51–81). A share that differs from the others', either way, is a reason to ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from export.auditing.said import INTERVIEWED, Asked, asked, name_of
from export.auditing.shares import Measure, Tally, above_median
from interviewer.record import Record
from surveys.codebook import Variable
from surveys.instrument import Instrument

_ROUND = 5  # a multiple of it is a round number
_FROM = 10  # smaller numbers are round by themselves


@dataclass(frozen=True, slots=True)
class Habit:
    """Of an interviewer's complete and partial interviews: items asked, of these refused or not known.

    Of `timed` answers `changed` were given more than once; of `numbers` of 10 or more, kept as given,
    `round` are multiples of 5.
    """

    interviewer: str
    interviews: int
    items: int
    refused: int
    dont_know: int
    timed: int
    changed: int
    numbers: int
    round: int


@dataclass(frozen=True, slots=True)
class Habits:
    """The habits by interviewer, and how many of each one's interviews are above the median."""

    interviewers: tuple[Habit, ...]
    tallies: tuple[Tally, ...]


def habits(interviews: Sequence[Record], instrument: Instrument) -> Habits:
    """Return the habits seen in the complete and partial interviews of a questionnaire."""
    wanted = asked(instrument)
    numbers = {name for name, one in wanted.variables.items() if _is_number(one)}
    by_interviewer: dict[str, list[Habit]] = defaultdict(list)
    for one in interviews:
        if one.status in INTERVIEWED:
            by_interviewer[one.interviewer].append(_of_one(one, wanted, numbers))
    return Habits(
        tuple(_together(who, theirs) for who, theirs in sorted(by_interviewer.items())),
        tuple(
            tally
            for measure, count, of in _SHARES
            for tally in above_median(measure, _shares(by_interviewer, count, of))
        ),
    )


_SHARES: tuple[tuple[Measure, Callable[[Habit], int], Callable[[Habit], int]], ...] = (
    ("unanswered", lambda one: one.refused + one.dont_know, lambda one: one.items),
    ("changed", lambda one: one.changed, lambda one: one.timed),
    ("round", lambda one: one.round, lambda one: one.numbers),
)


def _shares(
    by_interviewer: Mapping[str, Sequence[Habit]],
    count: Callable[[Habit], int],
    of: Callable[[Habit], int],
) -> dict[str, list[float]]:
    """Return, by interviewer, the share of each interview in which there is anything to count."""
    return {
        who: [count(one) / of(one) for one in theirs if of(one)]
        for who, theirs in by_interviewer.items()
    }


def _is_number(variable: Variable) -> bool:
    return variable.question.kind == "integer" and variable.question.keep.rule == "as_given"


def _of_one(one: Record, wanted: Asked, numbers: set[str]) -> Habit:
    said = wanted.said(one)
    statuses = [found.status for found in said.values()]
    given = (found.answer for key, found in said.items() if name_of(key) in numbers)
    large = [number for number in map(int, filter(None, given)) if number >= _FROM]
    return Habit(
        one.interviewer,
        1,
        len(said),
        statuses.count("refused"),
        statuses.count("dont_know"),
        len(one.paradata),
        sum("," in text for text in one.paradata.values()),
        len(large),
        sum(number % _ROUND == 0 for number in large),
    )


def _together(who: str, theirs: Sequence[Habit]) -> Habit:
    return Habit(
        who,
        len(theirs),
        sum(one.items for one in theirs),
        sum(one.refused for one in theirs),
        sum(one.dont_know for one in theirs),
        sum(one.timed for one in theirs),
        sum(one.changed for one in theirs),
        sum(one.numbers for one in theirs),
        sum(one.round for one in theirs),
    )
