"""The values of the parameters: of the base case, of one draw or ten thousand, or with some changed.

Draws of a parameter depend on the seed and on its name alone: strategies, scenarios and a model with one
parameter more share them (common random numbers).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.random import Generator, default_rng

from export.modelling import distributions
from export.modelling.formula import Floats, Values, clock, evaluate
from export.modelling.model import Model, Parameter


def order(parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
    """Return the names so that each comes after those it is calculated from; graphlib.CycleError if none."""
    reads = {
        name: [read for read in (one.formula.names if one.formula else ()) if read in parameters]
        for name, one in parameters.items()
    }
    return tuple(TopologicalSorter(reads).static_order())


def circles(parameters: Mapping[str, Parameter]) -> Iterator[tuple[str, ...]]:
    """Yield parameters that are calculated from themselves, in order; of circles that share one, one."""
    left = dict(parameters)
    while True:
        try:
            order(left)
        except CycleError as error:
            circle = tuple(error.args[1])[:-1]
            yield circle[::-1]
            left = {name: one for name, one in left.items() if name not in circle}
        else:
            return


def computed(model: Model, given: Mapping[str, Floats]) -> Values:
    """Return all values from those that are not calculated: arrays (cycles or 1, draws or 1)."""
    found = {**clock(model.cycles, model.length), **given}
    with np.errstate(all="ignore"):  # what has no number is NaN, and refused where it is used
        for name in order(model.parameters):
            calculated = model.parameters[name].formula
            if calculated and name not in given:
                found[name] = evaluate(calculated.tree, found)
    return found


def base(model: Model, changed: Mapping[str, float] | None = None) -> Values:
    """Return the values of the base case, with some changed; those calculated follow unless they are given.

    What a study has not yet given is NaN, and so is all that follows from it.
    """
    return computed(
        model, {name: np.array([[value]]) for name, value in _certain(model, changed or {})}
    )


def _certain(model: Model, changed: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for name, one in model.parameters.items():
        value = changed.get(name, one.value)
        if value is not None or one.formula is None:
            yield name, np.nan if value is None else value


def drawn(model: Model, n: int, seed: int) -> dict[str, Floats]:
    """Return n draws of what is uncertain (1, n) and the value of what is not (1, 1); nothing calculated."""
    found: dict[str, Floats] = {}
    wholes: dict[str, Floats] = {}
    for name, one in model.parameters.items():
        if one.distribution is not None:
            found[name] = distributions.draws(one.distribution, _chance(seed, name), n)[None, :]
            if one.group:
                wholes[one.group] = wholes.get(one.group, 0) + found[name]
        elif one.value is not None:
            found[name] = np.array([[one.value]])
    for name, one in model.parameters.items():
        if one.group and name in found:
            found[name] = found[name] / wholes[one.group]
    return found


def _chance(seed: int, name: str) -> Generator:
    told = hashlib.sha256(f"{seed}\n{name}".encode()).digest()
    return default_rng(int.from_bytes(told, "big"))


def one_by_one(model: Model, places: Mapping[str, tuple[float, ...]]) -> dict[str, Floats]:
    """Return values (1, n) that differ from the base case in one parameter each, in the order given.

    Where it is a member of a Dirichlet, the others of its group keep their proportions.
    """
    changes = [(name, value) for name, some in places.items() for value in some]
    found = {name: np.full((1, len(changes)), value) for name, value in _certain(model, {})}
    for at, (name, value) in enumerate(changes):
        was, group = model.parameters[name].value or 0.0, model.parameters[name].group
        for other, one in model.parameters.items():
            if group and one.group == group:
                found[other][0, at] *= (1 - value) / (1 - was)
        found[name][0, at] = value
    return found
