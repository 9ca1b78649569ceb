"""What is printed for an answer: boxes to tick, boxes for digits or letters, a scale, lines.

The paper follows the rule of what may be kept: an age kept in bands has a box for each band, an answer
that is never kept has no place to write it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from surveys.expressions.tree import Tree
from surveys.instrument import Choice, Question
from surveys.kinds import KINDS
from surveys.kinds.date import is_month
from surveys.kinds.number import limits, spelled
from surveys.paper.answers import branches, literal_text, outcomes
from surveys.paper.cases import context, reads_more, reads_world
from surveys.paper.parts import joint, literal_comparison, operands
from surveys.paper.skips import Guide

MOST_CHOICES = 30  # a longer list stands at the end of the paper, and its code is written
MOST_STEPS = 21  # a longer scale is written in digits
COMB = 16  # letters that are written in boxes; a longer text gets lines
ROOM = 82  # letters of a line of answers
LINE = 70  # letters of handwriting on a line, and a bit more

Form = Literal["choices", "list", "comb", "scale", "lines", "none", "cases"]


@dataclass(frozen=True, slots=True)
class Box:
    """One box to tick: its code, its label, where it leads; `alone` when it excludes the others."""

    code: str
    label: str
    arrow: str = ""
    alone: bool = False
    is_status: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Comb:
    """Boxes for one character each, or a mark between such; `letters` stand faintly in the boxes."""

    boxes: int = 0
    letters: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Where an answer goes. `remark` says how to write it, `columns` how many boxes stand abreast."""

    form: Form
    boxes: tuple[Box, ...] = ()
    comb: tuple[Comb, ...] = ()
    lines: int = 0
    columns: int = 1
    remark: str = ""


def field_of(guide: Guide, question: Question, arrows: Mapping[str, str], own: bool) -> Field:
    """Return where the answer to a question goes.

    `arrows` say where a choice or status leads; `own`: the person fills it in, and reads “I do not
    know” instead of “does not know”.
    """
    words = guide.words
    statuses = words.own_statuses if own else words.statuses
    boxes = tuple(
        Box("", statuses[status], arrows.get(status, ""), is_status=True)
        for status in question.nonresponse
    )
    if question.keep.rule in {"never", "link"}:
        remark = words.not_written if question.keep.rule == "never" else words.custodian
        return Field("none", boxes, remark=remark)
    if question.keep.rule == "bands":
        return _abreast((*_bands(guide, question), *boxes))
    if question.kind == "calculate":
        return _worked_out(guide, question, arrows)
    if question.choices is not None:
        return _choices(guide, question, arrows, boxes)
    if question.kind == "acknowledge":
        return _abreast((Box("", words.read), *boxes))
    if question.kind == "range" and len(steps(question)) <= MOST_STEPS:
        return Field("scale", (*(Box("", step) for step in steps(question)), *boxes))
    comb, remark = _written(guide, question)
    if comb:
        return Field("comb", boxes, comb, remark=remark)
    return Field("lines", boxes, lines=min(4, math.ceil(question.max_length / LINE)), remark=remark)


def steps(question: Question) -> tuple[str, ...]:
    """Return the numbers of a range, in order; none where there are far too many."""
    start, end, step = limits(question)
    count = int((end - start) / step) + 1
    return tuple(spelled(start + step * place) for place in range(count)) if count < 1000 else ()


# --- choices ----------------------------------------------------------------------------------


def _choices(
    guide: Guide, question: Question, arrows: Mapping[str, str], statuses: tuple[Box, ...]
) -> Field:
    if question.keep.rule == "codes":
        return _abreast((*_recoded(guide, question, arrows), *statuses))
    choices = printed_choices(guide, question)
    if len(choices) > MOST_CHOICES:
        longest = max(len(choice.code) for choice in choices)
        return Field("list", statuses, (Comb(longest),), remark=list_title(guide, question))
    several = KINDS[question.kind].storage == "several"
    boxes = [
        Box(
            choice.code,
            label(guide, choice),
            arrows.get(choice.name, ""),
            alone=several and choice.exclusive,
            remark=_offered_to(guide, question, choice),
        )
        for choice in choices
    ]
    return _abreast((*boxes, *statuses))


