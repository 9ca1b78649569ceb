"""The session of a day: what an interviewer chooses is what is noted, sealed and handed over."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import questionary
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.formatted_text import fragment_list_to_text, to_formatted_text
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.layout import Window
from prompt_toolkit.output import DummyOutput

from interviewer import (
    age,
    cases,
    closing,
    holding,
    ledger,
    process,
    record,
    session,
)
from interviewer.cases import Appointment, Journal, Sealed, State
from interviewer.holding import OpenDraft
from interviewer.kit import Case, KitInstrument
from interviewer.laptop import Laptop
from interviewer.outcomes import PARTS
from interviewer.process import Handed
from interviewer.record import Attempt, Record
from interviewer.session import when
from interviewer.session.agenda import agenda
from interviewer.session.dialogue import Back, Dialogue, Gone, Option, Title
from interviewer.session.frame import Page, dress
from interviewer.sitting import Ending, Sitting
from surveys.problems import Refusal

Enrolled = Callable[..., Laptop]
T = TypeVar("T")
A, B, C = "K7Q2-M4T9", "0000-0000", "3C3C-3C3C"
CASES = (Case(A, "Zinzolin"), Case(B, "Zinzolin"), Case(C, "Amarante"))
NOW = datetime(2022, 4, 11, 19, 0).astimezone()
BACK = "^C"


# --- a laptop, and somebody who chooses by words -------------------------------------------------


@dataclass
class Scripted(Dialogue):
    """A terminal on which the answers stand in the test: words of choices, texts, or BACK."""

    title: str = "Essai"
    unlock: Callable[[bytearray], bool] = bool
    idle_minutes: int = 0
    output: DummyOutput = field(default_factory=DummyOutput)
    script: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def following(self, page: Page, question: str, *offered: str) -> str:
        self.shown += [page.heading, *page.body, question, *offered]
        if self._remark:
            self.shown.append(self._remark)
            self._remark = ""
        if not self.script:
            raise Gone
        answer = self.script.pop(0)
        if answer == BACK:
            raise Back
        return answer

    def select(
        self, page: Page, question: str, options: Sequence[Option[T] | Title], at: T | None = None
    ) -> T:
        answer = self.following(page, question, *(one.words for one in options))
        found = [one for one in options if isinstance(one, Option) and answer in one.words]
        assert found, f"{answer}: not offered among {[one.words for one in options]}"
        return found[0].value

    def text(
        self, page: Page, question: str, wrong: Callable[[str], str], default: str = ""
    ) -> str:
        while told := wrong(answer := self.following(page, question)):
            self.shown.append(told)
        return answer

    def tell(self, page: Page) -> None:
        self.shown += [page.heading, *page.body]


def kit_of(laptop: Laptop) -> tuple[KitInstrument, ...]:
    """Return the same questionnaire as that of a person, a non-respondent and a site."""
    [found] = laptop.signed.kit.instruments
    units = ("person", "non_respondent", "site")
    return tuple(replace(found, id=f"{found.id}_{unit}", unit=unit) for unit in units)


@pytest.fixture
def here(tmp_path: Path, enrolled: Enrolled) -> Laptop:
    """A laptop with three cases at two places, and three questionnaires."""
    laptop = enrolled(tmp_path / "home")
    kit = replace(laptop.signed.kit, instruments=kit_of(laptop))
    return replace(
        laptop,
        signed=replace(laptop.signed, kit=kit),
        private=replace(laptop.private, cases=CASES),
    )


class Children:
    """Interviews that end as the test says: each ending is one child; the commands are kept."""

    def __init__(self, laptop: Laptop, *endings: Ending) -> None:
        self.laptop = laptop
        self.endings = list(endings)
        self.commands: list[list[str]] = []
        self.handed: list[Handed] = []

    def __call__(self, command: Sequence[str], handed: Handed) -> tuple[int, str]:
        told = list(command)
        self.commands.append(told)
        self.handed.append(handed)
        after = told[told.index("interview") + 1 :]
        instrument = self.laptop.signed.kit.named(after[0])
        assert instrument is not None
        held = holding.begun(
            self.laptop,
            instrument,
            case=handed.case,
            interviewer="I1",
            now=NOW,
            attempts=handed.attempts,
        )
        ending = self.endings.pop(0)
        became = holding.close(held, Sitting(held.interview, ending), NOW)
        return (0 if became == "sealed" else 130), ""


def held_day(
    laptop: Laptop,
    *script: str,
    now: datetime = NOW,
    child: Children | None = None,
) -> list[str]:
    """Hold a session with these choices, from the list on; return all that was shown."""
    dialogue = Scripted(script=["I1", *script] if not _knows(laptop, now) else list(script))
    session.hold(laptop, dialogue, lambda: now, child=child or Children(laptop))
    assert dialogue.script == []
    return dialogue.shown


def _knows(laptop: Laptop, now: datetime) -> bool:
    day = now.date().isoformat()
    return bool(cases.interviewer_of(journal(laptop).events(), day))


def journal(laptop: Laptop) -> Journal:
    return cases.opened(laptop.place, laptop.secrets.vault_key)


def stands(laptop: Laptop, code: str) -> State:
    sealed = cases.sealed_in(laptop.ledger.lines())
    return cases.states(journal(laptop).events(), sealed).get(code, State(code))


def records(laptop: Laptop, key: age.HybridIdentity) -> list[Record]:
    names = [line.id for line in laptop.ledger.lines() if line.event == "end"]
    sealed = [(laptop.outbox / f"{name}.age").read_bytes() for name in names]
    return [record.unseal(one, laptop.signed.kit.bucket, [key]) for one in sealed]


# --- visits and ends ----------------------------------------------------------------------------


def test_a_refusal_is_sealed_with_its_visits_and_closes_the_case(
    here: Laptop, study_key: age.HybridIdentity
) -> None:
    """The visit before, the visit that ended it, the code of the interviewer; the sheet is offered."""
    shown = held_day(
        here,
        A, "What happened", "Nobody answered", "Now", "Back",
        A, "What happened", "The person refuses", "another time", "10/04", "evening",
        "Yes, close", "Later", "Back",
    )  # fmt: skip
    [made] = records(here, study_key)
    assert (made.kind, made.case, made.interviewer, made.outcome) == ("outcome", A, "I1", "2.112")
    assert made.attempts == (
        Attempt("2022-04-10", "evening", "2.112"),
        Attempt("2022-04-11", "evening", "2.24"),
    )
    assert "Fill in the non-respondent sheet now?" in shown
    state = stands(here, A)
    assert state.closing is not None
    assert state.closing.record == made.id
    assert state.lacks_sheet


def test_nothing_is_sealed_until_it_is_confirmed(here: Laptop) -> None:
    """Going back, or Ctrl-C, leaves the case as it was."""
    ends = [A, "What happened", "The person has died", "Now"]
    held_day(here, *ends, "No, go back", "What happened", "The person has died", BACK, "Back")
    assert journal(here).events()[1:] == ()
    assert here.ledger.lines() == ()


def test_never_met_needs_the_visits_the_study_asks_for(
    here: Laptop, study_key: age.HybridIdentity
) -> None:
    """Before them it says what is missing; after them the case is sealed with all of them."""
    shown = held_day(here, A, "What happened", "Never met", "Back")
    assert any("4 more visits, a visit on another day" in line for line in shown)
    visits = [
        ("10/04", "morning"),
        ("10/04", "evening"),
        ("09/04", "morning"),
        ("08/04", "afternoon"),
    ]
    for day, part in visits:
        held_day(here, A, "What happened", "The person was out", "another", day, part, "Back")
    held_day(here, A, "What happened", "Never met", "The person was out", "Yes", "Later", "Back")
    [made] = records(here, study_key)
    assert made.outcome == "2.25"
    assert [(one.day[8:], one.part) for one in made.attempts] == [
        ("08", "afternoon"),
        ("09", "morning"),
        ("10", "morning"),
        ("10", "evening"),
    ]


def test_an_end_cut_off_after_its_visit_is_done_again_without_a_second_visit(
    here: Laptop, study_key: age.HybridIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk refused the record: the visit is noted, the case is open, and it can be closed."""
    ends = [A, "What happened", "The person refuses", "Now", "Yes"]
    with monkeypatch.context() as patched:
        patched.setattr(closing, "seal_outcome", _refused)
        shown = held_day(here, *ends, "Back")
    assert any("he disk is full" in line for line in shown)
    assert stands(here, A).is_open
    held_day(here, *ends, "Later", "Back")
    [made] = records(here, study_key)
    assert made.attempts == (Attempt("2022-04-11", "evening", "2.112"),)


