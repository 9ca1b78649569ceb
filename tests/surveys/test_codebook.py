"""The codebook: what each variable is, from the questionnaire alone."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.check import check
from surveys.codebook import (
    STATUSES,
    admits,
    free_name,
    kept_form,
    labelled,
    status_meaning,
    variables,
)
from surveys.instrument import Instrument, Keep

FORM = """
souspli: 1
form:
  id: plain
  version: "1"
  title: Plain
  languages: {en: English (en), fr: Français (fr)}
  default_language: en
choices:
  sex:
    - {name: f, label: {en: Woman, fr: Femme}}
    - {name: m, label: {en: Man, fr: Homme}}
    - {name: x, label: {en: Other, fr: Autre}}
  drug:
    - {name: crack, label: {en: Crack, fr: Crack}}
    - {name: status, label: {en: Status, fr: Statut}}
survey:
  - {type: note, name: hello, label: {en: Hello, fr: Bonjour}}
  - {type: integer, name: age, label: {en: Age, fr: Âge}, keep: {bands: [18, 25]}}
  - {type: select_one, choices: sex, name: sex, required: "yes", label: {en: Sex, fr: Sexe}, keep: {codes: {m: other, x: other}}}
  - {type: select_multiple, choices: drug, name: drugs, label: {en: Drugs, fr: Produits}}
  - {type: integer, name: DRUGS__crack, label: {en: Odd, fr: Drôle}, keep: {round: 0.5}}
  - {type: integer, name: rent, label: {en: Rent, fr: Loyer}, keep: {round: 50}}
  - {type: date, name: entry, label: {en: Entry, fr: Entrée}, keep: {date: week}}
  - {type: text, name: card, label: {en: Card, fr: Carte}, keep: link}
  - {type: calculate, name: double, calculation: "${age} * 2", keep: never}
  - type: repeat
    name: stay
    label: {en: Stay, fr: Séjour}
    questions:
      - {type: text, name: words, label: {en: Words, fr: Mots}}
