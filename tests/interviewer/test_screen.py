"""The screen on a terminal: interviews by pipe, and what a pseudo-terminal really shows and keeps."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from interviewer.interview import Answer, Interview, begin
from interviewer.screen import hold
from interviewer.scrub import Scrubber
from interviewer.sitting import Setting, Sitting
from surveys.check import check
from surveys.expressions import Node
from surveys.plan import plan

FORM = """
souspli: 1
form:
  id: twelve
  version: "1"
  title: Douze
  languages: {fr: Français, en: English}
  default_language: fr
nonresponse: [refused, dont_know]
choices:
  sexes:
    - {name: man, code: 1, label: {fr: Un homme, en: A man}}
    - {name: woman, code: 2, label: {fr: Une femme, en: A woman}}
  hotels:
    - {name: two, code: 2, label: Deux}
    - {name: twenty_one, code: 21, label: Vingt-et-un}
  products:
    - {name: crack, code: 1, label: Crack}
    - {name: heroin, code: 2, label: Héroïne}
    - {name: none, code: 9, label: Aucun, exclusive: true}
survey:
  - {type: note, name: welcome, label: Bonjour}
  - {type: acknowledge, name: read, label: Information lue}
  - {type: text, name: word, label: Un mot}
  - {type: integer, name: age, label: Âge, constraint: ". < 120", soft_constraint: ". < 90"}
  - {type: decimal, name: spent, label: Dépense}
  - {type: range, name: health, parameters: start=0 end=10, label: Santé}
  - {type: select_one, choices: sexes, name: sex, label: {fr: Vous êtes, en: You are}}
  - {type: select_one, choices: hotels, name: hotel, label: Numéro}
  - {type: select_multiple, choices: products, name: used, label: Produits, show_card: 3}
  - {type: date, name: entered, appearance: month-year, label: Entrée}
  - type: repeat
    name: child
    label: Enfant
    questions:
      - {type: integer, name: child_age, label: Son âge}
  - type: group
    name: alone
    self_completed: true
    questions:
      - {type: select_one, choices: sexes, name: private, label: Seul à l'écran}
"""
KEYS = "\r1mot\r95\rvu\r2,5\r7\r1" + "21" + "12\r" + "04/2022\r" + "1" + "6\r2" + "\r9\r" + "\r"


def interview() -> Interview:
    loaded = check(FORM, "test.yaml")
    assert loaded.instrument is not None
    return begin(plan(loaded.instrument), datetime(2022, 4, 12, 10), "seed")


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    """A keyboard on which a test types ahead."""
    with create_pipe_input() as pipe:
        yield pipe


class Sized(DummyOutput):
    """A terminal of a given size that shows nothing and remembers its title."""

    title = ""

    def get_size(self) -> Size:
        return Size(rows=24, columns=80)

    def set_title(self, title: str) -> None:
        self.title = title


def held(
    keyboard: PipeInput,
    keys: str,
    setting: Setting | None = None,
    clock: Callable[[], float] = time.time,
) -> Sitting:
    """Hold an interview with these keys, then the end of input."""
    keyboard.send_text(keys)
    keyboard.close()
    return hold(interview(), setting or Setting("Étude", Scrubber()), keyboard, Sized(), clock)


def test_an_interview_of_every_kind_is_held_to_its_end(keyboard: PipeInput) -> None:
    """Every key reaches its question, and the closing page finishes."""
    sitting = held(keyboard, KEYS)
    given = {
        node.name + str(list(node.at) or ""): a for node, a in sitting.interview.answers.items()
    }
    assert sitting.ending == "finished"
    assert {name: answer.value for name, answer in given.items()} == {
        "welcome": "",
        "read": "OK",
        "word": "mot",
        "age": "95",
        "spent": "2.5",
        "health": "7",
        "sex": "man",
        "hotel": "twenty_one",
        "used": "crack heroin",
        "entered": "2022-04-01",
        "child[1]": "1",
        "child_age[1]": "6",
        "child[2]": "0",
        "private": "",
    }
    assert (given["age"].reason, given["private"].status) == ("vu", "refused")


def test_each_answer_is_made_durable_once_in_its_order(keyboard: PipeInput) -> None:
    """`durable` hears of every answer before the next question, and of none twice."""
    heard: list[tuple[Node, Answer]] = []

    def durable(node: Node, answer: Answer, language: str) -> None:
        heard.append((node, answer))

    setting = Setting("Étude", Scrubber(), durable=durable)
    sitting = held(keyboard, KEYS, setting)
    assert heard == list(sitting.interview.answers.items())


def test_what_durable_raises_ends_the_interview(keyboard: PipeInput) -> None:
    """A full disk stops the interview at once, and is raised once the terminal is restored."""
    heard: list[str] = []

    def durable(node: Node, answer: Answer, language: str) -> None:
        heard.append(node.name)
        if node.name == "word":
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        held(keyboard, KEYS, Setting("Étude", Scrubber(), durable=durable))
    assert heard == ["welcome", "read", "word"]


@pytest.mark.parametrize("typed", ["", "\r1", "\r1mot", "\r1mot\r9", "\r1mot\r95\rvu"])
def test_the_end_of_input_interrupts_and_answers_nothing(keyboard: PipeInput, typed: str) -> None:
    """What was being typed when the terminal went away is no answer."""
    sitting = held(keyboard, typed)
    assert sitting.ending == "interrupted"
    assert len(sitting.interview.answers) == typed[:6].count("\r") + typed.count("1", 0, 2)


def test_suspending_keeps_what_was_answered(keyboard: PipeInput) -> None:
    """Ctrl-X then Enter: the ending says so, the typed text is no answer."""
    sitting = held(keyboard, "\r1mo\x18\r")
    assert sitting.ending == "suspended"
    assert [node.name for node in sitting.interview.answers] == ["welcome", "read"]


def test_ctrl_c_asks_before_it_interrupts(keyboard: PipeInput) -> None:
    """Ctrl-C alone ends nothing; with Enter it interrupts; Shift-Tab goes back to the question."""
    assert held(keyboard, "\r1\x03\x03\x1b[Zmot\r\x03\r").ending == "interrupted"


def test_function_keys_and_ctrl_keys_do_the_same(keyboard: PipeInput) -> None:
    """Back, refused and don't know, by either key."""
    sitting = held(keyboard, "\r1mot\r\x1bOS" + "\x0b" + "\x1b[Z\x1bOR" + "\x1b[15~" + "\x12")
    statuses = {node.name: answer.status for node, answer in sitting.interview.answers.items()}
    assert (statuses["age"], statuses["spent"]) == ("dont_know", "refused")


def test_a_question_is_gone_to_by_either_key(keyboard: PipeInput) -> None:
    """Ctrl-N, Tab for every question, its number: its answer is changed, and the end is the same."""
    sitting = held(keyboard, "\r1mot\r\x0e\t3\rs\r\x1bOQ\t3\r!\r30\r")
    values = [answer.value for answer in sitting.interview.answers.values()]
    assert values == ["", "OK", "mots!", "30"]


def test_escape_sequences_and_pastes_answer_nothing(keyboard: PipeInput) -> None:
    """Colours, titles and pasted text, bracketed or not, give no answer and leave no trace of it."""
    hostile = "\x1b[31m\x1b]0;1\x07\x1b[200~1\r1\r\x1b[201~\x1b[1;1R\x1b[99;99Z\x1b[M 11"
    sitting = held(keyboard, "\r" + hostile)
    assert [node.name for node in sitting.interview.answers] == ["welcome"]


def test_an_erased_interview_comes_back_without_an_answer(keyboard: PipeInput) -> None:
    """Ctrl-E, 3 and the word: the ending says so, and no answer leaves the screen."""
    sitting = held(keyboard, "\r1canari\r\x053erase\r")
    assert (sitting.ending, dict(sitting.interview.answers)) == ("erased", {})
    assert held_again(sitting) == "Bonjour"


def test_an_enter_out_of_habit_after_a_code_leaves_no_question_blank(keyboard: PipeInput) -> None:
    """The digit moved on by itself; the Enter that comes at once was meant for it. A word is typed then."""
    sitting = held(keyboard, "\r1\r" + "mot\r")
    given = {node.name: answer.value for node, answer in sitting.interview.answers.items()}
    assert given["word"] == "mot"


def held_again(sitting: Sitting) -> str:
    """Return the first question of the interview that came back."""
    step = sitting.interview.current
    return step.item.label.in_language("fr", "fr") if step else ""


class Clock:
    """A clock that says each of these seconds in turn, then the last one for ever."""

    def __init__(self, *seconds: float) -> None:
        self.seconds = list(seconds)

    def __call__(self) -> float:
        return self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0]


