"""Outcomes: their codes, which close a case, and when somebody counts as never met."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import outcomes
from interviewer.outcomes import OUTCOMES, PARTS, POSTPONED, lacking
from interviewer.record import HEAD_BYTES, MAX_ATTEMPTS, Attempt

DAYS = st.integers(1, 5).map(lambda n: f"2022-04-{n:02}")
VISITS = st.lists(st.builds(Attempt, DAYS, st.sampled_from(PARTS), st.just("2.25")), max_size=12)


def visits(*slots: str) -> list[Attempt]:
    """Return visits written as day and part: 11m, 12e."""
    parts = {part[0]: part for part in PARTS}
    return [Attempt(f"2022-04-{slot[:2]}", parts[slot[2]], "2.25") for slot in slots]


@settings(max_examples=200)
@given(VISITS, st.integers(1, 8))
def test_the_rule_is_what_it_says(attempts: list[Attempt], minimum: int) -> None:
    """So many visits of another day or part, on two days and at two parts of the day."""
    slots = {(one.day, one.part) for one in attempts}
    wanted = min(2, minimum)
    is_enough = (
        len(slots) >= minimum
        and len({day for day, _part in slots}) >= wanted
        and len({part for _day, part in slots}) >= wanted
    )
    assert (lacking(attempts, minimum) == "") is is_enough


@settings(max_examples=100)
@given(VISITS, VISITS, st.integers(1, 8))
def test_one_more_visit_never_opens_the_case_again(
    attempts: list[Attempt], more: list[Attempt], minimum: int
) -> None:
    """What was enough stays enough."""
    if lacking(attempts, minimum) == "":
        assert lacking([*attempts, *more], minimum) == ""


@pytest.mark.parametrize(
    ("slots", "told"),
    [
        ([], "4 more visits, a visit on another day, a visit at another time of day"),
        (["11m", "11m", "11m", "11m"], "3 more visits, a visit on another day, a visit at another"),
        (["11m", "11a", "11e"], "1 more visit, a visit on another day"),
        (["11m", "12m", "13m", "14m"], "a visit at another time of day"),
        (["11m", "11a", "12m", "12a"], ""),
    ],
)
def test_the_remedy_says_what_is_missing(slots: list[str], told: str) -> None:
    """Number, day and time of day, each where it lacks; two visits of one morning are one."""
    found = lacking(visits(*slots), 4)
    assert found.startswith(told)
    assert bool(found) is bool(told)


def test_only_an_absence_needs_several_visits() -> None:
    """Every 2.2x, and nothing else, is both what came of a visit and an end by the rule."""
    assert {one.code for one in outcomes.absences()} == {"2.23", "2.24", "2.25"}
    assert {one.code[:3] for one in outcomes.absences()} == {"2.2"}
    assert not any(one.code.startswith("2.2") for one in outcomes.ends())


def test_who_is_drunk_or_in_withdrawal_is_asked_another_time() -> None:
    """A postponement never closes a case."""
    assert POSTPONED in {one.code for one in outcomes.visits()}
    assert POSTPONED not in {one.code for one in (*outcomes.ends(), *outcomes.absences())}


def test_every_code_is_there_once_and_has_words_of_its_own() -> None:
    """Nobody is offered two lines that read alike."""
    assert len({one.code for one in OUTCOMES}) == len({one.words for one in OUTCOMES})
    assert len({one.code for one in OUTCOMES}) == len(OUTCOMES)
    assert all(outcomes.words(one.code) == one.words for one in OUTCOMES)


def test_an_interview_is_told_from_what_is_none() -> None:
    """Only 1.x is one; an outcome that was not told is in words too."""
    assert [outcomes.is_interview(code) for code in ("1.1", "1.2", "2.12", "2.112", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert outcomes.words("1.1") == "Interview, complete"
    assert outcomes.words("") == "Sealed"


def test_every_hour_has_one_part_of_the_day() -> None:
    """Morning before noon, evening from six."""
    assert [outcomes.part_of(hour) for hour in (0, 11, 12, 17, 18, 23)] == [
        "morning",
        "morning",
        "afternoon",
        "afternoon",
        "evening",
        "evening",
    ]
    assert {outcomes.part_words(part) for part in PARTS} == set(PARTS)


def test_as_many_visits_as_a_record_holds_take_half_its_head_at_most() -> None:
    """Whatever came of each of them."""
    widest = max((one.code for one in OUTCOMES), key=len)
    attempts = [asdict(Attempt("2022-04-11", "afternoon", widest))] * MAX_ATTEMPTS
    assert len(json.dumps(attempts)) < HEAD_BYTES / 2
