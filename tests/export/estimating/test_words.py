"""Values in words: the labels of the questionnaire, and the code wherever a label alone would not do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from export.estimating.wanted import wanted
from export.estimating.words import words
from surveys import language
from surveys.check import check, errors
from surveys.expressions import parse
from surveys.instrument import Instrument

FORM = """
souspli: 1
form: {id: f, version: "1", title: F, languages: {en: English (en), fr: Français (fr)}, default_language: en}
choices:
  sex:
    - {name: f, label: {en: Woman, fr: Femme}}
    - {name: m, label: {en: Man, fr: Homme}}
  place:
    - {name: here, label: {en: In Paris, fr: À Paris}}
    - {name: there, label: {en: In Paris, fr: Hors de Paris}}
    - {name: away, label: {en: " Far\\n  \\u202eaway ", fr: Loin}}
survey:
  - {type: select_one, choices: sex, name: sex, label: Sex}
  - {type: select_one, choices: place, name: place, label: Place}
  - {type: select_multiple, choices: place, name: places, label: Places}
  - {type: integer, name: age, label: Age, keep: {bands: [18, 30]}}
  - {type: calculate, name: stopped, calculation: "if(${sex} = 'f', 1, 0)"}
"""


@pytest.fixture
def form() -> Instrument:
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    return loaded.instrument


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test spoke, the next one speaks English."""
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    language.use("en")


def test_a_value_is_called_as_in_the_questionnaire_in_the_language_of_the_interface(
    form: Instrument,
) -> None:
    """Woman, or Femme."""
    assert words(form).told("sex", "f") == "Woman"
    assert words(form).told(parse("sex"), "m") == "Man"
    language.use("fr")
    assert words(form).told("sex", "f") == "Femme"


def test_the_code_follows_a_label_that_others_share(form: Instrument) -> None:
    """Or each, on request; a value without a label is its own."""
    told = [words(form).told("place", value) for value in ("here", "there", "away")]
    assert told[:2] == ["In Paris (here)", "In Paris (there)"]
    assert words(form, with_codes=True).told("sex", "f") == "Woman (f)"
    assert words(form, with_codes=True).told("sex", "x") == "x"
    assert words(form).label("place", "here") == "In Paris"
    language.use("fr")
    assert words(form).told("place", "here") == "À Paris"


def test_a_label_that_is_the_code_of_another_is_told_with_its_own() -> None:
    """“2” would be read as the value 2."""
    found = words(_instrument())
    found = replace(found, columns={"grade": {"1": "2", "2": "two"}})
    assert found.told("grade", "1") == "2 (1)"


def _instrument() -> Instrument:
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    return loaded.instrument


def test_a_label_is_one_line_that_steers_nothing(form: Instrument) -> None:
    """A questionnaire may come from somebody else."""
    shown = words(form).told("place", "away")
    assert shown.startswith("Far ")
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown
    assert "\n" not in shown


def test_bands_statuses_and_what_is_0_or_1_are_words_of_the_interface(form: Instrument) -> None:
    """Of a choice of several, a calculation and a condition: no and yes."""
    found = words(form)
    assert found.told("age", "-") == "under 18"
    assert found.told("age", "30") == "30 or more"
    assert found.told("age__status", "broke_off") == "the interview ended before the question"
    assert [found.told("places__here", one) for one in "01"] == ["no", "yes"]
    assert found.told("places", "there") == "In Paris (there)"
    assert found.told("stopped", "1") == "yes"
    assert found.told(parse("age = '30'"), "0") == "no"


def test_a_group_of_crossed_columns_has_the_words_of_each(form: Instrument) -> None:
    """In their order; a group that is not made of as many values stays as it is."""
    asked = wanted(form, "prop(stopped)", by=("sex", "age"))
    assert words(form).group(asked, "f, 18") == "Woman, 18 to under 30"
    assert words(form, with_codes=True).group(asked, "f, 30") == "Woman (f), 30 or more (30)"
    assert words(form).group(asked, "f") == "f"
    assert words(form).group(replace(asked, by=("stratum",)), "a, b") == "a, b"
    assert words(form, with_codes=True).group_label(asked, "m, -") == "Man, under 18"
