"""Functions of places: repeats, choices, tables, statuses; and what only a context can give."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from surveys.expressions.code import Argument, Code, as_number, as_text, of_nodes
from surveys.expressions.context import AnyNode, Cell, Context, Node, NodeSet
from surveys.expressions.errors import ExpressionError
from surveys.expressions.grammar import quoted_name
from surveys.expressions.signature import Function, nodes_of, plain
from surveys.expressions.tree import Call, Name, String, Tree
from surveys.language import _

LONGEST_UUID = 1_000
_LABEL_ID = re.compile(r"(.+)-([0-9]{1,9})")


def _position(call: Call, arguments: tuple[Argument, ...]) -> Code:
    """Compile position(): in its set, or of an instance among its siblings.

    Of a repeat named as a whole it is the instance the current item is in.
    """
    if not arguments:
        return Code("number", lambda context: float(context.position))
    tree = arguments[0].tree
    repeat = tree.name if isinstance(tree, Name) else ""
    nodes = nodes_of(call, arguments[0])

    def run(context: Context) -> float:
        own = context.own_number(repeat)
        return float(own) if own else _number_of(nodes(context), context)

    return Code("number", run)


def _number_of(nodes: Sequence[AnyNode], context: Context) -> float:
    if not nodes:
        return math.nan
    node = nodes[0]
    if isinstance(node, Cell):
        return float(max(node.row, 1))
    return float(node.at[-1]) if context.is_instance(node) and node.at else 1.0


def _current(call: Call, arguments: tuple[Argument, ...]) -> Code:
    def nodes(context: Context) -> tuple[AnyNode, ...]:
        node = context.origin or context.current
        return () if node is None else (node,)

    return of_nodes(nodes)


def _instance(call: Call, arguments: tuple[Argument, ...]) -> Code:
    name = as_text(arguments[0].code)
    return of_nodes(lambda context: (Cell(name(context), 0, ""),))


def _indexed_repeat(call: Call, arguments: tuple[Argument, ...]) -> Code:
    """Compile indexed-repeat(): one item in the instances whose numbers are given, blank if none.

    Repeats around it that are not named are those of the current item.
    """
    name = _named(call, arguments[0].tree)
    numbers = {
        _named(call, repeat.tree): as_number(number.code)
        for repeat, number in zip(arguments[1::2], arguments[2::2], strict=True)
    }

    def nodes(context: Context) -> tuple[AnyNode, ...]:
        scope = context.scopes.get(name, ())
        wanted = {repeat: number(context) for repeat, number in numbers.items()}
        return tuple(
            node
            for node in context.instances(name, scope, ())
            if all(
                number == wanted.get(repeat, context.own_number(repeat) or number)
                for repeat, number in zip(scope, node.at, strict=False)
            )
        )

    return of_nodes(nodes)


def _named(call: Call, tree: Tree) -> str:
    if isinstance(tree, Name):
        return tree.name
    raise ExpressionError(
        _("{function}() needs the name of an item here").format(function=call.function),
        _("write ${name}"),
        tree.offset,
    )


def _choice_name(call: Call, arguments: tuple[Argument, ...]) -> Code:
    """Compile jr:choice-name(value, '${question}'): the label of a choice of that question."""
    choice, tree = as_text(arguments[0].code), arguments[1].tree
    question = quoted_name(tree) if isinstance(tree, String) else None
    name = _named(call, tree) if question is None else question

    def run(context: Context) -> str:
        wanted = choice(context)
        rows = context.lists.get(context.list_of.get(name, ""), ())
        return next((row.get("label", "") for row in rows if row.get("name") == wanted), "")

    return Code("text", run)


def _itext(call: Call, arguments: tuple[Argument, ...]) -> Code:
    """Compile jr:itext(id): the label of the choice that has this id, as its row's itextId says.

    The other ids of an XForm are of questions' texts, which a text pipes in with ${name} instead.
    """
    wanted, tree = as_text(arguments[0].code), arguments[0].tree
    if isinstance(tree, String) and not _LABEL_ID.fullmatch(tree.text):
        raise ExpressionError(
            _("jr:itext() finds the labels of choices only, such as 'yes_no-0' for the first"),
            _("use jr:choice-name()"),
            tree.offset,
        )

    def run(context: Context) -> str:
        match = _LABEL_ID.fullmatch(wanted(context))
        row = context.row_of(Cell(match[1], int(match[2]) + 1, "")) if match else {}
        return row.get("label", "")

    return Code("text", run)


def nonresponse(context: Context, nodes: NodeSet) -> str:
    """Return refused, dont_know or not_applicable for the first node, '' if it has no status."""
    node = nodes.nodes[0] if nodes.nodes else None
    return context.statuses.get(node, "") if isinstance(node, Node) else ""


def pulldata(context: Context, table: str, column: str, key: str, wanted: str) -> str:
    """Return a column of the first row of a table whose key column holds a value, else ''."""
    rows = context.lists.get(table, ())
    return next((row.get(column, "") for row in rows if row.get(key, "") == wanted), "")


def uuid(context: Context, length: float | None = None) -> str:
    """Return a random UUID (RFC 4122, version 4), or that many random letters and digits."""
    if length is None:
        return str(UUID(bytes=bytes(_below(256, context) for _byte in range(16)), version=4))
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"
    count = int(min(max(length, 0), LONGEST_UUID)) if not math.isnan(length) else 0
    return "".join(letters[_below(36, context)] for _letter in range(count))


def _below(limit: int, context: Context) -> int:
    return int(context.random() * limit)


def _randomize(call: Call, arguments: tuple[Argument, ...]) -> Code:
    """Compile randomize(): the nodes shuffled, the same way each time for the same seed."""
    nodes = nodes_of(call, arguments[0])
    seed = as_number(arguments[1].code) if len(arguments) > 1 else None

    def run(context: Context) -> tuple[AnyNode, ...]:
        draws = None if seed is None else _park_miller(seed(context))
        shuffled: list[AnyNode] = []
        for place, node in enumerate(nodes(context)):
            draw = context.random() if draws is None else next(draws)
            other = int(draw * (place + 1))
            shuffled.append(node)
            shuffled[place], shuffled[other] = shuffled[other], node
        return tuple(shuffled)

    return of_nodes(run)


def _park_miller(seed: float) -> Iterator[float]:
    """Yield the numbers in [0, 1) that ODK's shuffle draws (Park and Miller 1988, a = 16807)."""
    modulus = 2**31 - 1
    state = int(math.fmod(seed, modulus)) if math.isfinite(seed) else 0
    if state <= 0:
        state += modulus - 1
    while True:
        state = state * 16_807 % modulus
        yield (state - 1) / (modulus - 1)


NODE_FUNCTIONS: Mapping[str, Function] = {
    "position": Function(range(2), _position),
    "index": Function(range(1, 2), _position),
    "last": plain("context", "number", lambda context: float(context.size)),
    "current": Function(range(1), _current),
    "instance": Function(range(1, 2), _instance),
    "indexed-repeat": Function(range(3, 8, 2), _indexed_repeat),
    "randomize": Function(range(1, 3), _randomize),
    "jr:choice-name": Function(range(2, 3), _choice_name),
    "jr:itext": Function(range(1, 2), _itext),
    "pulldata": plain("context text text text text", "text", pulldata),
    "nonresponse": plain("context nodes", "text", nonresponse),
    "uuid": plain("context number?", "text", uuid),
}
