"""Numbers of a model as people read them: to four figures, with their sign, currency or limits, as lengths of time."""

from __future__ import annotations

import math
from fractions import Fraction

from export import numerals
from surveys.language import _, ngettext

FIGURES = 4  # of a number that is read
_SMALLEST = 1e-6  # what is nearer to 0 is written 0


def number(value: float) -> str:
    """Return a number to four figures, whole from a hundred up; a dash where there is none."""
    if not math.isfinite(value):
        return numerals.NOTHING
    return (
        numerals.short_decimal(value, _places(value))
        if _has_places(value)
        else numerals.whole(value)
    )


def figure(value: float) -> str:
    """Return a number that was computed to four figures, whole from a hundred up; no decimal is left out."""
    return numerals.decimal(value, _places(value)) if _has_places(value) else number(value)


def amount(value: float) -> str:
    """Return an amount of money: whole from a hundred up, below with cents where there are any."""
    if not _has_places(value):
        return number(value)
    return numerals.decimal(value, 0 if value.is_integer() else 2)


def _has_places(value: float) -> bool:
    """Whether a number is written with decimals: NaN and what is large or next to nothing is not."""
    return _SMALLEST <= abs(value) < 100


def _places(value: float) -> int:
    return FIGURES - 1 - math.floor(math.log10(abs(value)))


def signed(value: float) -> str:
    """Return a difference with its sign; 0 has none."""
    text = figure(value)
    return f"+{text}" if value > 0 and any(one in "123456789" for one in text) else text


def money(value: float, currency: str) -> str:
    """Return an amount with its currency."""
    return _priced(amount(value), currency)


def more_money(value: float, currency: str) -> str:
    """Return a difference of amounts with its currency."""
    return _priced(signed(value), currency)


def _priced(amount: str, currency: str) -> str:
    told = _("{amount} {currency}").format(amount=amount, currency=currency)
    return told.replace(" ", "\N{NO-BREAK SPACE}")


def between(limits: tuple[float, float] | None) -> str:
    """Return two limits as they are written, '' where there are none."""
    return "" if limits is None else numerals.between(*map(number, limits))


def span(years: float) -> str:
    """Return a length of time in words, in the largest unit it is a whole number of."""
    exact = Fraction(years).limit_denominator(1461 * 12)
    if exact.denominator == 1:
        n = exact.numerator
        return ngettext("{n} year", "{n} years", n).format(n=n)
    if (months := exact * 12).denominator == 1:
        n = months.numerator
        return ngettext("{n} month", "{n} months", n).format(n=n)
    days = exact * 1461 / 4
    if days.denominator > 1:
        return _("{n} years").format(n=numerals.short_decimal(years, 2))
    if days.numerator % 7 == 0:
        n = days.numerator // 7
        return ngettext("{n} week", "{n} weeks", n).format(n=n)
    return ngettext("{n} day", "{n} days", days.numerator).format(n=days.numerator)


def share(value: float) -> str:
    """Return a share of draws in per cent; more than none is never 0 %, less than all never 100 %."""
    if 0 < value < 0.001:
        return f"<{numerals.percent(0.001, 1)}"
    if 0.999 < value < 1:
        return f">{numerals.percent(0.999, 1)}"
    return numerals.percent(value, 1)
