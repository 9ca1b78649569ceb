"""People divided by what they answered: the values of a column, or a condition that holds or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from export.estimating.askable import Askable, indicators_of, order_of
from export.estimating.cells import are_truths
from export.estimating.columns import (
    Column,
    Columns,
    Floats,
    Mask,
    Texts,
    column,
    evaluate,
    is_missing,
    label,
)
from export.estimating.wanted import BETWEEN
from surveys.expressions.tree import Child, Name, Tree
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """The classes people fall in, in order: for each, 1 where a row is of it, 0 where not, NaN where unknown.

    They are `exclusive`, and then everybody whose class is known is of one, but for the answers of a
    list of several.
    """

    names: tuple[str, ...]
    indicators: tuple[Floats, ...]
    exclusive: bool

    def counts(self, inside: Mask) -> NDArray[np.intp]:
        """Return how many rows of `inside` are of each class."""
        return np.array([np.sum(one[inside] == 1) for one in self.indicators], dtype=np.intp)

    @property
    def known(self) -> Mask:
        """The rows whose class is known."""
        return ~np.isnan(self.indicators[0])


def classes(tree: Tree, asked: Instrument | Askable, columns: Columns, rows: int) -> Classes:
    """Return the classes of a column with few values, or of a condition: 0 and 1.

    Those of a list that nobody is of are among them. Refusal for a number or a text.
    """
    if isinstance(tree, Name | Child):
        several = indicators_of(tree.name, asked)
        if several:
            found = [cast(Floats, column(columns, name)) for name in several.values()]
            return Classes(tuple(several), tuple(found), exclusive=False)
        order = order_of(tree.name, asked, columns)
        return of_values(column(columns, tree.name), order)
    values = evaluate(tree, columns, rows)
    if isinstance(values, Texts) or not are_truths(values[~np.isnan(values)]):
        raise Refusal(
            _(
                "share() and table() take a question with a list of answers, or a condition,"
                " as in share(days > 3)"
            )
        )
    return of_values(values, ("0", "1"))


def of_values(values: Column, order: tuple[str, ...]) -> Classes:
    """Return the classes of some values: those of the order given, then others, in order of value."""
    where = _where(values)
    names = (*order, *(name for name in where if name not in order))
    nobody = np.zeros(len(values))
    missing = is_missing(values)
    found = (where.get(name, nobody) for name in names)
    return Classes(names, tuple(np.where(missing, np.nan, one) for one in found), exclusive=True)


def _where(values: Column) -> dict[str, Floats]:
    """Return, for each value there is, in order, 1 where it is and 0 elsewhere."""
    if isinstance(values, Texts):
        used = np.unique(values.places[values.places >= 0]).tolist()
        known = sorted((values.values[at], at) for at in used)
        return {text: (values.places == at).astype(np.float64) for text, at in known}
    known_numbers = np.unique(values[~np.isnan(values)]).tolist()
    return {label(one) or "": (values == one).astype(np.float64) for one in known_numbers}


def crossed(by: tuple[str, ...], asked: Instrument | Askable, columns: Columns) -> Classes:
    """Return the groups of some columns crossed, those that hold nobody left out."""
    found = [of_values(column(columns, one), order_of(one, asked, columns)) for one in by]
    names, indicators = list(found[0].names), list(found[0].indicators)
    for other in found[1:]:
        pairs = [
            (f"{name}{BETWEEN}{added}", mine * theirs)
            for name, mine in zip(names, indicators, strict=True)
            for added, theirs in zip(other.names, other.indicators, strict=True)
        ]
        names, indicators = [name for name, _one in pairs], [one for _name, one in pairs]
    kept = [at for at, one in enumerate(indicators) if np.any(one == 1)]
    return Classes(
        tuple(names[at] for at in kept), tuple(indicators[at] for at in kept), exclusive=True
    )


def as_column(found: Classes) -> Texts:
    """Return the name of each row's class as a column of texts, missing where unknown."""
    places = np.full(len(found.known), -1, dtype=np.intp)
    for at, one in enumerate(found.indicators):
        places[one == 1] = at
    return Texts(places, found.names)
