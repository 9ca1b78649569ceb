"""What a proportion could be at worst: if all who did not answer had the trait, or none of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.estimating.columns import Floats


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most a proportion can be whatever those who did not answer would have said."""

    low: float
    high: float


def bounds(values: Floats, base: Floats, released: float) -> Bounds:
    """Return the bounds of the share of people with a trait (1, else 0, NaN unknown), among everybody.

    `base` are the weights by the draw alone of those who have `values`, `released` their sum over
    everybody: all who were released and not found ineligible. These are no limits of an interval:
    errors of sampling add.

    Source: Manski (2007), Identification for Prediction and Decision, ch. 2.
    """
    answered = ~np.isnan(values)
    weights = base[answered]
    having = float(np.sum(weights * values[answered]))
    without = float(np.sum(weights * (1 - values[answered])))
    return Bounds(having / released, 1 - without / released)