def printed_choices(guide: Guide, question: Question) -> tuple[Choice, ...]:
    """Return the choices of a question, without those its filter leaves out whatever was answered."""
    choices = question.choices.choices if question.choices is not None else ()
    condition = question.choice_filter
    if condition is None or condition.names or reads_world(condition.tree):
        return choices
    spoken, empty = guide.instrument.default_language, context({})
    return tuple(
        choice for choice in choices if condition.truth(empty.with_row(choice.row(spoken, spoken)))
    )


def label(guide: Guide, choice: Choice) -> str:
    """Return the label of a choice, else its name."""
    return guide.text(choice.label) or choice.name


def list_title(guide: Guide, question: Question) -> str:
    """Return what a long list is called: the name it has in the questionnaire."""
    return question.choices.name.replace("_", " ") if question.choices is not None else ""


def _recoded(guide: Guide, question: Question, arrows: Mapping[str, str]) -> Iterator[Box]:
    """Yield one box for all the choices that are kept as one."""
    grouped: dict[str, list[Choice]] = {}
    for choice in question.choices.choices if question.choices is not None else ():
        grouped.setdefault(question.keep.codes.get(choice.name, choice.name), []).append(choice)
    for choices in grouped.values():
        targets = {arrows.get(choice.name, "") for choice in choices}
        arrow = targets.pop() if len(targets) == 1 else ""
        yield Box("", " / ".join(label(guide, choice) for choice in choices), arrow)


def _offered_to(guide: Guide, question: Question, choice: Choice) -> str:
    """Return for which answers to one other question a choice is offered; '' if for all, or unclear."""
    other = filtering(guide, question)
    condition = question.choice_filter
    if other is None or condition is None or other.choices is None:
        return ""
    default = guide.instrument.default_language
    row = choice.row(guide.language, default)
    there = guide.answered(other.name)
    offered = [
        one for one in other.choices.choices if condition.truth(there(one.name).with_row(row))
    ]
    if len(offered) == len(other.choices.choices) and condition.truth(there("").with_row(row)):
        return ""
    told = ", ".join(label(guide, one) for one in offered) or "–"
    return f"{guide.speech.named(other.name)} : {told}"


def filtering(guide: Guide, question: Question) -> Question | None:
    """Return the one question whose single answer a choice filter depends on, None if it is not so."""
    condition = question.choice_filter
    if condition is None or len(condition.names) != 1 or "(" in condition.text:
        return None
    found = guide.speech.items.get(next(iter(condition.names)))
    if isinstance(found, Question) and KINDS[found.kind].storage == "one":
        return found
    return None


def _abreast(boxes: Sequence[Box]) -> Field:
    """Return boxes in as many columns as their labels leave room for.

    Refusal and the like stand on the same line where all fit on one, else below the others.
    """
    for columns in (5, 4, 3, 2):
        if len(boxes) <= columns and columns * max(map(_width, boxes)) <= ROOM:
            return Field("choices", tuple(boxes), columns=columns)
    answers = [box for box in boxes if not box.is_status] or boxes
    widest = max(map(_width, answers))
    columns = next((count for count in (4, 3, 2) if count * widest <= ROOM), 1)
    return Field("choices", tuple(boxes), columns=min(columns, len(answers)))


def _width(box: Box) -> int:
    """Return how many letters wide a box is with all that stands beside it."""
    beside = len(box.remark) + (len(box.arrow) + 3 if box.arrow else 0) + (13 if box.alone else 0)
    return len(box.label) + beside + 7


# --- numbers, dates, words --------------------------------------------------------------------


def _bands(guide: Guide, question: Question) -> Iterator[Box]:
    words, bounds = guide.words, question.keep.bands
    whole = question.kind == "integer" and all("." not in bound for bound in bounds)
    least, _most = limits_of(question)
    if least is None or least < Decimal(bounds[0]):
        yield Box("", words.less_than_value.format(v=bounds[0]))
    for low, high in pairwise(bounds):
        if whole and int(high) - int(low) == 1:
            yield Box("", low)
        elif whole:
            yield Box("", words.from_to.format(low=low, high=int(high) - 1))
        else:
            yield Box("", words.from_to_under.format(low=low, high=high))
    yield Box("", words.value_or_more.format(v=bounds[-1]))


