"""From tree to closures: each node is compiled once, and evaluation walks no tree.

A compiled expression raises nothing, whatever the answers: what cannot be computed is NaN or ''.
Chains of operators run in a loop, so only nesting deepens the stack.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from itertools import groupby

from surveys.expressions import values
from surveys.expressions.code import (
    Argument,
    Code,
    Kind,
    Nodes,
    Run,
    as_number,
    as_truth,
    of_nodes,
)
from surveys.expressions.context import AnyNode, Context, Node, Value
from surveys.expressions.dates import looks_like_date
from surveys.expressions.functions import function_called
from surveys.expressions.grammar import ExpressionError
from surveys.expressions.tree import (
    COMPARISONS,
    Call,
    Child,
    Minus,
    Name,
    Number,
    Operation,
    Parent,
    Path,
    Self,
    String,
    Tree,
    Where,
)
from surveys.language import _

_WHOLE = Node("", ())


def compiled(tree: Tree) -> Code:
    """Return the closure of a tree; raise ExpressionError at a call that cannot be made."""
    match tree:
        case Name():
            return _name(tree.name)
        case Number():
            return _constant("number", tree.value)
        case String():
            return _constant("text", tree.text)
        case Self():
            return Code("value", _own_value, _itself)
        case Child():
            return _child(tree.name)
        case Parent():
            return of_nodes(_around)
        case Operation():
            return _operation(tree)
        case Call():
            function = function_called(tree)
            arguments = []
            for argument in tree.arguments:
                arguments.append(Argument(argument, compiled(argument)))
            return function.build(tree, tuple(arguments))
        case Minus():
            value = as_number(compiled(tree.operand))
            return Code("number", lambda context: -value(context))
        case Path():
            return _path(tree)


def _constant(kind: Kind, value: str | float) -> Code:
    return Code(kind, lambda context: value, constant=value)


def _name(name: str) -> Code:
    outside_repeats = Node(name, ())

    def run(context: Context) -> Value:
        text = context.values.get(outside_repeats)
        return context.value_of(name) if text is None else text

    return Code("value", run, lambda context: context.nodes_of(name))


def _own_value(context: Context) -> Value:
    return "" if context.current is None else context.text(context.current)


def _itself(context: Context) -> tuple[AnyNode, ...]:
    return () if context.current is None else (context.current,)


def _around(context: Context) -> tuple[AnyNode, ...]:
    return () if context.current is None else context.parent(context.current)


def _child(name: str) -> Code:
    def nodes(context: Context) -> tuple[AnyNode, ...]:
        return context.children(context.current or _WHOLE, name) if context.row is None else ()

    def run(context: Context) -> Value:
        if context.row is not None:
            return context.row.get(name, "")
        return context.node_set(nodes(context))

    return Code("value", run, nodes)


def _operation(tree: Operation) -> Code:
    symbol = tree.rest[0][0]
    first = compiled(tree.first)
    if symbol in COMPARISONS:
        return _comparison(first, [(symbol, compiled(operand)) for symbol, operand in tree.rest])
    if symbol == "|":
        return _union(tree, first)
    if symbol in ("and", "or"):
        parts = [as_truth(first)]
        for _symbol, operand in tree.rest:
            parts.append(as_truth(compiled(operand)))
        return Code("truth", _every(parts) if symbol == "and" else _some(parts))
    steps = []
    for symbol, operand in tree.rest:
        steps.append((_ARITHMETIC[symbol], as_number(compiled(operand))))
    return Code("number", _calculation(as_number(first), steps))


Condition = Callable[[Context], bool]


def _every(parts: list[Condition]) -> Condition:
    def run(context: Context) -> bool:
        for part in parts:  # noqa: SIM110 - all() makes a generator, which is slower
            if not part(context):
                return False
        return True

    return run


def _some(parts: list[Condition]) -> Condition:
    def run(context: Context) -> bool:
        for part in parts:  # noqa: SIM110
            if part(context):
                return True
        return False

    return run


Reckoning = Callable[[Context], float]

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": values.divided,
    "mod": values.remainder,
}


def _calculation(
    first: Reckoning, steps: list[tuple[Callable[[float, float], float], Reckoning]]
) -> Reckoning:
    if len(steps) == 1:
        ((calculate, second),) = steps
        return lambda context: calculate(first(context), second(context))

    def run(context: Context) -> float:
        result = first(context)
        for calculate, operand in steps:
            result = calculate(result, operand(context))
        return result

    return run


_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _comparison(first: Code, rest: list[tuple[str, Code]]) -> Code:
    if len(rest) > 1:
        return Code("truth", _chain(first.run, [(values.COMPARERS[s], c.run) for s, c in rest]))
    ((symbol, second),) = rest
    if first.constant is not None:
        first, symbol, second = second, _MIRRORED[symbol], first
    if isinstance(second.constant, float):
        return Code("truth", _against_number(first, symbol, second.constant))
    if isinstance(second.constant, str) and symbol in ("=", "!="):
        return Code("truth", _against_text(first.run, symbol == "=", second.constant))
    left, compare, right = first.run, values.COMPARERS[symbol], second.run
    return Code("truth", lambda context: compare(left(context), right(context), context))


def _chain(first: Run, rest: list[tuple[values.Comparer, Run]]) -> Run:
    def run(context: Context) -> Value:
        result = first(context)
        for compare, operand in rest:
            result = compare(result, operand(context), context)
        return result

    return run


_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "=": values.numbers_equal,
    "!=": lambda left, right: not values.numbers_equal(left, right),
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _against_number(code: Code, symbol: str, constant: float) -> Condition:
    """Return the comparison a questionnaire makes most, spared the search for the kinds."""
    holds, compare, number = _HOLDS[symbol], values.COMPARERS[symbol], values.number_of_text
    left = code.run
    if code.kind == "number":
        reckoned = as_number(code)
        return lambda context: holds(reckoned(context), constant)

    def run(context: Context) -> bool:
        value = left(context)
        if isinstance(value, str):
            return holds(number(value, context), constant)
        return compare(value, constant, context)

    return run


def _against_text(left: Run, is_equality: bool, constant: str) -> Condition:
    compare = values.COMPARERS["=" if is_equality else "!="]
    if looks_like_date(constant):
        return lambda context: compare(left(context), constant, context)

    def run(context: Context) -> bool:
        value = left(context)
        if isinstance(value, str):
            return (value == constant) is is_equality
        return compare(value, constant, context)

    return run


def _union(tree: Operation, first: Code) -> Code:
    parts = [_nodes_of(first, tree.first)]
    for _symbol, operand in tree.rest:
        parts.append(_nodes_of(compiled(operand), operand))
    return of_nodes(lambda context: context.in_order([n for part in parts for n in part(context)]))


def _nodes_of(code: Code, tree: Tree) -> Nodes:
    if code.nodes is None:
        raise ExpressionError(
            _("only what stands for items can be joined by |, filtered by [ ] or followed by /"),
            _("write ${name} here"),
            tree.offset,
        )
    return code.nodes


Filter = Callable[[tuple[AnyNode, ...], Context], tuple[AnyNode, ...]]
Axis = Callable[[Context, AnyNode], tuple[AnyNode, ...]]


def _path(tree: Path) -> Code:
    """Compile a start and legs: each leg is a step to other nodes and the predicates after it."""
    code = compiled(tree.start)
    if not tree.steps:
        return code
    start = _nodes_of(code, tree.start)
    at_start: list[Filter] = []
    legs: list[tuple[Axis, list[Filter]]] = []
    for step in tree.steps:
        if isinstance(step, Where):
            (legs[-1][1] if legs else at_start).append(_filter(compiled(step.predicate)))
        else:
            legs.append((_axis(step), []))
    by_siblings = isinstance(tree.start, Name)

    def nodes(context: Context) -> tuple[AnyNode, ...]:
        found = start(context)
        if at_start:
            groups = _siblings(found, context) if by_siblings else [found]
            found = _joined(_filtered(group, at_start, context) for group in groups)
        for axis, filters in legs:
            found = _joined(_filtered(axis(context, node), filters, context) for node in found)
        return found

    return of_nodes(nodes)


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


def _joined(groups: Iterator[tuple[AnyNode, ...]]) -> tuple[AnyNode, ...]:
    return tuple(dict.fromkeys(node for group in groups for node in group))


def _filtered(
    nodes: tuple[AnyNode, ...], filters: list[Filter], context: Context
) -> tuple[AnyNode, ...]:
    for keep in filters:
        nodes = keep(nodes, context)
    return nodes


def _filter(predicate: Code) -> Filter:
    run = predicate.run

    def keep(nodes: tuple[AnyNode, ...], context: Context) -> tuple[AnyNode, ...]:
        size = len(nodes)
        kept = []
        for position, node in enumerate(nodes, 1):
            value = run(context.within(node, position, size))
            if value == position if isinstance(value, float) else values.truth(value):
                kept.append(node)
        return tuple(kept)

    return keep


def _axis(step: Child | Self | Parent) -> Axis:
    match step:
        case Child():
            name = step.name
            return lambda context, node: context.children(node, name)
        case Self():
            return lambda context, node: (node,)
        case Parent():
            return lambda context, node: context.parent(node)
