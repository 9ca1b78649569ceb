"""XLSX: a sheet for each table and one that says what the columns are, made in memory.

Values are those of the CSV: a choice is its name. Whatever could be taken for a formula is text.
Source of the limits: Microsoft, Excel specifications and limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from export.datasets.described import Sheet, value_labels
from surveys.codebook import STATUSES, status_meaning
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal

ROWS, COLUMNS, TEXT, NAME = 1_048_576, 16_384, 32_767, 31
_EXACT = 10**15  # whole numbers up to this are themselves; longer ones are written as text
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_EPOCH = datetime(1980, 1, 1)  # the earliest time our zips can carry
_OPTIONS = {
    "in_memory": True,  # or it would write each sheet to a temporary file, readable
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def written(sheets: Sequence[Sheet], instrument: Instrument, language: str) -> bytes:
    """Return the tables as a workbook: the same bytes each time."""
    _require_room(sheets)
    target = BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"created": _EPOCH})
        head = book.add_format({"bold": True, "bottom": 1})
        taken = {_("codebook").lower()}
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.name, taken))
            _fill(page, head, sheet.frame.columns, sheet.frame.iter_rows())
            for number, name in enumerate(sheet.frame.columns):
                page.set_column(number, number, min(max(len(name) + 2, 10), 40))
        page = book.add_worksheet(_("codebook")[:NAME])
        heading = (_("table"), _("column"), _("meaning"), _("value"), _("label"))
        _fill(page, head, heading, _codebook(sheets, instrument, language))
        for number, width in enumerate((14, 24, 60, 18, 60)):
            page.set_column(number, number, width)
    return target.getvalue()


def _require_room(sheets: Sequence[Sheet]) -> None:
    for sheet in sheets:
        if sheet.frame.height >= ROWS or sheet.frame.width > COLUMNS:
            raise Refusal(
                _(
                    "a sheet of a workbook holds {rows} rows and {columns} columns, and the table "
                    "“{name}” has more; choose another format"
                ).format(rows=ROWS - 1, columns=COLUMNS, name=sheet.name)
            )
        for column in sheet.frame.iter_columns():
            longest = column.str.len_chars().max() if column.dtype == pl.String else 0
            if isinstance(longest, int) and longest > TEXT:
                raise Refusal(
                    _(
                        "column “{name}” has texts longer than a workbook's cell holds "
                        "({n} characters); choose another format"
                    ).format(name=column.name, n=TEXT)
                )


def _fill(page: Any, head: Any, heading: Sequence[str], rows: Iterator[tuple[object, ...]]) -> None:
    """Write a heading that stays in sight, and the rows; what is missing is an empty cell."""
    for column, name in enumerate(heading):
        page.write_string(0, column, name, head)
    page.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(last, column, value)
            elif isinstance(value, int | float):
                _number(page, last, column, value)
    if heading:
        page.autofilter(0, 0, last, len(heading) - 1)


def _number(page: Any, row: int, column: int, value: float) -> None:
    if isinstance(value, int) and abs(value) >= _EXACT:
        page.write_string(row, column, str(value))
    else:
        page.write_number(row, column, value)


def _codebook(
    sheets: Sequence[Sheet], instrument: Instrument, language: str
) -> Iterator[tuple[str, ...]]:
    """Yield a row for each column, and one for each of its values."""
    for sheet in sheets:
        for column in sheet.columns:
            yield sheet.name, column.name, column.label, "", ""
            told = [(one.name, one.label) for one in value_labels(column, instrument, language)]
            if column.role == "indicator":
                told = [("0", _("not chosen")), ("1", _("chosen"))]
            if column.role == "status":
                told = [(status, status_meaning(status)) for status in STATUSES]
            for value, label in told:
                yield sheet.name, column.name, "", value, label


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name a sheet can have that no other has, whatever the case of letters."""
    plain = _FORBIDDEN.sub("_", wanted)
    found, number = plain[:NAME], 2
    while found.lower() in taken:
        end = f"~{number}"
        found, number = plain[: NAME - len(end)] + end, number + 1
    taken.add(found.lower())
    return found
