"""The questions of an interview as a list: to go to one of them, and to review what was answered.

What a respondent answered alone is in neither: of a section that is filled in, only counts are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from interviewer.interview import (
    Interview,
    Step,
    is_self_completed,
    is_settled,
    question_text,
    rounds_wanted,
    section,
    shown,
    text_of,
)
from interviewer.screen.entries import entries, picked
from interviewer.screen.page import Row
from interviewer.screen.view import is_asked
from surveys.instrument import Group
from surveys.language import _


@dataclass(frozen=True, slots=True, repr=False)
class Listed:
    """A question in the list. `code` is its number on the path, as line 1 of the screen has it."""

    code: str
    label: str
    section: str
    said: str
    step: Step


def label_of(interview: Interview, step: Step, *, is_numbered: bool = False) -> str:
    """Return the question asked at a stop; “another one?” with its number if it is one of a list."""
    label = question_text(interview, step)
    if isinstance(step.item, Group):
        label = f"{label} {step.node.at[-1]}" if is_numbered else label
        return _("{label}: another one?").format(label=label)
    return label


def place_of(interview: Interview, step: Step) -> str:
    """Return which round of a repeat a stop is in, as “Child 2”; '' outside of any."""
    around = interview.plan.around[step.node.name]
    repeats = [group for group in around if group.kind == "repeat"]
    if not repeats:
        return ""
    label = text_of(interview, repeats[-1].label, step.node)
    said = f"{label} {step.node.at[-1]}".strip()
    wanted = rounds_wanted(interview, repeats[-1], step.node.at[: len(repeats) - 1])
    if wanted <= repeats[-1].repeat_max:
        return said
    over = _("{place}, of {wanted} only {most} are asked")
    return over.format(place=said, wanted=wanted, most=repeats[-1].repeat_max)


def status_label(status: str) -> str:
    """Return a status in words; '' is what was not answered."""
    return _STATUS_LABELS[status]()


_STATUS_LABELS: dict[str, Callable[[], str]] = {
    "answered": lambda: _("answered"),
    "refused": lambda: _("refused"),
    "dont_know": lambda: _("don't know"),
    "not_applicable": lambda: _("not applicable"),
    "no_answer": lambda: _("left blank"),
    "": lambda: _("not answered"),
}


def counts(interview: Interview) -> Counter[str]:
    """Return how many questions of the path have each status; '' counts those not answered."""
    asked = (step for step in interview.path if is_asked(step))
    return Counter(_status(interview, step) for step in asked)


def counted(interview: Interview) -> str:
    """Return these counts in words."""
    found = counts(interview)
    return " · ".join(
        f"{say()} {found[status]}" for status, say in _STATUS_LABELS.items() if found[status]
    )


def _status(interview: Interview, step: Step) -> str:
    answer = interview.answers.get(step.node)
    return answer.status if answer is not None and is_settled(interview, step) else ""


def to_go_to(interview: Interview, *, everything: bool) -> tuple[Listed, ...]:
    """Return the questions that have no answer, or (`everything`) all; said is their status alone.

    A question the respondent was asked alone is there only while it has not been asked.
    """
    found = []
    for number, step in _questions(interview):
        status = _status(interview, step)
        if status and is_self_completed(interview, step):
            continue
        if everything or status != "answered":
            said = status_label(status) if status else ""
            found.append(_listed(interview, number, step, said))
    return tuple(found)


def to_review(interview: Interview) -> tuple[Listed, ...]:
    """Return the questions the interviewer asked, with what was answered."""
    return tuple(
        _listed(interview, number, step, _said(interview, step))
        for number, step in _questions(interview)
        if not is_self_completed(interview, step)
    )


def _questions(interview: Interview) -> Iterable[tuple[int, Step]]:
    """Return the stops where something is answered, each with its number on the path."""
    numbered = enumerate(interview.path, start=1)
    return ((n, step) for n, step in numbered if is_asked(step) or isinstance(step.item, Group))


def _listed(interview: Interview, number: int, step: Step, said: str) -> Listed:
    place = place_of(interview, step)
    label = label_of(interview, step, is_numbered=True)
    own = text_of(interview, step.item.label, step.node) if isinstance(step.item, Group) else ""
    return Listed(
        code=str(number),
        label=f"{place} · {label}" if place else label,
        section=section(interview, step) or own,
        said=said,
        step=step,
    )


def _said(interview: Interview, step: Step) -> str:
    """Return what was answered as a person reads it, or in brackets why nothing was."""
    answer = interview.answers.get(step.node)
    if answer is None or answer.status != "answered":
        return f"({status_label(_status(interview, step))})"
    if isinstance(step.item, Group) or step.item.kind == "acknowledge":
        codes = picked(interview, step, answer)
        return " ".join(e.label for e in entries(interview, step) if e.code in codes)
    return shown(interview, step.node)


# --- as rows of a page --------------------------------------------------------------------------


def rows_of(listed: Sequence[Listed]) -> tuple[Row, ...]:
    """Return the list as it is shown, under the headings of its sections."""
    rows: list[Row] = []
    for heading, group in groupby(listed, key=lambda line: line.section):
        if heading:
            rows.append(Row("", "", heading, is_heading=True))
        rows.extend(Row("", line.code, line.label, line.said) for line in group)
    return tuple(rows)


def counts_alone(interview: Interview) -> tuple[str, ...]:
    """Return, for each section the respondent filled in, how many of its questions have an answer."""
    told = []
    asked = [step for step in interview.path if is_asked(step)]
    for (heading, is_alone), group in groupby(
        asked, key=lambda step: (section(interview, step), is_self_completed(interview, step))
    ):
        if not is_alone:
            continue
        statuses = [_status(interview, step) for step in group]
        said = _("filled in by the respondent: {answered} of {n} answered").format(
            answered=statuses.count("answered"), n=len(statuses)
        )
        told.append(f"{heading} · {said}" if heading else said)
    return tuple(told)
