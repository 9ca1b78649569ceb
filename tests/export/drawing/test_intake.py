"""CSV, workbooks and Parquet give the same table; what is no table is refused with a sentence."""

from __future__ import annotations

import datetime
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing import intake
from export.drawing.checks import problems_of
from export.drawing.frame import read
from export.drawing.intake import read_table
from export.drawing.parquet import table_of
from export.drawing.table import Columns, Table
from surveys.problems import Refusal
from surveys.xlsform import cells

Rows = Sequence[Sequence[object]]
ROWS: Rows = [
    ["code", "zone", "beds", "nom"],
    ["B2", "south", 3, "X"],
    ["B1", "nord", 4, "Y"],
    ["B10", "nord", 0.5, None],
]
COLUMNS = Columns("code", "zone", "beds", drop=("nom",))


def csv_file(path: Path, rows: Rows) -> Path:
    path = path / "frame.csv"
    lines = (";".join("" if cell is None else str(cell) for cell in row) for row in rows)
    path.write_text("\n".join(lines), "utf-8")
    return path


def workbook(path: Path, rows: Rows, *, at: tuple[int, int] = (0, 0), others: int = 0) -> Path:
    path = path / "frame.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for number in range(others):
            book.add_worksheet(f"Blank{number}")
        sheet, day = book.add_worksheet("List"), book.add_format({"num_format": "dd/mm/yyyy"})
        for row, cells_ in enumerate(rows):
            for column, cell in enumerate(cells_):
                style = [day] if isinstance(cell, datetime.date) else []
                if cell is not None:
                    sheet.write(at[0] + row, at[1] + column, cell, *style)
    return path


def parquet(path: Path, rows: Rows) -> Path:
    path = path / "frame.parquet"
    pl.DataFrame(
        list(rows[1:]), schema=[str(name) for name in rows[0]], orient="row"
    ).write_parquet(path)
    return path


KINDS = pytest.mark.parametrize("make", [csv_file, workbook, parquet])


def shown(table: Table) -> tuple[object, ...]:
    return table.heading, {at: column.to_list() for at, column in table.columns.items()}


# --- the same table -----------------------------------------------------------------------------


@KINDS
def test_every_kind_of_file_gives_the_same_frame(
    make: Callable[[Path, Rows], Path], tmp_path: Path
) -> None:
    """Numbers are written as a spreadsheet shows them; the dropped column is not needed."""
    frame, problems = read(make(tmp_path, ROWS), COLUMNS)
    assert problems == ()
    assert frame is not None
    assert frame.canonical == b"B1\tnord\t4\t\nB10\tnord\t0.5\t\nB2\tsouth\t3\t\n"


@KINDS
def test_every_kind_of_file_has_the_same_problems_on_the_same_rows(
    make: Callable[[Path, Rows], Path], tmp_path: Path
) -> None:
    """Rows are counted with the heading, in Parquet too."""
    rows = [*ROWS, ["B2", "nord", 1, None], [None, "nord", 1, None], ["B 2", "nord", -1, None]]
    found = problems_of(read_table(make(tmp_path, rows), ("nom",)), COLUMNS)
    assert [(one.place.line, one.check) for one in found] == [
        (5, "duplicate"),
        (6, "blank"),
        (7, "alike"),
    ]


def test_problems_of_a_workbook_name_the_cell(tmp_path: Path) -> None:
    """By sheet, letter and row as the spreadsheet program shows them, wherever the table begins."""
    path = workbook(tmp_path, [*ROWS, ["B2", "", 1]], at=(2, 1))
    found = problems_of(read_table(path, ("nom",)), COLUMNS)
    assert [str(one.place).rpartition("frame.xlsx")[2] for one in found] == [
        ":List!B7",
        ":List!C7",
    ]
    nowhere = problems_of(read_table(path), Columns("code"))
    assert [str(one).rpartition("frame.xlsx")[2] for one in nowhere] == [
        ":List!E3: column “nom” looks like a name; "
        "take it out of the table, or drop it by name; ids are codes",
        ":List!B7: column “code”: the id of line 4 again; give each unit its own id",
    ]


