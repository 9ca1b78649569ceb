"""Estimates under a design: total, mean, proportion and ratio, for everyone or by domain.

An estimand is written in the questionnaire's own grammar: `prop(EXPR)`, `mean(EXPR)`,
`total(EXPR)`, `ratio(EXPR, EXPR)`. The difference between two items of the same people is a mean:
`mean(after - before)`. A mean is the ratio of a total to a number of people, a proportion the mean
of a condition; so one linearisation serves all four.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from export.estimating import intervals
from export.estimating.cells import Cell, Mask, conditions, domains, reads_columns
from export.estimating.columns import Floats, evaluate
from export.estimating.design import SurveyDesign, variance
from export.estimating.intervals import Interval, Method
from surveys.expressions import ExpressionError, parse
from surveys.expressions.tree import Call, Tree
from surveys.language import _
from surveys.problems import Refusal

Kind = Literal["prop", "mean", "total", "ratio"]

CELL = 11  # respondents: the least a published cell may count


@dataclass(frozen=True, slots=True)
class Estimand:
    """What is to be estimated, as written and as parsed; a ratio has two arguments."""

    text: str
    kind: Kind
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class People:
    """An estimated number of people of the population, with its interval."""

    number: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Figures:
    """An estimate with its standard error and interval.

    There is no interval without a degree of freedom, nor for what is known by design, as `total(1)`.
    `design_effect` is the variance over that of a simple random sample of the same size, None
    where that is 0; `people` is given for a proportion only.
    """

    estimate: float
    standard_error: float
    interval: Interval | None
    df: int
    design_effect: float | None
    people: People | None


@dataclass(frozen=True, slots=True)
class Row:
    """The estimate in one domain ('' = everyone).

    `respondents` gave a value, `missing` did not and are left out. A row of which a cell has too
    few respondents `is_small` and has no figures, and no counts if the whole row is that cell. A
    row `is_uniform` when all or none of its respondents have the trait: it tells of each of them.
    """

    domain: str
    respondents: int | None
    missing: int | None
    is_small: bool
    is_uniform: bool
    figures: Figures | None


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


@dataclass(frozen=True, slots=True)
class _Settings:
    kind: Kind
    method: Method | None
    level: float
    threshold: int
    is_constant: bool  # the expression reads no column
    is_known: bool  # and so its value is no estimate but the design's


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
            _("{text}: write prop(A), mean(A), total(A) or ratio(A, B)").format(text=text)
        )
    return Estimand(text, cast(Kind, tree.function), tree.arguments)


_ARGUMENTS: Mapping[str, int] = {"prop": 1, "mean": 1, "total": 1, "ratio": 2}


def estimate(
    wanted: Estimand,
    columns: Mapping[str, NDArray[Any]],
    design: SurveyDesign,
    *,
    by: str = "",
    order: Sequence[str] = (),
    method: Method | None = None,
    level: float = 0.95,
    threshold: int = CELL,
) -> Estimates:
    """Return the estimand for everyone, or in each domain of the column `by`.

    Domains come in the `order` given, then in order of value; those with fewer respondents than the
    threshold are counted, not named.
    `method` is that of intervals for proportions: by default exact (hypergeometric) when the
    design is a simple random sample and everyone in it has a value, else beta.
    """
    if not 0 < level < 1:
        raise Refusal(_("the confidence level must be between 0 and 1; the usual one is 0.95"))
    values = [_numeric(tree, columns, design) for tree in wanted.arguments]
    answered = np.all([~np.isnan(value) for value in values], axis=0)
    is_indicator = bool(np.all(np.isin(values[0][answered], (0, 1)))) and wanted.kind != "ratio"
    if wanted.kind == "prop" and not is_indicator:
        raise Refusal(_("prop() takes a condition, as in prop(age > 15); use mean() for a number"))
    is_constant = not any(reads_columns(tree) for tree in wanted.arguments)
    is_known = is_constant and (wanted.kind != "total" or not by)
    settings = _Settings(wanted.kind, method, level, threshold, is_constant, is_known)
    choosing = tuple(
        condition for tree in wanted.arguments for condition in conditions(tree, columns, answered)
    )
    inside_of = dict(domains(columns, by, order, len(design.weights)))
    rows = []
    for name, inside in inside_of.items():
        valid = inside & answered
        above = np.where(valid, values[0], 0.0)
        below = np.where(valid, values[1] if wanted.kind == "ratio" else 1.0, 0.0)
        cell = Cell(inside, valid, above, below, is_indicator, choosing)
        rows.append(_row(name, cell, design, settings))
    classified = sum(int(np.sum(inside)) for inside in inside_of.values())
    named = tuple(row for row in rows if not by or row.respondents is not None)
    unclassified = len(design.weights) - classified
    return Estimates(wanted, by, level, named, unclassified, len(rows) - len(named))


def _numeric(tree: Tree, columns: Mapping[str, NDArray[Any]], design: SurveyDesign) -> Floats:
    values = evaluate(tree, columns, len(design.weights))
    if len(values) != len(design.weights):
        raise ValueError("columns and design have one row per respondent")
    if values.dtype != np.float64:
        raise Refusal(_("a text cannot be estimated; compare it, as in prop(sex = 'f')"))
    return cast(Floats, values)


def _row(name: str, cell: Cell, design: SurveyDesign, settings: _Settings) -> Row:
    n = int(np.sum(cell.valid))
    is_small = cell.least() < max(settings.threshold, 1)
    if n < max(settings.threshold, 1):
        return Row(name, None, None, is_small, False, None)
    missing = int(np.sum(cell.inside)) - n
    is_indicator = cell.is_indicator and not settings.is_constant
    is_uniform = is_indicator and int(np.sum(cell.above)) in (0, n)
    figures = None if is_small else _figures(cell, design, settings)
    return Row(name, n, missing, is_small, is_uniform, figures)


def _figures(cell: Cell, design: SurveyDesign, settings: _Settings) -> Figures:
    value, scores = _linearised(cell, design, settings.kind)
    v = float(variance(design, scores[:, np.newaxis])[0, 0])
    df = design.degrees_of_freedom(cell.inside)
    if settings.is_known:
        return Figures(value, v**0.5, None, df, None, None)
    interval, people = intervals.of_mean(value, v, df, settings.level), None
    if cell.is_indicator and settings.kind == "total":
        interval = _people_interval(value, scores, cell, design, settings)
    elif cell.is_indicator:
        interval = _proportion_interval(value, v, cell, design, settings)
        people = _people(value, scores, cell, design, settings)
    elif design.is_census:
        interval = Interval(value, value, "census")
    effect = _design_effect(v, scores, cell, design)
    return Figures(value, v**0.5, interval, df, effect, people)


def _linearised(cell: Cell, design: SurveyDesign, kind: Kind) -> tuple[float, Floats]:
    """Return the estimate and the values whose weighted total has its variance.

    A total Σwy is its own; a ratio R = Σwy/Σwx has (y − Rx)/Σwx.
    Source: Woodruff (1971), JASA 66, 411–414; Särndal, Swensson and Wretman (1992), ch. 5.
    """
    above = float(np.sum(design.weights * cell.above))
    if kind == "total":
        return above, cell.above
    below = float(np.sum(design.weights * cell.below))
    if below == 0:
        raise Refusal(_("what the ratio divides by adds up to 0; choose another denominator"))
    return above / below, (cell.above - above / below * cell.below) / below


def _proportion_interval(
    p: float, v: float, cell: Cell, design: SurveyDesign, settings: _Settings
) -> Interval | None:
    is_exact = design.is_simple and bool(np.all(cell.valid))
    if settings.method == "hypergeometric" and not is_exact:
        raise Refusal(
            _(
                "an exact interval needs a simple random sample in which everyone has a value,"
                " and no domains; use beta"
            )
        )
    if settings.method in (None, "hypergeometric") and is_exact:
        count = _counted(cell, design, settings)
        n = float(design.stages[0].population[0])
        return Interval(count.low / n, count.high / n, count.method)
    return _interval(p, v, cell.inside, design, settings)


def _people(
    p: float, scores: Floats, cell: Cell, design: SurveyDesign, settings: _Settings
) -> People:
    """Return p × the people of the domain, those who gave no answer counted like those who did."""
    size = float(np.sum(design.weights * cell.inside))
    raised = size * scores + p * cell.inside
    return People(p * size, _people_interval(p * size, raised, cell, design, settings))


def _people_interval(
    number: float, scores: Floats, cell: Cell, design: SurveyDesign, settings: _Settings
) -> Interval | None:
    """Return the interval of a number of people: that of their share of the whole population."""
    is_counted = design.is_simple and bool(np.all(cell.valid == cell.inside))
    if settings.method in (None, "hypergeometric") and is_counted:
        return _counted(cell, design, settings)
    whole = float(np.sum(design.weights))
    v = float(variance(design, scores[:, np.newaxis])[0, 0]) / whole**2
    everyone = np.ones(len(design.weights), dtype=np.bool_)
    share = _interval(min(number / whole, 1.0), v, everyone, design, settings)
    return share and Interval(share.low * whole, share.high * whole, share.method)


def _counted(cell: Cell, design: SurveyDesign, settings: _Settings) -> Interval:
    """Return the exact interval of a count of people in a simple random sample."""
    n, population = len(design.weights), round(float(design.stages[0].population[0]))
    low, high = intervals.hypergeometric(int(np.sum(cell.above)), n, population, settings.level)
    return Interval(low, high, "hypergeometric")


def _interval(
    p: float, v: float, rows: Mask, design: SurveyDesign, settings: _Settings
) -> Interval | None:
    if design.is_census:
        return Interval(p, p, "census")
    method = settings.method
    if method is None or method == "hypergeometric":
        method = "beta"
    df, n = design.degrees_of_freedom(rows), int(np.sum(rows))
    return intervals.of_proportion(method, p, v, rows=n, df=df, level=settings.level)


def _design_effect(v: float, scores: Floats, cell: Cell, design: SurveyDesign) -> float | None:
    """Return the variance over that of a simple random sample of as many, drawn without replacement.

    W² (1 − n/W)/n · s², with s² the weighted variance of the linearised values, W the sum of the
    weights. Source: Kish (1965), ch. 8; as R's survey with deff=TRUE.
    """
    w, z = design.weights[cell.valid], scores[cell.valid]
    n, whole = len(w), float(np.sum(w))
    if n < 2 or whole <= n * (1 + 1e-9):
        return None
    s2 = float(np.sum(w * (z - np.sum(w * z) / whole) ** 2)) / whole * n / (n - 1)
    simple = whole**2 * (1 - n / whole) / n * s2
    return v / simple if simple > 0 else None
