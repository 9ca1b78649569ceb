"""The study's ledger: one JSON line each time records or drafts were opened, or a dataset was made.

Each line carries the SHA-256 of the line before it, so that a line changed or taken out of the middle
shows. A ledger cut short at its end does not show by itself: note the last hash elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from surveys.language import _
from surveys.problems import Refusal

Event = Literal["unseal", "export", "recover"]
_NONE = "0" * 64


def append(
    path: Path, event: Event, what: str, count: int, *, sha256: str = "", now: datetime
) -> None:
    """Add a line and make it durable; raises Refusal where it cannot: what is not written is not done.

    `what` says what for, `count` of how many records, `sha256` is of the file written, '' if none.
    """
    try:
        lines = _lines(path)
        line = {
            "previous": hashlib.sha256(lines[-1]).hexdigest() if lines else _NONE,
            "time": now.astimezone(UTC).isoformat(timespec="seconds"),
            "event": event,
            "what": what,
            "count": count,
            "sha256": sha256,
        }
        _write(path, json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))
    except OSError as error:
        raise Refusal(
            _("{path}: could not be written ({why}); free some space or check the disk").format(
                path=path, why=error.strerror
            )
        ) from error


def _write(path: Path, line: bytes) -> None:
    with path.open("ab") as file:
        torn = file.tell() > 0 and not path.read_bytes().endswith(b"\n")  # a power cut in mid-line
        file.write((b"\n" if torn else b"") + line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def first_break(path: Path) -> int | None:
    """Return the number of the first line, from 1, that does not follow from the one before; or None."""
    previous = _NONE
    for number, line in enumerate(_lines(path), start=1):
        try:
            found = json.loads(line)["previous"]
        except (ValueError, KeyError, TypeError):
            return number
        if found != previous:
            return number
        previous = hashlib.sha256(line).hexdigest()
    return None


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []
