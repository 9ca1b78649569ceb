"""JSON that anybody may have written: inside sealed and signed files, too, for anyone can seal to a recipient."""

from __future__ import annotations

import json
from typing import Any

_MOST_DIGITS = 18


def read(content: bytes) -> Any:
    """Return what JSON says; raises ValueError where it is none.

    It is none either where it is nested too deep to be read, holds half a character (\\ud800), which
    nothing could write again, or a number that is none (NaN) or has more digits than any of ours.
    """
    try:
        text = content.decode("utf-8")
        found = json.loads(text, parse_int=_whole, parse_constant=_no_number)
        if b"\\u" in content:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return found


def _whole(digits: str) -> int:
    """Return a whole number, as far as 64 bits hold it: with others, sums and shares would overflow."""
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _no_number(name: str) -> float:
    raise ValueError("not a number")
