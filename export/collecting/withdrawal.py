"""Records withdrawn: removed from the study folder, and refused from then on, by their ids alone.

In an order that a crash at any point leaves to be gone on with: the study's ledger says so, the ids are on
the refuse list, then the files go (copies set aside, record, link file), then what the index knew.
Done again, it removes what is still there, or changes nothing. Copies elsewhere are out of its reach.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody, ledger
from export.collecting import index, quarantine, refused
from export.study import Study
from interviewer.files import alone, sync_folder
from interviewer.outbox import LINK, RECORD
from surveys.language import _
from surveys.problems import Refusal

_ASIDE = re.compile(r"[0-9a-f]{64}")  # how quarantine names a file: its SHA-256


@dataclass(frozen=True, slots=True)
class Export:
    """A dataset made before: the day (ISO), its questionnaire, how many rows, its SHA-256."""

    day: str
    instrument: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What became of some records, by id.

    `removed` had a file here; `absent` had none, and were not withdrawn before: they may come yet, and are
    refused then; `before` were withdrawn before. `aside` counts the files removed from quarantine,
    `nameless` those left there that bore no record's id, so that nothing tells whose they are.
    `exports` are the datasets made before the withdrawal, whatever is in them.
    """

    removed: tuple[str, ...]
    absent: tuple[str, ...]
    before: tuple[str, ...]
    aside: int
    nameless: int
    exports: tuple[Export, ...]


def withdraw(
    study: Study, record_ids: Sequence[str], key: Ed25519PrivateKey, now: datetime
) -> Withdrawn:
    """Remove records and refuse them from now on; `key` is the study's signing key.

    Raises Refusal where the key is another's, records are being taken in, or the disk refuses: what is
    left is removed the next time.
    """
    custody.require_signer(key, study.signer)
    folder = study.collected
    with alone(folder / index.LOCK), index.opened(folder) as noted:
        known = refused.ids(folder)
        _note(study, record_ids, known, key, now)
        refused.add(folder, record_ids)
        removed, aside = _removed(folder, record_ids)
        noted.forget(record_ids)
    others = [one for one in record_ids if one not in removed]
    return Withdrawn(
        removed=tuple(one for one in record_ids if one in removed),
        absent=tuple(one for one in others if one not in known),
        before=tuple(one for one in others if one in known),
        aside=aside,
        nameless=_nameless(folder),
        exports=_exports(study, frozenset(record_ids)),
    )


def _note(
    study: Study,
    record_ids: Sequence[str],
    known: Set[str],
    key: Ed25519PrivateKey,
    now: datetime,
) -> None:
    """Note in the study's ledger which records are withdrawn: random ids, which are no secret.

    One that was noted and is not on the refuse list is noted again: a crash may lie between the two, and
    a dataset made since.
    """
    before = refused.noted(study) & known
    new = [one for one in record_ids if one not in before]
    if new:
        ledger.append(study.ledger, "withdraw", " ".join(new), len(new), key=key, now=now)


def _exports(study: Study, record_ids: frozenset[str]) -> tuple[Export, ...]:
    """Return the datasets noted before some records were withdrawn: the answers may be in any of them."""
    lines = list(ledger.verified(study.ledger, study.signer).lines.values())
    withdrawals = [
        at
        for at, line in enumerate(lines)
        if line.event == "withdraw" and not record_ids.isdisjoint(line.what.split())
    ]
    return tuple(
        Export(line.time[:10], line.what, line.count, line.sha256)
        for line in lines[: max(withdrawals, default=0)]
        if line.event == "export"
    )


# --- the files ----------------------------------------------------------------------------------


def _removed(folder: Path, record_ids: Sequence[str]) -> tuple[set[str], int]:
    """Remove the files of records; return the ids that had any, and how many files were set aside."""
    copies = _aside(folder, record_ids)
    with_files = {one for one, paths in copies.items() if paths}
    aside = 0
    for path in [path for paths in copies.values() for path in paths]:
        aside += _unlink(path)
        _unlink(path.with_suffix(".json"))  # last, for it alone tells whose the file is
    _clear_torn(folder / quarantine.NAME)
    for one in record_ids:
        for name in (f"{one}{RECORD}", f"{one}{LINK}"):
            if _unlink(folder / name):
                with_files.add(one)
            _unlink(folder / f".{name}.tmp")
    _make_durable(folder)
    return with_files, aside


def _aside(folder: Path, record_ids: Sequence[str]) -> dict[str, list[Path]]:
    """Return the files in quarantine of each record: under its id, or of the same bytes under any name."""
    named = quarantine.copies(folder)
    found: dict[str, list[Path]] = {}
    for one in record_ids:
        hashes = index.hashes_of(folder, one)
        same = {hashes.record, hashes.link} - {""} if hashes else set()
        alike = [folder / quarantine.NAME / digest for digest in sorted(same)]
        paths = dict.fromkeys([*named.get(one, ()), *(path for path in alike if path.exists())])
        found[one] = list(paths)
    return found


def _nameless(folder: Path) -> int:
    """Return how many files in quarantine bore no record's id, or lost the note that says which."""
    named = {path for one, paths in quarantine.copies(folder).items() if one for path in paths}
    files = (path for path in (folder / quarantine.NAME).glob("*") if _ASIDE.fullmatch(path.name))
    return sum(path not in named for path in files)


def _clear_torn(aside: Path) -> None:
    """Remove what a crash left half set aside or half removed: a file without its note, a note alone.

    It may be of any record, and what was being set aside is in its bundle still.
    """
    for path in sorted((*aside.glob("*"), *aside.glob(".*.tmp"))):
        is_file, is_note = bool(_ASIDE.fullmatch(path.name)), path.suffix == ".json"
        beside = path.with_suffix("" if is_note else ".json")
        if path.suffix == ".tmp" or ((is_file or is_note) and not beside.exists()):
            _unlink(path)


def _unlink(path: Path) -> bool:
    """Remove a file, and return whether it was there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Refusal(
            _("{path}: could not be removed ({why}); check the disk, then do it again").format(
                path=path, why=error.strerror
            )
        ) from error
    return True


def _make_durable(folder: Path) -> None:
    for one in (folder / quarantine.NAME, folder):
        if one.is_dir():
            _sync(one)


def _sync(folder: Path) -> None:
    try:
        sync_folder(folder)
    except OSError as error:
        raise Refusal(
            _("{path}: could not be written ({why}); free some space or check the disk").format(
                path=folder, why=error.strerror
            )
        ) from error
