"""What an instrument is: frozen values, each knowing its place in the YAML it was read from.

Names of fields are XLSForm's column names; our own keys follow them. Nothing here reads a file,
asks a question or holds an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from surveys.expressions import Expression
from surveys.problems import Place

Nonresponse = Literal["refused", "dont_know", "not_applicable"]
NONRESPONSE: tuple[Nonresponse, ...] = ("refused", "dont_know", "not_applicable")

Identifying = Literal["", "direct", "quasi"]

Format = Literal["", "card_code"]
FORMATS: tuple[Format, ...] = ("card_code",)  # what a text can be that is not in one's own words

# What a text pipes in. It ends at the next dollar, or a text of nothing but beginnings would be read
# to its end from each of them.
PIPED = re.compile(r"\$\{([^$}]*)\}")

NEVER = "false()"
ALWAYS = "true()"  # what a plain yes becomes where XLSForm takes a condition

Row = Mapping[str, str]

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Text:
    """A text by language code; under the code '' one that serves every language."""

    by_language: Mapping[str, str]
    place: Place

    def in_language(self, language: str, default: str) -> str:
        """Return the text in `language`, else in `default`, else in any; '' if there is none."""
        texts = self.by_language
        for code in (language, "", default):
            if code in texts:
                return texts[code]
        return next(iter(texts.values()), "")

    def __bool__(self) -> bool:
        return bool(self.by_language)


@dataclass(frozen=True, slots=True)
class Keep:
    """What may be kept of an answer. `rule` says which of the other fields counts.

    as_given, never, link, scrub: none; bands: lower bounds, ascending; prefix, round, top, bottom:
    `number`; date: `unit` (week, month, quarter, year); codes: `codes`, from kept name to new name.
    """

    rule: Literal[
        "as_given",
        "never",
        "link",
        "scrub",
        "bands",
        "prefix",
        "round",
        "date",
        "codes",
        "top",
        "bottom",
    ]
    bands: tuple[str, ...] = ()
    number: str = ""
    unit: str = ""
    codes: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def is_reduction(self) -> bool:
        """Whether what is kept can differ from what was answered."""
        return self.rule != "as_given"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a list. `code` is what is typed; `columns` are what choice_filter reads.

    `nonresponse`: it is no answer but stands for one of these, as -99 does in many forms; it keeps
    its place in the list for the tools that know no other way.
    """

    name: str
    label: Text
    code: str
    place: Place
    exclusive: bool = False
    nonresponse: Nonresponse | Literal[""] = ""
    columns: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @staticmethod
    def usual_code(name: str, position: int) -> str:
        """Return what is typed unless the file says otherwise; `position` in the list is from 1."""
        return name if name.isascii() and name.isdigit() else str(position)

    def row(self, language: str, default: str) -> Row:
        """Return the choice as the row of a list that expressions see."""
        label = self.label.in_language(language, default)
        return {**self.columns, "name": self.name, "label": label}


