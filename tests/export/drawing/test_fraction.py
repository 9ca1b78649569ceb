"""A fraction of some people, as it is written and as it counts them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.drawing.fraction import fraction, people_in
from surveys.problems import Refusal


@pytest.mark.parametrize(
    ("text", "value"),
    [("20%", Fraction(1, 5)), ("0.2", Fraction(1, 5)), ("0,2", Fraction(1, 5)),
     ("1/5", Fraction(1, 5)), ("12.5 %", None), ("1/0", None), ("", None), ("-1/5", None),
     ("nan", None), ("1e-3", None), ("٢٠%", None)],
)  # fmt: skip
def test_a_fraction_is_read_exactly_or_refused(text: str, value: Fraction | None) -> None:
    """Percentages, decimals and quotients; no float comes between."""
    if value is None:
        with pytest.raises(Refusal):
            fraction(text)
    else:
        assert fraction(text) == value


@given(st.fractions(0, 1, max_denominator=1000), st.integers(0, 10_000))
def test_people_are_counted_half_up(part: Fraction, population: int) -> None:
    """The whole number at most half a person away, and of two such the greater."""
    n = people_in(part, population)
    assert -Fraction(1, 2) < n - part * population <= Fraction(1, 2)
