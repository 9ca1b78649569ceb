"""What the ledgers of a study's laptops say, as last seen: devices/NAME.ledger, read and written.

A laptop signs its ledger and hands it over with its records. What is kept here was compared with what was
seen before (`collecting/vouching.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from export.laptops import devices
from export.study import Study
from interviewer import ledger
from interviewer.files import write_durably
from interviewer.ledger import LedgerError, Line
from surveys.language import _
from surveys.problems import Refusal

SUFFIX = ".ledger"


@dataclass(frozen=True)
class Account:
    """What the lines of a laptop's ledger say, in order: what the first line of each id says of it.

    `begun` has the digest of the draft's head, `ended` that of what was sealed, '' where nothing was.
    `lines` are counted, `head` is the hash of the last, '' where there is none.
    """

    begun: Mapping[str, str]
    ended: Mapping[str, str]
    lines: int = 0
    head: str = ""

    @cached_property
    def sealed(self) -> dict[str, str]:
        """The digests of the records sealed, by id."""
        return {record_id: digest for record_id, digest in self.ended.items() if digest}


def of_lines(lines: Sequence[Line]) -> Account:
    """Return what some lines say. Of a record that ended twice the first end counts: nothing is resealed."""
    begun: dict[str, str] = {}
    ended: dict[str, str] = {}
    for line in lines:
        if line.event != "handover":
            (begun if line.event == "start" else ended).setdefault(line.id, line.hash)
    return Account(begun, ended, len(lines), lines[-1].digest if lines else "")


def joined(accounts: Iterable[Account]) -> Account:
    """Return what several ledgers say together; of one alone, the same with its head."""
    found = list(accounts)
    if len(found) == 1:
        return found[0]
    begun: dict[str, str] = {}
    ended: dict[str, str] = {}
    for one in found:
        begun |= one.begun
        ended |= one.ended
    return Account(begun, ended)


def of_laptop(study: Study, device: str) -> Account:
    """Return what the ledger of a laptop says, as last seen; raises Refusal if damaged."""
    return of_lines(seen(study, device))


def all_of(study: Study) -> dict[str, Account]:
    """Return by name what the ledgers of the study's laptops say, as last seen."""
    return {one.name: of_laptop(study, one.name) for one in devices.all_of(study)}


def seen(study: Study, device: str) -> tuple[Line, ...]:
    """Return the lines last seen of a laptop's ledger, () where none was; raises Refusal if damaged."""
    path = _path(study, device)
    try:
        return ledger.read(path.read_bytes()) if path.exists() else ()
    except (OSError, LedgerError) as error:
        raise Refusal(
            _("{path}: cannot be read; restore it from a copy").format(path=path)
        ) from error


def begun_by(study: Study) -> dict[str, str]:
    """Return which laptop's ledger begins each record, by id; '' where several do."""
    found: dict[str, str] = {}
    for one in devices.all_of(study):
        for line in seen(study, one.name):
            if line.event == "start" and found.setdefault(line.id, one.name) != one.name:
                found[line.id] = ""
    return found


def remember(study: Study, device: str, lines: Sequence[Line], head: bytes) -> None:
    """Keep some lines as the last seen of a laptop's ledger, and the head that signs them.

    The head lets another desk believe a copy of this study folder.
    """
    write_durably(head_path(study.devices, device), head)
    write_durably(_path(study, device), b"".join(line.encode() + b"\n" for line in lines))


def head_path(folder: Path, device: str) -> Path:
    """Return where the signed head of a laptop's ledger is, in the devices/ of a study folder."""
    return folder / f"{device}{SUFFIX}.head"


def _path(study: Study, device: str) -> Path:
    return study.devices / f"{device}{SUFFIX}"
