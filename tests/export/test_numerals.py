"""Numbers as the language of the interface writes them, on a terminal and on pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export import numerals
from surveys import language

NARROW = "\N{NARROW NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test spoke, the next one speaks English."""
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    language.use("en")


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_a_number_can_be_read_back(value: float, places: int) -> None:
    """To half of its last decimal; a minus stands only before what is not 0."""
    text = numerals.decimal(value, places)
    read = float(text.replace(",", "").replace(numerals.MINUS, "-"))
    assert abs(read - value) <= 0.5 * 10**-places + 1e-9 * abs(value)
    assert text.startswith(numerals.MINUS) == (read < 0)
    assert "-" not in text


@given(st.floats(0, 1), st.integers(0, 4))
def test_short_decimals_say_the_same_with_no_zero_at_their_end(value: float, places: int) -> None:
    """As rounded to all the places."""
    text = numerals.short_decimal(value, places)
    assert float(text) == round(value, places)
    assert "." not in text or text[-1] not in "0."


def test_english_and_french_write_numbers_in_their_own_way() -> None:
    """A comma or a narrow space between thousands, a point or a comma before decimals."""
    assert (numerals.decimal(-1234567.891, 2), numerals.whole(66_000)) == (
        "−1,234,567.89",
        "66,000",
    )
    language.use("fr")
    assert numerals.decimal(-1234567.891, 2) == f"−1{NARROW}234{NARROW}567,89"
    assert numerals.whole(66_000) == f"66{NARROW}000"


def test_only_french_has_a_space_before_the_sign_of_per_cent() -> None:
    """One that no line ends at."""
    assert numerals.percent(1 / 3) == "33.3%"
    assert numerals.percent(0.02, 0) == "2%"
    assert [numerals.short_percent(one, 2) for one in (0.95, 0.999, 0.9999)] == [
        "95%",
        "99.9%",
        "99.99%",
    ]
    language.use("fr")
    assert numerals.percent(1 / 3) == "33,3\N{NO-BREAK SPACE}%"


def test_a_part_of_nothing_is_a_dash() -> None:
    """Nothing can be shared."""
    assert (numerals.part(1, 50), numerals.part(0, 0)) == ("2%", numerals.NOTHING)


def test_differences_of_shares_are_points() -> None:
    """And half a width has both signs."""
    assert numerals.points(-0.0821) == "−8.2 points"
    assert numerals.half_width(0.08) == "±8.0 points"


def test_between_two_limits_stands_a_dash_or_a_word_beside_a_minus() -> None:
    """As 78.7–91.9, but −2.3 to −0.4."""
    assert numerals.between("78.7", "91.9") == "78.7–91.9"
    assert numerals.between("−2.3", "−0.4") == "−2.3 to −0.4"


def test_a_level_is_written_without_needless_decimals() -> None:
    """95%, 99.9%."""
    found = [numerals.interval_heading(one) for one in (0.95, 0.999, 0.9)]
    assert found == ["95% CI", "99.9% CI", "90% CI"]


@pytest.mark.parametrize("tongue", ["en", "fr"])
@pytest.mark.parametrize(
    ("p", "english"),
    [
        (0.0, "p < 0.001"),
        (0.00099, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0321, "p = 0.032"),
        (0.0994, "p = 0.099"),
        (0.0996, "p = 0.10"),
        (0.5, "p = 0.50"),
        (0.994, "p = 0.99"),
        (0.996, "p > 0.99"),
        (1.0, "p > 0.99"),
    ],
)
def test_a_p_value_is_never_0_nor_1(p: float, english: str, tongue: str) -> None:
    """Three decimals where they matter, two where not; in a column without its letter."""
    language.use(tongue)
    expected = english if tongue == "en" else english.replace(".", ",")
    assert numerals.p_value(p) == expected
    assert numerals.p_figure(p) == expected.removeprefix("p ").removeprefix("= ").replace(" ", "")
