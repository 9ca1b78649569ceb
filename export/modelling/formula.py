"""Formulas of a model: the questionnaire's grammar over numbers, computed for all draws at once.

A value is an array (cycles or 1, draws or 1) of float64. Operators are those of the grammar, `div` and `mod`
among them; conditions are 1 and 0. Beside parameters a formula reads `cycle` (1 for the first), `year` (years
gone by when the cycle begins) and `cycle_length` (in years). What has no number, such as a division by zero, is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surveys.expressions import parse
from surveys.expressions.tree import Call, Child, Minus, Name, Number, Operation, Tree, walk
from surveys.problems import Place

Floats = NDArray[np.float64]
Values = Mapping[str, Floats]
CYCLE, YEAR, LENGTH = "cycle", "year", "cycle_length"
CLOCK = (CYCLE, YEAR, LENGTH)  # what every formula may read; no parameter is called so
_UNREAD = "?"  # what a formula reads that could not be read itself: nothing is judged of it
_OF_A_CYCLE = "probability"  # reads the length of a cycle without being told it


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as written, as parsed, and where it stands."""

    text: str
    tree: Tree = field(repr=False, compare=False)
    place: Place = field(repr=False, compare=False)

    @property
    def references(self) -> tuple[tuple[str, int], ...]:
        """The parameters it reads, wherever it does, with their offsets (characters from 0)."""
        found = (one for one in walk(self.tree) if isinstance(one, Name | Child))
        return tuple((one.name, one.offset) for one in found if one.name not in CLOCK)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters it reads, each once."""
        return tuple(dict.fromkeys(name for name, _offset in self.references))


def formula(text: str, place: Place) -> Formula:
    """Return the formula that a text writes; raises ExpressionError where it cannot be read."""
    return Formula(text.strip(), parse(text), place)


def unread(place: Place) -> Formula:
    """Return what stands for a formula that cannot be read."""
    return Formula(_UNREAD, Child(_UNREAD, 0), place)


def constant(number: float, text: str, place: Place) -> Formula:
    """Return the formula that is one number."""
    size = Number(abs(number), 0)
    return Formula(text, Minus(size, 0) if number < 0 else size, place)


def remainder(others: Iterable[Formula], place: Place) -> Formula:
    """Return the formula of what others leave of one."""
    some = tuple(others)
    text = "1" + "".join(f" - ({one.text})" for one in some)
    one = Number(1.0, 0)
    if not some:
        return Formula(text, one, place)
    return Formula(text, Operation(one, tuple(("-", each.tree) for each in some), 0), place)


def clock(cycles: int, length: float) -> dict[str, Floats]:
    """Return what formulas read of time: the cycles in a column, the length of one in years."""
    cycle = np.arange(1.0, cycles + 1)[:, None]
    return {CYCLE: cycle, YEAR: (cycle - 1) * length, LENGTH: np.array([[length]])}


def evaluate(tree: Tree, values: Values) -> Floats:
    """Return the value of a formula, given those of what it reads; `strange` finds what cannot be read."""
    match tree:
        case Number(value=value):
            return np.array([[value]])
        case Name(name=name) | Child(name=name):
            return values[name]
        case Minus(operand=operand):
            return -evaluate(operand, values)
        case Operation(first=first, rest=rest):
            found = evaluate(first, values)
            for operator, operand in rest:
                found = _OPERATORS[operator](found, evaluate(operand, values))
            return found
        case Call(function=name, arguments=arguments):
            given = [evaluate(one, values) for one in arguments]
            if name == _OF_A_CYCLE:
                given.append(values[LENGTH])
            return _FUNCTIONS[name][1](*given)
    raise ValueError("a formula of numbers only; strange() finds the others")


def strange(tree: Tree) -> Iterator[tuple[str, int]]:
    """Yield what of a tree has no meaning in a model: how it is written, and where (characters from 0)."""
    for node in walk(tree):
        match node:
            case Operation(rest=rest):
                yield from (("|", node.offset) for operator, _one in rest if operator == "|")
            case Number() | Name() | Child() | Minus():
                pass
            case Call(function=name, arguments=arguments, offset=offset):
                if name not in _FUNCTIONS or len(arguments) not in _FUNCTIONS[name][0]:
                    yield f"{name}()", offset
            case _:
                yield type(node).__name__.lower(), node.offset


def probability(rate: Floats, years: Floats) -> Floats:
    """Return the probability, within so many years, of what happens at a constant rate a year.

    p = 1 − exp(−r·t). Source: Briggs, Claxton and Sculpher, Decision Modelling for Health Economic
    Evaluation (2006), section 3.2.
    """
    return -np.expm1(-rate * years)


def rate(probability: Floats, years: Floats) -> Floats:
    """Return the constant rate a year of what has a probability within so many years: −ln(1 − p)/t."""
    return -np.log1p(-probability) / years


def _truth(value: Floats) -> Floats:
    return np.where(np.isnan(value), np.nan, (value != 0).astype(np.float64))


def _if(condition: Floats, yes: Floats, no: Floats) -> Floats:
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, yes, no))


def _compared(holds: Callable[[Floats, Floats], NDArray[np.bool_]]) -> _Function:
    def compute(a: Floats, b: Floats) -> Floats:
        return np.where(np.isnan(a) | np.isnan(b), np.nan, holds(a, b).astype(np.float64))

    return compute


_Function = Callable[..., Floats]
_OPERATORS: Mapping[str, _Function] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "div": np.divide,
    "mod": np.fmod,
    "<": _compared(np.less),
    "<=": _compared(np.less_equal),
    ">": _compared(np.greater),
    ">=": _compared(np.greater_equal),
    "=": _compared(np.equal),
    "!=": _compared(np.not_equal),
    "and": lambda a, b: _truth(a) * _truth(b),
    "or": lambda a, b: np.maximum(_truth(a), _truth(b)),
}
# Of each function, how many arguments it takes, and what it computes of them.
_FUNCTIONS: Mapping[str, tuple[range, _Function]] = {
    _OF_A_CYCLE: (range(1, 2), probability),
    "rate": (range(2, 3), rate),
    "if": (range(3, 4), _if),
    "not": (range(1, 2), lambda a: 1 - _truth(a)),
    "exp": (range(1, 2), np.exp),
    "log": (range(1, 2), np.log),
    "sqrt": (range(1, 2), np.sqrt),
    "abs": (range(1, 2), np.abs),
    "pow": (range(2, 3), np.power),
    "min": (range(1, 100), lambda *some: np.minimum.reduce(np.broadcast_arrays(*some))),
    "max": (range(1, 100), lambda *some: np.maximum.reduce(np.broadcast_arrays(*some))),
}
FUNCTIONS = tuple(sorted(_FUNCTIONS))