def test_only_one_sheet_is_filled_or_it_is_named(tmp_path: Path) -> None:
    """Blank sheets are passed over; of several the user chooses, and is told their names."""
    path = workbook(tmp_path, ROWS, others=2)
    assert read_table(path).source.sheet == "List"
    with xlsxwriter.Workbook(path) as book:
        for name in ("One", "Two"):
            book.add_worksheet(name).write_column(0, 0, ["code", name])
    with pytest.raises(Refusal, match="One, Two; name the one"):
        read_table(path)
    assert read_table(path, sheet="Two").columns[0].to_list() == ["Two"]
    with pytest.raises(Refusal, match="One, Two; name the one"):
        read_table(path, sheet="Three")


@pytest.mark.parametrize("make", [csv_file, parquet])
def test_only_a_workbook_has_sheets(make: Callable[[Path, Rows], Path], tmp_path: Path) -> None:
    """A name of a sheet is a mistake elsewhere."""
    with pytest.raises(Refusal, match="no sheets"):
        read_table(make(tmp_path, ROWS), sheet="List")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text('a,;é" \t\n\r', max_size=4), min_size=2, max_size=2), max_size=4))
def test_cells_in_quotes_are_read_as_those_of_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    """Separators, quotes and line breaks inside a cell stay in it."""
    folder = tmp_path_factory.mktemp("frame")
    rows = [["code", "x"], *([cell.replace("\r", "") for cell in row] for row in rows)]
    path = folder / "frame.csv"
    quoted = ['"' + cell.replace('"', '""') + '"' for row in rows for cell in row]
    path.write_text("\n".join(",".join(quoted[at : at + 2]) for at in range(0, len(quoted), 2)))
    assert shown(read_table(path)) == shown(read_table(workbook(folder, rows)))


# --- what spreadsheets do to codes ----------------------------------------------------------------


def test_numbers_that_are_ids_keep_the_text_that_is_seen(tmp_path: Path) -> None:
    """12.0 is 12, 0.1 + 0.2 is 0.3, text is left as it is, a truth is TRUE."""
    cells_ = [12.0, 1.5, 0.1 + 0.2, -3, "007", " B 1 ", True, 10**14 + 1]
    table = read_table(workbook(tmp_path, [["code"], *([cell] for cell in cells_)]))
    seen = ["12", "1.5", "0.3", "-3", "007", "B 1", "TRUE", "100000000000001"]
    assert table.columns[0].to_list() == seen


def test_a_formula_is_its_value(tmp_path: Path) -> None:
    """As it was last computed; an error is a blank."""
    path = tmp_path / "frame.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "code")
        sheet.write_formula(1, 0, '="B"&1', None, "B1")
        sheet.write_formula(2, 0, "=6*7", None, 42)
        sheet.write_formula(3, 0, "=1/0", None, "#DIV/0!")
        sheet.write(3, 1, "")
    table = read_table(path)
    assert table.columns[0].to_list()[:2] == ["B1", "42"]
    assert "#DIV/0!" not in table.columns[0].to_list()


@pytest.mark.parametrize("make", [workbook, parquet])
def test_codes_that_became_dates_are_refused(
    make: Callable[[Path, Rows], Path], tmp_path: Path
) -> None:
    """A spreadsheet takes 1-2 for a day; elsewhere than in a code, a date is text."""
    day = datetime.date(2026, 2, 1)
    path = make(tmp_path, [["code", "zone", "near"], *([f"B{at}", day, day] for at in range(3))])
    columns = Columns("code", "zone", similarity="near")
    found = problems_of(read_table(path), columns)
    assert {(one.check) for one in found} == {"date", "person"}
    assert [one.place.line for one in found if one.check == "date"] == [2, 3, 4]
    assert read_table(path).columns[2].to_list() == ["2026-02-01"] * 3


def test_ids_longer_than_a_spreadsheet_keeps_are_refused(tmp_path: Path) -> None:
    """Of a number it keeps fifteen digits: the sixteenth is lost, and two ids may be one."""
    path = workbook(tmp_path, [["code"], [10**15], [1234567890123456789], [10**15 - 1]])
    found = problems_of(read_table(path), Columns("code"))
    assert [(one.place.line, one.check) for one in found] == [(2, "digits"), (3, "digits")]


def parquet_table(columns: dict[str, object], drop: tuple[str, ...] = ()) -> Table:
    """Return the table of a Parquet file with these columns, read in this process."""
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return table_of(out.getvalue(), "frame.parquet", drop)


