"""Numbers as people read them: four figures, a sign, a currency, lengths of time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling import figures

pytestmark = pytest.mark.usefixtures("english")
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.5, "0.5"),
        (1, "1"),
        (21.03815, "21.04"),
        (0.0061812, "0.006181"),
        (104376.4, "104,376"),
        (-3.25, "−3.25"),
        (1e-9, "0"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_a_number_has_four_figures(value: float, text: str) -> None:
    """Whole from a hundred up; a dash where there is none."""
    assert figures.number(value) == text


@given(st.floats(-1e12, 1e12))
@settings(max_examples=100)
def test_a_number_as_it_is_written_is_within_one_in_two_thousand(value: float) -> None:
    """However large or small, but for what is hardly any."""
    for text in (figures.number(value), figures.figure(value), figures.signed(value)):
        read = float(text.replace(",", "").replace("−", "-"))
        assert read == pytest.approx(value, rel=6e-3, abs=1e-6)


def test_what_was_computed_keeps_its_decimals() -> None:
    """So that a column of ratios is read as one."""
    assert [figures.figure(one) for one in (40.0, 46.153, 100.4)] == ["40.00", "46.15", "100"]


def test_a_difference_has_its_sign_and_none_has_none() -> None:
    """A plus, a true minus, or neither."""
    assert [figures.signed(one) for one in (1.5, -1.5, 0.0)] == ["+1.500", "−1.500", "0"]


def test_an_amount_is_never_apart_from_its_currency() -> None:
    """No line ends between them."""
    assert figures.money(1234, "€") == f"1,234{NO_BREAK}€"


@pytest.mark.parametrize(
    ("years", "words"),
    [
        (10.0, "10 years"),
        (1.0, "1 year"),
        (0.5, "6 months"),
        (1 / 12, "1 month"),
        (7 / 365.25, "1 week"),
        (28 / 365.25, "4 weeks"),
        (1 / 365.25, "1 day"),
        (30 / 365.25, "30 days"),
        (math.pi, "3.14 years"),
    ],
)
def test_a_length_of_time_is_told_as_it_was_written(years: float, words: str) -> None:
    """In the largest unit of which it is a whole number."""
    assert figures.span(years) == words


def test_of_draws_hardly_any_are_not_none_and_nearly_all_not_all() -> None:
    """0% and 100% are said of none and of all alone."""
    shown = [figures.share(one) for one in (0.0, 0.0001, 0.0005, 0.5, 0.9999, 1.0)]
    assert shown == ["0.0%", "<0.1%", "<0.1%", "50.0%", ">99.9%", "100.0%"]
