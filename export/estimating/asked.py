"""What is asked of a study's respondents: expressions in, answers out, each kind by its own file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np

from export.estimating.accuracy import Variance
from export.estimating.askable import Askable
from export.estimating.bounds import Bounds, bounds
from export.estimating.change import Change, change
from export.estimating.classes import as_column, classes, crossed
from export.estimating.columns import Columns, Floats, Mask, evaluate
from export.estimating.crosstab import Crosstab, crosstab
from export.estimating.estimate import Estimates, estimate
from export.estimating.found import Answer, Parts, inside_groups
from export.estimating.intervals import Method
from export.estimating.left_out import protected
from export.estimating.shares import Shares, shares
from export.estimating.surveyed import Surveyed, surveyed
from export.estimating.wanted import LEVEL, Wanted, naming, wanted
from export.respondents.responses import Responses
from surveys.problems import Refusal

__all__ = ["Answer", "Parts", "answers", "estimate_rows"]


def estimate_rows(
    given: Responses,
    expressions: Sequence[str],
    by: Sequence[str] = (),
    *,
    level: float = LEVEL,
    method: Method | None = None,
    variance: Variance = "taylor",
) -> tuple[Answer, ...]:
    """Return the answers to some expressions, of everyone or within the groups of columns crossed."""
    known = Askable.of(given.found.instrument)
    asked = [
        wanted(known, text, by, level=level, method=method, variance=variance)
        for text in expressions
    ]
    return answers(surveyed(given), asked)


def answers(
    data: Surveyed, asked: Sequence[Wanted], *, with_bounds: bool = False
) -> tuple[Answer, ...]:
    """Return the answer to each thing asked, in order; a Refusal says which of several it is about.

    They are taken to be printed together: what would tell of a small cell beside the others is left out.
    """
    found = []
    for one in asked:
        try:
            found.append(_answer(data, one, with_bounds=with_bounds))
        except Refusal as refusal:
            raise (naming(one.estimand.text, refusal) if len(asked) > 1 else refusal) from None
    return protected(data, found)


def _answer(data: Surveyed, wanted: Wanted, *, with_bounds: bool) -> Answer:
    kind = wanted.estimand.kind
    found = _parts(data, wanted, _TABLES[kind]) if kind in _TABLES else _estimates(data, wanted)
    shown = with_bounds and not wanted.by
    return Answer(wanted, found, _bounds(data, wanted, found) if shown else {})


_TABLES: Mapping[
    str, Callable[[Surveyed, Wanted, str, Mask], Shares | Crosstab | Change | None]
] = {
    "share": shares,
    "table": crosstab,
    "change": change,
}


def _estimates(data: Surveyed, wanted: Wanted) -> Estimates:
    columns: Columns = data.columns
    order: tuple[str, ...] = ()
    if wanted.by:
        groups = crossed(wanted.by, data.askable, data.columns)
        order = groups.names
        columns = {**columns, wanted.column: as_column(groups)}
    return estimate(
        wanted.estimand,
        columns,
        data.design,
        by=wanted.column,
        order=order,
        method=wanted.method,
        level=wanted.level,
        threshold=data.threshold,
        variance=wanted.variance,
    )


def _parts(
    data: Surveyed,
    wanted: Wanted,
    made: Callable[[Surveyed, Wanted, str, Mask], Shares | Crosstab | Change | None],
) -> Parts:
    inside_of = inside_groups(data, wanted)
    tables = [made(data, wanted, name, inside) for name, inside in inside_of.items()]
    classified = sum(int(np.sum(inside)) for inside in inside_of.values())
    return Parts(
        tuple(one for one in tables if one is not None),
        data.rows - classified,
        sum(one is None for one in tables),
    )


def _bounds(data: Surveyed, wanted: Wanted, found: Estimates | Parts) -> dict[str, Bounds]:
    """Return the bounds of the proportions that are shown; none where nothing was drawn."""
    if data.released is None:
        return {}
    tree, rows = wanted.estimand.arguments[0], data.rows
    shown: dict[str, Floats] = {}
    if isinstance(found, Estimates):
        if wanted.estimand.kind == "prop" and any(row.figures for row in found.rows):
            shown[""] = cast(Floats, evaluate(tree, data.columns, rows))
    elif wanted.estimand.kind == "share":
        of_list = classes(tree, data.askable, data.columns, rows)
        values = dict(zip(of_list.names, of_list.indicators, strict=True))
        for table in found.tables:
            if isinstance(table, Shares):
                shown |= {row.value: values[row.value] for row in table.rows if row.figures}
    return {name: bounds(one, data.base, data.released) for name, one in shown.items()}
