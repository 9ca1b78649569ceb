"""What there is to see of weights: their spread after each step, the totals they meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from statistics import quantiles

from export.respondents.treating import placed
from export.respondents.weight import Respondents
from export.respondents.weighting import Margin


@dataclass(frozen=True, slots=True)
class Spread:
    """The weights of n respondents after a step: their sum, least, quartiles, most, and CV².

    CV² is the mean square of their distance from their mean, over the square of the mean.
    """

    step: str
    n: int
    total: float
    least: float
    lower: float
    median: float
    upper: float
    most: float
    cv2: float

    @property
    def effect(self) -> float:
        """1 + CV²: what unequal weights alone do to a variance. Source: Kish (1992), JOS 8, 183–200."""
        return 1 + self.cv2

    @property
    def effective(self) -> float:
        """The number of equally weighted respondents that would tell as much: n/(1 + CV²)."""
        return self.n / self.effect

    @property
    def largest(self) -> float:
        """The largest weight over the median one."""
        return self.most / self.median


@dataclass(frozen=True, slots=True)
class Met:
    """A cell of a margin: its total, and what the respondents in it add up to.

    `before` is that before any total was met, `after` with the weights that are used. Where a cell of
    the margin has fewer respondents than the study shows, none of it has `respondents` or `before`:
    the others would tell it.
    """

    step: str
    columns: str
    cell: str
    total: float
    respondents: int | None
    before: float | None
    after: float


MOVED = 5e-4  # of a total: beyond it a later step has moved weights away from it


def spreads(people: Respondents) -> tuple[Spread, ...]:
    """Return the spread of the respondents' weights after each step, in order."""
    return tuple(spread(step, [one.steps[step] for one in people.people]) for step in people.steps)


def spread(step: str, weights: Sequence[float]) -> Spread:
    """Return the spread of some weights; quartiles as R's quantile() gives them."""
    n, total = len(weights), fsum(weights)
    mean = total / n
    lower, median, upper = (
        quantiles(weights, n=4, method="inclusive") if n > 1 else (weights[0],) * 3
    )
    cv2 = fsum((weight - mean) ** 2 for weight in weights) / n / mean**2
    return Spread(step, n, total, min(weights), lower, median, upper, max(weights), cv2)


def met(people: Respondents, threshold: int) -> tuple[Met, ...]:
    """Return every cell whose total was to be met, with what the respondents add up to."""
    return tuple(
        cell
        for step in people.weighting.calibrations
        for margin in step.margins
        for cell in _cells(people, step.name, margin, threshold)
    )


def _cells(people: Respondents, step: str, margin: Margin, threshold: int) -> list[Met]:
    inside: defaultdict[int, list[int]] = defaultdict(list)
    for row, at in enumerate(placed([one.record for one in people.people], margin)):
        inside[at].append(row)
    first = people.weighting.calibrations[0].before
    is_shown = all(len(inside[at]) >= threshold for at in range(len(margin.cells)))
    return [
        Met(
            step,
            margin.name,
            cell.name,
            cell.total,
            len(inside[at]) if is_shown else None,
            fsum(people.people[row].steps[first] for row in inside[at]) if is_shown else None,
            fsum(people.people[row].weight for row in inside[at]),
        )
        for at, cell in enumerate(margin.cells)
    ]