PASSPHRASE = "é secret de passe"


def guarded(heard: list[bytes]) -> Setting:
    """Return a setting that locks after two minutes, and notes every passphrase it is asked about."""

    def unlock(typed: bytearray) -> bool:
        heard.append(bytes(typed))
        return typed == PASSPHRASE.encode()

    return Setting("Étude", Scrubber(), idle_minutes=2, unlock=unlock)


def test_after_so_many_minutes_the_next_key_answers_nothing(keyboard: PipeInput) -> None:
    """The key that comes too late finds the screen locked; the passphrase opens it, wiped after."""
    heard: list[bytes] = []
    keys = "\r" + "1" + "wrong\r" + PASSPHRASE + "x\x7f\r" + "1mot\r"
    sitting = held(keyboard, keys, guarded(heard), Clock(0, 100, 221))
    assert heard == [b"wrong", PASSPHRASE.encode()]
    names = [node.name for node in sitting.interview.answers]
    assert names == ["welcome", "read", "word"]


@pytest.mark.parametrize(("seconds", "is_locked"), [((0, 10, 20, 500), True), ((0,), False)])
def test_who_leaves_a_locked_screen_is_known_to_have_left_it_locked(
    keyboard: PipeInput, seconds: tuple[float, ...], is_locked: bool
) -> None:
    """Ctrl-X and Enter keep the interview; that nobody gave the passphrase is told with it."""
    sitting = held(keyboard, "\r1\x18\x18\r", guarded([]), Clock(*seconds))
    assert (sitting.ending, sitting.is_locked) == ("suspended", is_locked)


