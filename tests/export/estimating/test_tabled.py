"""Answers on a terminal: tables of everyone share one, wide ones go on below, nothing steers the screen."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from export.estimating.asked import answers
from export.estimating.manner import Manner
from export.estimating.surveyed import Surveyed
from export.estimating.tabled import print_answers
from export.estimating.wanted import Wanted, wanted
from export.estimating.words import words

SurveyedOf = Callable[..., Surveyed]


def printed(
    data: Surveyed,
    *asked: Wanted,
    width: int = 80,
    with_codes: bool = False,
    with_errors: bool = False,
) -> str:
    text = io.StringIO()
    manner = Manner(words(data.instrument, with_codes=with_codes), True, with_errors)
    print_answers(Console(file=text, width=width), answers(data, asked), manner)
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
    assert (shown.count("95% CI"), shown.count("90% CI")) == (2, 1)


def test_a_table_wider_than_the_terminal_goes_on_below(data: Surveyed, english: None) -> None:
    """Every column is there once, with the rows beside it; none is cut."""
    asked = wanted(data.instrument, "table(sex, age)")
    names = ["under 5", "5 to under 25", "25 to under 100", "100 or more", "all"]
    for width, panels in ((80, 1), (40, 3)):
        lines = printed(data, asked, width=width).splitlines()
        assert sum(line.startswith("Woman ") for line in lines) == panels
        headings = [re.split(" {2,}", line.strip()) for line in lines]
        found = [name for heading in headings if set(heading) <= {*names} for name in heading]
        assert found == names
        assert max(map(len, lines)) <= max(width, 60)


def test_values_are_printed_as_labels_or_with_their_codes(data: Surveyed, english: None) -> None:
    """Of answers, of groups, of a condition, and of what is crossed."""
    asked = [
        wanted(data.instrument, "share(sex)"),
        wanted(data.instrument, "mean(days)", by=("sex", "age")),
        wanted(data.instrument, "table(days > 3, sex)"),
        wanted(data.instrument, "share(age)", by=("sex",)),
    ]
    plain, coded = printed(data, *asked), printed(data, *asked, with_codes=True, width=120)
    for label in ("Woman ", "Woman, under 5 ", "no ", "share(age), sex: Woman"):
        assert f"\n{label}" in plain
    for label in ("Woman (f) ", "Woman (f), under 5 (-)", "yes (1)", "share(age), sex: Woman (f)"):
        assert f"\n{label}" in coded


def test_errors_and_degrees_of_freedom_take_the_place_of_people(
    data: Surveyed, english: None
) -> None:
    """In every kind of table, in eighty columns."""
    texts = ("prop(days > 3)", "share(sex)", "change(days_before, days)", "table(sex, age)")
    shown = [
        printed(data, wanted(data.instrument, text), with_errors=True).splitlines()
        for text in texts
    ]
    for lines in shown[:3]:
        heading = next(line for line in lines if " SE " in line).split()
        assert heading.index("df") == heading.index("SE") + 1
        assert "people" not in heading
    assert sum("SE " in line for line in shown[3]) == 3
    assert max(len(line) for lines in shown for line in lines) <= 80


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


@pytest.mark.parametrize("width", [24, 40, 60, 80])
def test_no_number_is_ever_cut(data: Surveyed, width: int, english: None) -> None:
    """Where a table has no room each of its numbers has its line: half a number is another number."""
    texts = ("prop(days > 3)", "total(days)", "share(sex)", "change(days_before, days)")
    asked = [wanted(data.instrument, text) for text in texts]
    numbers = re.compile(r"−?[0-9][0-9.,]*(?:%|–[0-9.,]+| to −?[0-9.,]+)?")
    narrow, wide = (
        sorted(numbers.findall(" ".join(printed(data, *asked, width=columns).split())))
        for columns in (width, 200)
    )
    assert set(narrow) == set(wide)
    assert max(map(len, printed(data, *asked, width=width).splitlines())) <= max(width, 30)
