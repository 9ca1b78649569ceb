"""The workbook: a sheet for each table and one of the codebook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from export.datasets import xlsx
from export.datasets.described import Column, Sheet
from surveys.instrument import Instrument
from surveys.problems import Refusal

SheetsOf = Callable[..., tuple[Sheet, ...]]
Cell = str | float | int | bool | date | datetime | time | timedelta


def read(content: bytes) -> dict[str, list[list[Cell]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def one_column(values: list[object], name: str = "data") -> Sheet:
    return Sheet(name, pl.DataFrame({"x": values}), (Column("x", "value", "X", None),))


def test_each_table_is_a_sheet_and_the_codebook_the_last(
    sheets_of: SheetsOf, instrument: Instrument
) -> None:
    """Values are those of the CSV; what is missing is empty; tables without rows have a heading."""
    made = sheets_of([{"days": 4, "if": "f", "said": "été"}, {"days__status": "refused"}])
    pages = read(xlsx.written(made, instrument, "fr"))
    assert list(pages) == ["data", "data-stay", "data-visit", "data-pet", "codebook"]
    heading, first, second = pages["data"]
    assert heading == made[0].frame.columns
    for row, found in zip(made[0].frame.rows(), (first, second), strict=True):
        # a cell holds 16 digits
        assert found == [
            "" if one is None else pytest.approx(one, rel=1e-15) if isinstance(one, float) else one
            for one in row
        ]
    assert pages["data-pet"] == [made[3].frame.columns]


def test_the_codebook_says_what_columns_and_values_mean(
    sheets_of: SheetsOf, instrument: Instrument
) -> None:
    """A row for each column, then one for each of its values."""
    rows = read(xlsx.written(sheets_of([{}]), instrument, "fr"))["codebook"]
    assert rows[0] == ["table", "column", "meaning", "value", "label"]
    assert ["data", "if", "Sexe", "", ""] in rows
    assert ["data", "if", "", "m", "Homme, « né »"] in rows
    assert ["data", "drugs__crack", "", "1", "chosen"] in rows
    assert ["data", "if__status", "", "refused", "the person refused to answer"] in rows


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+33", "-1", "http://a.b", "1e5", "{=1}", "a\nb", "0012"]
)
def test_a_text_is_a_text_whatever_it_looks_like(text: str, instrument: Instrument) -> None:
    """No formula, no link, no number is made of what somebody said."""
    content = xlsx.written([one_column([text])], instrument, "fr")
    assert read(content)["data"][1] == [text]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in page
        assert "hyperlink" not in page
        assert 't="frozen"' in page or "frozen" in page


def test_long_whole_numbers_are_text(instrument: Instrument) -> None:
    """Beyond 15 digits a workbook would round them."""
    rows = read(xlsx.written([one_column([10**15, 10**14, -(10**15)])], instrument, "fr"))["data"]
    assert rows[1:] == [[str(10**15)], [10**14], [str(-(10**15))]]


def test_names_of_sheets_are_short_and_no_two_alike(instrument: Instrument) -> None:
    """31 characters, whatever the case of letters; and none is called as the codebook."""
    names = [f"data-{'n' * 40}a", f"data-{'N' * 40}b", "Codebook", "data-'x[1]'"]
    pages = read(xlsx.written([one_column([1], name) for name in names], instrument, "fr"))
    assert len(pages) == 5
    assert len({name.lower() for name in pages}) == 5
    assert all(len(name) <= 31 for name in pages)


def test_what_a_workbook_cannot_hold_is_refused(instrument: Instrument) -> None:
    """One row too many, with the numbers and what to do."""
    sheet = one_column([1] * xlsx.ROWS)
    with pytest.raises(Refusal, match="1048575 rows"):
        xlsx.written([sheet], instrument, "fr")
