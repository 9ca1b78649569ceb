"""What became of each case: its outcome, by whom and when, and the visits it took.

A case of the sample that no record here is of has the outcome 3.11: nothing is known of it. Whether it was
never looked for, or is still open on a laptop, cannot be told apart before the laptop hands over its end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from export.drawing.sample import DrawnCase, base_weights
from export.respondents.counting import Unused, counted
from export.respondents.dispositions import Class, class_of, outcome_of
from export.study import StudyInstrument
from interviewer.outcomes import PARTS
from interviewer.record import Attempt, Record


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """What became of a case. `weight` is its base weight, 1 where nothing was drawn.

    `stratum` and `batch` (0 the sample itself, k the k-th batch of the reserve) are None where nothing
    was drawn; `interviewer` and `week` are those of the record that counts, '' where there is none.
    `visits` are those noted without an interview, in order of day and part of day; an interview is one
    more, of which neither is kept.
    """

    outcome: str
    weight: float = 1.0
    stratum: int | None = None
    batch: int | None = None
    interviewer: str = ""
    week: str = ""
    is_held: bool = False
    visits: tuple[Attempt, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Whether any record here says what became of it."""
        return bool(self.week)

    @property
    def class_(self) -> Class:
        """The class of its outcome."""
        return class_of(self.outcome)


def cases(
    found: StudyInstrument, records: Sequence[Record], sample: Mapping[str, DrawnCase] | None
) -> tuple[tuple[Case, ...], tuple[Unused, ...]]:
    """Return each case released for a questionnaire, and the records that do not count.

    Without a sample, or where the questionnaire is about no person: each case (or site) of a record.
    """
    best, others = counted(found, records, sample)
    unused = tuple(sorted(others, key=lambda one: one.id))
    visits = _visits(found, records)
    if found.unit != "person" or sample is None:
        ordered = sorted(best.items())
        return tuple(_case(one, visits.get(case, ())) for case, one in ordered), unused
    weights = base_weights(sample)
    released = sorted(case for case, drawn in sample.items() if drawn.is_released)
    return (
        tuple(
            _case(best.get(case), visits.get(case, ()), sample[case], weights[case])
            for case in released
        ),
        unused,
    )


def _case(
    one: Record | None,
    visits: tuple[Attempt, ...],
    drawn: DrawnCase | None = None,
    base_weight: float = 1.0,
) -> Case:
    stratum, batch = (None, None) if drawn is None else (drawn.stratum, drawn.batch)
    if one is None:
        return Case(outcome_of(None), base_weight, stratum, batch, visits=visits)
    return Case(
        outcome=outcome_of(one),
        weight=base_weight,
        stratum=stratum,
        batch=batch,
        interviewer=one.interviewer,
        week=one.week,
        is_held=one.kind == "interview",
        visits=visits,
    )


def _visits(found: StudyInstrument, records: Iterable[Record]) -> dict[str, tuple[Attempt, ...]]:
    """Return the visits of each case, in order.

    Each record of a case has all visits its laptop knew of, so what two records of a laptop have in
    common is one visit; what two laptops have noted are two. Sheets about who gave no interview count as
    well; checking back does not: those are visits to somebody who was met.
    """
    noted: dict[tuple[str, str], Counter[Attempt]] = defaultdict(Counter)
    for one in records:
        if one.case and (one.instrument == found.instrument.id or one.unit == "non_respondent"):
            noted[one.case, one.device] |= Counter(one.attempts)
    made: dict[str, list[Attempt]] = defaultdict(list)
    for (case, _device), attempts in noted.items():
        made[case].extend(attempts.elements())
    return {case: tuple(sorted(attempts, key=_when)) for case, attempts in made.items()}


def _when(attempt: Attempt) -> tuple[str, int, str]:
    part = PARTS.index(attempt.part) if attempt.part in PARTS else len(PARTS)
    return attempt.day, part, attempt.outcome
