"""Who did how much: interviews by how they ended, visits by day, hours by week.

A record keeps the week of its interview and never its day; visits noted without an interview keep
their day. So interviews are counted by week, and visits by day: more cannot be known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from export.auditing.said import held, is_erased
from export.auditing.shares import Tally
from interviewer.record import Attempt, Record
from surveys.instrument import Instrument

# More than one interviewer can do and still look for people, walk and rest: to be asked about.
HOURS = 25  # of asking questions, in a week
VISITS = 25  # without an interview, in a day


@dataclass(frozen=True, slots=True)
class Work:
    """What an interviewer did: interviews held with the questionnaire by how they ended, and the rest.

    Erased ones are not among those broken off. `outcomes` are cases closed without an interview under
    the same questionnaire, `visits` those noted without an interview, under any.
    """

    interviewer: str
    complete: int
    partial: int
    refused: int
    broke_off: int
    erased: int
    outcomes: int
    visits: int


@dataclass(frozen=True, slots=True)
class Week:
    """An interviewer's ISO week: interviews begun and minutes of asking, under all questionnaires.

    `visits` are those of each day, from Monday to Sunday.
    """

    interviewer: str
    week: str
    interviews: int
    minutes: int
    visits: tuple[int, ...]

    @property
    def is_heavy(self) -> bool:
        """Whether so many hours of asking are more than one person can hold."""
        return self.minutes > 60 * HOURS

    @property
    def heavy_days(self) -> tuple[int, ...]:
        """The days, from 1 for Monday, with more visits than one person can make."""
        return tuple(day for day, n in enumerate(self.visits, start=1) if n > VISITS)


@dataclass(frozen=True, slots=True)
class Workload:
    """What was done, by interviewer, and by interviewer and week, in order."""

    interviewers: tuple[Work, ...]
    weeks: tuple[Week, ...]

    def tallies(self) -> list[Tally]:
        """Return how many interviews of each were broken off or erased."""
        return [
            Tally("broke_off", one.interviewer, one.broke_off + one.erased, _interviews(one))
            for one in self.interviewers
        ]


def _interviews(one: Work) -> int:
    return one.complete + one.partial + one.refused + one.broke_off + one.erased


def workload(records: Sequence[Record], instrument: Instrument) -> Workload:
    """Return what interviewers did, as records of a study say it, corrected and without amendments."""
    visits = _visits(records)
    ended: dict[str, Counter[str]] = defaultdict(Counter)
    for one in held(records, instrument):
        ended[one.interviewer]["erased" if is_erased(one) else one.status] += 1
    outcomes = Counter(
        one.interviewer
        for one in records
        if (one.instrument, one.kind) == (instrument.id, "outcome")
    )
    who = sorted({one.interviewer for one in records} | visits.keys())
    return Workload(
        tuple(
            Work(
                name,
                complete=ended[name]["complete"],
                partial=ended[name]["partial"],
                refused=ended[name]["refused"],
                broke_off=ended[name]["broke_off"],
                erased=ended[name]["erased"],
                outcomes=outcomes[name],
                visits=sum(visits[name].values()),
            )
            for name in who
        ),
        tuple(_weeks(records, visits)),
    )


def _visits(records: Sequence[Record]) -> dict[str, Counter[str]]:
    """Return by interviewer how many visits were noted on each day.

    Each record of a case has all visits its laptop knew of, so a visit is counted once a laptop and
    case. It goes to whoever sealed the first record that has it: a record does not say who walked.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    known: dict[tuple[str, str], Counter[Attempt]] = defaultdict(Counter)
    for one in sorted(records, key=lambda one: (one.device, one.sequence, one.id)):
        before, now = known[one.device, one.case], Counter(one.attempts)
        for attempt, n in (now - before).items():
            found[one.interviewer][attempt.day] += n
        known[one.device, one.case] = before | now
    return found


def _weeks(records: Sequence[Record], visits: dict[str, Counter[str]]) -> Iterable[Week]:
    interviews: Counter[tuple[str, str]] = Counter()
    minutes: Counter[tuple[str, str]] = Counter()
    for one in records:
        if one.kind == "interview":
            interviews[one.interviewer, one.week] += 1
            minutes[one.interviewer, one.week] += one.minutes
    days: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 7)
    for who, noted in visits.items():
        for day, n in noted.items():
            found = date.fromisoformat(day).isocalendar()
            days[who, f"{found.year}-W{found.week:02}"][found.weekday - 1] += n
    for who, week in sorted(interviews.keys() | days.keys()):
        yield Week(who, week, interviews[who, week], minutes[who, week], tuple(days[who, week]))
