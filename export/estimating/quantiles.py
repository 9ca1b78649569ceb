"""Quantiles of the people of a domain: the value that a share of them does not exceed."""

from __future__ import annotations

import numpy as np

from export.estimating.columns import Floats

# Sums of weights that ought to be equal differ by rounding: a share is reached when so near.
_TOLERANCE = 1e-10


def quantiles(values: Floats, weights: Floats, orders: Floats) -> Floats:
    """Return, for each order p, the least of the values that p of the weight does not exceed.

    It is always one of the values: the inverse of the distribution function, R's qrule="math".
    Cumulative weights are compared with a tolerance, so that of four people of equal weight the
    second has the median, however the weights are written.
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    wanted = (np.asarray(orders) - _TOLERANCE) * reached[-1]
    at = np.searchsorted(reached, wanted, side="left")
    return np.asarray(values[order][np.minimum(at, len(values) - 1)])
