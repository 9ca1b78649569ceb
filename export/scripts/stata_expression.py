"""An expression in Stata, with the values `export.estimating.columns.evaluate` gives it.

To Stata a missing number is above every number and is not false, so each step says what becomes of what
is missing. A step is one `generate` line with a variable of its own (`e1`, `e2`, …): written as a single
expression the guards would double with every level.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from export.scripts.columns_read import is_text
from export.scripts.r_expression import number
from surveys.expressions.tree import (
    COMPARISONS,
    Call,
    Child,
    Minus,
    Name,
    Number,
    Operation,
    String,
    Tree,
)

_PLAIN = frozenset(
    " !#%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~"
)


@dataclass(frozen=True, slots=True)
class Steps:
    """Lines that make variables, and what holds the result: a variable or a literal."""

    lines: tuple[str, ...]
    result: str


@dataclass(slots=True)
class _Writer:
    """The lines so far; `names` maps columns to Stata's variables, `first` numbers the next step."""

    texts: Collection[str]
    names: Mapping[str, str]
    first: int
    lines: list[str] = field(default_factory=list)

    def step(self, value: str, *, of_text: bool = False) -> str:
        variable = f"e{self.first + len(self.lines)}"
        kind = "" if of_text else "double "
        self.lines.append(f"generate {kind}{variable} = {value}")
        return variable


def in_stata(tree: Tree, texts: Collection[str], names: Mapping[str, str], first: int = 1) -> Steps:
    """Return an expression as steps numbered from `first`, at least one.

    `texts` names the columns that hold texts, `names` gives each column's variable in Stata.
    """
    writer = _Writer(texts, names, first)
    result = _written(tree, writer)
    if not writer.lines:
        result = writer.step(result, of_text=is_text(tree, texts))
    return Steps(tuple(writer.lines), result)


def quoted(text: str) -> str:
    """Return a text as Stata reads it: quotes and what would start a macro are written by number."""
    parts: list[str] = []
    for each in text:
        if each in _PLAIN or ord(each) >= 0xA0:
            if parts and parts[-1].startswith('"'):
                parts[-1] = parts[-1][:-1] + each + '"'
            else:
                parts.append(f'"{each}"')
        else:
            parts.append(f"char({ord(each)})" if ord(each) < 0x80 else f"uchar({ord(each)})")
    return parts[0] if len(parts) == 1 else "(" + " + ".join(parts or ['""']) + ")"


def _written(tree: Tree, writer: _Writer) -> str:
    match tree:
        case Number(value=value):
            return number(value)
        case String(text=text):
            return quoted(text)
        case Name(name=name) | Child(name=name):
            return writer.names[name]
        case Minus(operand=operand):
            return writer.step(f"-{_as_number(operand, writer)}")
        case Operation(first=first, rest=rest):
            left, of_text = _written(first, writer), is_text(first, writer.texts)
            for operator, operand in rest:
                left = _operated(operator, left, of_text, operand, writer)
                of_text = False
            return left
        case Call(function=function, arguments=arguments):
            return _called(function, arguments, writer)
        case _:
            raise ValueError("an expression over columns has no paths")


def _operated(operator: str, left: str, of_text: bool, operand: Tree, writer: _Writer) -> str:
    right, right_of_text = _written(operand, writer), is_text(operand, writer.texts)
    if operator in {"and", "or"}:
        return writer.step(_LOGIC[operator].format(a=left, b=right))
    missing = f"missing({left}) | missing({right})"
    if operator in {"=", "!="} and of_text and right_of_text:
        return writer.step(f"cond({missing}, ., {left} {_SIGNS[operator]} {right})")
    a = f"real({left})" if of_text else left
    b = f"real({right})" if right_of_text else right
    if operator in COMPARISONS:
        return writer.step(f"cond({missing}, ., {a} {_SIGNS[operator]} {b})")
    if operator == "mod":
        return writer.step(f"sign({a}) * mod(abs({a}), abs({b}))")
    return writer.step(f"{a} {_SIGNS[operator]} {b}")


_SIGNS: Mapping[str, str] = {
    **{each: each for each in ("+", "-", "*", "<", "<=", ">", ">=", "!=")},
    "=": "==",
    "div": "/",
}
_LOGIC: Mapping[str, str] = {
    "and": "cond({a} == 0 | {b} == 0, 0, cond(missing({a}) | missing({b}), ., 1))",
    "or": "cond((!missing({a}) & {a} != 0) | (!missing({b}) & {b} != 0), 1,"
    " cond(missing({a}) | missing({b}), ., 0))",
}


def _called(function: str, arguments: tuple[Tree, ...], writer: _Writer) -> str:
    match function, [_written(each, writer) for each in arguments]:
        case "not", [a]:
            return writer.step(f"cond(missing({a}), ., {a} == 0)")
        case "if", [condition, yes, no]:
            of_text = is_text(arguments[1], writer.texts)
            nothing = '""' if of_text else "."
            chosen = f"cond(missing({condition}), {nothing}, cond({condition} != 0, {yes}, {no}))"
            return writer.step(chosen, of_text=of_text)
        case "selected", [a, b]:
            answers, code = (
                value if is_text(each, writer.texts) else f'string({value}, "%21.15g")'
                for each, value in zip(arguments, (a, b), strict=True)
            )
            found = (
                f'strpos(" " + {answers} + " ", " " + {code} + " ") > 0 & strpos({code}, " ") == 0'
            )
            return writer.step(f"cond(missing({a}) | missing({b}), ., {found})")
        case _:
            raise ValueError("a function that estimates do not have")


def _as_number(tree: Tree, writer: _Writer) -> str:
    written = _written(tree, writer)
    return f"real({written})" if is_text(tree, writer.texts) else written
