"""Expressions over whole columns: the questionnaire's grammar, a column of values at a time.

A value is missing when it is NaN, None or ''. Missing stays missing: what is computed from it is
missing too, unless the rest decides (false and missing is false, true or missing is true). The
interview reads a blank differently, for there it can still be filled in.

A column is of numbers (float64, NaN missing) or of texts; conditions are numbers, 1 and 0. Texts
are coded once, so that what is asked of them is asked of each different text, not of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from surveys.expressions.tree import Call, Child, Minus, Name, Number, Operation, String, Tree
from surveys.language import _
from surveys.problems import Refusal

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A column of texts: the place of each row's text in `values`, -1 where it is missing.

    `values` are different from each other; some may stand in no row.
    """

    places: Places
    values: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.places)


Column = Floats | Texts
Columns = Mapping[str, NDArray[Any] | Texts]


def evaluate(tree: Tree, columns: Columns, rows: int) -> Column:
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


def column(columns: Columns, name: str) -> Column:
    """Return a column by its name, as numbers if all its values are numbers, else as texts."""
    if name not in columns:
        remedy = _("put spaces around a minus sign") if "-" in name else _("check its spelling")
        raise Refusal(
            _("the dataset has no column “{name}”; {remedy}").format(name=name, remedy=remedy)
        )
    values = columns[name]
    if isinstance(values, Texts):
        return values
    if values.dtype.kind in "biuf":
        return _finite(values.astype(np.float64, copy=False))
    given = [None if _is_blank(value) else value for value in values.tolist()]
    present = [value for value in given if value is not None]
    if present and all(isinstance(value, int | float) for value in present):
        return _finite(np.array([np.nan if value is None else value for value in given], float))
    if not all(isinstance(value, str) for value in present):
        raise TypeError("a column holds numbers or texts")
    return coded(given)


def coded(texts: Sequence[str | None]) -> Texts:
    """Return a column of texts, None or '' missing."""
    place: dict[str | None, int] = {None: -1, "": -1}
    values = [text for text in dict.fromkeys(texts) if text]
    place |= {text: at for at, text in enumerate(values)}
    places = np.fromiter((place[text] for text in texts), dtype=np.intp, count=len(texts))
    return Texts(places, tuple(values))


def arrays(frame: pl.DataFrame) -> dict[str, NDArray[Any] | Texts]:
    """Return the columns of a table by name."""
    return {
        series.name: coded(series.to_list())
        if series.dtype == pl.String
        else series.cast(pl.Float64).to_numpy()
        for series in frame
    }


def is_missing(values: Column) -> Mask:
    """Return where a column has no value."""
    return values.places < 0 if isinstance(values, Texts) else np.isnan(values)


def label(value: float | str | None) -> str | None:
    """Return a value of a column as a text, a whole number without a point, None if missing."""
    if isinstance(value, str) or value is None:
        return value
    return None if np.isnan(value) else f"{value:.15g}"


def _is_blank(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and np.isnan(value))


def _finite(values: Floats) -> Floats:
    """Return the values with what is infinite (a division by zero) missing."""
    infinite = np.isinf(values)
    return np.where(infinite, np.nan, values) if np.any(infinite) else values


def _literal(text: str, rows: int) -> Texts:
    if not text:
        raise Refusal(
            _("a missing answer is left out and counted, so '' compares with nothing; leave it out")
        )
    return Texts(np.zeros(rows, dtype=np.intp), (text,))


def _at(values: Sequence[float] | Floats, texts: Texts) -> Floats:
    """Return, for each row, the number that stands for its text, NaN where it is missing."""
    return np.append(np.asarray(values, dtype=np.float64), np.nan)[texts.places]  # -1 is the last


def _numbers(values: Column) -> Floats:
    """Return the column as numbers; Refusal if a value is a text that is not one."""
    if not isinstance(values, Texts):
        return values
    numbers = _read_numbers(values)
    if np.any(np.isnan(numbers) & (values.places >= 0)):
        raise Refusal(
            _("a column of texts is used as numbers; compare it with = and a text in quotes")
        )
    return numbers


def _read_numbers(values: Column) -> Floats:
    """Return each value as a number, NaN if it is none."""
    if not isinstance(values, Texts):
        return values
    return _at([_number(text) for text in values.values], values)


def _number(text: str) -> float:
    """Return the number a text writes, NaN if it writes none (Python's own words are none)."""
    try:
        number = float(text) if set(text) <= set("0123456789+-.eE ") else np.nan
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def _truth(values: Column) -> Floats:
    """Return 1 where true (not 0), 0 where false, NaN where missing."""
    if isinstance(values, Texts):
        raise Refusal(_("a text is used as a condition; compare it, as in sex = 'f'"))
    return np.where(np.isnan(values), np.nan, (values != 0).astype(np.float64))


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
    if isinstance(left, Texts) and isinstance(right, Texts):
        (ours, theirs), _values = _joined(left, right)
        equal = ours == theirs
    else:
        # A text that is no number is not missing: it is a choice other than the number asked for.
        equal = _read_numbers(left) == _read_numbers(right)
    return np.where(missing, np.nan, (equal == wanted).astype(np.float64))


def _joined(*columns: Texts) -> tuple[list[Places], tuple[str, ...]]:
    """Return the places of some columns among the values of all of them, and these."""
    values = tuple(dict.fromkeys(value for one in columns for value in one.values))
    place = {value: at for at, value in enumerate(values)}
    lookups = [
        np.array([*(place[value] for value in one.values), -1], dtype=np.intp) for one in columns
    ]
    return [lookup[one.places] for lookup, one in zip(lookups, columns, strict=True)], values


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
    if isinstance(yes, Texts) and isinstance(no, Texts):
        (ours, theirs), values = _joined(yes, no)
        return Texts(np.where(np.isnan(truth), -1, np.where(truth == 1, ours, theirs)), values)
    if isinstance(yes, Texts) or isinstance(no, Texts):
        raise Refusal(_("if() gives a text or a number; make both sides the same"))
    return np.where(np.isnan(truth), np.nan, np.where(truth == 1, yes, no))


def _selected(column: Column, code: Column) -> Floats:
    """Return where a column of codes separated by spaces holds a code."""
    answers, codes = _as_texts(column), _as_texts(code)
    found = np.full(len(answers), np.nan)
    for at, wanted in enumerate(codes.values):
        holds = _at([wanted in answer.split(" ") for answer in answers.values], answers)
        found = np.where(codes.places == at, holds, found)
    return found


def _as_texts(values: Column) -> Texts:
    """Return the column as texts, whole numbers without a point."""
    if isinstance(values, Texts):
        return values
    different, places = np.unique(values, return_inverse=True)  # NaN is one, and the last
    texts = tuple(label(value) or "" for value in different[~np.isnan(different)].tolist())
    return Texts(np.where(places < len(texts), places, -1), texts)


_FUNCTIONS: Mapping[tuple[str, int], Callable[..., Column]] = {
    ("not", 1): _not,
    ("if", 3): _if,
    ("selected", 2): _selected,
}
