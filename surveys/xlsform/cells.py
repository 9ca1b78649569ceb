"""The bytes of a workbook → its sheets as cells that know their place.

A cell becomes the text that XLSForm tools make of it: 2.0 is `2`, true is `TRUE`. A hostile file is
refused before it costs anything: an .xlsx is a zip, whose index is read first; what it unpacks to is
measured while it unpacks, and the reach of its cells before a grid is made of them.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.language import _
from surveys.problems import Place, Problem, Refusal
from surveys.xlsform.old_reach import Broken, reaches

MOST_BYTES = 10_000_000  # of the file
MOST_UNPACKED = 30_000_000  # bytes of all its parts
MOST_PARTS = 2_000
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 65_536, 1_024, 1_000_000  # as far as sheets reach
MOST_TEXT = 2_000_000_000  # bytes, were each cell the longest of the texts that cells share

_OLE = b"\xd0\xcf\x11\xe0"  # how an .xls begins, and an .xlsx with a password
_ENTRY = b"PK\x01\x02"  # how each entry of a zip's index begins
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how UTF-16 begins, which nothing here looks into
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{0,4})([0-9]{1,10})[\"']")
_SHARED = re.compile(rb"sst\s*>")  # the end of the part that has the texts cells share
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

Grid = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be: bytes of the file and of all its parts, and the reach of its sheets.

    `rows` and `columns` are as far as one sheet reaches, `cells` as far as all of them do.
    """

    packed: int
    unpacked: int
    rows: int
    columns: int
    cells: int


