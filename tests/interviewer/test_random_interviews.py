"""Random interviews, held by keys on the screen's own state: killed, resumed, gone back over, translated.

However one went, the record in the outbox is that of the same answers given straight, one after the
other. `make soak` holds two thousand of them; the suite holds some.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from interviewer import age, draft, holding, outbox, record
from interviewer.interview import Answer, Interview, choices, completeness, finished, replay
from interviewer.laptop import Laptop
from interviewer.record import answers_of
from interviewer.screen.keys import Action
from interviewer.screen.strokes import press, type_in
from interviewer.screen.view import View, begun
from interviewer.scrub import Scrubber
from interviewer.sitting import Sitting
from surveys.expressions import Node
from surveys.instrument import Group

NOW = datetime(2022, 4, 11, 10, 0).astimezone()
SCRUBBER = Scrubber(words=("Hôtel Bellevue",), language="fr")
WORDS = (
    "rien à dire",
    "à l'Hôtel Bellevue, le 12/03/2021",
    "06 12 34 56 78",
    '"{}"\\ é ü œ 🙂',
    ": deux-points",
)
NUMBERS = ("0", "1", "7", "17", "18", "31", "64", "99", "150")
DATES = ("12/03/2021", "2020-02-29", "01/01/1999")


class Interviews(RuleBasedStateMachine):
    """One interview a run: the laptop's draft is real, and so is each answer's frame on the disk."""

    laptop: Laptop
    study_key: age.HybridIdentity
    custodian_key: age.HybridIdentity

    @initialize(language=st.sampled_from(["fr", "en"]))
    def begin(self, language: str) -> None:
        """Begin, in one language or the other."""
        shutil.rmtree(self.laptop.place, ignore_errors=True)
        [instrument] = self.laptop.signed.kit.instruments
        self.held = holding.begun(
            self.laptop, instrument, case="", interviewer="I1", now=NOW, language=language
        )
        self.given: list[tuple[Node, Answer]] = []
        self.typed: dict[Node, str] = {}
        self.language = language
        self.view = begun(self.held.interview)

    # --- keys ---------------------------------------------------------------------------------

    def show(self, view: View) -> bool:
        """Show the next view as the terminal does; return whether an answer led to it."""
        if view.given is not None:
            self.held.durable(*view.given, view.interview.language)
            self.given.append(view.given)
            self.language = view.interview.language
        self.view = replace(view, given=None)
        return view.given is not None

    def press(self, action: Action) -> bool:
        return self.show(press(self.view, action, SCRUBBER))

    def type(self, text: str) -> bool:
        """Type a text and Enter, with a reason where one is asked; return whether it was an answer."""
        node = self.view.step.node if self.view.step else None
        if self._typed(text) and node is not None:
            self.typed[node] = text
            return True
        return False

    def _typed(self, text: str) -> bool:
        for character in text:
            if self.show(type_in(self.view, character, SCRUBBER)):
                return True
        for _again in range(3):
            if self.press("enter"):
                return True
            if self.view.mode == "reason":
                for character in "vu ensemble":
                    self.show(type_in(self.view, character, SCRUBBER))
        while self.view.below is not None and self.view.mode in {"reason", "comment"}:
            self.press("back")
        return False

    def offered(self) -> tuple[str, ...]:
        """Return texts that may answer the question looked at."""
        step = self.view.step
        if step is None:
            return ("",)
        if isinstance(step.item, Group):
            return ("1", "2")
        match step.item.kind:
            case "select_one" | "select_multiple":
                return tuple(choice.code for choice in choices(self.view.interview, step))
            case "integer" | "decimal" | "range":
                return NUMBERS
            case "date":
                return DATES
            case "acknowledge":
                return ("1",)
            case "text":
                return WORDS
            case _:
                return ("",)

    # --- what people do -----------------------------------------------------------------------

    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Answer the question looked at."""
        self.type(data.draw(st.sampled_from(self.offered())))

    @rule(data=st.data(), count=st.integers(2, 12))
    def answer_several(self, data: st.DataObject, count: int) -> None:
        """Answer one question after the other."""
        for _question in range(count):
            self.type(data.draw(st.sampled_from(self.offered())))

    @rule(action=st.sampled_from(["refused", "dont_know"]))
    def decline(self, action: Action) -> None:
        """Refuse, or not know."""
        self.press(action)

    @rule(times=st.integers(1, 4))
    def go_back(self, times: int) -> None:
        """Look at former questions."""
        for _time in range(times):
            self.press("back")

    @rule(text=st.sampled_from(WORDS))
    def comment(self, text: str) -> None:
        """Comment on the question."""
        self.press("comment")
        if self.view.mode == "comment":
            for character in text:
                self.show(type_in(self.view, character, SCRUBBER))
            for _again in range(2):
                if self.view.mode == "comment":
                    self.press("enter")

    @rule()
    def turn_to_the_other_language(self) -> None:
        """Go on in the other language."""
        self.press("language")

    @precondition(lambda self: self.given)
    @rule(torn=st.integers(0, 200), is_polite=st.booleans())
    def stop_and_resume(self, torn: int, is_polite: bool) -> None:
        """Suspend, or be killed in the middle of writing a frame; then go on."""
        path = self.laptop.drafts / f"{self.held.around.id}{draft.SUFFIX}"
        if is_polite:
            holding.close(self.held, Sitting(self.view.interview, "suspended"), NOW)
        else:
            with path.open("ab") as file:
                file.write(b"\x5a" * torn)
        holding.mend(self.laptop, NOW)
        self.held = holding.resumed(self.laptop, self.held.around.id)
        self.view = begun(self.held.interview)
        self.say_again()

    def say_again(self) -> None:
        """Answer as before what was kept reduced only, and is asked again."""
        for _question in range(50):
            step = self.view.step
            given = dict(self.given)
            if step is None or self.view.mode != "answer" or step.node not in given:
                return
            if given[step.node].status == "answered" and step.node in self.typed:
                assert self.type(self.typed[step.node])
            else:
                return

    # --- what came of it ----------------------------------------------------------------------

    def teardown(self) -> None:
        """Seal it, and compare with the same answers given straight."""
        if not hasattr(self, "held"):
            return
        sitting = Sitting(self.held.interview, "stopped")
        assert holding.close(self.held, sitting, NOW) == "sealed"
        straight = replay(
            self.held.interview.plan, NOW, self.held.around.id, self.given, self.language
        )
        self.assert_equal(straight)
        shutil.rmtree(self.laptop.place)

    def assert_equal(self, straight: Interview) -> None:
        done = finished(straight, NOW)
        expected = answers_of(done)
        [record_id] = outbox.ids(self.laptop.outbox)
        sealed = (self.laptop.outbox / f"{record_id}.age").read_bytes()
        made = record.unseal(sealed, self.laptop.signed.kit.bucket, [self.study_key])
        links = (self.laptop.outbox / f"{record_id}.link.age").read_bytes()
        assert made.answers == expected["answers"]
        assert made.statuses == expected["statuses"]
        assert made.comments == expected["comments"]
        assert made.reasons == expected["reasons"]
        assert record.unseal_links(links, [self.custodian_key]) == (record_id, expected["links"])
        assert made.status == completeness(done)
        assert made.language == self.language