def _refused(*_arguments: object, **_named: object) -> str:
    raise Refusal("the disk is full; free some space")


def test_no_visit_is_noted_before_it_was_made(here: Laptop) -> None:
    """Not tomorrow, and not this evening while it is morning."""
    morning = NOW.replace(hour=9)
    shown = held_day(
        here, A, "What happened", "Nobody answered", "another", "12/04", "11/04", "morning", "Back",
        now=morning,
    )  # fmt: skip
    asked = shown.index("At what time of day?")
    assert not {"afternoon", "evening"} & set(shown[asked : asked + 4])
    assert "Type the day as 12/04; at most 30 days ago." in shown
    assert stands(here, A).attempts == (Attempt("2022-04-11", "morning", "2.24"),)


def test_a_visit_more_than_a_record_holds_is_refused(here: Laptop) -> None:
    """With a remedy; an end still has its place."""
    noted = journal(here)
    for n in range(19):
        attempt = Attempt(f"2022-03-{n + 1:02}", "morning", "2.25")
        noted.note(cases.Attempted(A, attempt, "I1"))
    shown = held_day(here, A, "What happened", "Nobody answered", "Back")
    assert any("19 visits are noted" in line for line in shown)
    held_day(here, A, "What happened", "The person refuses", "Now", "Yes", "Later", "Back")
    assert len(stands(here, A).attempts) == 20


