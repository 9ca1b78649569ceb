"""No figure stands on the answer of one person: more than 85 % of a sum is nobody's alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.estimating.asked import answers
from export.estimating.dominance import LARGEST_SHARE, is_dominated
from export.estimating.estimate import Estimates, Row
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import wanted

SurveyedOf = Callable[..., Surveyed]


def row(data: Surveyed, text: str) -> Row:
    found = answers(data, [wanted(data.instrument, text)])[0].found
    assert isinstance(found, Estimates)
    return found.rows[0]


@pytest.mark.parametrize(
    ("parts", "is_one"),
    [
        ([85.0, 15.0], False),  # 85 % is the most
        ([86.0, 14.0], True),
        ([-86.0, 14.0], True),  # a loss tells as much
        ([0.0, 0.0], False),
        ([1.0] * 20, False),
    ],
)
def test_one_part_may_be_85_per_cent_at_most(parts: list[float], is_one: bool) -> None:
    """Counted by size, whatever the sign; of nothing nobody has most."""
    assert is_dominated(np.array(parts), np.ones(len(parts))) is is_one


def test_weights_count_too() -> None:
    """The printed sum is the weighted one, and who knows the weights undoes them."""
    assert is_dominated(np.array([3.0, 3.0]), np.array([100.0, 1.0]))
    assert is_dominated(np.array([100.0, 1.0]), np.array([1.0, 100.0]))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8), st.integers(0, 7))
def test_adding_somebody_never_makes_another_dominate(parts: list[float], at: int) -> None:
    """The share of the largest only falls."""
    whole = np.array(parts)
    if not is_dominated(whole, np.ones(len(whole))):
        largest = float(np.max(whole))
        more = np.append(whole, largest * (at / 7))
        assert not is_dominated(more, np.ones(len(more)))


@pytest.mark.parametrize("text", ["mean(days)", "total(days)", "ratio(days, days_before)"])
def test_figures_that_are_one_persons_are_not_shown(surveyed_of: SurveyedOf, text: str) -> None:
    """One of forty has 3000 of 3039 days: a mean would tell them, a median does not."""
    days = [3000.0] + [1.0] * 39
    data = surveyed_of({"days": days, "days_before": [5.0, 4.0] * 20})
    assert 3000 / sum(days) > LARGEST_SHARE
    found = row(data, text)
    assert (found.respondents, found.is_small, found.figures) == (40, True, None)
    assert row(data, "median(days)").figures is not None