@dataclass(frozen=True)
class ChoiceList:
    """A named list, in the order it is written: `rows` are all of it, `choices` what can be answered."""

    name: str
    rows: tuple[Choice, ...]
    place: Place

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The choices that are answers."""
        return tuple(choice for choice in self.rows if not choice.nonresponse)

    @property
    def statuses(self) -> tuple[Nonresponse, ...]:
        """What the other choices stand for."""
        return tuple(choice.nonresponse for choice in self.rows if choice.nonresponse)

    def named(self, name: str) -> Choice | None:
        """Return the choice with this name, or None."""
        return next((choice for choice in self.choices if choice.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One item that is not a group or a repeat, whether asked (text) or not (calculate).

    `required` and `read_only` are conditions, None for no. `default` is the text as written, and
    `dynamic_default` what it computes where it is an expression.
    """

    kind: str
    name: str
    place: Place
    label: Text
    hint: Text
    guidance_hint: Text
    required: Expression | None
    required_message: Text
    relevant: Expression | None
    constraint: Expression | None
    constraint_message: Text
    soft_constraint: Expression | None
    soft_constraint_message: Text
    calculation: Expression | None
    choice_filter: Expression | None
    default: str
    dynamic_default: Expression | None
    read_only: Expression | None
    trigger: str
    appearance: str
    parameters: Mapping[str, str]
    choices: ChoiceList | None
    keep: Keep
    nonresponse: tuple[Nonresponse, ...]
    identifying: Identifying
    sensitive: bool
    max_length: int
    format: Format
    show_card: str
    minimum_seconds: int
    accept: Mapping[str, str]
    extra: Mapping[str, str]
    places: Mapping[str, Place]

    def place_of(self, key: str) -> Place:
        """Return where the value of `key` stands, or where the question does."""
        return self.places.get(key, self.place)

    @property
    def is_always_required(self) -> bool:
        """Whether it may never be left blank."""
        return self.required is not None and self.required.text == ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Items that belong together; a repeat asks them several times over."""

    kind: Literal["group", "repeat"]
    name: str
    place: Place
    label: Text
    hint: Text
    relevant: Expression | None
    repeat_count: Expression | None
    repeat_max: int
    self_completed: bool
    appearance: str
    accept: Mapping[str, str]
    extra: Mapping[str, str]
    places: Mapping[str, Place]
    questions: tuple[Item, ...]

    def place_of(self, key: str) -> Place:
        """Return where the value of `key` stands, or where the group does."""
        return self.places.get(key, self.place)


Item = Question | Group


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instrument:
    """A questionnaire, loaded; two are equal only if they are one.

    `table_texts` are the CSV files beside it, by name, and `tables` their rows. `source` is the exact text it was read
    from; `digest` is its SHA-256, and that of its tables where it has any.
    """

    id: str
    version: str
    title: Text
    description: Text
    languages: Mapping[str, str]
    default_language: str
    population: int | None
    refused_when: Expression | None
    complete_when: Expression | None
    partial_when: Expression | None
    lists: Mapping[str, ChoiceList]
    table_texts: Mapping[str, str]
    tables: Mapping[str, tuple[Row, ...]]
    survey: tuple[Item, ...]
    accept: Mapping[str, str]
    extra: Mapping[str, str]
    places: Mapping[str, Place]
    place: Place
    source: str
    digest: str

    def items(self) -> Iterator[tuple[Item, tuple[Group, ...]]]:
        """Yield every item in order, each with the groups around it, outermost first."""

        def below(
            items: tuple[Item, ...], around: tuple[Group, ...]
        ) -> Iterator[tuple[Item, tuple[Group, ...]]]:
            for item in items:
                yield item, around
                if isinstance(item, Group):
                    yield from below(item.questions, (*around, item))

        return below(self.survey, ())

    def questions(self) -> Iterator[Question]:
        """Yield every question in order."""
        return (item for item, _ in self.items() if isinstance(item, Question))

    def texts(self) -> Iterator[tuple[str, Text]]:
        """Yield (whose it is, text) for every text of the form, its lists and its items."""
        yield from (("form", self.title), ("form", self.description))
        for found in self.lists.values():
            yield from ((found.name, choice.label) for choice in found.rows)
        for item, _around in self.items():
            yield from ((item.name, item.label), (item.name, item.hint))
            if isinstance(item, Question):
                yield item.name, item.guidance_hint
                yield item.name, item.required_message
                yield item.name, item.constraint_message
                yield item.name, item.soft_constraint_message

    def conditions(self) -> Iterator[tuple[str, Expression]]:
        """Yield (key, expression) for each condition on what an interview amounts to."""
        for key in ("refused_when", "complete_when", "partial_when"):
            condition: Expression | None = getattr(self, key)
            if condition is not None:
                yield key, condition

    def text(self, text: Text, language: str) -> str:
        """Return a text of this instrument in `language`, falling back to its default."""
        return text.in_language(language, self.default_language)
