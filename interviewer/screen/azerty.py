"""A French keyboard, whose digits need Shift: where codes are digits, the key alone is enough."""

from __future__ import annotations

from interviewer.screen.entries import entries, is_closed, is_long
from interviewer.screen.view import View

_DIGITS = dict(zip("&é\"'(-è_çà", "1234567890", strict=True))


def unshifted(view: View, character: str) -> str:
    """Return the digit on the same key as a character, where only a digit can be meant.

    Wherever text is typed, and where letters could sift a long list, the character itself.
    """
    digit = _DIGITS.get(character)
    if digit is None or view.mode == "stop":
        return digit or character
    if view.mode != "answer" or view.step is None or not is_closed(view.step):
        return character
    offered = entries(view.interview, view.step)
    if is_long(offered, view.size):
        return character
    is_digits = all(entry.code.isascii() and entry.code.isdigit() for entry in offered)
    return digit if is_digits else character
