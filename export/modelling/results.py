"""Everything that is computed of a model, as values: tables, charts, JSON and CSV are made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.modelling.budget import Budget, budget, offset
from export.modelling.checks import require_right
from export.modelling.cohort import Arm, followed, timings
from export.modelling.comparison import Compared, compared
from export.modelling.formula import Floats, Values
from export.modelling.model import Discount, Model, Scenario
from export.modelling.probabilistic import Curves, curves, grid, simulated
from export.modelling.sensitivity import Swing, base_case, one_way, under
from export.modelling.totals import Totals
from export.modelling.values import base


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The base case, or one scenario: totals of one draw, and the strategies compared."""

    scenario: Scenario | None
    model: Model
    totals: Totals
    compared: tuple[Compared, ...]

    def ranked(self, at: int) -> Compared:
        """Return a strategy, by its place in the model, as it was compared."""
        name = self.model.strategies[at].name
        return next(one for one in self.compared if one.name == name)


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
    """Return everything about a model whose values are all known; Refusal where it, or a draw, cannot be."""
    require_right(model)  # a study's values can make wrong what was right without them
    values, first = base(model), case(model)
    part = offset(model, first.totals)
    is_uncertain = any(one.distribution for one in model.parameters.values())
    found = simulated(model, model.draws, model.seed) if is_uncertain else None
    return Results(
        model=model,
        values={name: float(values[name][0, 0]) for name in model.parameters},
        base=first,
        arms=tuple(followed(model, one, values, timings(model)) for one in model.strategies),
        budget=_budget(model, values),
        offset=None if part is None else part[:, 0],
        scenarios=tuple(case(model, one) for one in model.scenarios),
        swings=tuple(one_way(model)),
        drawn=found,
        curves=None if found is None else curves(found, grid(model)),
    )


def _budget(model: Model, values: Values) -> Budget:
    weights = timings(model, Discount(0.0, 0.0))
    arms = [followed(model, one, values, weights) for one in model.strategies]
    names = [one.name for one in model.costs]
    return budget(
        model,
        [sum((arm.by_cycle[name] for name in names), np.zeros((1, 1))) for arm in arms],
        [sum((arm.at_start[name] for name in names), np.zeros(1)) for arm in arms],
    )


def case(model: Model, scenario: Scenario | None = None) -> Case:
    """Return the base case, or a scenario of the model."""
    found = base_case(model, scenario)
    names = [one.name for one in model.strategies]
    ranked = compared(names, found.cost[:, 0].tolist(), found.effect[:, 0].tolist())
    return Case(scenario, under(model, scenario), found, tuple(ranked))
