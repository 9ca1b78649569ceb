"""Who is the only one: in the sample, which can be counted, and in the population, which is predicted."""

from __future__ import annotations

import numpy as np

from export.disclosure.classes import Floats


def in_sample(f: Floats) -> int:
    """Return how many people nobody else matches."""
    return int(np.sum(f == 1))


def in_population(f: Floats, population: Floats) -> float:
    """Return how many of them can be expected to have no match in the population either.

    Under the distribution of `risk.py` the one person in the sample is the only one with chance
    p = 1/F. Source: Hundepool et al. (2012), § 3.5.1, with h = 1 and f = 1.
    """
    alone = f == 1
    return float(np.sum(1 / np.maximum(population[alone], 1)))
