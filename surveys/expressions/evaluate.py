"""From tree to closures: each node is compiled once, and evaluation walks no tree.

A compiled expression raises nothing, whatever the answers: what cannot be computed is NaN or ''.
Chains of operators run in a loop, so only nesting deepens the stack.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from surveys.expressions import values
from surveys.expressions.code import (
    Argument,
    Code,
    Kind,
    Run,
    as_number,
    as_truth,
    of_nodes,
)
from surveys.expressions.context import AnyNode, Context, Node, Value
from surveys.expressions.dates import looks_like_date
from surveys.expressions.functions import function_called
from surveys.expressions.paths import Filter, Leg, axis, nodes_of, predicate, walked
from surveys.expressions.tree import (
    COMPARISONS,
    MIRRORED,
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

_WHOLE = Node("", ())


def compiled(tree: Tree) -> Code:
    """Return the closure of a tree; raise ExpressionError at a call that cannot be made."""
    match tree:
        case Name():
            return _name(tree.name)
        case Operation():
            return _operation(tree)
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
        case Call():
            function = function_called(tree)
            arguments = []
            for argument in tree.arguments:
                arguments.append(Argument(argument, compiled(argument)))
            return function.build(tree, tuple(arguments))
        case Minus():
            return _minus(compiled(tree.operand))
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


def _minus(code: Code) -> Code:
    if isinstance(code.constant, float):
        return _constant("number", -code.constant)
    value = as_number(code)
    return Code("number", lambda context: -value(context))


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


def _comparison(first: Code, rest: list[tuple[str, Code]]) -> Code:
    if len(rest) > 1:
        return Code("truth", _chain(first.run, [(values.COMPARERS[s], c.run) for s, c in rest]))
    ((symbol, second),) = rest
    if first.constant is not None:
        first, symbol, second = second, MIRRORED[symbol], first
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
    parts = [nodes_of(first, tree.first)]
    for _symbol, operand in tree.rest:
        parts.append(nodes_of(compiled(operand), operand))
    return of_nodes(lambda context: context.in_order([n for part in parts for n in part(context)]))


def _path(tree: Path) -> Code:
    code = compiled(tree.start)
    if not tree.steps:
        return code
    at_start: list[Filter] = []
    legs: list[Leg] = []
    for step in tree.steps:
        if isinstance(step, Where):
            (legs[-1][1] if legs else at_start).append(predicate(compiled(step.predicate)))
        else:
            legs.append((axis(step), []))
    start = nodes_of(code, tree.start)
    return of_nodes(walked(start, at_start, legs, by_siblings=isinstance(tree.start, Name)))
