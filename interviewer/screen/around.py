"""The pages that are no question, in words: help, leaving, the list to go to, the review at the end."""

from __future__ import annotations

from dataclasses import replace

from interviewer.interview import is_required, text_of
from interviewer.screen.cover import ways_to_stop
from interviewer.screen.entries import entries, is_closed, is_long, takes_several
from interviewer.screen.items import Listed, counted, counts_alone, rows_of
from interviewer.screen.keys import footer, help_lines
from interviewer.screen.listing import listed
from interviewer.screen.page import Row, Sheet
from interviewer.screen.sift import sifted, taken
from interviewer.screen.view import View, actions, former, is_asked, is_private
from interviewer.sitting import Setting
from surveys.instrument import Question
from surveys.language import _


def around_sheet(view: View, setting: Setting) -> Sheet:
    """Return what is to be read on a page that is no question."""
    match view.mode:
        case "help":
            return _helping(view, setting)
        case "leave":
            return _leaving(view, setting)
        case "jump":
            return _jumping(view, setting)
        case "stop" | "erase":
            return _stopping(view, setting)
        case "give" | "take":
            return _handing(view, setting)
        case "paused" | "locked":
            return _covering(view, setting)
        case _:
            return _closing(view, setting)


def _jumping(view: View, setting: Setting) -> Sheet:
    found = listed(view)
    left = sifted(found, view.typed.text)
    return Sheet(
        heading=setting.title,
        progress="",
        card="",
        question=_("Go to which question?"),
        hints=() if found else (_("Nothing is left to answer."),),
        rows=rows_of(left),
        prompt=_going_prompt(view, left) or _("Its number, or letters of it:"),
        typed=view.typed,
        message=view.message,
        footer=footer(actions(view)),
    )


def _going_prompt(view: View, left: tuple[Listed, ...]) -> str:
    """Return what Enter would do with what is typed; '' where nothing is."""
    if not view.typed.text.strip():
        return ""
    found = taken(left, view.typed.text)
    if found is None:
        return _("Its number, or more letters; Backspace takes them off:")
    return _("Enter goes to {number}; Backspace takes the letters off:").format(number=found.code)


def _closing(view: View, setting: Setting) -> Sheet:
    """Return the review: what was answered to the interviewer, and counts of the rest."""
    left = sifted(listed(view), view.typed.text)
    sealing = _("Enter seals the answers. A number, or letters, go to a question:")
    if setting.is_trial:
        sealing = _("Enter ends the trial. A number, or letters, go to a question:")
    return Sheet(
        heading=setting.title,
        progress="",
        card="",
        question=_("The interview is at its end."),
        hints=(counted(view.interview), *counts_alone(view.interview)),
        rows=rows_of(left),
        prompt=_going_prompt(view, left) or sealing,
        typed=view.typed,
        message=view.message,
        footer=footer(actions(view)),
    )


def _leaving(view: View, setting: Setting) -> Sheet:
    return Sheet(
        heading=setting.title,
        progress="",
        card="",
        question=_("Suspend the interview?"),
        hints=(_("This is a trial: nothing of it is kept."),)
        if setting.is_trial
        else (
            _("What was answered is kept, encrypted, on this laptop; what is being typed is not."),
            _("The interview can be resumed here later, where it stopped."),
        ),
        prompt=_("Enter suspends it; F3 goes back to the question."),
        footer=footer(actions(view)),
    )


def _stopping(view: View, setting: Setting) -> Sheet:
    page = Sheet(
        heading=setting.title,
        progress="",
        card="",
        question=_("Stop the interview?"),
        hints=(_("This is a trial: nothing of it is kept."),) if setting.is_trial else (),
        rows=tuple(Row("", way.code, way.label) for way in ways_to_stop(is_trial=setting.is_trial)),
        prompt=_("Code:"),
        message=view.message,
        footer=footer(actions(view)),
    )
    if view.mode == "stop":
        return page
    return replace(
        page,
        question=_("Stop and erase the interview?"),
        hints=(
            _("What was typed is destroyed on this laptop as far as its disk allows."),
            _("It cannot be taken back. F3 erases nothing."),
        ),
        rows=(),
        prompt=_("To erase, type the word “{word}”, then Enter:").format(word=_("erase")),
        typed=view.typed,
    )


def _covering(view: View, setting: Setting) -> Sheet:
    """Return a page that anyone may read: nothing of the interview is on it."""
    is_locked = view.mode == "locked"
    return Sheet(
        heading=setting.title,
        progress="",
        card="",
        question=_("Locked") if is_locked else _("Pause"),
        rows=tuple(Row("", number, label) for label, number in setting.help_numbers),
        prompt=_("Passphrase (not shown), then Enter:") if is_locked else _("Any key goes on."),
        message=view.message,
        footer=footer(actions(view)),
    )


def _handing(view: View, setting: Setting) -> Sheet:
    """Return the page at the edge of a section that the respondent fills in."""
    is_given = view.mode == "give"
    thanks = _("Thank you. Please give the laptop back to the interviewer.")
    return Sheet(
        heading=setting.title,
        progress="",
        card="",
        question=_("Give the laptop to the respondent.") if is_given else thanks,
        prompt=_("Enter goes on."),
        message=view.message,
        footer=footer(actions(view)),
        is_large=True,
    )


def _helping(view: View, setting: Setting) -> Sheet:
    """Return the help on the question that is asked, and every key that acts there."""
    asking = view.below if view.below is not None else view
    guidance = _guidance(asking)
    return Sheet(
        heading=setting.title,
        progress="",
        card="",
        question=_("Help"),
        hints=(*([guidance] if guidance else []), *_how(asking)),
        rows=tuple(Row("", keys, label) for keys, label in help_lines(actions(asking))),
        prompt=_("Enter goes back."),
        footer=footer(actions(view)),
    )


def _guidance(view: View) -> str:
    """Return what the interviewer should know of the question; the respondent reads none of it."""
    is_asking = view.mode in {"answer", "reason", "comment"} and not is_private(view)
    if not is_asking or view.step is None or not isinstance(view.step.item, Question):
        return ""
    return text_of(view.interview, view.step.item.guidance_hint, view.step.node)


def _how(view: View) -> tuple[str, ...]:
    """Return how to answer, in whole sentences."""
    step = view.step
    if step is None or view.mode != "answer":
        return ()
    hows = []
    if takes_several(step):
        hows.append(_("A code picks an answer, the same code leaves it out again; Enter goes on."))
        hows.append(_("A code that could go on waits: Space picks it."))
    elif is_closed(step):
        hows.append(_("The code of an answer is enough; one that could go on waits for Enter."))
    if is_closed(step) and is_long(entries(view.interview, step), view.size):
        hows.append(_("Letters keep only the answers that have them; Backspace takes them off."))
    if is_asked(step) and not is_closed(step):
        hows.append(_("Type the answer, then Enter."))
    if is_asked(step) and not is_required(view.interview, step):
        hows.append(_("Enter alone leaves the question without an answer."))
    if former(view) is not None:
        hows.append(_("Enter alone keeps the former answer."))
    return tuple(hows)
