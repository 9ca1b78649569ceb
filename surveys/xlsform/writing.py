"""An instrument → the three sheets of an XLSForm, and what other tools will not do with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveys import yamlwriter
from surveys.expressions import Expression
from surveys.instrument import (
    ALWAYS,
    NONRESPONSE,
    Group,
    Instrument,
    Item,
    Keep,
    Nonresponse,
    Question,
    Text,
)
from surveys.keep_rule import default_keep
from surveys.kinds import KINDS
from surveys.language import _
from surveys.load import KEPT, REPEAT_MAX, usual_length
from surveys.problems import Place, Problem, in_order, loss
from surveys.xlsform.columns import BOUND_OWN, CHOICE_OWN, restored, survey_column
from surveys.xlsform.elsewhere import without_effect
from surveys.xlsform.languages import derived_code
from surveys.xlsform.nodes import mapping, put, sequence
from surveys.xlsform.placeholder import unlabelled
from surveys.xlsform.settings_sheet import NAMESPACE
from surveys.yamltree import Node, Scalar

_OWN = "bind::" + BOUND_OWN
_NOWHERE = Place("", 1, 1)
_FIRST = "list_name type name label hint guidance_hint relevant required required_message".split()
_ORDER = (
    *_FIRST,
    *"constraint constraint_message calculation choice_filter default read_only".split(),
    *"appearance parameters repeat_count trigger".split(),
)
_RANKS = {key: rank for rank, key in enumerate(_ORDER)}

Cells = dict[str, str]


@dataclass(slots=True)
class Sheets:
    """The rows of each sheet, each cell by its header."""

    survey: list[Cells] = field(default_factory=list)
    choices: list[Cells] = field(default_factory=list)
    settings: list[Cells] = field(default_factory=list)


def sheets_of(instrument: Instrument) -> tuple[Sheets, tuple[Problem, ...]]:
    """Return the rows of an XLSForm, and the loss list of the way to other tools."""
    writing = _Writing(instrument)
    sheets = Sheets(
        survey=[*writing.tables(), *writing.rows(instrument.survey)],
        choices=list(writing.choice_rows()),
        settings=[writing.settings()],
    )
    if any(key.startswith(_OWN) for row in sheets.survey for key in row):
        declared = sheets.settings[0].get("namespaces", "")
        sheets.settings[0]["namespaces"] = f"{declared} {NAMESPACE}".strip()
    return sheets, in_order((*writing.problems, *without_effect(instrument)))


def headers_of(rows: list[Cells], instrument: Instrument) -> list[str]:
    """Return the headers of a sheet: known columns first, each with its languages, ours last."""
    languages = {suffix: rank for rank, suffix in enumerate(instrument.languages.values())}
    seen = dict.fromkeys(header for row in rows for header in row)

    def rank(header: str) -> tuple[int, int, int]:
        column = survey_column(header)
        known = _RANKS.get(column.key, len(_RANKS))
        return (
            int(header.startswith((_OWN, CHOICE_OWN, BOUND_OWN))),
            known,
            languages.get(column.language, -1),
        )

    return sorted(seen, key=rank)


class _Writing:
    """One pass over an instrument."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.problems: list[Problem] = []
        self.nonresponse = _usual_nonresponse(instrument)

    def rows(self, items: tuple[Item, ...]) -> Iterator[Cells]:
        """Yield the rows of items; a section is closed after its own."""
        skipped: Item | None = None
        for position, item in enumerate(items):
            if item is skipped:
                continue
            if isinstance(item, Group):
                yield self.section(item)
                yield from self.rows(item.questions)
                yield {"type": f"end_{item.kind}"}
                continue
            following = items[position + 1] if position + 1 < len(items) else None
            skipped = following if _is_or_other(item, following) else None
            yield self.question(item, has_other=skipped is not None)

    def tables(self) -> Iterator[Cells]:
        for line in self.instrument.extra.get(KEPT + "tables", "").splitlines():
            word, _space, name = line.partition(" ")
            yield {"type": word, "name": name}

    def section(self, group: Group) -> Cells:
        cells: Cells = {"type": f"begin_{group.kind}", "name": group.name}
        self.texts(cells, "label", group.label)
        self.texts(cells, "hint", group.hint)
        self.expressions(cells, group, ("relevant", "repeat_count"))
        _fill(cells, "appearance", group.appearance)
        if group.self_completed:
            cells[_OWN + "self_completed"] = "yes"
        is_told = group.repeat_max != REPEAT_MAX or "repeat_max" in group.places
        if group.kind == "repeat" and is_told:
            cells[_OWN + "repeat_max"] = str(group.repeat_max)
        self.accept(cells, _OWN, group.accept)
        self.others(cells, group)
        return cells

    def question(self, question: Question, has_other: bool) -> Cells:
        written = question.extra.get(KEPT + "type", "")
        cells: Cells = {"type": _typed(question, written, has_other), "name": question.name}
        self.texts(cells, "label", _plain_label(question, written))
        self.texts(cells, "hint", question.hint)
        self.texts(cells, "guidance_hint", question.guidance_hint)
        self.conditions(cells, question)
        self.texts(cells, "required_message", question.required_message)
        self.texts(cells, "constraint_message", question.constraint_message)
        keys = ("relevant", "constraint", "calculation", "choice_filter")
        self.expressions(cells, question, keys)
        _fill(cells, "default", question.default)
        _fill(cells, "appearance", question.appearance)
        _fill(cells, "parameters", " ".join(f"{k}={v}" for k, v in question.parameters.items()))
        _fill(cells, "trigger", question.trigger)
        self.own(cells, question)
        self.others(cells, question)
        return cells

    def texts(self, cells: Cells, key: str, text: Text) -> None:
        for code, written in text.by_language.items():
            suffix = self.instrument.languages.get(code, code)
            _fill(cells, f"{key}::{suffix}" if code else key, written)

    def conditions(self, cells: Cells, question: Question) -> None:
        """Fill what is a yes, a no or a condition; a no that was written stays one."""
        for key in ("required", "read_only"):
            condition: Expression | None = getattr(question, key)
            if condition is None:
                cells.update({key: "no"} if key in question.places else {})
            else:
                cells[key] = "yes" if condition.text == ALWAYS else condition.text

    def expressions(self, cells: Cells, item: Item, keys: tuple[str, ...]) -> None:
        for key in keys:
            expression: Expression | None = getattr(item, key, None)
            if expression is not None:
                cells[key] = expression.text

    def own(self, cells: Cells, question: Question) -> None:
        """Fill our own columns, where they say more than what holds without them."""
        own: Cells = {}
        if question.keep != default_keep(question.kind):
            own["keep"] = _keep(question.keep)
        if question.nonresponse != self.offered(question):
            own["nonresponse"] = "[" + ", ".join(question.nonresponse) + "]"
        _fill(own, "identifying", question.identifying)
        _fill(own, "sensitive", "yes" if question.sensitive else "")
        length = usual_length(question.kind, question.format)
        _fill(own, "max_length", str(question.max_length) if question.max_length != length else "")
        _fill(own, "format", question.format)
        if question.soft_constraint is not None:
            own["soft_constraint"] = question.soft_constraint.text
        _fill(own, "soft_constraint_message", _in_a_cell(question.soft_constraint_message))
        _fill(own, "show_card", _quoted(question.show_card))
        _fill(own, "minimum_seconds", str(question.minimum_seconds or ""))
        if question.choices and not question.kind.startswith("select"):
            own["choices"] = question.choices.name
        cells.update({_OWN + key: value for key, value in own.items()})
        self.accept(cells, _OWN, question.accept)

    def offered(self, question: Question) -> tuple[Nonresponse, ...]:
        """Return the non-response a question offers that says nothing of its own."""
        if not KINDS[question.kind].is_asked:
            return ()
        listed = question.choices.statuses if question.choices else ()
        return tuple(word for word in NONRESPONSE if word in self.nonresponse or word in listed)

    def accept(self, cells: Cells, prefix: str, accept: Mapping[str, str]) -> None:
        if accept:
            cells[prefix + "accept"] = yamlwriter.flow(_map(accept))

    def others(self, cells: Cells, item: Item) -> None:
        """Fill what was kept for the way back; a column that is filled already is not overwritten."""
        for key, value in item.extra.items():
            if key == KEPT + "type":
                continue
            header = restored(key)
            column = survey_column(header)
            if column.is_known and not column.is_own:
                header = f"{column.key}::{column.language}" if column.language else column.key
            if cells.setdefault(header, value) != value:
                fact = _("“{key}” says something else than “{column}”: it is not carried")
                place = item.place_of(key)
                self.problems.append(loss(place, item.name, fact.format(key=key, column=header)))

    def choice_rows(self) -> Iterator[Cells]:
        for listed in self.instrument.lists.values():
            for position, choice in enumerate(listed.rows, start=1):
                cells: Cells = {"list_name": listed.name, "name": choice.name}
                self.texts(cells, "label", choice.label)
                for key, value in choice.columns.items():
                    _fill(cells, restored(key), value)
                if choice.code != choice.usual_code(choice.name, position):
                    cells[CHOICE_OWN + "code"] = choice.code
                _fill(cells, CHOICE_OWN + "exclusive", "yes" if choice.exclusive else "")
                _fill(cells, CHOICE_OWN + "nonresponse", choice.nonresponse)
                yield cells

    def settings(self) -> Cells:
        form = self.instrument
        cells: Cells = {"form_title": form.text(form.title, form.default_language)}
        cells["form_id"] = form.id
        _fill(cells, "version", form.version)
        if "default_language" in form.places:
            code = form.default_language
            cells["default_language"] = form.languages.get(code, code)
        for key, value in form.extra.items():
            if key != KEPT + "tables":
                _fill(cells, restored(key), value)
        if any(code for code in form.title.by_language):
            cells[BOUND_OWN + "title"] = _in_a_cell(form.title)
        _fill(cells, BOUND_OWN + "description", _in_a_cell(form.description))
        if not self.are_languages_told():
            cells[BOUND_OWN + "languages"] = yamlwriter.flow(_map(form.languages))
        _fill(cells, BOUND_OWN + "population", str(form.population or ""))
        for key, condition in form.conditions():
            cells[BOUND_OWN + key] = condition.text
        if self.nonresponse != NONRESPONSE[:2]:
            cells[BOUND_OWN + "nonresponse"] = "[" + ", ".join(self.nonresponse) + "]"
        self.accept(cells, BOUND_OWN, form.accept)
        return cells

    def are_languages_told(self) -> bool:
        """Whether the suffixes of the columns are all the languages, and give their codes."""
        form = self.instrument
        used = {code for _subject, text in form.texts() for code in text.by_language}
        return all(
            code in used and derived_code(suffix) == code for code, suffix in form.languages.items()
        )


