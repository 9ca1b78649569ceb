"""An expression as it is written, from its tree: what a part of a condition is, when words fail."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from surveys.expressions.tree import (
    Call,
    Child,
    Minus,
    Name,
    Number,
    Operation,
    Parent,
    Path,
    Self,
    Step,
    String,
    Tree,
    Where,
)

_SPACED = {"and", "or", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*"}


def as_name(name: str) -> str:
    """Return a reference as an expression writes it."""
    return f"${{{name}}}"


def written(tree: Tree, reference: Callable[[str], str] = as_name) -> str:
    """Return the text of a tree; `reference` says how a `${name}` is written."""
    match tree:
        case Number():
            return plain_number(tree.value)
        case String():
            quote = '"' if "'" in tree.text else "'"
            return f"{quote}{tree.text}{quote}"
        case Name():
            return reference(tree.name)
        case Child():
            return tree.name
        case Self():
            return "."
        case Parent():
            return ".."
        case Call():
            arguments = ", ".join(written(one, reference) for one in tree.arguments)
            return f"{tree.function}({arguments})"
        case Minus():
            return f"-{_inner(tree.operand, reference)}"
        case Operation():
            return _operation(tree, reference)
        case Path():
            return _path(tree, reference)


def plain_number(value: float) -> str:
    """Return a number without an exponent."""
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _operation(tree: Operation, reference: Callable[[str], str]) -> str:
    parts = [_inner(tree.first, reference)]
    for operator, operand in tree.rest:
        parts.append(f" {operator} " if operator in _SPACED else operator)
        parts.append(_inner(operand, reference))
    return "".join(parts)


def _inner(tree: Tree, reference: Callable[[str], str]) -> str:
    text = written(tree, reference)
    return f"({text})" if isinstance(tree, Operation | Minus) else text


def _path(tree: Path, reference: Callable[[str], str]) -> str:
    start = written(tree.start, reference)
    if isinstance(tree.start, Operation | Minus | Path):
        start = f"({start})"
    return start + "".join(_step(step, reference) for step in tree.steps)


def _step(step: Step, reference: Callable[[str], str]) -> str:
    if isinstance(step, Where):
        return f"[{written(step.predicate, reference)}]"
    return "/" + written(step, reference)
