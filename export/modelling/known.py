"""What is known of a model's numbers before it is run, and every formula that they come of, with its subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from export.modelling.formula import Floats, Formula, Values, clock, evaluate
from export.modelling.model import Amounts, Model, Row, Scenario
from export.modelling.sensitivity import under
from export.modelling.values import circles, order


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A model, and those values of it that are known and finite; `nowhere` are formulas that give none."""

    model: Model
    values: Values
    nowhere: tuple[tuple[str, Formula], ...]

    @classmethod
    def of(cls, model: Model, scenario: Scenario | None = None) -> Known:
        """Return the base case, or that of a scenario."""
        changed = scenario.values if scenario else {}
        model = under(model, scenario)
        values: dict[str, Floats] = dict(clock(model.cycles, model.length))
        turning = {name for circle in circles(model.parameters) for name in circle}
        parameters = {name: one for name, one in model.parameters.items() if name not in turning}
        nowhere = []
        for name in order(parameters):
            one = parameters[name]
            value = changed.get(name, one.value)
            if value is not None:
                values[name] = np.array([[value]])
            elif one.formula and (found := value_of(one.formula, values)) is not None:
                if np.isfinite(found).all():
                    values[name] = found
                else:
                    nowhere.append((f"parameters.{name}", one.formula))
        return cls(model, values, tuple(nowhere))

    def known(self, formula: Formula) -> Floats | None:
        """Return the value of a formula in each cycle (cycles or 1, 1); None where it is not known."""
        found = value_of(formula, self.values)
        return found if found is not None and np.isfinite(found).all() else None

    def rest(self, row: Row) -> Floats | None:
        """Return what the probabilities of a row leave; None where one of them is not known."""
        found: Floats = np.ones((1, 1))
        for one in row.entries.values():
            if (value := self.known(one)) is None:
                return None
            found = found - value
        return found


def value_of(formula: Formula, values: Values) -> Floats | None:
    """Return the value of a formula, NaN or infinite where it has none; None where it reads what is not known."""
    if any(name not in values for name in formula.names):
        return None
    with np.errstate(all="ignore"):
        return evaluate(formula.tree, values)


# --- formulas of a model --------------------------------------------------------------------------


def rows_of(model: Model) -> Iterator[tuple[str, Row]]:
    """Yield each row once, with its state; strategies share those they have in common."""
    seen: set[int] = set()
    for strategy in model.strategies:
        for state, row in strategy.rows.items():
            if id(row) not in seen:
                seen.add(id(row))
                yield state, row


def amounts_of(amounts: Amounts) -> Iterator[Formula]:
    """Yield the formulas of what is counted of one outcome."""
    yield from amounts.per_year.values()
    yield from amounts.per_cycle.values()
    for some in amounts.per_transition.values():
        yield from some.values()
    if amounts.at_start:
        yield amounts.at_start


def counted(model: Model, *, only_positive: bool = False) -> Iterator[tuple[str, Formula]]:
    """Yield the amounts of outcomes, each formula once, with its subject."""
    seen: set[int] = set()
    for outcome in model.outcomes:
        if only_positive and outcome.allows_negative:
            continue
        for strategy in model.strategies:
            for one in amounts_of(strategy.amounts[outcome.name]):
                if id(one) not in seen:
                    seen.add(id(one))
                    yield f"{outcome.kind}s.{outcome.name}", one


def placed(model: Model) -> Iterator[tuple[str, Formula]]:
    """Yield every formula but those of parameters, with its subject."""
    yield from (("start", one) for one in model.start.values())
    for state, row in rows_of(model):
        yield from ((f"transitions.{state}", one) for one in row.entries.values())
    yield from counted(model)
