"""The risk that a person is recognised by somebody who knows their keys and looks for them.

Source: Benedetti and Franconi (1998), Statistical and technological solutions for controlled data
dissemination; Hundepool et al. (2012), § 3.5.1. The number of people with the same keys in the
population, given that f are in the sample, is taken as negative binomial, with p = f/F.
"""

from __future__ import annotations

import numpy as np

from export.disclosure.classes import Floats

_NEARLY_ALL = 1e-4  # a share not sampled below which series stand for the formulas, which cancel


def individual(f: Floats, population: Floats) -> Floats:
    """Return the risk of each person, the expected value of 1 over the number of their like.

    `f` is how many match them in the sample, at least 1; `population` the sum of the weights of
    these. Where everybody is in the sample, or the weights say fewer, the risk is 1/f.
    """
    p = np.minimum(f / np.maximum(population, f), 1.0)
    q = 1 - p
    return np.select([f == 1, f == 2], [_of_one(p, q), _of_two(p, q)], p / (f - q))


def expected(risks: Floats) -> float:
    """Return the global risk: how many can be expected to be recognised where everybody is looked for."""
    return float(np.sum(risks))


def _of_one(p: Floats, q: Floats) -> Floats:
    """Return (p/q) ln(1/p)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = p / q * -np.log(p)
    return np.where(q < _NEARLY_ALL, p * (1 + q / 2 + q**2 / 3), exact)


def _of_two(p: Floats, q: Floats) -> Floats:
    """Return p/q − (p/q)² ln(1/p)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = p / q - (p / q) ** 2 * -np.log(p)
    return np.where(q < _NEARLY_ALL, p - p**2 * (1 / 2 + q / 3 + q**2 / 4), exact)
