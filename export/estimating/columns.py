"""Expressions over whole columns: the questionnaire's grammar, a column of values at a time.

A value is missing when it is NaN, None or ''. Missing stays missing: what is computed from it is
missing too, unless the rest decides (false and missing is false, true or missing is true). The
interview reads a blank differently, for there it can still be filled in.

A column is of numbers (float64, NaN missing) or of texts (object, None missing); conditions are
numbers, 1 and 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from surveys.expressions.tree import Call, Child, Minus, Name, Number, Operation, String, Tree
from surveys.language import _
from surveys.problems import Refusal

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]
Column = Floats | Texts


def evaluate(tree: Tree, columns: Mapping[str, NDArray[Any]], rows: int) -> Column:
    """Return the value of an expression in each of `rows` rows.

    `${name}` and a bare name read a column. Refusal names what the language of estimates lacks, a
    column there is not, or a text used as a number.
    """
    match tree:
        case Number(value=value):
            return np.full(rows, value)
        case String(text=text):
            return _literal(text, rows)
        case Name(name=name) | Child(name=name):
            return column(columns, name)
        case Minus(operand=operand):
            return -_numbers(evaluate(operand, columns, rows))
        case Operation(first=first, rest=rest):
            result = evaluate(first, columns, rows)
            for operator, operand in rest:
                result = _operated(operator, result, evaluate(operand, columns, rows))
            return result
        case Call(function=function, arguments=arguments):
            return _called(function, [evaluate(each, columns, rows) for each in arguments])
        case _:
            raise Refusal(_("paths and . have no meaning over a dataset; name the column instead"))


def column(columns: Mapping[str, NDArray[Any]], name: str) -> Column:
    """Return a column by its name, as numbers if all its values are numbers, else as texts."""
    if name not in columns:
        remedy = _("put spaces around a minus sign") if "-" in name else _("check its spelling")
        raise Refusal(
            _("the dataset has no column “{name}”; {remedy}").format(name=name, remedy=remedy)
        )
    values = columns[name]
    if values.dtype.kind in "biuf":
        return _finite(values.astype(np.float64))
    given = [None if _is_missing(value) else value for value in values.tolist()]
    present = [value for value in given if value is not None]
    if present and all(isinstance(value, int | float) for value in present):
        return _finite(np.array([np.nan if value is None else value for value in given], float))
    if not all(isinstance(value, str) for value in present):
        raise TypeError("a column holds numbers or texts")
    return _texts(given)


def is_missing(values: Column) -> NDArray[np.bool_]:
    """Return where a column has no value."""
    if values.dtype == np.float64:
        return np.isnan(cast(Floats, values))
    return np.array([value is None for value in values.tolist()], dtype=np.bool_)


def _is_missing(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and np.isnan(value))


def _texts(values: list[str | None]) -> Texts:
    out = np.empty(len(values), dtype=np.object_)
    out[:] = values
    return out


def _finite(values: Floats) -> Floats:
    """Return the values with what is infinite (a division by zero) missing."""
    return np.where(np.isfinite(values), values, np.nan)


def _literal(text: str, rows: int) -> Texts:
    if not text:
        raise Refusal(
            _("a missing answer is left out and counted, so '' compares with nothing; leave it out")
        )
    return _texts([text] * rows)


def _is_text(values: Column) -> bool:
    return values.dtype != np.float64


def _numbers(values: Column) -> Floats:
    """Return the column as numbers; Refusal if a value is a text that is not one."""
    numbers, are_numbers = _read_numbers(values)
    if not np.all(are_numbers):
        raise Refusal(
            _("a column of texts is used as numbers; compare it with = and a text in quotes")
        )
    return numbers


def _read_numbers(values: Column) -> tuple[Floats, NDArray[np.bool_]]:
    """Return each value as a number (NaN if it is none), and whether it is a number or missing."""
    if not _is_text(values):
        return cast(Floats, values), np.ones(len(values), dtype=np.bool_)
    numbers = np.full(len(values), np.nan)
    are_numbers = np.ones(len(values), dtype=np.bool_)
    for at, text in enumerate(values.tolist()):
        if text is not None:
            numbers[at] = _number(text)
            are_numbers[at] = not np.isnan(numbers[at])
    return numbers, are_numbers


def _number(text: str) -> float:
    """Return the number a text writes, NaN if it writes none (Python's own words are none)."""
    try:
        number = float(text) if set(text) <= set("0123456789+-.eE ") else np.nan
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def _truth(values: Column) -> Floats:
    """Return 1 where true (not 0), 0 where false, NaN where missing."""
    if _is_text(values):
        raise Refusal(_("a text is used as a condition; compare it, as in sex = 'f'"))
    numbers = cast(Floats, values)
    return np.where(np.isnan(numbers), np.nan, (numbers != 0).astype(np.float64))


def _operated(operator: str, left: Column, right: Column) -> Column:
    if operator in _LOGIC:
        return _LOGIC[operator](_truth(left), _truth(right))
    if operator in ("=", "!="):
        return _equality(left, right, operator == "=")
    if operator not in _ARITHMETIC:
        raise Refusal(
            _("“{name}” has no meaning over a dataset; leave it out").format(name=operator)
        )
    a, b = _numbers(left), _numbers(right)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = np.asarray(_ARITHMETIC[operator](a, b), dtype=np.float64)
    return np.where(np.isnan(a) | np.isnan(b), np.nan, _finite(value))


def _equality(left: Column, right: Column, wanted: bool) -> Floats:
    """Return where two columns are equal, or are not; as numbers if one of them is of numbers."""
    missing = is_missing(left) | is_missing(right)
    if _is_text(left) and _is_text(right):
        equal = np.array(left == right, dtype=np.bool_)
    else:
        # A text that is no number is not missing: it is a choice other than the number asked for.
        equal = _read_numbers(left)[0] == _read_numbers(right)[0]
    return np.where(missing, np.nan, (equal == wanted).astype(np.float64))


def _and(a: Floats, b: Floats) -> Floats:
    return np.where((a == 0) | (b == 0), 0.0, a * b)


def _or(a: Floats, b: Floats) -> Floats:
    return np.where((a == 1) | (b == 1), 1.0, a + b)


_LOGIC: Mapping[str, Callable[[Floats, Floats], Floats]] = {"and": _and, "or": _or}
_ARITHMETIC: Mapping[str, Callable[[Floats, Floats], NDArray[Any]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "div": np.divide,
    "mod": np.fmod,  # the sign of the left operand, as in XPath
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def _called(function: str, arguments: list[Column]) -> Column:
    if (function, len(arguments)) not in _FUNCTIONS:
        raise Refusal(
            _(
                "“{name}” with {n} arguments has no meaning over a dataset;"
                " use not(a), selected(column, 'code') or if(a, b, c)"
            ).format(name=function, n=len(arguments))
        )
    return _FUNCTIONS[function, len(arguments)](*arguments)


def _not(a: Column) -> Floats:
    return 1 - _truth(a)


def _if(condition: Column, yes: Column, no: Column) -> Column:
    truth = _truth(condition)
    if _is_text(yes) != _is_text(no):
        raise Refusal(_("if() gives a text or a number; make both sides the same"))
    missing: Any = None if _is_text(yes) else np.nan
    return np.where(np.isnan(truth), missing, np.where(truth == 1, yes, no))


def _selected(column: Column, code: Column) -> Floats:
    """Return where a column of codes separated by spaces holds a code."""
    answers, codes = _as_texts(column), _as_texts(code)
    pairs = zip(answers.tolist(), codes.tolist(), strict=True)
    return np.array(
        [np.nan if a is None or b is None else float(b in a.split(" ")) for a, b in pairs]
    )


def _as_texts(values: Column) -> Texts:
    """Return the column as texts, whole numbers without a point."""
    if _is_text(values):
        return cast(Texts, values)
    return _texts([label(value) for value in values.tolist()])


def label(value: float | str | None) -> str | None:
    """Return a value of a column as a text, a whole number without a point, None if missing."""
    if isinstance(value, str) or value is None:
        return value
    return None if np.isnan(value) else f"{value:.15g}"


_FUNCTIONS: Mapping[tuple[str, int], Callable[..., Column]] = {
    ("not", 1): _not,
    ("if", 3): _if,
    ("selected", 2): _selected,
}
