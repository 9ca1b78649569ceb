"""A file, CSV, workbook or Parquet → the table in it; what is no table is refused.

What a spreadsheet or a database made of a code is undone: 12.0 is `12`, true is `TRUE`, a formula is
its value. A hostile file is refused before it costs anything, whatever its ending says.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from export.drawing import parquet
from export.drawing.table import (
    LONGEST,
    MOST_ROWS,
    Record,
    Source,
    Table,
    gathered,
    longest,
    split,
    written,
)
from surveys.language import _, printable
from surveys.problems import Place, Refusal
from surveys.xlsform import cells

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MOST_BYTES = 300_000_000  # of a file
WORKBOOK = cells.Limits(100_000_000, 400_000_000, 1_048_576, 1_024, 12_000_000)

_KINDS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "workbook", ".parquet": "parquet"}
_BEGINS = {b"PK": "workbook", b"PAR1": "parquet", b"\xd0\xcf\x11\xe0": "workbook"}
_PIECE = 1 << 20  # bytes read at a time


def read_table(path: Path, drop: Collection[str] = (), sheet: str = "") -> Table:
    """Return the table of a file; Refusal where there is none in it.

    The separator of a CSV is the comma, semicolon or tab found most often in its heading. `sheet`
    names the sheet of a workbook that has several. Rows of Parquet count as if written below a heading.
    """
    kind = _KINDS.get(path.suffix.lower(), "csv" if not path.suffix else "")
    if not kind:
        fact = _("{path}: a frame is read from .csv, .xlsx or .parquet; save it as one of these")
        raise Refusal(fact.format(path=path))
    content = _content(path)
    if kind != next((is_ for mark, is_ in _BEGINS.items() if content.startswith(mark)), "csv"):
        fact = _("{path}: is not what its ending says; save it anew as .csv, .xlsx or .parquet")
        raise Refusal(fact.format(path=path))
    if sheet and kind != "workbook":
        raise Refusal(_("{path}: has no sheets; leave the name of the sheet out").format(path=path))
    if kind == "workbook":
        return _from_workbook(content, path, drop, sheet)
    return (_from_csv if kind == "csv" else _from_parquet)(content, path, drop)


def _from_parquet(content: bytes, path: Path, drop: Collection[str]) -> Table:
    try:
        return parquet.apart(content, str(path), drop)
    except OverflowError:
        raise _too_large(path) from None
    except ValueError:
        raise _damaged(path) from None


def _content(path: Path) -> bytes:
    """Return the bytes of a file; Refusal where it cannot be read, or goes on for too long."""
    content = bytearray()  # not asked for at once: what is asked for is set aside in memory
    try:
        with path.open("rb") as file:
            while len(content) <= MOST_BYTES and (more := file.read(_PIECE)):
                content += more
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be read ({why}); check the path").format(
                path=path, why=error.strerror
            )
        ) from error
    if len(content) > MOST_BYTES:
        raise _too_large(path)
    return bytes(content)


def _too_large(path: Path) -> Refusal:
    fact = _("{path}: is too large for a frame; keep only the rows and columns to draw from")
    return Refusal(fact.format(path=path))


def _damaged(path: Path) -> Refusal:
    fact = _("{path}: cannot be read; save it anew, without a password, or as CSV in UTF-8")
    return Refusal(fact.format(path=path))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn whatever a library raises over a damaged file, its panics included, into a Refusal.

    Not chained: what a library says may repeat a cell.
    """
    try:
        yield
    except Refusal:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise _damaged(path) from None
        raise


# --- CSV --------------------------------------------------------------------------------------


def _from_csv(content: bytes, path: Path, drop: Collection[str]) -> Table:
    """Return the table of a CSV, in columns at once where no quote makes a line more than its cells."""
    text, source = _text_of(content, path), Source(str(path))
    if text.count("\n") + text.count("\r") > 2 * MOST_ROWS:
        raise _too_large(path)
    separator = max(",;\t", key=_first_line(text).count)
    if '"' not in text:
        lines = pl.Series(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        if longest(lines) <= LONGEST:
            return split(lines, separator, source, drop)
    return gathered(_records(text, separator, source.broken), source, drop)


def _records(text: str, separator: str, broken: list[int]) -> Iterator[Record]:
    """Yield the records of a CSV; where it can be read no further, its line goes into `broken`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error:
        broken.append(line)


def _first_line(text: str) -> str:
    """Return the first line that is not blank."""
    found = re.match(r"[^\r\n]*", text.lstrip())
    return found[0] if found else ""


def _text_of(content: bytes, path: Path) -> str:
    """Return text in UTF-8; another encoding is refused with the name of the one it probably is."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refusal(
            _("{path}: is text in UTF-16; save it as CSV in UTF-8, or as .xlsx").format(path=path)
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]  # without the byte-order mark
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        fact = _(
            "{place}: is not UTF-8 (perhaps Windows-1252, which spreadsheet programs simply call CSV); "
            "save it as CSV in UTF-8, or as .xlsx"
        )
        raise Refusal(fact.format(place=Place(str(path), line, column))) from None


# --- workbooks --------------------------------------------------------------------------------


def _from_workbook(content: bytes, path: Path, drop: Collection[str], wanted: str) -> Table:
    from python_calamine import load_workbook

    try:
        content = cells.repacked(content, str(path), WORKBOOK)
    except cells.Unreadable as error:
        is_large = error.problem.check == "size"
        raise (_too_large(path) if is_large else _damaged(path)) from None
    with _reading(path), load_workbook(io.BytesIO(content)) as book:
        sheet = book.get_sheet_by_name(_sheet_name(book, path, wanted))
        source = Source(str(path), sheet.name, sheet.start[1] if sheet.start else 0)
        return gathered(_rows(sheet.iter_rows(), source), source, drop)


def _sheet_name(book: CalamineWorkbook, path: Path, wanted: str) -> str:
    """Return the sheet that is wanted, or else the only one that is not empty."""
    names = [wanted] if wanted in book.sheet_names else list(book.sheet_names)
    if len(names) > 1 and not wanted:
        names = [one for one in names if book.get_sheet_by_name(one).total_height] or names[:1]
    if len(names) > 1 or (wanted and names != [wanted]):
        shown = ", ".join(printable(name) for name in book.sheet_names)
        fact = _("{path}: its sheets are {names}; name the one that has the frame")
        raise Refusal(fact.format(path=path, names=shown))
    return names[0]


def _rows(rows: Iterator[Sequence[object]], source: Source) -> Iterator[Record]:
    for line, values in enumerate(rows, start=1):
        yield line, [written(value, line, at, source) for at, value in enumerate(values)]
