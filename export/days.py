"""How a day is written in words, in French and in English."""

from __future__ import annotations

from datetime import date

_SPACE = "\N{NO-BREAK SPACE}"
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def in_words(day: date, language: str) -> str:
    """Return a day on one line: 1er janvier 2027, 1 January 2027; in English where it is neither."""
    months = _MONTHS.get(language, _MONTHS["en"]).split()
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{first}{_SPACE}{months[day.month - 1]}{_SPACE}{day.year}"
