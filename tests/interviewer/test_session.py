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
from prompt_toolkit.formatted_text import (
    StyleAndTextTuples,
    fragment_list_to_text,
    to_formatted_text,
)
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.layout import Window
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.utils import get_cwidth

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
from interviewer.device import Device
from interviewer.holding import OpenDraft
from interviewer.kit import Case, KitInstrument
from interviewer.laptop import Laptop, unlocking
from interviewer.outcomes import PARTS
from interviewer.process import Handed
from interviewer.record import Attempt, Record
from interviewer.session import errands, held, when
from interviewer.session.agenda import agenda, drafted
from interviewer.session.desk import Desk
from interviewer.session.dialogue import Back, Dialogue, Gone, Option, Title
from interviewer.session.frame import Page, broken_at_words, dress
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
def here(tmp_path: Path, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """A laptop with three cases at two places, and three questionnaires."""
    laptop = enrolled(tmp_path / "home")
    signed = replace(laptop.signed, kit=replace(laptop.signed.kit, instruments=kit_of(laptop)))
    monkeypatch.setattr(Device, "kit_of", lambda _device, _hash: signed)
    return replace(
        laptop,
        signed=signed,
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
        if handed.draft:
            held = holding.resumed(self.laptop, handed.draft)
        else:
            held = holding.begun(
                self.laptop,
                instrument,
                case=handed.case,
                interviewer=handed.interviewer,
                now=NOW,
            )
        ending = self.endings.pop(0)
        became = holding.close(held, Sitting(held.interview, ending), NOW)
        if ending == "erased":
            return process.ERASED, ""
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
    assert [one.outcome for one in made.attempts] == ["2.25"]
    assert made.attempts == stands(here, A).attempts
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
    assert "Not finished: every answer is kept." in shown
    assert "Interviews to finish" in shown
    assert f"{A} · to visit · under way" in shown
    assert "Go on with the interview" in shown
    assert stands(here, A).is_open


def drafts(laptop: Laptop) -> list[str]:
    return [one.id for one in holding.open_drafts(laptop)]


def kept(laptop: Laptop, unit: str, case: str) -> str:
    """Return the id of an interview that was begun and left."""
    [instrument] = [one for one in laptop.signed.kit.instruments if one.unit == unit]
    held = holding.begun(laptop, instrument, case=case, interviewer="I1", now=NOW)
    return held.around.id


def test_going_on_is_with_that_very_draft(here: Laptop) -> None:
    """The child is handed its id, from the case as from the list; a new one has none."""
    child = Children(here, "suspended", "suspended", "finished")
    held_day(here, A, "Interview now", "Go on with the interview", "Back", child=child)
    [draft] = drafts(here)
    held_day(here, f"{A} · whole", child=child)
    assert [one.draft for one in child.handed] == ["", draft, draft]
    assert drafts(here) == []


def test_two_drafts_of_one_case_are_both_reached(here: Laptop) -> None:
    """From the list and from the case, told apart by a number where all else is the same."""
    found = {kept(here, "person", A), kept(here, "person", A)}
    child = Children(here, "suspended", "suspended", "suspended", "suspended")
    held_day(here, "begun today · no. 1", "begun today · no. 2", child=child)
    assert {one.draft for one in child.handed} == found
    held_day(here, A + " · to visit", "Go on", "no. 2", "Go on", "no. 1", "Back", child=child)
    assert [one.draft for one in child.handed[2:]] == [one.draft for one in child.handed[1::-1]]


def test_another_questionnaire_may_begin_beside_one_under_way(here: Laptop) -> None:
    """A kit with two about a person: the one under way is offered, and the other one."""
    kit = here.signed.kit
    second = replace(kit.instruments[0], id="second")
    kit = replace(kit, instruments=(*kit.instruments, second))
    laptop = replace(here, signed=replace(here.signed, kit=kit))
    child = Children(laptop, "suspended", "suspended")
    held_day(laptop, A, "Interview now", "Whole", "Go on with", "A new one: ", "Back", child=child)
    assert [one.draft for one in child.handed] == ["", ""]
    assert {command[5] for command in child.commands} == {"whole_person", "second"}


def test_which_interview_of_a_site_goes_on_is_asked(here: Laptop) -> None:
    """Or a new one begins; two of a day are told apart."""
    child = Children(here, "suspended", "suspended", "finished")
    other = ("Other", "Interview a professional")
    held_day(here, *other, "Whole", *other, "A new one: ", child=child)
    first, second = (one.id for one in holding.open_drafts(here))
    held_day(here, *other, "Go on: whole_site · begun today · no. 2", child=child)
    assert [one.draft for one in child.handed] == ["", "", second]
    assert drafts(here) == [first]


def test_practice_that_was_left_goes_on(here: Laptop) -> None:
    """It is apart from the real ones, and no number of it hinders them."""
    apart = replace(here, is_practice=True)
    child = Children(apart, "suspended", "finished")
    held_day(here, "Other", "Practice", "Whole", "Other", "Practice", "Go on: P1", child=child)
    assert [bool(one.draft) for one in child.handed] == [False, True]
    assert child.commands[1][-1] == "--practice"
    assert drafts(apart) == []


def test_a_draft_of_a_case_that_left_the_kit_is_finished(here: Laptop) -> None:
    """It is listed, goes on and is sealed, though the laptop has that case no more."""
    draft = kept(here, "person", A)
    without = replace(here, private=replace(here.private, cases=CASES[1:]))
    child = Children(without, "finished")
    shown = held_day(without, f"{A} · whole", child=child)
    assert "Interviews to finish" in shown
    assert (child.handed[0].case, child.handed[0].draft) == (A, draft)
    assert [line.event for line in here.ledger.lines()] == ["start", "end"]


def test_a_sheet_under_way_goes_on(here: Laptop) -> None:
    """A second one of the case is not begun."""
    held_day(here, A, "What happened", "The person refuses", "Now", "Yes", "Later", "Back")
    draft = kept(here, "non_respondent", A)
    child = Children(here, "finished")
    held_day(here, f"{A} · Zinzolin", "Non-respondent sheet", "Back", child=child)
    assert [one.draft for one in child.handed] == [draft]


@pytest.mark.parametrize("end", ["The person has died", "The person refuses", "Never met"])
def test_a_case_is_not_ended_while_its_interview_is_under_way(here: Laptop, end: str) -> None:
    """Else it would have two outcomes; what to do is said; a visit is noted all the same."""
    kept(here, "person", A)
    shown = held_day(here, f"{A} · to visit", "What happened", end, "Back")
    assert any("go on with it, and press F10 there to stop it" in line for line in shown)
    assert stands(here, A).is_open
    assert [line.event for line in here.ledger.lines()] == ["start"]
    held_day(here, f"{A} · to visit", "What happened", "Nobody answered", "Now", "Back")
    assert len(stands(here, A).attempts) == 1


def test_only_an_erased_interview_is_said_to_be_erased(here: Laptop) -> None:
    """Whatever else was sealed meanwhile: the child says how it ended."""

    def child(_command: Sequence[str], _handed: Handed) -> tuple[int, str]:
        closing.seal_outcome(
            here, here.signed.kit.instruments[0], case=B, interviewer="I1", outcome="2.112",
            attempts=(), now=NOW,
        )  # fmt: skip
        return statuses.pop(0), ""

    statuses = [130, process.ERASED]
    dialogue = Scripted(script=["I1", A, "Interview now", "Interview now", "Back"])
    session.hold(here, dialogue, lambda: NOW, child=child)
    said = [line for line in dialogue.shown if line.startswith(("Erased", "Not finished"))]
    assert said == [
        "Not finished: every answer is kept.",
        "Erased: no answer of this interview is kept.",
    ]


def test_no_more_interviews_are_begun_than_the_study_allows(
    here: Laptop, enrolled: Enrolled
) -> None:
    """Two under way: a third is refused with the remedy, one of them goes on."""
    child = Children(here, "suspended", "suspended")
    held_day(here, A, "Interview now", "Back", B, "Interview now", "Back", child=child)
    shown = held_day(here, C, "Interview now", "Back", child=child)
    assert any("2 interviews are under way; finish one" in line for line in shown)
    assert len(child.commands) == 2


def test_a_child_gets_keys_and_its_draft_through_a_pipe_it_alone_inherits(here: Laptop) -> None:
    """Not in its arguments; its exit status and its complaint come back."""
    child = """
import os, sys
from interviewer import process
handed = process.handed(int(sys.argv[2]))
assert os.environ.get("HANDED") is None and len(sys.argv) == 3 and len(sys.argv[2]) < 8
sys.stderr.write(handed.secrets.vault_key.hex() + " " + handed.draft)
sys.exit(3)
"""
    told = process.child([sys.executable, "-c", child], Handed(here.secrets, draft="0" * 32))
    assert told == (3, f"{here.secrets.vault_key.hex()} {'0' * 32}")


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


def test_an_interview_is_checked_back_and_closes_nothing(
    here: Laptop, study_key: age.HybridIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the questionnaire for it, until it was held; the case stays as it stands."""
    assert "Check the interview back" not in held_day(here, A, "Back")
    kit = here.signed.kit
    check = replace(kit.instruments[0], id="check", unit="back_check")
    kit = replace(kit, instruments=(*kit.instruments, check))
    laptop = replace(here, signed=replace(here.signed, kit=kit))
    monkeypatch.setattr(Device, "kit_of", lambda _device, _hash: laptop.signed)
    child = Children(laptop, "suspended", "finished")
    held_day(laptop, A, "Check", "Check", "Back", child=child)
    [made] = records(laptop, study_key)
    assert (made.unit, made.case, made.kind) == ("back_check", A, "interview")
    assert [one.case for one in child.handed] == [A, A]
    assert [bool(one.draft) for one in child.handed] == [False, True]
    assert {command[5] for command in child.commands} == {"check"}
    assert stands(laptop, A) == State(A)
    assert made.outcome == "2.12"
    assert "Check the interview back" in held_day(laptop, A, "Back")  # it was broken off
    journal(laptop).note(Sealed(A, "1" * 32, "interview", "1.1", "check", "back_check"))
    laptop.ledger.append("end", "1" * 32, "0" * 64, laptop.secrets.signing)
    assert "Check the interview back" not in held_day(laptop, A, "Back")
    assert stands(laptop, A) == State(A)


def test_practice_is_of_no_case_of_the_kit(here: Laptop) -> None:
    """The child is told that it is practice, and gets no visits."""
    child = Children(replace(here, is_practice=True), "finished")
    held_day(here, "Other", "Practice", "Whole", child=child)
    assert child.commands[0][-1] == "--practice"
    assert child.handed[0].case == "P1"
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


def test_a_mistaken_correction_is_undone(here: Laptop, study_key: age.HybridIdentity) -> None:
    """What was sealed at first is offered again, an interview too; what stands never is."""
    held_in_part(here, A)
    [made] = records(here, study_key)
    interview = "Interview, in part"
    correct = ("Other", "Correct", A, "Another thing")
    shown = held_day(here, *correct, "The person has died", "Yes, correct")
    assert interview not in _offered(shown)
    shown = held_day(here, *correct, interview, "Yes, correct")
    assert "The person has died" not in _offered(shown)
    assert [one.outcome for one in records(here, study_key)] == [made.outcome, "2.31", made.outcome]
    closed = stands(here, A).closing
    assert closed is not None
    assert closed.outcome == made.outcome


def held_in_part(laptop: Laptop, case: str) -> None:
    """Seal the record of an interview of a case that was held in part."""
    instrument = laptop.signed.kit.instruments[0]
    closing.seal_outcome(
        laptop, instrument, case=case, interviewer="I1", outcome="1.2", attempts=(), now=NOW
    )


def _offered(shown: list[str]) -> list[str]:
    at = shown.index("What happened?")
    return shown[at + 1 : shown.index("Seal this correction?")]


def test_a_case_that_left_the_kit_is_offered_again_where_it_was_sealed_first(here: Laptop) -> None:
    """So that a wrong correction of the case is undone too."""
    held_day(here, A, "What happened", "The person refuses", "Now", "Yes", "Later", "Back")
    held_day(here, "Other", "Correct", A, "another case", B, "Yes, correct")
    without = replace(here, private=replace(here.private, cases=CASES[1:]))
    held_day(without, "Other", "Correct", B, "another case", A, "Yes, correct")
    assert stands(here, A).closing is not None
    assert stands(here, B).closing is None


def test_a_record_whose_questionnaire_left_the_kit_is_not_corrected_under_another(
    here: Laptop,
) -> None:
    """Such a correction would count for nothing: it is refused before anything is asked."""
    held_day(here, A, "What happened", "The person refuses", "Now", "Yes", "Later", "Back")
    kit = here.signed.kit
    without = replace(here.signed, kit=replace(kit, instruments=kit.instruments[1:]))
    before = here.ledger.lines()
    shown = held_day(replace(here, signed=without), "Other", "Correct", A)
    assert any("has not this record's questionnaire any more" in line for line in shown)
    assert here.ledger.lines() == before


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


class Late(Scripted):
    """Midnight strikes while one question stands."""

    def __init__(self, script: list[str], question: str) -> None:
        super().__init__(script=script)
        self.question, self.time = question, NOW

    def following(self, page: Page, question: str, *offered: str) -> str:
        if question == self.question:
            self.time = NOW.replace(hour=0) + timedelta(1)
        return super().following(page, question, *offered)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("What now?", "2022-04-12"),
        ("When was the visit?", "2022-04-11"),
        ("Seal this?", "2022-04-11"),
    ],
)
def test_after_midnight_who_works_is_asked_before_anything_is_noted_or_sealed(
    here: Laptop, study_key: age.HybridIdentity, question: str, day: str
) -> None:
    """Wherever the day ended; the visit is of the day that was on the screen."""
    chosen = ["I1", A, "What happened", "The person refuses", "Now", "Yes", "I2", "Later", "Back"]
    dialogue = Late(chosen, question)
    session.hold(here, dialogue, lambda: dialogue.time, child=Children(here))
    assert dialogue.shown.count("Interviewer's code:") == 2
    [made] = records(here, study_key)
    assert made.interviewer == "I2"
    assert [one.day for one in made.attempts] == [day]


def test_a_case_left_open_over_midnight_asks_who_works(here: Laptop) -> None:
    """Before it offers anything more about the case."""
    dialogue = Late(["I1", A, "What happened", BACK, "I2", "Back"], "What happened?")
    session.hold(here, dialogue, lambda: dialogue.time, child=Children(here))
    assert dialogue.shown.count("Interviewer's code:") == 2


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
        "Waiting for a receipt of the study lead: 1",
        "Interviews to finish: 0",
    ]


def test_a_day_is_handed_over_to_a_folder(here: Laptop, tmp_path: Path) -> None:
    """One that is there; another spelling is asked again."""
    held_day(here, A, "What happened", "No common language", "Now", "Yes", "Later", "Back")
    stick = tmp_path / "stick"
    stick.mkdir()
    shown = held_day(here, "Other", "Hand over", str(stick / "no"), str(stick))
    assert "There is no such folder. Plug the stick in, or check the spelling." in shown
    assert f"1 record in {stick}, read back and whole." in shown
    assert [path.name for path in stick.iterdir()] == ["souspli-L01"]


def test_a_kit_taken_in_counts_though_the_hand_over_failed_after_it(
    tmp_path: Path,
    enrolled: Enrolled,
    study_key: age.HybridIdentity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is sealed after that is sealed under the kit that is installed."""
    laptop = enrolled(tmp_path / "home")

    def handover(*_arguments: object) -> None:
        enrolled(tmp_path / "home", version=2)
        raise Refusal("the stick is full; take another")

    monkeypatch.setattr(errands, "handover", handover)
    monkeypatch.setattr(errands, "sticks", lambda: [tmp_path])
    shown = held_day(
        laptop,
        "Other", "Hand over", str(tmp_path),
        A, "What happened", "The person refuses", "Now", "Yes", "Back",
    )  # fmt: skip
    assert "The stick is full; take another" in shown
    [made] = records(laptop, study_key)
    assert made.kit == laptop.device.installed().hash != laptop.signed.hash


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


def test_drafts_that_read_alike_have_their_day_and_a_number() -> None:
    """Others are as short as they can be."""
    drafts = [
        OpenDraft("0" * 32, A, "whole", "I1", TODAY - timedelta(1)),
        OpenDraft("1" * 32, B, "whole", "I1", TODAY),
        OpenDraft("2" * 32, A, "whole", "I1", TODAY),
    ]
    assert [one.words for one in drafted(drafts, TODAY)] == [
        f"{A} · whole · begun yesterday · no. 1",
        f"{B} · whole",
        f"{A} · whole · begun today · no. 2",
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
    assert [unlocking(here.device)(one) for one in typed] == [True, False]
    assert [set(one) for one in typed] == [{0}, {0}]


def test_what_has_no_room_above_a_question_is_marked(keyboard: PipeInput) -> None:
    """The choices keep theirs; “…” says that there is more."""
    told = [Page("Essai", tuple(f"line {n}" for n in range(count))) for count in (5, 6)]
    assert [above(page, keyboard) for page in told] == [
        ["Essai", "line 0", "line 1", "line 2", "line 3", "line 4"],
        ["Essai", "line 0", "line 1", "line 2", "line 3", "…"],
    ]


WORDS = st.lists(st.text("abçé漢", min_size=1, max_size=4), min_size=1, max_size=20).map(" ".join)


@settings(max_examples=60)
@given(WORDS, st.integers(13, 60))
def test_a_long_choice_is_broken_at_spaces(text: str, columns: int) -> None:
    """As a window of so many columns breaks it, with its pointer before and its lines indented."""
    shown = fragment_list_to_text(broken_at_words([("", " » "), ("class:x", text)], columns))
    lines, used = [""], 0
    for character in shown:
        if used + get_cwidth(character) > columns:
            lines.append("")
            used = 5
        lines[-1] += character
        used += get_cwidth(character)
    assert " ".join(line.strip() for line in lines) == f"» {text}"


def test_a_choice_that_fits_is_as_it_was() -> None:
    """And one on a screen too narrow for any word is left to the window."""
    choice: StyleAndTextTuples = [("", " » "), ("class:x", "The person was out")]
    assert broken_at_words(choice, 40) == choice
    assert broken_at_words(choice, 12) == choice


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


def test_a_clock_that_is_set_back_locks_after_as_long(keyboard: PipeInput) -> None:
    """It reckons from when that is seen, not from the day it was set back from."""
    hours = [90_000.0]
    dialogue = terminal(keyboard, "", lambda: hours[0])

    def later() -> None:
        hours[0] = 300.0

    with dialogue.on_screen():
        hours[0] = 0.0
        threading.Timer(0.2, later).start()
        threading.Timer(2.0, lambda: keyboard.send_text("right\r\x1b[B\r")).start()
        assert dialogue.select(PAGE, "Which?", OPTIONS) == "b"


@pytest.mark.parametrize(
    ("status", "is_asked"),
    [(0, False), (130, False), (process.ERASED, False), (process.LOCKED, True), (-9, True)],
)
def test_an_interview_left_locked_or_killed_late_leaves_a_locked_session(
    here: Laptop, keyboard: PipeInput, status: int, is_asked: bool
) -> None:
    """Its own lock is no way into the cases; one that ended as it should asks for nothing."""
    hours = [0.0]
    given: list[bytes] = []

    def child(_command: Sequence[str], _handed: Handed) -> tuple[int, str]:
        hours[0] = 0.0 if status == process.LOCKED else 301.0
        return status, ""

    def unlock(passphrase: bytearray) -> bool:
        given.append(bytes(passphrase))
        return True

    dialogue = Dialogue("Essai", unlock, 5, lambda: hours[0], keyboard, Sized())
    journal(here).note(cases.Opened(NOW.date().isoformat(), "I1"))
    desk = Desk(here, journal(here), dialogue, lambda: NOW, child)
    with dialogue.on_screen():
        held.interview(desk, here.signed.kit.instruments[0], case=A)
        keyboard.send_text("right\r\r" if is_asked else "\r")
        assert dialogue.select(PAGE, "Which?", OPTIONS) == "a"
    assert given == ([b"right"] if is_asked else [])


@pytest.mark.parametrize("status", [0, 1])
def test_a_change_of_passphrase_left_alone_leaves_a_locked_session(
    here: Laptop, keyboard: PipeInput, status: int
) -> None:
    """Whoever breaks it off later gives the passphrase; whoever changed it has just given it."""
    hours = [0.0]
    given: list[bytes] = []

    def run(_command: Sequence[str]) -> int:
        hours[0] = 301.0
        return status

    def unlock(passphrase: bytearray) -> bool:
        given.append(bytes(passphrase))
        return True

    dialogue = Dialogue("Essai", unlock, 5, lambda: hours[0], keyboard, Sized())
    desk = Desk(here, journal(here), dialogue, lambda: NOW, Children(here))
    with dialogue.on_screen():
        keyboard.send_text("right\r\r" if status else "\r")
        errands.change_passphrase(desk, run)
    assert given == ([b"right"] if status else [])


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
