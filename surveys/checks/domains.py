"""What one item can be, and what of it stands in some way to a literal: spans, words, days."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from surveys.checks.ranges import Numbers, Values, Words
from surveys.expressions.dates import looks_like_date
from surveys.instrument import NONRESPONSE, Item, Question
from surveys.kinds import KINDS
from surveys.kinds.number import is_number, limits, spelled

COUNT = Numbers(((0, math.inf),), blank=False, whole=True)  # of characters, of choices
STATUSES = Words(frozenset(["", *NONRESPONSE]))
_LETTERS = re.compile(r"(?!inf|nan)[a-z_][a-z0-9_]*", re.IGNORECASE)  # surely no number
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def range_of(item: Item) -> Values | None:
    """Return what can be typed for a question, blank included; None if that is not known.

    A value that is computed, or proposed by a default, was not judged as what is typed is.
    """
    if not isinstance(item, Question) or item.calculation is not None or item.default:
        return None
    kind = KINDS[item.kind]
    if item.kind == "range":
        return _steps(item)
    if kind.storage in {"integer", "decimal"}:
        return Numbers(whole=kind.storage == "integer")
    if kind.storage == "date" and kind.is_asked:
        return Numbers(whole=True)
    if kind.storage == "one" and item.choices is not None:
        return Words(frozenset(["", *(choice.name for choice in item.choices.choices)]))
    return Words(frozenset(), True) if item.kind == "text" else None


def blank_of(domain: Values) -> Values:
    """Return the set that holds blank alone, of the same kind."""
    if isinstance(domain, Numbers):
        return Numbers((), whole=domain.whole)
    return Words(frozenset([""]))


def _steps(question: Question) -> Values:
    try:
        start, end, step = (float(number) for number in limits(question))
    except (InvalidOperation, OverflowError):
        return Numbers()
    if not all(map(math.isfinite, (start, end, step))):
        return Numbers()
    is_whole = start.is_integer() and step.is_integer()
    return Numbers(((min(start, end), max(start, end)),), whole=is_whole)


def where(domain: Values, operator: str, value: str | float, is_date: bool) -> Values | None:
    """Return the values that stand so to a literal, None where that is not certain."""
    if value == "" and operator in {"=", "!="}:
        blank = blank_of(domain)
        return blank if operator == "=" else blank.others()
    if isinstance(domain, Words):
        return _words(domain, operator, value)
    if is_date:
        number = _day(value)
    elif isinstance(value, str) and operator in {"=", "!="} and not _is_canonical(value):
        return None  # two texts are compared letter by letter
    else:
        number = _plain(value)
    return None if number is None else domain.where(operator, number)


def _words(domain: Words, operator: str, value: str | float) -> Words | None:
    if isinstance(value, float):
        return None if domain.are_excluded else _numbered(domain.words, operator, value)
    if operator not in {"=", "!="} or looks_like_date(value):
        return None
    if not domain.are_excluded and value not in domain.words:
        return None  # said as a choice that is not in its list
    return Words(frozenset([value]), operator == "!=")


def _numbered(words: Iterable[str], operator: str, value: float) -> Words | None:
    """Return the names of choices that stand so to a number; a name that is none differs from all."""
    spans = Numbers().where(operator, value)
    found: set[str] = set()
    is_named = False
    for word in words:
        if is_number(word):
            number = float(word)
            is_named = is_named or number == value
            if any(low <= number <= high for low, high in spans.spans):
                found.add(word)
        elif word and not _LETTERS.fullmatch(word):
            return None
        elif spans.blank:
            found.add(word)
    if operator in {"=", "!="} and not is_named:
        return None  # said as a choice that is not in its list
    return Words(frozenset(found))


def _is_canonical(text: str) -> bool:
    """Whether a text is how a number is stored."""
    return is_number(text) and spelled(Decimal(text)) == text


def _plain(value: str | float) -> float | None:
    if isinstance(value, float):
        return value
    return float(value) if is_number(value) else None


def _day(value: str | float) -> float | None:
    if isinstance(value, float) or not _DAY.fullmatch(value):
        return None
    try:
        return float(datetime.date.fromisoformat(value).toordinal())
    except ValueError:
        return None
