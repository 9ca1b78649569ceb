"""Results in words: no sign is lost, no length of time is invented, a verdict follows the two signs."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

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


def test_among_several_a_ratio_is_against_the_one_before_it_on_the_frontier() -> None:
    """Beside that against the first: 93,751 for both treatments, of which 125,532 beside B; what dominates is named."""
    found = results(sick_sicker())
    short = [told.in_short(found, at) for at in (1, 2, 3)]
    assert "; dominated by B." in short[0]
    assert f"73,134{NO_BREAK}€ for one more (" in short[1]
    assert "for one more than" not in short[1]
    assert f"93,751{NO_BREAK}€ for one more (" in short[2]
    assert f"; 125,532{NO_BREAK}€ for one more than B." in short[2]


def test_draws_are_counted_and_bounded() -> None:
    """In how many the strategy costs more, in how many it yields more."""
    found = results(three_states(draws=200))
    assert found.drawn is not None
    dearer = float(np.mean(found.drawn.cost[1] > found.drawn.cost[0]))
    words = told.how_sure(found, 1)
    assert words.startswith(f"In {100 * dearer:.1f}% of 200 draws it costs more")
    assert told.how_sure(results(sick_sicker()), 1) == ""


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
