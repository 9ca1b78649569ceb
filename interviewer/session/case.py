"""One case: what can be done about it, as it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from interviewer import outcomes
from interviewer.cases import Sealed, State
from interviewer.holding import OpenDraft
from interviewer.session import held, visits
from interviewer.session.desk import Desk
from interviewer.session.dialogue import Back, Option
from interviewer.session.told import everything, told
from surveys.language import _
from surveys.problems import Refusal

_Action = Callable[[Desk, str], None]
_BACK_CHECK = "back_check"  # the unit of a questionnaire that checks an interview


def work(desk: Desk, code: str) -> None:
    """Do what can be done about a case, until the interviewer goes back."""
    while True:
        try:
            desk.who_works()  # a new day may have begun since
            action = desk.dialogue.select(told(desk, code), _("What now?"), _actions(desk, code))
        except Back:
            return
        if action is None:
            return
        with suppress(Back):
            _act(action, desk, code)


def _act(action: _Action, desk: Desk, code: str) -> None:
    try:
        action(desk, code)
    except Refusal as error:
        desk.refused(error)


def _actions(desk: Desk, code: str) -> list[Option[_Action | None]]:
    """Return what can be done about a case as it stands."""
    state = desk.state(code)
    offered: list[tuple[bool, _Action, str]] = [
        (bool(_interviews(desk, state)), _interview, _interview_words(desk, code)),
        (state.is_open, visits.happened, _("What happened")),
        (state.is_open, visits.appoint, _("Make an appointment")),
        (_is_appointed(state), visits.call_off, _("Call the appointment off")),
        (_may_have_sheet(desk, state), visits.sheet, _("Non-respondent sheet")),
        (bool(_checks(desk, code)), _check_back, _("Check the interview back")),
        (True, everything, _("All that was done")),
    ]
    found = [Option(action, words) for can, action, words in offered if can]
    return [*found, Option(None, _("Back"))]


def _can_be_held(state: State) -> bool:
    """Whether there may be an interview: who had refused may think better of it."""
    return state.closing is None or state.closing.kind == "outcome"


def _is_appointed(state: State) -> bool:
    return state.is_open and state.appointment is not None


def _may_have_sheet(desk: Desk, state: State) -> bool:
    is_met = state.closing is None or outcomes.is_interview(state.closing.outcome)
    return not is_met and state.sheet is None and bool(desk.of_unit("non_respondent"))


def _interviews(desk: Desk, state: State) -> list[held.Meant]:
    """Return the interviews of a case that can go on or begin: one of each questionnaire."""
    drafts = desk.under_way(state.case, *visits.INTERVIEW)
    begun = {one.instrument for one in drafts}
    known = desk.of_unit("person") if _can_be_held(state) else ()
    return [*drafts, *(one for one in known if one.id not in begun)]


def _interview_words(desk: Desk, code: str) -> str:
    is_under_way = bool(desk.under_way(code, *visits.INTERVIEW))
    return _("Go on with the interview") if is_under_way else _("Interview now")


def _interview(desk: Desk, code: str) -> None:
    _hold(desk, code, _interviews(desk, desk.state(code)))
    if desk.state(code).lacks_sheet:
        visits.offer_sheet(desk, code)


def _hold(desk: Desk, code: str, found: Sequence[held.Meant]) -> None:
    if len(found) == 1:
        [chosen] = found
    else:
        drafts = [one for one in found if isinstance(one, OpenDraft)]
        known = [one for one in found if not isinstance(one, OpenDraft)]
        chosen = held.meant(desk, told(desk, code), drafts, known)
    held.interview(desk, chosen, case=code)


# --- an interview checked back: it is no outcome of the case, and closes nothing ------------------


def _check_back(desk: Desk, code: str) -> None:
    _hold(desk, code, _checks(desk, code))


def _checks(desk: Desk, code: str) -> list[held.Meant]:
    """Return what checks an interview back and can go on or begin: each questionnaire once a case."""
    drafts = desk.under_way(code, _BACK_CHECK)
    held_before = {one.instrument for one in desk.records() if one.case == code and _is_held(one)}
    known = {one.id: one for one in desk.of_unit(_BACK_CHECK)}
    begun = {one.instrument for one in drafts}
    return [*drafts, *(known[one] for one in known if one not in held_before | begun)]


def _is_held(one: Sealed) -> bool:
    return one.unit == _BACK_CHECK and outcomes.is_interview(one.outcome)