# --- appointments -------------------------------------------------------------------------------


def test_a_postponement_asks_for_an_appointment_which_comes_first_on_its_day(here: Laptop) -> None:
    """Another time, tomorrow at half past two; the note has no telephone number."""
    held_day(
        here,
        C, "What happened", "Another time", "Now", "tomorrow", "an hour", "25h", "14h30",
        "call 06 12 34 56 78", "Back",
    )  # fmt: skip
    assert stands(here, C).appointment == Appointment(C, "2022-04-12", "14:30", "call [phone]")
    shown = held_day(here, BACK, now=NOW + timedelta(1))
    assert shown.index("Appointments") < shown.index(f"today, 14:30 · {C} · Amarante · 1 visit")
    assert shown.index("Appointments") < shown.index("Zinzolin")
    assert f"{C} · 1 visit" not in shown


def test_an_appointment_can_be_called_off(here: Laptop) -> None:
    """Then nothing is left to call off."""
    held_day(here, A, "Make an appointment", "today", "evening", "", "Call the app", "Back")
    assert stands(here, A).appointment is None


# --- interviews ---------------------------------------------------------------------------------


def test_an_interview_gets_the_visits_of_its_case_and_its_keys_by_no_argument(
    here: Laptop, study_key: age.HybridIdentity
) -> None:
    """In a process of its own; what was sealed closes the case."""
    child = Children(here, "finished")
    held_day(
        here,
        A,
        "What happened",
        "The person was out",
        "Now",
        "Interview now",
        "Later",
        "Back",
        child=child,
    )
    [made] = records(here, study_key)
    assert made.attempts == child.handed[0].attempts == stands(here, A).attempts
    assert child.handed[0].secrets == here.secrets
    [command] = child.commands
    assert command[command.index("interview") :] == [
        "interview", here.signed.kit.instruments[0].id, "--home", str(here.device.home),
    ]  # fmt: skip
    assert (child.handed[0].case, child.handed[0].interviewer) == (A, "I1")
    assert not stands(here, A).is_open


def test_an_interview_kept_is_offered_again(here: Laptop) -> None:
    """At the head of the list and with its case, which stays open."""
    shown = held_day(here, A, "Interview now", "Back", child=Children(here, "suspended"))
    assert "The interview was not finished." in shown
    assert "Interviews to finish" in shown
    assert f"{A} · to visit · under way" in shown
    assert "Go on with the interview" in shown
    assert stands(here, A).is_open


