"""Rules of what refers to what: names that exist, rounds of a repeat, triggers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from surveys.checks.conditions import Conditions
from surveys.checks.facts import facts
from surveys.checks.form import Form
from surveys.checks.ranges import Numbers
from surveys.expressions.tree import Name
from surveys.instrument import PIPED, Group
from surveys.language import _
from surveys.problems import Place, Problem


def references(form: Form) -> Iterator[Problem]:
    """Each ${name}, in an expression or a text, is the name of an item."""
    named = form.named
    for entry in form.entries:
        for column, expression in entry.expressions:
            for name, offset in form.read_by(entry, column, expression):
                if name not in named:
                    start = entry.item.place_of(column)
                    place = form.place_in(start, expression, offset)
                    yield _undefined(form, place, entry.name, name)
    for key, expression in form.instrument.conditions():
        start = form.instrument.places.get(key, form.instrument.place)
        for name, offset in expression.references:
            if name not in named:
                yield _undefined(form, form.place_in(start, expression, offset), key, name)
        if expression.uses_self:
            yield Problem(
                start,
                key,
                _("“.” has no meaning here"),
                _("name the item: ${{name}}").format(),
                "reference",
            )
    for _entry, subject, text, read in form.piped:
        for name in read:
            if name not in named:
                yield _undefined(form, form.place_piped(text, name), subject, name)


def _undefined(form: Form, place: Place, subject: str, name: str) -> Problem:
    fact = _("no item is called ${{{name}}}").format(name=name)
    return Problem(place, subject, fact, form.near_name(name) or _("check the name"), "reference")


def rounds(form: Form) -> Iterator[Problem]:
    """What is asked in each round of a repeat is read from outside by counting or choosing."""
    if not any(isinstance(entry.item, Group) and entry.scopes for entry in form.entries):
        return
    yield from _cut_short(form)
    for entry in form.entries:
        for column, expression in entry.expressions:
            for name, offset in facts(expression).loose:
                if _is_several(form, name, entry.scopes):
                    start = entry.item.place_of(column)
                    place = form.place_in(start, expression, offset)
                    yield _several(place, entry.name, name)
    for key, expression in form.instrument.conditions():
        start = form.instrument.places.get(key, form.instrument.place)
        for name, offset in facts(expression).loose:
            if _is_several(form, name, ()):
                yield _several(form.place_in(start, expression, offset), key, name)
    for reader, subject, text, read in form.piped:
        for name in read:
            if reader and _is_several(form, name, reader.scopes):
                yield _several(form.place_piped(text, name), subject, name)


def _cut_short(form: Form) -> Iterator[Problem]:
    """Yield each repeat that may be asked less often than was answered, and does not say so itself."""
    conditions = Conditions(form)
    for entry in form.entries:
        group = entry.item
        if not isinstance(group, Group) or group.repeat_count is None:
            continue
        if "repeat_max" in group.places:
            continue
        count = group.repeat_count.tree
        if not isinstance(count, Name):
            continue
        known = conditions.possible(count.name, entry)
        if not isinstance(known, Numbers) or not known.spans:
            continue
        most = known.spans[-1][1]
        if group.repeat_max < most < math.inf:
            fact = _("“{name}” can be {most}, and only {n} rounds are asked")
            yield Problem(
                group.place_of("repeat_count"),
                group.name,
                fact.format(name=count.name, most=f"{most:g}", n=group.repeat_max),
                _("write repeat_max: {most}").format(most=f"{most:g}"),
                "repeat",
                "warning",
            )


def _is_several(form: Form, name: str, scopes: tuple[str, ...]) -> bool:
    found = form.certain(name)
    return found is not None and bool(found.scopes) and found.scopes != scopes[: len(found.scopes)]


def _several(place: Place, subject: str, name: str) -> Problem:
    return Problem(
        place,
        subject,
        _("${{{name}}} is asked several times").format(name=name),
        _("count, sum or choose: for example count(${{{name}}}) > 0").format(name=name),
        "repeat",
    )


def triggers(form: Form) -> Iterator[Problem]:
    """No calculation waits for a trigger: here all are up to date at any time."""
    for entry, question in form.questions:
        if not question.trigger:
            continue
        place = question.place_of("trigger")
        unknown = [name for name in PIPED.findall(question.trigger) if name not in form.named]
        if unknown:
            yield _undefined(form, place, entry.name, unknown[0])
            continue
        yield Problem(
            place,
            entry.name,
            _("the trigger is kept for other tools and has no effect here"),
            _("nothing need be done if the calculation may be redone at any time; else remove it"),
            "trigger",
            "warning",
        )
