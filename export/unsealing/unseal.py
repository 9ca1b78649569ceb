"""Opening the records taken in: what is inside must agree with what is outside.

What a record says of itself is checked (`agreement.py`) before a single answer is used. What fails is named
and left out, never dropped from the folder and never silently accepted; one bad record holds up no
other. What interviewers corrected since is read corrected (`amendments.py`). From here on answers
are readable, in memory alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from export import custody, ledger
from export.bars import Track, quiet
from export.collecting import index, quarantine, refused
from export.commands import in_study
from export.cores import Crew, crew
from export.holders import destruction
from export.study import Study
from export.unsealing import agreement, amendments, opening
from export.unsealing.agreement import Disagreement, Known
from export.unsealing.amendments import Amended
from export.unsealing.opening import Keys, Opened, Sealed
from interviewer import age, outbox, record
from interviewer.record import Record
from surveys.language import _
from surveys.problems import Refusal

Reason = Literal["lost", "sealed", "destroyed", "format"] | Disagreement


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
    """What records are checked against, what opens them and who does it, the files in quarantine by id."""

    known: Known
    keys: Keys
    crew: Crew
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
    withdrawn = refused.of_study(study)
    record_ids = sorted({*outbox.ids(study.collected), *index.noted(study.collected)} - withdrawn)
    keys = Keys(tuple(identities), study.bucket, study.collected)
    # From outside nothing tells whose a record is: one of a key that is gone looks like one altered.
    is_gone = any(one.role == "study" for one in destruction.destroyed(study))
    unread: Reason = "destroyed" if is_gone else "sealed"
    opened: list[Record] = []
    wrong: list[LeftOut] = []
    mended: list[str] = []
    unopened: list[str] = []
    with crew(len(record_ids)) as workers:
        at_hand = _AtHand(agreement.known(study), keys, workers, quarantine.copies(study.collected))
        files = (Sealed(one, study.collected / f"{one}{outbox.RECORD}") for one in record_ids)
        came = opening.opened(workers, keys, files)
        for record_id, one in zip(track(record_ids), came, strict=True):
            filed = _judged(one, at_hand)
            if not isinstance(filed, str):
                opened.append(filed)
            elif copy := _good_copy(record_id, at_hand):
                opened.append(copy)
                mended.append(record_id)
            else:
                unopened += [record_id] if filed == "refused" else []
                wrong.append(LeftOut(record_id, unread if filed == "refused" else filed))
    count = len(record_ids) - len(unopened) - sum(left.reason == "lost" for left in wrong)
    if unopened and count == 0:
        raise Refusal(
            _(
                "no record opens any more: the study key they were sealed to was destroyed; see: "
                "souspli status --ledger{study}"
            ).format(study=in_study(study))
            if is_gone
            else _("this key opens none of the records; give the study's own key")
        )
    ledger.append(
        study.ledger, "unseal", purpose, count, key=custody.ledger_key(identities), now=now
    )
    # What corrects a withdrawn record says which case withdrew: it is not used, and not named.
    records, amended = amendments.applied([one for one in opened if one.amends not in withdrawn])
    numbers = {(one.device, one.sequence) for one in opened} | _ranks(at_hand.known, withdrawn)
    return Unsealed(
        records, tuple(wrong), _repeated(opened), _missing(numbers), tuple(mended), amended
    )


def _judged(one: Opened, at_hand: _AtHand) -> Record | Reason | Literal["refused"]:
    """Return the record in an opened file, or why it is not used; 'refused' where no key opens it."""
    if one.fault is not None:
        return one.fault
    try:
        found = record.parsed(one.text)
    except _MALFORMED:
        return "format"  # sealed to the study, but by no program of ours
    if not agreement.is_well_formed(found):
        return "format"
    return agreement.disagreement(found, one.id, at_hand.known, one.digest) or found


_MALFORMED = (record.RecordError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


def _good_copy(record_id: str, at_hand: _AtHand) -> Record | None:
    """Return what a copy of a record in quarantine holds, if it is what the record's laptop sealed.

    The file taken in may have been damaged since. Only the ledger tells which copy is good: whatever
    was set aside may have been made by anybody.
    """
    files = [Sealed(record_id, path) for path in at_hand.copies.get(record_id, ())]
    for copy in opening.opened(at_hand.crew, at_hand.keys, files):
        if (record_id, copy.digest) in at_hand.known.sealers:
            found = _judged(copy, at_hand)
            if not isinstance(found, str):
                return found
    return None


def _ranks(known: Known, record_ids: Set[str]) -> set[tuple[str, int]]:
    """Return the numbers that the ledgers give some records."""
    return {
        (device, ranks[one])
        for device, ranks in known.ranks.items()
        for one in record_ids & ranks.keys()
    }


def _repeated(opened: Sequence[Record]) -> tuple[Repeated, ...]:
    used: dict[tuple[str, int], list[str]] = defaultdict(list)
    for found in opened:
        used[found.device, found.sequence].append(found.id)
    return tuple(
        Repeated(*number, tuple(ids)) for number, ids in sorted(used.items()) if len(ids) > 1
    )


def _missing(numbers: Set[tuple[str, int]]) -> tuple[Missing, ...]:
    """Return the numbers that a device has passed and of which there is nothing."""
    before = dict.fromkeys((device for device, _number in numbers), 0)
    gaps = []
    for device, number in sorted(numbers):
        if number > before[device] + 1:
            gaps.append(Missing(device, before[device] + 1, number - 1))
        before[device] = number
    return tuple(gaps)


def why(reason: Reason) -> str:
    """Return in words why a record is not used."""
    if reason == "lost":
        return _("it was taken in and its file is gone; collect it again, or restore a copy")
    if reason == "sealed":
        return _(
            "the key does not open it, or it was altered after it was sealed; collect it again from the laptop"
        )
    if reason == "destroyed":
        return _(
            "no key that is left opens it, and a study key was destroyed (souspli status --ledger): nothing is "
            "to be done, unless it was altered"
        )
    if reason == "format":
        return _("what is inside is not a record; keep the laptop, and ask the interviewer")
    return agreement.why(reason)
