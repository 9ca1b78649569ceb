"""Worst-case bounds: whatever those who did not answer would have said, the share lies between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.estimating.asked import answers
from export.estimating.bounds import bounds
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import wanted

SurveyedOf = Callable[..., Surveyed]


def test_those_who_did_not_answer_have_the_trait_or_not(surveyed_of: SurveyedOf) -> None:
    """60 of 100 released answered, 24 with the trait, 6 did not say: at least 24 %, at most 70 %."""
    days = [1.0] * 24 + [0.0] * 30 + [float("nan")] * 6
    data = replace(surveyed_of({"days": days}), base=np.full(60, 5.0), released=500.0)
    (found,) = answers(data, [wanted(data.instrument, "prop(days > 0)")], with_bounds=True)
    assert found.bounds[""].low == pytest.approx(0.24)
    assert found.bounds[""].high == pytest.approx(0.70)


@given(
    st.lists(st.sampled_from([0.0, 1.0, float("nan")]), min_size=1, max_size=30),
    st.floats(0, 50),
)
def test_the_share_of_those_who_answered_lies_between(values: list[float], silent: float) -> None:
    """And both bounds are it where everybody answered."""
    known = np.array(values)
    found = bounds(known, np.ones(len(values)), len(values) + silent)
    assert -1e-12 <= found.low <= found.high + 1e-12 <= 1 + 1e-9
    if not np.all(np.isnan(known)):
        share = float(np.nanmean(known))
        assert found.low - 1e-12 <= share <= found.high + 1e-12


def test_shares_have_bounds_value_by_value_and_groups_none(surveyed_of: SurveyedOf) -> None:
    """A value withheld has none; nor has anything where nothing was drawn."""
    data = surveyed_of({"sex": ["f"] * 30 + ["m"] * 20 + ["o"] * 3})
    asked = [wanted(data.instrument, "share(sex)"), wanted(data.instrument, "share(sex)", ("sex",))]
    of_everyone, by_sex = answers(data, asked, with_bounds=True)
    assert list(of_everyone.bounds) == ["f"]
    assert by_sex.bounds == {}
    (nothing,) = answers(replace(data, released=None), asked[:1], with_bounds=True)
    assert nothing.bounds == {}
