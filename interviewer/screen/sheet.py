"""From a view to the sheet of what is to be read: which words stand where, in every mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from interviewer.interview import Interview, Step, section, text_of
from interviewer.screen.entries import entries, is_closed, matching, takes_several
from interviewer.screen.keys import footer, help_lines
from interviewer.screen.page import Row, Sheet
from interviewer.screen.view import View, actions, former, is_asked, is_hidden, is_private, position
from interviewer.sitting import Setting
from surveys.instrument import Group, Question, Text
from surveys.kinds import KINDS
from surveys.kinds.date import is_month
from surveys.kinds.number import limits
from surveys.language import _


def sheet_of(view: View, setting: Setting) -> Sheet:
    """Return what is to be read now."""
    if view.mode == "help":
        return _helping(view, setting)
    if view.mode == "leave":
        return _leaving(view, setting)
    return _asking(view, view.step, setting) if view.step else _closing(view, setting)


def _asking(view: View, step: Step, setting: Setting) -> Sheet:
    interview = view.interview
    answering = view.below if view.below is not None else view
    return Sheet(
        heading=section(interview, step) or setting.title,
        progress=f"{position(view) + 1}/{len(interview.path)}",
        card=_card(interview, step, setting),
        question=_question(interview, step),
        hints=_hints(view, step),
        rows=_rows(answering, step),
        prompt=_prompt(view, step),
        typed=view.typed if _takes_text(view, step) else None,
        warning=answering.message if view.mode == "reason" else "",
        message=view.message,
        notes=_notes(view, step),
        footer=footer(actions(view)),
        is_large=is_private(view),
    )


def _text(interview: Interview, step: Step, text: Text) -> str:
    return text_of(interview, text, step.node)


def _question(interview: Interview, step: Step) -> str:
    label = _text(interview, step, step.item.label)
    if isinstance(step.item, Group):
        return _("{label}: another one?").format(label=label)
    return label


def _hints(view: View, step: Step) -> tuple[str, ...]:
    hint = _text(view.interview, step, step.item.hint)
    return (hint,) if hint and not is_private(view) else ()


def _card(interview: Interview, step: Step, setting: Setting) -> str:
    """Return line 2: practice, which instance of a repeat, which card to show."""
    parts = [_("PRACTICE")] if setting.is_practice else []
    repeats = [group for group in interview.plan.around[step.node.name] if group.kind == "repeat"]
    if repeats:
        label = text_of(interview, repeats[-1].label, step.node)
        parts.append(f"{label} {step.node.at[-1]}".strip())
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
        Row(mark(entry.code, entry.status), entry.code, entry.label)
        for entry in entries(view.interview, step)
    )


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
    if not view.typed.text:
        return _several_prompt(view, step) if several else _("Code:")
    exact, _goes_on = matching(entries(view.interview, step), view.typed.text)
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
        else _("Codes, then Enter:")
    )


def _open_prompt(question: Question) -> str:
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
        case "text":
            return _("Text:")
    return _("Enter goes on.")


def _notes(view: View, step: Step) -> tuple[str, ...]:
    notes = []
    answer = former(view)
    if is_hidden(view):
        notes.append(_("Already answered. Enter keeps that answer, which is not shown."))
    elif answer is not None and is_asked(step) and answer.status != "answered":
        said = _("Former answer: {status}. Enter keeps it.")
        notes.append(said.format(status=_STATUS_LABELS[answer.status]()))
    if view.comment and view.mode != "comment":
        notes.append(_("Comment: {comment}").format(comment=view.comment))
    return tuple(notes)


_STATUS_LABELS: dict[str, Callable[[], str]] = {
    "answered": lambda: _("answered"),
    "refused": lambda: _("refused"),
    "dont_know": lambda: _("don't know"),
    "not_applicable": lambda: _("not applicable"),
    "no_answer": lambda: _("left blank"),
    "": lambda: _("not answered"),
}


# --- pages that are no question ---------------------------------------------------------------


def counts(interview: Interview) -> Counter[str]:
    """Return how many questions of the path have each status; '' counts those not answered."""
    asked = (step for step in interview.path if is_asked(step))
    given = (interview.answers.get(step.node) for step in asked)
    return Counter(answer.status if answer is not None else "" for answer in given)


def _closing(view: View, setting: Setting) -> Sheet:
    found = counts(view.interview)
    return Sheet(
        heading=setting.title,
        progress="",
        card=_("PRACTICE") if setting.is_practice else "",
        question=_("The interview is at its end."),
        rows=tuple(Row("", str(found[status]), say()) for status, say in _STATUS_LABELS.items()),
        prompt=_("Enter seals the answers."),
        message=view.message,
        footer=footer(actions(view)),
    )


def _leaving(view: View, setting: Setting) -> Sheet:
    return Sheet(
        heading=setting.title,
        progress="",
        card="",
        question=_("Suspend the interview?"),
        hints=(_("What was answered is kept; what is being typed is not."),),
        prompt=_("Enter suspends it; F3 goes back to the question."),
        footer=footer(actions(view)),
    )


def _helping(view: View, setting: Setting) -> Sheet:
    """Return the help on the question that is asked, and every key that acts there."""
    asking = view.below if view.below is not None else view
    guidance = ""
    if asking.step is not None and isinstance(asking.step.item, Question):
        guidance = _text(view.interview, asking.step, asking.step.item.guidance_hint)
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
    elif is_asked(step):
        hows.append(_("Type the answer, then Enter."))
    if (
        isinstance(step.item, Question)
        and KINDS[step.item.kind].is_asked
        and not step.item.required
    ):
        hows.append(_("Enter alone leaves the question without an answer."))
    if former(view) is not None:
        hows.append(_("Enter alone keeps the former answer."))
    return tuple(hows)
