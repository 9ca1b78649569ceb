"""Every question of every shipped questionnaire, on real terminals of four sizes, in both languages.

Interviews with a simulated respondent are held by keys, through a pseudo-terminal, by a process of
their own: this file, run as a program. Each stretch of an interview is there for the questions and
the choices no stretch before it has shown, until all have been.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from interviewer import screen
from interviewer.interview import Interview, Step, choices, judge, section, text_of
from interviewer.screen import terminal
from interviewer.screen.entries import entries
from interviewer.sitting import Setting
from surveys import language, shipped
from surveys.instrument import Group, Question
from surveys.kinds import KINDS
from tests.terminal import LEFT, Terminal, is_read, is_silent, progress, squeezed
from tests.typist import (
    BACK,
    ERASE,
    HELP,
    LEAVE,
    SCRUBBER,
    Stop,
    could_go_on,
    is_coded,
    planned,
    thorough,
)

SIZES = [(40, 12), (80, 24), (132, 43), (200, 60)]
LANGUAGES = ["fr", "en"]
TITLE = "Étude"
LOTS = 60  # respondents tried before a question counts as out of reach

# What a choice filter takes out of its list for everyone.
NEVER_OFFERED = {("assore/beneficiaires", "replaced_with", "none")}

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak English again after each test."""
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    language.use("en")


# --- the interviews -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Stretch:
    """A part of one respondent's interview: stops `start` to `end`, the last left without an answer."""

    instrument: str
    lot: int
    start: int
    end: int


def mistakes(interview: Interview, step: Step) -> Iterator[tuple[str, str]]:
    """Yield (keys, what is then said) for each of a question's messages that can be brought about.

    The keys of the mistakes one after the other leave nothing typed.
    """
    item = step.item
    if isinstance(item, Group) or not KINDS[item.kind].is_asked or item.kind == "select_multiple":
        return
    if item.required:
        yield "\r", judge(interview, step, "", SCRUBBER).message
    if item.format == "card_code":
        yield "000000000001ZX\r", judge(interview, step, "000000000001ZX", SCRUBBER).message
    messages = (item.constraint_message, item.soft_constraint_message)
    wanted = {text_of(interview, text, step.node) for text in messages if text}
    typed = "0 1 2 3 9 30 31 50 70 999 2000 9999 99999 1900-01-01 2022-03-20 2099-01-01".split()
    for text in [choice.code for choice in choices(interview, step)] if is_coded(step) else typed:
        judged = judge(interview, step, text, SCRUBBER)
        if judged.message in wanted:
            wanted.remove(judged.message)
            end = "\r" if could_go_on(interview, step, text) or not is_coded(step) else ""
            yield text + end, judged.message


# --- which of them show everything ----------------------------------------------------------------


def shown_at(stop: Stop) -> set[tuple[str, str]]:
    """Return what a stop shows: the item, and each of its choices."""
    name = stop.step.node.name
    return {(name, ""), *((name, choice.name) for choice in choices(stop.interview, stop.step))}


def to_be_shown(instrument: str) -> set[tuple[str, str]]:
    """Return everything an instrument can show: its items, and the choices of each."""
    wanted = set()
    for item, _around in planned(instrument).instrument.items():
        is_asked_again = isinstance(item, Group) and item.kind == "repeat" and not item.repeat_count
        if is_asked_again or (isinstance(item, Question) and KINDS[item.kind].is_shown):
            wanted.add((item.name, ""))
        if isinstance(item, Question) and item.choices and KINDS[item.kind].is_shown:
            wanted |= {(item.name, choice.name) for choice in item.choices.choices}
    never = {(name, choice) for form, name, choice in NEVER_OFFERED if form == instrument}
    return wanted - never


@lru_cache
def chosen(instrument: str) -> tuple[tuple[Stretch, ...], frozenset[tuple[str, str]]]:
    """Return (stretches of interviews that show everything, what they do not show)."""
    missing = to_be_shown(instrument)
    stretches: list[Stretch] = []
    for lot in range(LOTS):
        if not missing:
            break
        for number, stop in enumerate(thorough(instrument, lot, LANGUAGES[0])):
            if not missing & shown_at(stop):
                continue
            missing -= shown_at(stop)
            last = stretches[-1] if stretches else None
            if last and (last.lot, last.end) == (lot, number - 1):
                stretches[-1] = Stretch(instrument, lot, last.start, number)
            else:
                stretches.append(Stretch(instrument, lot, number, number))
    return tuple(stretches), frozenset(missing)


