"""Columns of few values, and the value a record has of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from export.respondents.categories import Category, categories
from interviewer.record import Record
from surveys.check import check

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}, {name: x, label: Other}]
  drug: [{name: crack, label: Crack}, {name: alcohol, label: Alcohol}]
survey:
  - {type: select_one, choices: sex, name: sex, label: Sex, keep: {codes: {x: m}}}
  - {type: select_multiple, choices: drug, name: drugs, label: Drugs}
  - {type: integer, name: age, label: Age, keep: {bands: [18, 25]}, identifying: quasi}
  - {type: integer, name: days, label: Days}
  - {type: text, name: wish, label: Wish}
  - {type: select_one, choices: sex, name: secret, label: Secret, keep: never}
  - {type: calculate, name: heavy, calculation: "${days} > 20"}
  - type: repeat
    name: stay
    label: Stay
    questions:
      - {type: select_one, choices: sex, name: who, label: Who}
"""
TEXTS = "id study kit instrument instrument_version instrument_hash device unit case interviewer language mode"
PLAIN: dict[str, Any] = dict.fromkeys(TEXTS.split(), "") | {
    "sequence": 1,
    "kind": "interview",
    "outcome": "1.1",
    "status": "complete",
    "week": "2022-W15",
    "minutes": 0,
    "is_practice": False,
    "is_simulated": False,
}
SOMEBODY = Record(**PLAIN)


def found() -> dict[str, Category]:
    instrument = check(FORM, "form.yaml").instrument
    assert instrument is not None
    return categories(instrument)


def test_only_columns_of_few_values_count() -> None:
    """Lists as they are kept, each of several answers, bands, calculations; nothing inside a repeat."""
    assert {name: one.values for name, one in found().items()} == {
        "sex": ("f", "m"),
        "drugs__crack": ("0", "1"),
        "drugs__alcohol": ("0", "1"),
        "age": ("-", "18", "25"),
        "heavy": ("0", "1"),
    }


def test_a_record_has_one_value_or_none() -> None:
    """What was chosen of several is 1, what was not 0; a calculation's true is 1."""
    said = replace(SOMEBODY, answers={"sex": "f", "drugs": "crack", "age": "-", "heavy": "true"})
    assert {name: one.of(said) for name, one in found().items()} == {
        "sex": "f",
        "drugs__crack": "1",
        "drugs__alcohol": "0",
        "age": "-",
        "heavy": "1",
    }
    assert {one.of(SOMEBODY) for one in found().values()} == {None}