def test_columns_of_parquet_become_text() -> None:
    """Exact integers, floats as seen, truths, categories, moments; null and NaN are blank."""
    table = parquet_table(
        {
            "int": [2**60, None],
            "float": [3.0, float("nan")],
            "bool": [True, None],
            "cat": pl.Series(["x", None], dtype=pl.Categorical),
            "none": [None, None],
            "time": [datetime.datetime(2026, 1, 2, 3, 4), datetime.datetime(2026, 1, 2)],
        }
    )
    assert [column.to_list() for column in table.columns.values()] == [
        [str(2**60), ""],
        ["3", ""],
        ["TRUE", ""],
        ["x", ""],
        ["", ""],
        ["2026-01-02 03:04:00", "2026-01-02"],
    ]


def test_columns_that_are_no_text_are_refused_unless_dropped() -> None:
    """Nobody could see what personal detail is in a list."""
    columns: dict[str, object] = {"code": ["B1"], "more": [["a@b.fr"]], "raw": [b"x"]}
    found = problems_of(parquet_table(columns), Columns("code"))
    assert [one.check for one in found] == ["heading", "heading"]
    drop = ("more", "raw")
    assert problems_of(parquet_table(columns, drop), Columns("code", drop=drop)) == ()


# --- files that are refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        ("code\né1\n".encode("cp1252"), ":2:1:", "perhaps Windows-1252"),
        (b"\xef\xbb\xbfcode;x\nB1;\xc3\xa9\xe9\n", ":2:5:", "perhaps Windows-1252"),
        ("code\nB1\n".encode("utf-16"), ":", "UTF-16"),
        (b"\xff", ":1:1:", "not UTF-8"),
    ],
)
def test_another_encoding_is_named(content: bytes, place: str, said: str, tmp_path: Path) -> None:
    """With the first character that cannot be read, and how to save the file."""
    path = tmp_path / "frame.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal, match="save it as CSV in UTF-8") as caught:
        read_table(path)
    assert f"frame.csv{place}" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("frame.csv", b"PK\x03\x04"),
        ("frame.csv", b"PAR1"),
        ("frame.xlsx", b"code\nB1\n"),
        ("frame.xlsx", b"PAR1"),
        ("frame.parquet", b"code\nB1\n"),
        ("frame.parquet", b""),
        ("frame", b"PK\x03\x04"),
    ],
)
def test_a_file_that_is_not_what_its_ending_says_is_refused(
    name: str, content: bytes, tmp_path: Path
) -> None:
    """Whatever it holds is not guessed at."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal, match="not what its ending says; save it anew"):
        read_table(tmp_path / name)


@pytest.mark.parametrize("name", ["frame.xls", "frame.ods", "frame.pdf", "frame.xlsm"])
def test_other_kinds_of_file_are_refused(name: str, tmp_path: Path) -> None:
    """With those that are read."""
    (tmp_path / name).write_bytes(b"code\n")
    with pytest.raises(Refusal, match=r"read from \.csv, \.xlsx or \.parquet"):
        read_table(tmp_path / name)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A folder neither."""
    (tmp_path / "folder.csv").mkdir()
    for name in ("frame.csv", "folder.csv"):
        with pytest.raises(Refusal, match="cannot be read"):
            read_table(tmp_path / name)


def refusal_of(path: Path) -> Refusal | None:
    try:
        read_table(path)
    except Refusal as refusal:
        return refusal
    return None


