"""What weights owe to totals of the population: post-stratification and raking.

Weights that meet known totals leave less error: only what the cells do not explain about an answer
still varies from sample to sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array

from export.estimating.columns import Floats, Places
from export.respondents.calibrating import CLOSE
from surveys.language import _
from surveys.problems import Refusal

_ROUNDS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Adjustment:
    """A step that made the weights meet totals of the population.

    `margins` (rows each) give the cell of each row in each margin whose totals were met, -1 where
    the step left the row alone: one margin is post-stratification, several are raking. `before` and
    `after` (rows) are the weights it started from and those it made.
    """

    margins: tuple[Places, ...]
    before: Floats
    after: Floats


def residuals(adjustments: Sequence[Adjustment], weighted: Floats) -> Floats:
    """Return weighted values (rows × p), each step's regression on its cells taken away.

    A step that made weights w from d replaces z·w by (z − ẑ)·w, ẑ the regression of z on the cells
    of all its margins with weights d: of one margin, the mean of the cell.

    Source: Deville, Särndal and Sautory (1993), JASA 88, 1013–1020; as R's survey does after
    postStratify() and calibrate(calfun = "raking"). Its rake() takes means without weights here,
    so that raking to one margin is not post-stratification; we do not.
    """
    for step in adjustments:
        cells, inverse = _regression(step)
        share = (step.before / step.after)[:, np.newaxis]
        fitted = cells @ (inverse @ (cells.T @ (weighted * share)))
        weighted = weighted - fitted * step.after[:, np.newaxis]
    return weighted


def again(adjustments: Sequence[Adjustment], final: Floats, factors: Floats) -> Floats:
    """Return the weights (rows × replicates) of replicates, adjusted anew to the same totals.

    `factors` (rows × replicates) multiply the weights that the first step started from; `final`
    (rows) are the weights there were in the end. What was done to the weights between two steps,
    and after the last, is done to each replicate by the same factor. Refusal where a replicate
    leaves nobody in a cell, or cannot be raked.
    """
    weights, reached = factors * adjustments[0].before[:, np.newaxis], adjustments[0].before
    for step in adjustments:
        weights = _adjusted(step, weights * (step.before / reached)[:, np.newaxis])
        reached = step.after
    return weights * (final / reached)[:, np.newaxis]


def _adjusted(step: Adjustment, weights: Floats) -> Floats:
    """Return weights (rows × replicates) that meet the totals the step met, margin by margin."""
    every = [(margin, _cells([margin])) for margin in step.margins]
    totals = [(cells.T @ step.after)[:, np.newaxis] for _margin, cells in every]
    for _round in range(_ROUNDS):
        furthest = 0.0
        for (margin, cells), total in zip(every, totals, strict=True):
            found = cells.T @ weights
            if np.any((found <= 0) & (total > 0)):
                raise Refusal(
                    _(
                        "without one of the clusters a cell of the totals has nobody left;"
                        " merge cells, or leave the jackknife out"
                    )
                )
            factor = np.divide(total, found, out=np.ones_like(found), where=found > 0)
            furthest = max(furthest, float(np.max(np.abs(factor - 1), initial=0.0)))
            weights = weights * np.where((margin >= 0)[:, np.newaxis], factor[margin], 1.0)
        if len(every) == 1 or furthest <= CLOSE:
            return weights
    raise Refusal(
        _("the totals cannot be met without one of the clusters; leave the jackknife out")
    )


@lru_cache(maxsize=8)
def _regression(step: Adjustment) -> tuple[csr_array, Floats]:
    """Return the cells of a step as indicators, and the inverse of their weighted cross-products.

    Kept, because every figure of a design needs the same.
    """
    cells = _cells(step.margins)
    crossed = (cells.T @ (cells * step.before[:, np.newaxis])).toarray()
    # Margins share their total, so the inverse is a general one.
    return cells, np.linalg.pinv(crossed, rcond=1e-12, hermitian=True)


def _cells(margins: Sequence[Places]) -> csr_array:
    """Return rows × cells, 1 where the row is in the cell, the margins side by side."""
    starts = np.cumsum([0, *(int(margin.max(initial=-1)) + 1 for margin in margins)])
    rows = np.concatenate([np.flatnonzero(margin >= 0) for margin in margins])
    columns = np.concatenate(
        [margin[margin >= 0] + start for margin, start in zip(margins, starts, strict=False)]
    )
    shape = (len(margins[0]), int(starts[-1]))
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
