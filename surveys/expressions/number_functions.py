"""Functions of numbers: total, so that what is undefined is NaN and what is too large, infinite."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext
from functools import reduce

from surveys.expressions.context import Context, NodeSet
from surveys.expressions.signature import Function, plain
from surveys.expressions.values import number_of_text

_HALF = Decimal("0.5")
_MOST_PLACES = 30
# From here on doubles have no fraction left.
_WHOLE = 2.0**53


def rounded(number: float, places: float = 0.0) -> float:
    """Return the nearest number with that many decimals, a half going up: round(-1.5) is -1.

    The decimals are those the number is written with, so round(1.005, 2) is 1.01. Negative places
    round to tens. NaN beyond 30 places. XPath 1.0, section 4.4; the places are ODK's.
    """
    if not -_MOST_PLACES <= places <= _MOST_PLACES:
        return math.nan
    if not math.isfinite(number) or (places >= 0 and abs(number) >= _WHOLE):
        return number
    with localcontext(prec=100):
        shifted = Decimal(repr(number)).scaleb(int(places))
        whole = (shifted + _HALF).to_integral_value(ROUND_FLOOR)
        return float(whole.scaleb(-int(places)))


def _whole(rule: Callable[[float], int]) -> Callable[[float], float]:
    """Return a rounding rule that leaves NaN and the infinities alone."""
    return lambda number: float(rule(number)) if math.isfinite(number) else number


def _total(function: Callable[[float], float]) -> Callable[[float], float]:
    """Return a function of `math` that is NaN outside its domain and infinite past the largest."""

    def compute(number: float) -> float:
        try:
            return function(number)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return compute


def power(base: float, exponent: float) -> float:
    """Return base to the exponent."""
    try:
        return math.pow(base, exponent)
    except ValueError:
        return math.inf if base == 0 else math.nan
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    compute = _total(function)
    return lambda number: -math.inf if number == 0 else compute(number)


def extreme(choose: Callable[[Sequence[float]], float]) -> Callable[[Sequence[float]], float]:
    """Return min or max of numbers: NaN if there are none or one of them is blank."""

    def compute(numbers: Sequence[float]) -> float:
        if not numbers or any(map(math.isnan, numbers)):
            return math.nan
        return choose(numbers)

    return compute


def total(context: Context, nodes: NodeSet) -> float:
    """Return the sum of the nodes, NaN if one is blank; 0 for none.

    Added one by one: the built-in sum rounds otherwise from Python 3.12 on.
    """
    numbers = [number_of_text(text, context) for text in nodes.texts]
    return reduce(operator.add, numbers, 0.0)


NUMBER_FUNCTIONS: Mapping[str, Function] = {
    "number": plain("number", "number", lambda number: number),
    "int": plain("number", "number", _whole(math.trunc)),
    "round": plain("number number?", "number", rounded),
    "floor": plain("number", "number", _whole(math.floor)),
    "ceiling": plain("number", "number", _whole(math.ceil)),
    "abs": plain("number", "number", abs),
    "pow": plain("number number", "number", power),
    "sqrt": plain("number", "number", _total(math.sqrt)),
    "exp": plain("number", "number", _total(math.exp)),
    "exp10": plain("number", "number", lambda number: power(10.0, number)),
    "log": plain("number", "number", _logarithm(math.log)),
    "log10": plain("number", "number", _logarithm(math.log10)),
    "sin": plain("number", "number", _total(math.sin)),
    "cos": plain("number", "number", _total(math.cos)),
    "tan": plain("number", "number", _total(math.tan)),
    "asin": plain("number", "number", _total(math.asin)),
    "acos": plain("number", "number", _total(math.acos)),
    "atan": plain("number", "number", math.atan),
    "atan2": plain("number number", "number", math.atan2),
    "pi": plain("", "number", lambda: math.pi),
    "random": plain("context", "number", lambda context: context.random()),
    "min": plain("numbers+", "number", extreme(min)),
    "max": plain("numbers+", "number", extreme(max)),
    "sum": plain("context nodes", "number", total),
    "count": plain("nodes", "number", lambda nodes: float(len(nodes.nodes))),
    "count-non-empty": plain(
        "nodes", "number", lambda nodes: float(sum(text != "" for text in nodes.texts))
    ),
}
