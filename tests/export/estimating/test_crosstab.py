"""Two answers crossed: shares within each column, totals, a test, and nothing that tells of a few."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from export.estimating.asked import Parts, answers
from export.estimating.crosstab import Crosstab
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import wanted
from surveys.problems import Refusal

SurveyedOf = Callable[..., Surveyed]

# Of 40 women 30 have a card, of 60 men 15; 2 did not say.
SEX = ["f"] * 40 + ["m"] * 60 + ["m"] * 2
CARD = ["yes"] * 30 + ["no"] * 10 + ["yes"] * 15 + ["no"] * 45 + [None] * 2


def crosstab(data: Surveyed, text: str, by: tuple[str, ...] = ()) -> Crosstab:
    found = answers(data, [wanted(data.instrument, text, by)])[0].found
    assert isinstance(found, Parts)
    (table,) = found.tables
    assert isinstance(table, Crosstab)
    return table


def test_cells_are_shares_within_their_column(surveyed_of: SurveyedOf) -> None:
    """Rows add up to their total only weighted; a value nobody has is no row, no column."""
    found = crosstab(surveyed_of({"sex": SEX, "card": CARD}, threshold=1), "table(card, sex)")
    assert (found.rows, found.columns) == (("yes", "no"), ("f", "m"))
    shares = [[cell.figures.estimate for cell in line if cell.figures] for line in found.cells]
    assert shares[0] == pytest.approx([0.75, 0.25])
    assert shares[1] == pytest.approx([0.25, 0.75])
    assert [cell.respondents for line in found.cells for cell in line] == [30, 15, 10, 45]
    totals = [cell.figures.estimate for cell in found.row_totals if cell.figures]
    assert totals == pytest.approx([0.45, 0.55])
    assert [cell.respondents for cell in found.column_totals] == [40, 60]
    assert (found.respondents, found.missing) == (100, 2)


def test_answers_that_go_together_are_told(surveyed_of: SurveyedOf) -> None:
    """F with one degree of freedom; without any link p is 1."""
    found = crosstab(surveyed_of({"sex": SEX, "card": CARD}, threshold=1), "table(card, sex)")
    assert found.test is not None
    assert found.test.p < 1e-5
    assert found.test.df[0] == pytest.approx(1)
    even = {"sex": ["f"] * 40 + ["m"] * 40, "card": ["yes", "no"] * 40}
    found = crosstab(surveyed_of(even), "table(card, sex)")
    assert found.test is not None
    assert found.test.p == pytest.approx(1)


def test_a_small_cell_hides_what_would_give_it_away_and_the_test(surveyed_of: SurveyedOf) -> None:
    """10 women have no card: with the totals, each of the four cells would tell it."""
    found = crosstab(surveyed_of({"sex": SEX, "card": CARD}), "table(card, sex)")
    assert found.has_withheld
    assert all(cell.is_withheld for line in found.cells for cell in line)
    assert all(cell.figures is None for line in found.cells for cell in line)
    assert not any(cell.is_withheld for cell in (*found.row_totals, *found.column_totals))
    assert found.test is None


def test_an_answer_that_all_gave_is_one_row_and_no_test(surveyed_of: SurveyedOf) -> None:
    """There is nothing to compare."""
    found = crosstab(
        surveyed_of({"sex": ["f", "m"] * 20, "card": ["yes"] * 40}), "table(card, sex)"
    )
    assert found.rows == ("yes",)
    assert found.test is None
    assert not found.has_withheld


def test_conditions_can_be_crossed_too(surveyed_of: SurveyedOf) -> None:
    """Their rows are 0 and 1."""
    data = surveyed_of({"sex": ["f", "m"] * 40, "days": [float(one % 20) for one in range(80)]})
    found = crosstab(data, "table(days > 9, sex = 'f')")
    assert (found.rows, found.columns) == (("0", "1"), ("0", "1"))


@pytest.mark.parametrize("text", ["table(days, sex)", "table(words, sex)", "table(places, sex)"])
def test_open_answers_and_several_answers_are_not_crossed(
    text: str, surveyed_of: SurveyedOf
) -> None:
    """Their values would be headings."""
    data = surveyed_of({"sex": ["f", "m"] * 20})
    with pytest.raises(Refusal, match=r"days|words|places"):
        wanted(data.instrument, text)


def test_a_column_whose_total_is_left_out_shows_no_share(surveyed_of: SurveyedOf) -> None:
    """25 people who are 50 % of a column make it 50; the interval of 0 % of 5 people ends at 52 %."""
    sex = ["f"] * 60 + ["m"] * 50 + ["o"] * 5
    card = ["yes", "no"] * 55 + ["yes"] * 5
    found = crosstab(surveyed_of({"sex": sex, "card": card}), "table(card, sex)")
    assert [total.is_withheld for total in found.column_totals] == [False, True, True]
    for line in found.cells:
        assert [cell.is_withheld for cell in line[1:]] == [True, True]
        assert [(cell.respondents, cell.figures) for cell in line[1:]] == [(None, None)] * 2
