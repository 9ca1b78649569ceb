"""Sentences on a terminal: broken between words alone; what is copied stays whole; elsewhere nothing changes."""

from __future__ import annotations

import io
import re
import sys
from codecs import register_error

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveys import saying
from surveys.saying import folded, say

WORDS = st.lists(
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=70), max_size=30
)
HASH = "0f" * 32


class Screen(io.StringIO):
    """A terminal, as far as `say` can tell."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty columns."""
    monkeypatch.setenv("COLUMNS", "40")


@given(words=WORDS, width=st.integers(1, 100))
@example(words=["souspli", "keys", "test"], width=3)
@settings(max_examples=60)
def test_folding_changes_nothing_but_blanks(words: list[str], width: int) -> None:
    """Every word is there, whole and in order; folded again at that width, the text is the same."""
    told = folded(" ".join(words), width)
    assert told.split() == " ".join(words).split()
    assert folded(told, width).split() == told.split()


@given(words=WORDS, width=st.integers(12, 100))
@settings(max_examples=60)
def test_a_line_is_too_long_only_for_one_word(words: list[str], width: int) -> None:
    """A path or a hash that is wider than the terminal stands on a line of its own."""
    lines = folded(" ".join(words), width).split("\n")
    assert all(len(line) <= width or len(line.split()) == 1 for line in lines)


def test_lines_stay_apart_and_the_rest_of_each_is_indented() -> None:
    """A list of sentences stays a list; an empty line stays empty."""
    assert folded("one two three\n\nfour", 9) == "one two\n  three\n\nfour"


@pytest.mark.parametrize(
    "command",
    [
        "souspli keys rotate",
        "souspli withdraw --ids gone.ids",
        "souspli status --ledger --study ./a.b",
        "souspli recover /media/usb/souspli-L01",
    ],
)
@pytest.mark.parametrize(
    "after", ["", ".", "; then go on", ", or not", " (see the help)", ": here"]
)
def test_a_command_that_fits_a_line_stays_on_one(command: str, after: str) -> None:
    """Wherever the edge falls."""
    text = f"make new keys first, once this is done: {command}{after}"
    for width in range(len(command) + 4, len(text) + 2):
        told = folded(text, width)
        assert command in told
        assert told.split() == text.split()


def test_a_command_too_long_for_any_line_is_broken_between_its_words() -> None:
    """As everything is; what must be copied whole is written on a line of its own."""
    told = folded("run: souspli keys answer custodian.challenge --key custodian.key", 30)
    assert max(map(len, told.split("\n"))) <= 30


def test_an_indented_line_stays_whole() -> None:
    """However long it is: it is there to be copied."""
    command = f"  souspli withdraw --study {'a' * 40} --ids souspli-7f3a9c21.ids"
    assert folded(f"The lead runs:\n{command}", 40) == f"The lead runs:\n{command}"
    assert folded(f"  {HASH}", 20) == f"  {HASH}"


@pytest.mark.usefixtures("_narrow")
def test_a_terminal_gets_whole_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """As wide as it is, whichever stream it is."""
    text = "Anyone who opens cards.pdf can read every code. Print it, then destroy it."
    for name in ("stdout", "stderr"):
        screen = Screen()
        monkeypatch.setattr(sys, name, screen)
        say(text, None if name == "stdout" else sys.stderr)
        lines = screen.getvalue().splitlines()
        assert max(map(len, lines)) <= 40
        assert " ".join(line.strip() for line in lines) == text


@pytest.mark.usefixtures("_narrow")
def test_elsewhere_a_text_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe or a file gets one line a sentence."""
    text = f"One sentence that is longer than forty columns; {HASH}"
    say(text)
    assert capsys.readouterr().out == f"{text}\n"


def test_where_a_command_ends() -> None:
    """With the sentence, or at a bracket; a full stop within a path is none."""
    found = re.findall(
        saying._COMMAND,
        "souspli: give it (souspli keys test) to them: souspli kit ./L01.kit. Then souspli enrol",
    )
    assert found == ["souspli keys test", "souspli kit ./L01.kit", "souspli enrol"]


def test_what_a_terminal_lacks_is_printed_as_the_nearest_it_has() -> None:
    """A minus above all: without it a number is another; accents go, what is like nothing is “?”."""
    register_error("nearest", saying.nearest)
    text = "−10,8 à 12–13\N{NARROW NO-BREAK SPACE}% … « œuvre » ↓ ≥ \N{CJK UNIFIED IDEOGRAPH-4E2D}"
    assert text.encode("ascii", "nearest") == b'-10,8 a 12-13 % ... " oeuvre " v >= ?'
    assert "é–".encode("latin-1", "nearest") == b"\xe9-"


def test_bytes_that_are_no_text_are_still_refused() -> None:
    """Nothing is near to them."""
    register_error("nearest", saying.nearest)
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", "nearest")


@pytest.mark.parametrize(
    ("is_windows", "expected"), [(True, '"my frame.csv"'), (False, "'my frame.csv'")]
)
def test_a_word_is_quoted_as_the_shells_of_the_system_take_it(
    is_windows: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows knows no single quotes."""
    monkeypatch.setattr(saying, "IS_WINDOWS", is_windows)
    assert saying.quoted("my frame.csv") == expected
    assert saying.quoted("frame.csv") == "frame.csv"
