"""The first study's whole questionnaire, killed or refused at every call on a file: nothing is lost.

What a kill leaves is what the disk holds at that moment: before each call of one interview the laptop's
folder is copied, and the copy is taken up again. An error that a call returns is tried in interviews
of their own. Slow: `make soak` runs it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from interviewer import age, holding, outbox, record
from interviewer.device import Device
from interviewer.interview import Answer
from interviewer.laptop import Laptop
from interviewer.record import answers_of
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from interviewer.sitting import Sitting
from surveys.expressions import Node
from surveys.problems import Refusal

Enrolled = Callable[..., Laptop]
NOW = datetime(2022, 4, 11, 10, 0).astimezone()
DISK = ("open", "write", "fsync", "fdatasync", "replace", "unlink", "truncate", "utime", "mkdir")
SCRIPT = {"info_given": "1", "consent": "1", "accepts_sensitive": "1", "card_given": "1"}
# Every call is looked at; a record is made of every so many copies, since sealing takes longer.
SEALED_EVERY = 20


class Held:
    """One interview of the Assore questionnaire on a laptop; what was acknowledged so far."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        self.acknowledged: list[tuple[Node, Answer]] = []

    def run(self) -> Sitting:
        [instrument] = self.laptop.signed.kit.instruments
        held = holding.begun(self.laptop, instrument, case="A", interviewer="I1", now=NOW)

        def durable(node: Node, answer: Answer, language: str) -> None:
            held.durable(node, answer, language)
            self.acknowledged.append((node, answer))

        person = Respondent(random.Random(7), SCRIPT)
        sitting = answer_all(held.interview, person, Scrubber(), durable)
        holding.close(held, sitting, NOW)
        return sitting


def taken_up(laptop: Laptop, held: Held, key: age.HybridIdentity, *, is_sealed: bool) -> None:
    """Go on with what is there: every acknowledged answer, at most the one under way beside them."""
    holding.mend(laptop, NOW)
    sealed = outbox.ids(laptop.outbox)
    drafts = holding.open_drafts(laptop)
    assert len(sealed) + len(drafts) == 1 or not held.acknowledged
    for found in drafts:
        assert found.fault == ""
        again = holding.resumed(laptop, found.id)
        given = [(entry.node, entry.kept) for entry in again.entries]
        expected = [(node, answer.kept) for node, answer in held.acknowledged]
        shown = {node for node, kept in expected if kept is None}  # notes, and what is never kept
        assert [one for one in given[: len(expected)] if one[0] not in shown] == [
            one for one in expected if one[0] not in shown
        ]
        assert len(given) - len(expected) in {0, 1}
        if is_sealed:
            holding.close(again, Sitting(again.interview, "stopped"), NOW)
    for record_id in outbox.ids(laptop.outbox):
        content = (laptop.outbox / f"{record_id}.age").read_bytes()
        made = record.unseal(content, laptop.signed.kit.bucket, [key])
        for node, answer in held.acknowledged:
            if answer.kept and answer.status == "answered" and node.name != "card_code":
                assert made.answers[record.key_of(node)] == answer.kept


@pytest.mark.soak
def test_killed_before_any_call_the_assore_interview_goes_on(
    tmp_path: Path, enrolled: Enrolled, study_key: age.HybridIdentity
) -> None:
    """Some eight hundred calls: opening, writing, syncing, renaming, removing."""
    laptop = enrolled(tmp_path / "home", "assore")
    held = Held(laptop)
    calls = 0
    is_looking = False

    def looked(real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            nonlocal calls, is_looking
            if is_looking:
                return real(*given, **named)
            is_looking = True
            calls += 1
            copy = Path(shutil.copytree(tmp_path / "home", tmp_path / "copy"))
            found = replace(laptop, device=Device(copy))
            taken_up(found, held, study_key, is_sealed=calls % SEALED_EVERY == 0)
            shutil.rmtree(copy)
            is_looking = False
            return real(*given, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in DISK:
            patch.setattr(os, name, looked(getattr(os, name)))
        sitting = held.run()
    print(f"{calls} calls, {len(held.acknowledged)} answers")
    assert len(held.acknowledged) > 100
    assert calls > 4 * len(held.acknowledged)
    [record_id] = outbox.ids(laptop.outbox)
    content = (laptop.outbox / f"{record_id}.age").read_bytes()
    made = record.unseal(content, laptop.signed.kit.bucket, [study_key])
    whole = answers_of(sitting.interview)
    assert made.statuses == whole["statuses"]
    assert made.answers.items() >= whole["answers"].items()


@pytest.mark.soak
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_an_error_at_any_call_loses_nothing_of_the_assore_interview(
    tmp_path: Path, enrolled: Enrolled, study_key: age.HybridIdentity, number: int
) -> None:
    """A hundred calls drawn at random, each failing in an interview of its own."""
    chance = random.Random(number)
    for trial in range(100):
        laptop = enrolled(tmp_path / str(trial), "assore")
        held = Held(laptop)
        left = Left(chance.randrange(1, 1_200))
        with pytest.MonkeyPatch.context() as patch:
            for name in DISK:
                patch.setattr(os, name, _failing(getattr(os, name), number, left))
            with contextlib.suppress(Refusal, OSError):
                held.run()
        taken_up(laptop, held, study_key, is_sealed=True)
        shutil.rmtree(tmp_path / str(trial))


class Left:
    """How many calls pass before one fails."""

    def __init__(self, count: int) -> None:
        self.count = count


def _failing(real: Callable[..., object], number: int, left: Left) -> Callable[..., object]:
    def call(*given: object, **named: object) -> object:
        left.count -= 1
        if left.count == 0:
            raise OSError(number, os.strerror(number))
        return real(*given, **named)

    return call
