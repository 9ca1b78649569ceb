"""What may be asked of a dataset: no typing slip becomes 0 %, and no answer becomes a heading."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from export.estimating.askable import (
    indicators_of,
    order_of,
    require_askable,
    require_classes,
    require_domains,
)
from surveys.check import check, errors
from surveys.expressions import parse
from surveys.instrument import Instrument
from surveys.problems import Refusal

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}]
  scale: [{name: "10", label: Ten}, {name: "9", label: Nine}]
  drugs: [{name: crack, label: Crack}, {name: none, label: None}]
survey:
  - {type: integer, name: days, label: Days}
  - {type: select_one, choices: sex, name: sex, label: Sex}
  - {type: select_one, choices: scale, name: scale, label: Scale}
  - {type: select_multiple, choices: drugs, name: drugs, label: Drugs}
  - {type: integer, name: age, label: Age, keep: {bands: [5, 25, 100]}}
  - {type: text, name: words, label: Words}
  - {type: date, name: born, label: Born, keep: {date: year}}
  - {type: calculate, name: stopped, calculation: "if(${days} = 0, 1, 0)"}
  - {type: calculate, name: twice, calculation: "${days} * 2"}
  - {type: calculate, name: said, calculation: "concat('of ', ${days})"}
"""


def instrument() -> Instrument:
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    return loaded.instrument


@pytest.mark.parametrize(
    "text",
    [
        "sex = 'female'",
        "'female' = sex",
        "${sex} != 'F'",
        "not(sex = 'ff')",
        "sex = 1",
        "sex = -1",
        "sex > 0",
        "1 < sex",
        "if(sex = 'x', days, 0)",
        "days > 3 and sex = 'x'",
        "scale = 8",
        "scale = '8'",
        "selected(drugs, 'cocaine')",
        "selected(drugs, 1)",
        "drugs = 'crack heroin'",
        "drugs__crack = 2",
        "drugs__crack = 'yes'",
        "age = 18",
        "age >= 25",
        "age = 'under 5'",
        "sex__status = 'refuse'",
    ],
)
def test_a_comparison_with_what_an_item_never_is_is_refused(text: str) -> None:
    """It would be 0 % of everybody, with a narrow interval."""
    with pytest.raises(Refusal, match=r"cannot be compared.*it is one of: "):
        require_askable([parse(text)], instrument())


def test_the_refusal_names_the_possible_values() -> None:
    """Names of choices, in the order of the questionnaire."""
    with pytest.raises(Refusal, match=r"“sex”.*“female”.*: f, m$"):
        require_askable([parse("sex = 'female'")], instrument())


@pytest.mark.parametrize(
    "text",
    [
        "sex = 'f'",
        "sex != 'm' and scale >= 9",
        "scale = 9",
        "scale = '9'",
        "selected(drugs, 'none')",
        "drugs = 'crack'",
        "drugs__crack = 1",
        "drugs__crack",
        "age = 25",
        "age = '-'",
        "sex__status = 'refused'",
        "words = 'anything'",
        "stopped = 7",
        "days = 400",
        "days = twice",
    ],
)
def test_what_an_item_can_be_is_compared(text: str) -> None:
    """And whatever is open can be compared with anything."""
    require_askable([parse(text)], instrument())


@pytest.mark.parametrize(
    "name", ["number", "month", "completeness", "weight", "stratum", "population", "simulated"]
)
def test_what_describes_rows_is_no_part_of_an_estimate(name: str) -> None:
    """A row picked by its number would be one person."""
    for text in (f"if({name} = 5, days, 0)", f"${{{name}}} > 3"):
        with pytest.raises(Refusal, match=f"“{name}” describes a row"):
            require_askable([parse(text)], instrument())


def test_an_item_may_be_called_as_a_column_of_ours() -> None:
    """The questionnaire's own `number` is an answer; ours is then called number_."""
    loaded = check(FORM.replace("name: days", "name: number").replace("${days}", "${number}"), "f")
    assert loaded.instrument is not None
    require_askable([parse("number > 3")], loaded.instrument)
    with pytest.raises(Refusal):
        require_askable([parse("number_ > 3")], loaded.instrument)


@pytest.mark.parametrize("by", ["words", "days", "born", "number", "weight", "month", "drugs"])
def test_domains_are_never_words_numbers_or_rows(by: str) -> None:
    """Their values would be printed as headings, whatever the threshold."""
    with pytest.raises(Refusal, match=f"“{by}”"):
        require_domains(by, instrument())


def texts(*values: str | None) -> NDArray[Any]:
    out = np.empty(len(values), dtype=np.object_)
    out[:] = values
    return out


def test_a_calculation_divides_people_only_by_0_and_1() -> None:
    """What else it may come to, a number or a text, is an answer."""
    found = instrument()
    columns: dict[str, NDArray[Any]] = {
        "stopped": np.array([1.0, 0.0, np.nan]),
        "twice": np.array([4.0, 6.0, np.nan]),
        "said": texts("my own words", None, None),
    }
    for by in columns:
        require_domains(by, found)
    assert order_of("stopped", found, columns) == ()
    for by in ("twice", "said"):
        with pytest.raises(Refusal, match=f"“{by}” does not divide") as refused:
            order_of(by, found, columns)
        assert "my own words" not in str(refused.value)


def test_domains_come_in_the_order_of_the_codebook() -> None:
    """Bands by number, choices as listed: neither by alphabet."""
    found = instrument()
    for by, order in (
        ("age", ("-", "5", "25", "100")),
        ("scale", ("10", "9")),
        ("sex", ("f", "m")),
    ):
        require_domains(by, found)
        assert order_of(by, found, {}) == order
    require_domains("stratum", found)
    require_domains("drugs__crack", found)
    assert order_of("stratum", found, {}) == ()


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("hotel = 'x'", "check its spelling"),
        ("day > 3", "did you mean “days”"),
        ("days-3 > 1", "minus"),
    ],
)
def test_a_column_there_is_not_is_told_before_anything_is_opened(text: str, remedy: str) -> None:
    """With the name it was likely meant to be."""
    with pytest.raises(Refusal, match=f"no column “.*{remedy}"):
        require_askable([parse(text)], instrument())


def test_groups_of_a_column_there_is_not_are_refused() -> None:
    """With its name."""
    with pytest.raises(Refusal, match="no column “hotel”"):
        require_domains("hotel", instrument())


def test_classes_are_those_of_a_list_or_a_condition() -> None:
    """A list of several answers divides nobody, but its answers have shares; a condition always does."""
    for text in ("sex", "age", "stopped", "days > 3"):
        require_classes(parse(text), instrument(), several=False)
    require_classes(parse("drugs"), instrument(), several=True)
    for text in ("drugs", "days", "words"):
        with pytest.raises(Refusal, match=f"“{text}”"):
            require_classes(parse(text), instrument(), several=False)
    assert indicators_of("drugs", instrument()) == {"crack": "drugs__crack", "none": "drugs__none"}
    assert indicators_of("sex", instrument()) == {}
