"""A questionnaire told on one page: its items in order, numbered, with conditions and skips in words.

`outline` gives rows for whoever counts or searches; `lines` lays them out for reading.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

from surveys.codebook import labelled, variables
from surveys.expressions import Tree
from surveys.instrument import Group, Instrument, Item, Question
from surveys.kinds import is_asked
from surveys.language import _, ngettext
from surveys.overview.length import Lengths
from surveys.paper.numbering import own_letter

Style = Literal["title", "section", "condition", "question", "detail", "skip", ""]

NUMBER = 6  # columns of a number and the space after it
_APART = re.compile(r" ([?!:;»%€])")
NARROW = 48  # columns below which text is no longer folded


@dataclass(frozen=True, slots=True)
class Words:
    """What expressions and items are called: a condition (“if A2 is Yes”), a value (“A2”), numbers.

    `numbers` and `skips` are by name of item; `skips` say, beside a question, where answers lead.
    """

    condition: Callable[[Tree], str]
    value: Callable[[Tree], str]
    numbers: Mapping[str, str]
    skips: Mapping[str, tuple[str, ...]]

    def titled(self, name: str, label: str) -> str:
        """Return the title of a group: its label, after its letter if the label does not begin so."""
        letter = self.numbers.get(name, "")
        return f"{letter}. {label}" if letter and not own_letter(label) else label


@dataclass(frozen=True, slots=True)
class Row:
    """One item. `condition` is as written, `words` the same in words; `rounds` is of a repeat.

    `skips` say, beside a question, where some of its answers lead.
    """

    depth: int
    name: str
    type: str
    number: str
    label: str
    choices: str
    is_required: bool
    condition: str
    words: str
    rounds: str
    skips: tuple[str, ...]


def outline(instrument: Instrument, language: str, words: Words) -> Iterator[Row]:
    """Yield a row for each item in order."""
    for item, around in instrument.items():
        question = item if isinstance(item, Question) else None
        yield Row(
            depth=len(around),
            name=item.name,
            type=item.kind,
            number=words.numbers.get(item.name, ""),
            label=_label(instrument, item, language, words),
            choices=question.choices.name if question and question.choices else "",
            is_required=question is not None and question.required is not None,
            condition=item.relevant.text if item.relevant else "",
            words=words.condition(item.relevant.tree) if item.relevant else "",
            rounds=_rounds(item, words),
            skips=words.skips.get(item.name, ()),
        )


def _label(instrument: Instrument, item: Item, language: str, words: Words) -> str:
    label = " ".join(instrument.text(item.label, language).split())
    return words.titled(item.name, label) if isinstance(item, Group) else label


def _rounds(item: Item, words: Words) -> str:
    if not isinstance(item, Group) or item.kind == "group":
        return ""
    if item.repeat_count is not None:
        count = words.value(item.repeat_count.tree)
        return _("as many times as: {count}; at most {n}").format(count=count, n=item.repeat_max)
    return _("until there is no other; at most {n}").format(n=item.repeat_max)


def head(instrument: Instrument, language: str, found: Lengths) -> Iterator[str]:
    """Yield the lines above the outline: what the questionnaire is and how long it takes."""
    yield instrument.text(instrument.title, language) or instrument.id
    asked = sum(1 for question in instrument.questions() if is_asked(question))
    questions = ngettext("{n} question", "{n} questions", asked).format(n=asked)
    spoken = ", ".join(instrument.languages.values())
    yield " · ".join(filter(None, (f"{instrument.id} {instrument.version}", questions, spoken)))
    yield _estimate(found)


def _estimate(found: Lengths) -> str:
    shortest, middle, longest = (
        max(1, round(one.minutes)) for one in (found.shortest, found.middle, found.longest)
    )
    told = ngettext("about {n} minute", "about {n} minutes", middle).format(n=middle)
    if shortest < longest:
        told += " " + _("({shortest} to {longest})").format(shortest=shortest, longest=longest)
    keys = ngettext("{n} key", "{n} keys", found.middle.keys).format(n=found.middle.keys)
    return f"{told}, {keys}"


def lines(rows: Iterable[Row], width: int) -> Iterator[tuple[Style, str]]:
    """Yield the lines of an outline with their style; `width` is in columns, 0 for as long as it is.

    What computes, or is set by the clock, is one line; a condition stands above what it is of.
    """
    before = 0
    for row in rows:
        indent = "  " * row.depth
        if row.type in {"group", "repeat"} or row.depth < before:
            yield "", ""
        before = row.depth
        if row.words:
            yield from (("condition", line) for line in _laid(row.words, indent, indent, width))
        if row.type in {"group", "repeat"}:
            yield from _section(row, indent, width)
        else:
            yield from _question(row, indent, width)


def _laid(text: str, first: str, other: str, width: int) -> list[str]:
    return folded(text, max(width, NARROW), first, other) if width else [first + text]


def _section(row: Row, indent: str, width: int) -> Iterator[tuple[Style, str]]:
    title = row.label or row.name
    yield from (("section", line) for line in _laid(title, indent, indent, width))
    yield "detail", indent + " · ".join(filter(None, (row.name, row.type, row.rounds)))


def _question(row: Row, indent: str, width: int) -> Iterator[tuple[Style, str]]:
    inside = indent + " " * NUMBER
    if row.label:
        begin = indent + f"{row.number:<{NUMBER - 1}} "
        yield from (("question", line) for line in _laid(row.label, begin, inside, width))
    asked = _("required") if row.is_required else ""
    type_and_list = f"{row.type} {row.choices}".strip()
    yield "detail", inside + " · ".join(filter(None, (row.name, type_and_list, asked)))
    for skip in row.skips:
        told = _laid(skip, inside + "→ ", inside + "  ", width)
        yield from (("skip", line) for line in told)


def folded(text: str, width: int, first: str = "", other: str = "") -> list[str]:
    """Return a text in lines; a mark that French sets apart stays with its word."""
    bound = _APART.sub("\N{NO-BREAK SPACE}\\1", text)
    return textwrap.wrap(
        bound,
        width,
        initial_indent=first,
        subsequent_indent=other,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


class Described(TypedDict):
    """One variable: what it is, what it can be (`codes`: name → label), what is kept of it."""

    name: str
    type: str
    choices: str
    repeats: list[str]
    keep: str
    storage: str
    codes: dict[str, str]
    statuses: list[str]
    identifying: str
    sensitive: bool
    label: str


def described(instrument: Instrument, language: str) -> Iterator[Described]:
    """Yield one row for each variable, in order."""
    for variable in variables(instrument):
        question = variable.question
        yield {
            "name": variable.name,
            "type": question.kind,
            "choices": question.choices.name if question.choices else "",
            "repeats": list(variable.repeats),
            "keep": kept(question),
            "storage": variable.storage,
            "codes": {one.name: one.label for one in labelled(variable, instrument, language)},
            "statuses": list(variable.statuses),
            "identifying": question.identifying,
            "sensitive": question.sensitive,
            "label": " ".join(instrument.text(question.label, language).split()),
        }


def kept(question: Question) -> str:
    """Return the rule of what is kept, as it is written in the file."""
    keep = question.keep
    argument = ", ".join(keep.bands) or keep.number or keep.unit
    argument = argument or ", ".join(f"{old} → {new}" for old, new in keep.codes.items())
    return f"{keep.rule}: {argument}" if argument else keep.rule