"""


def instrument() -> Instrument:
    loaded = check(FORM, "form.yaml").instrument
    assert loaded is not None
    return loaded


BY_NAME = {variable.name: variable for variable in variables(instrument())}


def test_every_item_but_notes_is_a_variable_in_order() -> None:
    """What is read aloud has no value; everything else has, kept or not."""
    assert list(BY_NAME) == [
        "age",
        "sex",
        "drugs",
        "DRUGS__crack",
        "rent",
        "entry",
        "card",
        "double",
        "words",
    ]
    assert [name for name, variable in BY_NAME.items() if not variable.is_kept] == [
        "card",
        "double",
    ]
    assert BY_NAME["words"].repeats == ("stay",)


def test_the_type_is_that_of_what_is_kept() -> None:
    """A band is a name, a half of a whole number is no whole number."""
    assert {name: variable.storage for name, variable in BY_NAME.items()} == {
        "age": "text",
        "sex": "one",
        "drugs": "several",
        "DRUGS__crack": "decimal",
        "rent": "integer",
        "entry": "date",
        "card": "text",
        "double": "text",
        "words": "text",
    }


def test_values_are_labelled_in_the_language_asked_for() -> None:
    """Answers grouped bear the labels of all that went into them; bands say where they end."""
    found = labelled(BY_NAME["sex"], instrument(), "fr")
    assert [(value.name, value.label) for value in found] == [
        ("f", "Femme"),
        ("other", "Homme / Autre"),
    ]
    assert [
        (value.name, value.label) for value in labelled(BY_NAME["age"], instrument(), "en")
    ] == [
        ("-", "under 18"),
        ("18", "18 to under 25"),
        ("25", "25 or more"),
    ]
    assert labelled(BY_NAME["rent"], instrument(), "en") == ()


def test_no_two_columns_have_one_name() -> None:
    """Whatever questions and choices are called, and whatever the case of their letters."""
    columns = [name.lower() for name in BY_NAME]
    for variable in BY_NAME.values():
        columns += [column.lower() for _value, column in variable.indicators]
        columns += [variable.status_column.lower()] if variable.status_column else []
    assert len(columns) == len(set(columns))
    assert dict(BY_NAME["drugs"].indicators) == {
        "crack": "drugs__crack_",
        "status": "drugs__status",
    }
    assert BY_NAME["drugs"].status_column == "drugs__status_"


@given(st.lists(st.text("aA_", min_size=1, max_size=3), max_size=30))
def test_a_free_name_is_free(wanted: list[str]) -> None:
    """It differs from every name before it by more than case."""
    taken: set[str] = set()
    names = [free_name(name, taken) for name in wanted]
    assert len({name.lower() for name in names}) == len(names)


def test_a_status_is_possible_only_where_the_questionnaire_allows_it() -> None:
    """A question that must be answered is never left blank; a calculation has no status at all."""
    assert BY_NAME["sex"].statuses == ("refused", "dont_know", "broke_off", "not_asked")
    assert "no_answer" in BY_NAME["age"].statuses
    assert BY_NAME["double"].statuses == ()
    assert all(status_meaning(status) for status in STATUSES)


def test_a_value_is_admitted_only_in_its_kept_form() -> None:
    """What the rule should have reduced is not admitted, and blank always is."""
    good = {
        "age": ["-", "18", "25"],
        "sex": ["f", "other"],
        "drugs": ["crack", "crack status"],
        "rent": ["450", "-50"],
        "DRUGS__crack": ["1.5"],
        "entry": ["2022-W15"],
        "words": ["anything at all"],
    }
    bad = {
        "age": ["19", "x"],
        "sex": ["m", "f other"],
        "drugs": ["heroin", "crack  status", "crack heroin"],
        "rent": ["450.5", "1e3", "٣"],
        "DRUGS__crack": ["1,5", "nan"],
        "entry": ["2022-04-12", "2022-04"],
    }
    for name, values in good.items():
        assert all(admits(BY_NAME[name], value) for value in [*values, ""]), name
    for name, values in bad.items():
        assert not any(admits(BY_NAME[name], value) for value in values), name


TYPED = """
survey:
  - {type: decimal, name: money, label: {en: Money, fr: Argent}}
  - {type: date, name: day, label: {en: Day, fr: Jour}}
  - {type: date, name: month, label: {en: Month, fr: Mois}, keep: {date: month}}
  - {type: date, name: week, label: {en: Week, fr: Semaine}, keep: {date: week}}
  - {type: dateTime, name: moment, label: {en: Moment, fr: Moment}}
"""


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("money", ["-0.5", "1" + "0" * 308], ["1" + "0" * 309, "-" + "9" * 320]),
        ("day", ["2020-02-29", "2022-12-31"], ["2022-00-10", "2022-13-10", "2022-01-32"]),
        ("month", ["2022-12"], ["2022-00", "2022-13"]),
        ("week", ["2020-W53", "2022-W01"], ["2022-W00", "2022-W54"]),
        ("moment", ["2022-04-11T23:59:59"], ["2022-04-32T10:30:00", "2022-04-11T24:00:00"]),
    ],
)
def test_numbers_and_days_are_those_there_are(name: str, good: list[str], bad: list[str]) -> None:
    """Whoever seals a record by hand cannot have an infinite answer counted, or a thirteenth month."""
    loaded = check(FORM.partition("survey:")[0].strip() + TYPED, "form.yaml").instrument
    assert loaded is not None
    variable = next(one for one in variables(loaded) if one.name == name)
    assert all(admits(variable, value) for value in good)
    assert not any(admits(variable, value) for value in bad)


def test_every_rule_is_said_in_words() -> None:
    """What was kept as it was given needs none."""
    assert all(
        kept_form(Keep(rule, number="5"))
        for rule in get_args(get_type_hints(Keep)["rule"])
        if rule not in {"as_given", "date"}
    )
    assert all(kept_form(Keep("date", unit=unit)) for unit in ("week", "month", "quarter", "year"))
    assert kept_form(Keep("as_given")) == ""
