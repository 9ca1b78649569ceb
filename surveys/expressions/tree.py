"""The parsed form of an expression, and ways to look through it.

| written | tree |
|---|---|
| `12.5`, `'a'` | `Number`, `String` |
| `${age}` | `Name`: an item, wherever it stands |
| `age` | `Child`: a child of the context node, or a column of a choice |
| `.`, `..` | `Self`, `Parent` |
| `f(a, b)` | `Call` |
| `a = b`, `a + b - c` | `Operation`: operators of one precedence, from left to right |
| `-a` | `Minus` |
| `${r}[. > 1]/x` | `Path`: a start, then steps; `Where` is a step that filters |

Parentheses leave no trace, except that `(a)[1]` is a path within a path: its predicate counts over
the whole of `a`. Offsets count characters from 0 and take no part in equality.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, never negative (see `Minus`)."""

    value: float
    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class String:
    """A quoted text, without its quotes."""

    text: str
    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """`${name}`."""

    name: str
    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Child:
    """A bare name, alone or as a step."""

    name: str
    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Self:
    """`.`, alone or as a step."""

    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Parent:
    """`..`, alone or as a step."""

    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; `parse` does not ask whether the function exists."""

    function: str
    arguments: tuple[Tree, ...]
    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """`first` followed by (operator, operand) pairs, all of one precedence; offset of the first."""

    first: Tree
    rest: tuple[tuple[str, Tree], ...]
    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Minus:
    """A negated operand."""

    operand: Tree
    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Where:
    """A predicate: keeps the nodes for which it holds, or the one whose position it gives."""

    predicate: Tree
    offset: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """Nodes reached from a start by steps."""

    start: Tree
    steps: tuple[Step, ...]
    offset: int = field(compare=False)


Step = Where | Child | Self | Parent
Tree = Number | String | Name | Child | Self | Parent | Call | Operation | Minus | Path

# Each comparison, and the one that says the same with the sides exchanged.
MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
COMPARISONS = frozenset(MIRRORED)
CHOICE_NAME = "jr:choice-name"


def walk(tree: Tree) -> Iterator[Tree | Where]:
    """Yield the tree and everything in it, in the order it is written."""
    stack: list[Tree | Where] = [tree]
    while stack:
        node = stack.pop()
        yield node
        match node:
            case Call():
                stack.extend(reversed(node.arguments))
            case Operation():
                stack.extend(operand for _, operand in reversed(node.rest))
                stack.append(node.first)
            case Minus():
                stack.append(node.operand)
            case Where():
                stack.append(node.predicate)
            case Path():
                stack.extend(reversed(node.steps))
                stack.append(node.start)
            case _:
                pass


def calls(tree: Tree) -> Iterator[Call]:
    """Yield every function call in the tree, in the order they are written."""
    return (node for node in walk(tree) if isinstance(node, Call))


def conjuncts(tree: Tree) -> Iterator[Tree]:
    """Yield the parts of a tree joined by `and`, which is one part where there is none."""
    if isinstance(tree, Operation) and tree.rest[0][0] == "and":
        for part in (tree.first, *(operand for _operator, operand in tree.rest)):
            yield from conjuncts(part)
    else:
        yield tree


def literal(tree: Tree) -> str | float | None:
    """Return what is written out: a text, a number, or the text of date('…'); None for the rest."""
    match tree:
        case String():
            return tree.text
        case Number():
            return tree.value
        case Minus(Number() as number):
            return -number.value
        case Call("date", (String() as day,)):
            return day.text
    return None


class Comparison(NamedTuple):
    """An item set against a literal; `name` is `.` for the current one, `offset` the literal's.

    `operator` is as if the item stood on the left; it is `selected` for `selected(${x}, 'a')`.
    """

    name: str
    operator: str
    literal: str | float
    offset: int


def comparisons(tree: Tree) -> Iterator[Comparison]:
    """Yield what items are compared with: literals only.

    In a chain such as `${a} = 1 = 2` only the first pair compares the item itself.
    """
    for node in walk(tree):
        if isinstance(node, Operation) and node.rest[0][0] in COMPARISONS:
            operator, right = node.rest[0]
            yield from _comparison(node.first, operator, right)
            yield from _comparison(right, MIRRORED[operator], node.first)
        elif isinstance(node, Call) and node.function == "selected" and len(node.arguments) == 2:
            yield from _comparison(node.arguments[0], "selected", node.arguments[1])


def _comparison(item: Tree, operator: str, other: Tree) -> Iterator[Comparison]:
    if isinstance(item, Name | Self):
        written = literal(other)
        if written is not None:
            name = item.name if isinstance(item, Name) else "."
            yield Comparison(name, operator, written, other.offset)
