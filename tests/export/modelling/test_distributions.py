"""Distributions: their moments are those asked for, in formula, by quadrature and in draws."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from scipy import stats

from export.modelling.distributions import (
    BY_MOMENTS,
    Distribution,
    beta,
    draws,
    error,
    gamma,
    lognormal,
    normal,
    quantile,
)

Made = Callable[[float, float], Distribution]
N = 40_000
SOME = settings(max_examples=15)
ALL = [
    (beta(0.2, 0.05), 0.2, 0.05),
    (gamma(17000, 3000), 17000, 3000),
    (lognormal(3, 0.6), 3, 0.6),
    (normal(-2, 0.5), -2, 0.5),
    (Distribution("uniform", 2, 8), 5, math.sqrt(3)),
    (Distribution("dirichlet", 20, 80), 0.2, math.sqrt(0.2 * 0.8 / 101)),
]
IDS = [one.family for one, _mean, _error in ALL]


def theirs(of: Distribution) -> Any:
    """Return SciPy's frozen distribution of the same numbers."""
    a, b = of.first, of.second
    match of.family:
        case "beta" | "dirichlet":
            return stats.beta(a, b)
        case "gamma":
            return stats.gamma(a, scale=b)
        case "lognormal":
            return stats.lognorm(b, scale=math.exp(a))
        case "normal":
            return stats.norm(a, b)
        case "uniform":
            return stats.uniform(a, b - a)


@SOME
@given(st.sampled_from(sorted(BY_MOMENTS)), st.floats(0.01, 0.99), st.floats(0.01, 0.9))
def test_the_mean_and_error_asked_for_are_those_made(
    family: str, mean: float, relative: float
) -> None:
    """Every family by moments has, by SciPy, the mean and the standard deviation it was made with."""
    wanted = mean * relative
    assume(family != "beta" or wanted**2 < 0.95 * mean * (1 - mean))
    made = BY_MOMENTS[family](mean, wanted)
    found = theirs(made)
    assert float(found.mean()) == pytest.approx(mean, rel=1e-9)
    assert float(found.std()) == pytest.approx(wanted, rel=1e-7)
    assert error(made) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(("of", "mean", "deviation"), ALL, ids=IDS)
def test_quantiles_are_those_of_scipy(of: Distribution, mean: float, deviation: float) -> None:
    """The ends of 95 % intervals and the median; half of the distribution lies on either side of it."""
    for share in (0.025, 0.3, 0.5, 0.975):
        assert quantile(of, share) == pytest.approx(float(theirs(of).ppf(share)), rel=1e-9)
    assert error(of) == pytest.approx(deviation)
    assert float(theirs(of).mean()) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("of", "mean", "deviation"), [one for one in ALL if one[0].family != "dirichlet"], ids=IDS[:-1]
)
def test_draws_have_the_moments_and_the_shape(
    of: Distribution, mean: float, deviation: float
) -> None:
    """Of 40,000 draws the mean is within five errors of its own, and their distribution is the one named."""
    found = draws(of, default_rng(7), N)
    assert found.shape == (N,)
    assert abs(found.mean() - mean) < 5 * deviation / math.sqrt(N)
    assert found.std() == pytest.approx(deviation, rel=0.04)
    assert stats.kstest(found, theirs(of).cdf).pvalue > 1e-4


@pytest.mark.parametrize(
    ("make", "mean", "deviation"),
    [
        (beta, 0.5, 0.5),
        (beta, 0.5, 0.6),
        (beta, 0.5, 0),
        (beta, 0, 0.1),
        (beta, 1, 0.1),
        (beta, 1.2, 0.1),
        (gamma, 0, 1),
        (gamma, -1, 1),
        (gamma, 1, 0),
        (lognormal, 0, 1),
        (lognormal, 1, -1),
        (normal, 1, 0),
        (normal, 1, math.nan),
        (beta, math.nan, 0.1),
        (gamma, math.nan, 1),
    ],
)
def test_what_cannot_be_is_refused(make: Made, mean: float, deviation: float) -> None:
    """No distribution has these moments: ValueError, and never a number that is none."""
    with pytest.raises(ValueError, match="error"):
        make(mean, deviation)


def test_a_beta_as_wide_as_can_be_is_still_one() -> None:
    """Just under s² = m(1 − m), draws are next to 0 or 1, and their mean is kept."""
    found = draws(beta(0.3, math.sqrt(0.3 * 0.7) * 0.999), default_rng(1), N)
    assert np.isfinite(found).all()
    assert found.mean() == pytest.approx(0.3, abs=0.02)
