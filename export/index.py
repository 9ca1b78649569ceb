"""The index of collected records: which ids are in, with the hash of their sealed bytes.

The files are the truth: the index saves hashing them again, and `rebuilt` makes it from them alone.
Beside a file in quarantine stands a note of why it is there.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interviewer.files import write_durably
from interviewer.outbox import LINK, RECORD, ids

NAME = "index.sqlite"
QUARANTINE = "quarantine"
_TABLES = """
CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, link_sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS quarantine (sha256 TEXT PRIMARY KEY, id TEXT NOT NULL, reason TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Hashes:
    """SHA-256 of a record's sealed bytes and of its link file's, '' where it has none."""

    record: str
    link: str


@dataclass(frozen=True, slots=True)
class Index:
    """The index of one folder of collected records, open."""

    folder: Path
    connection: sqlite3.Connection

    def known(self, record_id: str) -> Hashes | None:
        """Return the hashes of a record taken in, or None.

        A record whose files are there, but whose line a crash has lost, is known too.
        """
        wanted = "SELECT sha256, link_sha256 FROM records WHERE id = ?"
        row = self.connection.execute(wanted, (record_id,)).fetchone()
        return Hashes(*row) if row else hashes_of(self.folder, record_id)

    def add(self, record_id: str, hashes: Hashes) -> None:
        """Note a record whose files are in the folder."""
        self.connection.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
            (record_id, hashes.record, hashes.link),
        )

    def quarantine(self, content: bytes, record_id: str, reason: str) -> None:
        """Keep a file whole under its hash, with the id it bore ('' if none) and why it is there."""
        digest = sha256(content)
        note = {"id": record_id, "reason": reason}
        folder = self.folder / QUARANTINE
        if not (folder / f"{digest}.json").exists():
            write_durably(folder / digest, content)
            write_durably(folder / f"{digest}.json", json.dumps(note).encode("ascii"))
        self._note(digest, record_id, reason)

    def _note(self, digest: str, record_id: str, reason: str) -> None:
        self.connection.execute(
            "INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?)", (digest, record_id, reason)
        )


@contextmanager
def opened(folder: Path) -> Iterator[Index]:
    """Open the index of a folder, rebuilding it where it is missing; what is noted is kept at the end."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not (folder / NAME).exists()
    connection = sqlite3.connect(folder / NAME)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(_TABLES)
        index = Index(folder, connection)
        if is_new:
            _rebuild(index)
            connection.commit()
        yield index
        connection.commit()
    finally:
        connection.close()


def _rebuild(index: Index) -> None:
    for record_id in ids(index.folder):
        hashes = hashes_of(index.folder, record_id)
        if hashes is not None:
            index.add(record_id, hashes)
    for path in sorted((index.folder / QUARANTINE).glob("*.json")):
        note = json.loads(path.read_bytes())
        index._note(path.stem, note["id"], note["reason"])


def hashes_of(folder: Path, record_id: str) -> Hashes | None:
    """Return the hashes of the files of a record in a folder, or None where there is no record."""
    record, link = folder / f"{record_id}{RECORD}", folder / f"{record_id}{LINK}"
    if not record.is_file():
        return None
    return Hashes(_hash(record), _hash(link) if link.is_file() else "")


def _hash(path: Path) -> str:
    return sha256(path.read_bytes())


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
