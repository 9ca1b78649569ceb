"""Weights within bounds, their sum kept."""

from __future__ import annotations

from math import fsum, inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.respondents.trimming import bounds, trimmed
from surveys.problems import Refusal


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(0.01, 1000), min_size=1, max_size=20),
    st.none() | st.floats(0.1, 1),
    st.none() | st.floats(1, 10),
)
def test_weights_stay_in_their_bounds_and_add_up_as_before(
    weights: list[float], least: float | None, most: float | None
) -> None:
    """No order is turned round; what can keep its sum does, what cannot is refused."""
    low, high = bounds(weights, least, most)
    total, n = fsum(weights), len(weights)
    if not n * low <= total <= n * high:
        with pytest.raises(Refusal, match="cannot be trimmed so narrowly"):
            trimmed(weights, low, high)
        return
    found = trimmed(weights, low, high)
    assert sum(found) == pytest.approx(total, rel=1e-9)
    assert min(found) >= low
    assert max(found) <= high
    order = sorted(range(n), key=lambda at: weights[at])
    assert [found[at] for at in order] == sorted(found)


def test_what_is_cut_off_is_shared_in_equal_parts() -> None:
    """The median is 2, so 6 is allowed; the 4 cut off go to the four others."""
    weights = [1.0, 2.0, 2.0, 3.0, 10.0]
    assert bounds(weights, None, 3.0) == (0.0, 6.0)
    assert trimmed(weights, 0.0, 6.0) == [2.0, 3.0, 3.0, 4.0, 6.0]


def test_a_share_may_push_another_weight_to_the_bound() -> None:
    """It stops there, and what is left goes to those still below."""
    assert trimmed([1.0, 5.5, 12.0], 0.0, 6.5) == pytest.approx([5.5, 6.5, 6.5])


def test_weights_within_their_bounds_are_left_alone() -> None:
    """To the last bit."""
    assert trimmed([0.1, 0.2, 0.3], 0.0, inf) == [0.1, 0.2, 0.3]
