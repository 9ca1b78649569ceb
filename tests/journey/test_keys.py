"""How many keys an answer takes: one for a code that can be no other, and nothing more than is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from interviewer.interview import choices, judge
from interviewer.screen import hold, terminal
from interviewer.screen.entries import codes_of
from interviewer.screen.keys import action_of
from interviewer.screen.strokes import press, type_in
from interviewer.screen.view import begun, bottom, look_at
from interviewer.sitting import Setting
from surveys import shipped
from surveys.instrument import Group, Question
from tests.typist import ENTER, SCRUBBER, Stop, could_go_on, likely, planned, pressed, thorough

ASSORE = "assore/beneficiaires"
LOTS = 12


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    """A keyboard on which a test types ahead."""
    with create_pipe_input() as pipe:
        yield pipe


class Sized(DummyOutput):
    """A terminal of a usual size that shows nothing."""

    def get_size(self) -> Size:
        return Size(rows=24, columns=80)


def asked_once(instrument: str) -> dict[str, Stop]:
    """Return one stop of each select_one of an instrument, the one that offers most choices."""
    found: dict[str, Stop] = {}
    for lot in range(LOTS):
        for stop in thorough(instrument, lot, ""):
            name, offered = stop.step.node.name, choices(stop.interview, stop.step)
            if isinstance(stop.step.item, Question) and stop.step.item.kind == "select_one":
                known = found.get(name)
                if known is None or len(offered) > len(choices(known.interview, known.step)):
                    found[name] = stop
    return found


@pytest.mark.parametrize("instrument", shipped.names())
def test_one_key_answers_a_select_one(instrument: str) -> None:
    """Every code of every select_one answers at the key; Enter is for a code that begins another one.

    A code whose answer is unusual asks for the reason at that key; one that is impossible says so.
    """
    found = asked_once(instrument)
    survey = planned(instrument).items.values()
    assert found.keys() == {
        item.name for item in survey if isinstance(item, Question) and item.kind == "select_one"
    }
    for name, stop in found.items():
        is_unambiguous = not any(waits(stop, code) for code in codes(stop))
        for code in codes(stop):
            assert len(code) == 1 or not is_unambiguous, (name, code)
            after = look_at(stop.interview, stop.step, frozenset())
            for key in code:
                assert after.given is None
                after = type_in(after, key, SCRUBBER)
            if waits(stop, code):
                assert after.given is None
                after = press(after, "enter", SCRUBBER)
            judged = judge(stop.interview, stop.step, code, SCRUBBER)
            given = judged.answer and (stop.step.node, judged.answer)
            assert after.given == given, (name, code)
            assert given or judged.message in {after.message, bottom(after).message}


def codes(stop: Stop) -> list[str]:
    return [choice.code for choice in choices(stop.interview, stop.step)]


def waits(stop: Stop, code: str) -> bool:
    return could_go_on(stop.interview, stop.step, code)


@pytest.mark.parametrize("lot", range(4))
@pytest.mark.parametrize("instrument", shipped.names())
def test_an_interview_takes_these_keys_and_no_other(
    instrument: str, lot: int, keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interview typed ahead, by the keys counted below, gives the same answers to its end."""
    monkeypatch.setattr(terminal, "HABIT", 0.0)  # no hand types this fast
    stops = likely(instrument, lot)
    keyboard.send_text("".join(key for keys in pressed(stops) for key in keys) + ENTER)
    keyboard.close()
    sitting = hold(stops[0].interview, Setting("Étude", SCRUBBER), keyboard, Sized())
    given = {stop.step.node: stop.answer for stop in stops}
    assert (sitting.ending, dict(sitting.interview.answers)) == ("finished", given)


@pytest.mark.parametrize("instrument", shipped.names())
def test_a_question_takes_what_is_typed_and_enter_where_it_could_go_on(instrument: str) -> None:
    """One key a code; what is typed, and Enter, for the rest; one key for a refusal or a don't know."""
    for lot in range(LOTS):
        for stop in likely(instrument, lot):
            assert len(stop.keys) <= most(stop), stop.step.node.name


def most(stop: Stop) -> int:
    """Return the keys a question may take."""
    item, answer = stop.step.item, stop.answer
    if answer.status != "answered" or isinstance(item, Group):
        return 1
    reason = len(answer.reason) + 1 if answer.reason else 0
    match item.kind:
        case "acknowledge":
            return 1
        case "select_one" | "select_multiple":
            picked = codes_of(stop.interview, stop.step, answer.value)
            waiting = sum(waits(stop, code) for code in picked)
            ends = item.kind == "select_multiple"
            return len("".join(picked)) + waiting + ends + reason
    return len(answer.value) + 1 + reason


def test_the_mean_over_the_assore_questionnaire_is_small(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An interview takes fewer than two keys a question, Enter and the hand-over of the laptop included."""
    interviews = [likely(ASSORE, lot) for lot in range(LOTS)]
    keys = sum(len(keys) for stops in interviews for keys in pressed(stops)) + LOTS
    questions = sum(len(stops) for stops in interviews)
    assert keys < 2 * questions


def test_stopping_is_one_key_away_from_every_page_of_the_interviewer() -> None:
    """F10 opens the page of stopping from a question, the list of questions, a comment and help."""
    view = begun(thorough(ASSORE, 0, "")[1].interview)
    for strokes in ([], ["f2"], ["f2", "c-i"], ["f6"], ["f1"], ["f2", "f1"]):
        page = view
        for stroke in [*strokes, "f10"]:
            action = action_of(stroke)
            assert action is not None
            page = press(page, action, SCRUBBER)
        assert page.mode == "stop", strokes
        back = press(page, "back", SCRUBBER)
        assert back.mode == {"f1": "help", "f2": "jump", "c-i": "jump", "f6": "comment"}.get(
            strokes[-1] if strokes else "", "answer"
        )


def test_stopping_is_no_key_of_whoever_is_alone_at_the_screen() -> None:
    """Behind the page that hands the laptop over, neither the question nor its help offers to stop."""
    stop = next(stop for stop in thorough(ASSORE, 0, "") if stop.is_private)
    view = press(begun(stop.interview), "enter", SCRUBBER)
    assert press(view, "stop", SCRUBBER).mode == "answer"
    helped = press(view, "help", SCRUBBER)
    assert press(helped, "stop", SCRUBBER).mode == "help"
