"""Records and questionnaires in memory: an audit is a function of them, and needs no study."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from interviewer.record import Record
from surveys.check import check, errors
from surveys.instrument import Instrument
from tests.records import interview

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
nonresponse: [refused, dont_know]
"""


@pytest.fixture(scope="session")
def loaded() -> Callable[[str], Instrument]:
    """A function from the lists and questions of a questionnaire to the questionnaire."""

    def load(rest: str) -> Instrument:
        found = check(FORM + rest, "form.yaml")
        assert found.instrument is not None
        assert errors(found) == ()
        return found.instrument

    return load


@pytest.fixture(scope="session")
def made() -> Callable[..., Record]:
    """A function that returns a record of the questionnaire `plain`, with whatever is wanted otherwise."""
    numbers = count(1)

    def make(**otherwise: Any) -> Record:
        number = next(numbers)
        return interview(number, **({"case": f"C{number}"} | otherwise))

    return make
