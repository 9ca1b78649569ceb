"""A constraint read as the least and the most it lets pass: `. >= 15 and . <= 99`.

Formats that know no conditions know limits. What is read is only ever weaker than the constraint: a
part that is no limit is left out, and `is_all` is then False.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from surveys.expressions import Expression, Tree
from surveys.expressions.tree import (
    COMPARISONS,
    MIRRORED,
    Call,
    Operation,
    Self,
    conjuncts,
    literal,
)
from surveys.expressions.values import text_of_number
from surveys.instrument import Question
from surveys.kinds import KINDS, NUMBERS
from surveys.kinds.number import limits as range_limits
from surveys.kinds.number import spelled

TODAY = "today"

_LIMITING = COMPARISONS - {"!="}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit: a number, an ISO date or TODAY, as text; `is_open` when it is itself outside."""

    text: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most, None where there is none; `is_all` if the constraint says no more."""

    low: Bound | None = None
    high: Bound | None = None
    is_all: bool = True


def limits_of(question: Question) -> Limits:
    """Return the limits of what may be answered: of the constraint, and of a range its ends."""
    found = _written(question.constraint, KINDS[question.kind].storage)
    if question.kind != "range":
        return found
    try:
        start, end, _step = range_limits(question)
    except InvalidOperation:
        return found
    bounds = [Bound(spelled(number), False) for number in sorted((start, end))]
    low = _tighter(found.low, bounds[0], above=True)
    high = _tighter(found.high, bounds[1], above=False)
    if low is None or high is None:
        return Limits(bounds[0], bounds[1], is_all=False)
    return Limits(low, high, found.is_all)


def soft_limits_of(question: Question) -> Limits:
    """Return the limits beyond which an answer is doubted, of the soft constraint."""
    return _written(question.soft_constraint, KINDS[question.kind].storage)


def _written(expression: Expression | None, storage: str) -> Limits:
    """Return the limits an expression about `.` says, for an answer stored so."""
    if expression is None:
        return Limits()
    low: Bound | None = None
    high: Bound | None = None
    is_all = True
    for part in conjuncts(expression.tree):
        read = _part(part, storage)
        if read is None:
            is_all = False
            continue
        operator, text = read
        bound = Bound(text, operator in {"<", ">"})
        if operator in {">", ">=", "="}:
            tighter = _tighter(low, bound, above=True)
            is_all, low = is_all and tighter is not None, tighter or low
        if operator in {"<", "<=", "="}:
            tighter = _tighter(high, bound, above=False)
            is_all, high = is_all and tighter is not None, tighter or high
    return Limits(low, high, is_all)


def _part(tree: Tree, storage: str) -> tuple[str, str] | None:
    """Return (operator, limit) of a comparison of `.`, as if `.` stood on the left; None of others."""
    match tree:
        case Operation(Self(), ((operator, limit),)):
            pass
        case Operation(limit, ((operator, Self()),)):
            operator = MIRRORED.get(operator, operator)
        case _:
            return None
    text = _limit(limit, storage) if operator in _LIMITING else None
    return None if text is None else (operator, text)


def _limit(tree: Tree, storage: str) -> str | None:
    """Return what is written out and can limit such an answer, as text."""
    written = literal(tree)
    if storage in NUMBERS:
        return text_of_number(written) if isinstance(written, float) else None
    if storage != "date":
        return None
    if isinstance(tree, Call) and tree.function == "today":
        return TODAY
    return written if isinstance(written, str) and _DATE.fullmatch(written) else None


def _tighter(one: Bound | None, other: Bound, *, above: bool) -> Bound | None:
    """Return the limit that excludes more; None where it is not known which (today or a date)."""
    if one is None:
        return other
    if (one.text == TODAY) != (other.text == TODAY):
        return None
    first, second = _rank(one, above=above), _rank(other, above=above)
    return one if first == second or (first > second) is above else other


def _rank(bound: Bound, *, above: bool) -> tuple[Decimal, bool]:
    """Return what orders limits of one kind, least first."""
    inner = bound.is_open is above  # of two at the same place, the open one lies further in
    if bound.text == TODAY:
        return Decimal(0), inner
    digits = bound.text.replace("-", "") if _DATE.fullmatch(bound.text) else bound.text
    return Decimal(digits), inner
