"""What a cohort costs in each year, and what part of a programme's cost is made up for elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from export.modelling.formula import Floats
from export.modelling.model import Model
from export.modelling.totals import Totals


@dataclass(frozen=True, slots=True, eq=False)
class Budget:
    """What a cohort costs in each year, not discounted: (strategies, years), and the years' numbers."""

    years: tuple[int, ...]
    costs: Floats


def budget(model: Model, by_cycle: Iterable[Floats], at_start: Iterable[Floats]) -> Budget:
    """Return the budget of the model's cohort from the costs of one person by cycle, and at the start.

    A cycle that begins in one year and ends in the next is divided between them.
    """
    last = int(np.ceil(model.years - 1e-9))
    edges = model.length * np.arange(model.cycles + 1)
    share = np.array(
        [
            np.clip(np.minimum(edges[1:], year + 1) - np.maximum(edges[:-1], year), 0, None)
            for year in range(last)
        ]
    )
    share /= share.sum(axis=0)
    costs = np.array([share @ one[:, 0] for one in by_cycle])
    costs[:, 0] += [float(one[0]) for one in at_start]
    return Budget(tuple(range(1, last + 1)), costs * model.cohort)


def offset(model: Model, found: Totals) -> Floats | None:
    """Return what part of the programme's cost other costs make up for (strategies − 1, draws).

    Against the first strategy: what is saved elsewhere over what the programme costs more. NaN where the
    programme costs nothing more; None where the model names no cost of a programme.
    """
    is_programme = np.array([one.is_programme for one in model.costs])
    if not is_programme.any():
        return None
    more = found.costs[1:] - found.costs[:1]
    spent, saved = more[:, is_programme].sum(axis=1), -more[:, ~is_programme].sum(axis=1)
    with np.errstate(all="ignore"):
        return np.where(spent > 0, saved / spent, np.nan)
