"""The interval that a draw is planned for and that estimates have."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.intervals import beta_limits, t_quantile


@given(
    p=st.floats(0.001, 0.999),
    n=st.floats(3, 2_000),
    rows=st.integers(3, 2_000),
    strata=st.integers(1, 60),
    level=st.floats(0.5, 0.9999),
)
@settings(max_examples=100, deadline=None)
def test_the_limits_hold_the_share_and_mirror_each_other(
    p: float, n: float, rows: int, strata: int, level: float
) -> None:
    """The interval of those who have not the trait is the other side of it; none is beyond 0 and 1."""
    tail, df = (1 - level) / 2, max(1, rows - strata)
    low, high = beta_limits(p, n, rows, df, tail)
    assert 0 <= low <= p <= high <= 1
    assert beta_limits(1 - p, n, rows, df, tail) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_the_limits_of_nobody_and_of_everybody_are_one_sided() -> None:
    """0 of 10: 0 and 1 − 0.025^(1/10), as Clopper and Pearson (1934) have it; at 10 of 10 mirrored."""
    assert beta_limits(0.0, 10, 10, 9, 0.025) == pytest.approx((0.0, 1 - 0.025**0.1))
    assert beta_limits(1.0, 10, 10, 9, 0.025) == pytest.approx((0.025**0.1, 1.0))


def test_clopper_and_pearson_of_4_in_20() -> None:
    """5.7 and 43.7 per cent, as printed tables have it."""
    assert beta_limits(0.2, 20, 20, 19, 0.025) == pytest.approx((0.0573, 0.4366), abs=5e-5)


def test_the_quantiles_of_student_are_those_of_the_tables() -> None:
    """2.228 with 10 degrees of freedom, 1.960 with very many."""
    assert t_quantile(10, 0.025) == pytest.approx(2.228, abs=5e-4)
    assert t_quantile(1e9, 0.025) == pytest.approx(1.960, abs=5e-4)
