"""Who a figure is about: domains, and the cells that a figure would tell the size of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from export.estimating.columns import (
    Column,
    Columns,
    Floats,
    Mask,
    Places,
    Texts,
    column,
    evaluate,
    label,
)
from surveys.expressions.tree import Call, Child, Minus, Name, Operation, Tree, walk


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Those of a domain: `rows` are their rows in the design, all else is of these rows alone.

    `valid` have a value; `above` and `below` is what is added up, 0 where there is none;
    `is_indicator` when the values above are all 0 or 1. `conditions` are the parts of the
    expression that choose among people (`conditions`).
    """

    rows: Places
    valid: Mask
    above: Floats
    below: Floats
    is_indicator: bool
    conditions: tuple[Floats, ...]

    @property
    def is_of_one_value(self) -> bool:
        """Whether everybody who has a value has the same."""
        parts = (self.above[self.valid], self.below[self.valid])
        return all(bool(np.all(part == part[:1])) for part in parts)

    def least(self, *, is_sum: bool = True) -> int:
        """Return the respondents of the smallest cell that the figures would show, zeros aside.

        Where they are those of a sum, those who add something to it are a cell, and so are those of each
        value where there are two, or three made of conditions: with a mean its error tells how many.
        """
        parts = (self.above[self.valid], self.below[self.valid])
        counts = [int(np.sum(part)) for part in parts if are_truths(part)]
        if len(counts) == 2:
            counts.append(abs(counts[0] - counts[1]))
        for condition in self.conditions:
            counts += [int(np.sum(condition[self.valid] == truth)) for truth in (0, 1)]
        if self.conditions or is_sum:
            counts += [int(np.count_nonzero(part)) for part in parts]
        for part in parts if is_sum else ():
            if not are_truths(part):
                counts += _of_each(part, 3 if self.conditions else 2)
        return min([count for count in (len(parts[0]), *counts) if count], default=0)

    def divisions(self, *, is_sum: bool = True) -> Iterator[Places]:
        """Yield how the rows divide into cells that the figures tell of: numbers of classes, -1 in none.

        Who adds something to a sum is none of them: a sum is the same with and without the others.
        """
        are_counted = [are_truths(part[self.valid]) for part in (self.above, self.below)]
        if all(are_counted):
            yield self._labelled(self.above + 2 * self.below)
        for part, is_counted in zip((self.above, self.below), are_counted, strict=True):
            if is_counted:
                if not all(are_counted):
                    yield self._labelled(part)
            elif is_sum and (values := _different(part[self.valid], 3 if self.conditions else 2)):
                yield self._labelled(np.searchsorted(np.sort(values), part))
        for condition in self.conditions:
            yield self._labelled(condition)

    def _labelled(self, values: Floats | Mask | Places) -> Places:
        known = np.where(self.valid, values, -1)
        return np.nan_to_num(known, nan=-1).astype(np.intp)


def _different(values: Floats, most: int) -> list[float]:
    """Return the different values; [] where there are more than `most`."""
    found: list[float] = []
    while len(values):
        if len(found) == most:
            return []
        found.append(float(values[0]))
        values = values[values != values[0]]
    return found


def _of_each(values: Floats, most: int) -> list[int]:
    """Return how many there are of each value; [] where there are more values than `most`."""
    counts: list[int] = []
    while len(values):
        if len(counts) == most:
            return []
        is_first = values == values[0]
        counts.append(int(np.sum(is_first)))
        values = values[~is_first]
    return counts


def are_truths(values: Floats) -> bool:
    """Whether all values are 0 or 1."""
    return bool(np.all((values == 0) | (values == 1)))


def conditions(tree: Tree, columns: Columns, answered: Mask) -> Iterator[Floats]:
    """Yield the values of each part of an expression that is 0 or 1 for all who answered.

    Such a part says who counts, as the condition of `if` does. Of parts within parts the outermost
    counts alone: groups that are joined by `or` may be small each.
    """
    if not reads_columns(tree):
        return
    values = evaluate(tree, columns, len(answered))
    if not isinstance(values, Texts) and are_truths(values[answered & ~np.isnan(values)]):
        yield values
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
    columns: Columns, by: str, order: Sequence[str], rows: int
) -> Iterator[tuple[str, Places]]:
    """Yield each value of the column in order, and the rows it is in; without a column, everyone."""
    if not by:
        yield "", np.arange(rows)
        return
    names, places = _coded(column(columns, by))
    position = {name: at for at, name in enumerate(order)}
    ends = np.cumsum(np.bincount(places + 1, minlength=len(names) + 1))
    # Few places in a narrow type are sorted in one pass over the rows.
    narrow = np.int16 if len(names) < 2**15 else np.intp
    sorted_rows = np.argsort(places.astype(narrow), kind="stable")
    for at in sorted(range(len(names)), key=lambda at: position.get(names[at], len(position))):
        if ends[at] < ends[at + 1]:
            yield names[at], sorted_rows[ends[at] : ends[at + 1]]


def _coded(values: Column) -> tuple[tuple[str, ...], Places]:
    """Return the different values of a column in order, and the place of each row's, -1 missing."""
    if isinstance(values, Texts):
        order = sorted(range(len(values.values)), key=values.values.__getitem__)
        place = np.append(np.argsort(order), -1)
        return tuple(values.values[at] for at in order), place[values.places]
    different, places = np.unique(values, return_inverse=True)  # NaN is one, and the last
    different = different[~np.isnan(different)]
    names = tuple(label(value) or "" for value in different.tolist())
    return names, np.where(places < len(names), places, -1)


def reads_columns(tree: Tree) -> bool:
    """Whether anything in an expression is a column, so that it is not the same for everybody."""
    return any(isinstance(node, Name | Child) for node in walk(tree))
