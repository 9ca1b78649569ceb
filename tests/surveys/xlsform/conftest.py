"""Workbooks written in the tests as tables, and what pyxform makes of them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from xml.etree.ElementTree import canonicalize

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from pyxform.xls2xform import convert  # type: ignore[import-untyped]

from surveys import yamlwriter
from surveys.check import checked
from surveys.instrument import Instrument
from surveys.load import Loaded, load, of_tree
from surveys.problems import Problem
from surveys.xlsform import read

Sheets = dict[str, list[list[str]]]

TABLES = {"fees": "id,fee\n1,20\n"}


def written(sheets: Sheets) -> bytes:
    """Return the sheets as an .xlsx, every cell a text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"created": datetime.datetime(2000, 1, 1)})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(line, column, text)
    book.close()
    return out.getvalue()


def tabled(text: str) -> Sheets:
    """Return sheets from lines of cells between bars, the first cell naming a new sheet."""
    sheets: Sheets = {}
    name = ""
    for line in text.strip().splitlines():
        first, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        name = first or name
        sheets.setdefault(name, []).append(cells)
    return sheets


@pytest.fixture(scope="session")
def book() -> Callable[[str], bytes]:
    """Return what makes a workbook of a table."""
    return lambda text: written(tabled(text))


@pytest.fixture(scope="session")
def book_of() -> Callable[[Sheets], bytes]:
    """Return what makes a workbook of sheets."""
    return written


@pytest.fixture(scope="session")
def xform() -> Callable[[bytes], str]:
    """Return what pyxform makes of a workbook: the XForm, attributes in one order."""
    return lambda content: canonicalize(convert(content, file_type=".xlsx").xform)


@pytest.fixture(scope="session")
def through_yaml() -> Callable[[bytes], tuple[Instrument, str, tuple[Problem, ...]]]:
    """Return what reads a workbook by way of its YAML: instrument, text, loss list.

    A workbook without settings is called as pyxform calls one that comes without a name.
    """

    def run(content: bytes) -> tuple[Instrument, str, tuple[Problem, ...]]:
        tree, problems = read(content, "data.xlsx")
        assert tree.root is not None, problems
        text = yamlwriter.written(tree.root)
        loaded = load(text, "data.yaml", TABLES)
        wrong = [one for one in (*loaded.problems, *problems) if one.severity == "error"]
        assert loaded.instrument is not None, wrong
        assert not wrong, wrong
        return loaded.instrument, text, tuple(one for one in problems if one.check == "loss")

    return run


@pytest.fixture(scope="session")
def checked_book() -> Callable[[str], Loaded]:
    """Return what reads a table as a workbook `form.xlsx` and checks it whole."""

    def run(text: str) -> Loaded:
        tree, problems = read(written(tabled(text)), "form.xlsx")
        loaded = checked(of_tree(tree, "", "form.xlsx", TABLES))
        return Loaded(loaded.instrument, (*loaded.problems, *problems))

    return run
