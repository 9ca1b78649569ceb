"""What can come of a visit or of a case, in words an interviewer chooses from.

Codes are those of AAPOR, Standard Definitions, 10th edition (2023), for samples of named persons. One
code is our own: `postponed`, of a visit only. Somebody who is drunk or in withdrawal at the door is
asked another time; that is no outcome of a case. Some outcomes leave a case open, most close it, and
a case nobody was met for closes only by the rule of `lacking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from interviewer.record import Attempt
from surveys.language import _, marked, ngettext

Part = Literal["morning", "afternoon", "evening"]
PARTS: tuple[Part, ...] = ("morning", "afternoon", "evening")
POSTPONED = "postponed"
BROKE_OFF = "2.12"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A code and its words. `is_visit`: it says what came of a visit; `is_end`: it closes a case."""

    code: str
    text: str
    is_visit: bool = False
    is_end: bool = True

    @property
    def words(self) -> str:
        """The words, in the language in force."""
        text = self.text
        return _(text)


# In the order they are offered: what happens most comes first.
OUTCOMES: tuple[Outcome, ...] = (
    Outcome("2.25", marked("The person was out"), is_visit=True),
    Outcome("2.24", marked("Nobody answered"), is_visit=True),
    Outcome("2.23", marked("I could not get in"), is_visit=True),
    Outcome(POSTPONED, marked("Another time (busy, drunk, unwell)"), is_visit=True, is_end=False),
    Outcome("2.112", marked("The person refuses")),
    Outcome("2.111", marked("The hotel or the team refuses")),
    Outcome(BROKE_OFF, marked("Began, then stopped for good")),
    Outcome("2.33", marked("No common language")),
    Outcome("2.32", marked("Unable to answer, for good")),
    Outcome("2.31", marked("The person has died")),
    Outcome("2.36", marked("Lives there; no interview for another reason")),
    Outcome("4.10", marked("Never lived there, or had left before")),
    Outcome("4.70", marked("Too young, or not concerned")),
    Outcome("4.90", marked("Is on the list twice")),
    Outcome("3.18", marked("The place was not found")),
    Outcome("3.17", marked("The place is unsafe")),
    Outcome("3.10", marked("Nobody knows if the person lives there")),
    Outcome("3.20", marked("Not known if the survey is for them")),
    Outcome("3.90", marked("Not known, another reason")),
)

# What came of an interview is never chosen: it follows from the answers.
_HELD = (
    Outcome("1.1", marked("Interview, complete")),
    Outcome("1.2", marked("Interview, in part")),
)


def visits() -> tuple[Outcome, ...]:
    """Return what can come of a visit after which the case stays open."""
    return tuple(found for found in OUTCOMES if found.is_visit)


def ends() -> tuple[Outcome, ...]:
    """Return what a visit can end a case with at once: all but what needs several visits."""
    return tuple(found for found in OUTCOMES if found.is_end and not found.is_visit)


def absences() -> tuple[Outcome, ...]:
    """Return what ends a case nobody was met for, after enough visits."""
    return tuple(found for found in OUTCOMES if found.is_end and found.is_visit)


def words(code: str) -> str:
    """Return an outcome in words; one that was never told is a sealed interview."""
    found = next((one for one in (*OUTCOMES, *_HELD) if one.code == code), None)
    return found.words if found else _("Sealed")


def is_interview(code: str) -> bool:
    """Whether an outcome says that there was an interview, even in part."""
    return code.startswith("1.")


def part_of(hour: int) -> Part:
    """Return the part of the day of an hour."""
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"


def part_words(part: str) -> str:
    """Return a part of the day in words."""
    return {"morning": _("morning"), "afternoon": _("afternoon"), "evening": _("evening")}[part]


def lacking(attempts: Sequence[Attempt], minimum: int) -> str:
    """Return what is missing before a case may be closed as never met, '' where nothing is.

    The rule: `minimum` visits that differ in their day or part of day, on two days and at two parts
    of the day at least. Two visits of one evening count as one.
    """
    slots = {(attempt.day, attempt.part) for attempt in attempts}
    more = minimum - len(slots)
    wanted = min(2, minimum)
    needed = []
    if more > 0:
        needed.append(ngettext("{n} more visit", "{n} more visits", more).format(n=more))
    if len({day for day, _part in slots}) < wanted:
        needed.append(_("a visit on another day"))
    if len({part for _day, part in slots}) < wanted:
        needed.append(_("a visit at another time of day"))
    return ", ".join(needed)
