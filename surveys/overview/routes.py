"""The ways through a questionnaire, as a graph: what is asked, and on what condition one goes there.

Nodes are sections or, on request, questions that decide and the runs between them; a run of items
under one condition is entered by one edge and left out by another. A condition where several ways
meet is a diamond of its own, so that a long questionnaire has few edges. `diagrams.py` writes the
graph down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from surveys.expressions.tree import Tree, conjuncts
from surveys.instrument import Group, Instrument, Item, Question
from surveys.kinds import KINDS, is_asked
from surveys.language import _, ngettext
from surveys.overview.outline import Words
from surveys.plan import expressions_of

Shape = Literal["start", "end", "section", "questions", "decision"]

LONG = 90  # characters of a label; what is longer is cut


@dataclass(frozen=True, slots=True)
class Node:
    """One node; `sections` are the names of the groups drawn around it, outermost first."""

    id: str
    text: str
    shape: Shape
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another; `text` says when it is taken, '' always."""

    source: str
    target: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order of the questionnaire; `sections` are the titles of the groups drawn."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    sections: Mapping[str, str]


def graph(
    instrument: Instrument, language: str, words: Words, every_question: bool = False
) -> Graph:
    """Return the routes of a checked instrument, by section, or with the questions that decide."""
    drawing = _Drawing(instrument, language, words, every_question)
    drawing.node(instrument.text(instrument.title, language) or instrument.id, "start")
    drawing.flow(_flow(instrument.survey), ())
    drawing.node(_("end"), "end")
    return Graph(tuple(drawing.nodes), tuple(drawing.edges), drawing.sections)


def deciding(instrument: Instrument) -> frozenset[str]:
    """Return the questions that some condition or number of rounds reads, if by calculations."""
    items = {item.name: item for item, _around in instrument.items()}
    waiting = [
        name
        for item in items.values()
        for column, expression in expressions_of(item)
        if column in {"relevant", "repeat_count"}
        for name in expression.names
    ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in items and name not in found:
            found.add(name)
            item = items[name]
            if isinstance(item, Question) and item.calculation is not None:
                waiting.extend(item.calculation.names)
    return frozenset(name for name in found if is_asked(items[name]))


Flow = list[tuple[Item, tuple[Tree, ...]]]  # items, each with the conditions still to be drawn


def _flow(items: Iterable[Item]) -> Flow:
    """Return items with all their conditions: `a and b` is two."""
    return [(item, tuple(conjuncts(item.relevant.tree)) if item.relevant else ()) for item in items]


@dataclass
class _Drawing:
    """A graph in the making: `open` are the ways that wait for the node they lead to."""

    instrument: Instrument
    language: str
    words: Words
    every_question: bool
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)
    open: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.deciding = deciding(self.instrument) if self.every_question else frozenset()

    def node(self, text: str, shape: Shape, around: tuple[str, ...] = ()) -> str:
        """Draw a node that every open way leads to, and go on from it; return its id."""
        drawn = Node(f"n{len(self.nodes)}", text, shape, around)
        self.nodes.append(drawn)
        self.edges.extend(Edge(source, drawn.id, text) for source, text in self.open)
        self.open = [(drawn.id, "")]
        return drawn.id

    def flow(self, items: Flow, around: tuple[str, ...]) -> None:
        """Draw items in order; those that begin with the same condition are under one fork."""
        for condition, run in groupby(items, key=lambda pair: next(iter(pair[1]), None)):
            flow = list(run)
            if condition is None:
                self._unconditional([item for item, _left in flow], around)
            elif any(self._is_drawn(item) for item, _left in flow):
                self._fork(condition, [(item, left[1:]) for item, left in flow], around)

    def _fork(self, condition: Tree, flow: Flow, around: tuple[str, ...]) -> None:
        text = self.words.condition(condition)
        if len(self.open) == 1 and not self.open[0][1]:
            ((source, _text),) = self.open
            self.open = [(source, text)]
            past = (source, _("otherwise"))
        else:
            source = self.node(text, "decision", around)
            self.open = [(source, _("yes"))]
            past = (source, _("no"))
        self.flow(flow, around)
        self.open.append(past)

    def _unconditional(self, items: Sequence[Item], around: tuple[str, ...]) -> None:
        for is_group, run in groupby(items, key=lambda item: isinstance(item, Group)):
            if not is_group:
                self._questions(list(run), around)
                continue
            for group in run:
                if isinstance(group, Group) and self._is_drawn(group):
                    self._group(group, around)

    def _group(self, group: Group, around: tuple[str, ...]) -> None:
        first = len(self.nodes)
        has_groups = any(isinstance(item, Group) for item in group.questions)
        if self.every_question or has_groups:
            self.sections[group.name] = self._label(group)
            inside = (*around, group.name)
            flow = _flow(group.questions)
            self.flow(flow if self.every_question else _without_conditions(flow), inside)
        else:
            inside = around
            asked = _asked(group.questions)
            count = ngettext("{n} question", "{n} questions", asked).format(n=asked)
            self.node(f"{self._label(group)}\n{count}", "section", around)
        if group.kind == "repeat" and len(self.nodes) > first:
            self._again(group, self.nodes[first].id, inside)

    def _again(self, repeat: Group, first: str, around: tuple[str, ...]) -> None:
        if repeat.repeat_count is None:
            text = _("another one?")
        else:
            count = self.words.value(repeat.repeat_count.tree)
            text = _("another one? ({count} in all)").format(count=count)
        source = self.node(text, "decision", around)
        self.edges.append(Edge(source, first, _("yes")))
        self.open = [(source, _("no"))]

    def _questions(self, items: Sequence[Item], around: tuple[str, ...]) -> None:
        def key(item: Item) -> str:
            return item.name if item.name in self.deciding else ""

        for _name, run in groupby((item for item in items if self._is_drawn(item)), key=key):
            self.node(self._named(list(run)), "questions", around)

    def _is_drawn(self, item: Item) -> bool:
        """Whether an item makes a node: by section, what is only read makes none."""
        if isinstance(item, Group):
            return any(self._is_drawn(inner) for inner in item.questions)
        return KINDS[item.kind].is_shown if self.every_question else is_asked(item)

    def _named(self, items: Sequence[Item]) -> str:
        """Return what a run of questions is called: their numbers, or the words of the only one."""
        asked = [item for item in items if is_asked(item)] or list(items[:1])
        numbers = [self.words.numbers.get(item.name, "") for item in asked]
        if len(asked) == 1:
            return f"{numbers[0]} {self._label(asked[0])}".strip()
        count = ngettext("{n} question", "{n} questions", len(asked)).format(n=len(asked))
        return f"{numbers[0]} – {numbers[-1]}\n{count}" if all(numbers) else count

    def _label(self, item: Item) -> str:
        text = " ".join(self.instrument.text(item.label, self.language).split()) or item.name
        if isinstance(item, Group):
            text = self.words.titled(item.name, text)
        return text if len(text) <= LONG else text[: LONG - 1].rstrip() + "…"


def _asked(items: Sequence[Item]) -> int:
    return sum(
        _asked(item.questions) if isinstance(item, Group) else int(is_asked(item)) for item in items
    )


def _without_conditions(flow: Flow) -> Flow:
    """Return a flow by section: a question's own condition is not drawn, a group's is."""
    return [(item, left if isinstance(item, Group) else ()) for item, left in flow]
