"""The mathematics of a cohort model: where people are after each cycle, and what that costs and yields.

With m_c the shares of people in each state after c cycles and P_c the probabilities of cycle c,
m_c = m_(c−1) P_c. What is counted for a state is counted of those who are in it when a cycle begins and
when it ends, each half (half-cycle), or of those at its beginning (none). Discounting multiplies by
(1 + d)^−t, t in years. Sources: Briggs, Claxton and Sculpher (2006), chapter 2; Alarid-Escudero and
others, Medical Decision Making 2023;43:3–20.

Axes, in this order: cycles, states left, states entered, draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.modelling.formula import Floats, Formula, Values, evaluate
from export.modelling.model import Amounts, Correction, Discount, Model, Strategy

TOLERANCE = 1e-9  # of probabilities and of their sums: above it they are wrong, not rounded


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """What counts of each cycle for those there at its beginning and at its end, discounted (cycles)."""

    start: Floats
    end: Floats


def timing(cycles: int, length: float, correction: Correction, rate: float) -> Timing:
    """Return the weights of a correction, discounted at a rate a year."""
    worth: Floats = np.power(1 + rate, -length * np.arange(cycles + 1.0))
    if correction == "none":
        return Timing(worth[:-1], np.zeros(cycles))
    return Timing(worth[:-1] / 2, worth[1:] / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Timings:
    """The weights of costs and those of effects."""

    costs: Timing
    effects: Timing


def timings(model: Model, discount: Discount | None = None) -> Timings:
    """Return the weights of a model, at its own rates unless others are given."""
    rates = discount or model.discount
    costs, effects = (
        timing(model.cycles, model.length, model.correction, rate)
        for rate in (rates.costs, rates.effects)
    )
    return Timings(costs, effects)


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """One strategy, followed: the probabilities it was followed by (`steps`, as of `transitions`), its `trace`
    (cycles + 1, states, draws), and what is counted by outcome.

    `by_cycle` has what is counted within each cycle (cycles, draws), discounted as its timing says;
    `at_start` what is counted once when people begin (draws). `life_years` (cycles, draws) are lived,
    discounted as effects are.
    """

    steps: Floats
    trace: Floats
    by_cycle: Mapping[str, Floats]
    at_start: Mapping[str, Floats]
    life_years: Floats

    def total(self, outcome: str) -> Floats:
        """Return an outcome over the horizon (draws)."""
        found: Floats = self.by_cycle[outcome].sum(axis=0) + self.at_start[outcome]
        return found


def followed(model: Model, strategy: Strategy, values: Values, weights: Timings) -> Arm:
    """Return what becomes of a cohort under a strategy, for each draw of the values."""
    with np.errstate(all="ignore"):
        steps = transitions(model, strategy, values)
        where = trace(beginning(model, values), steps, model.cycles)
        costs, effects = (occupancy(where, one) for one in (weights.costs, weights.effects))
        by_cycle, at_start = {}, {}
        for outcome in model.outcomes:
            is_cost = outcome.kind == "cost"
            amounts = strategy.amounts[outcome.name]
            counted = in_states(model, amounts, costs if is_cost else effects, values)
            if amounts.per_transition:
                weight = weights.costs if is_cost else weights.effects
                counted = counted + in_changes(model, amounts, where, steps, weight, values)
            by_cycle[outcome.name] = counted
            once = amounts.at_start
            at_start[outcome.name] = evaluate(once.tree, values)[0] if once else np.zeros(1)
    alive = [at for at, state in enumerate(model.states) if not state.is_dead]
    return Arm(steps, where, by_cycle, at_start, effects[:, alive].sum(axis=1) * model.length)


def transitions(model: Model, strategy: Strategy, values: Values) -> Floats:
    """Return the probabilities (cycles or 1, states left, states entered, draws or 1), as they are written."""
    place = {state.name: at for at, state in enumerate(model.states)}
    found: dict[tuple[int, int], Floats] = {}
    for name, row in strategy.rows.items():
        given = {place[to]: evaluate(one.tree, values) for to, one in row.entries.items()}
        if row.complement:
            given[place[row.complement]] = 1 - sum(given.values(), np.zeros((1, 1)))
        found |= {(place[name], to): one for to, one in given.items()}
    cycles, draws = _shape(found.values())
    steps = np.zeros((cycles, len(place), len(place), draws))
    for (left, entered), value in found.items():
        steps[:, left, entered] = value
    return steps


def impossible(steps: Floats) -> NDArray[np.bool_]:
    """Return where probabilities are none, below 0 or do not sum to one (cycles or 1, states left, draws)."""
    is_positive = np.all(steps >= -TOLERANCE, axis=2)  # NaN is not
    is_whole = np.abs(np.sum(steps, axis=2) - 1) <= TOLERANCE
    found: NDArray[np.bool_] = np.logical_not(np.logical_and(is_positive, is_whole))
    return found


def beginning(model: Model, values: Values) -> Floats:
    """Return the shares of people in each state when they begin (states, draws or 1)."""
    given = {name: evaluate(one.tree, values)[:1] for name, one in model.start.items()}
    _cycles, draws = _shape(given.values())
    shares = np.zeros((len(model.states), draws))
    for at, state in enumerate(model.states):
        if state.name in given:
            shares[at] = given[state.name]
    return shares


def trace(start: Floats, steps: Floats, cycles: int) -> Floats:
    """Return the shares of people in each state after 0, 1, … cycles (cycles + 1, states, draws)."""
    draws = max(start.shape[1], steps.shape[3])
    where = np.empty((cycles + 1, len(start), draws))
    where[0] = start
    for cycle in range(cycles):
        step = steps[cycle if len(steps) > 1 else 0]
        np.einsum("in,ijn->jn", where[cycle], step, out=where[cycle + 1])
    return where


def occupancy(where: Floats, weights: Timing) -> Floats:
    """Return how much of each cycle counts for each state, discounted (cycles, states, draws)."""
    start, end = weights.start[:, None, None], weights.end[:, None, None]
    if not weights.end.any():
        return start * where[:-1]
    return start * where[:-1] + end * where[1:]


def in_states(model: Model, amounts: Amounts, spent: Floats, values: Values) -> Floats:
    """Return what is counted of those who are in states, by cycle (cycles, draws)."""
    counted = np.zeros((len(spent), 1))
    for at, state in enumerate(model.states):
        for some, length in ((amounts.per_year, model.length), (amounts.per_cycle, 1.0)):
            if state.name in some:
                amount = evaluate(some[state.name].tree, values)
                counted = counted + spent[:, at] * (amount * length)
    return counted


def in_changes(
    model: Model, amounts: Amounts, where: Floats, steps: Floats, weights: Timing, values: Values
) -> Floats:
    """Return what is counted of those who change state within a cycle, by cycle (cycles, draws)."""
    place = {state.name: at for at, state in enumerate(model.states)}
    within = (weights.start + weights.end)[:, None]
    counted = np.zeros((len(within), 1))
    for left, entered, amount in _changes(amounts):
        moved = where[:-1, place[left]] * steps[:, place[left], place[entered]]
        counted = counted + within * moved * evaluate(amount.tree, values)
    return counted


def _changes(amounts: Amounts) -> list[tuple[str, str, Formula]]:
    return [
        (left, entered, one)
        for left, some in amounts.per_transition.items()
        for entered, one in some.items()
    ]


def _shape(arrays: Iterable[Floats]) -> tuple[int, int]:
    shapes = [one.shape for one in arrays]
    found = np.broadcast_shapes((1, 1), *shapes)
    return found[0], found[1]
