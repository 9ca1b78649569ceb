"""Confidence intervals: for a proportion never p ± t·se (Wald), which covers too little.

An interval is exact (hypergeometric) for a simple random sample; otherwise it starts from the
estimate and its variance under the design. `level` is the coverage wanted, 0.95 by default; `df`
the degrees of freedom of the design.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, logit

from export.intervals import beta_limits, t_quantile

Method = Literal["hypergeometric", "beta", "logit", "wilson"]

# Under this share of p(1−p) a variance is rounding error: the sample shows no variation at all.
_ROUNDED = 1 + 1e-9  # of sums of probabilities
_NO_VARIANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits in the units of the estimate, and how they were found ('t': estimate ± t·se).

    Of a `census`, and of what is `known` from totals of the population, they are the estimate.
    """

    low: float
    high: float
    method: Method | Literal["t", "census", "known"]


def of_proportion(
    method: Literal["beta", "logit", "wilson"],
    p: float,
    variance: float,
    *,
    rows: int,
    df: int,
    level: float = 0.95,
    alone: float | None = None,
) -> Interval | None:
    """Return the interval of a proportion by `method`, or None without a degree of freedom.

    `rows` is the number of respondents, those who gave no answer to the item included (as R's
    svyciprop counts them). With p = 0 or 1, or no variance at all, the effective sample size is
    `alone` (`rows` unless given): who gave no answer tells nothing then. The limit at 0 or 1 is that
    value itself, the other is one-sided at (1 + level)/2.
    """
    if df < 1:
        return None
    n = effective_size(p, variance, rows if alone is None else alone)
    limits = _METHODS[method](p, n, rows, df, (1 - level) / 2)
    if p <= 0 or p >= 1:
        limits = beta_limits(p, n, rows, df, (1 - level) / 2)
    return Interval(*limits, method)


def of_mean(estimate: float, variance: float, df: int, level: float = 0.95) -> Interval | None:
    """Return estimate ± t·√variance, for a mean, a total or a ratio; None without df."""
    if df < 1:
        return None
    reach = t_quantile(df, (1 - level) / 2) * float(np.sqrt(variance))
    return Interval(estimate - reach, estimate + reach, "t")


def hypergeometric(k: int, n: int, population: int, level: float = 0.95) -> tuple[int, int]:
    """Return the fewest and the most people of `population` who may have a trait, exactly.

    `k` of `n` people drawn at random without replacement have it. Each tail holds (1 − level)/2.

    Source: Buonaccorsi (1987), A note on confidence intervals for proportions in finite
    populations, The American Statistician 41(3), 215–218: the two tests of a count, inverted.
    """
    if not 0 <= k <= n <= population or n < 1:
        raise ValueError("k of n drawn from a population of at least n")
    tail = (
        (1 - level) / 2 * _ROUNDED
    )  # one that is exactly this large rejects, as its sum has it or not
    least, most = k, population - (n - k)
    low = _first(least, most, lambda all_: 1 - _at_most(k - 1, n, all_, population) > tail)
    beyond = _first(least, most, lambda all_: _at_most(k, n, all_, population) <= tail, most + 1)
    return low, beyond - 1


def effective_size(p: float, variance: float, alone: float) -> float:
    """Return p(1−p)/variance, the size of the simple sample as precise as this; else `alone`."""
    spread = p * (1 - p)
    if spread <= 0 or variance <= _NO_VARIANCE * spread:
        return float(alone)
    return spread / variance


def logit_limits(p: float, n: float, rows: int, df: int, tail: float) -> tuple[float, float]:
    """Return expit(logit p ± t·se/(p(1−p))), for 0 < p < 1.

    Source: R's svyciprop(method="logit"); Korn and Graubard (1999), Analysis of Health Surveys.
    """
    if not 0 < p < 1:
        return p, p
    reach = t_quantile(df, tail) / float(np.sqrt(n * p * (1 - p)))
    return float(expit(logit(p) - reach)), float(expit(logit(p) + reach))


def wilson_limits(p: float, n: float, rows: int, df: int, tail: float) -> tuple[float, float]:
    """Return the score limits at the effective size, with the t quantile for the normal one.

    Source: Wilson (1927), JASA 22, 209–212; at the effective size as in Dean and Pagano (2015),
    Journal of Survey Statistics and Methodology 3(4), 484–503.
    """
    t2 = t_quantile(df, tail) ** 2
    middle = (p + t2 / (2 * n)) / (1 + t2 / n)
    reach = float(np.sqrt(t2 * (p * (1 - p) / n + t2 / (4 * n * n)))) / (1 + t2 / n)
    return middle - reach, middle + reach


_METHODS: dict[str, Callable[[float, float, int, int, float], tuple[float, float]]] = {
    "beta": beta_limits,
    "logit": logit_limits,
    "wilson": wilson_limits,
}


def _first(
    least: int, most: int, holds: Callable[[int], bool], otherwise: int | None = None
) -> int:
    """Return the first number of [least, most] that `holds`, which never stops holding after."""
    if not holds(most):
        return most if otherwise is None else otherwise
    while least < most:
        middle = (least + most) // 2
        if holds(middle):
            most = middle
        else:
            least = middle + 1
    return least


def _at_most(k: int, n: int, having: int, population: int) -> float:
    """Return P(X ≤ k) for X people having the trait among n drawn, `having` in the population."""
    x = np.arange(max(0, n - (population - having)), min(k, n, having) + 1)
    if not len(x):
        return 0.0
    logs = (
        _log_choose(having, x)
        + _log_choose(population - having, n - x)
        - _log_choose(population, np.asarray(n))
    )
    return min(1.0, float(np.exp(logs).sum()))


def _log_choose(n: int, k: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return log(n choose k)."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)
