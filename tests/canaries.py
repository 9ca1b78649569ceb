"""How a text could be read in some bytes: for tests that look for answers where none may be."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator


def spellings(canary: str) -> Iterator[bytes]:
    """Yield every byte string that would give a text away: raw, hexadecimal, base64, JSON, UTF-16.

    Of base64 what is certain whatever stands before and after it, for each of the three ways in which
    the text can begin within a group of three bytes.
    """
    escaped = json.dumps(canary)[1:-1].encode()
    for raw in {canary.encode(), escaped, canary.replace(".", ",").encode()}:
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for skipped in range(3):
            encoded = base64.b64encode(b"\0" * skipped + raw)
            whole = encoded[(0, 2, 3)[skipped] : len(encoded) - (0, 3, 2)[(skipped + len(raw)) % 3]]
            yield whole
            yield whole.replace(b"+", b"-").replace(b"/", b"_")
    yield canary.encode("utf-16-le")
    yield canary.encode("utf-16-be")
