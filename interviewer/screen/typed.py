"""A line being typed: text and cursor; and what of a keyboard's or a paste's bytes is text at all."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from interviewer.screen.keys import Action

LONGEST = 4000  # characters; no item's max_length is more
SEQUENCE_GAP = 0.25  # seconds; a person who pressed Escape takes longer to press the next key

# ECMA-48: control sequences (CSI … final byte), control strings (OSC, DCS, SOS, PM, APC … ST or
# BEL), and the short escapes; the last alternative takes an escape that was cut off.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1bO.?|\x1b[ -/]*[0-~]?"
)


def is_text(character: str) -> bool:
    """Whether a character may stand in an answer: no control character, no half of a pair."""
    return unicodedata.category(character) not in {"Cc", "Cs"}


def cleaned(pasted: str) -> str:
    """Return a pasted text on one line, without escape sequences or control characters."""
    plain = _SEQUENCE.sub("", pasted)
    spaced = re.sub(r"[\r\n\t]+", " ", plain)
    return "".join(character for character in spaced if is_text(character))


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """A line of text and the cursor in it, 0 to its length."""

    text: str = ""
    cursor: int = 0

    def insert(self, text: str) -> Typed:
        """Return the line with a text put in at the cursor."""
        before, after = self.text[: self.cursor], self.text[self.cursor :]
        return Typed(before + text + after, self.cursor + len(text))

    def edited(self, action: Action) -> Typed:
        """Return the line after an editing key."""
        text, at = self.text, self.cursor
        match action:
            case "left":
                return Typed(text, max(0, at - 1))
            case "right":
                return Typed(text, min(len(text), at + 1))
            case "home":
                return Typed(text, 0)
            case "end":
                return Typed(text, len(text))
            case "backspace" if at:
                return Typed(text[: at - 1] + text[at:], at - 1)
            case "delete":
                return Typed(text[:at] + text[at + 1 :], at)
        return self


NOTHING_TYPED = Typed()


def line(text: str) -> Typed:
    """Return a line with the cursor at its end."""
    return Typed(text, len(text))


_State = Literal["", "escape", "control", "string", "string_escape", "last"]


@dataclass(frozen=True, slots=True)
class Escape:
    """Where the keyboard is within an escape sequence that is no key; `at` is when, in seconds.

    A terminal without bracketed paste sends a pasted `ESC [ 3 1 m` as keys: Escape, `[`, `3`, `1`,
    `m`. Without this, `3` would answer a question.
    """

    state: _State = ""
    at: float = 0.0

    def after(self, stroke: str, now: float) -> tuple[Escape, bool]:
        """Return where it is after a key, and whether that key belongs to a sequence."""
        state = self.state if now - self.at <= SEQUENCE_GAP else ""
        if stroke == "escape":
            return Escape("string_escape" if state == "string" else "escape", now), True
        if stroke in {"s-escape", "\x9b"}:  # how a one-byte CSI arrives
            return Escape("control", now), True
        if stroke in {"\x90", "\x98", "\x9d", "\x9e", "\x9f"}:
            return Escape("string", now), True
        if not state:
            return Escape(), False
        if state == "string":
            return Escape("" if stroke in {"c-g", "\x9c"} else "string", now), True
        if len(stroke) > 1:  # a key of its own ends the sequence and acts
            return Escape(), False
        return Escape(_next(state, stroke), now), True


def _next(state: _State, character: str) -> _State:
    if state == "escape":
        if character == "[":
            return "control"
        if character in "]PX^_":
            return "string"
        return "last" if character == "O" or " " <= character <= "/" else ""
    if state == "control":
        return "" if "@" <= character <= "~" else "control"
    return "last" if " " <= character <= "/" else ""