def test_a_key_in_time_and_a_clock_set_back_do_not_lock(keyboard: PipeInput) -> None:
    """Only minutes without a key count."""
    heard: list[bytes] = []
    sitting = held(keyboard, "\r1mot\r", guarded(heard), Clock(0, 119, 238, 0, 100, 200, 300))
    assert len(sitting.interview.answers) == 3


def test_what_is_typed_behind_the_lock_is_wiped(keyboard: PipeInput) -> None:
    """The bytes handed over are zeros once `unlock` has answered."""
    seen: list[bytearray] = []

    def unlock(typed: bytearray) -> bool:
        seen.append(typed)
        return typed == b"secret"

    setting = Setting("Étude", Scrubber(), idle_minutes=2, unlock=unlock)
    held(keyboard, "1secret\r", setting, Clock(0, 500))
    assert seen[0] == bytes(6)


def test_without_a_lock_idleness_pauses(keyboard: PipeInput) -> None:
    """Any key then goes on, and answers nothing."""
    setting = Setting("Étude", Scrubber(), idle_minutes=2)
    sitting = held(keyboard, "\r" + "1" + "1" + "1", setting, Clock(0, 10, 500))
    assert [node.name for node in sitting.interview.answers] == ["welcome", "read"]


def test_a_french_keyboard_answers_closed_questions_without_shift(keyboard: PipeInput) -> None:
    """`&` is 1 where codes are digits, itself in a text; without the setting it is no code."""
    sitting = held(keyboard, "\r&&é\r", Setting("Étude", Scrubber(), keyboard="azerty"))
    values = [answer.value for answer in sitting.interview.answers.values()]
    assert values == ["", "OK", "&é"]


def test_without_that_setting_a_sign_is_no_digit(keyboard: PipeInput) -> None:
    """No answer is guessed from the key it stands on."""
    answers = held(keyboard, "\r&&é").interview.answers
    assert [node.name for node in answers] == ["welcome"]


