"""Sealed files opened, many at a time: the text inside each, or why it could not be opened.

Nothing of a text is looked at here. It goes through the memory of this command's own processes, a few
hundred at a time however many there are.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from export.cores import Crew
from interviewer import age, record
from interviewer.outbox import LINK

Fault = Literal["lost", "refused", "sealed", "format"]


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What opens some records: the identities, the size of what is inside, where link files are."""

    identities: tuple[age.Identity, ...]
    bucket: int
    links: Path


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file, and the id of the record that it should be."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """What came of a file: the text inside, or the fault (the text is then empty).

    `digest` is what a ledger would give of these bytes as a record, with the link file beside it.
    'lost': there is no such file; 'refused': no key at hand opens it; 'sealed': it was altered, or cannot
    be read; 'format': what is inside is no record's text.
    """

    id: str
    text: bytes
    digest: str
    fault: Fault | None


def opened(crew: Crew, keys: Keys, files: Iterable[Sealed]) -> Iterator[Opened]:
    """Yield what came of each file, in order."""
    return crew.spread(batch, keys, files)


def batch(keys: Keys, files: Sequence[Sealed]) -> list[Opened]:
    """Return what came of some files."""
    return [_one(keys, one) for one in files]


def _one(keys: Keys, sealed: Sealed) -> Opened:
    try:
        content = sealed.path.read_bytes()
        digest = _digest(content, keys.links / f"{sealed.id}{LINK}")
    except FileNotFoundError:
        return Opened(sealed.id, b"", "", "lost")
    except OSError:
        return Opened(sealed.id, b"", "", "sealed")
    fault: Fault
    try:
        return Opened(sealed.id, record.opened(content, keys.bucket, keys.identities), digest, None)
    except age.NoMatch:
        fault = "refused"
    except age.AgeError:
        fault = "sealed"
    except record.RecordError:
        fault = "format"  # sealed to the study, but by no program of ours
    return Opened(sealed.id, b"", digest, fault)


def _digest(content: bytes, link: Path) -> str:
    found = hashlib.sha256(content)
    with contextlib.suppress(FileNotFoundError):
        found.update(link.read_bytes())
    return found.hexdigest()
