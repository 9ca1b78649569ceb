"""Sealed lists whose size says little: JSON, filled with zeros to a multiple of 16 KiB, in an age file.

How many cases a laptop has cannot be told from the size of its kit, up to the grain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from interviewer import age, foreign

GRAIN = 16 * 1024  # bytes: some seven hundred cases


def seal(value: Mapping[str, object], recipients: Sequence[age.Recipient]) -> bytes:
    """Return a map sealed to these recipients. An observer learns its size up to the grain."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    size = -(-len(content) // GRAIN) * GRAIN
    return age.seal(content.ljust(size, b"\0"), recipients)


def unseal(sealed: bytes, identities: Sequence[age.Identity]) -> dict[str, Any]:
    """Return the map inside; raises AgeError, or ValueError where what is inside is none."""
    content = age.unseal(sealed, identities)
    found = foreign.read(content.rstrip(b"\0"))
    if len(content) % GRAIN or not isinstance(found, dict):
        raise ValueError
    return found