def test_no_more_interviews_are_begun_than_the_study_allows(
    here: Laptop, enrolled: Enrolled
) -> None:
    """Two under way: a third is refused with the remedy, one of them goes on."""
    child = Children(here, "suspended", "suspended")
    held_day(here, A, "Interview now", "Back", B, "Interview now", "Back", child=child)
    shown = held_day(here, C, "Interview now", "Back", child=child)
    assert any("2 interviews are under way; finish one" in line for line in shown)
    assert len(child.commands) == 2


def test_a_child_gets_keys_and_visits_through_a_pipe_it_alone_inherits(here: Laptop) -> None:
    """Not in its arguments; its exit status and its complaint come back."""
    child = """
import os, sys
from interviewer import process
handed = process.handed(int(sys.argv[2]))
assert os.environ.get("HANDED") is None and len(sys.argv) == 3 and len(sys.argv[2]) < 8
sys.stderr.write(handed.secrets.vault_key.hex() + " " + str(len(handed.attempts)))
sys.exit(3)
"""
    attempts = (Attempt("2022-04-11", "afternoon", "postponed"),) * record.MAX_ATTEMPTS
    told = process.child([sys.executable, "-c", child], Handed(here.secrets, attempts))
    assert told == (3, f"{here.secrets.vault_key.hex()} {record.MAX_ATTEMPTS}")


def test_what_the_child_complained_of_is_told(here: Laptop) -> None:
    """Its sentence is not lost with its screen."""

    def child(_command: Sequence[str], _handed: Handed) -> tuple[int, str]:
        return 1, "souspli: the disk is full"

    dialogue = Scripted(script=["I1", A, "Interview now", "Back"])
    session.hold(here, dialogue, lambda: NOW, child=child)
    assert "souspli: the disk is full" in dialogue.shown
    assert stands(here, A).is_open


def test_an_interview_that_was_a_refusal_is_known_as_one(here: Laptop) -> None:
    """Whoever seals notes what is sealed: the outcome is told, and the sheet offered at once."""
    shown = held_day(here, A, "Interview now", "Later", "Back", child=Children(here, "erased"))
    assert "Fill in the non-respondent sheet now?" in shown
    assert "Closed: Began, then stopped for good" in shown
    assert len(cases.records(journal(here).events(), cases.sealed_in(here.ledger.lines()))) == 1


def test_a_sheet_is_an_interview_about_the_same_case(here: Laptop) -> None:
    """Once it is sealed, it is not asked for again."""
    child = Children(here, "finished")
    shown = held_day(
        here, A, "What happened", "The person refuses", "Now", "Yes", "Now", "Back", child=child
    )
    assert child.handed[0].case == A
    assert child.commands[0][5].endswith("non_respondent")
    assert not stands(here, A).lacks_sheet
    assert "Non-respondent sheets" not in shown[-20:]


def test_practice_is_of_no_case_of_the_kit(here: Laptop) -> None:
    """The child is told that it is practice, and gets no visits."""
    child = Children(replace(here, is_practice=True), "finished")
    held_day(here, "Other", "Practice", "Whole", child=child)
    assert child.commands[0][-1] == "--practice"
    assert child.handed[0].case == "P1"
    assert child.handed[0].attempts == ()
    assert here.ledger.lines() == ()


def test_a_site_has_no_case(here: Laptop) -> None:
    """Nor does it close one."""
    child = Children(here, "finished")
    held_day(here, "Other", "Interview a professional", "Whole", child=child)
    assert "--case" not in child.commands[0]
    assert [type(event) for event in journal(here).events()] == [cases.Opened]


# --- corrections --------------------------------------------------------------------------------


