"""Which strategies are worth their cost: dominance, the efficient frontier, ratios of increments.

A strategy is dominated by one that costs no more and yields no less, and is better in one of the two; by
extension, where two others together, each for a part of the people, would yield more for the same cost.
Source: Drummond and others, Methods for the Economic Evaluation of Health Care Programmes (2015),
section 4.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from export.modelling.totals import Totals

Place = Literal["frontier", "dominated", "extendedly_dominated", "equal"]
Point = tuple[float, float]  # cost and effect
_SAME = 1e-9  # of the greater: below it two numbers differ by rounding alone


@dataclass(frozen=True, slots=True)
class Compared:
    """A strategy beside the others: its cost and effect, and its place among them.

    On the frontier `cost_more`, `effect_more` and their ratio, the `icer`, are against the strategy
    before it there, `against`: None of the cheapest. `equal` costs and yields what `against` does, which is
    listed before; it is as good as that. `dominated` costs no less than `against`, and yields no more.
    """

    name: str
    cost: float
    effect: float
    place: Place
    against: str = ""
    cost_more: float | None = None
    effect_more: float | None = None
    icer: float | None = None


def compared(
    names: Sequence[str], costs: Sequence[float], effects: Sequence[float]
) -> list[Compared]:
    """Return the strategies from the cheapest to the dearest, of equal cost the best first."""
    found = [Compared(*one, "frontier") for one in zip(names, costs, effects, strict=True)]
    found.sort(key=lambda one: (_rounded(one)[0], -_rounded(one)[1]))
    points = [_rounded(one) for one in found]
    rows: list[Compared] = []
    before: Compared | None = None
    for one, point, place in zip(found, points, _places(points), strict=True):
        row = replace(one, place=place)
        if place == "equal":
            row = replace(row, against=found[points.index(point)].name)
        elif place == "dominated":
            better_one = next(at for at, other in enumerate(points) if other[1] >= point[1])
            row = replace(row, against=found[better_one].name)
        elif place == "frontier":
            if before is not None:
                more, better = one.cost - before.cost, one.effect - before.effect
                row = Compared(*_named(one), place, before.name, more, better, more / better)
            before = row
        rows.append(row)
    return rows


def _named(one: Compared) -> tuple[str, float, float]:
    return one.name, one.cost, one.effect


def _rounded(one: Compared) -> Point:
    """Return cost and effect to twelve digits: what differs by rounding alone is a tie."""
    return float(f"{one.cost:.12g}"), float(f"{one.effect:.12g}")


def _places(ranked: Sequence[Point]) -> list[Place]:
    """Return the place of each strategy; they come from the cheapest, of equal cost the best first."""
    places: list[Place] = []
    best: float | None = None
    for at, (_cost, effect) in enumerate(ranked):
        if ranked[at] in ranked[:at]:
            places.append("equal")
        elif best is not None and effect <= best:
            places.append("dominated")
        else:
            places.append("frontier")
            best = effect
    edge: list[int] = []
    for at, place in enumerate(places):
        if place != "frontier":
            continue
        while len(edge) > 1 and _ratio(ranked, edge[-2], edge[-1]) > _ratio(ranked, edge[-1], at):
            places[edge.pop()] = "extendedly_dominated"
        edge.append(at)
    return places


def _ratio(ranked: Sequence[Point], low: int, high: int) -> float:
    return (ranked[high][0] - ranked[low][0]) / (ranked[high][1] - ranked[low][1])


# --- against the first ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class More:
    """What one strategy costs and yields more than the first."""

    cost: float
    effect: float

    @property
    def signs(self) -> tuple[int, int]:
        """Whether it costs and yields more (1), less (−1) or the same (0)."""
        return _sign(self.cost), _sign(self.effect)

    @property
    def ratio(self) -> float:
        """The cost of one more of the effect, or what is saved for one less; NaN elsewhere."""
        first, second = self.signs
        return self.cost / self.effect if first * second > 0 else math.nan


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def difference(value: float, of: float) -> float:
    """Return by how much a value is more than another; 0 where only rounding tells them apart."""
    more = value - of
    return 0.0 if abs(more) <= _SAME * max(abs(value), abs(of)) else more


def more(totals: Totals, at: int) -> More:
    """Return what a strategy, by its place, costs and yields more than the first in one draw."""
    costs, effects = totals.cost[:, 0].tolist(), totals.effect[:, 0].tolist()
    return More(difference(costs[at], costs[0]), difference(effects[at], effects[0]))