@pytest.mark.parametrize("instrument", shipped.names())
def test_every_question_and_choice_can_be_reached(instrument: str) -> None:
    """Simulated respondents meet every item and every choice; the laws below look at all of them."""
    assert chosen(instrument)[1] == set()


# --- the process on the terminal ------------------------------------------------------------------


def hold_all(path: str, spoken: str) -> None:
    """Hold the interviews of a file of stretches on this terminal, one after the other."""
    language.use(spoken)
    terminal.HABIT = 0.0  # this typist reads and answers faster than any hand
    print("before the interviews")
    for fields in json.loads(Path(path).read_text(encoding="utf-8")):
        stretch = Stretch(*fields)
        stop = thorough(stretch.instrument, stretch.lot, spoken)[stretch.start]
        screen.hold(stop.interview, Setting(TITLE, SCRUBBER))
    print("after the interviews")


def command(path: Path, spoken: str) -> list[str]:
    return [sys.executable, __file__, str(path), spoken]


def environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": root}


# --- what is looked at ---------------------------------------------------------------------------


class Held:
    """The interviews of one language on one terminal, and what could not be read there."""

    def __init__(self, path: Path, columns: int, rows: int, spoken: str) -> None:
        self.spoken = spoken
        self.terminal = Terminal(command(path, spoken), columns, rows, environment())
        self.unreadable: list[str] = []
        self.screens = 0

    def hold(self, stretch: Stretch) -> None:
        """Read every page of every stop of a stretch, answering each but the last."""
        stops = thorough(stretch.instrument, stretch.lot, self.spoken)
        for stop in stops[stretch.start : stretch.end + 1]:
            self.read(stop)
            if stop is not stops[stretch.end]:
                self.terminal.child.send("".join(stop.keys))
        self.terminal.child.send(LEAVE)
        self.terminal.until(lambda lines: not progress(lines))
        self.terminal.child.send("\r")
        self.terminal.read_to(LEFT)

    def read(self, stop: Stop) -> None:
        """Read the question, its help, and what is said to a wrong answer."""
        lines = self.arrived(stop)
        item = stop.step.item
        if not squeezed(the(stop, item.label)).startswith(squeezed(lines[2]) or "nothing"):
            self.unreadable.append(f"{stop.step.node.name}: line 3 is {lines[2]!r}")
        question = self.terminal.emulator.buffer[2]
        styles = {(question[x].bold, question[x].underscore) for x in range(len(lines[2]))}
        if styles != {(True, False)}:
            self.unreadable.append(f"{stop.step.node.name}: line 3 is not bold throughout")
        self.expect(stop, self.terminal.pages(lines), texts(stop))
        guidance = "" if isinstance(item, Group) else the(stop, item.guidance_hint)
        if guidance and not stop.is_private:
            self.terminal.child.send(HELP)
            helped = self.terminal.until(lambda lines: not progress(lines))
            self.expect(stop, self.terminal.pages(helped), [guidance])
            self.terminal.child.send("\r")
            self.terminal.until(lambda lines: bool(progress(lines)))
        for number, (keys, message) in enumerate(mistakes(stop.interview, stop.step)):
            if number:  # what was said to the one before is on the screen until a key is pressed
                self.terminal.child.send(HELP + HELP)
                self.terminal.until(is_silent)
            self.mistake(stop, keys, message)

    def arrived(self, stop: Stop) -> list[str]:
        """Return the screen of a stop; where the laptop changes hands, Enter goes on to it."""
        path = stop.interview.path
        number = next(n for n, step in enumerate(path, start=1) if step.node == stop.step.node)
        here = f"{number}/{len(path)}"
        lines = self.terminal.until(lambda lines: progress(lines) in {here, ""})
        if not progress(lines):
            self.terminal.child.send("\r")
            lines = self.terminal.until(lambda lines: progress(lines) == here)
        return lines

    def mistake(self, stop: Stop, keys: str, message: str) -> None:
        """Read what is said to a wrong answer, and take it back."""
        self.terminal.child.send(keys)
        lines = self.terminal.until(lambda lines: not is_silent(lines))
        self.expect(stop, self.terminal.pages(lines), [message])
        item = stop.step.item
        assert isinstance(item, Question)
        is_soft = bool(item.soft_constraint) and message == the(stop, item.soft_constraint_message)
        typed = "" if is_coded(stop.step) else keys.rstrip("\r")
        self.terminal.child.send((BACK if is_soft else "") + ERASE * len(typed))

    def expect(self, stop: Stop, pages: list[list[str]], texts: list[str]) -> None:
        self.screens += len(pages)
        for text in texts:
            if not is_read(text, pages):
                screen = "\n".join("\n".join(page) for page in pages)
                self.unreadable.append(f"{stop.step.node.name}: {text!r} in\n{screen}")


