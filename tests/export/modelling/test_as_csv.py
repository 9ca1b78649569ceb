"""The trace and the draws as tables: they sum to what the results say, and no two columns share a name."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from export.modelling import as_csv
from export.modelling.results import Results, results
from tests.cohorts import COMPLEMENT, amounts, model, sick_sicker, strategy, three_states

SMALL = results(three_states(draws=50))


def of(table: pl.DataFrame, strategy: str) -> pl.DataFrame:
    return table.filter(pl.col("strategy") == strategy)


@pytest.mark.parametrize("found", [SMALL, results(sick_sicker())])
def test_the_columns_of_a_trace_sum_to_the_totals(found: Results) -> None:
    """What is counted within each cycle is discounted already, the first line what is counted once."""
    table = as_csv.trace(found, is_practice=False)
    for at, one in enumerate(found.model.strategies):
        mine = of(table, one.name)
        assert mine["cost.cost"].sum() == pytest.approx(found.base.totals.cost[at, 0], rel=1e-12)
        assert mine["effect.effect"].sum() == pytest.approx(found.base.totals.effect[at, 0])
        assert mine["life_years"].sum() == pytest.approx(found.base.totals.life_years[at, 0])


def test_everybody_is_somewhere_in_every_line_of_a_trace() -> None:
    """From cycle 0 to the last."""
    table = as_csv.trace(SMALL, is_practice=False)
    shares = table.select(pl.sum_horizontal("state.well", "state.ill", "state.dead")).to_series()
    assert np.allclose(shares, 1)
    assert of(table, "usual")["cycle"].to_list() == list(range(21))
    assert of(table, "usual")["year"].to_list() == [float(n) for n in range(21)]


def test_what_is_counted_once_stands_at_the_beginning() -> None:
    """In the line of cycle 0, and nowhere else."""
    arm = strategy("a", {"well": {"well": COMPLEMENT}}, {"cost": amounts(at_start=7)})
    found = results(model(("well",), [arm, arm], start={"well": 1}, cycles=2))
    assert as_csv.trace(found, is_practice=False)["cost.cost"].to_list() == [7, 0, 0] * 2


def test_draws_have_a_line_each_with_their_values_and_totals() -> None:
    """The values are those the totals were computed from: a cost for a year moves with its own total."""
    table = as_csv.draws(SMALL, is_practice=False)
    assert table["draw"].to_list() == list(range(1, 51))
    assert SMALL.drawn is not None
    assert table["total.usual.cost"].to_list() == SMALL.drawn.cost[0].tolist()
    assert table["total.programme.effect.effect"].to_list() == SMALL.drawn.effects[1, 0].tolist()
    assert np.corrcoef(table["value.c2"], table["total.usual.cost"])[0, 1] > 0.3


def test_a_model_without_uncertainty_has_no_draws() -> None:
    """A heading, and no line."""
    table = as_csv.draws(results(sick_sicker()), is_practice=False)
    assert table.columns == ["draw", "practice"]
    assert table.height == 0


def test_names_that_are_alike_are_columns_apart() -> None:
    """A state called `year`, a cost called `life_years`, a strategy called `draw`."""
    arm = strategy(
        "draw",
        {"year": {"year": COMPLEMENT}},
        {"life_years": amounts({"year": 1}), "cycle": amounts()},
    )
    made = model(
        ("year",), [arm, arm], start={"year": 1}, costs=("life_years",), effects=("cycle",)
    )
    columns = as_csv.trace(results(made), is_practice=False).columns
    assert {"year", "state.year", "cost.life_years", "life_years", "effect.cycle", "cycle"} < {
        *columns
    }


def test_a_practice_study_is_said_in_every_line() -> None:
    """Of both tables: one line copied elsewhere still says it."""
    for table in (as_csv.trace, as_csv.draws):
        assert set(table(SMALL, is_practice=True)["practice"]) == {1}
        assert set(table(SMALL, is_practice=False)["practice"]) == {0}
