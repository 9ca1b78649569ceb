"""The sheets of an XLSForm → the bytes of an .xlsx, pleasant to read."""

from __future__ import annotations

import datetime
import io

from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Place, Problem, Refusal, in_order
from surveys.xlsform.writing import Cells, headers_of, sheets_of

MOST_CHARACTERS = 32_767  # of a cell, in the format itself
_WIDTHS = (8, 48)  # of a column, in characters
_NARROWER = 1.1  # characters of the bold font to a character of width
_EPOCH = datetime.datetime(2000, 1, 1)  # the same workbook has the same bytes


def workbook(instrument: Instrument) -> tuple[bytes, tuple[Problem, ...]]:
    """Return an .xlsx with the sheets survey, choices and settings, and the loss list.

    A text longer than a cell holds is an error among the problems; the workbook is then not whole.
    Raises Refusal where the writer of workbooks is not installed.
    """
    try:
        import xlsxwriter  # type: ignore[import-untyped]
    except ImportError as error:
        raise Refusal(
            _("writing a workbook needs XlsxWriter; run: pip install 'souspli[lead]'")
        ) from error
    sheets, problems = sheets_of(instrument)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"created": _EPOCH})
    bold = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    too_long: list[Problem] = []
    for name, rows in (
        ("survey", sheets.survey),
        ("choices", sheets.choices),
        ("settings", sheets.settings),
    ):
        sheet = book.add_worksheet(name)
        headers = headers_of(rows, instrument) if rows else ["list_name", "name", "label"]
        for column, header in enumerate(headers):
            texts = [row.get(header, "") for row in rows]
            sheet.set_column(column, column, _width(header, texts))
            sheet.write_string(0, column, header, bold)
            for line, text in enumerate(texts, start=1):
                if len(text) > MOST_CHARACTERS:
                    too_long.append(_too_long(instrument.place, rows[line - 1], header))
                elif text:
                    sheet.write_string(line, column, text, wrapped)
        sheet.freeze_panes(1, 2 if name == "survey" else 0)
    book.close()
    return out.getvalue(), in_order((*problems, *too_long))


def _width(header: str, texts: list[str]) -> float:
    low, high = _WIDTHS
    longest = max((len(line) for text in texts for line in text.splitlines()), default=0)
    return min(max(low, len(header) * _NARROWER, longest), high)


def _too_long(place: Place, row: Cells, header: str) -> Problem:
    fact = _("“{header}” is longer than the {n} characters of a cell")
    return Problem(
        place,
        row.get("name", ""),
        fact.format(header=header, n=MOST_CHARACTERS),
        _("shorten it"),
        "size",
    )