def the(stop: Stop, text: Any) -> str:
    return text_of(stop.interview, text, stop.step.node)


def texts(stop: Stop) -> list[str]:
    """Return what a stop must show; a choice after its code, no hint where the respondent reads."""
    item, interview = stop.step.item, stop.interview
    default = interview.instrument.default_language
    labels = [
        f"{choice.code} {choice.label.in_language(interview.language, default)}"
        for choice in choices(interview, stop.step)
    ]
    others = entries(interview, stop.step)[len(labels) :]
    labels += [f"{entry.code} {entry.label}" for entry in others]
    hints = [] if stop.is_private else [the(stop, item.hint)]
    card = item.show_card if isinstance(item, Question) else ""
    return [section(interview, stop.step), card, the(stop, item.label), *hints, *labels]


def stretches() -> list[Stretch]:
    return [stretch for name in shipped.names() for stretch in chosen(name)[0]]


def written(path: Path, held: list[Stretch]) -> Path:
    fields = [[one.instrument, one.lot, one.start, one.end] for one in held]
    path.write_text(json.dumps(fields), encoding="utf-8")
    return path


@posix_only
@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_every_word_can_be_read_and_none_stays(
    columns: int, rows: int, spoken: str, tmp_path: Path
) -> None:
    """Every section, question, hint, choice, help text and message is whole; the scrollback is bare."""
    language.use(spoken)
    everything = stretches()
    held = Held(written(tmp_path / "stretches.json", everything), columns, rows, spoken)
    try:
        for stretch in everything:
            held.hold(stretch)
        assert held.unreadable == []
        assert held.terminal.finish() == ["before the interviews", "after the interviews"]
    finally:
        held.terminal.child.close(force=True)
    assert held.screens >= sum(one.end - one.start + 1 for one in everything)


@posix_only
def test_a_terminal_of_today_keeps_nothing(
    tmp_path: Path, require: Callable[[str, bool, str], None]
) -> None:
    """In tmux, the scrollback holds after an interview what it held before, and nothing else."""
    require("tmux", shutil.which("tmux") is not None, "install it from the system's packages")
    spoken = "fr"
    stretch = next(one for one in stretches() if one.end - one.start > 3)
    held = shlex.join(command(written(tmp_path / "stretches.json", [stretch]), spoken))
    tmux = Tmux(f"seq 100; {held}; read ignored", columns=80, rows=24)
    try:
        for stop in thorough(stretch.instrument, stretch.lot, spoken)[stretch.start :][:4]:
            tmux.until(shows(the(stop, stop.step.item.label)))
            tmux.press("".join(stop.keys))
        tmux.press(LEAVE + "\r")
        tmux.until(shows("after the interviews"))
        kept = [line.rstrip() for line in tmux.run("capture-pane", "-p", "-S", "-").splitlines()]
    finally:
        tmux.run("kill-server")
    numbers = [str(number) for number in range(1, 101)]
    assert [line for line in kept if line] == [
        *numbers,
        "before the interviews",
        "after the interviews",
    ]


def shows(text: str) -> Callable[[str], bool]:
    return lambda screen: squeezed(text) in squeezed(screen)


class Tmux:
    """A shell command in a tmux of its own."""

    def __init__(self, command: str, columns: int, rows: int) -> None:
        size = ["-x", str(columns), "-y", str(rows)]
        self.run("-f", os.devnull, "new-session", "-d", *size, command)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-L", f"souspli-{os.getpid()}", *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={name: value for name, value in environment().items() if name != "TMUX"},
        )
        return done.stdout

    def press(self, keys: str) -> None:
        self.run("send-keys", "-H", *(f"{byte:x}" for byte in keys.encode()))

    def until(self, is_there: Callable[[str], bool]) -> None:
        deadline = time.monotonic() + 60
        while not is_there(shown := self.run("capture-pane", "-p")):
            assert time.monotonic() < deadline, shown
            time.sleep(0.02)


if __name__ == "__main__":
    hold_all(*sys.argv[1:])
