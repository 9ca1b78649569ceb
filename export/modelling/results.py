"""Everything that is computed of a model, as values: tables, charts, JSON and CSV are made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.modelling.cohort import Arm, followed, timings
from export.modelling.comparison import Compared, compared
from export.modelling.formula import Floats
from export.modelling.model import Discount, Model, Scenario
from export.modelling.probabilistic import Curves, Totals, curves, grid, simulated
from export.modelling.sensitivity import (
    Budget,
    Swing,
    base_case,
    budget,
    offset,
    one_way,
    under,
)
from export.modelling.values import base


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The base case, or one scenario: totals of one draw, and the strategies compared."""

    scenario: Scenario | None
    model: Model
    totals: Totals
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """A model and what came of it.

    `values` are those of the first cycle, where they change with time.
    `arms` (one for each strategy) hold the trace of the base case and what is counted by cycle,
    discounted; `offset` (strategies − 1) is that of the base case, None without a programme. `drawn` are
    the totals of the draws and `curves` what follows from them: None where no parameter is uncertain.
    """

    model: Model
    values: dict[str, float]
    base: Case
    arms: tuple[Arm, ...]
    budget: Budget
    offset: Floats | None
    scenarios: tuple[Case, ...]
    swings: tuple[Swing, ...]
    drawn: Totals | None
    curves: Curves | None

    @property
    def drawn_offset(self) -> Floats | None:
        """The offset in each draw (strategies − 1, draws)."""
        return None if self.drawn is None else offset(self.model, self.drawn)


def results(model: Model) -> Results:
    """Return everything about a model whose values are all known; Refusal where draws cannot be."""
    values = base(model)
    arms = tuple(followed(model, one, values, timings(model)) for one in model.strategies)
    plain = [
        followed(model, one, values, timings(model, Discount(0.0, 0.0))) for one in model.strategies
    ]
    first = case(model)
    is_uncertain = any(one.distribution for one in model.parameters.values())
    found = simulated(model, model.draws, model.seed) if is_uncertain else None
    return Results(
        model=model,
        values={name: float(values[name][0, 0]) for name in model.parameters},
        base=first,
        arms=arms,
        budget=budget(
            model,
            [
                sum((one.by_cycle[each.name] for each in model.costs), np.zeros((1, 1)))
                for one in plain
            ],
            [sum((one.at_start[each.name] for each in model.costs), np.zeros(1)) for one in plain],
        ),
        offset=None if (of_base := offset(model, first.totals)) is None else of_base[:, 0],
        scenarios=tuple(case(model, one) for one in model.scenarios),
        swings=tuple(one_way(model)),
        drawn=found,
        curves=None if found is None else curves(found, grid(model)),
    )


def case(model: Model, scenario: Scenario | None = None) -> Case:
    """Return the base case, or a scenario of the model."""
    found = base_case(model, scenario)
    names = [one.name for one in model.strategies]
    ranked = compared(names, found.cost[:, 0].tolist(), found.effect[:, 0].tolist())
    return Case(scenario, under(model, scenario) if scenario else model, found, tuple(ranked))
