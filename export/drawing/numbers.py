"""How the numbers of a draw are written, in the interface's language."""

from __future__ import annotations

from export.layout import decimal
from surveys import language
from surveys.language import _


def whole(value: int) -> str:
    """Return a whole number with its thousands apart, in French by a narrow no-break space."""
    return f"{value:,}".replace(",", "\u202f" if language.from_environment() == "fr" else ",")


def percent(share: float, places: int = 1) -> str:
    """Return a share as a percentage, without zeros that end its decimals."""
    value = round(100 * share, places)
    needed = next(n for n in range(places + 1) if round(value, n) == value)
    return _("{number} %").format(number=decimal(value, needed))


def points(share: float) -> str:
    """Return half the width of an interval of a proportion, in percentage points."""
    return _("±{number} points").format(number=decimal(100 * share, 1))
