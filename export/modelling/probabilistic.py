"""How sure a comparison is: the model once for each draw of its parameters, all strategies on the same draw.

Sources: Briggs, Claxton and Sculpher (2006), chapters 4 and 5; Fenwick, Claxton and Sculpher, Health
Economics 2001;10:779–787 (the frontier of acceptability curves).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from export.modelling.distributions import ENDS
from export.modelling.formula import Floats
from export.modelling.model import Model
from export.modelling.totals import Totals, followed_all
from export.modelling.values import drawn

CURVE = 101  # points of the curves


def simulated(model: Model, n: int, seed: int) -> Totals:
    """Return the totals of n draws; raises Refusal as `followed_all` does."""
    return followed_all(model, drawn(model, n, seed), n)


def middle(found: Floats) -> tuple[float, float] | None:
    """Return between which values 95 % of some draws lie; None where there is none of them."""
    known = found[np.isfinite(found)]
    if not known.size:
        return None
    low, high = np.quantile(known, ENDS)
    return float(low), float(high)


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """By what one more of the effect could be worth (points): what a decision would be, and how sure.

    `acceptable` (strategies, points) is the share of draws in which a strategy is the best, ties shared;
    `chosen` (points) the place of the one that is best on average; `information` (points) what it would
    be worth for one person to know every parameter exactly: the mean of the best less the best of the
    means.
    """

    worth: Floats
    acceptable: Floats
    chosen: Sequence[int]
    information: Floats

    def at(self, worth: float) -> int:
        """Return the place of a worth that the model names among the points."""
        return int(np.searchsorted(self.worth, worth))


def curves(found: Totals, worth: Floats) -> Curves:
    """Return the curves over some worths of one more of the effect."""
    acceptable = np.empty((len(found.cost), len(worth)))
    chosen, information = [], np.empty(len(worth))
    for at, each in enumerate(worth):
        benefit = each * found.effect - found.cost
        best = benefit.max(axis=0)
        is_best = benefit >= best - 1e-9 * np.abs(best)  # ties, but for rounding
        acceptable[:, at] = (is_best / is_best.sum(axis=0)).mean(axis=1)
        means = benefit.mean(axis=1)
        chosen.append(int(np.argmax(means)))
        information[at] = max(float(best.mean() - means.max()), 0.0)
    return Curves(worth, acceptable, tuple(chosen), information)


def grid(model: Model) -> Floats:
    """Return the worths that curves are drawn over: from 0 to the last of the model's, and its own among them."""
    most = max(model.worth, default=0.0)
    return np.unique([*np.linspace(0, most, CURVE), *model.worth])
