"""One spelling to look in: what people type in many ways becomes one, and its place is remembered."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


def plain(text: str) -> str:
    """Return the text in NFC: nothing of no width, control characters and line ends as spaces."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", "".join(map(_visible, text)))


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Cs":
        return "\ufffd"  # half a surrogate pair has no UTF-8
    return " " if category in {"Cc", "Zl", "Zp"} else character


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without accents, in one kind of digit, space, dash, apostrophe; case is kept.

    `origin[i]` is where character i came from; one more entry holds the length of the original.
    """

    text: str
    origin: tuple[int, ...]

    def in_the_original(self, start: int, end: int) -> tuple[int, int]:
        """Return where the passage from start to end stood, accents after it included."""
        return self.origin[start], max(self.origin[end - 1] + 1, self.origin[end])


def folded(text: str) -> Folded:
    """Return the text in its plainest spelling."""
    letters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        spelled = character if character.isascii() else _fold(character)
        letters.append(spelled)
        origin.extend([place] * len(spelled))
    return Folded("".join(letters), (*origin, len(text)))


_FOLDS: Mapping[str, str] = {
    **dict.fromkeys("’‘ʼ′`", "'"),
    **dict.fromkeys("·•․‧", "."),
    **{
        "−": "-",
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
    },
}


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    """Return what a character is in the plainest spelling; '' for an accent on its own."""
    if character in _FOLDS:
        return _FOLDS[character]
    parts = unicodedata.normalize("NFKD", character)
    return "".join(_fold_part(part) for part in parts)


def _fold_part(part: str) -> str:
    category = unicodedata.category(part)
    if category == "Nd":
        return str(unicodedata.decimal(part))
    if category in {"Mn", "Me"}:
        return ""
    return {"Pd": "-", "Zs": " "}.get(category, part)
