"""The usual plan: what a report shows where nobody says."""

from __future__ import annotations

from collections.abc import Callable

from export.estimating.surveyed import surveyed
from export.reporting import usual
from export.respondents.responses import Responses


def test_table_1_is_of_what_could_point_at_somebody_and_has_few_values(
    given: Callable[..., Responses],
) -> None:
    """Sex and age in bands; not what is asked of everybody besides."""
    assert usual.columns(given().found.instrument) == ("sex", "age")


def test_the_usual_plan_follows_the_questionnaire(
    given: Callable[..., Responses], english: None
) -> None:
    """Lists as shares, pairs of numbers as a change, other numbers as medians, indicators as shares."""
    plan = usual.plan(surveyed(given()))
    assert [section.title for section in plan.sections] == ["Your life"]
    assert [one.estimand.text for one in plan.wanted] == [
        "share(safe)",
        "share(sleep)",
        "share(card)",
        "share(told)",
        "share(places)",
        "change(days_before, days_now)",
        "median(meals)",
        "prop(stopped)",
    ]


def test_job_titles_are_in_no_plan(given: Callable[..., Responses]) -> None:
    """They are marked as quasi-identifying."""
    plan = usual.plan(surveyed(given(1)))
    assert [one.estimand.text for one in plan.wanted] == ["share(effect)"]
