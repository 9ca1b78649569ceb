"""ASCII armor of an age file: reading it. Souspli writes binary files only.

Source: the age specification (C2SP), "ASCII armor": strict PEM (RFC 7468, figure 3).
"""

from __future__ import annotations

import base64
import re

# Only full lines, then at most one shorter. Blanks may stand before and after, nothing else may.
_ARMOR = re.compile(
    rb"\s*+-----BEGIN AGE ENCRYPTED FILE-----\r?\n"
    rb"((?:[A-Za-z0-9+/]{64}\r?\n)*+(?:[A-Za-z0-9+/=]{4,64}\r?\n)?)"
    rb"-----END AGE ENCRYPTED FILE-----\s*+"
)


def is_armored(start: bytes) -> bool:
    """Return whether a file whose first line is `start` claims to be armored.

    A leading blank counts: no binary age file begins with one.
    """
    return start.startswith(b"-----") or start.lstrip() != start


def decode(text: bytes) -> bytes:
    """Return the binary file that the armor holds.

    Raises ValueError for anything but the one way of writing it: armor that could be rewritten
    would let one file have two hashes.
    """
    found = _ARMOR.fullmatch(text)
    if found is None:
        raise ValueError("not strict armor")
    encoded = found[1].replace(b"\r", b"").replace(b"\n", b"")
    data = base64.b64decode(encoded, validate=True)
    if base64.b64encode(data) != encoded:
        raise ValueError("not canonical base64")
    return data
