"""How figures are written, in the language of the interface."""

from __future__ import annotations

from export.estimating.independence import Significance
from export.estimating.intervals import Interval
from export.layout import decimal
from surveys.language import _

_MINUS = "\N{MINUS SIGN}"


def number(value: float, places: int) -> str:
    """Return a number with so many decimals, with a true minus sign and none before a zero."""
    text = decimal(abs(value), places)
    is_zero = not any(figure in "123456789" for figure in text)
    return text if value >= 0 or is_zero else _MINUS + text


def level(share: float) -> str:
    """Return the heading of intervals of a level."""
    text = decimal(100 * share, 2)
    trimmed = text.rstrip("0").rstrip(".,")
    return _("{level} % CI").format(level=trimmed)


def value(kind: str, figure: float) -> str:
    """Return an estimate of a kind: a share in per cent, a total whole, anything else to two decimals."""
    if kind == "prop":
        return _("{number} %").format(number=number(100 * figure, 1))
    if kind == "points":
        return _("{number} points").format(number=number(100 * figure, 1))
    return number(figure, 0 if kind == "total" else 2)


def limits(kind: str, interval: Interval | None) -> str:
    """Return an interval of a kind, '' for none; with a word between where a limit is below 0."""
    if interval is None:
        return ""
    scale = 100 if kind in ("prop", "points") else 1
    places = {"prop": 1, "points": 1, "total": 0}.get(kind, 2)
    low, high = number(scale * interval.low, places), number(scale * interval.high, places)
    if _MINUS in low + high:
        return _("{low} to {high}").format(low=low, high=high)
    return f"{low}–{high}"


def p_value(p: float) -> str:
    """Return a p-value as it is published: p = 0.032, p < 0.001; two decimals from 0.1 up."""
    if p < 0.001:
        return f"p < {decimal(0.001, 3)}"
    if p > 0.995:
        return f"p > {decimal(0.99, 2)}"
    return f"p = {decimal(p, 2 if p >= 0.0995 else 3)}"


def tested(test: Significance) -> str:
    """Return a test as it is published: statistic, degrees of freedom, p-value, and which test it is."""
    p = p_value(test.p)
    if test.name == "mcnemar_exact":
        return _("{p} (McNemar's test, exact)").format(p=p)
    shown = number(test.statistic, 2)
    if test.name == "paired_t":
        return _("t({df}) = {statistic}, {p} (Student's test, paired)").format(
            df=number(test.df[0], 0), statistic=shown, p=p
        )
    first, second = (number(df, 1) for df in test.df)
    return _("F({first}, {second}) = {statistic}, {p} (Rao and Scott's test)").format(
        first=first, second=second, statistic=shown, p=p
    )
