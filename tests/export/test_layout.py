"""Numbers as the language of the interface writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from export.layout import NOTHING, decimal, per_cent, percent, share
from surveys import language


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test spoke, the next one speaks English."""
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    language.use("en")


def test_english_writes_no_space_before_the_sign() -> None:
    """2%; and nothing to share is a dash."""
    assert (percent(1, 50), share(0.02), per_cent("2.5")) == ("2%", "2%", "2.5%")
    assert percent(0, 0) == NOTHING


def test_french_writes_a_comma() -> None:
    """And the sign as its catalogue has it."""
    language.use("fr")
    assert decimal(2.5, 1) == "2,5"
