"""The outbox: sealed records on their way to the study lead. Names are random ids, times say nothing."""

from __future__ import annotations

from pathlib import Path

from interviewer.files import write_durably

RECORD = ".age"
LINK = ".link.age"


def put(outbox: Path, record_id: str, sealed: bytes, links: bytes | None) -> None:
    """Put a sealed record into the outbox; the link file goes first, so no record lacks its own."""
    if links is not None:
        write_durably(outbox / f"{record_id}{LINK}", links)
    write_durably(outbox / f"{record_id}{RECORD}", sealed)


def ids(outbox: Path) -> list[str]:
    """Return the ids of the records in an outbox, sorted."""
    names = (path.name for path in outbox.glob(f"*{RECORD}"))
    return sorted(name.removesuffix(RECORD) for name in names if not name.endswith(LINK))
