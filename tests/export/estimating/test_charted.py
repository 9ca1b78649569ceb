"""Charts on a terminal: every number in words too, plain strokes where need be, nothing wider than it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from export.estimating.asked import answers
from export.estimating.charted import print_charts
from export.estimating.manner import Manner
from export.estimating.surveyed import Surveyed
from export.estimating.tabled import print_answers
from export.estimating.wanted import wanted
from export.estimating.words import words

SurveyedOf = Callable[..., Surveyed]
DRAWN = "●├┤─┊▏▎▍▌▋▊▉█"
EVERY = (
    "prop(days > 3)",
    "mean(days)",
    "share(sex)",
    "share(places)",
    "table(sex, age)",
    "change(days_before, days)",
    "change(card_before = 'yes', card = 'yes')",
)


@pytest.fixture
def data(surveyed_of: SurveyedOf) -> Surveyed:
    """240 people of two sexes and few of a third, four bands of age, days and a card before and now."""
    return surveyed_of(
        {
            "sex": ["f", "m"] * 117 + ["o"] * 6,
            "age": ["-", "5", "25", "100"] * 60,
            "places": ["street"] * 240,
            "places__street": [float(one % 2) for one in range(240)],
            "places__room": [float(one % 3 == 0) for one in range(240)],
            "places__none": [0.0] * 240,
            "card_before": ["yes", "no", "no"] * 80,
            "card": ["yes", "no"] * 120,
            "days_before": [float(one % 30) for one in range(240)],
            "days": [float(one * 7 % 30) for one in range(240)],
        },
        population=1000,
    )


def printed(
    data: Surveyed,
    *texts: str,
    by: tuple[str, ...] = (),
    width: int = 80,
    encoding: str = "utf-8",
    print_them: Callable[..., None] = print_charts,
    label: str = "",
) -> str:
    asked = [wanted(data.instrument, text, by, label=label) for text in texts]
    file = io.TextIOWrapper(io.BytesIO(), encoding, errors="replace", newline="")
    manner = Manner(words(data.instrument), is_weighted=True)
    print_them(Console(file=file, width=width), answers(data, asked), manner)
    file.flush()
    assert isinstance(file.buffer, io.BytesIO)
    return file.buffer.getvalue().decode(encoding)


def test_a_chart_says_in_text_all_estimates_and_intervals_of_the_table(
    data: Surveyed, english: None
) -> None:
    """Whoever hears it misses nothing; the drawing comes after the numbers of its line."""
    for text in EVERY:
        chart, table = printed(data, text), printed(data, text, print_them=print_answers)
        numbers = re.findall(r"−?[0-9.]+(?:%|–[0-9.]+| to −?[0-9.]+)", table)
        shown = [one for one in numbers if one not in chart]
        of_people = [one for one in shown if "." not in one]  # people, and shares of all
        assert [one for one in shown if one not in of_people and "%" not in one] == []
        for line in chart.splitlines():
            drawn = re.search(f"[{DRAWN}]", line)
            assert drawn is None or re.search("[0-9]", line[drawn.start() :]) is None


@pytest.mark.parametrize("width", [40, 60, 80, 132])
def test_no_line_is_wider_than_the_terminal(data: Surveyed, width: int, english: None) -> None:
    """Whatever is drawn."""
    shown = printed(data, *EVERY[:4], *EVERY[5:], width=width)
    assert max(map(len, shown.splitlines())) <= width


def test_where_there_is_no_room_for_a_drawing_the_numbers_stay(
    data: Surveyed, english: None
) -> None:
    """Thirty columns."""
    shown = printed(data, "share(places)", "change(days_before, days)", width=30)
    assert set(DRAWN) & set(shown) == set()
    for number in re.findall(r"−?[0-9]+[.][0-9%]+(?!–)", printed(data, "share(places)")):
        assert number in shown
    assert re.search(r"95% CI: −?[0-9.]+ to [0-9.]+\n", shown)


def test_the_drawing_is_plain_where_the_terminal_lacks_characters(
    data: Surveyed, english: None
) -> None:
    """No character of a line becomes a question mark."""
    shown = printed(data, "mean(days)", "share(places)", encoding="cp1252")
    assert "|-o-|" in shown
    assert "#####" in shown
    assert "?" not in shown


def test_without_colours_there_is_no_escape(
    data: Surveyed, english: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR is obeyed on a terminal that has colours; bold is no colour."""
    asked = answers(data, [wanted(data.instrument, "share(sex)")])
    manner = Manner(words(data.instrument), is_weighted=True)
    found = []
    for name in ("", "1"):
        monkeypatch.setenv("NO_COLOR", name)
        text = io.StringIO()
        console = Console(file=text, width=80, force_terminal=True, color_system="standard")
        print_charts(console, asked, manner)
        found.append("\x1b[36m" in text.getvalue())
    assert found == [True, False]


def test_what_is_not_shown_is_not_drawn(data: Surveyed, english: None) -> None:
    """Six people, and a second cell that would give them away."""
    lines = printed(data, "share(sex)").splitlines()
    hidden = [line for line in lines if "*" in line]
    assert len(hidden) >= 2
    assert not any(set(DRAWN) & set(line) for line in hidden)


def test_groups_of_two_estimates_share_a_scale(data: Surveyed, english: None) -> None:
    """Or a mean of 10 would look like one of 20."""
    shown = printed(data, "mean(days)", "mean(days * 3)", by=("age",))
    ends = [line.split()[-1] for line in shown.splitlines() if line.startswith("age ")]
    assert len(ends) == 2
    assert len(set(ends)) == 1


def test_values_have_their_labels_and_labels_steer_nothing(data: Surveyed, english: None) -> None:
    """Of the answers crossed too."""
    shown = printed(data, "table(sex, age)", "share(days > 3)", label="[red]x\x1b[31m")
    for label in ("Woman", "under 5", "100 or more", "no", "yes", "[red]x"):
        assert label in shown
    assert "\x1b" not in shown


def test_before_and_now_stand_on_one_scale(data: Surveyed, english: None) -> None:
    """The difference, of another size, is told and not drawn."""
    lines = printed(data, "change(days_before, days)").splitlines()
    drawn = {
        name: next(line for line in lines if line.startswith(name))
        for name in ("before", "now", "difference")
    }
    assert "●" in drawn["before"]
    assert "●" in drawn["now"]
    assert set(DRAWN) & set(drawn["difference"]) == set()


def test_another_level_has_another_chart(data: Surveyed, english: None) -> None:
    """Its intervals are not those of the first."""
    asked = wanted(data.instrument, "prop(days > 3)")
    text = io.StringIO()
    both = answers(data, [asked, replace(asked, level=0.9)])
    print_charts(Console(file=text, width=80), both, Manner(words(data.instrument), True))
    assert "95% CI" in text.getvalue()
    assert "90% CI" in text.getvalue()
