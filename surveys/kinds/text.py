"""Text: what is typed, whole, in one normal form."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from surveys.instrument import Choice, Question
from surveys.kinds.kind import Kind, WhyNot
from surveys.language import _


def read(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return the text in NFC without spaces around it; control characters are refused.

    Length is judged after scrubbing, by whoever keeps the answer: a mark may be shorter than a name.
    """
    text = unicodedata.normalize("NFC", typed.strip())
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        return WhyNot(_("Type plain text on one line."))
    return text


TEXT = Kind("text", storage="text", read=read)
