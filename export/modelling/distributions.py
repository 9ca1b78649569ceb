"""How sure a parameter is: distributions given by a mean and a standard error, and draws from them.

By the method of moments: the mean of every distribution but the uniform, which may lean to one side, is the
value of the base case, so that draws centre on it. Source: Briggs, Claxton and Sculpher (2006), chapter 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
ENDS = (0.025, 0.975)  # of a 95 % interval, the same part left out on either side
Family = Literal["beta", "gamma", "lognormal", "normal", "uniform", "dirichlet"]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A family and its two numbers.

    beta: α, β. gamma: shape, scale. lognormal: mean and standard deviation of the logarithm. normal: mean,
    standard deviation. uniform: least, greatest. dirichlet: the weight of this member, and that of the
    others together; one member alone is beta.
    """

    family: Family
    first: float
    second: float


def beta(mean: float, error: float) -> Distribution:
    """Return the beta of a mean and a standard error; ValueError where there is none: s² ≥ m(1 − m)."""
    if not 0 < mean < 1 or not 0 < error**2 < mean * (1 - mean):
        raise ValueError("no beta has this mean and this error")
    size = mean * (1 - mean) / error**2 - 1
    return Distribution("beta", mean * size, (1 - mean) * size)


def gamma(mean: float, error: float) -> Distribution:
    """Return the gamma of a mean above 0 and a standard error."""
    if not mean > 0 or not error > 0:
        raise ValueError("a gamma has a mean and an error above 0")
    return Distribution("gamma", (mean / error) ** 2, error**2 / mean)


def lognormal(mean: float, error: float) -> Distribution:
    """Return the lognormal of a mean above 0 and a standard error: σ² = ln(1 + s²/m²), μ = ln m − σ²/2."""
    if not mean > 0 or not error > 0:
        raise ValueError("a lognormal has a mean and an error above 0")
    variance = math.log1p((error / mean) ** 2)
    return Distribution("lognormal", math.log(mean) - variance / 2, math.sqrt(variance))


def normal(mean: float, error: float) -> Distribution:
    """Return the normal of a mean and a standard error."""
    if not error > 0:
        raise ValueError("a normal has an error above 0")
    return Distribution("normal", mean, error)


BY_MOMENTS = {"beta": beta, "gamma": gamma, "lognormal": lognormal, "normal": normal}


def draws(of: Distribution, chance: Generator, n: int) -> Floats:
    """Return n draws (n); of a member of a Dirichlet, gammas that `values.drawn` makes shares of."""
    first, second = of.first, of.second
    match of.family:
        case "beta":
            return chance.beta(first, second, n)
        case "gamma":
            return chance.gamma(first, second, n)
        case "lognormal":
            return chance.lognormal(first, second, n)
        case "normal":
            return chance.normal(first, second, n)
        case "uniform":
            return chance.uniform(first, second, n)
        case "dirichlet":
            return chance.standard_gamma(first, n)


def quantile(of: Distribution, share: float) -> float:
    """Return the value below which a share of the distribution lies."""
    first, second = of.first, of.second
    match of.family:
        case "beta" | "dirichlet":
            return float(special.betaincinv(first, second, share))
        case "gamma":
            return float(special.gammaincinv(first, share) * second)
        case "lognormal":
            return math.exp(first + second * float(special.ndtri(share)))
        case "normal":
            return first + second * float(special.ndtri(share))
        case "uniform":
            return first + share * (second - first)


def interval(of: Distribution) -> tuple[float, float]:
    """Return the 95 % interval of the distribution."""
    low, high = (quantile(of, end) for end in ENDS)
    return low, high


def error(of: Distribution) -> float:
    """Return the standard deviation of the distribution."""
    first, second = of.first, of.second
    match of.family:
        case "beta" | "dirichlet":
            whole = first + second
            return math.sqrt(first * second / (whole**2 * (whole + 1)))
        case "gamma":
            return math.sqrt(first) * second
        case "lognormal":
            return math.exp(first + second**2 / 2) * math.sqrt(math.expm1(second**2))
        case "normal":
            return second
        case "uniform":
            return (second - first) / math.sqrt(12)
