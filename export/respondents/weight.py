"""From records to respondents with weights: the sample joined on the case.

A respondent is a person drawn whose interview is complete or partial. Within a stratum those who
answered stand for all: the weight is N_h/r_h, strata with fewer than two respondents merged
(`nonresponse.py`). Nothing was drawn for questionnaires about anything but a person drawn: of
professionals, of sites, of those who gave no interview each record counts as one, and as the outcome
of no case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from export.drawing.sample import DrawnCase
from export.respondents.nonresponse import response_weights
from export.study import StudyInstrument
from interviewer.record import Record
from surveys.language import _

NOT_WORKED = "3.11"  # AAPOR: nothing is known of the case
_RANK = {"complete": 0, "partial": 1}  # everything else comes after

Reason = Literal["not_drawn", "reserve", "another"]


@dataclass(frozen=True, slots=True, repr=False)
class Respondent:
    """A record that counts, and for how many. `population` is N_h, None where nothing was drawn."""

    record: Record
    weight: float
    stratum: int
    population: int | None


@dataclass(frozen=True, slots=True)
class Unused:
    """A record that does not count, and why: not drawn, not released, another of its case counts."""

    id: str
    reason: Reason


@dataclass(frozen=True, slots=True, repr=False)
class Respondents:
    """The respondents of one questionnaire, in order of record id, and what became of everybody else.

    `drawn` is the number of cases released, None without a sample. `outcomes` counts them by AAPOR
    code; without a sample, the cases that have a record; {} where the unit is no person.
    """

    people: tuple[Respondent, ...]
    unused: tuple[Unused, ...]
    drawn: int | None
    outcomes: Mapping[str, int]


def respondents(
    found: StudyInstrument, records: Sequence[Record], sample: Mapping[str, DrawnCase] | None
) -> Respondents:
    """Return the respondents of a questionnaire among the records of a study.

    Without a sample each weighs 1 and the population is unknown. Raises Refusal where fewer than two
    people of a sample have answered.
    """
    best, unused = counted(found, records, sample)
    answered = sorted((one for one in best.values() if one.status in _RANK), key=lambda one: one.id)
    if found.unit != "person" or sample is None:
        outcomes = Counter(one.outcome for one in best.values() if found.unit == "person")
        people = tuple(Respondent(one, 1.0, 1, None) for one in answered)
        return Respondents(people, unused, None, outcomes)
    populations = {drawn.stratum: drawn.population for drawn in sample.values()}
    weights = response_weights(populations, Counter(sample[one.case].stratum for one in answered))
    weighted = []
    for one in answered:
        h = sample[one.case].stratum
        weighted.append(
            Respondent(one, weights.weight[h], weights.stratum[h], weights.population[h])
        )
    released = [case for case, drawn in sample.items() if drawn.is_released]
    outcomes = Counter(best[case].outcome if case in best else NOT_WORKED for case in released)
    return Respondents(tuple(weighted), unused, len(released), outcomes)


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
        return 0, _RANK.get(one.status, 2), year, week, one.sequence, one.id
    return 1, -year, -week, -one.sequence, one.id


def why(reason: Reason) -> str:
    """Return in words why a record does not count."""
    told: dict[Reason, str] = {
        "not_drawn": _("its case is not in the sample"),
        "reserve": _("its case is in the reserve and was not released"),
        "another": _("another interview of the same case counts"),
    }
    return told[reason]
