"""Tables of a terminal: nothing in a cell steers it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from export import layout


def test_a_cell_is_printed_as_it_is() -> None:
    """No markup, no escape, no right-to-left override."""
    made = layout.table("name", "n")
    layout.add(made, "[red]x\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}y", 3)
    text = io.StringIO()
    Console(file=text, width=80).print(made)
    shown = text.getvalue()
    assert "[red]x" in shown
    assert "\x1b" not in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown


def printed(width: int, headings: list[str], *rows: list[str]) -> list[str]:
    text = io.StringIO()
    layout.print_table(Console(file=text, width=width), headings, rows)
    return [line.rstrip() for line in text.getvalue().splitlines()]


def test_a_column_that_is_empty_is_left_out() -> None:
    """But for the first."""
    lines = printed(80, ["", "n", "missing"], ["", "12", ""], ["x", "3", ""])
    assert lines == ["    n", "   12", "x   3"]


def test_a_table_without_room_is_a_list_with_every_number_whole() -> None:
    """Of a name that may be folded, and numbers that may not."""
    headings, row = (
        ["name", "people", "interval"],
        ["a name of many words", "12,345", "11,000–14,000"],
    )
    assert printed(43, headings, row)[1:] == ["a name of many words  12,345  11,000–14,000"]
    assert printed(42, headings, row)[1] == "a name of many       12,345  11,000–14,000"
    narrow = ["a name of many words", "  people: 12,345", "  interval: 11,000–14,000"]
    assert printed(30, headings, row) == narrow


@pytest.mark.parametrize("width", range(8, 40))
def test_no_line_ends_at_a_space_that_does_not_break(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In French a number and its sign stay together, in sentences and in tables."""
    monkeypatch.setenv("COLUMNS", str(width))
    told = "Il y en a 33,3\xa0% en tout, soit 1\u202f234 sur 3\u202f702\xa0; pas plus."
    console = layout.console()
    console.print(told)
    made = layout.table("Quoi\xa0?")
    layout.add(made, told)
    console.print(made)
    written = capsys.readouterr().out
    assert (
        written.count("33,3\xa0%")
        == written.count("1\u202f234")
        == written.count("3\u202f702\xa0;")
        == 2
    )
