"""Answers on a terminal: tables of everyone share one, wide ones go on below, nothing steers the screen."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from export.estimating.asked import answers
from export.estimating.surveyed import Surveyed
from export.estimating.tabled import print_answers
from export.estimating.wanted import Wanted, wanted

SurveyedOf = Callable[..., Surveyed]


def printed(data: Surveyed, *asked: Wanted, width: int = 80) -> str:
    text = io.StringIO()
    print_answers(Console(file=text, width=width), answers(data, asked), is_weighted=True)
    return text.getvalue()


@pytest.fixture
def data(surveyed_of: SurveyedOf) -> Surveyed:
    """240 people of three sexes and four bands of age, each with days before and now."""
    return surveyed_of(
        {
            "sex": ["f", "m", "o"] * 80,
            "age": ["-", "5", "25", "100"] * 60,
            "days_before": [float(one % 30) for one in range(240)],
            "days": [float(one * 7 % 30) for one in range(240)],
        },
        population=1000,
    )


def test_estimates_of_everyone_share_a_table_but_not_with_another_level(
    data: Surveyed, english: None
) -> None:
    """One heading for two estimates; a third at 90 % has its own."""
    asked = [wanted(data.instrument, text) for text in ("mean(days)", "prop(days > 3)")]
    shown = printed(data, *asked, replace(asked[0], level=0.9))
    assert shown.count("estimate of") == 2
    assert (shown.count("95 % CI"), shown.count("90 % CI")) == (2, 1)


def test_a_table_wider_than_the_terminal_goes_on_below(data: Surveyed, english: None) -> None:
    """Every column is there once, with the rows beside it; none is cut."""
    asked = wanted(data.instrument, "table(sex, age)")
    names = ["-", "5", "25", "100", "all"]
    for width, panels in ((80, 1), (40, 2)):
        lines = printed(data, asked, width=width).splitlines()
        assert sum(line.startswith("f ") for line in lines) == panels
        headings = [
            line.split() for line in lines if line.split() and set(line.split()) <= {*names}
        ]
        assert [name for heading in headings for name in heading] == names
        assert max(map(len, lines)) <= max(width, 60)


def test_a_label_cannot_steer_the_terminal(data: Surveyed, english: None) -> None:
    """A plan may come from somebody else."""
    asked = wanted(data.instrument, "mean(days)", label="days \x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}x")
    shown = printed(data, asked)
    assert "\x1b" not in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown


def test_brackets_in_a_label_are_no_markup(data: Surveyed, english: None) -> None:
    """They are printed as they are."""
    assert "[bold]days" in printed(data, wanted(data.instrument, "mean(days)", label="[bold]days"))
    assert "[red]x" in printed(data, wanted(data.instrument, "share(sex)", label="[red]x"))
