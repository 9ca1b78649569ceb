"""The share who gave each answer of a list: all values, none that would tell of a few people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from export.estimating.asked import Answer, Parts, answers
from export.estimating.shares import Shares
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import wanted
from surveys.problems import Refusal

SurveyedOf = Callable[..., Surveyed]


def answered(data: Surveyed, text: str, by: tuple[str, ...] = ()) -> Answer:
    return answers(data, [wanted(data.instrument, text, by)])[0]


def shares(data: Surveyed, text: str, by: tuple[str, ...] = ()) -> list[Shares]:
    found = answered(data, text, by).found
    assert isinstance(found, Parts)
    return [part for part in found.tables if isinstance(part, Shares)]


def test_values_come_in_the_order_of_the_list_and_add_up_to_one(surveyed_of: SurveyedOf) -> None:
    """A value that nobody gave is 0 %, and marked: it tells of everybody."""
    sex = ["m"] * 40 + ["f"] * 20 + [None] * 3
    (found,) = shares(surveyed_of({"sex": sex}), "share(sex)")
    assert [row.value for row in found.rows] == ["f", "m", "o"]
    assert [row.respondents for row in found.rows] == [20, 40, 0]
    assert [row.is_uniform for row in found.rows] == [False, False, True]
    assert (found.respondents, found.missing, found.exclusive) == (60, 3, True)
    estimates = [row.figures.estimate for row in found.rows if row.figures]
    assert estimates == pytest.approx([1 / 3, 2 / 3, 0])
    assert sum(estimates) == pytest.approx(1)


def test_a_small_value_takes_another_with_it(surveyed_of: SurveyedOf) -> None:
    """What is left of everybody would be its number."""
    sex = ["m"] * 40 + ["f"] * 20 + ["o"] * 3
    (found,) = shares(surveyed_of({"sex": sex}), "share(sex)")
    assert [row.is_withheld for row in found.rows] == [True, False, True]
    assert [(row.respondents, row.figures) for row in found.rows if row.is_withheld] == [
        (None, None)
    ] * 2


def test_several_answers_are_each_by_themselves(surveyed_of: SurveyedOf) -> None:
    """Their shares do not add up; too few who gave one, or did not, hide that one alone."""
    n = 60
    given_answers = {
        "places": ["street"] * n,
        "places__street": [1.0] * 55 + [0.0] * 5,
        "places__room": [1.0] * 30 + [0.0] * 30,
        "places__none": [1.0] * 3 + [0.0] * 57,
    }
    (found,) = shares(surveyed_of(given_answers), "share(places)")
    assert not found.exclusive
    assert [(row.value, row.is_withheld) for row in found.rows] == [
        ("street", True),
        ("room", False),
        ("none", True),
    ]


def test_a_condition_is_0_or_1(surveyed_of: SurveyedOf) -> None:
    """And what is neither is refused, whatever it holds."""
    data = surveyed_of({"days": [float(one % 30) for one in range(60)]})
    (found,) = shares(data, "share(days > 15)")
    assert [row.value for row in found.rows] == ["0", "1"]
    with pytest.raises(Refusal, match="a list of answers, or a condition"):
        answered(data, "share(days + 1)")


def test_groups_come_one_after_the_other(surveyed_of: SurveyedOf) -> None:
    """Each has its table; crossed names are joined.

    One of too few people is counted, not named; so is another, without which it were the rest of all.
    """
    data = surveyed_of(
        {
            "sex": ["f"] * 30 + ["m"] * 24 + ["o"] * 5 + [None],
            "card": ["yes", "no"] * 30,
        }
    )
    found = answered(data, "share(card)", ("sex",)).found
    assert (found.unclassified, found.left_out) == (1, 2)
    assert [one.domain for one in shares(data, "share(card)", ("sex",))] == ["f"]
    both = shares(data, "share(sex)", ("sex", "card"))
    assert [one.domain for one in both] == ["f, yes", "f, no", "m, no"]


def test_weights_count(surveyed_of: SurveyedOf) -> None:
    """A share is of people, not of respondents."""
    data = surveyed_of({"sex": ["f"] * 30 + ["m"] * 30})
    weights = np.array([3.0] * 30 + [1.0] * 30)
    heavier = replace(data, design=replace(data.design, weights=weights))
    (found,) = shares(heavier, "share(sex)")
    assert found.rows[0].figures is not None
    assert found.rows[0].figures.estimate == pytest.approx(0.75)
