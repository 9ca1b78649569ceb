"""docs/datasets.md is true to the code."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from export.datasets import spss, stata, xlsx
from export.datasets.coding import EXACT, KINDS, LARGEST, LETTERS, Coded
from export.datasets.described import Column, Sheet
from export.datasets.formats import FORMATS
from surveys.instrument import Instrument

PAGE = (Path(__file__).parents[4] / "docs" / "datasets.md").read_text("utf-8")


def table(header: str) -> list[list[str]]:
    """Return the rows of the table whose first column has this header."""
    lines = PAGE.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {header} |")) + 2
    found = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def test_the_page_has_every_format_and_its_files(instrument: Instrument) -> None:
    """In the order in which they are offered."""
    rows = {
        cells[0].strip("`"): re.findall(r"`([^`]+)`", cells[1]) for cells in table("`--format`")
    }
    assert list(rows) == list(FORMATS)
    columns = (Column("number", "design", "N", None, "number"),)
    sheet = Sheet("data", pl.DataFrame({"number": [1]}), columns)
    for name, files in rows.items():
        made = [*FORMATS[name].files([sheet], instrument, "fr", "")]
        assert [file for file in made if file != "names-and-values.csv"] == files


def test_the_page_has_every_status_and_what_stands_for_it() -> None:
    """In Stata and in SPSS."""
    block = Coded(Column("x", "value", "", None), "whole", pl.Series([1]), None, KINDS).block
    assert [[cells[0], *cells[2:]] for cells in table("status")] == [
        [f"`{kind}`", f"`.{LETTERS[kind]}`", str(block[kind])] for kind in KINDS
    ]


@pytest.mark.parametrize(
    "number",
    [
        stata.LONGEST_NAME,
        spss.LONGEST_NAME,
        stata.LONGEST_LABEL,
        spss.LONGEST_LABEL,
        spss.LONGEST_VALUE_LABEL,
        spss.LONGEST_TEXT,
        xlsx.TEXT,
        xlsx.NAME,
        xlsx.ROWS - 1,
        xlsx.COLUMNS,
        EXACT,
        LARGEST,
    ],
)
def test_the_page_has_the_limits_of_the_code(number: int) -> None:
    """Each number stands on it."""
    assert re.search(rf"\b{number}\b", PAGE)
