"""Questionnaires that every format is tried on."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from surveys import shipped
from surveys.check import check, errors
from surveys.instrument import Instrument

HEAD = """\
souspli: 1
form:
  id: survey
  version: "1"
  title: {fr: Enquête, en: Survey}
  languages: {fr: Français (fr), en: English (en)}
  default_language: fr
"""


@pytest.fixture(scope="session")
def instrument_of() -> Callable[[str], Instrument]:
    """A function from YAML that may leave out the head to the instrument; it must have no error."""

    @lru_cache
    def made(source: str) -> Instrument:
        loaded = check(source if source.startswith("souspli") else HEAD + source, "form.yaml")
        assert [str(problem) for problem in errors(loaded)] == []
        assert loaded.instrument is not None
        return loaded.instrument

    return made


@pytest.fixture(scope="session", params=shipped.names())
def shipped_instrument(request: pytest.FixtureRequest) -> Instrument:
    """Each questionnaire that comes with Souspli."""
    path = shipped.found_file(request.param)
    loaded = shipped.opened(path, path.name)
    assert loaded.instrument is not None
    return loaded.instrument