def test_the_window_carries_the_neutral_title(keyboard: PipeInput) -> None:
    """The window says what a corridor may read."""
    output = Sized()
    keyboard.close()
    hold(interview(), Setting("Étude", Scrubber()), keyboard, output)
    assert output.title == "Étude"


def test_an_error_of_ours_is_raised_not_shown(
    keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the layout to fail, the terminal is restored and the error comes out of `hold`."""

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("interviewer.screen.terminal.sheet_of", broken)
    with pytest.raises(ZeroDivisionError):
        held(keyboard, "\r")


# --- a pseudo-terminal --------------------------------------------------------------------------

CHILD = """
import sys
import time
from datetime import datetime
from interviewer.interview import begin
from interviewer.screen import hold
from interviewer.scrub import Scrubber
from interviewer.sitting import Setting
from surveys.check import check
from surveys.plan import plan

form = open(sys.argv[1], encoding="utf-8").read()
interview = begin(plan(check(form, "test.yaml").instrument), datetime(2022, 4, 12, 10), "seed")
setting = Setting(
    "Étude",
    Scrubber(),
    help_numbers=(("Violences", "3919"),) * 30,
    idle_minutes=1,
    unlock=lambda typed: typed == b"phrase",
)
started = time.time()
fast = float(sys.argv[2])  # how many seconds a second is
sitting = hold(interview, setting, clock=lambda: started + fast * (time.time() - started))
print("ending:", sitting.ending, len(sitting.interview.answers))
"""
ENTER_ALTERNATE, LEAVE_ALTERNATE = b"\x1b[?1049h", b"\x1b[?1049l"

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


class Terminal:
    """A child on a pseudo-terminal, and the screen a person would see."""

    def __init__(
        self, tmp_path: Path, variables: dict[str, str] | None = None, fast: int = 1
    ) -> None:
        import pexpect
        import pyte

        form = tmp_path / "test.yaml"
        form.write_text(FORM, encoding="utf-8")
        root = str(Path(__file__).resolve().parents[2])
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-c", CHILD, str(form), str(fast)],
            cwd=root,
            dimensions=(24, 80),
            env={**os.environ, "TERM": "xterm-256color", **(variables or {})},
            timeout=20,
        )
        self.child.delaybeforesend = None
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""

    def until(self, text: str) -> list[str]:
        """Return the lines on the screen once they hold a text; fail if they never do."""
        import pexpect

        deadline = time.monotonic() + 20
        while not any(text in line for line in self.screen.display):
            assert time.monotonic() < deadline, f"{text!r} was never shown"
            try:
                self.take(self.child.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                continue
        return [line.rstrip() for line in self.screen.display]

    def take(self, written: bytes) -> None:
        self.written += written
        self.stream.feed(written)

    def rest(self) -> bytes:
        """Return all that was written, once the child has ended."""
        self.take(self.child.read())
        self.child.close()
        return self.written


@posix_only
def test_what_is_visible_is_the_question_in_its_place(tmp_path: Path) -> None:
    """Line 1 progress, line 3 the question, codes aligned, the error under, the footer last."""
    terminal = Terminal(tmp_path)
    assert terminal.until("Bonjour")[2] == "Bonjour"
    terminal.child.send("\r1mot\r150\r")
    lines = terminal.until("! ")
    assert lines[0].startswith("Étude")
    assert lines[0].endswith("4/12")
    assert lines[2] == "Âge"
    assert lines[lines.index("Whole number: 150") + 1].startswith("! ")
    assert lines[-1].startswith("F1 help  F3 back  F4 refused")
    terminal.child.send("\x7f\x7f\x7f30\r2\r7\r1")
    terminal.until("Numéro")
    terminal.child.send("2")
    assert "Enter takes 2, or go on typing: 2" in terminal.until("Enter takes")
    terminal.child.send("\r1")
    lines = terminal.until("[x]")
    assert lines[1] == "Show card 3"
    assert lines[4:7] == ["[x] 1  Crack", "[ ] 2  Héroïne", "[ ] 9  Aucun"]
    terminal.child.close(force=True)


@posix_only
def test_nothing_of_the_interview_is_left_on_the_terminal(tmp_path: Path) -> None:
    """All of it is written on the alternate screen; the main screen holds none of it afterwards."""
    terminal = Terminal(tmp_path)
    terminal.until("Bonjour")
    terminal.child.send("\r1canari")
    terminal.until("Text: canari")
    terminal.child.send("\r\x18\r")
    before, _enter, rest = terminal.rest().partition(ENTER_ALTERNATE)
    _inside, _leave, after = rest.partition(LEAVE_ALTERNATE)
    for outside in (before, after):
        for word in ("canari", "Bonjour", "Un mot", "Information"):
            assert word.encode() not in outside
    assert b"ending: suspended 3" in after


@posix_only
def test_a_pause_leaves_nothing_of_the_question_visible(tmp_path: Path) -> None:
    """F7 shows the title and the help numbers; any key asks for the passphrase, which is not shown."""
    terminal = Terminal(tmp_path)
    terminal.until("Bonjour")
    terminal.child.send("\r1canari")
    terminal.until("Text: canari")
    terminal.child.send("\x1b[18~")
    lines = terminal.until("Any key goes on.")
    assert [line for line in lines if line][:3] == ["Étude", "Pause", "  3919  Violences"]
    terminal.child.send("\x1b[6~")  # the numbers that are not on the first page
    lines += terminal.until("page 2/2")
    terminal.child.send(" ")
    hidden = "\n".join([*lines, *terminal.until("Locked")])
    terminal.child.send("phrasé\r")
    hidden += "\n".join(terminal.until("That is not the passphrase."))
    for word in ("canari", "Un mot", "Text", "3/12", "phras"):
        assert word not in hidden.replace("Passphrase", "").replace("passphrase", "")
    terminal.child.send("phrase\r")
    assert "Text: canari" in terminal.until("Un mot")
    terminal.child.close(force=True)


@posix_only
def test_an_idle_screen_locks_by_itself(tmp_path: Path) -> None:
    """Nobody touches a key: after a minute, here a second, nothing of the question is visible."""
    terminal = Terminal(tmp_path, fast=40)
    terminal.until("Bonjour")
    terminal.child.send("\r1canari")
    lines = terminal.until("Locked")
    assert not [line for line in lines if "canari" in line or "Un mot" in line]
    terminal.child.close(force=True)


@posix_only
@pytest.mark.parametrize(("variables", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_no_color_is_honoured(tmp_path: Path, variables: dict[str, str], is_coloured: bool) -> None:
    """With NO_COLOR no colour is written, and the sign before a message is still there."""
    terminal = Terminal(tmp_path, variables)
    terminal.until("Bonjour")
    terminal.child.send("\r2")
    terminal.until("! ")
    colours = re.findall(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|9[0-7])[;m]", terminal.written)
    assert bool(colours) is is_coloured
    terminal.child.close(force=True)


@posix_only
def test_a_resize_lays_the_page_out_again(tmp_path: Path) -> None:
    """On a smaller terminal the same question is there, whole, with its footer."""
    terminal = Terminal(tmp_path)
    terminal.until("Bonjour")
    terminal.child.setwinsize(12, 40)
    terminal.screen.resize(12, 40)
    terminal.child.send("\r")
    lines = terminal.until("Information lue")
    assert lines[2] == "Information lue"
    assert lines[11].startswith("F1 help")
    terminal.child.close(force=True)


@posix_only
@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_hangup_interrupts_and_restores_the_terminal(tmp_path: Path, name: str) -> None:
    """A signal is the end of input: the alternate screen is left, nothing typed is an answer."""
    import signal

    terminal = Terminal(tmp_path)
    terminal.until("Bonjour")
    terminal.child.send("\r1canari")
    terminal.until("canari")
    terminal.child.kill(getattr(signal, name))
    after = terminal.rest().partition(LEAVE_ALTERNATE)[2]
    assert b"ending: interrupted 2" in after