def test_a_wrong_case_is_corrected_by_a_record_and_the_right_one_is_closed(
    here: Laptop, study_key: age.HybridIdentity
) -> None:
    """What is sealed stays; the correction names it; the wrong case is to be done again."""
    held_day(here, A, "What happened", "The person refuses", "Now", "Yes", "Later", "Back")
    shown = held_day(
        here, "Other", "Correct", f"{A} · The person refuses", "another case", B, "Yes, correct"
    )
    assert f"Right: {B} · The person refuses" in shown
    first, second = records(here, study_key)
    assert (second.kind, second.amends, second.case) == ("amendment", first.id, B)
    assert second.outcome == ""
    assert stands(here, A) == State(A)
    assert stands(here, B).closing is not None
    assert [one.outcome for one in stands(here, B).attempts] == ["2.112"]


def test_a_wrong_outcome_is_corrected(here: Laptop, study_key: age.HybridIdentity) -> None:
    """The case stays closed, with what really happened."""
    held_day(here, A, "What happened", "The person refuses", "Now", "Yes", "Later", "Back")
    held_day(here, "Other", "Correct", A, "Another thing", "The person has died", "Yes, correct")
    made = records(here, study_key)[1]
    assert (made.kind, made.case, made.outcome) == ("amendment", A, "2.31")
    closed = stands(here, A).closing
    assert closed is not None
    assert closed.outcome == "2.31"


def test_there_is_nothing_to_correct_before_something_is_sealed(here: Laptop) -> None:
    """It says so."""
    shown = held_day(here, "Other", "Correct")
    assert any("Nothing is sealed yet" in line for line in shown)


# --- the day ------------------------------------------------------------------------------------


def test_who_works_is_asked_once_a_day(here: Laptop) -> None:
    """Not when the session is opened again; again the next morning; a code is one line."""
    assert "Interviewer's code:" in held_day(here, BACK)
    assert "Interviewer's code:" not in held_day(here, BACK)
    dialogue = Scripted(script=["x" * 65, "I2", BACK])
    session.hold(here, dialogue, lambda: NOW + timedelta(1), child=Children(here))
    assert "One line, 1 to 64 characters." in dialogue.shown
    assert cases.interviewer_of(journal(here).events(), "2022-04-12") == "I2"


def test_a_session_ends_because_it_is_left_or_because_nobody_is_there(here: Laptop) -> None:
    """The verb's exit status tells the two apart."""
    left = Scripted(script=["I1", "Leave"])
    assert session.hold(here, left, lambda: NOW, child=Children(here))
    assert not session.hold(here, Scripted(script=[]), lambda: NOW, child=Children(here))


def test_closed_cases_and_any_case_are_found(here: Laptop) -> None:
    """By the list of what is closed, and by the code however it is typed."""
    shown = held_day(here, "Other", "Closed cases")
    assert any("No case is closed yet" in line for line in shown)
    held_day(here, A, "What happened", "No common language", "Now", "Yes", "Later", "Back")
    shown = held_day(here, "Other", "Closed", A, "Back", "Other", "Find", "x", "k7q2 m4t9", "Back")
    assert "Closed: No common language" in shown
    assert any("no such case" in line for line in shown)
    assert "2 cases to do · 1 closed" in shown


def test_the_device_sheet_names_nobody(here: Laptop) -> None:
    """Date, laptop, the ledger's head as eight characters, and how many."""
    held_day(here, A, "What happened", "No common language", "Now", "Yes", "Later", "Back")
    shown = held_day(here, "Other", "Daily device sheet")
    sheet = shown[shown.index("Copy this on the daily device sheet:") :][:7]
    assert sheet == [
        "Copy this on the daily device sheet:",
        "Date: 2022-04-11",
        "Laptop: L01",
        f"Ledger: {ledger.short(here.ledger.lines())}",
        "Records sealed: 1",
        "Waiting to be handed over: 1",
        "Interviews to finish: 0",
    ]


def test_a_day_is_handed_over_to_a_folder(here: Laptop, tmp_path: Path) -> None:
    """One that is there; another spelling is asked again."""
    held_day(here, A, "What happened", "No common language", "Now", "Yes", "Later", "Back")
    stick = tmp_path / "stick"
    stick.mkdir()
    shown = held_day(here, "Other", "Hand over", str(stick / "no"), str(stick))
    assert "There is no such folder. Plug the stick in, or check the spelling." in shown
    assert "Handed over: 1 record." in shown
    assert [path.name for path in stick.iterdir()] == ["souspli-L01"]


