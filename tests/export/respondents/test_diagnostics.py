"""What is shown of weights."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.respondents.diagnostics import spread


def test_the_spread_of_weights_is_as_by_hand() -> None:
    """Mean 4, variance 7.5: CV² 7.5/16; quartiles as R's quantile(c(1, 2, 4, 9))."""
    found = spread("rake", [9.0, 1.0, 2.0, 4.0])
    assert (found.n, found.total, found.least, found.most) == (4, 16.0, 1.0, 9.0)
    assert (found.lower, found.median, found.upper) == (1.75, 3.0, 5.25)
    mean_square = (25 + 9 + 4 + 0) / 4
    assert found.cv2 == pytest.approx(mean_square / 16)
    assert found.effective == pytest.approx(16**2 / (81 + 1 + 4 + 16))
    assert found.largest == 3.0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30))
def test_the_effective_number_is_kish(weights: list[float]) -> None:
    """(Σw)²/Σw², at least one, at most n, which equal weights reach."""
    found = spread("design", weights)
    squares = sum(weight**2 for weight in weights)
    assert found.effective == pytest.approx(sum(weights) ** 2 / squares)
    assert 1 - 1e-9 <= found.effective <= found.n + 1e-9
    assert spread("design", [3.0] * found.n).effect == 1.0
