"""Every kind of file becomes one table of tidy text, whose rows know where they stand."""

from __future__ import annotations

import csv
import io

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.table import MOST_COLUMNS, Source, Table, gathered, split, tidy


def shown(table: Table) -> tuple[object, ...]:
    columns = {at: column.to_list() for at, column in table.columns.items()}
    return table.heading, table.line, columns, table.lines.tolist(), list(table.ragged)


def by_records(text: str, drop: tuple[str, ...] = ()) -> Table:
    """Return what is gathered from the records, as a reader of CSV gives them."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=",")
    return gathered(iter(list(enumerate(records, start=1))), Source("f.csv"), drop)


@settings(max_examples=200, deadline=None)
@given(st.text("a,é\u0301 \u00a0\t\n", max_size=40), st.sampled_from([(), ("a",), ("", "é")]))
def test_lines_are_split_as_records_are_gathered(text: str, drop: tuple[str, ...]) -> None:
    """Where there is no quote, cutting lines in columns gives what reading them one by one does."""
    lines = pl.Series(text.split("\n"), dtype=pl.String)
    assert shown(split(lines, ",", Source("f.csv"), drop)) == shown(by_records(text, drop))


def test_cells_lose_the_spaces_around_them_and_are_in_nfc() -> None:
    """Spaces are those that are typed; null is a blank; a tab stays, to be told."""
    column = pl.Series([" a ", "\u00a0b\u202f", "E\u0301", None, "\t"], dtype=pl.String)
    assert tidy(column).to_list() == ["a", "b", "É", "", "\t"]


def test_blank_rows_leave_no_trace_and_ragged_ones_are_told_with_their_line() -> None:
    """Other rows keep the line on which they start."""
    table = by_records("\n\nid,x\n\n , \nB1,1\nB2\nB3,1,2\n")
    assert table.line == 3
    assert table.lines.tolist() == [6]
    assert table.ragged == [(7, 1), (8, 3)]


def test_a_row_that_is_blank_but_for_a_dropped_cell_is_a_row() -> None:
    """Nobody is left out of a frame because only a name is known."""
    table = by_records("id,name\n,Somebody\n", ("name",))
    assert table.columns[0].to_list() == [""]
    assert 1 not in table.columns


def test_of_too_many_columns_none_is_kept() -> None:
    """A heading of a million cells costs no more than one that is refused."""
    for wide in (MOST_COLUMNS + 1, 100 * MOST_COLUMNS):
        text = ",".join(["x"] * wide)
        tables = split(pl.Series([text, text]), ",", Source("f.csv")), by_records(text)
        assert [(len(one.heading) > MOST_COLUMNS, one.columns) for one in tables] == [
            (True, {})
        ] * 2


def test_places_are_lines_and_in_a_workbook_cells() -> None:
    """A workbook says the letter of the column, as its user knows it."""
    assert str(Source("f.csv").place(7, 2)) == "f.csv:7:1"
    assert str(Source("f.xlsx", "List", 1).place(7, 2)) == "f.xlsx:List!D7"
