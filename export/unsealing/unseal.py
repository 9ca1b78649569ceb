"""Opening the records taken in: what is inside must agree with what is outside.

What a record says of itself is checked (`agreement.py`) before a single answer is used. What fails is named
and left out, never dropped from the folder and never silently accepted; one bad record holds up no
other. What interviewers corrected since is read corrected (`amendments.py`). From here on answers
are readable, in memory alone.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from export import ledger
from export.bars import Track, quiet
from export.collecting import index, quarantine
from export.study import Study
from export.unsealing import agreement, amendments
from export.unsealing.agreement import Disagreement, Known
from export.unsealing.amendments import Amended
from interviewer import age, outbox, record
from interviewer.record import Record
from surveys.language import _
from surveys.problems import Refusal

Reason = Literal["lost", "sealed", "format"] | Disagreement


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not used, and why."""

    id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Repeated:
    """Records of one device under one number: a laptop copied or set back. All of them are used."""

    device: str
    sequence: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Numbers, from `first` to `last`, of which a device that has used later ones has no record here."""

    device: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, repr=False)
class Unsealed:
    """The records opened and found good, in order of id, as corrected since; and what the lead must know.

    `left_out` are not used; `repeated` and `missing` are numbers out of order; `mended` are the ids
    of which a copy from quarantine is used, the one taken in first being bad; `amended` says what
    amendments came to. What a laptop has sealed last and never handed over cannot be missed here.
    """

    records: tuple[Record, ...]
    left_out: tuple[LeftOut, ...]
    repeated: tuple[Repeated, ...]
    missing: tuple[Missing, ...]
    mended: tuple[str, ...]
    amended: Amended


@dataclass(frozen=True, slots=True)
class _AtHand:
    """What records are checked against, the keys that open them, the files in quarantine by id."""

    known: Known
    identities: Sequence[age.Identity]
    copies: Mapping[str, Sequence[Path]]


def unseal_all(
    study: Study,
    identities: Sequence[age.Identity],
    purpose: str,
    now: datetime,
    track: Track = quiet,
) -> Unsealed:
    """Open every record taken in, and note in the study's ledger that it was done, and what for.

    Raises Refusal where the key opens none of them, or the ledger cannot be written.
    """
    at_hand = _AtHand(agreement.known(study), identities, quarantine.copies(study.collected))
    opened: list[Record] = []
    wrong: list[LeftOut] = []
    mended: list[str] = []
    refused: list[str] = []
    record_ids = sorted({*outbox.ids(study.collected), *index.noted(study.collected)})
    for record_id in track(record_ids):
        filed = _judged(study.collected / f"{record_id}{outbox.RECORD}", record_id, at_hand)
        if not isinstance(filed, str):
            opened.append(filed)
        elif copy := _good_copy(record_id, at_hand):
            opened.append(copy)
            mended.append(record_id)
        else:
            refused += [record_id] if filed == "refused" else []
            wrong.append(LeftOut(record_id, "sealed" if filed == "refused" else filed))
    count = len(record_ids) - len(refused) - sum(left.reason == "lost" for left in wrong)
    if refused and count == 0:
        raise Refusal(_("this key opens none of the records; give the study's own key"))
    ledger.append(study.ledger, "unseal", purpose, count, now=now)
    records, amended = amendments.applied(opened)
    return Unsealed(
        records, tuple(wrong), _repeated(opened), _missing(opened), tuple(mended), amended
    )


def _judged(path: Path, record_id: str, at_hand: _AtHand) -> Record | Reason | Literal["refused"]:
    """Return the record in a file, or why it is not used; 'refused' where no key at hand opens it."""
    if not path.is_file():
        return "lost"
    try:
        content = path.read_bytes()
        digest = _digest(content, record_id, at_hand)
        found = record.unseal(content, at_hand.known.study.bucket, at_hand.identities)
    except age.NoMatch:
        return "refused"
    except (age.AgeError, OSError):
        return "sealed"
    except (record.RecordError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "format"  # sealed to the study, but by no program of ours
    if not agreement.is_well_formed(found):
        return "format"
    return agreement.disagreement(found, record_id, at_hand.known, digest) or found


def _digest(content: bytes, record_id: str, at_hand: _AtHand) -> str:
    """Return what a ledger would give of these bytes as a record, with the link file taken in beside it."""
    link = at_hand.known.study.collected / f"{record_id}{outbox.LINK}"
    return hashlib.sha256(content + (link.read_bytes() if link.exists() else b"")).hexdigest()


def _good_copy(record_id: str, at_hand: _AtHand) -> Record | None:
    """Return what a copy of a record in quarantine holds, if it is what the record's laptop sealed.

    The file taken in may have been damaged since. Only the ledger tells which copy is good: whatever
    was set aside may have been made by anybody.
    """
    for path in at_hand.copies.get(record_id, ()):
        try:
            digest = _digest(path.read_bytes(), record_id, at_hand)
        except OSError:
            continue
        if (record_id, digest) in at_hand.known.sealers:
            found = _judged(path, record_id, at_hand)
            if not isinstance(found, str):
                return found
    return None


def _repeated(opened: Sequence[Record]) -> tuple[Repeated, ...]:
    used: dict[tuple[str, int], list[str]] = defaultdict(list)
    for found in opened:
        used[found.device, found.sequence].append(found.id)
    return tuple(
        Repeated(*number, tuple(ids)) for number, ids in sorted(used.items()) if len(ids) > 1
    )


def _missing(opened: Sequence[Record]) -> tuple[Missing, ...]:
    numbers = sorted({(found.device, found.sequence) for found in opened})
    before = dict.fromkeys((device for device, _number in numbers), 0)
    gaps = []
    for device, number in numbers:
        if number > before[device] + 1:
            gaps.append(Missing(device, before[device] + 1, number - 1))
        before[device] = number
    return tuple(gaps)


def why(reason: Reason) -> str:
    """Return in words why a record is not used."""
    if reason == "lost":
        return _("it was taken in and its file is gone; collect it again, or restore a copy")
    if reason == "sealed":
        return _("the key does not open it, or it was altered after it was sealed")
    if reason == "format":
        return _("what is inside is not a record")
    return agreement.why(reason)
