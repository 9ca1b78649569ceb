"""Rules of lists of choices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveys.checks.facts import facts
from surveys.checks.form import Form
from surveys.instrument import Choice, ChoiceList
from surveys.language import _
from surveys.problems import Problem
from surveys.tables import named_in


def choices(form: Form) -> Iterator[Problem]:
    """In each list, names and codes are used once, and names hold no space."""
    for found in form.instrument.lists.values():
        by_name: dict[str, int] = {}
        by_code: dict[str, int] = {}
        for choice in found.rows:
            yield from _choice_problems(found, choice, by_name, by_code)
            by_name.setdefault(choice.name, choice.place.line)
            if not choice.nonresponse:  # its status is typed, never its code
                by_code.setdefault(choice.code, choice.place.line)


def _choice_problems(
    found: ChoiceList, choice: Choice, by_name: dict[str, int], by_code: dict[str, int]
) -> Iterator[Problem]:
    def problem(fact: str, remedy: str) -> Problem:
        return Problem(choice.place, found.name, fact, remedy, "choices")

    if re.search(r"\s", choice.name):
        yield problem(_("a choice name holds a space"), _("use _ instead"))
    if choice.name in by_name:
        fact = _("choice “{name}” is already on line {line}")
        yield problem(
            fact.format(name=choice.name, line=by_name[choice.name]),
            _("give each choice its own name"),
        )
    elif choice.code in by_code and not choice.nonresponse:
        fact = _("code {code} is already used on line {line}")
        yield problem(
            fact.format(code=choice.code, line=by_code[choice.code]),
            _("give each choice its own code"),
        )


def unused_lists(form: Form) -> Iterator[Problem]:
    """Each list is used by some question, or looked into by some expression.

    A list that was probably meant where an unknown one is named is not blamed for that slip.
    """
    used = {question.choices.name for _entry, question in form.questions if question.choices}
    for entry in form.entries:
        for _column, expression in entry.expressions:
            if "instance(" in expression.text or "pulldata(" in expression.text:
                used.update(name for name, _offset in named_in(expression.tree))
    meant = {
        word
        for problem in form.problems
        if problem.check in {"list", "table"}
        for word in re.findall(r"[\w.-]+", problem.remedy)
    }
    for found in form.instrument.lists.values():
        if found.name not in used and found.name not in meant:
            yield Problem(
                found.place,
                found.name,
                _("no question uses this list"),
                _("remove it"),
                "unused_list",
                "warning",
            )


_NONE_NAME = re.compile(
    r"none|nothing|aucune?s?|rien|nsp|ne_sai[ts]_pas|dk|dont_know|don_t_know|refus|refused|na",
    re.IGNORECASE,
)
_NONE_LABEL = re.compile(
    r"(aucune?|rien|none|nothing|(je )?ne sai[ts] pas|don['’]t know|do not know|"
    r"i (don['’]t|do not) know|sans objet|not applicable)\b",
    re.IGNORECASE,
)


def none_excludes(form: Form) -> Iterator[Problem]:
    """Where several answers can be given, “none of these” excludes the others."""
    seen: set[tuple[str, str]] = set()
    for _entry, question in form.questions:
        if question.kind != "select_multiple" or question.choices is None:
            continue
        judged = {
            str(compared.literal)
            for expression in (question.constraint, question.soft_constraint)
            if expression is not None
            for compared in facts(expression).compared
            if compared.operator == "selected"
        }
        for choice in question.choices.choices:
            key = (question.choices.name, choice.name)
            if _means_none(choice) and choice.name not in judged and key not in seen:
                seen.add(key)
                yield Problem(
                    choice.place,
                    question.choices.name,
                    _("“{name}” can be given together with other answers").format(name=choice.name),
                    _("add exclusive: true to it"),
                    "none",
                    "warning",
                )


def _means_none(choice: Choice) -> bool:
    return not choice.exclusive and (
        _NONE_NAME.fullmatch(choice.name) is not None
        or any(_NONE_LABEL.match(text) for text in choice.label.by_language.values())
    )
