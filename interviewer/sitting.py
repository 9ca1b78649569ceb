"""What the two front ends share: what they are given, and what they give back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from interviewer.interview import Answer, Interview
from interviewer.scrub import Scrubber
from surveys.expressions import Node

Ending = Literal["finished", "stopped", "suspended", "interrupted", "erased"]
Keyboard = Literal["", "azerty"]
Durable = Callable[[Node, Answer, str], None]
Unlock = Callable[[bytearray], bool]


def not_durable(node: Node, answer: Answer, language: str) -> None:
    """Make nothing durable: the answer lives in memory until the record is sealed."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What an interview is held with. `title` is neutral: a corridor may read it.

    `durable` is called with each answer, and the language it was given in, before the next question
    is shown; what it raises ends the interview with everything before that answer.

    A trial is held by whoever wrote the questionnaire: nothing of it is kept, and the screen says so.

    `help_numbers`, (label, number) each, stand on the page of a pause. After `idle_minutes` without
    a key (0: never) the screen locks until `unlock` says that a passphrase is right; the passphrase
    is wiped afterwards, and what `unlock` raises ends the interview. Without `unlock`, the screen is
    only paused. With the keyboard `azerty`, the digit row needs no Shift where codes are digits.
    """

    title: str
    scrubber: Scrubber
    durable: Durable = not_durable
    is_practice: bool = False
    help_numbers: tuple[tuple[str, str], ...] = ()
    idle_minutes: int = 0
    unlock: Unlock | None = None
    is_trial: bool = False
    keyboard: Keyboard = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What came of it: the interview as far as it went, and how it ended.

    A finished or stopped one is sealed as it is; a suspended or interrupted one can go on later.
    `is_locked` says that the screen was locked as it ended: nobody has given the passphrase since.

    An erased one holds no answer any more; the caller destroys what it made durable.
    """

    interview: Interview
    ending: Ending
    is_locked: bool = False
