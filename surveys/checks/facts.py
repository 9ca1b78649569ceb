"""What an expression says of items, found in one walk: comparisons, sums, patterns, loose reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast

from surveys.expressions import Expression
from surveys.expressions.tree import (
    COMPARISONS,
    MIRRORED,
    Call,
    Minus,
    Name,
    Number,
    Operation,
    Path,
    Self,
    String,
    Tree,
    Where,
)

# Functions that take the values of all rounds of a repeat, or choose among them.
_OF_MANY = frozenset(
    "sum min max count count-non-empty join concat position index randomize".split()
)
_ARITHMETIC = frozenset({"+", "-", "*", "div", "mod"})
_SINGLE = ("selected-at", "nonresponse")  # functions of one item whose value is a word

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "selected", "among"]


@dataclass(frozen=True, slots=True)
class Compared:
    """An item set against a literal: `name` ('.' for the current one) on the left of `operator`.

    `selected`: selected(item, literal); `among`: selected(literal, item). `through` is the function
    the item stands in, '' for none.
    """

    name: str
    operator: Operator
    literal: str | float
    offset: int
    through: str = ""


@dataclass(slots=True)
class Facts:
    """`loose`: (name, offset) of items read as one value; `reckoned`: items that are added up.

    `patterns`: (pattern, offset) of each regex() written out. Nothing within a predicate is here.
    """

    compared: list[Compared] = field(default_factory=list)
    reckoned: list[tuple[str, int]] = field(default_factory=list)
    loose: list[tuple[str, int]] = field(default_factory=list)
    patterns: list[tuple[str, int]] = field(default_factory=list)


@lru_cache(maxsize=10_000)
def facts(expression: Expression) -> Facts:
    """Return the facts of an expression."""
    found = Facts()
    _look(expression.tree, found, False)
    return found


def _look(tree: Tree, found: Facts, of_many: bool) -> None:
    look = _LOOKS.get(type(tree))
    if look is not None:
        look(tree, found, of_many)


def _name(tree: Name, found: Facts, of_many: bool) -> None:
    if not of_many:
        found.loose.append((tree.name, tree.offset))


def _operation(tree: Operation, found: Facts, of_many: bool) -> None:
    operator, second = tree.rest[0]
    passes = of_many and operator == "|"
    _look(tree.first, found, passes)
    for _symbol, operand in tree.rest:
        _look(operand, found, passes)
    if operator in COMPARISONS:
        value = literal(second)
        if value is not None:
            _comparison(tree.first, operator, value, second.offset, found)
        else:
            value = literal(tree.first)
            if value is not None:
                _comparison(second, MIRRORED[operator], value, tree.offset, found)
    elif operator in _ARITHMETIC:
        for operand in (tree.first, *(operand for _symbol, operand in tree.rest)):
            name, through = named(operand)
            if name and not through:
                found.reckoned.append((name, operand.offset))


def _comparison(item: Tree, operator: str, value: str | float, offset: int, found: Facts) -> None:
    name, through = named(item)
    if name:
        found.compared.append(Compared(name, cast(Operator, operator), value, offset, through))


def _call(tree: Call, found: Facts, of_many: bool) -> None:
    arguments = tree.arguments
    of_rounds = tree.function in _OF_MANY
    for position, argument in enumerate(arguments):
        is_named = tree.function == "indexed-repeat" and (position == 0 or position % 2 == 1)
        _look(argument, found, of_rounds or is_named)
    if tree.function == "selected":
        _selected(arguments, found)
    elif tree.function == "regex" and isinstance(arguments[1], String):
        found.patterns.append((arguments[1].text, arguments[1].offset))


def _selected(arguments: tuple[Tree, ...], found: Facts) -> None:
    first, second = arguments
    name, through = named(first)
    other, _through = named(second)
    if name and not through and isinstance(second, String | Number):
        value = second.text.strip() if isinstance(second, String) else second.value
        found.compared.append(Compared(name, "selected", value, second.offset))
    elif other and isinstance(first, String):
        found.compared.append(Compared(other, "among", first.text, first.offset))


def _minus(tree: Minus, found: Facts, of_many: bool) -> None:
    _look(tree.operand, found, False)


def _path(tree: Path, found: Facts, of_many: bool) -> None:
    """Look at a path's start; what is chosen by a predicate is no loose read."""
    is_chosen = any(isinstance(step, Where) for step in tree.steps)
    _look(tree.start, found, of_many or is_chosen)


_LOOKS: dict[type, Callable[..., None]] = {
    Name: _name,
    Operation: _operation,
    Call: _call,
    Minus: _minus,
    Path: _path,
}


def named(tree: Tree) -> tuple[str, str]:
    """Return (name, function) of `${name}`, `.` or a function of one of them; ('', '') of others."""
    if isinstance(tree, Name):
        return tree.name, ""
    if isinstance(tree, Self):
        return ".", ""
    if isinstance(tree, Call) and tree.function in _SINGLE:
        return named(tree.arguments[0])[0], tree.function
    return "", ""


def literal(tree: Tree) -> str | float | None:
    """Return what is written out: a text, a number, or the text of date('…'); None for the rest."""
    if isinstance(tree, String):
        return tree.text
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Minus) and isinstance(tree.operand, Number):
        return -tree.operand.value
    if isinstance(tree, Call) and tree.function == "date" and isinstance(tree.arguments[0], String):
        return tree.arguments[0].text
    return None
