"""What a tree compiles to: a closure, and what is known of its values before it runs.

Knowing the kind of a value spares its conversion: `and` takes the closures of two comparisons as
they are, and asks the truth of anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Literal, NamedTuple, cast

from surveys.expressions import values
from surveys.expressions.context import AnyNode, Context, Value
from surveys.expressions.tree import Tree

Run = Callable[[Context], Value]
Nodes = Callable[[Context], tuple[AnyNode, ...]]
Kind = Literal["text", "number", "truth", "value"]


class Code(NamedTuple):
    """`run` gives the value, of this kind ('value': any); `nodes` gives the places, if it has any.

    `constant` is the value where it is the same in every context.
    """

    kind: Kind
    run: Run
    nodes: Nodes | None = None
    constant: str | float | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a function: as it was written, and compiled."""

    tree: Tree
    code: Code


def of_nodes(nodes: Nodes) -> Code:
    """Return the code of what is found at some places."""
    return Code("value", lambda context: context.node_set(nodes(context)), nodes)


def as_text(code: Code) -> Callable[[Context], str]:
    """Return a closure giving the value as text."""
    run = code.run
    if code.kind == "text":
        return cast("Callable[[Context], str]", run)

    def convert(context: Context) -> str:
        value = run(context)
        return value if isinstance(value, str) else values.text(value)

    return convert


def as_kept(code: Code) -> Callable[[Context], str]:
    """Return a closure giving the value as the text an item keeps: NaN is blank, ''."""
    if code.kind in ("text", "truth"):
        return as_text(code)
    run = code.run

    def convert(context: Context) -> str:
        value = run(context)
        if isinstance(value, str):
            return value
        return "" if isinstance(value, float) and isnan(value) else values.text(value)

    return convert


def as_number(code: Code) -> Callable[[Context], float]:
    """Return a closure giving the value as a number."""
    run = code.run
    if code.kind == "number":
        return cast("Callable[[Context], float]", run)

    def convert(context: Context) -> float:
        value = run(context)
        if isinstance(value, str):
            return values.number_of_text(value, context)
        return values.number(value, context)

    return convert


def as_truth(code: Code) -> Callable[[Context], bool]:
    """Return a closure giving the value as a condition."""
    run = code.run
    if code.kind == "truth":
        return cast("Callable[[Context], bool]", run)
    return lambda context: values.truth(run(context))
