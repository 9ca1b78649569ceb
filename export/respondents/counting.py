"""Which record of a case counts: one each, of the sample alone where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from export.drawing.sample import DrawnCase
from export.study import StudyInstrument
from interviewer.record import Record
from surveys.language import _

ANSWERED = {"complete": 0, "partial": 1}  # statuses of interviews that count, the better first

Reason = Literal["not_drawn", "reserve", "another"]


@dataclass(frozen=True, slots=True)
class Unused:
    """A record that does not count, and why: not drawn, not released, another of its case counts."""

    id: str
    reason: Reason


def counted(
    found: StudyInstrument, records: Sequence[Record], sample: Mapping[str, DrawnCase] | None
) -> tuple[dict[str, Record], tuple[Unused, ...]]:
    """Return the record of a questionnaire that counts of each case, and the records that do not count.

    Where there is no case, by the record's id. A sample counts for questionnaires about a person alone.
    """
    about = [one for one in records if one.instrument == found.instrument.id]
    outside: list[Unused] = []
    if found.unit == "person" and sample is not None:
        about, outside = _of_the_sample(about, sample)
    best, others = _one_each(about)
    return best, (*outside, *(Unused(one.id, "another") for one in others))


def _of_the_sample(
    about: Sequence[Record], sample: Mapping[str, DrawnCase]
) -> tuple[list[Record], list[Unused]]:
    """Return the records of cases released, and the others: whoever was not drawn stands for nobody."""
    inside: list[Record] = []
    outside: list[Unused] = []
    for one in about:
        drawn = sample.get(one.case)
        if drawn is not None and drawn.is_released:
            inside.append(one)
        else:
            outside.append(Unused(one.id, "not_drawn" if drawn is None else "reserve"))
    return inside, outside


def _one_each(about: Sequence[Record]) -> tuple[dict[str, Record], list[Record]]:
    """Return the record that counts of each case (or site, by its id), and interviews that give way.

    An interview counts before an outcome, a complete one before a partial one, then the first made:
    by week, for laptops count each for itself, then by the laptop's number.
    Of outcomes alone the last counts, and none is reported: a case has one for each visit.
    """
    best: dict[str, Record] = {}
    for one in sorted(about, key=_precedence):
        best.setdefault(one.case or one.id, one)
    counted = {one.id for one in best.values()}
    return best, [one for one in about if one.kind == "interview" and one.id not in counted]


def _precedence(one: Record) -> tuple[object, ...]:
    year, week = (int(number) for number in one.week.split("-W"))
    if one.kind == "interview":
        return 0, ANSWERED.get(one.status, 2), year, week, one.sequence, one.id
    return 1, -year, -week, -one.sequence, one.id


def why(reason: Reason) -> str:
    """Return in words why a record does not count."""
    told: dict[Reason, str] = {
        "not_drawn": _("its case is not in the sample"),
        "reserve": _("its case is in the reserve and was not released"),
        "another": _("another interview of the same case counts"),
    }
    return told[reason]
