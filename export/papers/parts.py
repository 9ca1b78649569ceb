"""What a document is made of: headings, paragraphs, lists, tables, and marks for what is not known.

Plain values, one text for every format: `html.py` and `typeset.py` only say how they look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person must do: complete what nobody told the program, or check what it says by heart.

    `what` is to be completed or checked, `shown` what stands in the text.
    """

    kind: Literal["complete", "check"]
    what: str
    shown: str


@dataclass(frozen=True, slots=True)
class Code:
    """A text as a machine has it: a name, a hash."""

    text: str


Span = str | Mark | Code
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 2 begins a section, level 3 a part of one."""

    level: Literal[2, 3]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, of steps where `is_numbered`."""

    lines: tuple[Line, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; without `columns` it has no head, and its first column names each row.

    `widths` are the shares of the columns; `is_dense` sets a long one in smaller letters.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[int, ...]
    is_dense: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What must not be overlooked, in a box."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins a page."""


Block = Heading | Paragraph | Bullets | Grid | Notice | NewPage
Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one language. `name` is that of its files; `is_handed_out`: to participants."""

    name: str
    language: Language
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    is_handed_out: bool = False


def lines_of(block: Block) -> tuple[Line, ...]:
    """Return the lines of a block, in the order they are read."""
    match block:
        case Heading(text=text):
            return ((text,),)
        case Paragraph(line=line):
            return (line,)
        case Bullets(lines=lines) | Notice(lines=lines):
            return lines
        case Grid(columns=columns, rows=rows):
            return (*((name,) for name in columns), *(cell for row in rows for cell in row))
        case NewPage():
            return ()


def marks(blocks: tuple[Block, ...]) -> Iterator[tuple[str, Mark]]:
    """Yield (title of the section, mark) for every mark, in order."""
    section = ""
    for block in blocks:
        if isinstance(block, Heading):
            section = block.text
        for line in lines_of(block):
            yield from ((section, span) for span in line if isinstance(span, Mark))
