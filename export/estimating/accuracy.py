"""From a cell to its figures: the estimate, its error, its interval, its design effect.

Every estimate here is a smooth function of a few weighted totals. So one formula serves for all: by
linearisation, its slopes turn the totals into one; by the jackknife, it is computed again from the
totals of each replicate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from export.estimating import intervals
from export.estimating.cells import Cell
from export.estimating.columns import Floats, Mask
from export.estimating.design import SurveyDesign, answering_variance, variance
from export.estimating.intervals import Interval, Method
from export.estimating.quantiles import quantiles
from export.estimating.replicates import jackknife
from export.intervals import t_quantile
from surveys.language import _
from surveys.problems import Refusal

# How the error of an estimate is found: by linearisation (Taylor), or from replicates (jackknife).
Variance = Literal["taylor", "jackknife"]


@dataclass(frozen=True, slots=True)
class People:
    """An estimated number of people of the population, with its interval."""

    number: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Figures:
    """An estimate with its standard error and interval.

    There is no interval without a degree of freedom (and then no standard error of a quantile), nor
    for what is known by design, as `total(1)`. What totals that the weights meet make known has the
    interval `known`: the estimate itself.
    `design_effect` is the variance over that of a simple random sample of the same size, None
    where that is 0 and for quantiles; `people` is given for a proportion only.
    """

    estimate: float
    standard_error: float | None
    interval: Interval | None
    df: int
    design_effect: float | None
    people: People | None


@dataclass(frozen=True, slots=True)
class Sample:
    """A design, how its errors and intervals are asked for, and what all its figures need of it.

    `whole` is the sum of the weights, `squares` that of their squares, `df` the degrees of freedom of
    all rows.
    """

    design: SurveyDesign
    method: Method | None
    level: float
    by: Variance
    whole: float
    squares: float
    df: int
    is_simple: bool
    is_census: bool
    is_sum_known: bool


@dataclass(frozen=True, slots=True)
class _Estimate:
    """An estimate and its variance, the values whose weighted total has it, and whether totals tell it."""

    value: float
    variance: float
    scores: Floats
    is_known: bool


@dataclass(frozen=True, slots=True)
class _Function:
    """An estimate as a function of totals (… × k), and its slopes at some totals (k)."""

    value: Callable[[Floats], Floats]
    slopes: Callable[[Floats], tuple[float, ...]]


_TOTAL = _Function(lambda t: t[..., 0], lambda _t: (1.0,))
_RATIO = _Function(lambda t: t[..., 0] / t[..., 1], lambda t: (1 / t[1], -t[0] / t[1] ** 2))
# Under this share of what it was before weights met totals, a variance is rounding error.
_ROUNDING = 1e-12
# A share of those with a value, times all the people of a domain.
_RAISED = _Function(
    lambda t: t[..., 0] / t[..., 1] * t[..., 2],
    lambda t: (t[2] / t[1], -t[0] * t[2] / t[1] ** 2, t[0] / t[1]),
)


def sample(
    design: SurveyDesign, method: Method | None, level: float, by: Variance = "taylor"
) -> Sample:
    """Return what the figures of a design need; `method` and `by` as for estimate()."""
    return Sample(
        design,
        method,
        level,
        by,
        float(np.sum(design.weights)),
        float(np.sum(design.weights**2)),
        design.degrees_of_freedom(np.arange(len(design.weights))),
        design.is_simple,
        design.is_census,
        design.is_sum_known,
    )


def ratio_figures(cell: Cell, given: Sample, *, is_known: bool = False) -> Figures:
    """Return the figures of Σwy/Σwx: a ratio, a mean (x = 1), a proportion (y of 0 and 1).

    What `is_known` by design has no interval. Refusal where Σwx is 0.
    """
    parts = np.stack([cell.above, cell.below], axis=1)
    if not np.sum(_weights(cell, given) * cell.below):
        raise Refusal(_("what the ratio divides by adds up to 0; choose another denominator"))
    return _figures(_RATIO, parts, cell, given, is_known=is_known, is_total=False)


def total_figures(cell: Cell, given: Sample, *, is_known: bool = False) -> Figures:
    """Return the figures of Σwy; of values 0 and 1, a number of people."""
    parts = cell.above[:, np.newaxis]
    return _figures(_TOTAL, parts, cell, given, is_known=is_known, is_total=True)


def quantile_figures(cell: Cell, order: float, given: Sample, *, is_known: bool = False) -> Figures:
    """Return the figures of the value that a share `order` of the people does not exceed.

    The interval of the share `order`, found as for any proportion of that size, is read off the
    values; the standard error is its length over 2t. Source: Woodruff (1952), JASA 47, 635–646.
    """
    x, w, design = cell.above[cell.valid], _weights(cell, given)[cell.valid], given.design
    value = float(quantiles(x, w, np.array([order]))[0])
    df = design.degrees_of_freedom(cell.rows)
    if is_known or _is_census(cell, given):
        census = None if is_known else Interval(value, value, "census")
        return Figures(value, 0.0, census, df, None, None)
    v = order * (1 - order) / _size_at(value, order, cell, given)
    found = _share_interval(order, v, len(cell.rows), df, given, _alone(cell, given))
    if found is None:
        return Figures(value, None, None, df, None, None)
    low, high = quantiles(x, w, np.array([found.low, found.high])).tolist()
    error = (high - low) / (2 * t_quantile(df, (1 - given.level) / 2))
    return Figures(value, error, Interval(low, high, found.method), df, None, None)


def _size_at(value: float, order: float, cell: Cell, given: Sample) -> float:
    """Return the effective sample size of the share that does not exceed a quantile.

    Where many have the same value that share is far from `order`, and so may be that of those below:
    the one that is nearer counts.
    """
    valid = cell.valid.astype(np.float64)

    def of(holds: Mask) -> tuple[float, float]:
        parts = np.stack([(cell.valid & holds).astype(np.float64), valid], axis=1)
        found = _estimated(_RATIO, parts, cell, given)
        return min(found.value, 1.0), found.variance

    # Shares as near as each other differ by rounding: the first is taken.
    either = of(cell.above <= value), of(cell.above < value)
    share, v = min(either, key=lambda one: round(abs(one[0] - order), 9))
    return intervals.effective_size(share, v, _alone(cell, given))


def _alone(cell: Cell, given: Sample) -> float:
    """Return n/(1 + CV²) of those with a value: what they tell where the sample shows no variance."""
    w = _weights(cell, given)[cell.valid]
    return float(np.sum(w)) ** 2 / float(np.sum(w**2))


def _figures(
    function: _Function,
    parts: Floats,
    cell: Cell,
    given: Sample,
    *,
    is_known: bool,
    is_total: bool,
) -> Figures:
    found = _estimated(function, parts, cell, given)
    value, v = found.value, found.variance
    df = given.design.degrees_of_freedom(cell.rows)
    if is_known:
        return Figures(value, v**0.5, None, df, None, None)
    people = None if is_total or not cell.is_indicator else _people(parts, cell, given)
    if found.is_known:
        return Figures(value, 0.0, Interval(value, value, "known"), df, None, people)
    if cell.is_indicator:
        make = _people_interval if is_total else _proportion_interval
        interval = make(value, v, df, cell, given)
    elif _is_census(cell, given):
        interval = Interval(value, value, "census")
    else:
        interval = intervals.of_mean(value, v, df, given.level)
    effect = _design_effect(v, found.scores, cell, given)
    return Figures(value, v**0.5, interval, df, effect, people)


def _is_census(cell: Cell, given: Sample) -> bool:
    """Whether everybody was drawn, and everybody of the cell gave an answer."""
    return given.is_census and bool(np.all(cell.valid))


def _estimated(function: _Function, parts: Floats, cell: Cell, given: Sample) -> _Estimate:
    """Return the estimate and its variance, missing answers counted as one more stage of sampling.

    Source: Woodruff (1971), JASA 66, 411–414; Särndal, Swensson and Wretman (1992), ch. 5. A
    replicate without anybody of a domain tells nothing: then the error is that of linearisation.
    What totals met by the weights tell leaves a variance of rounding where there was one before; but
    what everybody in the sample has, or nobody, shows none in any case.
    """
    rows = cell.rows
    # Not @: threads of linear algebra wait for each other over a few columns of many rows.
    totals = np.einsum("r,rk->k", given.design.weights[rows], parts)
    value, slopes = float(function.value(totals)), np.array(function.slopes(totals))
    scores = np.einsum("rk,k->r", parts, slopes)
    found = None
    if given.by == "jackknife":
        found = jackknife(given.design, parts, rows, function.value)
    if found is None:
        found = float(variance(given.design, scores[:, np.newaxis], rows)[0, 0])
    found = max(found, 0.0) + answering_variance(given.design, scores, rows, cell.valid)
    return _Estimate(value, found, scores, _is_met(found, scores, cell, given))


def _is_met(found: float, scores: Floats, cell: Cell, given: Sample) -> bool:
    """Whether a variance is rounding error because of the totals that the weights meet."""
    if not given.design.adjustments or cell.is_of_one_value:
        return False
    plain = replace(given.design, adjustments=())
    return found <= _ROUNDING * float(variance(plain, scores[:, np.newaxis], cell.rows)[0, 0])


def _weights(cell: Cell, given: Sample) -> Floats:
    return np.asarray(given.design.weights[cell.rows])


def _proportion_interval(p: float, v: float, df: int, cell: Cell, given: Sample) -> Interval | None:
    everyone = len(given.design.weights)
    is_exact = given.is_simple and int(np.sum(cell.valid)) == everyone
    if given.method == "hypergeometric" and not is_exact:
        raise Refusal(
            _(
                "an exact interval needs a simple random sample in which everyone has a value,"
                " and no domains; use beta"
            )
        )
    if given.method in (None, "hypergeometric") and is_exact:
        count = _counted(cell, given)
        n = float(given.design.stages[0].population[0])
        return Interval(count.low / n, count.high / n, count.method)
    if _is_census(cell, given):
        return Interval(p, p, "census")
    return _share_interval(p, v, len(cell.rows), df, given, _alone(cell, given))


def _people(parts: Floats, cell: Cell, given: Sample) -> People:
    """Return p × the people of the domain, those who gave no answer counted like those who did."""
    raised = np.column_stack([parts, np.ones(len(cell.rows))])
    found, df = _estimated(_RAISED, raised, cell, given), _df(cell, given)
    if found.is_known:
        return People(found.value, Interval(found.value, found.value, "known"))
    return People(found.value, _people_interval(found.value, found.variance, df, cell, given))


def _df(cell: Cell, given: Sample) -> int:
    return given.design.degrees_of_freedom(cell.rows)


def _people_interval(
    number: float, v: float, df: int, cell: Cell, given: Sample
) -> Interval | None:
    """Return the interval of a number of people: that of their share of the whole population.

    Where the whole is an estimate itself they may be more than it: then of twice as many. Where nobody
    of a domain has the trait, or everybody, it is that of the share, times the people of the domain, so
    that both say the same; how many the domain has may be an estimate too, and then counts as well.
    """
    if given.is_simple and given.method in (None, "hypergeometric") and np.all(cell.valid):
        return _counted(cell, given)
    of_whole = _of_whole(number, v, cell, given)
    if not cell.is_of_one_value:
        return of_whole
    size = number if number > 0 else float(np.sum(_weights(cell, given)))
    p = float(number > 0)
    share = _share_interval(p, 0.0, len(cell.rows), df, given, _alone(cell, given))
    if share is None or of_whole is None:
        return None
    least, most = share.low * size, share.high * size
    if p and v > _ROUNDING * size**2:
        least, most = min(least, of_whole.low), max(most, of_whole.high)
    return Interval(least, most, share.method)


def _of_whole(number: float, v: float, cell: Cell, given: Sample) -> Interval | None:
    whole, rows = given.whole, len(given.design.weights)
    unknown = _weights(cell, given)[~cell.valid]
    known = whole - float(np.sum(unknown)), given.squares - float(np.sum(unknown**2))
    alone = known[0] ** 2 / known[1]
    most = whole if number <= 0 or given.is_sum_known else 2 * whole
    if _is_census(cell, given):
        return Interval(number, number, "census")
    share = _share_interval(min(number / most, 1.0), v / most**2, rows, given.df, given, alone)
    return share and Interval(share.low * most, share.high * most, share.method)


def _counted(cell: Cell, given: Sample) -> Interval:
    """Return the exact interval of a count of people in a simple random sample."""
    n, population = len(given.design.weights), round(float(given.design.stages[0].population[0]))
    low, high = intervals.hypergeometric(int(np.sum(cell.above)), n, population, given.level)
    return Interval(low, high, "hypergeometric")


def _share_interval(
    p: float, v: float, rows: int, df: int, given: Sample, alone: float
) -> Interval | None:
    method = given.method
    if method is None or method == "hypergeometric":
        method = "beta"
    return intervals.of_proportion(method, p, v, rows=rows, df=df, level=given.level, alone=alone)


def _design_effect(v: float, scores: Floats, cell: Cell, given: Sample) -> float | None:
    """Return the variance over that of a simple random sample of as many, drawn without replacement.

    W² (1 − n/W)/n · s², with s² the weighted variance of the linearised values, W the sum of the
    weights. Source: Kish (1965), ch. 8; as R's survey with deff=TRUE.
    """
    w, z = _weights(cell, given)[cell.valid], scores[cell.valid]
    n, whole = len(w), float(np.sum(w))
    if n < 2 or whole <= n * (1 + 1e-9) or cell.is_of_one_value:
        return None
    s2 = float(np.sum(w * (z - np.sum(w * z) / whole) ** 2)) / whole * n / (n - 1)
    simple = whole**2 * (1 - n / whole) / n * s2
    return v / simple if simple > 0 else None
