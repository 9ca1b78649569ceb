"""Tests: whether two answers go together, and whether one changed; each under the design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import bdtr, fdtrc, stdtr

from export.estimating.columns import Floats


@dataclass(frozen=True, slots=True)
class Significance:
    """A test of a hypothesis: its statistic, degrees of freedom and p-value.

    `rao_scott`: F with two degrees of freedom, not whole. `paired_t`: t with one. `mcnemar_exact`: the
    statistic is the smaller of the two numbers of people who changed, and there are none.
    """

    name: Literal["rao_scott", "paired_t", "mcnemar_exact"]
    statistic: float
    df: tuple[float, ...]
    p: float


def rao_scott(shares: Floats, covariance: Floats, df: int) -> Significance | None:
    """Return the test that the rows of a table are independent of its columns.

    `shares` (r × c) are the estimated proportions of all, adding up to 1, `covariance` (rc × rc) that of
    their row by row reading under the design, `df` the degrees of freedom of the design. With Δ the matrix of
    generalised design effects and ν = df: F = X²/tr Δ, referred to F(d, dν) with d = (tr Δ)²/tr Δ².
    None where it says nothing: one row or column, no degree of freedom, no variance.

    Source: Rao and Scott (1984), Annals of Statistics 12, 46–60; the second-order correction of
    Thomas and Rao (1987), JASA 82, 630–636; as R's svychisq(statistic = "F").
    """
    rows, columns = shares.shape
    if rows < 2 or columns < 2 or df < 1:
        return None
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    pearson = float(np.sum((shares - expected) ** 2 / expected))
    p = shares.ravel()
    inverse = np.diag(np.where(p > 0, 1 / np.where(p > 0, p, 1), 0.0))
    contrasts = _interactions(rows, columns)
    simple = contrasts.T @ inverse @ contrasts
    actual = contrasts.T @ inverse @ covariance @ inverse @ contrasts
    try:
        effects = np.linalg.solve(simple, actual)
    except np.linalg.LinAlgError:  # so many cells of nobody that nothing is left to compare
        return None
    trace, squares = float(np.trace(effects)), float(np.trace(effects @ effects))
    if not trace > 0 or not squares > 0:
        return None
    d = trace**2 / squares
    statistic = pearson / trace
    return Significance("rao_scott", statistic, (d, d * df), float(fdtrc(d, d * df, statistic)))


def _interactions(rows: int, columns: int) -> Floats:
    """Return contrasts of the cells (rc × (r−1)(c−1)) that no effect of rows or columns explains."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    main = np.column_stack(
        [row == at for at in range(rows)] + [column == at for at in range(1, columns)]
    ).astype(np.float64)
    both = np.column_stack(
        [(row == r) & (column == c) for r in range(1, rows) for c in range(1, columns)]
    ).astype(np.float64)
    fitted: Floats = main @ np.linalg.lstsq(main, both, rcond=None)[0]
    return both - fitted


def paired_t(difference: float, standard_error: float, df: int) -> Significance | None:
    """Return the test that a mean difference is 0: t = difference/error; None where nothing varies."""
    if df < 1 or not standard_error > 0:
        return None
    t = difference / standard_error
    return Significance("paired_t", t, (float(df),), 2 * float(stdtr(df, -abs(t))))


def mcnemar_exact(changed: Sequence[int]) -> Significance | None:
    """Return the test that as many changed one way as the other: two numbers of people, none of both.

    Given those who changed, each way is as likely: p = min(1, 2 P(X ≤ the smaller)), X binomial
    with ½. Nothing is said where nobody changed.

    Source: McNemar (1947), Psychometrika 12, 153–157; exact as R's binom.test.
    """
    least, n = min(changed), sum(changed)
    if n == 0:
        return None
    return Significance("mcnemar_exact", float(least), (), min(1.0, 2 * float(bdtr(least, n, 0.5))))
