"""Results in words: no sign is lost, no length of time is invented, a verdict follows the two signs."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling import told
from export.modelling.results import Results, results
from tests.cohorts import amounts, model, sick_sicker, strategy, three_states

pytestmark = pytest.mark.usefixtures("english")
NO_BREAK = "\N{NO-BREAK SPACE}"


def pair(cost: float, effect: float, **otherwise: object) -> Results:
    """A year in one state: the first strategy costs and yields 100, the second what is given."""

    def arm(name: str, c: float, e: float) -> object:
        counted = {"cost": amounts({"well": c}), "effect": amounts({"well": e})}
        return strategy(name, {"well": {"well": 1}}, counted)

    arms = [arm("usual", 100, 100), arm("new", cost, effect)]
    return results(model(("well",), arms, start={"well": 1}, cycles=1, **otherwise))  # type: ignore[arg-type]


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
    assert told.number(value) == text


@given(st.floats(-1e12, 1e12))
@settings(max_examples=100)
def test_a_number_as_it_is_written_is_within_one_in_two_thousand(value: float) -> None:
    """However large or small, but for what is hardly any."""
    for text in (told.number(value), told.figure(value), told.signed(value)):
        read = float(text.replace(",", "").replace("−", "-"))
        assert read == pytest.approx(value, rel=6e-3, abs=1e-6)


def test_what_was_computed_keeps_its_decimals() -> None:
    """So that a column of ratios is read as one."""
    assert [told.figure(one) for one in (40.0, 46.153, 100.4)] == ["40.00", "46.15", "100"]


def test_a_difference_has_its_sign_and_none_has_none() -> None:
    """A plus, a true minus, or neither."""
    assert [told.signed(one) for one in (1.5, -1.5, 0.0)] == ["+1.500", "−1.500", "0"]


def test_an_amount_is_never_apart_from_its_currency() -> None:
    """No line ends between them."""
    assert told.money(1234, "€") == f"1,234{NO_BREAK}€"


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
    assert told.span(years) == words


@pytest.mark.parametrize(
    ("cost", "effect", "words"),
    [
        (150, 150, "costs more and yields more"),
        (150, 100, "costs more and yields the same"),
        (150, 50, "costs more and yields less"),
        (100, 150, "costs the same and yields more"),
        (100, 100, "costs and yields the same"),
        (100, 50, "costs the same and yields less"),
        (50, 150, "saves and yields more"),
        (50, 100, "saves and yields the same"),
        (50, 50, "saves and yields less"),
    ],
)
def test_a_verdict_is_in_words_for_each_of_the_nine_cases(
    cost: float, effect: float, words: str
) -> None:
    """Ties among them."""
    assert words in told.in_short(pair(cost, effect), 1)


def test_a_ratio_is_said_only_where_it_means_something() -> None:
    """The cost of one more, or what is saved for one less; nothing of what dominates or is dominated."""
    assert f"1{NO_BREAK}€ for one more" in told.in_short(pair(150, 150), 1)
    assert "saved for one less" in told.in_short(pair(50, 50), 1)
    assert "one" not in told.in_short(pair(50, 150), 1).split(")")[1]
    assert "one" not in told.in_short(pair(150, 50), 1).split(")")[1]


def test_rounding_is_no_difference() -> None:
    """Two sums of the same in another order are the same."""
    assert told.difference(0.1 + 0.2, 0.3) == 0
    assert told.difference(1e-12, 0) == 1e-12


def test_among_several_a_ratio_is_against_the_one_before_it_on_the_frontier() -> None:
    """Not against the first: 125,532 for both treatments beside B, where the first would give 93,751."""
    found = results(sick_sicker())
    short = [told.in_short(found, at) for at in (1, 2, 3)]
    assert "dominated" in short[0]
    assert f"73,134{NO_BREAK}€ for one more than standard" in short[1]
    assert f"125,532{NO_BREAK}€ for one more than B" in short[2]


def test_draws_are_counted_and_bounded() -> None:
    """In how many the strategy costs more, in how many it yields more."""
    found = results(three_states(draws=200))
    assert found.drawn is not None
    dearer = float(np.mean(found.drawn.cost[1] > found.drawn.cost[0]))
    words = told.how_sure(found, 1)
    assert words.startswith(f"In {100 * dearer:.1f}% of 200 draws it costs more")
    assert told.how_sure(results(sick_sicker()), 1) == ""


def test_of_draws_hardly_any_are_not_none_and_nearly_all_not_all() -> None:
    """0% and 100% are said of none and of all alone."""
    shown = [told.share(one) for one in (0.0, 0.0001, 0.0005, 0.5, 0.9999, 1.0)]
    assert shown == ["0.0%", "<0.1%", "<0.1%", "50.0%", ">99.9%", "100.0%"]


@pytest.mark.parametrize(
    ("care", "words"),
    [
        (60, "Lower costs elsewhere offset 80.0% of what the programme costs more"),
        (40, "Lower costs elsewhere offset 120.0% of what the programme costs more"),
        (110, "Other costs rise as well, by 20.0% of what the programme costs more"),
    ],
)
def test_an_offset_is_told_and_so_is_a_cost_that_rises(care: float, words: str) -> None:
    """The programme costs 50 more; care costs 100 without it."""

    def arm(name: str, programme: float, other: float) -> object:
        counted = {
            "programme": amounts(at_start=programme),
            "care": amounts(at_start=other),
            "effect": amounts(at_start=1),
        }
        return strategy(name, {"well": {"well": 1}}, counted)

    made = model(
        ("well",),
        [arm("usual", 0, 100), arm("new", 50, care)],  # type: ignore[list-item]
        start={"well": 1},
        costs=("programme", "care"),
        programme="programme",
    )
    assert told.offset_told(results(made), 1) == f"{words}."


def test_there_is_no_offset_of_a_programme_that_costs_nothing_more() -> None:
    """Nor where no cost is named as the programme's."""
    assert told.offset_told(pair(150, 150), 1) == ""
    assert told.offset_told(pair(100, 150, programme="cost"), 1) == ""


def test_what_is_assumed_is_counted_and_comes_first() -> None:
    """What is calculated from other values is left out of both numbers."""
    made = sick_sicker()
    published = replace(made.parameters["hr_B"], origin="source")
    followed = replace(made.parameters["p_HD"], origin="calculated")
    made = replace(made, parameters={**made.parameters, "hr_B": published, "p_HD": followed})
    assert told.assumed_told(made) == "8 of 9 values are assumed"
    assert [origin for origin, _some in told.by_origin(made)] == [
        "assumed",
        "source",
        "calculated",
    ]
    assert told.origin_told("assumed") == "Assumed, to be replaced"


def test_conventions_say_time_prices_and_discounting() -> None:
    """Everything a reader needs to compare with another model."""
    words = told.conventions(sick_sicker())
    assert re.search("75 years, in 75 cycles of 1 year, half-cycle correction", words)
    assert "costs by 3%, effects by 3%" in words
    assert "no correction" in told.conventions(replace(sick_sicker(), correction="none"))
