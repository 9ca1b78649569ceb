"""Who a figure is about: domains, and the cells that a figure would tell the size of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from export.estimating.columns import Floats, column, evaluate, is_missing, label
from surveys.expressions.tree import Call, Child, Minus, Name, Operation, Tree, walk

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """The rows of a domain, those that have a value, and what is added up above and below (0
    outside); `is_indicator` when the values above are all 0 or 1. `conditions` are the parts of the
    expression that choose among people (`conditions`)."""

    inside: Mask
    valid: Mask
    above: Floats
    below: Floats
    is_indicator: bool
    conditions: tuple[Floats, ...]

    def least(self) -> int:
        """Return the respondents of the smallest cell that the figures would show, zeros aside."""
        parts = (self.above[self.valid], self.below[self.valid])
        counts = [int(np.sum(part)) for part in parts if np.all(np.isin(part, (0, 1)))]
        if len(counts) == 2:
            counts.append(abs(counts[0] - counts[1]))
        for condition in self.conditions:
            counts += [int(np.sum(condition[self.valid] == truth)) for truth in (0, 1)]
        if self.conditions:
            counts += [int(np.count_nonzero(part)) for part in parts]
        return min([count for count in (len(parts[0]), *counts) if count], default=0)


def conditions(tree: Tree, columns: Mapping[str, NDArray[Any]], answered: Mask) -> Iterator[Floats]:
    """Yield the values of each part of an expression that is 0 or 1 for all who answered.

    Such a part says who counts, as the condition of `if` does. Of parts within parts the outermost
    counts alone: groups that are joined by `or` may be small each.
    """
    if not reads_columns(tree):
        return
    values = evaluate(tree, columns, len(answered))
    if values.dtype == np.float64:
        numbers = cast(Floats, values)
        if np.all(np.isin(numbers[answered & ~np.isnan(numbers)], (0, 1))):
            yield numbers
            return
    match tree:
        case Operation(first=first, rest=rest):
            parts = (first, *(operand for _operator, operand in rest))
        case Call(arguments=arguments):
            parts = arguments
        case Minus(operand=operand):
            parts = (operand,)
        case _:
            parts = ()
    for part in parts:
        yield from conditions(part, columns, answered)


def domains(
    columns: Mapping[str, NDArray[Any]], by: str, order: Sequence[str], rows: int
) -> Iterator[tuple[str, Mask]]:
    """Yield each value of the column in order, and where it is; without a column, everyone."""
    if not by:
        yield "", np.ones(rows, dtype=np.bool_)
        return
    values = column(columns, by)
    place = {name: at for at, name in enumerate(order)}
    present = sorted(set(values[~is_missing(values)].tolist()))
    for value in sorted(present, key=lambda value: place.get(label(value) or "", len(place))):
        yield label(value) or "", np.array(values == value, dtype=np.bool_)


def reads_columns(tree: Tree) -> bool:
    """Whether anything in an expression is a column, so that it is not the same for everybody."""
    return any(isinstance(node, Name | Child) for node in walk(tree))
