"""What a key does to the view: values in, values out.

`press` is a key that is no character, `type_in` a character, `paste` a pasted text. Answers are judged
by `judge` and given by `give`, and by nothing else. Where several codes can be picked, a code that no
other one begins with is picked, or left out again, at once; one that could go on waits, visibly, for
the space bar or Enter; Enter on an empty line validates.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from interviewer import record
from interviewer.interview import (
    Answer,
    Judgement,
    Step,
    give,
    judge,
    spoken_in,
    without_answer,
)
from interviewer.screen.cover import erased, paused, stopped
from interviewer.screen.entries import Entry, entries, is_closed, is_long, matching, takes_several
from interviewer.screen.keys import EDITING, Action
from interviewer.screen.listing import gone, opened, widened
from interviewer.screen.sift import sifted, taken
from interviewer.screen.typed import LONGEST, NOTHING_TYPED, cleaned, is_text, line
from interviewer.screen.view import (
    View,
    actions,
    former,
    forward,
    is_asked,
    is_for_respondent,
    is_hidden,
    is_private,
    look_at,
    over,
    returned,
    stop_before,
)
from interviewer.scrub import Scrubber
from interviewer.sitting import Ending
from surveys.instrument import NONRESPONSE, Group
from surveys.language import _

_WRITTEN = {"reason", "comment", "jump", "closing", "erase"}  # modes in which any character is text


def press(view: View, action: Action, scrubber: Scrubber) -> View:
    """Return the view after a key that is not a character; one that does not act says so at most."""
    view = replace(view, given=None)
    if action in actions(view):
        return _PRESSED[action](replace(view, message=""), action, scrubber)
    if view.mode not in {"answer", "closing"} or is_for_respondent(view):
        return view
    if action == "back":
        return replace(view, message=_("This is as far back as it goes."))
    if action in NONRESPONSE:
        return replace(view, message=_("That is not possible for this question."))
    return view


def type_in(view: View, character: str, scrubber: Scrubber) -> View:
    """Return the view after a character typed; a code that can be no other one is taken at once."""
    if not is_text(character):
        return view
    view = replace(view, given=None, message="", follows=True)
    if view.mode in _WRITTEN:
        return _inserted(view, character)
    if view.mode == "stop":
        return stopped(view, character)
    if view.mode != "answer" or view.step is None:
        return view
    if is_closed(view.step):
        return _coded(view, view.step, character, scrubber)
    return _inserted(view, character) if is_asked(view.step) else view


def paste(view: View, pasted: str) -> View:
    """Return the view with a pasted text in the line being typed. It never answers by itself."""
    view = replace(view, given=None, message="", follows=True)
    takes_text = view.mode in _WRITTEN or (view.mode == "answer" and "backspace" in actions(view))
    return _inserted(view, cleaned(pasted)) if takes_text else view


def _inserted(view: View, text: str) -> View:
    if len(view.typed.text) + len(text) > LONGEST:
        too_long = _("Too long: at most {limit} characters.")
        return replace(view, message=too_long.format(limit=LONGEST))
    return replace(view, typed=view.typed.insert(text), is_touched=True)


def _coded(view: View, step: Step, character: str, scrubber: Scrubber) -> View:
    """Return the view after one more character of a code: taken, waiting for more, or no code."""
    offered = entries(view.interview, step)
    if view.is_sifting:
        return _sifting(view, offered, character)
    if character == " ":
        return _taken(view, step) if takes_several(step) and view.typed.text else view
    typed = view.typed.text + character
    exact, goes_on = matching(offered, typed)
    if goes_on:
        return replace(view, typed=line(typed), is_touched=True)
    if exact is None and character.isalpha() and is_long(offered, view.size):
        return _sifting(view, offered, character)
    view = replace(view, typed=NOTHING_TYPED)
    if exact is None:
        return replace(view, message=_("Type the code of one answer."))
    return _picked(view, step, exact, scrubber)


def _sifting(view: View, offered: Sequence[Entry], character: str) -> View:
    """Return the view with one more letter of an answer, if any answer of the list has them all."""
    typed = view.typed.insert(character)
    if not sifted(offered, typed.text):
        return replace(view, message=_("No answer of the list has these letters."))
    return replace(view, typed=typed, is_sifting=True, is_touched=True, page=0)


def _sifted_out(view: View, step: Step, scrubber: Scrubber) -> View:
    """Return the view after Enter on letters: the prompt said which answer it takes."""
    entry = taken(entries(view.interview, step), view.typed.text)
    if entry is None:
        return replace(view, message=_("Type more letters, or the code of one answer."))
    return _picked(replace(view, typed=NOTHING_TYPED, is_sifting=False), step, entry, scrubber)


def _picked(view: View, step: Step, entry: Entry, scrubber: Scrubber) -> View:
    declined = without_answer(step, entry.status)
    if declined is not None:
        return _accepted(view, step, declined)
    if takes_several(step):
        return replace(view, marked=view.marked ^ {entry.code}, is_touched=True)
    return _judged(view, step, entry.code, scrubber)


def _taken(view: View, step: Step) -> View:
    """Return the view with the codes waiting on the line taken or left out: several may be pasted."""
    offered = {entry.code for entry in entries(view.interview, step) if entry.status == "answered"}
    typed = frozenset(view.typed.text.replace(",", " ").split())
    view = replace(view, typed=NOTHING_TYPED, is_touched=True)
    if not typed <= offered:
        return replace(view, message=_("Type the codes of the answers, separated by spaces."))
    return replace(view, marked=view.marked ^ typed)


def _edit(view: View, action: Action, scrubber: Scrubber) -> View:
    """Return the view after an editing key; where one code is picked, Backspace takes it back."""
    if not view.typed.text and view.mode == "answer" and view.step and is_closed(view.step):
        if takes_several(view.step) or not view.marked:
            return view
        return replace(view, marked=frozenset(), is_touched=True)
    typed = view.typed.edited(action)
    is_touched = view.is_touched or typed.text != view.typed.text
    is_sifting = view.is_sifting and bool(typed.text)
    return replace(view, typed=typed, is_touched=is_touched, is_sifting=is_sifting, follows=True)


# --- answering --------------------------------------------------------------------------------


def _enter(view: View, action: Action, scrubber: Scrubber) -> View:
    match view.mode:
        case "help":
            return returned(view)
        case "comment":
            return _commented(view, scrubber)
        case "reason":
            return _reasoned(view, scrubber)
        case "leave":
            return replace(view, ending=view.leaving)
        case "closing" if not view.typed.text.strip():
            return replace(view, ending="finished")
        case "closing" | "jump":
            return gone(view)
        case "erase":
            return erased(view)
        case "give" | "take" if view.below is not None:
            return replace(view.below, given=None)
        case "answer":
            return _submitted(view, view.step, scrubber) if view.step else view
    return view


def _submitted(view: View, step: Step, scrubber: Scrubber) -> View:
    before = former(view)
    if before is not None and not view.is_touched:
        return _kept(view, step, before)
    if not is_closed(step) and not is_asked(step):
        return _accepted(view, step, Answer())  # a note has been read
    if view.is_sifting:
        return _sifted_out(view, step, scrubber)
    if takes_several(step) and view.typed.text:
        exact, _goes_on = matching(entries(view.interview, step), view.typed.text)
        is_declined = exact is not None and exact.status != "answered"
        return _picked(view, step, exact, scrubber) if exact and is_declined else _taken(view, step)
    typed = _to_judge(view, step)
    offered = entries(view.interview, step)
    declined = next((entry for entry in offered if entry.code == typed.strip()), None)
    if declined is not None and declined.status != "answered":
        return _picked(view, step, declined, scrubber)
    return _judged(view, step, typed, scrubber)


def _to_judge(view: View, step: Step) -> str:
    """Return what is on the screen as one typed text."""
    if view.typed.text or not is_closed(step):
        return view.typed.text
    offered = entries(view.interview, step)
    return " ".join(entry.code for entry in offered if entry.code in view.marked)


def _kept(view: View, step: Step, before: Answer) -> View:
    if view.comment == before.comment or is_hidden(view):
        return forward(view)
    return _accepted(view, step, before)


def _judged(view: View, step: Step, typed: str, scrubber: Scrubber) -> View:
    judged = judge(view.interview, step, typed, scrubber)
    if judged.answer is None:
        return _refused(view, judged, typed)
    if _is_scrubbed(step, typed, judged.answer) and typed != view.seen:
        shown = judged.answer.value
        message = _("What may identify someone was replaced. Enter keeps the text as it is now.")
        return replace(view, typed=line(shown), seen=shown, message=message)
    return _accepted(view, step, judged.answer)


def _is_scrubbed(step: Step, typed: str, answer: Answer) -> bool:
    if isinstance(step.item, Group) or step.item.keep.rule != "scrub":
        return False
    return answer.value != unicodedata.normalize("NFC", typed.strip())


def _refused(view: View, judged: Judgement, typed: str) -> View:
    """Return the view that says what to type instead, or asks why an unusual answer is right."""
    view = replace(view, message=judged.message, doubted=typed, is_touched=True, follows=True)
    if not judged.is_soft:
        return view
    return replace(view, mode="reason", typed=NOTHING_TYPED, message="", below=view)


def _reasoned(view: View, scrubber: Scrubber) -> View:
    answering = view.below
    if answering is None or answering.step is None:
        return view
    reason, message = _noted(view, scrubber)
    if message:
        return replace(view, message=message)
    if not reason:
        return replace(view, message=_("Type why it is right, or go back and change the answer."))
    reason = record.reason_that_fits(view.interview, reason, answering.comment)
    step, typed = answering.step, answering.doubted
    judged = judge(answering.interview, step, typed, scrubber, reason)
    if judged.answer is None:
        return _refused(answering, judged, typed)
    return _accepted(answering, step, judged.answer)


def _commented(view: View, scrubber: Scrubber) -> View:
    comment, message = _noted(view, scrubber)
    if not message and comment and not record.has_room(view.interview, comment):
        message = _("There is no room left for comments.")
    if message:
        return replace(view, message=message)
    return replace(returned(view), comment=comment)


def _noted(view: View, scrubber: Scrubber) -> tuple[str, str]:
    """Return (a comment or reason as it may be kept, why it may not be kept or '')."""
    text = unicodedata.normalize("NFC", scrubber.scrub(view.typed.text.strip()).text)
    if len(text) > record.MAX_COMMENT:
        too_long = _("Too long: {n} characters, at most {limit}.")
        return "", too_long.format(n=len(text), limit=record.MAX_COMMENT)
    return text, ""


def _accepted(view: View, step: Step, answer: Answer) -> View:
    """Return the view of the next stop, once this one has its answer."""
    answer = replace(answer, comment=view.comment)
    interview = give(view.interview, step.node, answer)
    own = view.own | {step.node} if is_private(view) else frozenset()
    answered = replace(view, interview=interview, own=own)
    return replace(forward(answered), given=(step.node, answer))


# --- everything else --------------------------------------------------------------------------


def _go_back(view: View, action: Action, scrubber: Scrubber) -> View:
    if view.below is not None:
        return returned(view)
    step = stop_before(view)
    return view if step is None else look_at(view.interview, step, view.own)


def _decline(view: View, action: Action, scrubber: Scrubber) -> View:
    for status in NONRESPONSE:
        answer = without_answer(view.step, status) if view.step and status == action else None
        if view.step and answer:
            return _accepted(view, view.step, answer)
    return view


def _comment(view: View, action: Action, scrubber: Scrubber) -> View:
    return replace(over(view, "comment"), typed=line(view.comment), follows=True)


def _help(view: View, action: Action, scrubber: Scrubber) -> View:
    if view.mode == "help":
        return returned(view)
    return over(view, "help")


def _leave(view: View, action: Action, scrubber: Scrubber) -> View:
    leaving: Ending = "interrupted" if action == "interrupt" else "suspended"
    return replace(over(view, "leave"), leaving=leaving)


def _speak(view: View, action: Action, scrubber: Scrubber) -> View:
    """Return the view in the next language of the instrument."""
    codes = list(view.interview.instrument.languages)
    spoken = view.interview.language
    after = codes[(codes.index(spoken) + 1) % len(codes)] if spoken in codes else codes[0]
    return replace(view, interview=spoken_in(view.interview, after))


def _jump(view: View, action: Action, scrubber: Scrubber) -> View:
    return opened(view) if action == "jump" else widened(view)


def _pause(view: View, action: Action, scrubber: Scrubber) -> View:
    return paused(view)


def _stop(view: View, action: Action, scrubber: Scrubber) -> View:
    return over(view, "stop")


def _turn(view: View, action: Action, scrubber: Scrubber) -> View:
    return replace(view, is_turned=not view.is_turned, page=0, follows=False)


_PRESSED: Mapping[Action, Callable[[View, Action, Scrubber], View]] = {
    "help": _help,
    "back": _go_back,
    "refused": _decline,
    "dont_know": _decline,
    "not_applicable": _decline,
    "comment": _comment,
    "pause": _pause,
    "stop": _stop,
    "turn": _turn,
    "jump": _jump,
    "everything": _jump,
    "suspend": _leave,
    "language": _speak,
    "enter": _enter,
    "interrupt": _leave,
    **dict.fromkeys(EDITING, _edit),
}
