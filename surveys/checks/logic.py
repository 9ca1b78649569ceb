"""Rules of conditions as a whole: every item can be reached, every constraint can be met."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from surveys.checks.conditions import ANYTHING, Box, Conditions, all_of
from surveys.checks.form import Entry, Form
from surveys.instrument import Question
from surveys.kinds import KINDS
from surveys.language import _
from surveys.problems import Problem


def unreachable(form: Form) -> Iterator[Problem]:
    """Some answers lead to each item: no condition contradicts itself or those around it."""
    for entry in _never_asked(form):
        item = entry.item
        if isinstance(item, Question) and item.required is not None:
            continue  # said by `required`
        yield Problem(
            item.place_of("relevant"),
            item.name,
            _("no answers lead here: the condition, with those before it, never holds"),
            _("mend the condition, or remove the item"),
            "unreachable",
            "warning",
        )


def unsatisfiable(form: Form) -> Iterator[Problem]:
    """Some value meets each constraint."""
    reach, conditions = _reach(form)
    for entry, question in form.questions:
        constraint, soft = question.constraint, question.soft_constraint
        if reach[entry.position] is None or (constraint is None and soft is None):
            continue
        own: Box = ANYTHING
        range_ = conditions.range_of(entry)
        if range_ is not None:
            own = {question.name: range_.without_blank()}
        boxes: dict[str, Box | None] = {}
        if constraint is not None:
            boxes["constraint"] = conditions.met(entry, constraint)
        if soft is not None:
            boxes["soft_constraint"] = conditions.box(soft.tree, entry, own_first=True)
        for column, box in boxes.items():
            if all_of(box, own, reach[entry.position]) is None:
                yield Problem(
                    question.place_of(column),
                    question.name,
                    _("no value meets this constraint"),
                    _("mend it, or remove it"),
                    "unsatisfiable",
                )


def required(form: Form) -> Iterator[Problem]:
    """What is required can be asked."""
    never = {entry.position for entry in _never_asked(form)}
    for entry, question in form.questions:
        if question.required is None:
            continue
        if entry.position in never:
            fact = _("is required, and no answers lead here: its condition never holds")
            remedy = _("mend the condition, or remove the item")
        elif not KINDS[question.kind].is_asked:
            fact = _("is required, and nobody is asked")
            remedy = _("remove “required”")
        else:
            continue
        place = question.place_of("required")
        yield Problem(place, question.name, fact, remedy, "required", "warning")


def _never_asked(form: Form) -> list[Entry]:
    """Return the items no answers lead to, not those within one."""
    reach, _conditions = _reach(form)
    return [
        entry
        for entry in form.entries
        if reach[entry.position] is None
        and not (entry.around and reach[form.position_of(entry.around[-1])] is None)
    ]


@lru_cache(maxsize=1)  # three rules ask in turn
def _reach(form: Form) -> tuple[list[Box | None], Conditions]:
    """Return for each item, by position, the box in which it is asked, None if it never is.

    A condition that asks for an answer holds only where that answer could be given: the conditions
    of what it reads are added, one step back.
    """
    conditions = Conditions(form)
    own: list[Box | None] = []
    reach: list[Box | None] = []
    for entry in form.entries:
        above = own[form.position_of(entry.around[-1])] if entry.around else ANYTHING
        relevant = entry.item.relevant
        if above is None or relevant is None:
            own.append(above)
            reach.append(reach[form.position_of(entry.around[-1])] if entry.around else ANYTHING)
            continue
        box = all_of(above, conditions.box(relevant.tree, entry))
        own.append(box)
        reach.append(_with_those_read(form, entry, box, own))
    return reach, conditions


def _with_those_read(
    form: Form, entry: Entry, box: Box | None, own: list[Box | None]
) -> Box | None:
    for name, values in (box or {}).items():
        if not isinstance(name, str) or values.blank or box is None:
            continue
        read = form.certain(name)
        if read is not None and read.position < entry.position and read.is_once_for(entry):
            box = all_of(box, own[read.position])
    return box
