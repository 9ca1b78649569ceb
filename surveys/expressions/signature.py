"""How a function is declared: what its arguments become before it is called.

A signature is a list of kinds:

    text number truth   the value as such          context    no argument: the context itself
    value               the value as it is         numbers+   every node of every argument left
    nodes               the node set, with texts   texts*     the same, as texts

A kind followed by ? may be left out; + is one argument or more, * any number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.expressions import values
from surveys.expressions.code import Argument, Code, Kind, Nodes, Run, as_number, as_text, as_truth
from surveys.expressions.context import Context, NodeSet
from surveys.expressions.errors import ExpressionError
from surveys.expressions.tree import Call
from surveys.language import _

Reader = Callable[[Context], Any]

ANY_NUMBER = 10_000


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function may have, and the code of one call of it.

    `build` raises ExpressionError where an argument is written in a way the function cannot take.
    """

    counts: range
    build: Callable[[Call, tuple[Argument, ...]], Code]


def plain(signature: str, returns: Kind, compute: Callable[..., Any]) -> Function:
    """Return a function that converts its arguments as the signature says and calls `compute`."""
    kinds = signature.split()
    arguments = [kind for kind in kinds if kind != "context"]
    least = sum(kind[-1] not in "?*" for kind in arguments)
    most = ANY_NUMBER if signature.endswith(("*", "+")) else len(arguments)

    def build(call: Call, given: tuple[Argument, ...]) -> Code:
        return Code(returns, _called(compute, _readers(kinds, call, given)))

    return Function(range(least, most + 1), build)


def nodes_of(call: Call, argument: Argument) -> Nodes:
    """Return the closure that finds the places an argument stands for; refuse a mere value."""
    if argument.code.nodes is None:
        raise ExpressionError(
            _("{function}() needs items here, not a value").format(function=call.function),
            _("write ${name}"),
            argument.tree.offset,
        )
    return argument.code.nodes


def _readers(kinds: list[str], call: Call, given: tuple[Argument, ...]) -> list[Reader]:
    readers: list[Reader] = []
    left = list(given)
    for kind in kinds:
        if kind == "context":
            readers.append(lambda context: context)
        elif kind.startswith("texts"):
            readers.append(_all_texts([argument.code.run for argument in left]))
        elif kind.startswith("numbers"):
            readers.append(_all_numbers([argument.code.run for argument in left]))
        elif left:
            readers.append(_reader(kind.rstrip("?"), call, left.pop(0)))
    return readers


def _reader(kind: str, call: Call, argument: Argument) -> Reader:
    match kind:
        case "text":
            return as_text(argument.code)
        case "number":
            return as_number(argument.code)
        case "truth":
            return as_truth(argument.code)
        case "nodes":
            nodes = nodes_of(call, argument)
            return lambda context: context.node_set(nodes(context))
        case _:
            return argument.code.run


def _all_texts(runs: Sequence[Run]) -> Callable[[Context], list[str]]:
    return lambda context: [text for run in runs for text in values.texts(run(context))]


def _all_numbers(runs: Sequence[Run]) -> Callable[[Context], list[float]]:
    def read(context: Context) -> list[float]:
        numbers: list[float] = []
        for run in runs:
            value = run(context)
            nodes = value.texts if isinstance(value, NodeSet) else (value,)
            numbers.extend([values.number(node, context) for node in nodes])
        return numbers

    return read


def _called(compute: Callable[..., Any], readers: list[Reader]) -> Run:
    """Return the call, written out for the usual numbers of arguments: half the time of a loop."""
    match readers:
        case []:
            return lambda context: compute()
        case [one]:
            return lambda context: compute(one(context))
        case [one, two]:
            return lambda context: compute(one(context), two(context))
        case _:
            return lambda context: compute(*[read(context) for read in readers])
