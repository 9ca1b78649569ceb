"""An instrument as the rules look at it: indexed once, so that no rule walks it for each item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from surveys.expressions import Expression
from surveys.instrument import PIPED, Group, Instrument, Item, Question, Text
from surveys.plan import expressions_of, in_order, names_read, reads_of, repeats_around
from surveys.problems import Place, Problem
from surveys.reading import near


@dataclass(frozen=True, slots=True)
class Entry:
    """An item, its position among all items, the groups around it, outermost first, and the repeats.

    A repeat stands in itself. `expressions` are (column, expression), as `plan.expressions_of`.
    """

    item: Item
    name: str
    position: int
    around: tuple[Group, ...]
    scopes: tuple[str, ...]
    expressions: tuple[tuple[str, Expression], ...]

    def is_once_for(self, other: Entry) -> bool:
        """Whether this item has one value where the other stands, not one for each round."""
        return self.scopes == other.scopes[: len(self.scopes)]


class Form:
    """An instrument and what every rule asks of it; `problems` are those found while loading."""

    def __init__(self, instrument: Instrument, problems: tuple[Problem, ...] = ()) -> None:
        self.instrument = instrument
        self.problems = problems
        self.entries = tuple(
            Entry(
                item,
                item.name,
                position,
                around,
                repeats_around(item, around) if around or isinstance(item, Group) else (),
                tuple(expressions_of(item)),
            )
            for position, (item, around) in enumerate(instrument.items())
        )
        self._positions = {id(entry.item): entry.position for entry in self.entries}
        self._near: dict[str, str] = {}

    def position_of(self, item: Item) -> int:
        """Return the position of an item of the form among all."""
        return self._positions[id(item)]

    @cached_property
    def named(self) -> Mapping[str, Entry]:
        """The entry of each name; of a name used twice, the first."""
        found: dict[str, Entry] = {}
        for entry in self.entries:
            if entry.name:
                found.setdefault(entry.name, entry)
        return found

    @cached_property
    def repeated_names(self) -> frozenset[str]:
        """The names that several items have: what refers to one of them is not judged."""
        return frozenset(
            entry.name for entry in self.entries if self.named.get(entry.name) is not entry
        )

    @cached_property
    def questions(self) -> tuple[tuple[Entry, Question], ...]:
        """The entries that are questions, each with its question."""
        return tuple(
            (entry, entry.item) for entry in self.entries if isinstance(entry.item, Question)
        )

    @cached_property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """For each name, the names its value or its relevance depends on."""
        reads = reads_of(self.instrument)
        if "" in reads:  # what has no name is said to have none, and nobody reads it
            return {name: tuple(filter(None, others)) for name, others in reads.items() if name}
        return reads

    @cached_property
    def ordered(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Every name after what it reads, as far as no circle forbids; and a circle, if there is one."""
        return in_order(self.reads)

    @cached_property
    def texts(self) -> tuple[tuple[Entry | None, str, Text], ...]:
        """Each text that is not blank: the entry that shows it, None for several; whose; the text."""
        instrument = self.instrument
        of_all = [("form", instrument.title), ("form", instrument.description)]
        for found in instrument.lists.values():
            of_all.extend([(found.name, choice.label) for choice in found.rows])
        texts: list[tuple[Entry | None, str, Text]] = [
            (None, subject, text) for subject, text in of_all if text.by_language
        ]
        for entry in self.entries:
            for column in _TEXTS:
                text = getattr(entry.item, column, None)
                if text is not None and text.by_language:
                    texts.append((entry, entry.name, text))
        return tuple(texts)

    @cached_property
    def piped(self) -> tuple[tuple[Entry | None, str, Text, tuple[str, ...]], ...]:
        """The texts that pipe answers in, each with the names it reads, each once."""
        found = []
        for entry, subject, text in self.texts:
            written = [one for one in text.by_language.values() if "${" in one]
            names = dict.fromkeys(name for one in written for name in PIPED.findall(one))
            if names:
                found.append((entry, subject, text, tuple(names)))
        return tuple(found)

    def read_by(
        self, entry: Entry, column: str, expression: Expression
    ) -> Iterable[tuple[str, int]]:
        """Return (name, offset) of each item an expression reads."""
        if not expression.bare:
            return expression.references
        return list(names_read(self.instrument, entry.item, column, expression))

    def certain(self, name: str) -> Entry | None:
        """Return the entry of a name that exactly one item has."""
        return None if name in self.repeated_names else self.named.get(name)

    def place_in(self, place: Place, expression: Expression, offset: int) -> Place:
        """Return the place of a character of an expression that begins at `place`.

        An expression may be folded over several lines, or its line may be quoted: the source is
        followed, blanks aside. Where it says the text in another way, the place stays its beginning.
        """
        if place.sheet:
            return place
        lines = self._lines[place.line - 1 : place.line + expression.text.count("\n") + _FOLDS]
        if lines and lines[0].startswith(expression.text, place.column - 1):
            return place.moved(offset)
        return _followed(lines, place, expression.text, offset)

    def place_piped(self, text: Text, name: str) -> Place:
        """Return the place of the first ${name} of a text; that of the text where it is not seen."""
        place = text.place
        if place.sheet:
            return place
        lines = self._lines[place.line - 1 : place.line - 1 + _FOLDS]
        start = place.column - 1
        for row, line in enumerate(lines):
            column = line.find(f"${{{name}}}", start)
            if column >= 0:
                return Place(place.file, place.line + row, column + 1)
            start = 0
        return place

    @cached_property
    def _lines(self) -> list[str]:
        return self.instrument.source.split("\n")

    def near_name(self, name: str) -> str:
        """Return the question whether a name of the form was meant; '' where none is near.

        Only the first names asked about are compared with all: a form may hold thousands of each.
        """
        if name not in self._near:
            self._near[name] = near(name, self.named) if len(self._near) < _MOST_COMPARED else ""
        return self._near[name]


_MOST_COMPARED = 20
_TEXTS = (
    "label hint guidance_hint required_message constraint_message soft_constraint_message"
).split()
_FOLDS = 60  # lines over which an expression is looked for


def _followed(lines: list[str], place: Place, text: str, offset: int) -> Place:
    """Return the place of text[offset], found by following the text along the lines.

    It begins where the place is, after a quote, or below the sign of a folded text, >- or |.
    """
    words = map(re.escape, re.split(r"\s+", text[:offset]))
    begun = re.compile(r"(?:[|>][^\n]*\n\s*|[\"']?)" + r"\s+".join(words))
    whole = "\n".join(lines)
    match = begun.match(whole, place.column - 1)
    if match is None:
        return place
    before = whole[: match.end()]
    column = match.end() - (before.rfind("\n") + 1)
    return Place(place.file, place.line + before.count("\n"), column + 1)
