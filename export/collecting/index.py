"""The index of collected records: which ids are in, with the hash of their sealed bytes.

The files are the truth, and the index can be made again from them alone; it remembers what was taken
in, so that a file that is gone is missed. It is one table of texts under one key, so that a server
several desks share can hold it as it is: what is sealed stays where it lies.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interviewer.outbox import LINK, RECORD, ids
from surveys.language import _
from surveys.problems import Refusal

NAME = "index.sqlite"
LOCK = f"{NAME}.lock"  # held while something is taken in or removed
_TEXT = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}|")
_SCHEMA = 1  # raised with the table
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

    def keep(self) -> None:
        """Keep what was noted so far, whatever happens next."""
        self.connection.commit()

    def forget(self, record_ids: Iterable[str]) -> None:
        """Leave no trace of some records in the index, nor in what it writes beside itself."""
        self.connection.execute("PRAGMA secure_delete=ON")
        self.connection.executemany(
            "DELETE FROM records WHERE id = ?", [(one,) for one in record_ids]
        )
        self.connection.commit()
        self.connection.execute("VACUUM")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (self.folder / f"{NAME}.damaged").unlink(missing_ok=True)

    def noted(self) -> Set[str]:
        """Return the ids that were noted."""
        return {row[0] for row in self.connection.execute("SELECT id FROM records")}


@contextmanager
def opened(folder: Path) -> Iterator[Index]:
    """Open the index of a folder; what is noted is kept at the end.

    It is made again from the files where it is missing or damaged; a damaged one is set aside under
    another name. A file that a crash left un-noted is noted. Raises Refusal where another program holds
    it, or the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        index = _whole(folder)
        try:
            yield index
            index.keep()
        finally:
            index.connection.close()
    except sqlite3.Error as error:
        raise Refusal(
            _("{path}: cannot be used ({why}); close what uses it, or move it away").format(
                path=folder / NAME, why=error
            )
        ) from error


def rebuilt(folder: Path) -> tuple[int, int]:
    """Make the index again; return how many records are here, and of how many others the file is gone.

    Of those here the files alone count. Those that are gone stay noted, so that they are missed; of a
    damaged index nothing can be known.
    """
    with opened(folder) as index:
        here = ids(folder)
        for record_id in here:
            index.add(record_id, hashes_of(folder, record_id) or Hashes("", ""))
        return len(here), len(index.noted() - {*here})


def _whole(folder: Path) -> Index:
    try:
        return _connected(folder)
    except sqlite3.OperationalError:
        raise  # locked, or no room: not damaged
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # the latter of a message of SQLite's own
        for ending in ("-wal", "-shm"):
            (folder / f"{NAME}{ending}").unlink(missing_ok=True)
        os.replace(folder / NAME, folder / f"{NAME}.damaged")
        return _connected(folder)


def _connected(folder: Path) -> Index:
    connection = sqlite3.connect(folder / NAME)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")  # the files are synced, and are the truth
        if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("integrity_check")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version={_SCHEMA}")
        if not all(map(_is_row, connection.execute("SELECT id, sha256, link_sha256 FROM records"))):
            raise sqlite3.DatabaseError("rows")
        index = Index(folder, connection)
        _note_what_is_here(index)
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return index


def _is_row(row: tuple[object, ...]) -> bool:
    """Whether a row holds what was put into it: a damaged file may give anything."""
    return all(isinstance(one, str) and _TEXT.fullmatch(one) for one in row)


def _note_what_is_here(index: Index) -> None:
    for record_id in sorted({*ids(index.folder)} - index.noted()):
        hashes = hashes_of(index.folder, record_id)
        if hashes is not None:
            index.add(record_id, hashes)


def noted(folder: Path) -> list[str]:
    """Return the ids of the records that the index says were taken in; [] where there is no index."""
    if not (folder / NAME).exists():
        return []
    with opened(folder) as index:
        return sorted(index.noted())


def hashes_of(folder: Path, record_id: str) -> Hashes | None:
    """Return the hashes of the files of a record in a folder, '' for one that is not there.

    None where neither is.
    """
    record, link = (_hash(f"{folder / record_id}{ending}") for ending in (RECORD, LINK))
    return Hashes(record, link) if record or link else None


def _hash(path: str) -> str:
    return sha256(Path(path).read_bytes()) if os.path.isfile(path) else ""


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
