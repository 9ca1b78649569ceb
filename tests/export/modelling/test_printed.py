"""Results on a terminal: nothing is cut, nothing steers it, what is assumed and simulated is said."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from export.modelling.model import Model, Scenario
from export.modelling.printed import print_results
from export.modelling.results import results
from tests.cohorts import sick_sicker, three_states

pytestmark = pytest.mark.usefixtures("english")
SMALL = three_states(
    draws=50,
    worth=(0.0, 1000.0, 5000.0),
    scenarios=(Scenario("short", "Over five years", cycles=5),),
)


def printed(model: Model, *, width: int = 80, is_practice: bool = False) -> str:
    text = io.StringIO()
    console = Console(file=text, width=width, markup=False, highlight=False)
    print_results(console, results(model), is_practice=is_practice)
    return text.getvalue()


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Nor is a number cut, however narrow it is: without room a table is a list."""
    text = printed(replace(sick_sicker(), worth=(50000.0,)), width=width)
    assert all(len(line) <= width for line in text.splitlines())
    for number in ("152,262", "259,992", "73,134", "125,532"):
        assert number in text


def test_a_long_word_takes_no_room_from_numbers() -> None:
    """Where some scenario dominates by extension, the ratios of the others stand there whole."""
    model = replace(
        sick_sicker(), scenarios=(Scenario("short", "Over thirty years", cycles=30),), draws=10
    )
    found = printed(model).partition("Scenarios")[2]
    assert "73,134" in found
    assert "dominated (extended)" in found


def test_every_part_is_there_and_the_conclusion_last() -> None:
    """From what was put in to what it comes to."""
    text = printed(SMALL)
    headings = [
        "A model",
        "Perspective: of a test.",
        "Over 20 years, in 20 cycles of 1 year",
        "Where the values come from",
        "8 of 8 values are assumed",
        "Assumed, to be replaced",
        "What each strategy costs and yields",
        "Life-years",
        "From the cheapest to the dearest",
        "Budget of 1 person by year",
        "Scenarios",
        "Over five years",
        "One value at a time",
        "The best by what one more is worth, in 50 draws",
        "*: the best on average.",
        "In short",
    ]
    places = [text.index(one) for one in headings]
    assert places == sorted(places)
    end = text[places[-1] :]
    assert "programme, against usual:" in end
    assert "8 of 8 values are assumed: so is what follows from them." in end


def test_a_practice_study_is_said_above_and_at_the_end() -> None:
    """Where a reader begins and where a terminal stops; nothing of it otherwise."""
    assert printed(SMALL, is_practice=True).count("SIMULATED") == 2
    assert "SIMULATED" not in printed(SMALL)


def test_what_is_not_there_has_no_heading() -> None:
    """A model without draws, scenarios or a willingness to pay."""
    text = printed(sick_sicker())
    for heading in ("Scenarios", "One value at a time", "The best by", "draws"):
        assert heading not in text


def test_a_long_budget_says_what_it_leaves_out_and_sums_all_of_it() -> None:
    """Of 75 years 20 are printed; the last line is the sum of 75."""
    text = printed(sick_sicker())
    assert "… and 55 more; --json has all." in text
    assert "All years" in text


def test_names_cannot_steer_the_terminal() -> None:
    """No markup, no escape, no right-to-left override: a model may come from anybody."""
    hostile = "[red]x\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}y"
    parameters = {name: replace(one, label=hostile) for name, one in SMALL.parameters.items()}
    strategies = tuple(replace(one, label=hostile) for one in SMALL.strategies)
    made = replace(
        SMALL,
        title=hostile,
        text=hostile,
        perspective=hostile,
        currency=hostile,
        parameters=parameters,
        strategies=strategies,
    )
    text = printed(made, width=300)
    assert "\x1b" not in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
    assert "[red]x" in text


def test_a_parameter_that_moves_nothing_is_left_out_of_one_at_a_time() -> None:
    """Rounding is no movement: effects alone hang on `u1`."""
    text = printed(SMALL).split("One value at a time")[1].split("The best by")[0]
    assert "c1" in text
    assert "u1" not in text


@given(st.integers(20, 120))
@settings(max_examples=8, deadline=None)
def test_any_width_has_the_same_numbers(width: int) -> None:
    """The totals of the base case are whole on every terminal."""
    found = results(SMALL)
    text = io.StringIO()
    print_results(Console(file=text, width=width), found, is_practice=False)
    assert f"{found.base.totals.cost[0, 0]:,.0f}" in text.getvalue()
