"""A list sifted as one types: which of its lines are left, and which one Enter takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Coded(Protocol):
    """A line that can be sifted."""

    @property
    def code(self) -> str:
        """What it is picked by."""

    @property
    def label(self) -> str:
        """What it says."""


Line = TypeVar("Line", bound=Coded)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def folded(text: str) -> str:
    """Return a text without case, accents and ligatures: “CŒUR” and “cœur” are “coeur”."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(character for character in plain if not unicodedata.combining(character))


def sifted(lines: Iterable[Line], typed: str) -> tuple[Line, ...]:
    """Return the lines in which each word typed stands, or whose code begins with it.

    Digits alone are a code, where any begins with them.
    """
    lines, words = tuple(lines), folded(typed).split()
    if not words:
        return lines
    coded = tuple(line for line in lines if line.code.startswith(words[0]))
    if coded and len(words) == 1 and words[0].isdecimal():
        return coded
    return tuple(
        line
        for line, label in ((line, folded(line.label)) for line in lines)
        if all(word in label or line.code.casefold().startswith(word) for word in words)
    )


def taken(lines: Iterable[Line], typed: str) -> Line | None:
    """Return the line Enter takes: the one whose code is the last word, or the only one left."""
    left = sifted(lines, typed)
    words = typed.split()
    if not words:
        return None
    exact = [line for line in left if line.code == words[-1]]
    if exact:
        return exact[0]
    return left[0] if len(left) == 1 else None