def test_nothing_of_a_day_can_be_read_on_the_disk(here: Laptop) -> None:
    """No case, place, code of an interviewer, outcome or note, in a file or in a file's name."""
    held_day(
        here,
        A, "What happened", "Another time", "Now", "tomorrow", "evening", "amarante", "Back",
        B, "What happened", "The person refuses", "Now", "Yes", "Later", "Back",
    )  # fmt: skip
    words = [A, B, "Zinzolin", "Amarante", "amarante", "2.112", "postponed", "evening"]
    for path in here.device.home.rglob("*"):
        told = path.name.encode() + (path.read_bytes() if path.is_file() else b"")
        is_kit = path.name == "kit"  # its public part has the questionnaires
        assert not [word for word in words[:4] if word.encode() in told], path
        assert is_kit or not [word for word in words if word.encode() in told], path


# --- the list -----------------------------------------------------------------------------------

TODAY = date(2022, 4, 11)
CODES = st.integers(0, 9).map(lambda n: f"{n:04}-{n:04}")
PLACES = st.sampled_from(["", "Zinzolin", "Amarante", "Garance"])
STATES = st.builds(
    lambda code, slots, day, closing: State(
        code,
        tuple(Attempt(f"2022-04-{n:02}", part, "2.25") for n, part in slots),
        Appointment(code, f"2022-04-{day:02}", "evening") if day else None,
        Sealed(code, "1" * 32, "outcome", closing, "t", "person") if closing else None,
    ),
    CODES,
    st.lists(st.tuples(st.integers(1, 11), st.sampled_from(PARTS)), max_size=3),
    st.integers(0, 28),
    st.sampled_from(["", "2.112", "1.1"]),
)


@settings(max_examples=60)
@given(
    st.lists(st.builds(Case, CODES, PLACES), unique_by=lambda case: case.code, max_size=8),
    st.lists(STATES, unique_by=lambda state: state.case, max_size=8),
)
def test_every_open_case_has_one_line_and_no_closed_one_has(
    found: list[Case], states: list[State]
) -> None:
    """Under its appointment or its place; a closed one only for want of its sheet."""
    known = {state.case: state for state in states}
    sections = agenda(found, known, (), TODAY, has_sheet=True)
    sheets = [
        one
        for section in sections
        if section.title == "Non-respondent sheets"
        for one in section.entries
    ]
    lines = [one.id for section in sections for one in section.entries if one not in sheets]
    still = [case.code for case in found if case.code not in known or known[case.code].is_open]
    assert sorted(lines) == sorted(still)
    assert {one.id for one in sheets} == {
        case.code for case in found if case.code in known and known[case.code].lacks_sheet
    }


def test_appointments_come_first_by_day_and_hour_then_drafts_then_places_as_the_kit_has_them() -> (
    None
):
    """What was missed yesterday is before today; the evening is after half past two."""
    states = {
        A: State(A, appointment=Appointment(A, "2022-04-11", "evening")),
        B: State(B, appointment=Appointment(B, "2022-04-11", "14:30")),
        C: State(C, appointment=Appointment(C, "2022-04-10", "20:00")),
        "D": State("D", appointment=Appointment("D", "2022-04-12", "morning")),
    }
    found = (*CASES, Case("D", "Garance"), Case("E", ""))
    drafts = (OpenDraft("0" * 32, "E", "whole", "I1", TODAY), OpenDraft("1" * 32, fault="damaged"))
    sections = agenda(found, states, drafts, TODAY, has_sheet=True)
    assert [(one.title, [entry.words for entry in one.entries]) for one in sections] == [
        (
            "Appointments",
            [
                f"yesterday, 20:00 · {C} · Amarante · to visit",
                f"today, 14:30 · {B} · Zinzolin · to visit",
                f"today, evening · {A} · Zinzolin · to visit",
            ],
        ),
        ("Interviews to finish", ["E · whole", "cannot be opened here"]),
        ("Garance", ["D · to visit · tomorrow, morning"]),
        ("Place not given", ["E · to visit · under way"]),
    ]


