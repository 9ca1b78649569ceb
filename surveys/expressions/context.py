"""What an expression is evaluated against: answers, repeats, the current item, lists, the clock.

A context is a view: it copies nothing, and the mappings it is given are never written to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# The column in which XForms keeps the id of a choice's label; every row with a label has it.
LABEL_ID = "itextId"

Row = Mapping[str, str]
Scope = tuple[str, ...]


class Node(NamedTuple):
    """One place an answer can stand: an item, and 1-based numbers of the repeats around it.

    `at` has the outermost repeat first; for an instance of a repeat the last number is its own.
    `Node("", ())` is the whole interview.
    """

    name: str
    at: tuple[int, ...]


class Cell(NamedTuple):
    """A place in a list reached by `instance()`: a column of a row, the row itself, or its root.

    `row` counts from 1; `column` is '' for a row; row 0 is the list, then its element `root`.
    """

    list: str
    row: int
    column: str


AnyNode = Node | Cell


@dataclass(frozen=True, slots=True)
class NodeSet:
    """Several places in document order and the text of each; as one value it is its first.

    `is_true` says what it is worth as a condition: its first place is answered, or is an instance
    of a repeat or a row of a list, which are true by being there.
    """

    nodes: tuple[AnyNode, ...]
    texts: tuple[str, ...]
    is_true: bool


Value = str | float | bool | NodeSet


def _has_label_id(row: Row) -> bool:
    return "label" in row and LABEL_ID not in row


_NO_TEXTS: Mapping[str, str] = MappingProxyType({})
_NO_STATUSES: Mapping[Node, str] = MappingProxyType({})
_NO_COUNTS: Mapping[Node, int] = MappingProxyType({})
_NO_LISTS: Mapping[str, Sequence[Row]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything an expression may read.

    scopes    for every item, the names of the repeats around it, outermost first; for a repeat,
              its own name last. An item that is not here is blank everywhere. In the order of the
              questionnaire, which is the order of the nodes that `|` joins
    values    the answers as text; absent or '' is blank, and so is whatever is not relevant
    statuses  refused, dont_know or not_applicable, where there is one
    counts    how many instances a repeat has; its key is the repeat with the numbers around it
    current   what `.` is and where `${name}` is looked up from; None before any question
    row       the choice a choice_filter is asked about; bare names read its columns
    lists     rows of the choice lists and of tables beside the instrument; a row has name, label
              (in the language of the interview) and its other columns; one with a label also has
              the column itextId, the id that jr:itext() takes
    list_of   the list each question uses
    parents   the group or repeat directly around each item, '' at the top. An item that is not
              here counts as standing directly in its innermost repeat
    now       the moment of evaluation; its time zone is what local time means. Without a zone the
              offsets written in times are ignored
    random    a number in [0, 1)
    months, weekdays   what %b and %a write, from January and from Monday

    The last three are set by predicates: the position and size of the set being filtered, and the
    node the whole expression is about.
    """

    scopes: Mapping[str, Scope]
    values: Mapping[Node, str]
    now: datetime
    random: Callable[[], float]
    statuses: Mapping[Node, str] = field(default_factory=lambda: _NO_STATUSES)
    counts: Mapping[Node, int] = field(default_factory=lambda: _NO_COUNTS)
    current: Node | None = None
    row: Row | None = None
    lists: Mapping[str, Sequence[Row]] = field(default_factory=lambda: _NO_LISTS)
    list_of: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    parents: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    months: Sequence[str] = MONTHS
    weekdays: Sequence[str] = WEEKDAYS
    position: int = 1
    size: int = 1
    origin: Node | None = None

    def at(self, current: Node | None) -> Context:
        """Return the same context with another current item."""
        return self._moved(current, None, 1, 1, None)

    def with_row(self, row: Row) -> Context:
        """Return the same context asking about one choice."""
        return self._moved(self.current, row, 1, 1, self.origin)

    def within(self, node: AnyNode, position: int, size: int) -> Context:
        """Return the context a predicate sees: one node of the set it filters."""
        origin = self.origin or self.current
        if isinstance(node, Node):
            return self._moved(node, None, position, size, origin)
        return self._moved(self.current, self.row_of(node), position, size, self.origin)

    def _moved(
        self, current: Node | None, row: Row | None, position: int, size: int, origin: Node | None
    ) -> Context:
        # Choice filters and predicates make one context for each choice or node: this takes half
        # the time of the constructor, and a seventh of dataclasses.replace.
        moved = object.__new__(Context)
        put = object.__setattr__
        put(moved, "scopes", self.scopes)
        put(moved, "values", self.values)
        put(moved, "now", self.now)
        put(moved, "random", self.random)
        put(moved, "statuses", self.statuses)
        put(moved, "counts", self.counts)
        put(moved, "current", current)
        put(moved, "row", row)
        put(moved, "lists", self.lists)
        put(moved, "list_of", self.list_of)
        put(moved, "parents", self.parents)
        put(moved, "months", self.months)
        put(moved, "weekdays", self.weekdays)
        put(moved, "position", position)
        put(moved, "size", size)
        put(moved, "origin", origin)
        return moved

    def text(self, node: AnyNode) -> str:
        """Return the answer at a node, '' if it is blank."""
        if isinstance(node, Node):
            return self.values.get(node, "")
        if not node.row:
            return ""
        row = self.row_of(node)
        if node.column == LABEL_ID and _has_label_id(row):
            return f"{node.list}-{node.row - 1}"
        return row.get(node.column, "")

    def row_of(self, cell: Cell) -> Row:
        """Return the row a cell stands in, an empty one if there is none."""
        rows = self.lists.get(cell.list, ())
        return rows[cell.row - 1] if 0 < cell.row <= len(rows) else _NO_TEXTS

    def is_instance(self, node: AnyNode) -> bool:
        """Return whether a node is an instance of a repeat or a row of a list, so has no answer."""
        if isinstance(node, Cell):
            return not node.column
        return self.scopes.get(node.name, ())[-1:] == (node.name,)

    def node_set(self, nodes: tuple[AnyNode, ...]) -> NodeSet:
        """Return the nodes with their texts."""
        texts = tuple([self.text(node) for node in nodes])
        is_true = bool(nodes) and (texts[0] != "" or self.is_instance(nodes[0]))
        return NodeSet(nodes, texts, is_true)

    def value_of(self, name: str) -> Value:
        """Return what `${name}` is worth here: a text where it means one place, else a node set."""
        scope = self.scopes.get(name, ())
        if not scope:
            return self.values.get(Node(name, ()), "")
        shared = self.shared(scope, name)
        if len(shared) == len(scope):
            return self.values.get(Node(name, shared), "")
        return self.node_set(self.instances(name, scope, shared))

    def nodes_of(self, name: str) -> tuple[Node, ...]:
        """Return the places `${name}` means here, in document order."""
        scope = self.scopes.get(name)
        if scope is None:
            return ()
        return self.instances(name, scope, self.shared(scope, name))

    def shared(self, scope: Scope, name: str) -> tuple[int, ...]:
        """Return the numbers of the repeats around both `name` and the current item.

        A repeat is not around itself: `count(${child})` asked inside a child counts them all.
        """
        if self.current is None:
            return ()
        mine = self.scopes.get(self.current.name, ())
        outer = scope[:-1] if scope and scope[-1] == name else scope
        same = 0
        for ours, theirs in zip(mine, outer, strict=False):
            if ours != theirs:
                break
            same += 1
        return self.current.at[:same]

    def instances(self, name: str, scope: Scope, fixed: tuple[int, ...]) -> tuple[Node, ...]:
        """Return the nodes of `name` whose first repeat numbers are `fixed`."""
        numbers = [fixed]
        for repeat in scope[len(fixed) :]:
            numbers = [
                (*at, number)
                for at in numbers
                for number in range(1, self.counts.get(Node(repeat, at), 0) + 1)
            ]
        return tuple([Node(name, at) for at in numbers])

    def own_number(self, repeat: str) -> int | None:
        """Return the number of the instance of `repeat` the current item is in, None if in none."""
        if self.current is None:
            return None
        scope = self.scopes.get(self.current.name, ())
        depth = scope.index(repeat) if repeat in scope else len(self.current.at)
        return self.current.at[depth] if depth < len(self.current.at) else None

    def parent(self, node: AnyNode) -> tuple[AnyNode, ...]:
        """Return the group, repeat instance or interview a node stands in; none around the last."""
        if isinstance(node, Cell) or node.name == "":
            return ()
        scope = self.scopes.get(node.name, ())
        outer = scope[:-1] if scope[-1:] == (node.name,) else scope
        name = self.parents.get(node.name, outer[-1] if outer else "")
        return (Node(name, node.at[: len(outer)]),)

    def children(self, node: AnyNode, name: str) -> tuple[AnyNode, ...]:
        """Return the nodes called `name` that stand in a node, in document order."""
        if isinstance(node, Cell):
            return self._cells(node, name)
        scope = self.scopes.get(name)
        around = self.scopes.get(node.name, ())
        if scope is None or name == node.name or scope[: len(around)] != around:
            return ()
        if self.parents.get(name, node.name) != node.name:
            return ()
        return self.instances(name, scope, node.at)

    def _cells(self, cell: Cell, name: str) -> tuple[Cell, ...]:
        if cell.row:
            row = self.row_of(cell)
            is_there = name in row or (name == LABEL_ID and _has_label_id(row))
            return (Cell(cell.list, cell.row, name),) if is_there else ()
        if not cell.column:
            return (Cell(cell.list, 0, name),) if name == "root" else ()
        rows = len(self.lists.get(cell.list, ()))
        return tuple([Cell(cell.list, number, "") for number in range(1, rows + 1)])

    def in_order(self, nodes: Sequence[AnyNode]) -> tuple[AnyNode, ...]:
        """Return the nodes each once, in document order; rows of lists keep the order they have."""
        unique = dict.fromkeys(nodes)
        ranks = {name: rank for rank, name in enumerate(self.scopes)}

        def key(node: AnyNode) -> tuple[int, ...]:
            if isinstance(node, Cell):
                return (len(ranks),)
            steps: list[int] = []
            scope = self.scopes.get(node.name, ())
            for repeat, number in zip(scope, node.at, strict=False):
                steps += (ranks.get(repeat, -1), number)
            if not self.is_instance(node):
                steps.append(ranks.get(node.name, -1))
            return tuple(steps)

        return tuple(sorted(unique, key=key))
