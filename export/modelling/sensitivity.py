"""What the result hangs on: one parameter at a time, and the model under other choices (scenarios)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from export.modelling.distributions import quantile
from export.modelling.formula import Floats
from export.modelling.model import Model, Scenario
from export.modelling.probabilistic import Totals, followed_all, totals
from export.modelling.values import base, one_by_one

ENDS = (0.025, 0.975)  # of each parameter's distribution: its 95 % interval


@dataclass(frozen=True, slots=True)
class Swing:
    """A parameter at either end of its interval, and what strategy `strategy` then costs and yields more.

    Against the first strategy, the others as in the base case.
    """

    parameter: str
    strategy: str
    low: float
    high: float
    cost_low: float
    cost_high: float
    effect_low: float
    effect_high: float

    @property
    def width(self) -> float:
        """How far the difference of costs moves."""
        return abs(self.cost_high - self.cost_low)

    @property
    def effect_width(self) -> float:
        """How far the difference of effects moves."""
        return abs(self.effect_high - self.effect_low)


def one_way(model: Model) -> list[Swing]:
    """Return what each uncertain parameter alone does to each strategy, what moves most first.

    Costs and effects are each taken as parts of the furthest that any of them moves. Refusal where an end
    makes probabilities that cannot be.
    """
    places = {
        name: tuple(quantile(one.distribution, end) for end in ENDS)
        for name, one in model.parameters.items()
        if one.distribution is not None
    }
    if not places:
        return []
    found = followed_all(model, one_by_one(model, places), 2 * len(places))
    cost, effect = (one - one[0] for one in (found.cost, found.effect))
    swings = [
        Swing(
            name,
            strategy.name,
            *places[name],
            *map(float, cost[of, 2 * at : 2 * at + 2]),
            *map(float, effect[of, 2 * at : 2 * at + 2]),
        )
        for of, strategy in enumerate(model.strategies[1:], start=1)
        for at, name in enumerate(places)
    ]
    widest = max(one.width for one in swings), max(one.effect_width for one in swings)
    return sorted(
        swings,
        key=lambda one: -max(_part(one.width, widest[0]), _part(one.effect_width, widest[1])),
    )


def _part(width: float, widest: float) -> float:
    return width / widest if widest else 0.0


def under(model: Model, scenario: Scenario) -> Model:
    """Return the model as a scenario has it; its values stay to be given to `base`."""
    return replace(
        model,
        discount=scenario.discount or model.discount,
        cycles=scenario.cycles or model.cycles,
        correction=scenario.correction or model.correction,
    )


def base_case(model: Model, scenario: Scenario | None = None) -> Totals:
    """Return the totals of the base case (one draw), under a scenario where one is given."""
    if scenario is None:
        return totals(model, base(model), 1)
    other = under(model, scenario)
    return totals(other, base(other, scenario.values), 1)


@dataclass(frozen=True, slots=True, eq=False)
class Budget:
    """What a cohort costs in each year, not discounted: (strategies, years), and the years' numbers."""

    years: tuple[int, ...]
    costs: Floats


def budget(model: Model, by_cycle: Iterable[Floats], at_start: Iterable[Floats]) -> Budget:
    """Return the budget of the model's cohort from the costs of one person by cycle, and at the start.

    A cycle that begins in one year and ends in the next is divided between them.
    """
    last = int(np.ceil(model.years - 1e-9))
    edges = model.length * np.arange(model.cycles + 1)
    share = np.array(
        [
            np.clip(np.minimum(edges[1:], year + 1) - np.maximum(edges[:-1], year), 0, None)
            for year in range(last)
        ]
    )
    share /= share.sum(axis=0)
    costs = np.array([share @ one[:, 0] for one in by_cycle])
    costs[:, 0] += [float(one[0]) for one in at_start]
    return Budget(tuple(range(1, last + 1)), costs * model.cohort)


def offset(model: Model, found: Totals) -> Floats | None:
    """Return what part of the programme's cost other costs make up for (strategies − 1, draws).

    Against the first strategy: what is saved elsewhere over what the programme costs more. NaN where the
    programme costs nothing more; None where the model names no cost of a programme.
    """
    is_programme = np.array([one.is_programme for one in model.costs])
    if not is_programme.any():
        return None
    more = found.costs[1:] - found.costs[:1]
    spent, saved = more[:, is_programme].sum(axis=1), -more[:, ~is_programme].sum(axis=1)
    with np.errstate(all="ignore"):
        return np.where(spent > 0, saved / spent, np.nan)
