"""What the two front ends share: what they are given, and what they give back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from interviewer.interview import Answer, Interview
from interviewer.scrub import Scrubber
from surveys.expressions import Node

Ending = Literal["finished", "suspended", "interrupted"]
Durable = Callable[[Node, Answer], None]


def not_durable(node: Node, answer: Answer) -> None:
    """Make nothing durable: the answer lives in memory until the record is sealed."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What an interview is held with. `title` is neutral: a corridor may read it.

    `durable` is called with each answer before the next question is shown; what it raises ends the
    interview with everything before that answer.
    """

    title: str
    scrubber: Scrubber
    durable: Durable = not_durable
    is_practice: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """What came of it: the interview as far as it went, and how it ended."""

    interview: Interview
    ending: Ending
