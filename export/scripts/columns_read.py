"""What scripts read: files beside them, columns of the main table, which of them hold texts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from surveys.expressions.tree import Call, Child, Name, String, Tree, walk


@dataclass(frozen=True, slots=True)
class Files:
    """The files beside a script, by name, and what is in the main table of the data.

    `title` is that of the questionnaire. `number` is the column by which the rows of the data and of
    the design find each other; `columns` are all, in order, `texts` those that hold texts.
    """

    title: str
    data: str
    design: str
    number: str
    columns: tuple[str, ...]
    texts: frozenset[str]


def is_text(tree: Tree, texts: Collection[str]) -> bool:
    """Whether the values of an expression are texts, where the columns named in `texts` are.

    Everything else (numbers, conditions) is numbers. The expression is one that
    `export.estimating.columns.evaluate` takes.
    """
    match tree:
        case String():
            return True
        case Name(name=name) | Child(name=name):
            return name in texts
        case Call(function="if", arguments=arguments):
            return is_text(arguments[1], texts)
        case _:
            return False


def columns_of(*trees: Tree) -> tuple[str, ...]:
    """Return the columns some expressions read, each once, in the order they are written."""
    found = (node.name for tree in trees for node in walk(tree) if isinstance(node, Name | Child))
    return tuple(dict.fromkeys(found))
