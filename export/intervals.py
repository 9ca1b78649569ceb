"""The interval of a proportion that a draw is planned for, and that estimates have: Korn and Graubard's."""

from __future__ import annotations

from scipy.special import betaincinv, stdtrit

# Less than so many people is nobody: scipy's quantiles of the beta distribution have no number there.
_NOBODY = 1e-100


def beta_limits(p: float, n: float, rows: float, df: float, tail: float) -> tuple[float, float]:
    """Return the limits of Clopper and Pearson for the effective size n·(t_{rows−1}/t_df)².

    `n` is the effective size before that, p(1 − p)/variance; each `tail` is (1 − level)/2. `rows`
    respondents and `df` degrees of freedom need not be whole where they are expectations.

    Source: Korn and Graubard (1998), Survey Methodology 24(2), 193–201; as R's
    svyciprop(method="beta").
    """
    n = n * (t_quantile(rows - 1, tail) / t_quantile(df, tail)) ** 2
    yes, no = n * p, n * (1 - p)
    low = float(betaincinv(yes, no + 1, tail)) if yes > _NOBODY else 0.0
    high = float(betaincinv(yes + 1, no, 1 - tail)) if no > _NOBODY else 1.0
    return low, high


def t_quantile(df: float, tail: float) -> float:
    """Return the quantile of Student's t that leaves `tail` above it."""
    return float(stdtrit(df, 1 - tail))
