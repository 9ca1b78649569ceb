"""From nodes to other nodes: the steps and predicates of a path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from surveys.expressions import values
from surveys.expressions.code import Code, Nodes
from surveys.expressions.context import AnyNode, Context, Node
from surveys.expressions.errors import ExpressionError
from surveys.expressions.tree import Child, Parent, Self, Tree
from surveys.language import _

Filter = Callable[[tuple[AnyNode, ...], Context], tuple[AnyNode, ...]]
Axis = Callable[[Context, AnyNode], tuple[AnyNode, ...]]
Leg = tuple[Axis, list[Filter]]


def nodes_of(code: Code, tree: Tree) -> Nodes:
    """Return the closure that finds the places of an operand; refuse a mere value."""
    if code.nodes is None:
        raise ExpressionError(
            _("only what stands for items can be joined by |, filtered by [ ] or followed by /"),
            _("write ${name} here"),
            tree.offset,
        )
    return code.nodes


def walked(start: Nodes, at_start: list[Filter], legs: list[Leg], *, by_siblings: bool) -> Nodes:
    """Return the closure of a path: a start and its predicates, then legs.

    A leg is a step from each node to others and the predicates on what it reaches.
    """

    def nodes(context: Context) -> tuple[AnyNode, ...]:
        found = start(context)
        if at_start:
            groups = _siblings(found, context) if by_siblings else [found]
            found = _joined(_filtered(group, at_start, context) for group in groups)
        for step, filters in legs:
            found = _joined(_filtered(step(context, node), filters, context) for node in found)
        return found

    return nodes


def _siblings(nodes: tuple[AnyNode, ...], context: Context) -> Iterator[tuple[AnyNode, ...]]:
    """Yield the instances of a repeat by what they stand in; other nodes all at once.

    `${visit}[1]` is the first visit of every person, as in XPath; `${date}[1]` is the first date
    of all, which XPath would count alone in each visit.
    """
    if not all(isinstance(node, Node) and context.is_instance(node) for node in nodes):
        yield nodes
        return
    for _at, group in groupby(nodes, lambda node: node.at[:-1] if isinstance(node, Node) else ()):
        yield tuple(group)


def _joined(groups: Iterable[tuple[AnyNode, ...]]) -> tuple[AnyNode, ...]:
    return tuple(dict.fromkeys(node for group in groups for node in group))


def _filtered(
    nodes: tuple[AnyNode, ...], filters: list[Filter], context: Context
) -> tuple[AnyNode, ...]:
    for keep in filters:
        nodes = keep(nodes, context)
    return nodes


def predicate(code: Code) -> Filter:
    """Return what keeps the nodes for which a predicate holds, or at the position it gives."""
    run = code.run

    def keep(nodes: tuple[AnyNode, ...], context: Context) -> tuple[AnyNode, ...]:
        size = len(nodes)
        kept = []
        for position, node in enumerate(nodes, 1):
            value = run(context.within(node, position, size))
            if value == position if isinstance(value, float) else values.truth(value):
                kept.append(node)
        return tuple(kept)

    return keep


def axis(step: Child | Self | Parent) -> Axis:
    """Return what finds the nodes one step away from a node."""
    match step:
        case Child():
            name = step.name
            return lambda context, node: context.children(node, name)
        case Self():
            return lambda context, node: (node,)
        case Parent():
            return lambda context, node: context.parent(node)
