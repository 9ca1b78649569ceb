"""How problems are shown: the caret under the very place, whatever the line and the width."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.checks.rendered import (
    cells_of,
    columns,
    excerpted,
    lines_of,
    print_problems,
    rendered,
    summary,
)
from surveys.problems import Place, Problem

PROBLEM = Problem(
    Place("f.yaml", 2, 3), "age", "is a number", "compare it with a number", "mismatch"
)


def text(problem: Problem, source: str, width: int = 80, *, wraps: bool = False) -> list[str]:
    shown = rendered(problem, lines_of(source), width, wraps=wraps)
    return ["".join(piece for _style, piece in line) for line in shown]


def test_a_problem_is_shown_like_a_compiler_does() -> None:
    """Place, gravity, check, whose, what; the line with a caret; the remedy on its own line."""
    assert text(PROBLEM, "first\n  ${age} = 'oui'\nlast") == [
        "f.yaml:2:3: error[mismatch]: age: is a number",
        "  2 | ${age} = 'oui'",
        "    | ^^^^^^",
        "    = compare it with a number",
    ]


def test_the_caret_reaches_as_far_as_the_word() -> None:
    """A reference, a quoted text or a name is underlined whole."""
    line = "relevant: ${age} = 'oui'"
    lengths = {11: 6, 20: 5, 1: 9, 18: 1}
    for column, length in lengths.items():
        found = excerpted(line, column, 80)
        assert found is not None
        assert (found.start, found.length) == (column - 1, length)


def test_a_problem_in_a_workbook_shows_the_cell() -> None:
    """Sheet, column and row as the spreadsheet calls them."""
    place = Place("form.xlsx", 12, 4, "survey")
    problem = Problem(place, "age", "is a number", "", "mismatch", "warning")
    shown = rendered(problem, cells_of({place: "${age} = 'oui'"}), 80)
    assert ["".join(piece for _style, piece in line) for line in shown] == [
        "form.xlsx:survey!D12: warning[mismatch]: age: is a number",
        "  D12 | ${age} = 'oui'",
        "      | ^^^^^^",
    ]


def test_a_place_outside_the_text_shows_no_line() -> None:
    """As where the end of the file is to blame."""
    far = Problem(Place("f.yaml", 99, 1), "", "ends", "", "syntax")
    assert text(far, "one\ntwo") == ["f.yaml:99:1: error[syntax]: ends"]


LINES = st.text(alphabet="ab $'{}日本é\t\x07\u202e\u0301🎉", min_size=1, max_size=120)


@settings(max_examples=200)
@given(LINES, st.data(), st.integers(24, 100))
def test_an_excerpt_fits_and_its_caret_stands_under_its_character(
    line: str, data: st.DataObject, width: int
) -> None:
    """Tabs, wide characters and marks that take no room are counted; nothing is obeyed."""
    column = data.draw(st.integers(1, len(line)))
    found = excerpted(line, column, width)
    if found is None:
        assert not line.strip()
        return
    assert columns(found.text) <= width
    assert found.start + found.length <= max(width, found.start + 1)
    assert not re.search(r"[\x00-\x1f\x7f\u202e]", found.text)
    character = line[column - 1]
    if character in "ab$'{}日本🎉":
        at = next(
            index
            for index in range(len(found.text))
            if columns(found.text[:index]) == found.start and found.text[index] != "\u0301"
        )
        assert found.text[at] == character


def test_a_long_line_is_cut_around_its_caret() -> None:
    """With a mark where something is left out."""
    line = "x" * 100 + " here " + "y" * 100
    found = excerpted(line, 102, 40)
    assert found is not None
    assert found.text.startswith("…")
    assert found.text.endswith("…")
    assert found.text[found.start : found.start + found.length] == "here"


def test_on_a_terminal_long_sentences_are_wrapped() -> None:
    """Nothing is wider than the terminal; what a tool reads stays on one line."""
    long = Problem(Place("f.yaml", 1, 1), "age", "word " * 30, "remedy " * 30, "mismatch")
    assert max(map(len, text(long, "x", 60, wraps=True))) <= 60
    assert len(text(long, "x", 60)) == 4


def test_nothing_a_terminal_obeys_is_printed() -> None:
    """Neither from the line nor from the sentence."""
    evil = Problem(Place("f.yaml", 1, 1), "a\x1b[31m", "b\x07", "c\u202e", "name")
    assert "\x1b" not in "\n".join(text(evil, "\x1b[31mred"))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "is_coloured"), [("", True), ("1", False)])
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, no_color: str, is_coloured: bool
) -> None:
    """NO_COLOR is honoured; a pipe never gets any."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    out = Terminal()
    monkeypatch.setattr("sys.stdout", out)
    print_problems([PROBLEM], lines_of("a\n    b"))
    assert ("\x1b[3" in out.getvalue() or "\x1b[1;3" in out.getvalue()) is is_coloured
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stdout", pipe)
    print_problems([PROBLEM], lines_of("a\n    b"))
    assert "\x1b" not in pipe.getvalue()


def test_the_last_line_counts() -> None:
    """Errors, warnings, and what was accepted."""
    form = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n'
    note = "  - {type: note, name: n, label: N}\n"
    hidden = "  - {type: note, name: %s, label: N, relevant: 'false()'%s}\n"
    accepted = hidden % ("b", ", accept: {unreachable: switched off}")
    assert summary("f", check(form + note, "f")) == "f: good, 1 item"
    source = form + note + hidden % ("a", "") + accepted
    assert summary("f", check(source, "f")) == "f: good, 3 items, 1 warning, 1 accepted"
    bad = "  - {type: note, name: x}\n"
    assert summary("f", check(source + bad, "f")) == "f: 1 error, 1 warning, 1 accepted"
