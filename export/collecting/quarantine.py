"""Files set aside, whole: each under its SHA-256, with a note beside it of the id it bore and why it is there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from interviewer.files import write_durably

NAME = "quarantine"


def put(folder: Path, content: bytes, record_id: str, reason: str) -> None:
    """Keep a file in the quarantine of a folder; `record_id` is '' for one that bore none."""
    path = folder / NAME / hashlib.sha256(content).hexdigest()
    note = path.with_suffix(".json")
    if not note.exists():
        write_durably(path, content)
        write_durably(note, json.dumps({"id": record_id, "reason": reason}).encode("ascii"))


def count(folder: Path) -> int:
    """Return how many files are in quarantine."""
    return len(list((folder / NAME).glob("*.json")))


def copies(folder: Path) -> dict[str, list[Path]]:
    """Return the files in quarantine by the id they bore, each list in order of hash."""
    found: dict[str, list[Path]] = {}
    for path in sorted((folder / NAME).glob("*.json")):
        try:
            record_id = str(json.loads(path.read_bytes())["id"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue  # the file itself is still there, whole
        found.setdefault(record_id, []).append(path.with_suffix(""))
    return found
