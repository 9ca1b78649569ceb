"""The bytes of a workbook: what a cell says, and files that are refused before they cost anything."""

from __future__ import annotations

import datetime
import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.problems import Place
from surveys.xlsform import read
from surveys.xlsform.cells import MOST_BYTES, MOST_PARTS, MOST_UNPACKED, Unreadable, read_cells

Book = Callable[[str], bytes]

MINIMAL = """
| survey | type | name | label |
|        | text | a    | A     |
"""


def refusal(content: bytes) -> str:
    """Return how a file is refused; its problem stands at the file, and no tree comes of it."""
    with pytest.raises(Unreadable) as raised:
        read_cells(content, "bad.xlsx")
    tree, problems = read(content, "bad.xlsx")
    assert tree.root is None
    assert [problem.severity for problem in problems] == ["error"]
    assert str(problems[0]).startswith("bad.xlsx:1:1: ")
    return raised.value.problem.check


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """Return a workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return out.getvalue()


def valued(*values: object) -> bytes:
    """Return a workbook whose second row holds values of their own kinds."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("survey")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, value in enumerate(values):
        sheet.write_string(0, column, f"column {column}")
        if isinstance(value, datetime.date):
            sheet.write_datetime(1, column, value, day)
        else:
            sheet.write(1, column, value)
    book.close()
    return out.getvalue()


def record(number: int, body: bytes) -> bytes:
    """Return a record of an .xls."""
    return struct.pack("<HH", number, len(body)) + body


def old(sheets: dict[str, list[tuple[int, int, str | float]]]) -> bytes:
    """Return an .xls with these cells (row, column, value; from 0), as [MS-XLS] and [MS-CFB] say."""

    def begun(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x1FAA, 1997, 0x40, 0x600))

    bodies = []
    for cells in sheets.values():
        body = begun(0x10)
        for row, column, value in cells:
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += record(0x204, place + text)
            else:
                body += record(0x203, place + struct.pack("<d", value))
        bodies.append(body + record(0x0A, b""))

    def head(starts: list[int]) -> bytes:
        names = b"".join(
            record(0x85, struct.pack("<IHBB", start, 0, len(name), 1) + name.encode("utf-16-le"))
            for name, start in zip(sheets, starts, strict=True)
        )
        return begun(5) + record(0x42, struct.pack("<H", 1200)) + names + record(0x0A, b"")

    length = len(head([0] * len(bodies)))
    starts = [length + sum(map(len, bodies[:number])) for number in range(len(bodies))]
    stream = head(starts) + b"".join(bodies)
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    none, end = 0xFFFFFFFF, 0xFFFFFFFE
    table = [0xFFFFFFFD, end, *range(3, sectors + 2), end]
    table += [none] * (128 - len(table))

    def entry(name: str, kind: int, first: int, size: int, child: int) -> bytes:
        raw = f"{name}\0".encode("utf-16-le")
        links = struct.pack("<HBBIII", len(raw), kind, 1, none, none, child)
        return raw.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", first, size)

    directory = entry("Root Entry", 5, end, 0, 1) + entry("Workbook", 2, 2, len(stream), none)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[none] * 108)
    return header + struct.pack("<128I", *table) + directory.ljust(512, b"\0") + stream


def test_an_old_workbook_is_read_like_a_new_one(book: Book) -> None:
    """An .xls gives the cells that the same sheet gives as an .xlsx."""
    rows = [["type", "name", "label"], ["text", "a", "Où ?"]]
    cells = [(row, at, text) for row, line in enumerate(rows) for at, text in enumerate(line)]
    content = old({"survey": list(cells), "settings": [(0, 0, "version"), (1, 0, 2.0)]})
    table = "| survey | type | name | label |\n| | text | a | Où ? |\n"
    new = read_cells(book(table + "| settings | version |\n| | 2 |\n"), "f")
    assert read_cells(content, "f") == new


def test_an_old_workbook_that_reaches_far_is_refused() -> None:
    """Two cells at the corners of each sheet would make grids of 17 million."""
    corners: list[tuple[int, int, str | float]] = [(0, 0, 1.0), (65_535, 255, 1.0)]
    assert refusal(old({f"s{number}": corners for number in range(9)})) == "size"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_old_workbook_is_read_or_refused(data: st.DataObject) -> None:
    """Sectors that lead nowhere or in a circle are no hang and no crash."""
    content = bytearray(old({"survey": [(0, 0, "type"), (1, 0, "text")]}))
    for _flip in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, 2_200))] = data.draw(st.integers(0, 255))
    tree, problems = read(bytes(content), "f.xls")
    assert tree.root is not None or problems


def test_many_sheets_that_reach_far_are_refused_together(book: Book) -> None:
    """Each may be within bounds; all of them are made."""
    far = b'<worksheet><sheetData><row r="60000"><c r="Z60000"/></row></sheetData></worksheet>'
    content = book(MINIMAL + "| choices | list_name |\n| | l |\n")
    for part in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        content = with_part(content, part, far)
    assert refusal(content) == "size"