# --- days and hours -----------------------------------------------------------------------------


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["h", ":", " h ", "H"]))
def test_an_hour_is_read_however_it_is_typed(hour: int, minute: int, between: str) -> None:
    """9h05, 09:05, 9 h 05; 9h is nine o'clock."""
    assert when.hour_of(f"{hour}{between}{minute:02}") == f"{hour:02}:{minute:02}"
    assert when.hour_of(f" {hour:02}h ") == f"{hour:02}:00"


@pytest.mark.parametrize("typed", ["", "24:00", "9", "9h61", "h30", "9h5", "neuf", "-1h", "١٤:٣٠"])
def test_what_is_no_hour_is_none(typed: str) -> None:
    """Then it is asked again."""
    assert when.hour_of(typed) == ""


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, when.LATEST))
def test_a_past_day_is_the_last_such_day(today: date, ago: int) -> None:
    """Across the end of a year too; never a day to come."""
    day = today - timedelta(ago)
    assert when.past_day_of(f"{day:%d/%m}", today) == day
    assert when.past_day_of(f"{today + timedelta(1):%d/%m}", today) is None


@pytest.mark.parametrize("typed", ["", "31/02", "1", "12/04/2022", "0/4", "hier"])
def test_what_is_no_day_is_none(typed: str) -> None:
    """Nor is one too long ago."""
    assert when.past_day_of(typed, TODAY) is None
    assert when.past_day_of("10/03", TODAY) is None


def test_days_are_said_as_near_as_they_are() -> None:
    """Around today in one word, else with their name."""
    days = [when.said(TODAY + timedelta(n), TODAY) for n in (-1, 0, 1, 2)]
    assert days == ["yesterday", "today", "tomorrow", "Wednesday 13/04"]


# --- the terminal -------------------------------------------------------------------------------


class Sized(DummyOutput):
    """A terminal of 40 by 12 that shows nothing."""

    def get_size(self) -> Size:
        return Size(rows=12, columns=40)


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    """A keyboard on which a test types ahead."""
    with create_pipe_input() as pipe:
        yield pipe


PAGE = Page("Essai", ("One line",))
OPTIONS = (Title("Choices"), Option("a", "First"), Option("b", "Second"), Option("c", "Third"))


def terminal(keyboard: PipeInput, keys: str, clock: Callable[[], float] = lambda: 0.0) -> Dialogue:
    keyboard.send_text(keys)
    given: list[bytes] = []

    def unlock(passphrase: bytearray) -> bool:
        given.append(bytes(passphrase))
        return given[-1] == b"right"

    return Dialogue("Essai", unlock, 5, clock, keyboard, Sized())


def test_the_session_is_unlocked_by_the_passphrase_of_the_laptop_alone(here: Laptop) -> None:
    """Which is wiped, right or wrong."""
    typed = [bytearray(b"a passphrase for tests"), bytearray(b"a passphrase for test")]
    assert [session.unlocking(here)(one) for one in typed] == [True, False]
    assert [set(one) for one in typed] == [{0}, {0}]


def test_what_has_no_room_above_a_question_is_marked(keyboard: PipeInput) -> None:
    """The choices keep theirs; “…” says that there is more."""
    told = [Page("Essai", tuple(f"line {n}" for n in range(count))) for count in (5, 6)]
    assert [above(page, keyboard) for page in told] == [
        ["Essai", "line 0", "line 1", "line 2", "line 3", "line 4"],
        ["Essai", "line 0", "line 1", "line 2", "line 3", "…"],
    ]


def above(page: Page, keyboard: PipeInput) -> list[str]:
    """Return the lines above a question that keeps six of twelve lines."""
    with create_app_session(keyboard, Sized()):
        application = questionary.text("Word:").application
        dress(application, page, "keys", room=6)
        [window, *_below] = application.layout.container.get_children()
    assert isinstance(window, Window)
    return fragment_list_to_text(to_formatted_text(window.content.text)).split("\n")  # type: ignore[attr-defined]


