"""Weights kept within bounds: what is taken from the largest is shared among the others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import fsum, inf
from statistics import median

from surveys.language import _
from surveys.problems import Refusal


def bounds(
    weights: Sequence[float], least: float | None, most: float | None
) -> tuple[float, float]:
    """Return the smallest and the largest weight allowed, from multiples of the median weight."""
    middle = median(weights)
    return 0.0 if least is None else least * middle, inf if most is None else most * middle


def trimmed(weights: Sequence[float], low: float, high: float) -> list[float]:
    """Return the weights w + c held between `low` and `high`, with c so that their sum stays.

    What is cut off is so shared in equal parts among the weights within the bounds, as R's
    `trimWeights(strict = TRUE)` does where there is an upper bound alone. Raises Refusal where the
    sum cannot stay. Source: Potter (1990), Proceedings of the Section on Survey Research Methods,
    American Statistical Association, 225–230.
    """
    if low <= min(weights) and max(weights) <= high:
        return list(weights)
    total, n = fsum(weights), len(weights)
    if not n * low <= total <= n * high:
        raise Refusal(
            _("weights cannot be trimmed so narrowly and keep their sum; widen the bounds of trim")
        )

    def held(shift: float) -> list[float]:
        return [min(max(weight + shift, low), high) for weight in weights]

    # Between two neighbours of these the sum is a straight line in the shift, and it never falls.
    turns = sorted({bound - weight for weight in weights for bound in (low, high) if bound < inf})
    at = max(bisect_left(turns, total, key=lambda shift: fsum(held(shift))), 1)
    start = turns[at - 1]
    middle = (start + turns[at]) / 2 if at < len(turns) else start + 1.0
    free = sum(low < weight + middle < high for weight in weights)
    short = total - fsum(held(start))
    return held(start + short / free if free else start)