def test_cells_say_what_xlsform_tools_make_of_them() -> None:
    """A whole number has no point, true and false are words, a text keeps its zeros."""
    cells = read_cells(valued(2, 2.5, True, False, "01230", -99), "f.xlsx").sheets["survey"].rows[0]
    assert [cell.text for cell in cells.cells.values()] == [
        "2", "2.5", "TRUE", "FALSE", "01230", "-99",
    ]  # fmt: skip


def test_a_date_is_iso_and_named() -> None:
    """A cell the spreadsheet made a date of is read as one, and its place is told."""
    book = read_cells(valued(datetime.datetime(2026, 5, 1)), "f.xlsx")
    assert book.sheets["survey"].rows[0].cells[1].text == "2026-05-01"
    assert [str(problem.place) for problem in book.problems] == ["f.xlsx:survey!A2"]


def test_a_cell_knows_its_place(book: Book) -> None:
    """Row and column are those the spreadsheet shows, blank rows and columns counted."""
    content = book(
        """
        | survey  | type | name |   | label |
        |         |      |      |   |       |
        |         | text | a    |   | A     |
        """
    )
    sheet = read_cells(content, "f.xlsx").sheets["survey"]
    assert str(sheet.rows[0].cells[4].place) == "f.xlsx:survey!D3"


def test_control_characters_are_spaces_and_named(book: Book) -> None:
    """YAML holds no tab inside a text: it becomes a space, on the loss list."""
    content = book("| survey | type | name | label |\n| | text | a | A\tB |")
    read_book = read_cells(content, "f.xlsx")
    assert read_book.sheets["survey"].rows[0].cells[3].text == "A B"
    assert [problem.check for problem in read_book.problems] == ["loss"]


def test_a_zip_bomb_is_refused_from_its_index(book: Book) -> None:
    """A gigabyte of zeros is refused without being unpacked: in the time of reading a small form."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", 8) as packed:
        for number in range(4):
            with packed.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
                for _chunk in range(16):
                    part.write(bytes(MOST_UNPACKED // 40))
    began = time.perf_counter()
    read_cells(book(MINIMAL), "small.xlsx")
    small = time.perf_counter() - began
    began = time.perf_counter()
    assert refusal(bomb.getvalue()) == "size"
    assert time.perf_counter() - began < max(20 * small, 0.2)


def test_an_index_that_lies_is_refused(book: Book) -> None:
    """A part that unpacks to more than its index says is not unpacked further."""
    content = with_part(book(MINIMAL), "xl/worksheets/sheet1.xml", b" " * 5_000_000)
    lying = content.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 500))
    assert lying != content
    assert refusal(lying) == "syntax"


def test_many_parts_are_refused() -> None:
    """A zip of thousands of empty parts is refused before its index is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for number in range(MOST_PARTS + 1):
            packed.writestr(str(number), b"")
    assert refusal(out.getvalue()) == "size"


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "XFD1", "ZZZZ9999999999"])
def test_a_cell_far_out_is_refused(book: Book, cell: str) -> None:
    """One cell at the edge of a sheet would make a grid of 17 thousand million."""
    far = f'<worksheet><sheetData><row r="1"><c r = "A1"/><c r="{cell}" t="str"><v>1</v></c></row>'
    content = with_part(
        book(MINIMAL), "xl/worksheets/sheet1.xml", f"{far}</sheetData></worksheet>".encode()
    )
    assert refusal(content) == "size"


def test_a_long_text_that_many_cells_share_is_refused(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook has it once, and names it in each cell in a few bytes."""
    rows = "".join(f"| | text | q{at} | {'x' * 5_000} |\n" for at in range(20))
    content = book("| survey | type | name | label |\n" + rows)
    assert len(read_cells(content, "f.xlsx").sheets["survey"].rows) == 20
    monkeypatch.setattr("surveys.xlsform.cells.MOST_TEXT", 20 * 5_000)
    assert refusal(content) == "size"


def test_a_large_file_is_refused() -> None:
    """More bytes than a form ever has are not looked into."""
    assert refusal(bytes(MOST_BYTES + 1)) == "size"


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"type,name\ntext,a"]
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    """Empty, cut, locked or foreign files are one problem with a remedy."""
    assert refusal(content) == "syntax"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_workbook_is_read_or_refused(book: Book, data: st.DataObject) -> None:
    """Whatever bytes are flipped, the reader answers."""
    content = bytearray(book(MINIMAL))
    for _flip in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    tree, problems = read(bytes(content), "f.xlsx")
    assert tree.root is not None or problems


def test_places_of_columns_past_z() -> None:
    """The place of a cell is what the spreadsheet calls it."""
    assert str(Place("f.xlsx", 12, 30, "survey")) == "f.xlsx:survey!AD12"
