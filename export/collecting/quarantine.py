"""Files set aside, whole: each under its SHA-256, with a note beside it of the ids it bore and why it is there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

from interviewer.files import alone, write_durably

NAME = "quarantine"
_LOCK = f"{NAME}.lock"
_PATIENCE = (
    60.0  # seconds that processes of one collection wait for each other: a file takes milliseconds
)


@dataclass(frozen=True, slots=True)
class _Note:
    """The ids that a file bore, in the order it came under them ('' for none), and why it was set aside first."""

    ids: tuple[str, ...]
    reason: str

    def encode(self) -> bytes:
        """Return what stands in the file beside it."""
        value: dict[str, object] = {"id": self.ids[0], "reason": self.reason}
        if self.ids[1:]:
            value["also"] = self.ids[1:]
        return json.dumps(value).encode("ascii")


def put(folder: Path, content: bytes, record_id: str, reason: str) -> None:
    """Keep a file in the quarantine of a folder; `record_id` is '' for one that bore none.

    The same bytes under another id are noted under that one too. Several processes may do so at once.
    """
    path = folder / NAME / hashlib.sha256(content).hexdigest()
    note = path.with_suffix(".json")
    with alone(folder / _LOCK, _PATIENCE):
        found = _read(note)
        if found is None:
            write_durably(path, content)
            write_durably(note, _Note((record_id,), reason).encode())
        elif record_id not in found.ids:
            write_durably(note, replace(found, ids=(*found.ids, record_id)).encode())


def count(folder: Path) -> int:
    """Return how many files are in quarantine."""
    return len(list((folder / NAME).glob("*.json")))


def copies(folder: Path) -> dict[str, list[Path]]:
    """Return the files in quarantine by the ids they bore, each list in order of hash."""
    found: dict[str, list[Path]] = {}
    for path in sorted((folder / NAME).glob("*.json")):
        note = _read(path)
        for record_id in note.ids if note else ():
            found.setdefault(record_id, []).append(path.with_suffix(""))
    return found


def _read(path: Path) -> _Note | None:
    """Return a note; None where there is none that can be read: the file itself is still there, whole."""
    try:
        value = json.loads(path.read_bytes())
        return _Note((str(value["id"]), *map(str, value.get("also", ()))), str(value["reason"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