def test_arrows_and_enter_choose_and_a_title_is_no_choice(keyboard: PipeInput) -> None:
    """The pointer begins where it is told to, and goes round."""
    dialogue = terminal(keyboard, "\x1b[B\r" + "\r" + "\x1b[A\r" + "\x1b[B\x1b[B\x1b[B\r")
    with dialogue.on_screen():
        assert dialogue.select(PAGE, "Which?", OPTIONS) == "b"
        assert dialogue.select(PAGE, "Which?", OPTIONS, at="c") == "c"
        assert dialogue.select(PAGE, "Which?", OPTIONS) == "c"
        assert dialogue.select(PAGE, "Which?", OPTIONS) == "a"


def test_a_text_is_given_back_once_nothing_is_wrong_with_it(keyboard: PipeInput) -> None:
    """Blanks around it go."""
    dialogue = terminal(keyboard, " no\r\x15 yes \r")
    with dialogue.on_screen():
        told = dialogue.text(PAGE, "Word:", lambda typed: "" if typed == "yes" else "Type yes.")
    assert told == "yes"


def test_sure_is_only_who_says_so(keyboard: PipeInput) -> None:
    """Enter twice by mistake seals nothing."""
    dialogue = terminal(keyboard, "\r" + "\x1b[B\r")
    with dialogue.on_screen():
        assert not dialogue.is_sure(PAGE, "Seal?", "Yes")
        assert dialogue.is_sure(PAGE, "Seal?", "Yes")


def test_ctrl_c_goes_back_and_the_end_of_input_ends(keyboard: PipeInput) -> None:
    """The end of input is never a choice."""
    dialogue = terminal(keyboard, "\x03\x03")
    with dialogue.on_screen():
        with pytest.raises(Back):
            dialogue.select(PAGE, "Which?", OPTIONS)
        with pytest.raises(Back):
            dialogue.text(PAGE, "Word:", lambda _typed: "")
        keyboard.close()
        with pytest.raises(Gone):
            dialogue.select(PAGE, "Which?", OPTIONS)


def test_what_is_longer_than_the_screen_is_told_in_pages(keyboard: PipeInput) -> None:
    """Eight lines at a time on twelve; each until Enter."""
    dialogue = terminal(keyboard, "\r\r\r")
    with dialogue.on_screen():
        dialogue.tell(Page("Essai", tuple(f"line {n}" for n in range(17))))
        keyboard.close()
        with pytest.raises(Gone):
            dialogue.tell(PAGE)


def test_left_alone_it_asks_the_passphrase_before_it_shows_anything(keyboard: PipeInput) -> None:
    """A wrong one is asked again; then the question comes that was to come."""
    hours = [0.0]
    dialogue = terminal(keyboard, "\r", lambda: hours[0])
    with dialogue.on_screen():
        assert dialogue.select(PAGE, "Which?", OPTIONS) == "a"
        hours[0] = 301.0
        keyboard.send_text("wrong\rright\r\x1b[B\r")
        assert dialogue.select(PAGE, "Which?", OPTIONS) == "b"


def test_three_wrong_passphrases_end_the_session(keyboard: PipeInput) -> None:
    """So does Ctrl-C."""
    hours = [0.0]
    for keys in ("one\rtwo\rthree\rright\r", "\x03"):
        hours[0] = 0.0
        dialogue = terminal(keyboard, "", lambda: hours[0])
        with dialogue.on_screen():
            hours[0] = 300.0
            keyboard.send_text(keys)
            with pytest.raises(Gone):
                dialogue.select(PAGE, "Which?", OPTIONS)


def test_a_question_left_alone_is_locked_where_it_stands(keyboard: PipeInput) -> None:
    """And a key that comes back after that answers nothing."""
    hours = [0.0]
    dialogue = terminal(keyboard, "", lambda: hours[0])

    def later() -> None:
        hours[0] = 300.0
        keyboard.send_text("\x1b[B\r")  # somebody else, who did not see that it locks

    threading.Timer(0.2, later).start()
    threading.Timer(2.0, lambda: keyboard.send_text("right\r\r")).start()
    with dialogue.on_screen():
        assert dialogue.select(PAGE, "Which?", OPTIONS) == "a"
