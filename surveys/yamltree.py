"""YAML text → a tree of mappings, sequences and texts that know their place; nothing is typed.

The parser's events are read one by one, so that a hostile file costs no more than its first
refusal: depth is bounded while reading, and an alias is refused instead of followed. Every scalar
stays the text that was written (`NO`, `01230` and `12:30` included); whoever reads the tree types it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from surveys.language import _
from surveys.problems import Place, Problem, Refusal

MAX_DEPTH = 40
MAX_EVENTS = 500_000  # keys, texts, beginnings and ends: twice those of that largest form
MAX_BYTES = 4_000_000  # a form of 10,000 questions in three languages is about half of it


class Scalar(NamedTuple):
    """A text as written. `is_literal`: one line, so an offset in it is an offset in the file."""

    text: str
    place: Place
    is_literal: bool = False

    def place_at(self, offset: int) -> Place:
        """Return the place of the character at `offset` (from 0), as near as is known."""
        if not self.is_literal:
            return self.place
        return self.place.moved(offset)


_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(slots=True)
class Sequence:
    """Nodes in order. `is_whole` is False where a syntax error cut it short."""

    place: Place
    nodes: list[Node] = field(default_factory=list)
    is_whole: bool = False


@dataclass(slots=True)
class Mapping:
    """Keys and nodes in order, each key once. `is_whole` as for a sequence."""

    place: Place
    nodes: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)
    is_whole: bool = False


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Tree:
    """What could be read: the root (None if nothing), and what was wrong on the way."""

    root: Node | None
    problems: tuple[Problem, ...]
    is_whole: bool


def read(source: str, file: str) -> Tree:
    """Return the tree of `source`; `file` is the name its places carry.

    Raises Refusal where PyYAML was built without libyaml: its Python parser differs in places.
    """
    if not yaml.__with_libyaml__:
        raise Refusal(
            _("PyYAML was installed without libyaml; install a wheel of PyYAML from its index")
        )
    return _Reading(file, source).tree()


def _events(source: str) -> Iterator[yaml.Event]:
    """Yield the events of a text: as yaml.parse() does, without its step in between for each."""
    loader = yaml.CSafeLoader(source)
    return iter(loader.get_event, None)


class _Reading:
    """One pass over the events; what is open stands on a stack."""

    def __init__(self, file: str, source: str) -> None:
        self.file = file
        self.source = source
        self.problems: list[Problem] = []
        self.stack: list[Mapping | Sequence] = []
        self.waiting: list[Scalar | None] = []  # of each open node, the key that has no value yet
        self.root: Node | None = None

    def tree(self) -> Tree:
        if len(self.source.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            self.note(
                Place(self.file, 1, 1),
                _("the file is larger than {n} bytes").format(n=MAX_BYTES),
                "size",
            )
            return Tree(None, tuple(self.problems), is_whole=False)
        try:
            is_whole = self.take(_events(self.source))
        except yaml.YAMLError as error:
            self.syntax(error)
            is_whole = False
        except UnicodeEncodeError:
            self.note(Place(self.file, 1, 1), _("the file is not valid UTF-8"), "syntax")
            is_whole = False
        return Tree(self.root, tuple(self.problems), is_whole)

    def take(self, events: Iterator[yaml.Event]) -> bool:
        for number, event in enumerate(events):
            mark: Any = event.start_mark  # the parser in C always gives one
            place = Place(self.file, mark.line + 1, mark.column + 1)
            if number >= MAX_EVENTS:
                fact = _("the file holds more than {n} values").format(n=MAX_EVENTS)
                self.note(place, fact, "size", _("split the questionnaire"))
                return False
            if isinstance(event, yaml.ScalarEvent):  # nine events in ten
                if event.anchor is not None or event.tag is not None:
                    self.refuse_marks(event, place)
                self.place_node(self.scalar(event, place))
            elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
                self.note(
                    place,
                    _("a second document begins here"),
                    "syntax",
                    _("keep one document a file"),
                )
                return False
            elif isinstance(event, yaml.AliasEvent):
                self.note(
                    place,
                    _("aliases (*name) are not part of the language"),
                    "alias",
                    _("write the text out"),
                )
                self.place_node(Scalar("", place))
            elif isinstance(event, yaml.CollectionStartEvent):
                if len(self.stack) >= MAX_DEPTH:
                    self.note(
                        place,
                        _("deeper than {n} levels").format(n=MAX_DEPTH),
                        "depth",
                        _("flatten the form"),
                    )
                    return False
                self.refuse_marks(event, place)
                self.open(
                    Mapping(place) if isinstance(event, yaml.MappingStartEvent) else Sequence(place)
                )
            elif isinstance(event, yaml.CollectionEndEvent):
                self.close()
        return True

    def scalar(self, event: yaml.ScalarEvent, place: Place) -> Scalar:
        start: Any = event.start_mark
        end: Any = event.end_mark
        if not event.value.isprintable() and _CONTROL.search(event.value):
            fact = _("a control character stands in a text")
            self.note(place, fact, "syntax", _("remove it"))
            return Scalar("", place)
        quotes = 0 if event.style is None else 1
        is_literal = (
            start.line == end.line and end.column - start.column == len(event.value) + 2 * quotes
        )
        begin = place.moved(quotes) if is_literal and quotes else place
        return Scalar(event.value, begin, is_literal)

    def refuse_marks(
        self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, place: Place
    ) -> None:
        if event.anchor is not None:
            self.note(
                place,
                _("anchors (&name) are not part of the language"),
                "alias",
                _("write the text out"),
            )
        if event.tag is not None and event.tag != "!":
            self.note(
                place, _("tags (!name) are not part of the language"), "tag", _("remove the tag")
            )

    def open(self, node: Mapping | Sequence) -> None:
        self.place_node(node)
        self.stack.append(node)
        self.waiting.append(None)

    def close(self) -> None:
        self.stack.pop().is_whole = True
        self.waiting.pop()

    def place_node(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top, Sequence):
            top.nodes.append(node)
            return
        key = self.waiting[-1]
        if key is None:
            self.waiting[-1] = node if isinstance(node, Scalar) else self.no_key(node)
            return
        self.waiting[-1] = None
        first = top.keys.setdefault(key.text, key)
        if first is key:
            top.nodes[key.text] = node
            return
        fact = _("key “{key}” is already used on line {line}")
        self.note(
            key.place,
            fact.format(key=key.text, line=first.place.line),
            "duplicate_key",
            _("keep one of the two"),
        )

    def no_key(self, node: Sequence | Mapping) -> Scalar:
        self.note(
            node.place,
            _("a key must be a text"),
            "syntax",
            _("put quotes around a text that holds brackets"),
        )
        return Scalar(f"\0{node.place}", node.place)

    def syntax(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None)
        place = self.place(mark)
        fact = getattr(error, "problem", None) or _("the text is not YAML")
        self.note(place, _("YAML syntax: {fact}").format(fact=fact), "syntax", self.remedy(place))

    def place(self, mark: Any) -> Place:  # PyYAML has two classes of marks, and stubs that differ
        return Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file, 1, 1)

    def remedy(self, place: Place) -> str:
        lines = self.source.splitlines()
        line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
        if "\t" in line:
            return _("indent with spaces, never with tabs")
        if "${" in line or ": " in line.partition(": ")[2]:
            return _(
                "put double quotes around a text that holds “: ”, “{{”, “#” or begins with a quote"
            ).format()
        return _("check indentation, quotes and brackets here and on the line before")

    def note(self, place: Place, fact: str, check: str, remedy: str = "") -> None:
        self.problems.append(Problem(place, "", fact, remedy, check))
