"""Whether one respondent makes up nearly all of a sum: its figures would tell the answer of that one."""

from __future__ import annotations

import numpy as np

from export.estimating.columns import Floats

LARGEST_SHARE = 0.85  # of a sum: what one respondent may contribute at most


def is_dominated(values: Floats, weights: Floats) -> bool:
    """Whether more than LARGEST_SHARE of a sum is one respondent's, with or without the weights.

    Parts count by their size, whatever their sign: one large loss tells as much as a gain. A sum of
    nothing is dominated by nobody.

    Source: Hundepool et al. (2012), Statistical Disclosure Control, § 4.2.2, the (n, k) rule with
    n = 1 and k = 85 %, that of French business statistics.
    """
    return any(
        _largest_share(np.abs(parts)) > LARGEST_SHARE for parts in (values, values * weights)
    )


def _largest_share(parts: Floats) -> float:
    total = float(np.sum(parts))
    return float(np.max(parts)) / total if total > 0 else 0.0
