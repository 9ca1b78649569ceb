"""What is known of a case, in words."""

from __future__ import annotations

from interviewer import outcomes
from interviewer.cases import Appointment, State
from interviewer.session import agenda
from interviewer.session.desk import Desk
from interviewer.session.frame import Page
from surveys.language import _


def told(desk: Desk, code: str, *more: str) -> Page:
    """Return the page of a case: its place, how it ended or when to come back, its last visit.

    `more` comes before what a small screen may not have room for.
    """
    state = desk.state(code)
    lines = [_where(desk, code), *more, *_stands(desk, state)]
    if state.attempts:
        last = agenda.visit(state.attempts[-1], desk.today)
        lines.append(f"{agenda.visits(len(state.attempts))} · {last}")
    return desk.page(*lines)


def _where(desk: Desk, code: str) -> str:
    place = desk.case(code).place
    return f"{code} · {place}" if place else code


def _appointed(desk: Desk, found: Appointment) -> str:
    note = f" · {found.note}" if found.note else ""
    return _("Appointment: {when}").format(when=agenda.appointment(found, desk.today) + note)


def _stands(desk: Desk, state: State) -> list[str]:
    """Return how a case ended, or when to come back to it."""
    if state.closing is not None:
        return [_("Closed: {how}").format(how=outcomes.words(state.closing.outcome))]
    if state.appointment is not None:
        return [_appointed(desk, state.appointment)]
    return []


def everything(desk: Desk, code: str) -> None:
    """Show all there is about a case, in as many pages as it takes."""
    state = desk.state(code)
    visits = [f"- {agenda.visit(one, desk.today)}" for one in state.attempts]
    desk.tell(_where(desk, code), *_stands(desk, state), agenda.visits(len(visits)), *visits)
