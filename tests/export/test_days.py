"""Days in words, as papers, cards and reports write them."""

from __future__ import annotations

from datetime import date

import pytest

from export.days import in_words


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", "1er\xa0janvier\xa02027"),
        ("en", "1\xa0January\xa02027"),
        ("de", "1\xa0January\xa02027"),
    ],
)
def test_the_first_of_a_month(language: str, told: str) -> None:
    """In French alone it is an ordinal."""
    assert in_words(date(2027, 1, 1), language) == told


def test_every_month_has_its_name() -> None:
    """Twelve in each language, none twice."""
    for language in ("fr", "en"):
        told = {in_words(date(2026, month, 2), language).split("\xa0")[1] for month in range(1, 13)}
        assert len(told) == 12
    assert in_words(date(2026, 8, 24), "fr") == "24\xa0août\xa02026"
