"""The index of collected records: which ids are in, with the hash of their sealed bytes.

The files are the truth, and the index can be made again from them alone; it remembers what was taken
in, so that a file that is gone is missed.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interviewer.outbox import LINK, RECORD, ids
from surveys.language import _
from surveys.problems import Refusal

NAME = "index.sqlite"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS records "
    "(id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, link_sha256 TEXT NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Hashes:
    """SHA-256 of a record's sealed bytes and of its link file's, '' where there is none."""

    record: str
    link: str


@dataclass(frozen=True, slots=True)
class Index:
    """The index of one folder of collected records, open."""

    folder: Path
    connection: sqlite3.Connection

    def known(self, record_id: str) -> Hashes | None:
        """Return the hashes of a record's files as they are now, or None where none is there.

        What the index says does not count: a file may be gone, or a crash may have lost its line.
        """
        return hashes_of(self.folder, record_id)

    def add(self, record_id: str, hashes: Hashes) -> None:
        """Note a record whose files are in the folder."""
        self.connection.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
            (record_id, hashes.record, hashes.link),
        )


@contextmanager
def opened(folder: Path) -> Iterator[Index]:
    """Open the index of a folder; what is noted is kept at the end.

    It is made again from the files where it is missing or damaged; a damaged one is set aside under
    another name. Raises Refusal where another program holds it, or the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        index = _whole(folder)
        try:
            yield index
            index.connection.commit()
        finally:
            index.connection.close()
    except sqlite3.Error as error:
        raise Refusal(
            _("{path}: cannot be used ({why}); close what uses it, or move it away").format(
                path=folder / NAME, why=error
            )
        ) from error


def _whole(folder: Path) -> Index:
    try:
        return _connected(folder)
    except sqlite3.OperationalError:
        raise  # locked, or no room: not damaged
    except sqlite3.DatabaseError:
        for ending in ("-wal", "-shm"):
            (folder / f"{NAME}{ending}").unlink(missing_ok=True)
        os.replace(folder / NAME, folder / f"{NAME}.damaged")
        return _connected(folder)


def _connected(folder: Path) -> Index:
    is_new = not (folder / NAME).exists()
    connection = sqlite3.connect(folder / NAME)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("quick_check")
        connection.execute(_TABLE)
        index = Index(folder, connection)
        if is_new:
            _rebuild(index)
            connection.commit()
    except BaseException:
        connection.close()
        raise
    return index


def _rebuild(index: Index) -> None:
    for record_id in ids(index.folder):
        hashes = hashes_of(index.folder, record_id)
        if hashes is not None:
            index.add(record_id, hashes)


def noted(folder: Path) -> list[str]:
    """Return the ids of the records that the index says were taken in; [] where there is no index."""
    if not (folder / NAME).exists():
        return []
    with opened(folder) as index:
        return [row[0] for row in index.connection.execute("SELECT id FROM records ORDER BY id")]


def hashes_of(folder: Path, record_id: str) -> Hashes | None:
    """Return the hashes of the files of a record in a folder, '' for one that is not there.

    None where neither is.
    """
    record, link = folder / f"{record_id}{RECORD}", folder / f"{record_id}{LINK}"
    hashes = Hashes(*(_hash(path) if path.is_file() else "" for path in (record, link)))
    return hashes if hashes.record or hashes.link else None


def _hash(path: Path) -> str:
    return sha256(path.read_bytes())


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
