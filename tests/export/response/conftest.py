"""Records and samples in memory: response is a function of them, and needs no study."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from export.drawing.sample import DrawnCase
from export.study import StudyInstrument
from interviewer.record import Record
from surveys.check import check, errors
from tests.records import interview

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""


@pytest.fixture(scope="session")
def about_people() -> StudyInstrument:
    """The questionnaire `plain`, about the people drawn."""
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    return StudyInstrument(loaded.instrument, "person")


@pytest.fixture(scope="session")
def made() -> Callable[..., Record]:
    """A function that returns a record of a case, with whatever is wanted otherwise."""
    numbers = count(1)

    def make(case: str, **otherwise: Any) -> Record:
        return interview(next(numbers), case=case, **otherwise)

    return make


@pytest.fixture(scope="session")
def closed(made: Callable[..., Record]) -> Callable[..., Record]:
    """A function that returns the record of a case closed without an interview."""

    def make(case: str, outcome: str, **otherwise: Any) -> Record:
        return made(case, kind="outcome", status="", outcome=outcome, **otherwise)

    return make


@pytest.fixture(scope="session")
def drawn() -> Callable[..., dict[str, DrawnCase]]:
    """A function from N_h and the cases released and in reserve of each stratum to a sample.

    Cases are called A1, A2 … in the first stratum, B1 … in the second.
    """

    def make(*strata: tuple[int, int, int]) -> dict[str, DrawnCase]:
        found = {}
        for number, (population, released, reserve) in enumerate(strata, start=1):
            for order in range(1, released + reserve + 1):
                case, is_released = f"{chr(64 + number)}{order}", order <= released
                found[case] = DrawnCase(
                    case,
                    number,
                    population,
                    is_released,
                    None if is_released else order,
                    cell=number,
                    batch=0 if is_released else None,
                )
        return found

    return make
