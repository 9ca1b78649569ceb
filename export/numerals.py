"""How numbers are written in the language of the interface, on a terminal and on pages alike.

English: 1,234.5, 33.3%. French: 1 234,5 (a narrow no-break space), 33,3 % (a no-break space). A minus is
a true one, and what rounds to 0 has none.
"""

from __future__ import annotations

from surveys import language
from surveys.language import _

MINUS = "\N{MINUS SIGN}"
NOTHING = "–"  # where there is no number
_NARROW = "\N{NARROW NO-BREAK SPACE}"


def decimal(value: float, places: int) -> str:
    """Return a number with so many decimals, its thousands apart."""
    text = f"{abs(value):,.{places}f}"
    if language.from_environment() == "fr":
        text = text.translate({ord(","): _NARROW, ord("."): ","})
    is_zero = not any(figure in "123456789" for figure in text)
    return text if value >= 0 or is_zero else MINUS + text


def whole(value: float) -> str:
    """Return a number without decimals, its thousands apart."""
    return decimal(value, 0)


def per_cent(number: str) -> str:
    """Return a number, written already, with the sign of per cent."""
    return _("{number}%").format(number=number)


def percent(share: float, places: int = 1) -> str:
    """Return a share, 1 being all, in per cent with so many decimals: 33.3%."""
    return per_cent(decimal(100 * share, places))


def short_decimal(value: float, places: int) -> str:
    """Return a number with as few decimals as it takes, at most so many."""
    rounded = round(value, places)
    return decimal(rounded, next(n for n in range(places + 1) if round(rounded, n) == rounded))


def short_percent(share: float, places: int = 1) -> str:
    """Return a share in per cent with as few decimals as it takes, at most so many: 95%, 99.9%."""
    return per_cent(short_decimal(100 * share, places))


def part(count: int, of: int) -> str:
    """Return which part of a whole a count is, in whole per cent; a dash where there is no whole."""
    return percent(count / of, 0) if of else NOTHING


def points(share: float, places: int = 1) -> str:
    """Return a difference of shares in percentage points."""
    return _("{number} points").format(number=decimal(100 * share, places))


def half_width(share: float) -> str:
    """Return half the width of an interval of a proportion, in percentage points: ±8.0 points."""
    return _("±{number} points").format(number=decimal(100 * share, 1))


def between(low: str, high: str) -> str:
    """Return two limits, written already: 78.8–92.1; −2.3 to −0.4, with no dash beside a minus."""
    if MINUS in low + high:
        return _("{low} to {high}").format(low=low, high=high)
    return f"{low}–{high}"


def interval_heading(level: float) -> str:
    """Return the heading of intervals of a level, a share: 95% CI."""
    return _("{level} CI").format(level=short_percent(level, 2))


def p_value(p: float) -> str:
    """Return a p-value as it is published: p = 0.032, p < 0.001; two decimals from 0.1 up."""
    figure = p_figure(p)
    return f"p {figure[0]} {figure[1:]}" if figure[0] in "<>" else f"p = {figure}"


def p_figure(p: float) -> str:
    """Return a p-value without its letter, for a column of them: 0.032, <0.001."""
    if p < 0.001:
        return f"<{decimal(0.001, 3)}"
    if p > 0.995:
        return f">{decimal(0.99, 2)}"
    return decimal(p, 2 if p >= 0.0995 else 3)