def _written(guide: Guide, question: Question) -> tuple[tuple[Comb, ...], str]:
    """Return the boxes for what is written character by character, and how to write it."""
    storage = KINDS[question.kind].storage
    if question.keep.rule == "prefix":
        count = int(question.keep.number)
        return (Comb(count),), guide.words.beginning.format(n=count)
    if storage in {"integer", "decimal"}:
        return _digits(guide, question)
    if storage in {"date", "dateTime", "time"}:
        return tuple(_moment(guide, question)), ""
    return ((Comb(question.max_length),) if question.max_length <= COMB else ()), ""


def _digits(guide: Guide, question: Question) -> tuple[tuple[Comb, ...], str]:
    words, number = guide.words, question.keep.number
    remarks = {"round": words.rounded, "top": words.or_more_is, "bottom": words.or_less_is}
    low, high = limits_of(question)
    told = ""
    if question.keep.rule in remarks:
        told = remarks[question.keep.rule].format(n=number)
    elif low is not None and high is not None:
        told = words.from_to.format(low=spelled(low), high=spelled(high))
    boxes = 6
    if high is not None:
        boxes = len(str(int(max(abs(high), abs(low) if low is not None else abs(high)))))
    comb = [Comb(boxes)]
    if low is not None and low < 0:
        comb.insert(0, Comb(mark="±"))
    if KINDS[question.kind].storage == "decimal" and question.kind != "range":
        comb += [Comb(mark=words.decimal_mark), Comb(2)]
    return tuple(comb), told


def limits_of(question: Question) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the greatest number the constraint allows, as far as it says so."""
    if question.kind == "range":
        start, end, _step = limits(question)
        return min(start, end), max(start, end)
    low: Decimal | None = None
    high: Decimal | None = None
    tree = question.constraint.tree if question.constraint is not None else None
    parts = () if tree is None else operands(tree) if joint(tree) == "and" else (tree,)
    for part in parts:
        compared = literal_comparison(part)
        if compared is None or compared[0] != "." or not isinstance(compared[2], float):
            continue
        number = Decimal(repr(compared[2]))
        if compared[1] in {">=", ">"}:
            low = number
        elif compared[1] in {"<=", "<"}:
            high = number
    return low, high


def _moment(guide: Guide, question: Question) -> Iterator[Comb]:
    words, unit = guide.words, question.keep.unit
    day, month, year = (
        words.day_month_year[:2],
        words.day_month_year[2:4],
        words.day_month_year[4:],
    )
    storage = KINDS[question.kind].storage
    if storage != "time":
        if unit in {"week", "quarter"}:
            yield from (Comb(4, year), Comb(mark=getattr(words, unit)))
            yield Comb(2 if unit == "week" else 1)
            return
        if not unit and not is_month(question):
            yield from (Comb(2, day), Comb(mark="/"))
        if unit != "year":
            yield from (Comb(2, month), Comb(mark="/"))
        yield Comb(4, year)
    if storage != "date" and not unit:
        if storage == "dateTime":
            yield Comb(mark=" ")
        yield from (Comb(2, words.hour_minute[:2]), Comb(mark=":"), Comb(2, words.hour_minute[2:]))


# --- what is worked out -----------------------------------------------------------------------


def _worked_out(guide: Guide, question: Question, arrows: Mapping[str, str]) -> Field:
    """Return a box for each value a calculation can have, with when; else what to compute."""
    tree = question.calculation.tree if question.calculation is not None else None
    if tree is None:
        return Field("none")
    if outcomes(question) is None or reads_more(tree):
        return Field("comb", comb=(Comb(5),), remark=guide.speech.value(tree))
    boxes = []
    for conditions, leaf in branches(tree):
        value = literal_text(leaf) or ""
        told = guide.outcome(value)
        boxes.append(Box(told, _when(guide, conditions), arrows.get(value, "")))
    return Field("cases", tuple(boxes))


def _when(guide: Guide, conditions: Sequence[Tree]) -> str:
    if not conditions:
        return guide.words.or_else
    return guide.words.condition.format(condition=guide.speech.all_of(conditions))
