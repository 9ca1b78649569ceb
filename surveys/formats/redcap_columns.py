"""The columns of a REDCap data dictionary that one question alone fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveys.expressions import Expression
from surveys.formats.limits import Bound, limits_of, soft_limits_of
from surveys.formats.redcap_fields import Field
from surveys.instrument import ALWAYS, Choice, Instrument, Question
from surveys.kinds import KINDS
from surveys.kinds.date import is_month
from surveys.kinds.number import limits as range_limits
from surveys.language import _

_TYPES: Mapping[str, str] = {
    "select_one": "radio",
    "acknowledge": "radio",
    "select_multiple": "checkbox",
    "note": "descriptive",
}
_VALIDATIONS: Mapping[str, str] = {
    "integer": "integer",
    "decimal": "number",
    "date": "date_dmy",
    "time": "time",
    "dateTime": "datetime_dmy",
}
_LISTS = frozenset({"minimal", "autocomplete"})  # appearances of a list that drops down
APPEARANCES = _LISTS | {"multiline", "month-year"}  # that REDCap has as well

Lost = tuple[str, str, str]  # column, fact, remedy


@dataclass(frozen=True, slots=True)
class Validation:
    """What is checked of a typed answer, as the dictionary says it; what it cannot say is lost."""

    type: str = ""
    low: str = ""
    high: str = ""
    losses: tuple[Lost, ...] = ()


def field_type(question: Question, *, is_said: bool) -> str:
    """Return the type of field; a calculation is one only where it `is_said`."""
    if question.kind == "calculate" and is_said:
        return "calc"
    if question.kind == "select_one" and _LISTS & set(question.appearance.split()):
        return "dropdown"
    if question.kind == "text" and "multiline" in question.appearance.split():
        return "notes"
    return _TYPES.get(question.kind, "text")


def choices(question: Question, found: Field, instrument: Instrument) -> str:
    """Return `code, label | code, label`; those that stand for non-response keep their place."""
    if question.kind == "acknowledge":
        return "OK, OK"
    rows = question.choices.rows if question.choices else ()
    said = []
    for choice in rows:
        code = (
            found.statuses[choice.nonresponse] if choice.nonresponse else found.codes[choice.name]
        )
        label = instrument.text(choice.label, instrument.default_language) or choice.name
        said.append(f"{code}, {' '.join(label.replace('|', '/').split())}")
    return " | ".join(said)


def annotation(question: Question, found: Field) -> str:
    """Return the action tags of a field."""
    return " ".join(_tags(question, found))


def _tags(question: Question, found: Field) -> Iterator[str]:
    if question.kind in {"start", "today"}:
        yield "@TODAY"
    elif question.default and question.dynamic_default is None:
        code = found.codes.get(question.default, question.default)
        if "'" not in code:
            yield f"@DEFAULT='{code}'"
    if not KINDS[question.kind].is_shown:
        yield "@HIDDEN"
    elif question.read_only is not None and not is_conditional(question.read_only):
        yield "@READONLY"
    if "max_length" in question.places and question.kind == "text":
        yield f"@CHARLIMIT={question.max_length}"
    alone = [found.codes[choice.name] for choice in _exclusive(question)]
    if alone and question.kind == "select_multiple":
        yield f"@NONEOFTHEABOVE='{','.join(alone)}'"


def is_conditional(expression: Expression | None) -> bool:
    """Whether what may be a plain yes is a condition."""
    return expression is not None and expression.text != ALWAYS


def _exclusive(question: Question) -> Iterator[Choice]:
    rows = question.choices.choices if question.choices else ()
    return (choice for choice in rows if choice.exclusive)


def validation(question: Question) -> Validation:
    """Return what REDCap can check of an answer.

    REDCap lets an answer beyond its limits stand when the interviewer confirms it: exactly what a
    soft constraint asks for, so that its limits are taken where there is no constraint.
    """
    storage = KINDS[question.kind].storage
    hard, soft = limits_of(question), soft_limits_of(question)
    is_soft = question.constraint is None and question.kind != "range"
    used = soft if is_soft else hard
    low, high = _edge(used.low, 1, storage), _edge(used.high, -1, storage)
    is_exact = used.is_all and "" not in {low, high}
    losses: list[Lost] = []
    if question.constraint is not None and not is_exact:
        losses.append(("constraint", *_partly(bool(low or high))))
    if question.soft_constraint is not None and not (is_soft and is_exact):
        losses.append(("soft_constraint", *_partly(is_soft and bool(low or high))))
    if question.kind == "range" and range_limits(question)[2] not in {1, -1}:
        losses.append(("parameters", _("the steps between the ends are lost"), ""))
    elif question.parameters and question.kind != "range":
        losses.append(("parameters", _("parameters have no place in REDCap"), ""))
    if question.kind == "date" and is_month(question):
        losses.append(("appearance", _("a month is asked as a whole date"), ""))
    if question.kind == "end":
        losses.append(("type", _("REDCap does not fill in when an interview ends"), ""))
    kind = "range" if question.kind == "range" else storage
    found = _range_type(question) if kind == "range" else _VALIDATIONS.get(kind, "")
    return Validation(found if is_typed(question) else "", low or "", high or "", tuple(losses))


def is_typed(question: Question) -> bool:
    """Whether the field is one that is typed into and checked."""
    return question.kind in {"integer", "decimal", "range", "date", "time", "dateTime"} or (
        question.kind in {"start", "end", "today"}
    )


def _partly(is_partly: bool) -> tuple[str, str]:
    """Return the fact and the remedy for a constraint that is not, or not all, an interval."""
    fact = _("REDCap checks only part of it") if is_partly else _("REDCap cannot check this")
    return fact, _("write a rule in its Data Quality module")


def _edge(bound: Bound | None, inward: int, storage: str) -> str | None:
    """Return the limit itself, which still passes; None where there is none, '' where it cannot be said.

    A whole number under 5 is 4 or less; a decimal under 5 has no greatest value.
    """
    if bound is None:
        return None
    if not bound.is_open:
        return bound.text
    if storage == "integer" and "." not in bound.text:
        return str(int(bound.text) + inward)
    return ""


def _range_type(question: Question) -> str:
    start, _end, step = range_limits(question)
    return "integer" if start % 1 == 0 and step % 1 == 0 else "number"
