"""The rows of the sheet `survey` → items, nested in their groups and repeats."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from surveys.instrument import PIPED
from surveys.language import _
from surveys.load import GROUP_KEYS, KEPT, QUESTION_KEYS, REPEAT_KEYS, REPEAT_MAX
from surveys.problems import Place, Problem, loss
from surveys.xlsform.cells import Cell, Row, Sheet
from surveys.xlsform.columns import TRANSLATED, Column, columns_of, kept_as, survey_column
from surveys.xlsform.languages import Languages
from surveys.xlsform.nodes import expression, mapping, own, put, scalar, sequence, words
from surveys.xlsform.placeholder import labelled
from surveys.xlsform.words import Words, read_words
from surveys.yamltree import Mapping, Scalar, Sequence

_ORDER = (
    "label hint guidance_hint relevant required required_message constraint constraint_message "
    "calculation choice_filter default read_only appearance parameters repeat_count trigger"
).split()
_OF_SECTION = ("label", "hint", "relevant", "appearance")
_OF_PLACEHOLDER = ("label", "hint", "guidance_hint", "relevant", "appearance", "parameters")
_EXPRESSIONS = frozenset(
    "relevant required constraint calculation choice_filter read_only repeat_count trigger "
    "soft_constraint".split()
)
_OF_ENTITIES = ("save_to", "bind::entities:saveto")
_YES = ("yes", "true", "true()")
_KNOWN = {
    "group": tuple(GROUP_KEYS),
    "repeat": tuple(REPEAT_KEYS),
    "question": tuple(QUESTION_KEYS),
}


@dataclass(slots=True)
class _Fields:
    """A row by what its columns mean."""

    row: Row
    plain: dict[str, Cell] = field(default_factory=dict)
    texts: dict[str, dict[str, Cell]] = field(default_factory=dict)
    own: dict[str, Cell] = field(default_factory=dict)
    others: dict[str, Cell] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        first = self.plain.get("type") or next(iter(self.row.cells.values()))
        return first.place

    @property
    def name(self) -> str:
        return self.plain["name"].text if "name" in self.plain else ""


@dataclass(slots=True)
class SurveyRows:
    """What the sheet holds: its items, the tables it declares, the lists that get an “other”."""

    items: Sequence
    tables: list[str] = field(default_factory=list)
    with_other: dict[str, Scalar] = field(default_factory=dict)


def read_survey(
    sheet: Sheet, languages: Languages, names_read: frozenset[str], problems: list[Problem]
) -> SurveyRows:
    """Return the items of the sheet; `names_read` are those that some text or expression reads."""
    columns = columns_of(sheet.header, survey_column, problems)
    reading = _Reading(columns, languages, names_read, problems, sheet.header.place)
    for row in sheet.rows:
        reading.row(row)
    reading.end()
    return reading.found


class _Reading:
    """One pass over the rows; the sections that are open stand on a stack."""

    def __init__(
        self,
        columns: Map[int, Column],
        languages: Languages,
        names_read: frozenset[str],
        problems: list[Problem],
        place: Place,
    ) -> None:
        self.columns = columns
        self.languages = languages
        self.names_read = names_read
        self.problems = problems
        self.found = SurveyRows(sequence(place, []))
        self.stack: list[tuple[str, Mapping, Sequence]] = []
        self.unnamed: set[int] = set()

    @property
    def items(self) -> Sequence:
        return self.stack[-1][2] if self.stack else self.found.items

    def fields(self, row: Row) -> _Fields:
        fields = _Fields(row)
        for position, cell in row.cells.items():
            column = self.columns.get(position)
            if column is None:
                self.nameless(position, cell)
            elif column.is_own:
                fields.own[column.key] = cell
            elif column.key in _OF_ENTITIES:
                fact = _("what is saved to entities is not carried")
                self.problems.append(loss(cell.place, "", fact))
            elif not column.is_known:
                fields.others[column.key] = cell
            elif column.key in TRANSLATED:
                fields.texts.setdefault(column.key, {})[column.language] = cell
            else:
                fields.plain[column.key] = cell
        return fields

    def nameless(self, position: int, cell: Cell) -> None:
        if position not in self.unnamed:
            self.unnamed.add(position)
            fact = _("the column has no name: what stands in it is not carried")
            self.problems.append(loss(cell.place, "", fact, _("name it in the first row")))

    def row(self, row: Row) -> None:
        fields = self.fields(row)
        if "disabled" in fields.plain:
            disabled = fields.plain.pop("disabled")
            if disabled.text.lower() in _YES:
                fact = _("the row is disabled and not carried")
                self.problems.append(loss(fields.place, fields.name, fact))
                return
            fields.others["disabled"] = disabled
        if "type" not in fields.plain:
            self.untyped(fields)
            return
        said = _header_of_grid(fields, read_words(fields.plain["type"].text))
        if said.role == "end":
            self.close(fields, said)
        elif said.role == "dropped":
            self.drop(fields, said)
        elif said.role == "table":
            self.found.tables.append(f"{said.written} {fields.name}")
        else:
            self.item(fields, said)

    def untyped(self, fields: _Fields) -> None:
        if not (fields.name or "label" in fields.texts):
            if fields.plain or fields.texts or fields.own or fields.others:
                fact = _("the row has no type and no name: it is not carried")
                self.problems.append(loss(fields.place, "", fact))
            return
        self.error(fields.place, fields.name, _("the row has no type"), _("write one, as text"))

    def error(self, place: Place, subject: str, fact: str, remedy: str) -> None:
        self.problems.append(Problem(place, subject, fact, remedy, "type"))

    def drop(self, fields: _Fields, said: Words) -> None:
        fact = _("“{word}” identifies a device, a person or a place: it is not carried")
        blank = _("“{word}” identifies a device, a person or a place: it becomes a blank value")
        if said.kind == "paradata":
            fact = _(
                "“{word}” tells of the interview: it is not carried, a record tells what it must"
            )
            blank = _("“{word}” tells of the interview: it becomes a blank value")
        is_read = fields.name in self.names_read
        if is_read:
            found = mapping(fields.place)
            put(found, "type", Scalar("hidden", fields.place))
            put(found, "name", scalar(fields.plain["name"]))
            self.items.nodes.append(found)
        told = (blank if is_read else fact).format(word=said.written)
        remedy = _("no longer read it") if is_read else ""
        self.problems.append(loss(fields.place, fields.name, told, remedy))

    def close(self, fields: _Fields, said: Words) -> None:
        if not self.stack or self.stack[-1][0] != said.kind:
            fact = _("“{word}” ends nothing that is open here")
            remedy = _("end each group and repeat once, the last begun first")
            self.error(
                fields.place, fields.name, fact.format(word=fields.plain["type"].text), remedy
            )
            return
        _kind, _found, _items = self.stack.pop()

    def end(self) -> None:
        """Say which sections the sheet leaves open."""
        for kind, found, _items in self.stack:
            fact = _("this {kind} has no end").format(kind=kind)
            remedy = _("add a row of type “end {kind}”").format(kind=kind)
            self.error(found.place, _named(found), fact, remedy)

    def item(self, fields: _Fields, said: Words) -> None:
        """Add the item a row describes; a section stays open until its end."""
        found = mapping(fields.place)
        kind = said.kind
        if kind == "calculate" and "calculation" not in fields.plain:
            kind = "hidden"  # a value that only its default fills
        typed = said.written if said.role == "unknown" else kind
        put(found, "type", Scalar(typed, fields.place))
        if said.choices and said.role != "placeholder":
            put(found, "choices", Scalar(said.choices, fields.place))
        put(found, "name", self.name(fields, said))
        self.known(found, fields, said)
        self.own(found, fields)
        self.others(found, fields, said)
        if said.remedy:
            fact = _("items of type “{kind}” are not supported").format(kind=said.written)
            self.error(fields.place, fields.name, fact, said.remedy)
        self.items.nodes.append(found)
        if said.role == "begin":
            questions = sequence(fields.place, [])
            put(found, "questions", questions)
            self.stack.append((kind, found, questions))
            self.bounded(fields, said)
        if said.has_other:
            self.with_other(found, fields, said)

    def bounded(self, fields: _Fields, said: Words) -> None:
        """Say that a repeat without end ends here: the size of a record is known beforehand."""
        count = fields.plain.get("repeat_count")
        is_small = count is not None and count.text.isdecimal() and int(count.text) <= REPEAT_MAX
        if said.kind == "repeat" and "repeat_max" not in fields.own and not is_small:
            fact = _("it is asked {n} times at most, however many there are").format(n=REPEAT_MAX)
            remedy = _("write “repeat_max” with the most there can be")
            self.problems.append(loss(fields.place, fields.name, fact, remedy))

    def name(self, fields: _Fields, said: Words) -> Scalar | None:
        if "name" in fields.plain:
            return scalar(fields.plain["name"])
        if said.kind == "note" and said.role == "item":
            return Scalar(f"generated_note_name_{fields.row.place.line}", fields.place)
        return None

    def known(self, found: Mapping, fields: _Fields, said: Words) -> None:
        """Add what the columns we know hold, in the order of the documentation."""
        taken = _taken(said)
        for key in _ORDER:
            if key not in taken:
                continue
            if key in TRANSLATED:
                text = self.languages.text(fields.texts.get(key, {}), fields.name, self.problems)
                put(found, key, text)
            elif key in fields.plain:
                cell = fields.plain[key]
                put(found, key, expression(cell) if key in _EXPRESSIONS else scalar(cell))
            if key == "constraint" and said.constraint:
                put(found, key, Scalar(said.constraint, fields.place))
            if key == "hint" and said.hint:
                put(found, key, Scalar(said.hint, fields.place))
        if said.role == "placeholder" and not said.choices:
            self.placeholder(found, fields, said)

    def placeholder(self, found: Mapping, fields: _Fields, said: Words) -> None:
        blank = self.languages.everywhere("", Scalar("", fields.place))
        default = self.languages.default or "en"
        label = labelled(found.nodes.get("label", blank), said.written, default)
        found.nodes["label"] = label
        found.keys.setdefault("label", Scalar("label", label.place))
        fact = _("“{word}” cannot be asked in a terminal: it becomes a note that says so")
        remedy = _("ask it another way, or leave it: the type comes back in a workbook")
        self.problems.append(
            loss(fields.place, fields.name, fact.format(word=said.written), remedy)
        )

    def own(self, found: Mapping, fields: _Fields) -> None:
        for key, cell in fields.own.items():
            if key == "nonresponse":
                put(found, key, words(cell, self.problems))
            else:
                is_text = key in _EXPRESSIONS
                put(found, key, expression(cell) if is_text else own(cell, self.problems))

    def others(self, found: Mapping, fields: _Fields, said: Words) -> None:
        """Add what is kept for the way back: columns nobody here knows, or not for such an item."""
        if said.written and said.role in {"item", "placeholder"}:
            put(found, KEPT + "type", Scalar(said.written, fields.place))
        known = _KNOWN.get(said.kind if said.role == "begin" else "", _KNOWN["question"])
        for key, cell in fields.others.items():
            put(found, kept_as(key, known), scalar(cell))
        taken = {*_taken(said), "type", "name"}
        for key, cell in fields.plain.items():
            if key not in taken:
                put(found, kept_as(key, known), scalar(cell))
        for key, cells in fields.texts.items():
            for suffix, cell in cells.items():
                if key not in taken:
                    put(found, kept_as(f"{key}::{suffix}" if suffix else key, known), scalar(cell))

    def with_other(self, found: Mapping, fields: _Fields, said: Words) -> None:
        """Add what “or_other” stands for: a choice, and a question for its text."""
        self.found.with_other.setdefault(said.choices, Scalar("other", fields.place))
        put(
            found,
            KEPT + "type",
            Scalar(f"{said.kind} {said.choices} or_other", fields.place),
        )
        self.items.nodes.append(other_question(fields.name, fields.place))


def _header_of_grid(fields: _Fields, said: Words) -> Words:
    """Return a note for a select that other tools show as the head of a grid, and never ask."""
    appearance = fields.plain.get("appearance")
    if not said.choices or said.role != "item" or said.has_other or appearance is None:
        return said
    if "label" not in appearance.text.lower().split():
        return said
    return Words("placeholder", "note", said.choices, written=f"{said.kind} {said.choices}")


def other_question(name: str, place: Place) -> Mapping:
    """Return the question that “or_other” adds after the question of that name."""
    found = mapping(place)
    put(found, "type", Scalar("text", place))
    put(found, "name", Scalar(f"{name}_other", place))
    put(found, "label", Scalar("Specify other.", place))
    put(found, "relevant", Scalar(f"selected(${{{name}}}, 'other')", place))
    return found


def _taken(said: Words) -> tuple[str, ...]:
    """Return the columns that mean the same here for such an item."""
    if said.role == "placeholder":
        return _OF_PLACEHOLDER
    if said.role == "begin":
        return (*_OF_SECTION, "repeat_count") if said.kind == "repeat" else _OF_SECTION
    return tuple(key for key in _ORDER if key != "repeat_count")


def _named(found: Mapping) -> str:
    name = found.nodes.get("name")
    return name.text if isinstance(name, Scalar) else ""


def names_in(sheets: Map[str, Sheet]) -> frozenset[str]:
    """Return every name that some cell reads as ${name}."""
    return frozenset(
        name.strip()
        for sheet in sheets.values()
        for row in sheet.rows
        for cell in row.cells.values()
        if "${" in cell.text
        for name in PIPED.findall(cell.text)
    )
