"""What a kind of item is: how typed text becomes a value, how a value is shown, how it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from surveys.instrument import Choice, Question
from surveys.problems import Problem

Storage = Literal[
    "none", "text", "integer", "decimal", "date", "time", "dateTime", "one", "several"
]
NUMBERS: frozenset[Storage] = frozenset({"integer", "decimal"})


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a typed text is no value: what to type instead, never what failed."""

    message: str


Read = Callable[[Question, str, Sequence[Choice]], str | WhyNot]
Show = Callable[[Question, str, Sequence[Choice], Callable[[Choice], str]], str]
Rule = Callable[[Question], Iterator[Problem]]


def _as_typed(
    question: Question, value: str, choices: Sequence[Choice], label: Callable[[Choice], str]
) -> str:
    return value


def _nothing_wrong(question: Question) -> Iterator[Problem]:
    return iter(())


def _no_value(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `is_asked`: someone answers it; `is_shown`: it takes a place on the screen.

    `read` turns typed text into the canonical value (text; '' is never passed), or says what to type.
    `show` turns a value into what a person reads. `problems` are the rules of this kind alone.
    """

    name: str
    storage: Storage
    is_asked: bool = True
    is_shown: bool = True
    read: Read = _no_value
    show: Show = _as_typed
    problems: Rule = _nothing_wrong