_FORM = Limits(MOST_BYTES, MOST_UNPACKED, MOST_ROWS, MOST_COLUMNS, MOST_CELLS)


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell that is not blank, with no space around it."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row that are not blank, by column (from 1)."""

    place: Place
    cells: Mapping[int, Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its first row names the columns; `rows` are those below that hold something."""

    name: str
    header: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets by name in lower case, and what their cells lost on the way."""

    sheets: Mapping[str, Sheet]
    problems: tuple[Problem, ...]


class Unreadable(Exception):
    """The file is no workbook that can be read; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_cells(content: bytes, name: str) -> Workbook:
    """Return the sheets of an .xlsx or .xls file; `name` is the file its places carry.

    Raises Unreadable where it is too large or no workbook, and Refusal where the reader of workbooks
    is not installed.
    """
    if content.startswith(_OLE) and len(content) <= MOST_BYTES:
        _refuse_far(_old_reach(content, name), name, _FORM)
    else:
        content = repacked(content, name, _FORM)
    grids = _grids(content, name)
    problems: list[Problem] = []
    sheets = {title.lower(): _sheet(title, grid, name, problems) for title, grid in reversed(grids)}
    return Workbook(dict(reversed(sheets.items())), tuple(problems))


def _problem(name: str, fact: str, remedy: str, check: str) -> Problem:
    return Problem(Place(name, 1, 1), "", fact, remedy, check)


def _too_large(name: str, fact: str) -> Unreadable:
    remedy = _("keep only the sheets of the form, and delete the empty rows and columns after them")
    return Unreadable(_problem(name, fact, remedy, "size"))


def _not_a_workbook(name: str) -> Unreadable:
    fact = _("this is not a workbook that can be read")
    remedy = _("open it in your spreadsheet program and save it as .xlsx, without a password")
    return Unreadable(_problem(name, fact, remedy, "syntax"))


def repacked(content: bytes, name: str, limits: Limits) -> bytes:
    """Return the parts of an .xlsx that hold cells, not compressed.

    The index may lie about sizes; `zipfile` unpacks no more than it says and refuses what differs.
    Raises Unreadable where it is no .xlsx, or larger than the limits.
    """
    if len(content) > limits.packed:
        raise _too_large(name, _("the file is larger than {n} bytes").format(n=limits.packed))
    if content.count(_ENTRY) > MOST_PARTS:
        raise _too_large(name, _("the file has more than {n} parts").format(n=MOST_PARTS))
    out = io.BytesIO()
    reach: list[tuple[int, int]] = []
    longest = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > limits.unpacked:
                raise _too_large(
                    name, _("the file unpacks to more than {n} bytes").format(n=limits.unpacked)
                )
            with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as plain:
                for part in dict.fromkeys(packed.namelist()):
                    if part.endswith((".xml", ".rels")):
                        text = packed.read(part)
                        if text.startswith(_WIDE):
                            if part.lower().startswith("xl/"):
                                raise _not_a_workbook(name)
                            continue  # what some programs add of their own
                        if b"sheetData" in text or part.lower().startswith("xl/worksheets/"):
                            reach.append(_reach(text))
                        elif _SHARED.search(text):
                            longest = max(longest, *map(len, text.split(b"si>")))
                        plain.writestr(part, text)
    except (
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        ValueError,
        OSError,
        EOFError,
        zlib.error,
    ) as error:
        raise _not_a_workbook(name) from error
    _refuse_far(reach, name, limits)
    if longest * sum(rows * columns for rows, columns in reach) > MOST_TEXT:
        raise _too_large(name, _("its cells may hold more than {n} bytes").format(n=MOST_TEXT))
    return out.getvalue()


def _reach(sheet: bytes) -> tuple[int, int]:
    """Return the last row and column that a sheet of an .xlsx names."""
    rows, letters = set(), set()
    for found in _REFERENCE.finditer(sheet):
        letters.add(found[1])
        rows.add(found[2])
    return max(map(int, rows), default=0), max(map(_number, letters), default=0)


def _old_reach(content: bytes, name: str) -> list[tuple[int, int]]:
    """Return the last row and column of each sheet of an .xls."""
    try:
        return reaches(content)
    except Broken as error:
        raise _not_a_workbook(name) from error


def _refuse_far(reach: Sequence[tuple[int, int]], name: str, limits: Limits) -> None:
    """Refuse sheets that reach far out: a grid is made as far as each reaches."""
    if sum(rows * columns for rows, columns in reach) > limits.cells or any(
        rows > limits.rows or columns > limits.columns for rows, columns in reach
    ):
        rows, columns = max(reach, key=lambda one: one[0] * one[1])
        fact = _("a sheet reaches to row {row} and column {column}")
        raise _too_large(name, fact.format(row=rows, column=columns))


def _number(letters: bytes) -> int:
    """Return the number of a column from its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _grids(content: bytes, name: str) -> list[tuple[str, Grid]]:
    """Return (name, rows of values) of each sheet."""
    try:
        from python_calamine import load_workbook
    except ImportError as error:
        raise Refusal(
            _("reading a workbook needs python-calamine; run: pip install 'souspli[lead]'")
        ) from error
    try:
        with load_workbook(io.BytesIO(content)) as book:
            return [
                (title, book.get_sheet_by_name(title).to_python(skip_empty_area=False))
                for title in book.sheet_names
            ]
    except BaseException as error:  # a panic of the library is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise _not_a_workbook(name) from error
        raise


def _sheet(title: str, grid: Grid, name: str, problems: list[Problem]) -> Sheet:
    rows = [
        _row(values, Place(name, line, 1, title), problems)
        for line, values in enumerate(grid, start=1)
    ]
    header = rows[0] if rows else Row(Place(name, 1, 1, title), {})
    return Sheet(title, header, tuple(row for row in rows[1:] if row.cells))


def _row(values: Sequence[object], place: Place, problems: list[Problem]) -> Row:
    cells: dict[int, Cell] = {}
    for column, value in enumerate(values, start=1):
        if value == "":
            continue
        where = Place(place.file, place.line, column, place.sheet)
        text = _clean(_text(value, where, problems), where, problems)
        if text:
            cells[column] = Cell(text, where)
    return Row(place, cells)


def _text(value: object, place: Place, problems: list[Problem]) -> str:
    """Return the text of a value; a date is written as ISO 8601 has it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        if isinstance(value, datetime.datetime) and value.time() == datetime.time():
            value = value.date()
        fact = _("the cell is formatted as a date or a time; it is read as {text}")
        problems.append(
            Problem(
                place,
                "",
                fact.format(text=value.isoformat()),
                _("format it as text"),
                "loss",
                "warning",
            )
        )
        return value.isoformat()
    return str(value)


def _clean(text: str, place: Place, problems: list[Problem]) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _CONTROL.search(text):
        text = _CONTROL.sub(" ", text)
        problems.append(
            Problem(
                place,
                "",
                _("tabs and control characters are read as spaces"),
                "",
                "loss",
                "warning",
            )
        )
    return text
