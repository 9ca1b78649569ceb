"""What is to be done today, as sections of lines: a function of cases, journal and drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from interviewer import outcomes
from interviewer.cases import Appointment, State
from interviewer.holding import OpenDraft
from interviewer.kit import Case
from interviewer.record import Attempt
from interviewer.session import when
from surveys.language import _, ngettext

What = Literal["case", "draft"]


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One line that can be chosen: a case by its code, or an interview under way by its id."""

    what: What
    id: str
    words: str


@dataclass(frozen=True, slots=True, repr=False)
class Section:
    """Lines under one heading."""

    title: str
    entries: tuple[Entry, ...]


def agenda(
    cases: Sequence[Case],
    states: Mapping[str, State],
    drafts: Sequence[OpenDraft],
    today: date,
    *,
    has_sheet: bool,
) -> tuple[Section, ...]:
    """Return today's sections: appointments, interviews to finish, then open cases by place.

    Places and cases come in the kit's order, which is the route. A case has one line: under its
    appointment if that is for today or past, else under its place. Last come closed cases that lack
    their non-respondent sheet, where the kit `has_sheet`.
    """
    stated = {case.code: states.get(case.code, State(case.code)) for case in cases}
    still = [case for case in cases if stated[case.code].is_open]
    due = [case for case in still if is_due(stated[case.code], today)]
    sections = [
        Section(
            _("Appointments"),
            tuple(_appointed(case, stated, today) for case in _by_hour(due, stated)),
        ),
        Section(_("Interviews to finish"), drafted(drafts, today)),
        *_places([case for case in still if case not in due], stated, drafts, today),
    ]
    if has_sheet:
        lacking = [case for case in cases if stated[case.code].lacks_sheet]
        lines = tuple(Entry("case", case.code, _line(case.code, case.place)) for case in lacking)
        sections.append(Section(_("Non-respondent sheets"), lines))
    return tuple(section for section in sections if section.entries)


def is_due(state: State, today: date) -> bool:
    """Whether a case has an appointment today, or had one that nothing came of yet."""
    return state.appointment is not None and state.appointment.day <= today.isoformat()


def drafted(drafts: Sequence[OpenDraft], today: date) -> tuple[Entry, ...]:
    """Return interviews under way as lines; those that would read alike have their day and a number."""
    lines = [
        _line(one.case, _("cannot be opened here") if one.fault else one.instrument)
        for one in drafts
    ]
    entries = []
    for n, (found, line) in enumerate(zip(drafts, lines, strict=True)):
        words = line
        if lines.count(line) > 1 and not found.fault:
            begun = _("begun {day}").format(day=when.said(found.begun, today))
            words = _line(line, begun, _("no. {n}").format(n=lines[: n + 1].count(line)))
        entries.append(Entry("draft", found.id, words))
    return tuple(entries)


def visits(count: int) -> str:
    """Return how many visits were made, in words."""
    return ngettext("{n} visit", "{n} visits", count).format(n=count)


def visit(attempt: Attempt, today: date) -> str:
    """Return one visit in words."""
    day = when.said(date.fromisoformat(attempt.day), today)
    part, what = outcomes.part_words(attempt.part), outcomes.words(attempt.outcome)
    return _("{day}, {part}: {what}").format(day=day, part=part, what=what)


def appointment(found: Appointment, today: date) -> str:
    """Return when an appointment is, in words."""
    day = when.said(date.fromisoformat(found.day), today)
    return f"{day}, {when.said_at(found.time)}"


def _by_hour(due: Sequence[Case], stated: Mapping[str, State]) -> list[Case]:
    def key(case: Case) -> tuple[str, str]:
        found = stated[case.code].appointment
        return (found.day, when.begins(found.time)) if found else ("", "")

    return sorted(due, key=key)


def _appointed(case: Case, stated: Mapping[str, State], today: date) -> Entry:
    state = stated[case.code]
    told = appointment(state.appointment, today) if state.appointment else ""
    return Entry("case", case.code, _line(told, case.code, case.place, _visited(state)))


def _visited(state: State) -> str:
    return visits(len(state.attempts)) if state.attempts else _("to visit")


def _places(
    cases: Sequence[Case],
    stated: Mapping[str, State],
    drafts: Sequence[OpenDraft],
    today: date,
) -> list[Section]:
    under_way = {found.case for found in drafts}
    by_place: dict[str, list[Entry]] = {}
    for case in cases:
        state = stated[case.code]
        told = [case.code, _visited(state)]
        if state.appointment is not None:
            told.append(appointment(state.appointment, today))
        if case.code in under_way:
            told.append(_("under way"))
        by_place.setdefault(case.place, []).append(Entry("case", case.code, _line(*told)))
    return [
        Section(place or _("Place not given"), tuple(found)) for place, found in by_place.items()
    ]


def _line(*told: str) -> str:
    return " · ".join(text for text in told if text)
