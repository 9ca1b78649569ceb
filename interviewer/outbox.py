"""The outbox: sealed records on their way to the study lead. Names are random ids, times say nothing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from interviewer.files import write_durably

RECORD = ".age"
LINK = ".link.age"


def put(outbox: Path, record_id: str, sealed: bytes, links: bytes | None) -> None:
    """Put a sealed record into the outbox; the link file goes first, so no record lacks its own."""
    if links is not None:
        write_durably(outbox / f"{record_id}{LINK}", links)
    write_durably(outbox / f"{record_id}{RECORD}", sealed)


def digest(outbox: Path, record_id: str) -> str:
    """Return the SHA-256 of a record's sealed bytes followed by its link file's, where it has one.

    It is what the ledger says of the record as it ends. Raises OSError where the record is not there.
    """
    link = outbox / f"{record_id}{LINK}"
    hashed = hashlib.sha256((outbox / f"{record_id}{RECORD}").read_bytes())
    hashed.update(link.read_bytes() if link.exists() else b"")
    return hashed.hexdigest()


def ids(outbox: Path) -> list[str]:
    """Return the ids of the records in an outbox, sorted."""
    try:
        names = os.listdir(outbox)
    except FileNotFoundError:
        return []
    return sorted(
        name.removesuffix(RECORD)
        for name in names
        if name.endswith(RECORD) and not name.endswith(LINK) and not name.startswith(".")
    )
