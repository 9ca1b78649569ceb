"""Before and now, of the same people: levels, difference, who went which way, and what stays hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.estimating.asked import Parts, answers
from export.estimating.change import Change
from export.estimating.independence import mcnemar_exact, paired_t
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import wanted
from surveys.problems import Refusal

SurveyedOf = Callable[..., Surveyed]
CARDS = "change(card_before = 'yes', card = 'yes')"
DAYS = "change(days_before, days)"


def change(data: Surveyed, text: str) -> Change:
    found = answers(data, [wanted(data.instrument, text)])[0].found
    assert isinstance(found, Parts)
    (one,) = found.tables
    assert isinstance(one, Change)
    return one


def cards(both: int, lost: int, got: int, neither: int) -> dict[str, Sequence[str | None]]:
    """Return the answers of so many who had a card before and now, before alone, now alone, never."""
    before = ["yes"] * (both + lost) + ["no"] * (got + neither)
    now = ["yes"] * both + ["no"] * lost + ["yes"] * got + ["no"] * neither
    return {"card_before": before, "card": now}


def test_the_difference_is_that_of_the_levels(surveyed_of: SurveyedOf) -> None:
    """Of two conditions: in shares; those who lost it and those who got it make it up."""
    found = change(surveyed_of(cards(30, 12, 25, 33)), CARDS)
    assert found.is_condition
    assert found.before is not None
    assert found.now is not None
    assert found.difference is not None
    assert (found.before.estimate, found.now.estimate) == pytest.approx((0.42, 0.55))
    assert found.difference.estimate == pytest.approx(0.13)
    counts = (found.fewer.respondents, found.same.respondents, found.more.respondents)
    assert counts == (12, 63, 25)
    assert found.test is not None
    assert found.test.name == "mcnemar_exact"
    assert found.test.p == pytest.approx(0.0470, abs=5e-5)


def test_numbers_have_means_and_students_test(surveyed_of: SurveyedOf) -> None:
    """Whoever lacks one of the two answers is left out of both levels."""
    before = [20.0] * 40 + [10.0] * 20 + [5.0, 7.0]
    now = [8.0] * 30 + [20.0] * 10 + [15.0] * 20 + [float("nan"), float("nan")]
    found = change(surveyed_of({"days_before": before, "days": now}), DAYS)
    assert (found.respondents, found.missing, found.is_condition) == (60, 2, False)
    assert found.before is not None
    assert found.now is not None
    assert found.difference is not None
    assert found.before.estimate == pytest.approx(1000 / 60)
    assert found.now.estimate == pytest.approx((240 + 200 + 300) / 60)
    assert found.difference.estimate == pytest.approx(found.now.estimate - found.before.estimate)
    # 10 who did not change are few: they would be what is left of all.
    assert (found.fewer.respondents, found.same.respondents) == (30, None)
    assert found.more.is_withheld
    assert found.test is not None
    assert found.test.name == "paired_t"


def test_few_who_changed_are_not_told_by_the_error_of_the_difference(
    surveyed_of: SurveyedOf,
) -> None:
    """The levels stand; with them the error, as the test, would say how many changed."""
    found = change(surveyed_of(cards(40, 4, 15, 41)), CARDS)
    assert found.before is not None
    assert found.now is not None
    assert found.difference is None
    assert (found.fewer.respondents, found.more.respondents, found.same.respondents) == (None,) * 3
    assert found.test is None
    assert found.has_withheld


def test_a_number_that_few_changed_is_not_compared(surveyed_of: SurveyedOf) -> None:
    """The mean difference would be about them."""
    before = [5.0] * 60
    now = [5.0] * 57 + [20.0] * 3
    found = change(surveyed_of({"days_before": before, "days": now}), DAYS)
    assert (found.difference, found.test) == (None, None)


def test_a_number_picked_by_a_condition_of_few_is_not_told(surveyed_of: SurveyedOf) -> None:
    """As in mean(if(A, x, 0))."""
    data = surveyed_of(
        {
            "sex": ["o"] * 5 + ["f"] * 55,
            "days_before": [float(one) for one in range(60)],
            "days": [float(one * 7 % 30) for one in range(60)],
        }
    )
    found = change(data, "change(if(sex = 'o', days_before, 0), if(sex = 'o', days, 0))")
    assert (found.before, found.now, found.difference, found.test) == (None,) * 4


def test_nobody_who_changed_is_no_test(surveyed_of: SurveyedOf) -> None:
    """Nothing varies; the counts are zeros and stand."""
    found = change(surveyed_of(cards(30, 0, 0, 33)), CARDS)
    assert (found.fewer.respondents, found.more.respondents) == (0, 0)
    assert found.test is None


def test_texts_do_not_change_by_a_number(surveyed_of: SurveyedOf) -> None:
    """A list of answers is compared with one of them first."""
    data = surveyed_of(cards(20, 20, 20, 20))
    with pytest.raises(Refusal, match=r"change\(card_before = 'yes', card = 'yes'\)"):
        answers(data, [wanted(data.instrument, "change(card_before, card)")])


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_exact_test_has_two_sides(one: int, other: int) -> None:
    """It does not matter which way is called which; nothing is said of nobody; p is a probability."""
    found, mirrored = mcnemar_exact((one, other)), mcnemar_exact((other, one))
    assert found == mirrored
    if one + other == 0:
        assert found is None
        return
    assert found is not None
    assert 0 < found.p <= 1
    assert found.p == 1 if one == other else found.p <= 1


def test_a_difference_without_error_is_not_tested() -> None:
    """Nor one without a degree of freedom."""
    assert paired_t(1.0, 0.0, 10) is None
    assert paired_t(1.0, 0.5, 0) is None


def test_a_level_that_few_add_to_is_not_shown(surveyed_of: SurveyedOf) -> None:
    """Nor is the difference, which with the other level would give it: three had any days before."""
    before = [25.0, 3.0, 4.0] + [0.0] * 57
    now = [float(one % 7) for one in range(60)]
    found = change(surveyed_of({"days_before": before, "days": now}), "change(days_before, days)")
    assert (found.before, found.difference, found.test) == (None, None, None)
    assert found.now is not None
