"""Answers to a small questionnaire as columns, with a design, for the tests of what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from export.estimating.columns import Columns, coded
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.surveyed import Surveyed
from surveys.check import check, errors
from surveys.instrument import Instrument

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}, {name: o, label: Other}]
  yes_no: [{name: yes, label: Yes}, {name: no, label: No}]
  places: [{name: street, label: Street}, {name: room, label: Room}, {name: none, label: None}]
survey:
  - {type: select_one, choices: sex, name: sex, label: Sex}
  - {type: select_one, choices: yes_no, name: card_before, label: Card before}
  - {type: select_one, choices: yes_no, name: card, label: Card}
  - {type: select_multiple, choices: places, name: places, label: Places}
  - {type: integer, name: days_before, label: Days before}
  - {type: integer, name: days, label: Days}
  - {type: integer, name: age, label: Age, keep: {bands: [5, 25, 100]}}
  - {type: text, name: words, label: Words}
  - {type: calculate, name: stopped, calculation: "if(${days} = 0, 1, 0)"}
"""

Answers = Mapping[str, Sequence[str | None] | Sequence[float]]


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    """The questionnaire: lists, several answers, numbers, bands, words, a calculation."""
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    return loaded.instrument


@pytest.fixture
def surveyed_of(instrument: Instrument) -> Callable[..., Surveyed]:
    """A function from answers to a simple random sample of some population that gave them."""

    def make(
        answers: Answers,
        *,
        population: float = 500,
        threshold: int = 11,
        design: SurveyDesign | None = None,
    ) -> Surveyed:
        columns: Columns = {
            name: coded([None if one is None else str(one) for one in values])
            if any(isinstance(one, str) for one in values)
            else np.array(values, dtype=np.float64)
            for name, values in answers.items()
        }
        n = len(next(iter(answers.values())))
        weights = np.full(n, population / n)
        design = design or survey_design(weights, populations=[np.full(n, population)])
        made = Surveyed(instrument, columns, design, threshold, design.weights, population)
        return replace(made, base=design.weights[design.people])

    return make
