"""An expression in R, with the values `export.estimating.columns.evaluate` gives it.

Missing is NA. `&`, `|`, `!` and arithmetic treat NA as our language treats what is missing (FALSE & NA is
FALSE); where R does otherwise the functions of `expressions.R` stand in: `same`, `differs`, `divided`,
`remainder`, `chosen`, `when`, `number`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from export.scripts.columns_read import is_text
from surveys.expressions.tree import (
    Call,
    Child,
    Minus,
    Name,
    Number,
    Operation,
    String,
    Tree,
)

_LARGEST = 8e307  # that both R and Stata can read
_SYNTACTIC = re.compile(r"[A-Za-z][A-Za-z0-9._]*")
_RESERVED = frozenset(
    "if else repeat while function for next break in TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_"
    " NA_complex_ NA_character_".split()
)
_INFIX: Mapping[str, str] = {
    **{each: each for each in ("+", "-", "*", "<", "<=", ">", ">=")},
    "and": "&",
    "or": "|",
}
_NAMED: Mapping[str, str] = {"=": "same", "!=": "differs", "div": "divided", "mod": "remainder"}
_FUNCTIONS: Mapping[str, str] = {"selected": "chosen", "if": "when"}


def in_r(tree: Tree, texts: Collection[str]) -> str:
    """Return an expression as R writes it; `texts` names the columns that hold texts."""
    match tree:
        case Number(value=value):
            return number(value)
        case String(text=text):
            return quoted(text)
        case Name(name=name) | Child(name=name):
            return named(name)
        case Minus(operand=operand):
            return f"(-{_as_number(operand, texts)})"
        case Operation(first=first, rest=rest):
            left, of_text = in_r(first, texts), is_text(first, texts)
            for operator, operand in rest:
                left = _operated(operator, left, of_text, operand, texts)
                of_text = False
            return left
        case Call(function="not", arguments=arguments):
            return f"(!{in_r(arguments[0], texts)})"
        case Call(function=function, arguments=arguments):
            given = ", ".join(in_r(each, texts) for each in arguments)
            return f"{_FUNCTIONS[function]}({given})"
        case _:
            raise ValueError("an expression over columns has no paths")


def named(name: str) -> str:
    """Return the name of a column as R reads it."""
    if _SYNTACTIC.fullmatch(name) and name not in _RESERVED:
        return name
    return "`" + _escaped(name, "`") + "`"


def quoted(text: str) -> str:
    """Return a text between quotes; all but ASCII by number, so that no locale can misread it."""
    return '"' + _escaped(text, '"') + '"'


def number(value: float) -> str:
    """Return a number so that it is read as the same number; what is beyond all numbers, as a large one."""
    value = min(max(value, -_LARGEST), _LARGEST)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _escaped(text: str, quote: str) -> str:
    return "".join(_character(each, quote) for each in text)


def _character(each: str, quote: str) -> str:
    if each in {"\\", quote}:
        return "\\" + each
    if " " <= each <= "~":
        return each
    return f"\\u{{{ord(each):x}}}"


def _operated(
    operator: str, left: str, of_text: bool, operand: Tree, texts: Collection[str]
) -> str:
    right = in_r(operand, texts)
    if operator in {"=", "!="}:
        return f"{_NAMED[operator]}({left}, {right})"
    if operator not in {"and", "or"}:
        left, right = f"number({left})" if of_text else left, _as_number(operand, texts)
    if operator in _NAMED:
        return f"{_NAMED[operator]}({left}, {right})"
    return f"({left} {_INFIX[operator]} {right})"


def _as_number(tree: Tree, texts: Collection[str]) -> str:
    written = in_r(tree, texts)
    return f"number({written})" if is_text(tree, texts) else written
