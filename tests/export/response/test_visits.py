"""Visits: by part of day, by how many came before, and where too few were made."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from export.response.cases import Case
from export.response.visits import FOLDED, Lacking, by_number, by_part, never_met
from interviewer import outcomes
from interviewer.record import Attempt

ATTEMPTS = st.builds(
    Attempt,
    st.dates().map(lambda day: day.isoformat()),
    st.sampled_from(outcomes.PARTS),
    st.sampled_from([one.code for one in outcomes.OUTCOMES]),
)
CASES = st.lists(
    st.builds(
        Case,
        outcome=st.sampled_from(["1.1", "2.112", "2.25", "3.11", "4.10"]),
        is_held=st.booleans(),
        visits=st.lists(ATTEMPTS, max_size=9).map(tuple),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(CASES)
def test_no_visit_is_lost_and_none_is_counted_twice(found: list[Case]) -> None:
    """By part of day those noted; by number those and the interviews."""
    noted = sum(len(one.visits) for one in found)
    held = sum(one.is_held for one in found)
    assert sum(one.visits for one in by_part(found)) == noted
    assert sum(one.visits for one in by_number(found)) == noted + held
    assert [one.name for one in by_number(found)] == [
        str(n) for n in range(1, len(by_number(found)) + 1)
    ]
    assert len(by_number(found)) <= FOLDED


def test_the_interview_is_the_visit_after_those_that_were_noted() -> None:
    """Two visits without it: it is the third, whose part of day nobody kept."""
    out = Attempt("2022-04-11", "morning", "2.24")
    later = Attempt("2022-04-12", "evening", "postponed")
    found = Case("1.1", is_held=True, visits=(out, later))
    first, second, third = by_number([found])
    assert (first.nobody, second.postponed, third.interview) == (1, 1, 1)
    assert (first.met, second.met, third.met) == (0, 1, 1)
    morning, afternoon, evening = by_part([found])
    assert (morning.visits, afternoon.visits, evening.visits) == (1, 0, 1)


def test_a_refusal_in_the_interview_is_a_refusal() -> None:
    """Whoever does not consent was met, and was not interviewed."""
    (found,) = by_number([Case("2.112", is_held=True)])
    assert (found.refused, found.interview, found.met) == (1, 0, 1)


def test_somebody_who_cannot_answer_was_met_and_an_unknown_place_met_nobody() -> None:
    """As in the contact rates: class O is reached, classes U and NE are not."""
    codes = ("2.33", "3.18", "4.10", "2.25")
    (found,) = by_number([Case(code, is_held=True) for code in codes])
    assert (found.unable, found.other, found.nobody, found.met) == (1, 2, 1, 1)


def test_a_case_closed_as_never_met_too_early_is_counted() -> None:
    """Three visits: but two of them of one evening, or all in the morning, are not the rule's three."""
    day, morning, evening = ("2022-04-11", "2022-04-12", "2022-04-13"), "morning", "evening"
    enough = tuple(
        Attempt(at, part, "2.24") for at, part in zip(day, (morning, evening, morning), strict=True)
    )
    alike = tuple(Attempt(at, morning, "2.24") for at in day)
    found = [
        Case("2.24", interviewer="I02", visits=enough),
        Case("2.25", interviewer="I02", visits=alike),
        Case("2.25", interviewer="I01", visits=enough[:2]),
        Case("2.112", interviewer="I03"),
    ]
    assert never_met(found, 3) == (Lacking("I01", 1, 1), Lacking("I02", 2, 1))
    assert never_met(found, 1) == (Lacking("I01", 1, 0), Lacking("I02", 2, 0))
