"""The case journal: what was noted is there, nothing of it can be read, and it folds into a state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviewer import cases
from interviewer.cases import (
    MAX_NOTE,
    Appointment,
    Attempted,
    CasesError,
    Correction,
    Event,
    Opened,
    Sealed,
    State,
)
from interviewer.files import FIXED_TIME
from interviewer.ledger import Line
from interviewer.outcomes import OUTCOMES, PARTS
from interviewer.record import MAX_ATTEMPTS, MAX_CODE, Attempt, Record

KEY = bytes(range(32))
A, B = "K7Q2-M4T9", "0000-0000"

CODES = st.sampled_from([A, B, "3C3C-3C3C"])
ATTEMPTS = st.builds(
    Attempt,
    st.integers(1, 28).map(lambda n: f"2022-04-{n:02}"),
    st.sampled_from(PARTS),
    st.sampled_from([one.code for one in OUTCOMES]),
)
TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=40)
ATTEMPTED = st.builds(Attempted, CODES, ATTEMPTS, TEXTS)
APPOINTMENTS = st.builds(
    Appointment,
    CODES,
    st.sampled_from(["", "2022-04-12"]),
    st.sampled_from(["evening", "14:30"]),
    TEXTS,
)
IDS = st.integers(0, 2**128 - 1).map(lambda n: f"{n:032x}")
SEALED = st.builds(
    Sealed,
    CODES,
    IDS,
    st.sampled_from(["interview", "outcome"]),
    st.sampled_from(["", "1.1", "2.112", "2.25"]),
    st.just("t"),
    st.sampled_from(["person", "non_respondent"]),
)
CORRECTIONS = st.builds(Correction, CODES, IDS, IDS, st.sampled_from(["", "2.31"]))
OPENED = st.builds(Opened, st.just("2022-04-11"), TEXTS)
EVENTS = st.lists(
    ATTEMPTED | APPOINTMENTS | SEALED | CORRECTIONS | OPENED,
    max_size=6,
    unique_by=lambda event: getattr(event, "record", id(event)),
)
HARMLESS = [HealthCheck.function_scoped_fixture]


def noted(folder: Path, *events: Event) -> Path:
    """Return the path of a journal with these events."""
    journal = cases.opened(folder, KEY)
    for event in events:
        journal.note(event)
    return journal.frames.path


def attempted(case: str, slot: str, outcome: str = "2.25") -> Attempted:
    parts = {part[0]: part for part in PARTS}
    return Attempted(case, Attempt(f"2022-04-{slot[:2]}", parts[slot[2]], outcome), "I1")


def outcome(case: str, record: str, code: str) -> Sealed:
    return Sealed(case, record, "outcome", code, "t", "person")


def state(case: str, *events: Event) -> State:
    """Return where a case stands when all that was noted was sealed."""
    everything = {one.record for one in events if isinstance(one, Sealed | Correction)}
    return cases.states(events, everything).get(case, State(case))


# --- the file -----------------------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=HARMLESS)
@given(events=EVENTS)
def test_what_was_noted_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event]
) -> None:
    """In order, to the letter."""
    folder = tmp_path_factory.mktemp("journal")
    noted(folder, *events)
    assert list(cases.opened(folder, KEY).events()) == events


@settings(max_examples=40, suppress_health_check=HARMLESS)
@given(cut=st.integers(0, 3 * 2084))
def test_a_torn_end_loses_what_was_torn_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """Wherever the power went, earlier events stay, and the next one is noted."""
    folder = tmp_path_factory.mktemp("journal")
    events = [attempted(A, f"1{n}m") for n in range(3)]
    path = noted(folder, *events)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - cut])
    found = cases.opened(folder, KEY)
    left = list(found.events())
    assert left == events[: len(left)]
    assert len(left) == 3 - -(-cut // found.frames.frame_size)
    found.note(attempted(B, "20e"))
    assert list(found.events()) == [*left, attempted(B, "20e")]


def test_nothing_in_it_can_be_read(tmp_path: Path) -> None:
    """Neither case, nor outcome, nor note; every event has one size, and the file no time."""
    path = noted(
        tmp_path,
        replace(attempted(A, "11e", "2.112"), interviewer="garance"),
        Appointment(A, "2022-04-12", "14:30", "zinzolin"),
    )
    stored = path.read_bytes()
    for word in (A.encode(), b"2.112", b"evening", b"zinzolin", b"garance"):
        assert word not in stored
    size = path.stat().st_size
    noted(tmp_path, Opened("2022-04-11", "I" * MAX_CODE))
    assert path.stat().st_size - size == (size - 78) / 2
    assert path.stat().st_mtime == FIXED_TIME


def test_the_widest_event_fits(tmp_path: Path) -> None:
    """Four bytes a character, in every code and in the note."""
    widest = "𝄞" * MAX_CODE
    events = (
        Attempted(widest, Attempt("2022-04-11", "afternoon", "postponed"), widest),
        Appointment(widest, "2022-04-12", "afternoon", "𝄞" * MAX_NOTE),
        Sealed(widest, "0" * 32, "interview", "2.112", widest, "non_respondent"),
        Correction(widest, "1" * 32, "0" * 32, "2.112"),
    )
    noted(tmp_path, *events)
    assert cases.opened(tmp_path, KEY).events() == events


def test_another_vault_does_not_open_it(tmp_path: Path) -> None:
    """And says what to do; a head that was cut is no other case."""
    path = noted(tmp_path, attempted(A, "11e"))
    with pytest.raises(CasesError, match="ask the study lead"):
        cases.opened(tmp_path, bytes(32))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(CasesError, match="ask the study lead"):
        cases.opened(tmp_path, KEY)


@pytest.mark.parametrize(
    "frame",
    [
        b"[]",
        b"[" * 2_000,
        b'{"e":"opened","day":1,"interviewer":"I1"}',
        b'{"e":"appointment","case":[],"day":"","time":""}',
        b'{"e":"attempt","case":"A","interviewer":"I1","attempt":["day"]}',
        b'{"e":"attempt","case":"A","interviewer":"I1",'
        b'"attempt":{"day":"2022-04-11","part":"noon","outcome":"2.25"}}',
    ],
)
def test_an_event_of_another_version_says_so(tmp_path: Path, frame: bytes) -> None:
    """What is of another type, or a part of the day there is not, is no event."""
    found = cases.opened(tmp_path, KEY)
    found.frames.append(0, frame)
    with pytest.raises(CasesError, match="another version"):
        found.events()


def test_two_sessions_at_once_overwrite_nothing(tmp_path: Path) -> None:
    """Each notes after what the other noted."""
    one, other = cases.opened(tmp_path, KEY), cases.opened(tmp_path, KEY)
    one.note(attempted(A, "11m"))
    other.note(attempted(B, "11a"))
    one.note(attempted(A, "11e"))
    assert len(other.events()) == 3


def test_a_record_is_noted_once(tmp_path: Path) -> None:
    """Sealing can be done again after a crash; a practice test or a withdrawal is no case's course."""
    made = blank(kind="interview", outcome="1.1")
    for _time in range(2):
        cases.note_record(tmp_path, KEY, made)
    cases.note_record(tmp_path, KEY, replace(made, id="2" * 32, kind="test"))
    cases.note_record(tmp_path, KEY, replace(made, id="3" * 32, kind="amendment", amends="1" * 32))
    assert cases.opened(tmp_path, KEY).events() == (
        Sealed(A, "1" * 32, "interview", "1.1", "t", "person"),
        Correction(A, "3" * 32, "1" * 32, "1.1"),
    )


