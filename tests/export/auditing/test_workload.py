"""Who did how much: interviews by week, visits by day, each counted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from export.auditing.workload import HOURS, VISITS, Week, workload
from interviewer.record import Attempt, Record
from surveys.instrument import Instrument

Loaded = Callable[[str], Instrument]
Made = Callable[..., Record]

FORM = """
survey:
  - {type: integer, name: days, label: Days}
"""
MONDAY = date(2022, 4, 11)


def visit(day: int, part: str = "morning", outcome: str = "2.25") -> Attempt:
    return Attempt((MONDAY + timedelta(days=day)).isoformat(), part, outcome)


def test_interviews_are_counted_by_how_they_ended(loaded: Loaded, made: Made) -> None:
    """An erased one is not among those broken off; other questionnaires count as hours alone."""
    outcome = {"kind": "outcome", "status": "", "outcome": "2.112"}
    records = [
        made(answers={"days": "3"}),
        made(status="partial", outcome="1.2"),
        made(status="refused", outcome="2.112"),
        made(status="broke_off", outcome="2.12", statuses={"days": "broke_off"}),
        made(status="broke_off", outcome="2.12", minutes=0),
        made(**outcome),
        made(instrument="another"),
        made(instrument="another", **outcome),
        made(interviewer="I02"),
    ]
    found = workload(records, loaded(FORM))
    first, second = found.interviewers
    counts = first.complete, first.partial, first.refused, first.broke_off, first.erased
    assert (first.interviewer, counts, first.outcomes) == ("I01", (1, 1, 1, 1, 1), 1)
    assert (second.interviewer, second.complete) == ("I02", 1)
    assert [(one.who, one.count, one.of) for one in found.tallies()] == [
        ("I01", 2, 5),
        ("I02", 0, 1),
    ]
    assert [(one.interviews, one.minutes) for one in found.weeks] == [(6, 150), (1, 30)]


DAYS = st.lists(st.integers(0, 20), max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=4))
def test_a_visit_counts_once_however_many_records_of_its_case_have_it(
    loaded: Loaded, made: Made, days: list[list[int]]
) -> None:
    """Each later record of a case has all the visits before it: what was made is what is counted."""
    visits: tuple[Attempt, ...] = ()
    records = []
    for new in days:
        visits = (*visits, *map(visit, new))
        records.append(made(case="A", attempts=visits))
    found = workload(records[::-1], loaded(FORM))
    assert found.interviewers[0].visits == len(visits)
    assert sum(sum(week.visits) for week in found.weeks) == len(visits)


def test_a_visit_goes_to_whoever_sealed_the_first_record_that_has_it(
    loaded: Loaded, made: Made
) -> None:
    """And to its own day, in a week of its own where no interview was held."""
    first = made(
        kind="outcome", status="", case="A", attempts=(visit(-1), visit(0)), week="2022-W16"
    )
    later = made(case="A", interviewer="I02", attempts=(visit(-1), visit(0), visit(6)))
    elsewhere = made(case="A", interviewer="I03", device="L02", attempts=(visit(0),))
    found = workload([first, later, elsewhere], loaded(FORM))
    assert [(one.interviewer, one.visits) for one in found.interviewers] == [
        ("I01", 2),
        ("I02", 1),
        ("I03", 1),
    ]
    assert [(one.week, one.interviews, one.visits) for one in found.weeks] == [
        ("2022-W14", 0, (0, 0, 0, 0, 0, 0, 1)),
        ("2022-W15", 0, (1, 0, 0, 0, 0, 0, 0)),
        ("2022-W15", 1, (0, 0, 0, 0, 0, 0, 1)),
        ("2022-W15", 1, (1, 0, 0, 0, 0, 0, 0)),
    ]


def test_what_one_person_cannot_do_is_marked() -> None:
    """More than the hours and visits that are the limit; exactly these are not."""
    most = Week("I01", "2022-W15", 9, 60 * HOURS, (VISITS, 0, 0, 0, 0, 0, 0))
    more = Week("I01", "2022-W15", 9, 60 * HOURS + 5, (0, VISITS + 1, 0, 0, 0, 0, VISITS + 1))
    assert (most.is_heavy, most.heavy_days) == (False, ())
    assert (more.is_heavy, more.heavy_days) == (True, (2, 7))