def hold(
    make: Callable[..., Laptop], keys: tuple[age.HybridIdentity, age.HybridIdentity], form: str
) -> type[Interviews]:
    """Return the machine on a laptop of its own."""
    home = Path(tempfile.mkdtemp())
    made = {"laptop": make(home, form), "study_key": keys[0], "custodian_key": keys[1]}
    return type("Held", (Interviews,), made)


def run(machine: type[Interviews], count: int, steps: int) -> None:
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=count,
                stateful_step_count=steps,
                deadline=None,
                phases=[Phase.reuse, Phase.generate],  # shrinking one takes minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        shutil.rmtree(machine.laptop.device.home)


def test_a_random_interview_is_sealed_as_its_answers_given_straight(
    enrolled: Callable[..., Laptop],
    study_key: age.HybridIdentity,
    custodian_key: age.HybridIdentity,
) -> None:
    """Twelve questions of every kind; one hundred interviews."""
    run(hold(enrolled, (study_key, custodian_key), "whole"), 100, 20)


@pytest.mark.soak
def test_two_thousand_random_interviews_are_sealed_as_their_answers_given_straight(
    enrolled: Callable[..., Laptop],
    study_key: age.HybridIdentity,
    custodian_key: age.HybridIdentity,
) -> None:
    """The same, two thousand times."""
    run(hold(enrolled, (study_key, custodian_key), "whole"), 2_000, 30)


@pytest.mark.soak
def test_random_interviews_of_the_first_study_are_sealed_as_their_answers_given_straight(
    enrolled: Callable[..., Laptop],
    study_key: age.HybridIdentity,
    custodian_key: age.HybridIdentity,
) -> None:
    """The Assore questionnaire, three hundred times."""
    run(hold(enrolled, (study_key, custodian_key), "assore"), 300, 40)