def _fill(cells: Cells, key: str, value: str) -> None:
    if value:
        cells[key] = value


def _typed(question: Question, written: str, has_other: bool) -> str:
    if question.choices and question.kind.startswith("select"):
        return f"{question.kind} {question.choices.name}" + (" or_other" if has_other else "")
    return written or question.kind


def _is_or_other(item: Question, following: Item | None) -> bool:
    """Whether the next item is the one that “or_other” adds, as it was added."""
    return (
        item.extra.get(KEPT + "type", "").endswith("or_other")
        and isinstance(following, Question)
        and following.kind == "text"
        and following.name == f"{item.name}_other"
        and dict(following.label.by_language) == {"": "Specify other."}
        and set(following.places) == {"type", "name", "label", "relevant"}
        and following.relevant is not None
        and following.relevant.text == f"selected(${{{item.name}}}, 'other')"
    )


def _plain_label(question: Question, written: str) -> Text:
    """Return the label, without what a placeholder's says about itself."""
    if question.kind != "note" or not written:
        return question.label
    texts = question.label.by_language.items()
    return Text({code: unlabelled(text, written) for code, text in texts}, question.label.place)


def _usual_nonresponse(instrument: Instrument) -> tuple[Nonresponse, ...]:
    """Return what most questions offer."""
    offered = Counter(q.nonresponse for q in instrument.questions() if KINDS[q.kind].is_asked)
    return offered.most_common(1)[0][0] if offered else NONRESPONSE[:2]


def _keep(keep: Keep) -> str:
    if keep.rule == "bands":
        argument: Node = sequence(_NOWHERE, [Scalar(bound, _NOWHERE) for bound in keep.bands])
    elif keep.rule == "codes":
        argument = _map(keep.codes)
    elif keep.number or keep.unit:
        argument = Scalar(keep.number or keep.unit, _NOWHERE)
    else:
        return keep.rule
    found = mapping(_NOWHERE)
    put(found, keep.rule, argument)
    return yamlwriter.flow(found)


def _map(texts: Mapping[str, str]) -> Node:
    found = mapping(_NOWHERE)
    for key, text in texts.items():
        put(found, key, Scalar(text, _NOWHERE))
    return found


def _in_a_cell(text: Text) -> str:
    """Return a text, or a text for each language, as one cell."""
    by_language = dict(text.by_language)
    if set(by_language) <= {""}:
        return _quoted(by_language.get("", ""))
    return yamlwriter.flow(_map(by_language))


def _quoted(text: str) -> str:
    """Return a text that is not taken for YAML."""
    if text.startswith(("{", "[", '"')):
        return yamlwriter.flow(Scalar(text, _NOWHERE))
    return text
