"""Rules of comparisons: like with like, and codes with their list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from surveys.checks.facts import Compared, facts
from surveys.checks.form import Entry, Form
from surveys.expressions import Expression
from surveys.expressions.dates import looks_like_date
from surveys.instrument import NONRESPONSE, ChoiceList, Question
from surveys.kinds import KINDS
from surveys.language import _
from surveys.problems import Place, Problem
from surveys.reading import near

_NUMBER = re.compile(r"\s*-?([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*")
_ORDERS = frozenset({"<", "<=", ">", ">="})
_NUMBERS = frozenset({"integer", "decimal"})
_CHOSEN = frozenset({"one", "several"})


def mismatches(form: Form) -> Iterator[Problem]:
    """A number is compared with a number, a date with a date, a choice with a name of its list."""
    for subject, place, expression, compared, question in _comparisons(form):
        found = _mismatch(compared, question)
        if found is not None:
            fact, remedy = found
            at = form.place_in(place, expression, compared.offset)
            yield Problem(at, subject, fact, remedy, "mismatch")
    for entry in form.entries:
        for column, expression in entry.expressions:
            for name, offset in facts(expression).reckoned:
                target = _target(form, entry, column, name)
                if target is None or target.choices is None or _numbers_of(target.choices):
                    continue
                yield Problem(
                    form.place_in(entry.item.place_of(column), expression, offset),
                    entry.name,
                    _("“{name}” is a choice by name, not a number").format(name=target.name),
                    _("name the choices with numbers, or compare with a name"),
                    "mismatch",
                )


def unknown_choices(form: Form) -> Iterator[Problem]:
    """A choice that an expression, a default or a recoding names is in its list."""
    for subject, place, expression, compared, question in _comparisons(form):
        if question.choices is None or _mismatch(compared, question) is not None:
            continue
        for problem in _unknown_compared(subject, place, compared, question, question.choices):
            yield replace(problem, place=form.place_in(place, expression, compared.offset))
    for _entry, question in form.questions:
        if question.choices is None:
            continue
        names = _names(question.choices)
        given = [] if question.dynamic_default else question.default.split()
        for column, words in (("default", given), ("keep", list(question.keep.codes))):
            for word in words:
                if word not in names:
                    yield _not_in_list(
                        question.place_of(column), question.name, word, question.choices
                    )


Found = tuple[str, Place, Expression, Compared, Question]


@lru_cache(maxsize=1)  # two rules ask in turn
def _comparisons(form: Form) -> list[Found]:
    """Return each comparison of a question with a literal: whose, from where, what, of which."""
    found: list[Found] = []
    for entry in form.entries:
        for column, expression in entry.expressions:
            for compared in facts(expression).compared:
                question = _target(form, entry, column, compared.name)
                if question is not None:
                    place = entry.item.place_of(column)
                    found.append((entry.name, place, expression, compared, question))
    for key, expression in form.instrument.conditions():
        for compared in facts(expression).compared:
            target = form.certain(compared.name)
            if target is not None and isinstance(target.item, Question):
                place = form.instrument.places.get(key, form.instrument.place)
                found.append((key, place, expression, compared, target.item))
    return found


def _target(form: Form, entry: Entry, column: str, name: str) -> Question | None:
    """Return the question an expression of an entry means by a name; `.` is the entry's own."""
    if name == ".":
        own = entry.item
        return own if isinstance(own, Question) and column != "choice_filter" else None
    found = form.certain(name)
    return found.item if found is not None and isinstance(found.item, Question) else None


def _mismatch(compared: Compared, question: Question) -> tuple[str, str] | None:
    """Return the fact and the remedy of a comparison of unlike things, None for a good one."""
    if compared.through == "nonresponse":
        return _wrong_status(compared, question)
    literal, storage = compared.literal, KINDS[question.kind].storage
    if literal == "" or question.calculation is not None:
        return None
    if storage in _NUMBERS:
        return _against_number(compared, question)
    if storage in _CHOSEN and question.choices is not None and compared.operator != "among":
        return _against_choice(compared, question, question.choices)
    if storage == "date" and isinstance(literal, str) and not looks_like_date(literal):
        fact = _("“{name}” is a date, “{literal}” is none")
        return fact.format(name=question.name, literal=literal), _("write '2026-12-31'")
    if question.kind == "acknowledge" and literal not in {"OK", ""}:
        return _("“{name}” is OK or blank").format(name=question.name), _("write 'OK'")
    return None


