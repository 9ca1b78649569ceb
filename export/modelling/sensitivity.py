"""What the result hangs on: one parameter at a time, and the model under other choices (scenarios)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from export.modelling.comparison import difference
from export.modelling.distributions import interval
from export.modelling.model import Model, Scenario
from export.modelling.totals import Totals, followed_all, totals
from export.modelling.values import base, one_by_one


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

    @property
    def moves_cost(self) -> bool:
        """Whether the difference of costs moves by more than rounding."""
        return difference(self.cost_high, self.cost_low) != 0

    @property
    def moves(self) -> bool:
        """Whether it moves one of the differences by more than rounding."""
        return self.moves_cost or difference(self.effect_high, self.effect_low) != 0


def one_way(model: Model) -> list[Swing]:
    """Return what each uncertain parameter alone does to each strategy, what moves most first.

    Costs and effects are each taken as parts of the furthest that any of them moves. Refusal where an end
    makes probabilities that cannot be.
    """
    places = {
        name: interval(one.distribution)
        for name, one in model.parameters.items()
        if one.distribution is not None
    }
    if not places:
        return []
    found = followed_all(model, one_by_one(model, places), 2 * len(places))
    cost, effect = found.cost_more, found.effect_more
    swings = [
        Swing(
            name,
            strategy.name,
            *places[name],
            *map(float, cost[of, 2 * at : 2 * at + 2]),
            *map(float, effect[of, 2 * at : 2 * at + 2]),
        )
        for of, strategy in model.others
        for at, name in enumerate(places)
    ]
    widest = max(one.width for one in swings), max(one.effect_width for one in swings)
    return sorted(
        swings,
        key=lambda one: -max(_part(one.width, widest[0]), _part(one.effect_width, widest[1])),
    )


def _part(width: float, widest: float) -> float:
    return width / widest if widest else 0.0


def under(model: Model, scenario: Scenario | None) -> Model:
    """Return the model as a scenario has it, if there is one; its values stay to be given to `base`."""
    if scenario is None:
        return model
    return replace(
        model,
        discount=scenario.discount or model.discount,
        cycles=scenario.cycles or model.cycles,
        correction=scenario.correction or model.correction,
    )


def base_case(model: Model, scenario: Scenario | None = None) -> Totals:
    """Return the totals of the base case (one draw), under a scenario where one is given."""
    case = under(model, scenario)
    return totals(case, base(case, scenario.values if scenario else None), 1)
