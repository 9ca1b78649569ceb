"""What can be picked by its code at a stop, and what a code typed so far can become."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prompt_toolkit.utils import get_cwidth

from interviewer.interview import (
    ANOTHER,
    Answer,
    Interview,
    Status,
    Step,
    choices,
    is_self_completed,
)
from surveys.instrument import NONRESPONSE, Group, Nonresponse
from surveys.kinds import KINDS, is_asked
from surveys.language import _

# In a section the respondent fills in, non-response is an entry with a code. Where answers are codes
# it is a number by survey custom; where they are typed, a sign that is no answer by itself.
_DIGITS: dict[Nonresponse, str] = {"refused": "9", "dont_know": "8", "not_applicable": "7"}
_SIGNS: dict[Nonresponse, str] = {"refused": "*", "dont_know": "?", "not_applicable": "/"}
_LEAD = 8  # columns of a mark and a code
_AROUND = 7  # lines of section, card, question, prompt and footer, and the blank ones between


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that can be picked: its code, what it says, and the status it gives."""

    code: str
    label: str
    status: Status = "answered"


def is_closed(step: Step) -> bool:
    """Whether a stop is answered by codes, not by typing."""
    if isinstance(step.item, Group):
        return True
    if not is_asked(step.item):
        return False
    return step.item.kind == "acknowledge" or KINDS[step.item.kind].storage in {"one", "several"}


def takes_several(step: Step) -> bool:
    """Whether several codes may be picked at a stop."""
    return not isinstance(step.item, Group) and KINDS[step.item.kind].storage == "several"


def entries(interview: Interview, step: Step) -> tuple[Entry, ...]:
    """Return what can be picked at a stop, in the order it is shown."""
    offered = _offered(interview, step)
    if isinstance(step.item, Group) or not is_self_completed(interview, step):
        return offered
    return (*offered, *_without_answer(step, offered))


def _offered(interview: Interview, step: Step) -> tuple[Entry, ...]:
    if isinstance(step.item, Group):
        return Entry("1", _("Yes, another one")), Entry("2", _("No, go on"))
    if step.item.kind == "acknowledge":
        return (Entry("1", _("OK")),)
    default = interview.instrument.default_language
    return tuple(
        Entry(choice.code, choice.label.in_language(interview.language, default))
        for choice in choices(interview, step)
    )


def _without_answer(step: Step, offered: Sequence[Entry]) -> Iterable[Entry]:
    labels: dict[Nonresponse, str] = {
        "refused": _("I prefer not to answer"),
        "dont_know": _("I do not know"),
        "not_applicable": _("This does not apply to me"),
    }
    taken = [entry.code for entry in offered]
    for status in NONRESPONSE:
        if isinstance(step.item, Group) or status not in step.item.nonresponse:
            continue
        code = free_code(_DIGITS[status], taken) if is_closed(step) else _SIGNS[status]
        taken.append(code)
        yield Entry(code, labels[status], status)


def free_code(digit: str, taken: Sequence[str]) -> str:
    """Return a repeated digit that is no code yet, this digit if it can be, as long as the codes are.

    Where it can be, it neither begins nor goes on another code, so that one key is enough.
    """
    longest = max((len(code) for code in taken), default=1)
    digits: list[str] = [digit, *"9876543210"]
    candidates = [one * length for length in (longest, longest + 1, longest + 2) for one in digits]
    free = [code for code in candidates if code not in taken]

    def is_apart(code: str) -> bool:
        return not any(code.startswith(other) or other.startswith(code) for other in taken)

    apart = [code for code in free if is_apart(code)]
    return (apart or free)[0]


def is_long(offered: Sequence[Entry], size: tuple[int, int]) -> bool:
    """Whether a list of answers is longer than a screen of so many columns and rows."""
    columns, rows = size
    room = max(1, columns - _LEAD)
    lines = sum(1 + (get_cwidth(entry.label) - 1) // room for entry in offered)
    return lines > rows - _AROUND


def matching(offered: Iterable[Entry], typed: str) -> tuple[Entry | None, bool]:
    """Return (the entry with this code or None, whether another code begins with it)."""
    begun = [entry for entry in offered if entry.code.startswith(typed)]
    exact = next((entry for entry in begun if entry.code == typed), None)
    return exact, len(begun) > (exact is not None)


def picked(interview: Interview, step: Step, answer: Answer) -> frozenset[str]:
    """Return the codes of what was answered at a closed stop."""
    if answer.status != "answered":
        return frozenset()
    if isinstance(step.item, Group):
        return frozenset({"1" if answer.value == ANOTHER else "2"})
    if step.item.kind == "acknowledge":
        return frozenset({"1"})
    return codes_of(interview, step, answer.value)


def codes_of(interview: Interview, step: Step, value: str) -> frozenset[str]:
    """Return the codes of the choices named in a value, among those offered."""
    names = value.split()
    return frozenset(choice.code for choice in choices(interview, step) if choice.name in names)
