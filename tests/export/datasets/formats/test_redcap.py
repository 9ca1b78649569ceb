"""REDCap: its documented rules for dictionaries and imports, and every value found again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.datasets import redcap
from export.datasets.described import Sheet
from surveys.codebook import STATUSES
from surveys.formats.redcap import COLUMNS
from surveys.instrument import Instrument

Row = Mapping[str, object]
SheetsOf = Callable[..., tuple[Sheet, ...]]
Rows = st.SearchStrategy[list[Row]]
Made = tuple[list[dict[str, str]], list[dict[str, str]], str]

CHOICES = "Choices, Calculations, OR Slider Labels"
CODE = re.compile(r"[A-Za-z0-9_.-]+")
REPEATS = {
    "stay": [{"number": 2, "stay": 1, "nights": 3}, {"number": 2, "stay": 3}],
    "visit": [
        {"number": 2, "stay": 1, "visit": 1, "who": "m"},
        {"number": 2, "stay": 3, "visit": 1, "who__status": "refused"},
        {"number": 3, "stay": 1, "visit": 1, "who": "f"},
    ],
}


def made_of(sheets: tuple[Sheet, ...], instrument: Instrument) -> Made:
    """Return the rows of the dictionary, those of the data, and the words about the project."""
    files = redcap.files(sheets, instrument, "fr", "simulated-")
    names = [
        "simulated-redcap-dictionary.csv",
        "simulated-redcap-data.csv",
        "simulated-redcap-setup.md",
    ]
    assert list(files) == names
    dictionary, data = (
        list(csv.DictReader(io.StringIO(files[name].decode()))) for name in names[:2]
    )
    return dictionary, data, files[names[2]].decode()


def codes_of(row: Mapping[str, str]) -> list[str]:
    return [one.split(", ", 1)[0] for one in row[CHOICES].split(" | ") if one]


# --- the rules ------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(data=st.data())
def test_a_dictionary_is_one_redcap_takes(
    data: st.DataObject, rows: Rows, sheets_of: SheetsOf, instrument: Instrument
) -> None:
    """18 columns, the key first; names, types, codes and validations as its documentation asks."""
    dictionary, _data, _setup = made_of(sheets_of(data.draw(rows), REPEATS), instrument)
    assert list(dictionary[0]) == list(COLUMNS)
    assert dictionary[0]["Variable / Field Name"] == "record_id"
    names = [row["Variable / Field Name"] for row in dictionary]
    assert len(set(names)) == len(names)
    for row in dictionary:
        assert re.fullmatch(r"[a-z](_?[a-z0-9])*", row["Variable / Field Name"])
        assert len(row["Variable / Field Name"]) <= 100
        assert re.fullmatch(r"[a-z](_?[a-z0-9])*", row["Form Name"])
        assert row["Field Type"] in {"text", "notes", "radio", "checkbox"}
        assert row["Text Validation Type OR Show Slider Number"] in {"", "integer", "number"}
        assert row["Field Label"]
        assert bool(row[CHOICES]) == (row["Field Type"] in {"radio", "checkbox"})
        codes = codes_of(row)
        assert all(CODE.fullmatch(code) for code in codes)
        assert len({code.lower() for code in codes}) == len(codes)
    forms = [row["Form Name"] for row in dictionary]
    changes = [one for one, before in zip(forms, ["", *forms], strict=False) if one != before]
    assert len(changes) == len(set(changes))


@settings(max_examples=15)
@given(data=st.data())
def test_data_are_such_as_their_dictionary_says(
    data: st.DataObject, rows: Rows, sheets_of: SheetsOf, instrument: Instrument
) -> None:
    """Each column is a field or a box of one; each value a choice, a number or a missing data code."""
    sheets = sheets_of(data.draw(rows), REPEATS)
    dictionary, found, setup = made_of(sheets, instrument)
    missing = set(re.findall(r"^ +(\w+), ", setup, re.MULTILINE))
    assert len(missing) == 6
    fields = {row["Variable / Field Name"]: row for row in dictionary}
    own = {"redcap_repeat_instrument", "redcap_repeat_instance"}
    for row in found:
        for column, value in row.items():
            if column in own or not value:
                continue
            field = fields[column.split("___")[0]]
            if "___" in column:
                codes = {code.lower().replace("-", "_") for code in [*codes_of(field), *missing]}
                assert column.split("___")[1] in codes
                assert value in {"0", "1"}
            elif field["Field Type"] == "radio":
                assert value in {*codes_of(field), *missing}
            elif field["Text Validation Type OR Show Slider Number"] == "integer":
                assert value in missing or re.fullmatch(r"-?\d+", value)
            elif field["Text Validation Type OR Show Slider Number"] == "number":
                assert value in missing or float(value) is not None
    keys = [(row["record_id"], *(row[name] for name in sorted(own))) for row in found]
    assert len(set(keys)) == len(keys)


@settings(max_examples=15)
@given(data=st.data())
def test_every_value_and_reason_of_the_main_table_is_found_again(
    data: st.DataObject, rows: Rows, sheets_of: SheetsOf, instrument: Instrument
) -> None:
    """By name, whatever became of names and codes."""
    main, *others = sheets_of(data.draw(rows))
    dictionary, found, setup = made_of((main, *others), instrument)
    missing = dict(zip(re.findall(r"^ +(\w+), ", setup, re.MULTILINE), STATUSES, strict=True))
    labels = {row["Field Label"]: row for row in dictionary}
    for column in main.columns:
        if column.role != "value" or column.name == "str5":
            continue
        name = labels[column.label]["Variable / Field Name"]
        status = f"{column.name}__status"
        whys = main.frame[status].to_list() if status in main.frame.columns else [None] * len(found)
        for row, value, why in zip(found, main.frame[column.name], whys, strict=True):
            if f"{name}___crack" in row:
                boxes = [code for code in ("crack", "crack_2") if row[f"{name}___{code}"] == "1"]
                wanted = (
                    []
                    if value is None
                    else [word.lower().replace("-", "_") for word in value.split()]
                )
                assert boxes == wanted
                told = [
                    word for code, word in missing.items() if row.get(f"{name}___{code}") == "1"
                ]
                assert told == ([] if why is None else [why])
            elif why is not None:
                assert missing[row[name]] == why
            elif isinstance(value, float):
                assert float(row[name]) == value
            else:
                assert row[name] == ("" if value is None else str(value))


# --- repeats and codes ----------------------------------------------------------------------------


def test_repeats_are_repeating_instruments(sheets_of: SheetsOf, instrument: Instrument) -> None:
    """An instance each; a repeat in a repeat counts on within the record, and keeps both numbers."""
    _dictionary, found, setup = made_of(sheets_of([{}, {"days": 3}, {}], REPEATS), instrument)
    told = [
        (row["record_id"], row["redcap_repeat_instrument"], row["redcap_repeat_instance"])
        for row in found
    ]
    assert told == [
        ("1", "", ""),
        ("2", "", ""),
        ("3", "", ""),
        ("2", "stay", "1"),
        ("2", "stay", "3"),
        ("2", "visit", "1"),
        ("2", "visit", "2"),
        ("3", "visit", "1"),
    ]
    assert [(row["stay"], row["visit"], row["who"]) for row in found[5:]] == [
        ("1", "1", "m"),
        ("3", "1", "refused_"),  # a choice of another list is called refused
        ("1", "1", "f"),
    ]
    assert "`stay`, `visit`, `pet`" in setup


def test_a_missing_data_code_is_no_code_of_a_choice(
    sheets_of: SheetsOf, instrument: Instrument
) -> None:
    """Where a choice is called as a status the status has another code."""
    _dictionary, found, setup = made_of(
        sheets_of([{"str5": "refused"}, {"str5__status": "refused"}]), instrument
    )
    assert [row["str5"] for row in found] == ["refused", "refused_"]
    assert "refused_, the person refused to answer" in setup


@pytest.mark.parametrize(
    ("field", "type_", "validation", "choices"),
    [
        ("age", "radio", "", "-, moins de 18 | 18, 18"),
        ("twice", "text", "integer", ""),
        ("spent", "text", "number", ""),
        ("seen", "text", "", ""),
        ("said", "notes", "", ""),
        ("drugs", "checkbox", "", "crack, Crack | Crack-2, Héroïne"),
        ("str5", "radio", "", "a, Autre | b, Autre | refused, Refusé l'accès / 50 $"),
    ],
)
def test_a_field_is_what_was_kept(
    field: str,
    type_: str,
    validation: str,
    choices: str,
    sheets_of: SheetsOf,
    instrument: Instrument,
) -> None:
    """A band is a choice, a calculation is typed in, and nothing is required or hidden."""
    dictionary, _data, _setup = made_of(sheets_of([{}]), instrument)
    row = {one["Variable / Field Name"]: one for one in dictionary}[field]
    assert (row["Field Type"], row["Text Validation Type OR Show Slider Number"]) == (
        type_,
        validation,
    )
    assert row[CHOICES].startswith(choices) or field == "age"
    assert row["Required Field?"] == ""
    assert row["Branching Logic (Show field only if...)"] == ""
    assert row["Field Annotation"] == ""
