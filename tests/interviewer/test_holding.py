"""An interview on a laptop: whatever interrupts it, what was acknowledged is what is sealed."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from interviewer import age, closing, draft, holding, outbox, record
from interviewer.draft import DraftError
from interviewer.files import Held
from interviewer.frames import FramesError
from interviewer.holding import Holding
from interviewer.interview import Answer, give
from interviewer.kit import Rules
from interviewer.laptop import Laptop
from interviewer.record import Record, answers_of
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from interviewer.sitting import Ending, Sitting
from surveys.expressions import Node
from surveys.problems import Refusal

Enrolled = Callable[..., Laptop]
NOW = datetime(2022, 4, 11, 10, 0).astimezone()
CASE = "K7Q2-M4T9"


def begun(laptop: Laptop, case: str = CASE) -> Holding:
    [instrument] = laptop.signed.kit.instruments
    return holding.begun(laptop, instrument, case=case, interviewer="I1", now=NOW)


def answered(held: Holding, count: int, seed: int = 1) -> Sitting:
    """Answer so many questions; everything given is in the draft."""
    person = Respondent(random.Random(seed), leaves_after=count)
    return answer_all(held.interview, person, Scrubber(), held.durable)


def ids(laptop: Laptop, event: str) -> list[str]:
    return [line.id for line in laptop.ledger.lines() if line.event == event]


def opened(laptop: Laptop, key: age.HybridIdentity) -> list[Record]:
    names = outbox.ids(laptop.outbox)
    sealed = [(laptop.outbox / f"{name}.age").read_bytes() for name in names]
    return [record.unseal(one, laptop.signed.kit.bucket, [key]) for one in sealed]


def in_drafts(laptop: Laptop) -> list[str]:
    return sorted(path.name for path in laptop.drafts.glob("*"))


# --- from the first question to the record ------------------------------------------------------


def test_before_the_first_question_the_draft_and_its_start_are_on_the_disk(
    tmp_path: Path, enrolled: Enrolled
) -> None:
    """An interview that is abandoned leaves a mark, under the id its record will have."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    assert ids(laptop, "start") == [held.around.id]
    assert in_drafts(laptop) == [f"{held.around.id}.draft"]
    assert held.around.sequence == 1


@pytest.mark.parametrize(("count", "status"), [(1, "broke_off"), (4, "partial"), (99, "complete")])
def test_a_closed_interview_is_a_record_and_an_end_and_no_draft(
    tmp_path: Path, enrolled: Enrolled, study_key: age.HybridIdentity, count: int, status: str
) -> None:
    """The id is the one it was begun with; the ledger has the hash of what was sealed."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    sitting = answered(held, count)
    assert holding.close(held, sitting, NOW + timedelta(minutes=40)) == "sealed"
    [made] = opened(laptop, study_key)
    assert (made.id, made.status, made.case, made.sequence) == (held.around.id, status, CASE, 1)
    assert made.answers == answers_of(sitting.interview)["answers"] | {
        key: value for key, value in made.answers.items() if key == "ended_at"
    }
    [_start, end] = laptop.ledger.lines()
    assert (end.event, end.id) == ("end", made.id)
    assert end.hash == outbox.digest(laptop.outbox, made.id)
    assert in_drafts(laptop) == []


def test_paradata_say_how_long_each_question_took_and_how_often_it_was_changed(
    tmp_path: Path, enrolled: Enrolled, study_key: age.HybridIdentity
) -> None:
    """Seconds rounded to five, at most ten minutes; changes only where there were some."""
    laptop = enrolled(tmp_path)
    times = iter([0.0, 12.0, 15.0, 10_000.0])
    held = begun(laptop)
    held = Holding(laptop, held.around, held.interview, held._draft, (), lambda: next(times))
    for name, value in (("informed", "OK"), ("years", "40"), ("years", "41")):
        held.durable(Node(name, ()), Answer(value, kept=value), "fr")
    holding.close(held, Sitting(held.interview, "stopped"), NOW)
    [made] = opened(laptop, study_key)
    assert made.paradata == {"informed": "10", "years": "605,1"}
    assert made.minutes == 10


@pytest.mark.parametrize("ending", ["suspended", "interrupted"])
def test_an_interrupted_interview_goes_on_where_it_stopped(
    tmp_path: Path, enrolled: Enrolled, ending: Ending
) -> None:
    """Nothing is sealed; the draft lists its case and day; resumed, it has the same answers kept."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    sitting = answered(held, 5)
    assert holding.close(held, Sitting(sitting.interview, ending), NOW) == "kept"
    assert outbox.ids(laptop.outbox) == []
    [found] = holding.open_drafts(laptop)
    assert (found.id, found.case, found.begun) == (held.around.id, CASE, NOW.date())
    again = holding.resumed(laptop, found.id)
    assert again.around == held.around
    kept = answers_of(again.interview)
    before = answers_of(sitting.interview)
    assert (kept["answers"], kept["links"]) == (before["answers"], before["links"])


