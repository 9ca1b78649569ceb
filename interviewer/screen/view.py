"""What the screen is on: the interview, the stop that is looked at, what is being typed there.

A `View` is a frozen value. Here is which stop comes before and after, what is filled in from a former
answer, and which keys act; `strokes.py` says what they do.

A comment, a reason, help and the question before leaving lie over the view they were asked from
(`below`), so that returning is only taking that one again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from interviewer.interview import (
    Answer,
    Interview,
    Step,
    first_broken,
    is_self_completed,
    is_settled,
    suggested,
    without_answer,
)
from interviewer.screen.entries import codes_of, is_closed, picked
from interviewer.screen.keys import EDITING, Action
from interviewer.screen.typed import NOTHING_TYPED, Typed, line
from interviewer.sitting import Ending
from surveys import kinds
from surveys.expressions import Node
from surveys.instrument import NONRESPONSE, Group, Question
from surveys.kinds import KINDS

Mode = Literal[
    "answer",
    "reason",
    "comment",
    "help",
    "leave",
    "closing",
    "jump",
    "stop",
    "erase",
    "paused",
    "locked",
    "give",
    "take",
]


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """What the screen is on. `step` is None on the closing page alone.

    `marked` holds the codes picked so far; `is_touched` says that something was changed here; `seen`
    is a text shown as scrubbing left it, `doubted` one that a soft constraint asked about. `own` are
    the stops of this section that the respondent has answered since entering it. `sent_back` says
    that the end of the interview, or a list, sent here, and that what is next to answer comes after;
    `everything` that the list has every question.
    `is_sifting` says that letters of an answer are typed, `is_turned` that the respondent reads the
    screen; `size` is its columns and rows at the last key. `given` is the answer the last key gave,
    for whoever makes it durable; with an `ending` the sitting is over.
    """

    interview: Interview
    step: Step | None
    mode: Mode = "answer"
    typed: Typed = NOTHING_TYPED
    marked: frozenset[str] = frozenset()
    is_touched: bool = False
    seen: str = ""
    doubted: str = ""
    message: str = ""
    comment: str = ""
    page: int = 0
    follows: bool = False
    is_sifting: bool = False
    is_turned: bool = False
    size: tuple[int, int] = (80, 24)
    own: frozenset[Node] = frozenset()
    sent_back: bool = False
    below: View | None = None
    everything: bool = False
    leaving: Ending = "suspended"
    given: tuple[Node, Answer] | None = None
    ending: Ending | None = None


def over(view: View, mode: Mode) -> View:
    """Return a page that lies over a view, and from which one returns to it."""
    return replace(
        view,
        mode=mode,
        typed=NOTHING_TYPED,
        message="",
        page=0,
        follows=False,
        below=view,
        given=None,
    )


def bottom(view: View) -> View:
    """Return the view that every page over it lies on: a question, or the closing page."""
    while view.below is not None:
        view = view.below
    return view


def returned(view: View) -> View:
    """Return the view this one lies over, its message said."""
    return view if view.below is None else replace(view.below, message="", given=None)


def begun(interview: Interview) -> View:
    """Return the view an interview begins, or goes on, with: its current question."""
    return given_to(onward(interview, frozenset()))


def given_to(view: View) -> View:
    """Return a view after the interviewer's; if it is the respondent's, behind the page that says so."""
    return over(view, "give") if is_private(view) else view


# --- which stop is looked at ------------------------------------------------------------------


def is_unseen(view: View) -> bool:
    """Whether a question is shown that Enter would leave blank, and nothing was typed for yet."""
    if view.mode != "answer" or view.step is None or isinstance(view.step.item, Group):
        return False
    is_optional = is_asked(view.step) and view.step.item.required is None
    return is_optional and not view.is_touched and former(view) is None


def is_private(view: View) -> bool:
    """Whether the respondent, not the interviewer, is at the screen."""
    return view.step is not None and is_self_completed(view.interview, view.step)


def former(view: View) -> Answer | None:
    """Return the answer given before at this stop, if it still counts."""
    if view.step is None or not is_settled(view.interview, view.step):
        return None
    return view.interview.answers.get(view.step.node)


def is_hidden(view: View) -> bool:
    """Whether there is a former answer the respondent gave alone: it is shown to nobody now."""
    if view.step is None or former(view) is None:
        return False
    return is_private(view) and view.step.node not in view.own


def position(view: View) -> int:
    """Return how many stops of the path come before this one."""
    path = view.interview.path
    if view.step is None:
        return len(path)
    node = view.step.node
    return next((number for number, step in enumerate(path) if step.node == node), 0)


def look_at(interview: Interview, step: Step, own: frozenset[Node]) -> View:
    """Return the view of a stop, with its former answer unless the respondent gave it alone."""
    view = View(interview, step)
    view = replace(view, own=own if is_private(view) else frozenset())
    answer = former(view)
    if is_hidden(view):
        return view
    view = replace(view, comment=answer.comment if answer else "")
    return _filled(view, step, answer)


def _filled(view: View, step: Step, answer: Answer | None) -> View:
    """Return the view with its former answer, or else its default, as if it had just been typed."""
    interview, item = view.interview, step.item
    if answer is None:
        default = suggested(interview, step)
        if isinstance(item, Group) or not default:
            return view
        if is_closed(step):
            return replace(view, marked=codes_of(interview, step, default))
        return replace(view, typed=line(_as_typed(item, default)))
    if is_closed(step):
        return replace(view, marked=picked(interview, step, answer))
    if isinstance(item, Group) or answer.status != "answered":
        return view
    return replace(view, typed=line(_as_typed(item, answer.value)))


def _as_typed(question: Question, value: str) -> str:
    """Return an answer to an open question as a person would type it."""
    return KINDS[question.kind].show(question, value, (), str)


def onward(interview: Interview, own: frozenset[Node]) -> View:
    """Return the view of what is still to be answered, or to be put right, or of the closing page.

    Where later stops are answered already, as after a resume, what is next to answer comes after it.
    """
    if interview.current is not None:
        view = look_at(interview, interview.current, own)
        later = interview.path[position(view) + 1 :]
        return replace(view, sent_back=any(is_settled(interview, step) for step in later))
    broken = first_broken(interview)
    if broken is None:
        return View(interview, None, mode="closing")
    step, message = broken
    return replace(look_at(interview, step, own), message=message, sent_back=True)


def forward(view: View) -> View:
    """Return the view after this one, behind a page that says so where the laptop changes hands."""
    after = _forward(view)
    if not is_private(view):
        return given_to(after)
    return after if is_private(after) else over(after, "take")


def _forward(view: View) -> View:
    """Return the view of the stop after this one, passing over what the respondent answered alone."""
    if not view.sent_back:
        for step in view.interview.path[position(view) + 1 :]:
            is_done_alone = is_self_completed(view.interview, step) and not is_private(view)
            if not is_done_alone or not is_settled(view.interview, step):
                return look_at(view.interview, step, view.own)
    return onward(view.interview, view.own)


def stop_before(view: View) -> Step | None:
    """Return the stop before this one; None at the start, and at either edge of a private section."""
    number = position(view)
    if number == 0:
        return None
    step = view.interview.path[number - 1]
    return step if is_self_completed(view.interview, step) == is_private(view) else None


# --- which keys act ---------------------------------------------------------------------------


def actions(view: View) -> tuple[Action, ...]:
    """Return what keys would do something now; no key of the interviewer's in a private section."""
    match view.mode:
        case "answer" if view.is_turned:
            return ("enter", "interrupt", "turn", "pause", *_editing(view))
        case "answer":
            return ("help", "enter", "interrupt", "pause", *_answering(view), *_editing(view))
        case "closing":
            leaving: tuple[Action, ...] = ("interrupt", "pause", "stop", "suspend")
            return ("help", "enter", "jump", *leaving, *EDITING, *_back(view), *_speaking(view))
        case "jump":
            wider: tuple[Action, ...] = () if view.everything else ("everything",)
            return (*_above(view), *wider, *EDITING)
        case "reason" | "comment":
            return (*_above(view), *EDITING)
        case "help":
            return _above(view)
        case "leave" if view.below is not None and view.below.mode == "locked":
            return ("enter", "back")
        case "leave":
            return ("help", "enter", "back", "pause", "stop")
        case "stop":
            return ("help", "back", "pause")
        case "erase":
            return ("help", "enter", "back", "pause", *EDITING)
        case "locked":
            return ("enter", "backspace", "interrupt", "suspend")
        case "give":
            return ("help", "enter", "interrupt", "pause", "stop", "jump", "suspend")
        case "take":
            return ("enter", "interrupt", "pause")
        case "paused":
            return ()