def _wrong_status(compared: Compared, question: Question) -> tuple[str, str] | None:
    if compared.literal == "" or compared.literal in question.nonresponse:
        return None
    offered = question.nonresponse if compared.literal in NONRESPONSE else NONRESPONSE
    return (
        _("nonresponse(${{{name}}}) is never “{literal}”").format(
            name=question.name, literal=_shown(compared.literal)
        ),
        _("use one of: {known}").format(known=", ".join(offered) or "''"),
    )


def _against_number(compared: Compared, question: Question) -> tuple[str, str] | None:
    literal = compared.literal
    if compared.operator in {"selected", "among"}:
        return (
            _("“{name}” is a number, not a list of choices").format(name=question.name),
            _("write ${{{name}}} = …").format(name=question.name),
        )
    if isinstance(literal, float) or _NUMBER.fullmatch(literal):
        return None
    return (
        _("“{name}” is a number, “{literal}” is none").format(name=question.name, literal=literal),
        _("compare it with a number, without quotes"),
    )


def _against_choice(
    compared: Compared, question: Question, listed: ChoiceList
) -> tuple[str, str] | None:
    if compared.operator in _ORDERS or isinstance(compared.literal, float):
        if _numbers_of(listed) or not listed.choices:
            return None
        return (
            _("the choices of “{name}” are not numbers").format(name=question.name),
            _("compare with a name in quotes, such as '{choice}'").format(
                choice=next((choice.name for choice in listed.choices), "…")
            ),
        )
    return None


def _numbers_of(listed: ChoiceList) -> frozenset[float]:
    """Return the names of a list that are numbers; where some are, a number is meant by them."""
    return frozenset([float(one.name) for one in listed.choices if _NUMBER.fullmatch(one.name)])


def _names(listed: ChoiceList) -> frozenset[str]:
    return frozenset([choice.name for choice in listed.choices])


def _unknown_compared(
    subject: str, place: Place, compared: Compared, question: Question, listed: ChoiceList
) -> Iterator[Problem]:
    literal = compared.literal
    if not listed.choices or literal == "" or question.calculation is not None:
        return
    if compared.through == "nonresponse" or compared.operator in _ORDERS:
        return
    names = _names(listed)
    word = _shown(literal) if isinstance(literal, float) else literal
    status = next((row.nonresponse for row in listed.rows if row.name == word), "")
    if status:
        yield Problem(
            place,
            subject,
            _("“{literal}” is kept as {status}, and the value is blank then").format(
                literal=word, status=status
            ),
            _("write nonresponse(${{{name}}}) = '{status}'").format(
                name=question.name, status=status
            ),
            "unknown_choice",
            "warning",
        )
        return
    if isinstance(literal, float):
        if literal not in _numbers_of(listed):
            yield _not_in_list(place, subject, word, listed)
        return
    is_of_all = question.kind == "select_multiple" and compared.operator in {"=", "!="}
    words = literal.split() if compared.operator == "among" or is_of_all else [literal]
    unknown = next((word for word in words if word not in names), None)
    if unknown is not None:
        yield _not_in_list(place, subject, unknown, listed)
    elif is_of_all and not compared.through:
        yield Problem(
            place,
            subject,
            _("“{name}” may hold several answers, so this looks at all of them at once").format(
                name=question.name
            ),
            _("write selected(${{{name}}}, '{literal}')").format(
                name=question.name, literal=words[0]
            ),
            "unknown_choice",
            "warning",
        )


def _not_in_list(place: Place, subject: str, word: str, listed: ChoiceList) -> Problem:
    names = [name for name in dict.fromkeys(one.name for one in listed.choices) if name]
    names = names[:MOST_NAMED]
    return Problem(
        place,
        subject,
        _("“{word}” is not in the list “{listed}”").format(word=word[:40], listed=listed.name),
        near(word[:40], names) or _("use one of: {known}").format(known=", ".join(names)),
        "unknown_choice",
    )


MOST_NAMED = 12  # choices a remedy lists


def _shown(literal: str | float) -> str:
    return f"{literal:g}" if isinstance(literal, float) else literal