@pytest.mark.parametrize(("make", "times"), [(workbook, 40), (parquet, 3)])
def test_a_damaged_file_is_refused_and_nothing_of_it_is_told(
    make: Callable[[Path, Rows], Path], times: int, tmp_path: Path
) -> None:
    """Cut anywhere, or with a byte changed, it is read or refused; nothing of its cells is said."""
    path = make(tmp_path, ROWS)
    whole = path.read_bytes()
    refused = []
    for at in range(8, len(whole), len(whole) // times):
        for content in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            path.write_bytes(content)
            refused.append(refusal_of(path))
    told = [one for one in refused if one]
    assert len(told) >= len(refused) // 2
    assert not any("B10" in str(one) or one.__cause__ for one in told)


def test_a_file_that_ends_the_process_that_reads_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged Parquet may ask for more memory than there is: another process is ended, not this."""
    monkeypatch.setattr("export.drawing.parquet._be_quiet", os.abort)
    with pytest.raises(Refusal, match="cannot be read; save it anew"):
        read_table(parquet(tmp_path, ROWS))


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_zip_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything of it is unpacked."""
    monkeypatch.setattr(intake, "WORKBOOK", cells.Limits(10**6, 10**6, 100, 100, 10_000))
    path = workbook(tmp_path, ROWS)
    assert len(read_table(path).lines) == 3
    path.write_bytes(zipped(parts_of(path) | {"xl/media/bomb.xml": bytes(10**6)}))
    with pytest.raises(Refusal, match="too large for a frame"):
        read_table(path)


def test_a_sheet_that_reaches_to_the_last_cell_is_refused(tmp_path: Path) -> None:
    """A grid as large would be made of it."""
    path = workbook(tmp_path, [*ROWS])
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(1_048_575, 16_383, "x")
    with pytest.raises(Refusal, match="too large for a frame"):
        read_table(path)


def test_a_sheet_in_an_unusual_place_is_measured_as_well(tmp_path: Path) -> None:
    """A workbook says itself where its sheets are."""
    path = workbook(tmp_path, ROWS)
    parts = parts_of(path)
    links = parts["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", b"odd/one.xml")
    sheet = parts.pop("xl/worksheets/sheet1.xml")
    parts |= {"xl/_rels/workbook.xml.rels": links, "xl/odd/one.xml": sheet}
    path.write_bytes(zipped(parts))
    assert len(read_table(path).lines) == 3
    far = sheet.replace(b"</sheetData>", b'<row><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    for odd, said in ((far, "too large"), (far.decode().encode("utf-16"), "cannot be read")):
        path.write_bytes(zipped(parts | {"xl/odd/one.xml": odd}))
        with pytest.raises(Refusal, match=said):
            read_table(path)


def test_a_long_text_that_many_cells_share_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook has it once, and a few bytes for each cell that would become as many texts."""
    path = workbook(tmp_path, [["code"], *(["x" * 30_000] for _at in range(20))])
    assert path.stat().st_size < 10_000
    assert len(read_table(path).lines) == 20
    monkeypatch.setattr(cells, "MOST_TEXT", 20 * 30_000)
    with pytest.raises(Refusal, match="too large for a frame"):
        read_table(path)


def test_a_long_text_that_many_rows_of_parquet_share_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has it once; a text alone may be too long as well."""
    columns: dict[str, object] = {"code": ["x" * 30_000] * 20}
    assert len(parquet_table(columns).lines) == 20
    with pytest.raises(Refusal, match="too large for a frame"):
        read_table(parquet(tmp_path, [["code"], ["x" * 131_073]]))
    monkeypatch.setattr("export.drawing.parquet.MOST_TEXT", 20 * 30_000 - 1)
    with pytest.raises(OverflowError):
        parquet_table(columns)


def test_more_rows_or_cells_than_a_frame_can_have_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Parquet makes many of few bytes: they are counted before they are made."""
    columns: dict[str, object] = {"code": ["x"] * 20, "x": ["x"] * 20}
    for limit, most in (("MOST_ROWS", 20), ("MOST_CELLS", 40)):
        monkeypatch.setattr(f"export.drawing.parquet.{limit}", most)
        assert len(parquet_table(columns).lines) == 20
        monkeypatch.setattr(f"export.drawing.parquet.{limit}", most - 1)
        with pytest.raises(OverflowError):
            parquet_table(columns)
        monkeypatch.undo()


def test_a_file_larger_than_a_frame_can_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its bytes, or by its lines."""
    path = tmp_path / "frame.csv"
    path.write_bytes(b"code\n" + b"B1\n" * 40)
    for limit, most in (("MOST_BYTES", 125), ("MOST_ROWS", 21)):
        monkeypatch.setattr(intake, limit, most)
        assert len(read_table(path).lines) == 40
        monkeypatch.setattr(intake, limit, most - 2)
        with pytest.raises(Refusal, match="too large for a frame"):
            read_table(path)
        monkeypatch.undo()


def test_a_cell_too_long_for_a_code_ends_the_reading_of_a_csv(tmp_path: Path) -> None:
    """As a quote that is never closed does; the line is told."""
    path = tmp_path / "frame.csv"
    path.write_text("code,x\nB1,1\nB2," + "x" * 140_000 + "\nB3,1\n")
    table = read_table(path)
    assert table.source.broken == [3]
    assert table.columns[0].to_list() == ["B1"]
