"""One case: what can be done about it, as it stands."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from interviewer import outcomes
from interviewer.cases import State
from interviewer.session import held, visits
from interviewer.session.desk import Desk, title_of
from interviewer.session.dialogue import Back, Option
from interviewer.session.told import everything, told
from surveys.language import _
from surveys.problems import Refusal

_Action = Callable[[Desk, str], None]


def work(desk: Desk, code: str) -> None:
    """Do what can be done about a case, until the interviewer goes back."""
    while True:
        try:
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
        (_can_be_held(state), _interview, _interview_words(desk, code)),
        (state.is_open, visits.happened, _("What happened")),
        (state.is_open, visits.appoint, _("Make an appointment")),
        (_is_appointed(state), visits.call_off, _("Call the appointment off")),
        (_may_have_sheet(desk, state), visits.sheet, _("Non-respondent sheet")),
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


def _interview_words(desk: Desk, code: str) -> str:
    interviews = {one.id for one in desk.of_unit("person")}
    under_way = (one for one in desk.drafts() if one.instrument in interviews)
    is_under_way = any(one.case == code for one in under_way)
    return _("Go on with the interview") if is_under_way else _("Interview now")


def _interview(desk: Desk, code: str) -> None:
    known = desk.of_unit("person")
    if not known:
        raise Refusal(_("the kit has no questionnaire for a person; ask the study lead"))
    chosen = known[0]
    if len(known) > 1:
        options = [Option(one, title_of(one)) for one in known]
        chosen = desk.dialogue.select(told(desk, code), _("Which questionnaire?"), options)
    held.interview(desk, chosen, case=code)
    if desk.state(code).lacks_sheet:
        visits.offer_sheet(desk, code)