def _above(view: View) -> tuple[Action, ...]:
    """Return the keys of a page that lies over another; stopping is one of them if it was there."""
    can_stop = view.below is not None and "stop" in actions(view.below)
    stopping: tuple[Action, ...] = ("stop",) if can_stop else ()
    return ("help", "enter", "back", "interrupt", "pause", *stopping)


def _back(view: View) -> tuple[Action, ...]:
    return ("back",) if stop_before(view) is not None else ()


def _speaking(view: View) -> tuple[Action, ...]:
    return ("language",) if len(view.interview.instrument.languages) > 1 else ()


def _answering(view: View) -> tuple[Action, ...]:
    step = view.step
    if step is None or is_private(view):
        return _back(view)
    offered = tuple(status for status in NONRESPONSE if without_answer(step, status) is not None)
    comment: tuple[Action, ...] = ("comment",) if is_asked(step) else ()
    return (*_back(view), *offered, *comment, "jump", "stop", "turn", "suspend", *_speaking(view))


def is_for_respondent(view: View) -> bool:
    """Whether the respondent reads the screen: nothing is on it that is meant for the interviewer."""
    return is_private(view) or view.is_turned


def _editing(view: View) -> tuple[Action, ...]:
    if view.step is None or not (is_closed(view.step) or is_asked(view.step)):
        return ()
    return ("backspace",) if is_closed(view.step) else EDITING


def is_asked(step: Step) -> bool:
    """Whether a stop is a question; a note is none, nor is “another one?”."""
    return kinds.is_asked(step.item)
