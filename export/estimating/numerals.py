"""How estimates are written, each kind in its own unit."""

from __future__ import annotations

from export.estimating.independence import Significance
from export.estimating.intervals import Interval
from export.numerals import between, decimal, p_value, percent, points
from surveys.language import _

SHARES = ("prop", "points")  # kinds that are written in per cent, or in percentage points


def value(kind: str, figure: float) -> str:
    """Return an estimate of a kind: a share in per cent, a total whole, anything else to two decimals."""
    if kind == "prop":
        return percent(figure)
    if kind == "points":
        return points(figure)
    return decimal(figure, _places(kind))


def limits(kind: str, interval: Interval | None) -> str:
    """Return an interval of a kind without its unit, '' for none."""
    if interval is None:
        return ""
    scale = 100 if kind in SHARES else 1
    low, high = (decimal(scale * one, _places(kind)) for one in (interval.low, interval.high))
    return between(low, high)


def error(kind: str, standard_error: float | None) -> str:
    """Return a standard error with one decimal more than its estimate, of a share in points; '' for none."""
    if standard_error is None:
        return ""
    return decimal((100 if kind in SHARES else 1) * standard_error, _places(kind) + 1)


def _places(kind: str) -> int:
    return {"prop": 1, "points": 1, "total": 0}.get(kind, 2)


def tested(test: Significance) -> str:
    """Return a test as it is published: statistic, degrees of freedom, p-value, and which test it is."""
    p = p_value(test.p)
    if test.name == "mcnemar_exact":
        return _("{p} (McNemar's test, exact)").format(p=p)
    shown = decimal(test.statistic, 2)
    if test.name == "paired_t":
        return _("t({df}) = {statistic}, {p} (Student's test, paired)").format(
            df=decimal(test.df[0], 0), statistic=shown, p=p
        )
    first, second = (decimal(df, 1) for df in test.df)
    return _("F({first}, {second}) = {statistic}, {p} (Rao and Scott's test)").format(
        first=first, second=second, statistic=shown, p=p
    )
