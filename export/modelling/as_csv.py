"""A model's trace and draws as tables, to be looked at or analysed elsewhere.

Columns that a model names have a dot, and what they are before it: `cost.care` is no state called so.
Of what a practice study gave, `practice` is 1: these figures describe nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from export.modelling.cohort import Arm
from export.modelling.formula import Floats
from export.modelling.model import Model
from export.modelling.results import Results
from export.modelling.totals import Totals
from export.modelling.values import drawn


def trace(found: Results, *, is_practice: bool) -> pl.DataFrame:
    """Return where people of the base case are after each cycle, and what that cycle counts.

    A row for each strategy and cycle; cycle 0 is the beginning, `year` the time gone by when the cycle
    ends. `state.` are shares; `cost.`, `effect.` and `life_years` are of one person within the cycle,
    discounted: at cycle 0 what is counted once. A column of them sums to the total.
    """
    model = found.model
    parts = [
        pl.DataFrame({"strategy": one.name, **_cycles(model, arm)})
        for one, arm in zip(model.strategies, found.arms, strict=True)
    ]
    return _labelled(pl.concat(parts), is_practice=is_practice)


def _labelled(table: pl.DataFrame, *, is_practice: bool) -> pl.DataFrame:
    return table.with_columns(practice=pl.lit(int(is_practice)))


def _cycles(model: Model, arm: Arm) -> dict[str, NDArray[Any]]:
    cycles = np.arange(model.cycles + 1)
    columns: dict[str, NDArray[Any]] = {"cycle": cycles, "year": cycles * model.length}
    for at, state in enumerate(model.states):
        columns[f"state.{state.name}"] = arm.trace[:, at, 0]
    for outcome in model.outcomes:
        columns[f"{outcome.kind}.{outcome.name}"] = np.concatenate(
            [arm.at_start[outcome.name][:1], arm.by_cycle[outcome.name][:, 0]]
        )
    columns["life_years"] = np.concatenate([[0.0], arm.life_years[:, 0]])
    return columns


def draws(found: Results, *, is_practice: bool) -> pl.DataFrame:
    """Return a row for each draw: `value.` of each uncertain parameter, then the totals of each strategy.

    As `total.usual.cost`, `total.usual.cost.care`, `total.usual.effect.nights`, `total.usual.life_years`.
    No rows where nothing is uncertain.
    """
    model, totals = found.model, found.drawn
    if totals is None:
        return pl.DataFrame(schema={"draw": pl.Int64, "practice": pl.Int64})
    values = drawn(model, model.draws, model.seed)
    columns: dict[str, NDArray[Any]] = {"draw": np.arange(1, model.draws + 1)}
    for name, one in model.parameters.items():
        if one.distribution is not None:
            columns[f"value.{name}"] = values[name][0]
    for at, strategy in enumerate(model.strategies):
        for name, each in _totals(model, totals, at):
            columns[f"total.{strategy.name}.{name}"] = each
    return _labelled(pl.DataFrame(columns), is_practice=is_practice)


def _totals(model: Model, totals: Totals, at: int) -> Iterator[tuple[str, Floats]]:
    """Yield the totals of a strategy, by its place (draws)."""
    yield "cost", totals.cost[at]
    for place, outcome in enumerate(model.costs):
        yield f"cost.{outcome.name}", totals.costs[at, place]
    for place, outcome in enumerate(model.effects):
        yield f"effect.{outcome.name}", totals.effects[at, place]
    yield "life_years", totals.life_years[at]
