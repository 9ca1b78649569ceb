"""What strategies cost and yield over the horizon, for any number of values of the parameters at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from export.modelling.cohort import Arm, followed, impossible, timings
from export.modelling.formula import Floats, Values
from export.modelling.model import Model
from export.modelling.values import computed
from surveys.language import _
from surveys.problems import Refusal

_AT_ONCE = 1000  # draws: what they need stays in the processor's own memory
_ROOM = 4_000_000  # probabilities at once: of large models, fewer draws


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """What each strategy costs and yields over the horizon, for each draw.

    `costs` and `effects` (strategies, outcomes, draws) are in the order of the model; `life_years`
    (strategies, draws).
    """

    costs: Floats
    effects: Floats
    life_years: Floats

    @property
    def cost(self) -> Floats:
        """All costs together (strategies, draws)."""
        found: Floats = self.costs.sum(axis=1)
        return found

    @property
    def effect(self) -> Floats:
        """The effect that costs are set against (strategies, draws)."""
        return self.effects[:, 0]

    @property
    def cost_more(self) -> Floats:
        """What each costs more than the first (strategies, draws)."""
        cost = self.cost
        found: Floats = cost - cost[0]
        return found

    @property
    def effect_more(self) -> Floats:
        """What each yields more than the first (strategies, draws)."""
        found: Floats = self.effect - self.effect[0]
        return found


def totals(model: Model, values: Values, draws: int) -> Totals:
    """Return the totals for each draw of the values."""
    return _summed(model, _arms(model, values), draws)


def _arms(model: Model, values: Values) -> list[Arm]:
    weights = timings(model)
    return [followed(model, one, values, weights) for one in model.strategies]


def _summed(model: Model, arms: Sequence[Arm], draws: int) -> Totals:
    found = Totals(
        np.empty((len(model.strategies), len(model.costs), draws)),
        np.empty((len(model.strategies), len(model.effects), draws)),
        np.empty((len(model.strategies), draws)),
    )
    for at, arm in enumerate(arms):
        for into, outcomes in ((found.costs, model.costs), (found.effects, model.effects)):
            for place, outcome in enumerate(outcomes):
                into[at, place] = arm.total(outcome.name)
        found.life_years[at] = arm.life_years.sum(axis=0)
    return found


def followed_all(model: Model, given: Mapping[str, Floats], n: int) -> Totals:
    """Return the totals of n columns of values, of which those calculated are not given.

    Refusal where one of them makes probabilities, or totals, that cannot be.
    """
    some = []
    at_once = max(1, min(_AT_ONCE, _ROOM // (model.cycles * len(model.states) ** 2)))
    for first in range(0, n, at_once):
        last = min(first + at_once, n)
        part = computed(
            model,
            {name: one[:, first:last] if one.shape[1] > 1 else one for name, one in given.items()},
        )
        arms = _arms(model, part)
        with np.errstate(all="ignore"):
            _require_possible(model, arms)
        some.append(_summed(model, arms, last - first))
        if not all(np.isfinite(one).all() for one in _arrays(some[-1])):
            raise Refusal(
                _(
                    "with some values that parameters may have, costs or effects are no number; mind log(), "
                    "sqrt() and div"
                )
            )
    return Totals(*(np.concatenate(one, axis=-1) for one in zip(*map(_arrays, some), strict=True)))


def _arrays(one: Totals) -> tuple[Floats, Floats, Floats]:
    return one.costs, one.effects, one.life_years


def _require_possible(model: Model, arms: Sequence[Arm]) -> None:
    """Refuse what was followed by probabilities that are none, or of which a row does not sum to one."""
    for strategy, arm in zip(model.strategies, arms, strict=True):
        wrong = np.any(impossible(arm.steps), axis=(0, 2)).tolist()
        for state, is_wrong in zip(model.states, wrong, strict=True):
            if is_wrong:
                raise Refusal(
                    _(
                        "strategy “{strategy}”, state “{state}”: with some values that parameters may have, "
                        "probabilities are outside 0 to 1 or sum to more than one; draw what leaves one state "
                        "from one Dirichlet distribution, or write rates: probability(rate)"
                    ).format(strategy=strategy.name, state=state.name)
                )
    if impossible(arms[0].trace[:1][None]).any():
        raise Refusal(
            _(
                "start: with some values that parameters may have, shares are below 0 or do not sum to one; "
                "draw them from one Dirichlet distribution"
            )
        )
