"""A questionnaire as a REDCap data dictionary: 18 columns of CSV, a row a field.

Names of fields and codes of choices are ours wherever REDCap can take them, so that data of the two
can be put together. Conditions are said by `redcap_logic.py` where REDCap has the words. The rest is
a loss: above all, REDCap stores every answer whole, whatever `keep` says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from surveys.expressions import Expression
from surveys.formats.losses import uncarried
from surveys.formats.redcap_columns import (
    Validation,
    annotation,
    choices,
    field_type,
    is_conditional,
    validation,
)
from surveys.formats.redcap_fields import RECORD, Field, fields_of, first_form
from surveys.formats.redcap_logic import Logic, Unsaid, all_of
from surveys.formats.redcap_losses import of_the_form
from surveys.formats.redcap_names import name_for
from surveys.instrument import PIPED, Group, Instrument, Item, Question, Text
from surveys.kinds import KINDS
from surveys.language import _
from surveys.problems import Problem, in_order, loss

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
_LEAST_IN_MATRIX = 3
_LONGEST_MATRIX = 60

# Columns that have their place in a dictionary, or whose loss is told by name.
_CARRIED = frozenset(
    (
        "id title languages default_language type name label hint required relevant constraint "
        "calculation choice_filter default read_only choices keep nonresponse identifying max_length "
        "soft_constraint parameters appearance questions repeat_count repeat_max exclusive"
    ).split()
)

Row = dict[str, str]


class Placed(NamedTuple):
    """A question, the groups around it, outermost first, and its row."""

    question: Question
    around: tuple[Group, ...]
    row: Row


def dictionary(instrument: Instrument) -> tuple[str, tuple[Problem, ...]]:
    """Return the data dictionary as CSV text, and what REDCap cannot hold."""
    made = _Dictionary(instrument)
    rows = made.rows()
    losses = (*made.losses, *of_the_form(instrument), *uncarried(instrument, _CARRIED, "REDCap"))
    text = io.StringIO()
    written = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    written.writeheader()
    written.writerows(rows)
    return text.getvalue(), in_order(losses)


class _Dictionary:
    """Writes the rows of one instrument; `losses` grows on the way."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.fields = fields_of(instrument)
        self.losses: list[Problem] = []
        self.opened: set[str] = set()

    def rows(self) -> list[Row]:
        """Return the row of the record's key, then a row for each question, each form together."""
        forms: dict[str, list[Placed]] = {first_form(self.instrument): []}
        for item, around in self.instrument.items():
            if isinstance(item, Group):
                self._group(item, around)
                continue
            row = self._row(item, around)
            forms.setdefault(row["Form Name"], []).append(Placed(item, around, row))
        key = {
            "Variable / Field Name": RECORD,
            "Form Name": first_form(self.instrument),
            "Field Type": "text",
            "Field Label": _("Record"),
        }
        taken: set[str] = set()
        for rows in forms.values():
            _mark_matrices(rows, taken)
        return [key, *(placed.row for rows in forms.values() for placed in rows)]

    def _row(self, question: Question, around: tuple[Group, ...]) -> Row:
        found = self.fields[question.name]
        self._named(question, found)
        checked = validation(question)
        self._losses(question, checked)
        is_shown = KINDS[question.kind].is_shown
        calculated = self._calculation(question, found)
        return {
            "Variable / Field Name": found.name,
            "Form Name": found.form,
            "Section Header": self._header(around) if is_shown else "",
            "Field Type": field_type(question, is_said=bool(calculated)),
            "Field Label": self._text(question, question.label, found) or question.name,
            "Choices, Calculations, OR Slider Labels": calculated
            or choices(question, found, self.instrument),
            "Field Note": self._text(question, question.hint, found),
            "Text Validation Type OR Show Slider Number": checked.type,
            "Text Validation Min": checked.low,
            "Text Validation Max": checked.high,
            "Identifier?": "y" if question.identifying == "direct" else "",
            "Branching Logic (Show field only if...)": self._branching(question, around, found),
            "Required Field?": "y" if question.is_always_required else "",
            "Field Annotation": annotation(question, found),
        }

    def _named(self, question: Question, found: Field) -> None:
        """Note every name that is another one in REDCap."""
        if found.name != question.name:
            fact = _("is called {name} in REDCap").format(name=found.name)
            self.losses.append(loss(question.place, question.name, fact))
        if question.choices is None:
            return
        for choice in question.choices.choices:
            code = found.codes[choice.name]
            if code != choice.name:
                fact = _("choice “{name}” has the code {code} in REDCap")
                told = fact.format(name=choice.name, code=code)
                self.losses.append(loss(choice.place, question.choices.name, told))

    def _losses(self, question: Question, checked: Validation) -> None:
        for column, fact, remedy in checked.losses:
            self.losses.append(loss(question.place_of(column), question.name, fact, remedy))
        if question.keep.is_reduction and KINDS[question.kind].storage != "none":
            fact = _("REDCap stores the answer whole: “keep: {rule}” is lost")
            self.losses.append(
                loss(
                    question.place_of("keep"),
                    question.name,
                    fact.format(rule=question.keep.rule),
                    _("leave the question out, or ask it as what may be kept"),
                )
            )
        unsaid = {
            "choice_filter": question.choice_filter,
            "default": question.dynamic_default,
            "required": None if question.is_always_required else question.required,
            "read_only": question.read_only if is_conditional(question.read_only) else None,
        }
        for column, expression in unsaid.items():
            if expression is not None:
                self._unsaid(question, column)

    def _unsaid(self, item: Item, column: str) -> None:
        fact = _("“{column}” cannot be said in REDCap: the field goes without").format(
            column=column
        )
        remedy = _("write it there by hand")
        self.losses.append(loss(item.place_of(column), item.name, fact, remedy))

    def _group(self, group: Group, around: tuple[Group, ...]) -> None:
        """Note what a group loses, and what becomes of a repeat."""
        if group.hint:
            fact = _("the hint of a group has no place in REDCap")
            self.losses.append(loss(group.place_of("hint"), group.name, fact))
        if group.kind != "repeat":
            return
        scope = tuple(one.name for one in (*around, group) if one.kind == "repeat")
        form = next((one.form for one in self.fields.values() if one.scope == scope), group.name)
        fact = _("is the form {form} in REDCap, whose dictionary does not say that it repeats")
        remedy = _("make it a repeating instrument in the project's setup")
        self.losses.append(loss(group.place, group.name, fact.format(form=form), remedy))
        if len(scope) > 1:
            fact = _("REDCap has no repeat in a repeat: its rounds are those of the whole record")
            self.losses.append(loss(group.place, group.name, fact))
        if group.repeat_count is not None:
            self._unsaid(group, "repeat_count")

    def _calculation(self, question: Question, found: Field) -> str:
        if question.calculation is None or question.kind != "calculate":
            return ""
        logic = Logic(self.fields, found.scope)
        try:
            if found.holds == "text":
                raise Unsaid
            said = logic.calculation(question.calculation.tree)
        except Unsaid:
            self._unsaid(question, "calculation")
            return ""
        if "round" in question.calculation.functions:
            fact = _("REDCap rounds the half of a negative number down: −1.5 to −2, here to −1")
            self.losses.append(loss(question.place_of("calculation"), question.name, fact))
        return said

    def _branching(self, question: Question, around: tuple[Group, ...], found: Field) -> str:
        """Return when the field is shown: when it and every group around it is relevant."""
        items: tuple[Item, ...] = (*around, question)
        return all_of([self._said(item, item.relevant, found) for item in items])

    def _said(self, item: Item, expression: Expression | None, found: Field) -> str:
        if expression is None:
            return ""
        try:
            return Logic(self.fields, found.scope).condition(expression.tree)
        except Unsaid:
            self._unsaid(item, "relevant")
            return ""

    def _header(self, around: tuple[Group, ...]) -> str:
        """Return the labels of the groups that begin here, and count them as begun."""
        begun = [group for group in around if group.name not in self.opened]
        self.opened.update(group.name for group in begun)
        labels = (self.instrument.text(group.label, "") for group in begun)
        return " – ".join(" ".join(label.split()) for label in labels if label)

    def _text(self, question: Question, text: Text, found: Field) -> str:
        """Return a text in the default language; what it pipes in is named as REDCap does."""
        written = self.instrument.text(text, self.instrument.default_language)
        for name in PIPED.findall(written):
            piped = self.fields.get(name)
            if piped is None or piped.scope not in ((), found.scope):
                self._unsaid(question, "label")
                continue
            written = written.replace(f"${{{name}}}", f"[{piped.name}]")
        return written


def _mark_matrices(rows: Iterable[Placed], taken: set[str]) -> None:
    """Name each run of questions that are answered from one list under the same condition."""
    for alike, run in groupby(rows, key=_alike):
        found = list(run)
        if alike and len(found) >= _LEAST_IN_MATRIX:
            name = name_for(alike[1], taken, _LONGEST_MATRIX)
            for placed in found:
                placed.row["Matrix Group Name"] = name


def _alike(placed: Placed) -> tuple[str, ...]:
    """Return what the questions of a matrix have in common; () for what stands in none.

    REDCap shows no notes within a matrix, so a question with a hint stays out of it.
    """
    question, around, row = placed
    kind = row["Field Type"]
    if question.choices is None or kind not in {"radio", "checkbox"} or row["Field Note"]:
        return ()
    group = around[-1].name if around else ""
    return kind, question.choices.name, group, row["Branching Logic (Show field only if...)"]
