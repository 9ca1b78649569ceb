"""What each column of a table is."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from export.datasets.described import Sheet, sheets, value_labels
from export.datasets.formats import FORMATS
from export.respondents.table import Tables
from export.respondents.versions import merged
from surveys.check import check
from surveys.instrument import Instrument

SheetsOf = Callable[..., tuple[Sheet, ...]]


def test_every_column_is_described_once_and_in_order(sheets_of: SheetsOf) -> None:
    """Main table and repeats, with rows and without."""
    for rows in ([], [{"days": 3}]):
        for sheet in sheets_of(rows, {"stay": [{"number": 1, "stay": 1, "nights": 2}]}):
            assert [column.name for column in sheet.columns] == sheet.frame.columns


@pytest.mark.parametrize(
    ("sheet", "name", "role", "of", "value", "label"),
    [
        ("data", "weight", "design", "weight", "", "how many people the respondent stands for"),
        ("data", "if", "value", "", "", "Sexe"),
        ("data", "twice", "value", "", "", "twice"),
        ("data", "drugs__crack", "indicator", "drugs", "crack", "Crack – Produits"),
        ("data", "if__status", "status", "if", "", "why if has no value"),
        (
            "data-visit",
            "number",
            "design",
            "number",
            "",
            "a number of the row, made for this file alone",
        ),
        ("data-visit", "stay", "instance", "", "", "Séjour"),
        ("data-visit", "who", "value", "", "", "Qui"),
    ],
)
def test_a_column_says_what_it_is(
    sheet: str, name: str, role: str, of: str, value: str, label: str, sheets_of: SheetsOf
) -> None:
    """Its part, whose it is, and its words in the language of the questionnaire."""
    found = {one.name: one for one in sheets_of([{}])}[sheet].column(name)
    assert (found.role, found.of, found.value, found.label) == (role, of, value, label)
    assert (found.variable is not None) == (role in {"value", "indicator", "status"})


def test_a_sheet_knows_its_repeat(sheets_of: SheetsOf) -> None:
    """The main table is of none."""
    assert [sheet.repeat for sheet in sheets_of([])] == ["", "stay", "visit", "pet"]


def test_values_of_lists_and_bands_have_labels(sheets_of: SheetsOf, instrument: Instrument) -> None:
    """What can be many values has none, and neither has the joined column of several choices."""
    main = sheets_of([])[0]
    told = {
        name: [one.name for one in value_labels(main.column(name), instrument, "fr")]
        for name in ("if", "age", "days", "drugs", "drugs__crack", "weight")
    }
    assert told == {
        "if": ["f", "m"],
        "age": ["-", "18", "25", "40"],
        "days": [],
        "drugs": [],
        "drugs__crack": [],
        "weight": [],
    }


def test_a_column_of_a_former_version_is_described_as_it_was_asked() -> None:
    """What is called `went__2` is the number asked before it became a choice; every format takes it."""
    first = """
souspli: 1
form: {id: a, version: "1", title: {en: A}, languages: {en: English (en)}, default_language: en}
choices: {yes: [{name: yes, label: {en: "Yes"}}, {name: no, label: {en: "No"}}]}
survey: [{type: integer, name: went, label: {en: How often}}]
"""
    second = first.replace('version: "1"', 'version: "2"').replace(
        "type: integer, name: went, label: {en: How often}",
        "type: select_one, choices: yes, name: went, label: {en: Did you}",
    )
    versions = [check(text, "a.yaml").instrument for text in (first, second)]
    instrument = merged([one for one in versions if one is not None]).instrument
    frame = pl.DataFrame({"number": [1, 2], "went": ["yes", None], "went__2": [None, 3]})
    made = sheets(instrument, Tables(frame, {}, {"number": "number"}), "en")
    told = {column.name: (column.label, column.role) for column in made[0].columns}
    assert told["went"] == ("Did you", "value")
    assert told["went__2"] == ("How often", "value")
    assert value_labels(made[0].column("went__2"), instrument, "en") == ()
    for one in FORMATS.values():
        assert one.files(made, instrument, "en", "")
