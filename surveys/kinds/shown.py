"""note and acknowledge: read aloud or confirmed; a note asks nothing and holds nothing."""

from __future__ import annotations

from collections.abc import Sequence

from surveys.instrument import Choice, Question
from surveys.kinds.kind import Kind, WhyNot
from surveys.language import _


def read_acknowledge(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return OK, as ODK stores it, for 1 or OK."""
    if typed.strip().upper() in {"1", "OK"}:
        return "OK"
    return WhyNot(_("Type 1 to confirm."))


NOTE = Kind("note", storage="none", is_asked=False)
ACKNOWLEDGE = Kind("acknowledge", storage="text", read=read_acknowledge)
