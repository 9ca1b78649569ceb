"""The four kinds of value of XPath and how one becomes another, or is compared with another.

Blank is '' as text and NaN as a number. A node set counts as its first node, except that it is
equal, or less, when any of its nodes is. Nothing here raises, whatever the values.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from decimal import Decimal

from surveys.expressions.context import Context, NodeSet, Value
from surveys.expressions.dates import day_number, looks_like_date

# XPath's numbers: no exponent, no plus sign, no thousands, no words.
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_SPACE = " \t\r\n"
# The specification compares doubles exactly, so that 0.1 + 0.2 = 0.3 is false; Collect allows
# this much, and so a total of amounts that a person adds up by hand is accepted.
_CLOSE = 1e-12
# Every whole number below has its own double, and str() of it has no exponent.
_EXACT = 2.0**53


def number_of_text(text: str, context: Context) -> float:
    """Return a text as a number: digits, or the days of an ISO date; anything else is NaN."""
    if text.isdecimal() and text.isascii():
        return float(text)
    text = text.strip(_SPACE)
    if _NUMBER.fullmatch(text):
        return float(text)
    return day_number(text, context.now.tzinfo) if looks_like_date(text) else math.nan


def number(value: Value, context: Context) -> float:
    """Return a value as a number, NaN if it is none."""
    if isinstance(value, str):
        return number_of_text(value, context)
    if isinstance(value, NodeSet):
        return number_of_text(text(value), context)
    return float(value)


def text(value: Value) -> str:
    """Return a value as text: 3 not 3.0, true or false, the first node of a set."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return text_of_number(value)
    return value.texts[0] if value.texts else ""


def text_of_number(value: float) -> str:
    """Return a number as XPath writes it: no exponent, no trailing zero, no negative zero."""
    if value == 0:
        return "0"
    if -_EXACT < value < _EXACT and value.is_integer():
        return str(int(value))
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    shortest = repr(value)
    return (format(Decimal(shortest), "f") if "e" in shortest else shortest).removesuffix(".0")


def truth(value: Value) -> bool:
    """Return a value as a condition: blank, 0 and NaN are false; every other text is true."""
    if isinstance(value, str):
        return value != ""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    if isinstance(value, NodeSet):
        return value.is_true
    return value


def texts(value: Value) -> tuple[str, ...]:
    """Return the text of every node of a set, or of the one value."""
    return value.texts if isinstance(value, NodeSet) else (text(value),)


def numbers_equal(left: float, right: float) -> bool:
    """Return whether two numbers are the same to within 1e-12; NaN equals nothing."""
    return left == right or abs(left - right) < _CLOSE


def texts_equal(left: str, right: str, context: Context) -> bool:
    """Return whether two texts are the same, or write the same date or time."""
    if left == right:
        return True
    if not (looks_like_date(left) and looks_like_date(right)):
        return False
    zone = context.now.tzinfo
    return day_number(left, zone) == day_number(right, zone)


def equal(left: Value, right: Value, context: Context) -> bool:
    """Return whether left = right: as conditions if one is, else as numbers, else as texts."""
    if isinstance(left, NodeSet) or isinstance(right, NodeSet):
        return _any_pair(equal, left, right, context)
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    if isinstance(left, str) and isinstance(right, str):
        return texts_equal(left, right, context)
    return numbers_equal(number(left, context), number(right, context))


def different(left: Value, right: Value, context: Context) -> bool:
    """Return whether left != right; for node sets, whether some node differs."""
    if isinstance(left, NodeSet) or isinstance(right, NodeSet):
        return _any_pair(different, left, right, context)
    return not equal(left, right, context)


Comparer = Callable[[Value, Value, Context], bool]


def _any_pair(compare: Comparer, left: Value, right: Value, context: Context) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return compare(truth(left), truth(right), context)
    lefts = left.texts if isinstance(left, NodeSet) else (left,)
    rights = right.texts if isinstance(right, NodeSet) else (right,)
    return any(compare(one, other, context) for one in lefts for other in rights)


def _ordered(holds: Callable[[float, float], bool]) -> Comparer:
    def compare(left: Value, right: Value, context: Context) -> bool:
        if isinstance(left, NodeSet) or isinstance(right, NodeSet):
            return _any_pair(compare, left, right, context)
        return holds(number(left, context), number(right, context))

    return compare


COMPARERS: dict[str, Comparer] = {
    "=": equal,
    "!=": different,
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
}


def divided(left: float, right: float) -> float:
    """Return left div right: infinite or NaN by zero, as IEEE 754 has it."""
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """Return left mod right, with the sign of left; NaN by zero."""
    if right == 0 or math.isinf(left):
        return math.nan
    return math.fmod(left, right)
