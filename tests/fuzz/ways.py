"""What a campaign is made of: the ways in to a reader, and what may come of an input."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import Mutator

SECRET = "zqsecret"  # the mark of what people said and wrote, which no message may bear

Reader = Callable[[bytes], object]


class NoInput(Exception):
    """Nothing can be made of the spoiled bytes that the reader could be given."""


@dataclass(frozen=True)
class Way:
    """How to spoil what, and whom to give it to: it returns, or raises a refusal it documents."""

    spoil: Mutator
    seeds: Sequence[bytes]
    read: Reader


Ways = Callable[[Path], Mapping[str, Way]]  # made in a folder of their own


def value_of(content: bytes) -> Any:
    """Return what JSON says; NoInput where the spoiled text is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NoInput from error


def forged(make: Callable[..., Any], *given: Any) -> Any:
    """Return what is made of a spoiled value; NoInput where nothing can be."""
    try:
        return make(*given)
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        raise NoInput from error


def require_untold(told: str) -> None:
    """Raise AssertionError where something told bears the mark of what somebody said."""
    if SECRET in told:
        raise AssertionError("an answer is told")
