"""Weights that meet totals known of the population: post-stratification and raking.

Both multiply the weights of a cell by one factor, so that the cell adds up to its total;
post-stratification in one margin, raking in several margins in turn until all are met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import fsum

from surveys.language import _
from surveys.problems import Refusal

# A margin is met when each cell is as near as this to its total, relatively; replicates, and the script
# for R, come as near.
CLOSE = 1e-11
_MOST_ROUNDS = 10_000


def calibrated(
    weights: Sequence[float],
    places: Sequence[Sequence[int]],
    totals: Sequence[Sequence[float]],
) -> list[float]:
    """Return the weights that meet the totals of every margin, as near to those given as can be.

    `places` gives, for each margin, the cell of each row; `totals` the total of each cell. Each cell
    with a total has a row. Raises Refusal where no weights meet all margins.

    Source: Deming and Stephan (1940), Annals of Mathematical Statistics 11, 427–444 (raking); Holt
    and Smith (1979), Journal of the Royal Statistical Society A 142, 33–46 (post-stratification).
    """
    rows = list(zip(*places, strict=True))
    started: defaultdict[tuple[int, ...], list[float]] = defaultdict(list)
    for weight, cells in zip(weights, rows, strict=True):
        started[cells].append(weight)
    before = {cells: fsum(found) for cells, found in started.items()}
    after = _met(before, totals)
    return [
        weight * (after[cells] / before[cells]) for weight, cells in zip(weights, rows, strict=True)
    ]


def _met(
    before: Mapping[tuple[int, ...], float], totals: Sequence[Sequence[float]]
) -> dict[tuple[int, ...], float]:
    """Return the sums of the crossed cells once every margin is met."""
    now = dict(before)
    for _round in range(_MOST_ROUNDS):
        for at, wanted in enumerate(totals):
            factors = _factors(now, at, wanted)
            now = {cells: value * factors[cells[at]] for cells, value in now.items()}
        if all(
            abs(factor - 1) <= CLOSE
            for at, wanted in enumerate(totals)
            for factor in _factors(now, at, wanted).values()
        ):
            return now
    raise Refusal(
        _(
            "no weights meet all the totals of weights.yaml at once; put cells with few respondents together"
        )
    )


def _factors(
    now: Mapping[tuple[int, ...], float], at: int, wanted: Sequence[float]
) -> dict[int, float]:
    """Return by what each cell of a margin is to be multiplied."""
    inside: defaultdict[int, list[float]] = defaultdict(list)
    for cells, value in now.items():
        inside[cells[at]].append(value)
    return {cell: wanted[cell] / fsum(values) for cell, values in inside.items()}
