"""From a view to the sheet of what is to be read: which words stand where, in every mode."""

from __future__ import annotations

from dataclasses import replace

from interviewer.interview import Interview, Step, section, text_of
from interviewer.screen.around import around_sheet
from interviewer.screen.entries import Entry, entries, is_closed, is_long, matching, takes_several
from interviewer.screen.items import label_of, place_of, status_label
from interviewer.screen.keys import footer
from interviewer.screen.page import Row, Sheet
from interviewer.screen.sift import sifted, taken
from interviewer.screen.view import (
    View,
    actions,
    former,
    is_asked,
    is_for_respondent,
    is_hidden,
    position,
)
from interviewer.sitting import Setting
from surveys import kinds
from surveys.instrument import Question, Text
from surveys.kinds.date import is_month
from surveys.kinds.number import limits
from surveys.language import _


def sheet_of(view: View, setting: Setting) -> Sheet:
    """Return what is to be read now."""
    is_question = view.step is not None and view.mode in {"answer", "reason", "comment"}
    sheet = (
        _asking(view, view.step, setting)
        if view.step and is_question
        else around_sheet(view, setting)
    )
    return replace(sheet, practice=_("PRACTICE") + " ") if setting.is_practice else sheet


def _asking(view: View, step: Step, setting: Setting) -> Sheet:
    interview = view.interview
    answering = view.below if view.below is not None else view
    return Sheet(
        heading=section(interview, step) or setting.title,
        progress=f"{position(view) + 1}/{len(interview.path)}",
        card=_card(interview, step),
        question=label_of(interview, step),
        hints=_hints(view, step),
        rows=_rows(answering, step),
        prompt=_prompt(view, step),
        typed=view.typed if _takes_text(view, step) else None,
        warning=answering.message if view.mode == "reason" else "",
        message=view.message,
        notes=_notes(view, step),
        footer=footer(actions(view)),
        is_large=is_for_respondent(view),
    )


def _text(interview: Interview, step: Step, text: Text) -> str:
    return text_of(interview, text, step.node)


def _hints(view: View, step: Step) -> tuple[str, ...]:
    hint = _text(view.interview, step, step.item.hint)
    return (hint,) if hint and not is_for_respondent(view) else ()


def _card(interview: Interview, step: Step) -> str:
    """Return line 2: which round of a repeat, which card to show."""
    place = place_of(interview, step)
    parts = [place] if place else []
    if isinstance(step.item, Question) and step.item.show_card:
        parts.append(_("Show card {card}").format(card=step.item.show_card))
    return " · ".join(parts)


def _rows(view: View, step: Step) -> tuple[Row, ...]:
    several = takes_several(step)

    def mark(code: str, status: str) -> str:
        if several and status == "answered":
            return "[x]" if code in view.marked else "[ ]"
        return "•" if code in view.marked else ""

    return tuple(
        Row(mark(entry.code, entry.status), entry.code, entry.label) for entry in _left(view, step)
    )


def _left(view: View, step: Step) -> tuple[Entry, ...]:
    """Return the answers the letters typed leave, or all of them."""
    offered = entries(view.interview, step)
    return sifted(offered, view.typed.text) if view.is_sifting else offered


def _takes_text(view: View, step: Step) -> bool:
    return view.mode in {"reason", "comment"} or is_closed(step) or is_asked(step)


def _prompt(view: View, step: Step) -> str:
    """Return what to type, in as few words as will do."""
    if view.mode == "reason":
        return _("Reason, if it is right:")
    if view.mode == "comment":
        return _("Comment:")
    if is_closed(step):
        return _code_prompt(view, step)
    return _open_prompt(step.item) if isinstance(step.item, Question) else ""


def _code_prompt(view: View, step: Step) -> str:
    several = takes_several(step)
    offered = entries(view.interview, step)
    if view.is_sifting:
        found = taken(offered, view.typed.text)
        if found is None:
            return _("More letters, or the code; Backspace takes them off:")
        return _("Enter takes {code}; Backspace takes the letters off:").format(code=found.code)
    if not view.typed.text:
        if several:
            return _several_prompt(view, step)
        return _("Code, or letters of the answer:") if is_long(offered, view.size) else _("Code:")
    exact, _goes_on = matching(offered, view.typed.text)
    if exact is None:
        return _("Code, to be continued:")
    if several:
        return _("Space picks {code}, or go on typing:").format(code=exact.code)
    return _("Enter takes {code}, or go on typing:").format(code=exact.code)


def _several_prompt(view: View, step: Step) -> str:
    """Return what to type, with the codes picked so far: their marks may be on another page."""
    offered = entries(view.interview, step)
    codes = " ".join(entry.code for entry in offered if entry.code in view.marked)
    return (
        _("Codes (now {codes}), then Enter:").format(codes=codes)
        if codes
        else _("Codes, or letters, then Enter:")
        if is_long(offered, view.size)
        else _("Codes, then Enter:")
    )


def _open_prompt(question: Question) -> str:
    if not kinds.is_asked(question):
        return _("Enter goes on.")
    match question.kind:
        case "integer":
            return _("Whole number:")
        case "decimal":
            return _("Number:")
        case "range":
            start, end, _step = limits(question)
            return _("From {start} to {end}:").format(start=start, end=end)
        case "date":
            return _("Month (MM/YYYY):") if is_month(question) else _("Date (DD/MM/YYYY):")
        case "time":
            return _("Time (HH:MM):")
        case "dateTime":
            return _("Date and time (DD/MM/YYYY HH:MM):")
        case "text" if question.format == "card_code":
            return _("Code on the card:")
        case "text":
            return _("Text:")
    return _("Enter goes on.")


def _notes(view: View, step: Step) -> tuple[str, ...]:
    if view.is_turned:
        return ()
    notes = []
    answer = former(view)
    if is_hidden(view):
        notes.append(_("Already answered. Enter keeps that answer, which is not shown."))
    elif answer is not None and is_asked(step) and answer.status != "answered":
        said = _("Former answer: {status}. Enter keeps it.")
        notes.append(said.format(status=status_label(answer.status)))
    if view.comment and view.mode != "comment":
        notes.append(_("Comment: {comment}").format(comment=view.comment))
    return tuple(notes)