def test_a_resumed_interview_speaks_the_language_of_its_last_answer(
    tmp_path: Path, enrolled: Enrolled
) -> None:
    """It was begun in French and went on in English."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    assert held.interview.language == "fr"
    held.durable(Node("informed", ()), Answer("OK", kept="OK"), "en")
    assert holding.resumed(laptop, held.around.id).interview.language == "en"


def test_an_erased_interview_leaves_a_record_like_any_other_and_no_answer(
    tmp_path: Path, enrolled: Enrolled, study_key: age.HybridIdentity
) -> None:
    """One size, outcome 2.12, nothing said in it; the draft is gone."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    answered(held, 6)
    holding.close(held, Sitting(held.interview, "erased"), NOW)
    [made] = opened(laptop, study_key)
    assert (made.outcome, made.status, made.answers, made.paradata) == ("2.12", "broke_off", {}, {})
    assert in_drafts(laptop) == []
    assert ids(laptop, "end") == [made.id]


def test_what_was_taken_back_goes_even_where_its_record_cannot_be_written(
    tmp_path: Path, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the draft is destroyed all the same; later the ledger ends it with nothing."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    answered(held, 6)
    with monkeypatch.context() as full:
        full.setattr(outbox, "put", _no_room)
        with pytest.raises(Refusal, match="no room"):
            holding.close(held, Sitting(held.interview, "erased"), NOW)
    assert in_drafts(laptop) == []
    holding.mend(laptop, NOW)
    assert [line.event for line in laptop.ledger.lines()] == ["start", "end"]
    assert laptop.ledger.lines()[-1].hash == ""


def test_an_erasure_cut_short_is_not_undone(
    tmp_path: Path, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before its record is sealed: nothing of the interview is left to go on with."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    answered(held, 6)
    with monkeypatch.context() as dying:
        dying.setattr(outbox, "put", _die)
        with pytest.raises(Killed):
            holding.close(held, Sitting(held.interview, "erased"), NOW)
    assert in_drafts(laptop) == []
    with pytest.raises(DraftError, match="has ended meanwhile"):
        holding.resumed(laptop, held.around.id)


def _die(*_given: object) -> None:
    raise Killed


def test_an_interview_whose_start_cannot_be_written_never_began(
    tmp_path: Path, enrolled: Enrolled, study_key: age.HybridIdentity
) -> None:
    """No draft stays that another record's number would collide with."""
    laptop = enrolled(tmp_path)
    with pytest.MonkeyPatch.context() as full:
        full.setattr(type(laptop.ledger), "append", _no_room)
        with pytest.raises(Refusal, match="no room"):
            begun(laptop)
    assert in_drafts(laptop) == []
    [instrument] = laptop.signed.kit.instruments
    closing.seal_outcome(
        laptop, instrument, case=CASE, interviewer="I1", outcome="2.112", attempts=(), now=NOW
    )
    holding.close(begun(laptop), Sitting(begun(laptop, "B4D2-F6H4").interview, "stopped"), NOW)
    assert sorted(made.sequence for made in opened(laptop, study_key)) == [1, 2]


def test_a_damaged_draft_takes_nobody_s_place(tmp_path: Path, enrolled: Enrolled) -> None:
    """It is listed with what is wrong, and does not count among those under way."""
    laptop = enrolled(tmp_path, rules=Rules(open_drafts=1))
    held = begun(laptop)
    (laptop.drafts / f"{held.around.id}.draft").write_bytes(b"nothing")
    assert begun(laptop).around.id != held.around.id


def test_the_start_of_an_interview_names_its_draft(tmp_path: Path, enrolled: Enrolled) -> None:
    """The hash of the draft's head; of a record without one, a hash that names nothing."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    [line] = laptop.ledger.lines()
    assert line.hash == draft.head_digest(laptop.drafts / f"{held.around.id}.draft")
    [instrument] = laptop.signed.kit.instruments
    closing.seal_outcome(
        laptop, instrument, case=CASE, interviewer="I1", outcome="2.112", attempts=(), now=NOW
    )
    assert len(laptop.ledger.lines()[1].hash) == len(line.hash)


def _no_room(*_given: object) -> None:
    raise Refusal("no room; free some")


# --- limits -------------------------------------------------------------------------------------


def test_no_more_interviews_are_under_way_than_the_study_allows(
    tmp_path: Path, enrolled: Enrolled
) -> None:
    """The next one is refused with what to do, and leaves nothing."""
    laptop = enrolled(tmp_path, rules=Rules(open_drafts=2))
    begun(laptop)
    begun(laptop, "B4D2-F6H4")
    before = laptop.ledger.lines()
    with pytest.raises(Refusal, match="2 interviews are under way already; finish or stop one"):
        begun(laptop)
    assert laptop.ledger.lines() == before
    assert len(in_drafts(laptop)) == 2


def test_an_interview_left_too_long_is_sealed_as_far_as_it_went(
    tmp_path: Path, enrolled: Enrolled, study_key: age.HybridIdentity
) -> None:
    """It leaves the laptop by the way every record does; one a day younger stays."""
    laptop = enrolled(tmp_path, rules=Rules(draft_days=14))
    held = begun(laptop)
    sitting = answered(held, 4)
    assert holding.mend(laptop, NOW + timedelta(days=14)) == 0
    assert holding.mend(laptop, NOW + timedelta(days=15)) == 1
    [made] = opened(laptop, study_key)
    assert made.status == "partial"
    assert made.answers.items() >= answers_of(sitting.interview)["answers"].items()
    assert in_drafts(laptop) == []


def test_one_interview_is_held_in_one_terminal_at_a_time(
    tmp_path: Path, enrolled: Enrolled
) -> None:
    """While it is held, another that would resume it is refused; afterwards it is not."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    with holding.at_work(laptop, held.around.id):
        again = holding.at_work(laptop, held.around.id)
        with (
            pytest.raises(Held, match="another souspli is at work here; finish there first"),
            again,
        ):
            pass
        assert holding.mend(laptop, NOW + timedelta(days=100)) == 0
        assert len(in_drafts(laptop)) == 1
    with holding.at_work(laptop, held.around.id):
        pass


def test_a_draft_stays_on_the_kit_it_was_begun_with(tmp_path: Path, enrolled: Enrolled) -> None:
    """A newer kit is installed over it; the record says which kit it was made under."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    newer = enrolled(tmp_path, version=2)
    again = holding.resumed(newer, held.around.id)
    assert again.around.kit == laptop.signed.hash != newer.signed.hash
    assert again.laptop.signed.hash == laptop.signed.hash


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"id": "0" * 32}, "another version"),
        ({"id": "\ud83d"}, "another version"),
        ({"case": 1}, "another version"),
        ({"sequence": "1"}, "another version"),
        ({"is_practice": 0}, "another version"),
        ({"attempts": [{"day": 1, "part": "", "outcome": ""}]}, "another version"),
        ({"attempts": 1}, "another version"),
        ({"now": "yesterday"}, "another version"),
        ({"language": []}, "another version"),
        ({"kit": "../vault"}, "is not here"),
        ({"kit": "\0"}, "is not here"),
        ({"instrument": "gone"}, "lacks this interview's questionnaire"),
    ],
    ids=str,
)
def test_a_draft_that_says_something_else_is_refused(
    tmp_path: Path, enrolled: Enrolled, about: dict[str, object], why: str
) -> None:
    """One draft that cannot be gone on with is said, and holds up no other."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    kept = draft.open_with_vault(laptop.drafts / in_drafts(laptop)[0], laptop.secrets.vault_key)
    first, _entries = draft.read(kept)
    kept.frames.append(0, json.dumps(first | about).encode())
    assert len(holding.open_drafts(laptop)) == 1
    with pytest.raises(Refusal, match=why):
        holding.resumed(laptop, held.around.id)


@pytest.mark.parametrize("node", [("nobody", []), ("years", [1])], ids=str)
def test_an_answer_to_what_is_not_asked_is_refused(
    tmp_path: Path, enrolled: Enrolled, node: tuple[str, list[int]]
) -> None:
    """No question of that name, or not at that place."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    kept = draft.open_with_vault(laptop.drafts / in_drafts(laptop)[0], laptop.secrets.vault_key)
    answer = {"n": node[0], "at": node[1], "s": "answered", "k": "18", "l": False, "c": "", "r": ""}
    kept.frames.append(1, json.dumps(answer | {"t": 5, "g": "en", "e": "partial"}).encode())
    with pytest.raises(DraftError, match="another version"):
        holding.resumed(laptop, held.around.id)


def test_practice_is_sealed_to_the_laptop_itself(
    tmp_path: Path, enrolled: Enrolled, study_key: age.HybridIdentity
) -> None:
    """Its own place; the study's key does not open it."""
    laptop = enrolled(tmp_path, practice=True)
    held = begun(laptop)
    holding.close(held, Sitting(answered(held, 9).interview, "finished"), NOW)
    assert not (tmp_path / "field").exists()
    [made] = opened(laptop, laptop.secrets.identity)
    assert made.is_practice
    with pytest.raises(age.NoMatch):
        opened(laptop, study_key)


def test_another_vault_lists_the_draft_and_cannot_go_on_with_it(
    tmp_path: Path, enrolled: Enrolled
) -> None:
    """A damaged or foreign draft holds up nothing, and is said."""
    laptop = enrolled(tmp_path)
    begun(laptop)
    other = replace(laptop, secrets=replace(laptop.secrets, vault_key=bytes(32)))
    [found] = holding.open_drafts(other)
    assert "hand it over to the study lead" in found.fault
    with pytest.raises(DraftError):
        holding.resumed(other, found.id)
    assert holding.mend(other, NOW + timedelta(days=100)) == 0
    assert len(in_drafts(laptop)) == 1


# --- after a crash ------------------------------------------------------------------------------

DISK = ("open", "write", "fsync", "fdatasync", "replace", "unlink", "truncate", "utime", "mkdir")


class Killed(BaseException):
    """The process died: nothing of it goes on."""


class Dying:
    """Lets so many calls that touch a file pass, then dies at the next one, before or after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, passing: int, *, is_after: bool) -> None:
        self.left = passing
        for name in DISK:
            real = getattr(os, name)
            monkeypatch.setattr(os, name, self.wrapped(real, is_after=is_after))

    def wrapped(self, real: Callable[..., object], *, is_after: bool) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            self.left -= 1
            if self.left < 0 and not is_after:
                raise Killed
            found = real(*given, **named)
            if self.left < 0:
                raise Killed
            return found

        return call


def test_killed_at_any_call_on_a_file_an_interview_loses_nothing_acknowledged(
    tmp_path: Path,
    enrolled: Enrolled,
    study_key: age.HybridIdentity,
    custodian_key: age.HybridIdentity,
) -> None:
    """Begun, answered and closed; at each call in turn it dies; mended, resumed and closed again."""
    laptop = enrolled(tmp_path / "model")
    whole = answered(begun(laptop), 99)
    given = list(whole.interview.answers.items())
    for number in range(2_000):
        home = tmp_path / str(number // 2)
        laptop = enrolled(home)
        acknowledged: list[tuple[Node, Answer]] = []
        with pytest.MonkeyPatch.context() as patch:
            Dying(patch, number // 2, is_after=bool(number % 2))
            try:
                _run_through(laptop, given, acknowledged)
                is_done = True
            except Killed:
                is_done = False
        _assert_nothing_lost(laptop, acknowledged, study_key, custodian_key)
        shutil.rmtree(home)
        if is_done:
            assert number > 100
            return
    pytest.fail("it never came to its end")


def _run_through(
    laptop: Laptop, given: Sequence[tuple[Node, Answer]], acknowledged: list[tuple[Node, Answer]]
) -> None:
    held = begun(laptop)
    interview = held.interview
    for node, answer in given:
        held.durable(node, answer, "fr")
        acknowledged.append((node, answer))
        interview = give(interview, node, answer)
    holding.close(held, Sitting(interview, "finished"), NOW)


def _assert_nothing_lost(
    laptop: Laptop,
    acknowledged: Sequence[tuple[Node, Answer]],
    study_key: age.HybridIdentity,
    custodian_key: age.HybridIdentity,
) -> None:
    holding.mend(laptop, NOW)
    holding.mend(laptop, NOW)
    for found in holding.open_drafts(laptop):
        assert found.fault == ""
        held = holding.resumed(laptop, found.id)
        entries = held.entries
        # The one being written when it died may be there: it was given, though not acknowledged.
        assert len(entries) - len(acknowledged) in {0, 1}
        holding.close(held, Sitting(held.interview, "stopped"), NOW)
    starts, ends = ids(laptop, "start"), ids(laptop, "end")
    assert starts == ends
    assert in_drafts(laptop) == []
    assert len(starts) <= 1
    records = opened(laptop, study_key)
    if acknowledged:
        [made] = records
        kept = {
            record.key_of(node): answer.kept
            for node, answer in acknowledged
            if answer.kept and node.name not in {"card", "stays"}
        }
        assert made.answers.items() >= kept.items()
        _id, links = record.unseal_links(
            (laptop.outbox / f"{made.id}.link.age").read_bytes(), [custodian_key]
        )
        card = next((a.kept for node, a in acknowledged if node.name == "card" and a.kept), None)
        assert links.get("card") == card
    left = {path.name for path in laptop.place.rglob("*") if path.is_file()}
    assert left <= {"lock", "ledger", "ledger.head", "journal"} | {
        f"{made.id}{ending}" for made in records for ending in (".age", ".link.age")
    } | {path.name for path in (laptop.place / "locks").glob("*")}


def test_a_disk_that_refuses_an_answer_ends_the_interview_with_those_before(
    tmp_path: Path, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refused answer is not acknowledged; the draft goes on from the one before."""
    laptop = enrolled(tmp_path)
    held = begun(laptop)
    held.durable(Node("informed", ()), Answer("OK", kept="OK"), "fr")
    with monkeypatch.context() as full:
        full.setattr(os, "write", _full)
        with pytest.raises(FramesError, match="the disk refused what was to be kept"):
            held.durable(Node("years", ()), Answer("40", kept="30"), "fr")
    again = holding.resumed(laptop, held.around.id)
    assert [entry.node.name for entry in again.entries] == ["informed"]


def _full(*_given: object) -> int:
    raise OSError(28, "No space left on device")
