"""select_one and select_multiple: codes are typed, names are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from surveys.instrument import Choice, Question
from surveys.kinds.kind import Kind, WhyNot
from surveys.language import _
from surveys.problems import Problem


def coded(choices: Sequence[Choice], code: str) -> Choice | None:
    """Return the choice with this code, or None."""
    return next((choice for choice in choices if choice.code == code), None)


def read_one(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return the name of the choice whose code was typed."""
    choice = coded(choices, typed.strip())
    return choice.name if choice else WhyNot(_("Type the code of one answer."))


def read_several(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return the names of the choices typed, in the list's order, separated by spaces."""
    found = [coded(choices, code) for code in typed.replace(",", " ").split()]
    if not found or None in found:
        return WhyNot(_("Type the codes of the answers, separated by spaces."))
    chosen = [choice for choice in choices if choice in found]
    if len(chosen) > 1 and any(choice.exclusive for choice in chosen):
        return WhyNot(
            _("One of these answers excludes the others: type it alone, or leave it out.")
        )
    return " ".join(choice.name for choice in chosen)


def show(
    question: Question, value: str, choices: Sequence[Choice], label: Callable[[Choice], str]
) -> str:
    """Return the labels of the choices named in `value`, separated by semicolons."""
    names = value.split()
    return " ; ".join(label(choice) for choice in choices if choice.name in names)


def problems(question: Question) -> Iterator[Problem]:
    """Yield a problem where a question with choices names no list."""
    if question.choices is None and "choices" not in question.places:
        yield Problem(
            question.place,
            question.name,
            _("no list of choices"),
            _("add for example: choices: yes_no"),
            "choices",
        )


SELECT_ONE = Kind("select_one", storage="one", read=read_one, show=show, problems=problems)
SELECT_MULTIPLE = Kind(
    "select_multiple", storage="several", read=read_several, show=show, problems=problems
)