def blank(**changes: object) -> Record:
    made = Record(
        id="1" * 32,
        study="s",
        kit="",
        instrument="t",
        instrument_version="1",
        instrument_hash="",
        device="L01",
        sequence=1,
        kind="interview",
        unit="person",
        case=A,
        interviewer="I1",
        outcome="",
        status="",
        week="2022-W15",
        minutes=0,
        language="",
        mode="interviewer",
        is_practice=False,
        is_simulated=False,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


# --- what it comes to ---------------------------------------------------------------------------


@settings(max_examples=100)
@given(EVENTS)
def test_what_is_done_about_one_case_says_nothing_of_another(events: list[Event]) -> None:
    """Without corrections, a case stands where its own events alone leave it."""
    plain = [one for one in events if not isinstance(one, Correction)]
    everything = {one.record for one in plain if isinstance(one, Sealed)}
    found = cases.states(plain, everything)
    for case, stands in found.items():
        own = [one for one in plain if not isinstance(one, Opened) and one.case == case]
        assert cases.states(own, everything)[case] == stands


@settings(max_examples=100)
@given(st.lists(ATTEMPTED, max_size=6), st.permutations(range(6)))
def test_visits_stand_by_day_whenever_they_were_noted(
    events: list[Attempted], order: list[int]
) -> None:
    """One noted the day after comes where it belongs."""
    shuffled = [events[n] for n in order if n < len(events)]
    key = [(one.day, PARTS.index(one.part)) for one in state(A, *shuffled).attempts]
    assert key == sorted(key)
    assert sorted(key) == sorted(
        (one.attempt.day, PARTS.index(one.attempt.part)) for one in events if one.case == A
    )


@settings(max_examples=60)
@given(st.lists(ATTEMPTED | APPOINTMENTS, max_size=5), st.sampled_from(["2.112", "4.10"]))
def test_a_case_corrected_is_as_if_it_had_been_right(before: list[Event], code: str) -> None:
    """The refusal and the visit that brought it leave the wrong case, and close the right one."""
    one = "1" * 32
    wrong = [*before, attempted(A, "28e", "2.111"), outcome(A, one, "2.111")]
    right = [*before, attempted(B, "28e", code), outcome(B, one, code)]
    corrected = [*wrong, Correction(B, "2" * 32, one, code)]
    assert state(B, *corrected).attempts == state(B, *right).attempts
    assert state(A, *corrected).attempts == state(A, *before).attempts
    assert state(A, *corrected).is_open
    assert state(B, *corrected).closing == outcome(B, one, code)


def test_a_correction_without_an_outcome_leaves_it() -> None:
    """Only the case was wrong."""
    sealed = outcome(A, "1" * 32, "2.31")
    found = state(B, sealed, Correction(B, "2" * 32, "1" * 32, ""))
    assert found.closing == replace(sealed, case=B)


def test_the_visits_of_a_case_never_met_stay_its_own() -> None:
    """An absence closes by several visits: a correction takes none of them away."""
    events: list[Event] = [attempted(A, "11m"), attempted(A, "12e"), outcome(A, "1" * 32, "2.25")]
    moved: list[Event] = [*events, Correction(B, "2" * 32, "1" * 32, "")]
    assert len(state(A, *moved).attempts) == 2
    assert state(B, *moved).attempts == ()


def test_what_the_ledger_does_not_vouch_for_does_not_count() -> None:
    """Noted before it was sealed, and never sealed: the case is open, and its visits are there."""
    lines = (
        Line(1, "start", "1" * 32, "", ""),
        Line(2, "end", "1" * 32, "", ""),
        Line(3, "end", "2" * 32, "ab", ""),
    )
    sealed = cases.sealed_in(lines)
    assert sealed == {"2" * 32}
    events: list[Event] = [
        attempted(A, "11m", "2.112"),
        outcome(A, "1" * 32, "2.112"),
        outcome(B, "2" * 32, "2.31"),
    ]
    found = cases.states(events, sealed)
    assert found[A].is_open
    assert not found[B].is_open
    assert [one.case for one in cases.records(events, sealed)] == [B]


def test_an_appointment_lasts_until_something_comes_of_it() -> None:
    """The next visit, an end or a calling off; a later one replaces it."""
    first, later = (
        Appointment(A, "2022-04-12", "morning"),
        Appointment(A, "2022-04-13", "14:30", "x"),
    )
    assert state(A, first).appointment == first
    assert state(A, first, later).appointment == later
    assert state(A, first, Appointment(A, "", "")).appointment is None
    assert state(A, first, attempted(A, "12m")).appointment is None
    assert state(A, first, outcome(A, "1" * 32, "2.112")).appointment is None
    assert state(A, attempted(A, "12m", "postponed"), later).appointment == later


@pytest.mark.parametrize(
    ("code", "lacks"),
    [("1.1", False), ("1.2", False), ("2.112", True), ("2.12", True), ("", False)],
)
def test_every_case_without_an_interview_lacks_its_sheet(code: str, lacks: bool) -> None:
    """Until the sheet is sealed, which does not close the case a second time."""
    closed = Sealed(A, "1" * 32, "interview", code, "t", "person")
    sheet = Sealed(A, "2" * 32, "interview", "1.1", "sheet", "non_respondent")
    assert state(A, closed).lacks_sheet is lacks
    assert not state(A, closed, sheet).lacks_sheet
    assert state(A, closed, sheet).closing == closed
    assert state(A, sheet).is_open


def test_a_professional_and_a_site_close_no_case() -> None:
    """They have none."""
    assert state("", Sealed("", "1" * 32, "interview", "1.1", "t", "site")).is_open


def test_who_works_is_known_for_a_day() -> None:
    """The last who said so; nobody the next morning."""
    events = [Opened("2022-04-11", "I1"), Opened("2022-04-11", "I2")]
    assert cases.interviewer_of(events, "2022-04-11") == "I2"
    assert cases.interviewer_of(events, "2022-04-12") == ""


def test_the_visits_of_a_case_are_all_that_were_noted_so_far(tmp_path: Path) -> None:
    """In order, those noted since its interview began too; of no case there are none."""
    noted(tmp_path, attempted(A, "12e"), attempted(B, "12m"), attempted(A, "11e"))
    found = cases.attempts_of(tmp_path, KEY, (), A)
    assert [one.day for one in found] == ["2022-04-11", "2022-04-12"]
    assert cases.attempts_of(tmp_path, KEY, (), "") == ()
    assert cases.attempts_of(tmp_path, KEY, (), "3C3C-3C3C") == ()


def test_the_last_visit_of_a_record_is_kept_for_its_end() -> None:
    """One visit fewer than a record holds may leave the case open; then it says what to do."""
    visits = tuple(
        Attempt(f"2022-04-{n + 1:02}", "morning", "2.25") for n in range(MAX_ATTEMPTS - 1)
    )
    cases.require_room(State(A, attempts=visits[1:]))
    with pytest.raises(CasesError, match=r"19 visits are noted.*or close the case"):
        cases.require_room(State(A, attempts=visits))
