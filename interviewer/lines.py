"""The plain front end: one line read for each answer, prompts written as text.

For screen readers, pipes and tests. Codes or text are typed as an interviewer would; a line that
begins with a colon is a command, `::` begins a text with a colon. The end of input interrupts: it
never answers anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TextIO

from interviewer import record
from interviewer.interview import (
    Answer,
    Interview,
    Status,
    Step,
    choices,
    first_broken,
    give,
    is_self_completed,
    judge,
    question_text,
    section,
    shown,
    spoken_in,
    suggested,
    text_of,
    without_answer,
)
from interviewer.scrub import cut
from interviewer.sitting import Ending, Setting, Sitting
from surveys.expressions import Node
from surveys.instrument import Group, Question
from surveys.kinds import is_asked
from surveys.language import _


@dataclass(frozen=True, slots=True, repr=False)
class _State:
    """Where the conversation is. `looked_at` is set while an earlier question is looked at."""

    interview: Interview
    looked_at: Step | None = None
    pending: str = ""  # what was typed when a soft constraint asked for a reason
    comment: tuple[Node, str] | None = None  # waits for the answer it belongs to
    ending: Ending | None = None
    message: str = ""
    heading: str = ""  # the section last announced
    told: tuple[Step, str] | None = None  # the question last written, and in which language


def hold(interview: Interview, setting: Setting, reader: TextIO, writer: TextIO) -> Sitting:
    """Hold the interview line by line, and return how far it went."""
    state = _State(interview)
    try:
        while state.ending is None:
            state = _turn(state, setting, reader, writer)
        writer.write("\n")
        writer.flush()
    except (KeyboardInterrupt, OSError):  # OSError: whoever reads or writes the lines is gone
        state = replace(state, ending=state.ending or "interrupted")
    return Sitting(state.interview, state.ending or "interrupted")


def _turn(state: _State, setting: Setting, reader: TextIO, writer: TextIO) -> _State:
    """Write the question, read one line, and return what it makes of the state."""
    step = state.looked_at or state.interview.current
    if step is None:
        return _at_the_end(state)
    state = _headed(state, step, writer)
    if isinstance(step.item, Question) and not is_asked(step.item):
        writer.write(f"\n{question_text(state.interview, step)}\n")
        return _given(state, setting, step, Answer())
    state = _told(state, step, writer)
    line = _line(reader)
    if line is None:
        return replace(state, ending="interrupted")
    after = _heard(replace(state, message=""), setting, step, line.rstrip("\r\n"))
    _show_scrubbed(state, after, step, line, writer)
    return replace(after, told=None) if after.looked_at != state.looked_at else after


def _headed(state: _State, step: Step, writer: TextIO) -> _State:
    """Write the section where another one begins."""
    heading = section(state.interview, step)
    if heading != state.heading:
        writer.write(f"\n== {heading} ==\n" if heading else "\n")
    return replace(state, heading=heading)


def _told(state: _State, step: Step, writer: TextIO) -> _State:
    """Write what is not on the terminal yet: question, message, prompt."""
    told = (step, state.interview.language)
    if told != state.told:
        writer.write(_asked(state.interview, step))
    if state.message:
        writer.write(f"! {state.message}\n")
    writer.write("> ")
    writer.flush()
    return replace(state, told=told)


def _line(reader: TextIO) -> str | None:
    """Return the line typed; None where there is none: one cut short before its end is no answer."""
    line = reader.readline()
    return line if line.endswith("\n") else None


def _at_the_end(state: _State) -> _State:
    broken = first_broken(state.interview)
    if broken is None:
        return replace(state, ending="finished")
    return replace(state, looked_at=broken[0], message=broken[1])


def _asked(interview: Interview, step: Step) -> str:
    """Return the question as text: label, hint, choices with their codes, what may be typed."""
    if isinstance(step.item, Group):
        another = _("{label}: another one? 1 yes, 2 no")
        return "\n" + another.format(label=text_of(interview, step.item.label, step.node)) + "\n"
    lines = ["", question_text(interview, step)]
    hint = text_of(interview, step.item.hint, step.node)
    if hint and not is_self_completed(interview, step):
        lines.append(f"  ({hint})")
    offered = choices(interview, step)
    default = interview.instrument.default_language
    width = max((len(choice.code) for choice in offered), default=0)
    lines.extend(
        f"  {choice.code:>{width}}  {choice.label.in_language(interview.language, default)}"
        for choice in offered
    )
    before = interview.answers.get(step.node)
    if before is None and (default := suggested(interview, step)):
        lines.append(_("  (suggested: {answer})").format(answer=default))
    if (
        before is not None
        and before.status == "answered"
        and not is_self_completed(interview, step)
    ):
        told = _("  (answered before: {answer}; an empty line keeps it)")
        lines.append(told.format(answer=shown(interview, step.node)))
    return "\n".join(lines) + "\n"


def _heard(state: _State, setting: Setting, step: Step, line: str) -> _State:
    if not line.isascii() and any("\ud800" <= character <= "\udfff" for character in line):
        return replace(state, message=_("Type plain text on one line."))  # bytes that are no text
    if line.startswith("::"):
        return _typed(state, setting, step, line[1:])
    if line.startswith(":"):
        word, _space, argument = line[1:].partition(" ")
        command = _COMMANDS.get(word)
        if command is None:
            return replace(
                state, message=_("There is no “:{word}”; type :help").format(word=word[:20])
            )
        return command(state, setting, step, argument.strip())
    return _typed(state, setting, step, line)


def _typed(state: _State, setting: Setting, step: Step, typed: str, reason: str = "") -> _State:
    if state.looked_at and not typed.strip():  # an empty line keeps what was answered before
        return replace(state, looked_at=None, pending="")
    judged = judge(state.interview, step, typed, setting.scrubber, reason)
    if judged.answer is not None:
        return _given(state, setting, step, judged.answer)
    if judged.is_soft:
        remedy = _("If it is right: :accept REASON")
        return replace(state, pending=typed, message=f"{judged.message} {remedy}")
    return replace(state, pending="", message=judged.message)


def _given(state: _State, setting: Setting, step: Step, answer: Answer) -> _State:
    before = state.interview.answers.get(step.node)
    answer = replace(answer, comment=_waiting(state, step) or (before.comment if before else ""))
    setting.durable(step.node, answer, state.interview.language)
    given = give(state.interview, step.node, answer)
    return _State(given, heading=state.heading, told=state.told)


def _waiting(state: _State, step: Step) -> str:
    """Return the comment that waits for the answer to this step."""
    return state.comment[1] if state.comment and state.comment[0] == step.node else ""


def _back(state: _State, setting: Setting, step: Step, argument: str) -> _State:
    asked = [
        found
        for found in state.interview.path
        if isinstance(found.item, Group) or is_asked(found.item)
    ]
    position = asked.index(step)
    before = asked[position - 1] if position else None
    if before is None or is_self_completed(state.interview, before) != is_self_completed(
        state.interview, step
    ):
        return replace(state, message=_("This is as far back as it goes."))
    return replace(state, looked_at=before, pending="")


def _without(status: Status) -> _Command:
    def command(state: _State, setting: Setting, step: Step, argument: str) -> _State:
        answer = without_answer(step, status)
        if answer is None:
            return replace(state, message=_("That is not possible for this question."))
        return _given(state, setting, step, answer)

    return command


def _accept(state: _State, setting: Setting, step: Step, argument: str) -> _State:
    if not state.pending:
        return replace(state, message=_("There is nothing to accept."))
    if not argument:
        return replace(state, message=_("Give the reason: :accept REASON"))
    reason = cut(setting.scrubber.scrub(argument).text, record.MAX_COMMENT)
    reason = record.reason_that_fits(state.interview, reason, _waiting(state, step))
    return _typed(state, setting, step, state.pending, reason)


def _comment(state: _State, setting: Setting, step: Step, argument: str) -> _State:
    if isinstance(step.item, Group):
        return replace(state, message=_("That is not possible for this question."))
    if not argument:
        return replace(state, message=_("Give the comment: :comment TEXT"))
    scrubbed = cut(setting.scrubber.scrub(argument).text, record.MAX_COMMENT)
    if not record.has_room(state.interview, scrubbed):
        return replace(state, message=_("There is no room left for comments."))
    noted = _("Noted with the answer to come: {comment}").format(comment=scrubbed)
    return replace(state, comment=(step.node, scrubbed), message=noted)


def _language(state: _State, setting: Setting, step: Step, argument: str) -> _State:
    known = state.interview.instrument.languages
    if argument not in known:
        return replace(state, message=_("Languages: {known}").format(known=" ".join(known)))
    return replace(state, interview=spoken_in(state.interview, argument))


def _suspend(state: _State, setting: Setting, step: Step, argument: str) -> _State:
    return replace(state, ending="suspended")


def _stop(state: _State, setting: Setting, step: Step, argument: str) -> _State:
    return replace(state, ending="stopped")


def _help(state: _State, setting: Setting, step: Step, argument: str) -> _State:
    guidance = (
        ""
        if isinstance(step.item, Group)
        else text_of(state.interview, step.item.guidance_hint, step.node)
    )
    keys = _("Commands: :back :refuse :dk :na :accept REASON :comment TEXT :lang xx :suspend :stop")
    return replace(state, message=f"{guidance} {keys}".strip())


_Command = Callable[[_State, Setting, Step, str], _State]
_COMMANDS: dict[str, _Command] = {
    "back": _back,
    "refuse": _without("refused"),
    "dk": _without("dont_know"),
    "na": _without("not_applicable"),
    "accept": _accept,
    "comment": _comment,
    "lang": _language,
    "suspend": _suspend,
    "stop": _stop,
    "help": _help,
}


def _show_scrubbed(before: _State, after: _State, step: Step, line: str, writer: TextIO) -> None:
    """Show a text that scrubbing changed, so that the interviewer knows what is kept."""
    answer = after.interview.answers.get(step.node)
    is_new = answer is not before.interview.answers.get(step.node)
    if answer and is_new and isinstance(step.item, Question) and step.item.keep.rule == "scrub":
        typed = line.strip().removeprefix(":") if line.startswith("::") else line.strip()
        if answer.value and answer.value != typed:
            writer.write(_("  Kept: {text}\n").format(text=answer.value))
