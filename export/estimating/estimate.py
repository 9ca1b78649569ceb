"""Estimates under a design: total, mean, proportion, ratio, quantile, for everyone or by domain.

An estimand is written in the questionnaire's own grammar: `prop(EXPR)`, `mean(EXPR)`,
`total(EXPR)`, `ratio(EXPR, EXPR)`, `median(EXPR)`, `quantile(EXPR, 0.25)`. The difference between
two items of the same people is a mean: `mean(after - before)`. A mean is the ratio of a total to a
number of people, a proportion the mean of a condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np

from export.estimating.accuracy import (
    Figures,
    Sample,
    Variance,
    quantile_figures,
    ratio_figures,
    sample,
    total_figures,
)
from export.estimating.cells import Cell, are_truths, conditions, domains, reads_columns
from export.estimating.columns import Columns, Floats, Places, Texts, evaluate
from export.estimating.design import SurveyDesign
from export.estimating.dominance import is_dominated
from export.estimating.intervals import Method
from surveys.expressions import ExpressionError, parse
from surveys.expressions.tree import Call, Child, Name, Number, Tree
from surveys.language import _
from surveys.problems import Refusal

Kind = Literal["prop", "mean", "total", "ratio", "median", "quantile", "share", "table", "change"]

_LARGEST = 1e100  # beyond it squares, and sums of them, have no number
_NEVER = 1e-6  # of an estimate: an error below is one of rounding
CELL = 11  # respondents: the least a published cell may count


@dataclass(frozen=True, slots=True)
class Estimand:
    """What is to be estimated, as written and as parsed; a ratio has two arguments.

    `order` is the share of people below a quantile, 0.5 for a median, 0 for everything else.
    """

    text: str
    kind: Kind
    arguments: tuple[Tree, ...]
    order: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """The estimate in one domain ('' = everyone).

    `respondents` gave a value, `missing` did not and are left out. A row of which a cell has too
    few respondents, or one respondent makes up nearly all of a sum, `is_small` and has no figures, and
    no counts if the whole row is that cell; so is one that would give such a cell away. A row
    `is_uniform` when all or none of its respondents have the trait, or all gave one number: it
    tells of each of them. The limits of a quantile's interval are numbers that people gave: with too
    few people beyond one, both are left out (`has_no_limits`), and the error with them.
    """

    domain: str
    respondents: int | None
    missing: int | None
    is_small: bool
    is_uniform: bool
    figures: Figures | None
    has_no_limits: bool = False


@dataclass(frozen=True, slots=True)
class Estimates:
    """The rows of one estimand; `unclassified` respondents have no value of the domain's column.

    `left_out` domains have too few respondents even to be named.
    """

    estimand: Estimand
    by: str
    level: float
    rows: tuple[Row, ...]
    unclassified: int
    left_out: int


def estimand(text: str) -> Estimand:
    """Return the estimand a text writes; Refusal says where it cannot be read."""
    try:
        tree = parse(text)
    except ExpressionError as error:
        raise Refusal(
            _("{text}, character {n}: {fact}; {remedy}").format(
                text=text, n=error.offset + 1, fact=error.fact, remedy=error.remedy
            )
        ) from None
    wanted = _ARGUMENTS.get(tree.function, 0) if isinstance(tree, Call) else 0
    if not isinstance(tree, Call) or len(tree.arguments) != wanted:
        raise Refusal(
            _(
                "{text}: write prop(A), mean(A), total(A), ratio(A, B), median(A), quantile(A, 0.25),"
                " share(A), table(A, B) or change(A, B)"
            ).format(text=text)
        )
    kind, arguments = cast(Kind, tree.function), tree.arguments
    if kind == "median":
        return Estimand(text, kind, arguments, 0.5)
    if kind == "quantile":
        return Estimand(text, kind, arguments[:1], _order(text, arguments[1]))
    return Estimand(text, kind, arguments)


_ARGUMENTS: Mapping[str, int] = {
    "prop": 1,
    "mean": 1,
    "total": 1,
    "ratio": 2,
    "median": 1,
    "quantile": 2,
    "share": 1,
    "table": 2,
    "change": 2,
}


def _order(text: str, tree: Tree) -> float:
    """Return the share a quantile is asked for."""
    if not isinstance(tree, Number) or not 0 < tree.value < 1:
        raise Refusal(
            _("{text}: a quantile takes a share between 0 and 1, as in quantile(A, 0.25)").format(
                text=text
            )
        )
    return tree.value


def estimate(
    wanted: Estimand,
    columns: Columns,
    design: SurveyDesign,
    *,
    by: str = "",
    order: Sequence[str] = (),
    method: Method | None = None,
    level: float = 0.95,
    threshold: int = CELL,
    variance: Variance = "taylor",
) -> Estimates:
    """Return the estimand for everyone, or in each domain of the column `by`.

    Columns have a value for each row of the design that is eligible, in its order. Domains come in
    the `order` given, then in order of value; those with fewer respondents than the threshold are
    counted, not named. `method` is that of intervals for proportions: by default exact
    (hypergeometric) when the design is a simple random sample and everyone in it has a value, else
    beta. ValueError for the kinds that are not one number: share, table, change.
    """
    if not 0 < level < 1:
        raise Refusal(_("the confidence level must be between 0 and 1; the usual one is 0.95"))
    if wanted.kind in ("share", "table", "change"):
        raise ValueError("a kind of several estimates")
    given, of_everyone = sample(design, method, level, variance), cell_of(wanted, columns, design)
    rows, classified = [], 0
    for name, inside in domains(columns, by, order, len(of_everyone.rows)):
        classified += len(inside)
        cell = of_everyone if not by else _within(of_everyone, inside)
        rows.append(_row(name, cell, wanted, given, by, threshold))
    named = tuple(row for row in rows if not by or row.respondents is not None)
    unclassified = len(of_everyone.rows) - classified
    return Estimates(wanted, by, level, named, unclassified, len(rows) - len(named))


def cell_of(wanted: Estimand, columns: Columns, design: SurveyDesign) -> Cell:
    """Return the cell of all that is eligible; Refusal for what the estimand cannot be of."""
    rows = design.people
    values = [_numeric(tree, columns, len(rows)) for tree in wanted.arguments]
    answered = np.all([~np.isnan(value) for value in values], axis=0)
    can_indicate = wanted.kind in ("prop", "mean", "total")
    is_indicator = can_indicate and are_truths(values[0][answered])
    if wanted.kind == "prop" and not is_indicator:
        (tree,) = wanted.arguments
        raise Refusal(
            _("prop() takes a condition, as in prop({name} > 0); use mean() for a number").format(
                name=tree.name if isinstance(tree, Name | Child) else "age"
            )
        )
    choosing = [part for tree in wanted.arguments for part in conditions(tree, columns, answered)]
    return Cell(
        rows,
        answered,
        np.where(answered, values[0], 0.0),
        np.where(answered, values[-1] if wanted.kind == "ratio" else 1.0, 0.0),
        is_indicator,
        tuple(choosing),
    )


def _within(cell: Cell, at: Places) -> Cell:
    """Return the part of a cell that is in some of its rows."""
    return Cell(
        cell.rows[at],
        cell.valid[at],
        cell.above[at],
        cell.below[at],
        cell.is_indicator,
        tuple(condition[at] for condition in cell.conditions),
    )


def _numeric(tree: Tree, columns: Columns, rows: int) -> Floats:
    values = evaluate(tree, columns, rows)
    if len(values) != rows:
        raise ValueError("columns have one row per eligible row of the design")
    if isinstance(values, Texts):
        raise Refusal(_("a text cannot be estimated; compare it, as in prop(sex = 'f')"))
    if np.any(np.abs(values) > _LARGEST):
        raise Refusal(_("the numbers of an estimate grow too large; use smaller ones"))
    return values


def _row(name: str, cell: Cell, wanted: Estimand, given: Sample, by: str, threshold: int) -> Row:
    n, least = int(np.sum(cell.valid)), max(threshold, 1)
    if n < least:
        return Row(name, None, None, cell.least() < least, False, None)
    is_constant = not any(reads_columns(tree) for tree in wanted.arguments)
    is_uniform = not is_constant and cell.is_of_one_value
    figures, smallest = None, cell.least(is_sum=not wanted.order)
    if smallest >= least and (least == 1 or not _is_of_one(cell, wanted, given)):
        is_known = is_constant and (
            wanted.kind != "total" or (not by and given.design.is_number_known)
        )
        figures = _figures(wanted, cell, given, is_known=is_known)
        if is_constant and wanted.kind == "total":
            figures = _known_number(figures, given)
    if figures is not None and wanted.order:
        smallest = _at_the_ends(cell, figures.estimate)
    missing = len(cell.rows) - n
    if figures is None or smallest < least:
        return Row(name, n, missing, True, is_uniform, None)
    if wanted.order and _tells_of_few(figures, cell, least):
        figures = replace(figures, standard_error=None, interval=None)
        return Row(name, n, missing, False, is_uniform, figures, has_no_limits=True)
    return Row(name, n, missing, False, is_uniform, figures)


def _is_of_one(cell: Cell, wanted: Estimand, given: Sample) -> bool:
    """Whether one respondent makes up nearly all of what is added up, above a line or below it."""
    if wanted.order:
        return False
    weights = given.design.weights[cell.rows[cell.valid]]
    return any(is_dominated(part[cell.valid], weights) for part in (cell.above, cell.below))


def _known_number(figures: Figures, given: Sample) -> Figures:
    """Return the figures of how many a group has, without an interval where they never vary."""
    error = figures.standard_error or 0.0
    if given.design.is_sum_known and error <= _NEVER * abs(figures.estimate):
        return replace(figures, interval=None, design_effect=None)
    return figures


def _tells_of_few(figures: Figures, cell: Cell, least: int) -> bool:
    """Whether fewer people than the least do not exceed a limit of a quantile, or are not below it."""
    found = figures.interval
    return found is not None and any(
        _at_the_ends(cell, limit) < least for limit in (found.low, found.high)
    )


def _figures(wanted: Estimand, cell: Cell, given: Sample, *, is_known: bool) -> Figures:
    match wanted.kind:
        case "total":
            return total_figures(cell, given, is_known=is_known)
        case "median" | "quantile":
            return quantile_figures(cell, wanted.order, given, is_known=is_known)
        case _:
            return ratio_figures(cell, given, is_known=is_known)


def _at_the_ends(cell: Cell, value: float) -> int:
    """Return how many do not exceed a quantile, or are not below it, whichever are fewer."""
    x = cell.above[cell.valid]
    return min(int(np.sum(x <= value)), int(np.sum(x >= value)))
