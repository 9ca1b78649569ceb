"""Opening the records taken in: what is inside must agree with what is outside.

What a record says of itself is checked (`agreement.py`) before a single answer is used. What fails is named
and left out, never dropped from the folder and never silently accepted; one bad record holds up no
other. What interviewers corrected since is read corrected (`amendments.py`). From here on answers
are readable, in memory alone.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from export import custody, ledger
from export.bars import Track, quiet
from export.collecting import index, quarantine, refused
from export.commands import in_study
from export.cores import crew
from export.holders import destruction
from export.study import Study
from export.unsealing import agreement, amendments, reading
from export.unsealing.agreement import Disagreement, Known
from export.unsealing.amendments import Amended
from export.unsealing.opening import Keys, Sealed
from export.unsealing.reading import Batch, Read, Reading, Shortening
from interviewer import age, outbox
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
    """What records are checked against, what opens them, the files in quarantine by id."""

    known: Known
    reading: Reading
    copies: Mapping[str, Sequence[Path]]


def unseal_all(
    study: Study,
    identities: Sequence[age.Identity],
    purpose: str,
    now: datetime,
    track: Track = quiet,
    shortening: Shortening | None = None,
    take: Callable[[Any, Sequence[int], Sequence[str]], None] | None = None,
) -> Unsealed:
    """Open every record taken in, and note in the study's ledger that it was done, and what for.

    With a `shortening` the records have few answers or none, and `take` is given, batch by batch, what
    was made of the answers, the places in it of the records that are good, and their ids. Raises Refusal
    where the key opens none of them, or the ledger cannot be written.
    """
    withdrawn = refused.of_study(study)
    ids = deque(sorted({*outbox.ids(study.collected), *index.noted(study.collected)} - withdrawn))
    total = len(ids)
    keys = Keys(tuple(identities), study.bucket, study.collected)
    known = agreement.known(study)
    # From outside nothing tells whose a record is: one of a key that is gone looks like one altered.
    is_gone = any(one.role == "study" for one in destruction.destroyed(study))
    unread: Reason = "destroyed" if is_gone else "sealed"
    opened: list[Record] = []
    wrong: list[LeftOut] = []
    mended: list[str] = []
    unopened: list[str] = []
    with crew(total) as workers:
        at_hand = _AtHand(
            known,
            Reading(keys, known.questionnaires, shortening),
            quarantine.copies(study.collected),
        )
        shown = iter(track([""] * total))  # it only counts
        for batch in reading.batches(workers, at_hand.reading, _files(study, ids)):
            good: list[int] = []
            for place, one in enumerate(batch.read):
                next(shown)
                filed = _judged(one, at_hand)
                if not isinstance(filed, str):
                    opened.append(filed)
                    good.append(place)
                elif copy := _good_copy(one.id, at_hand):
                    opened.append(copy.record)
                    mended.append(one.id)
                    if take is not None:
                        _hand_over(take, copy.batch, [0])
                else:
                    unopened += [one.id] if filed == "refused" else []
                    wrong.append(LeftOut(one.id, unread if filed == "refused" else filed))
            if take is not None:
                _hand_over(take, batch, good)
        next(shown, None)  # at its end a bar goes
    count = total - len(unopened) - sum(left.reason == "lost" for left in wrong)
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
    used = _numbers(opened)
    return Unsealed(
        records,
        tuple(wrong),
        _repeated(opened, used),
        _missing(used, known, withdrawn),
        tuple(mended),
        amended,
    )


def _files(study: Study, ids: deque[str]) -> Iterator[Sealed]:
    """Yield the file of each record; an id is let go of, for the record read has its own."""
    while ids:
        one = ids.popleft()
        yield Sealed(one, study.collected / f"{one}{outbox.RECORD}")


def _hand_over(
    take: Callable[[Any, Sequence[int], Sequence[str]], None], batch: Batch, good: Sequence[int]
) -> None:
    """Hand over what was made of a batch, for those of its records that are good."""
    place_of = {place: number for number, place in enumerate(batch.places)}
    places = [place for place in good if place in place_of]
    take(batch.made, [place_of[place] for place in places], [batch.read[p].id for p in places])


def _judged(one: Read, at_hand: _AtHand) -> Record | Reason | Literal["refused"]:
    """Return the record in a file read, or why it is not used; 'refused' where no key opens it."""
    if one.found is None:
        return one.fault or "format"
    wrong = agreement.disagreement_outside(one.found, one.id, at_hand.known, one.digest)
    return wrong or (one.found if one.is_possible else "answers")


@dataclass(frozen=True, slots=True, repr=False)
class _Copy:
    """A record of which a copy is good, and the batch of one that the copy is."""

    record: Record
    batch: Batch


def _good_copy(record_id: str, at_hand: _AtHand) -> _Copy | None:
    """Return what a copy of a record in quarantine holds, if it is what the record's laptop sealed.

    The file taken in may have been damaged since. Only the ledger tells which copy is good: whatever
    was set aside may have been made by anybody.
    """
    for path in at_hand.copies.get(record_id, ()):
        batch = reading.batch(at_hand.reading, [Sealed(record_id, path)])
        (copy,) = batch.read
        if at_hand.known.is_sealed(record_id, copy.digest):
            found = _judged(copy, at_hand)
            if not isinstance(found, str):
                return _Copy(found, batch)
    return None


def _numbers(opened: Sequence[Record]) -> dict[str, dict[int, str]]:
    """Return by device the numbers used, and of each the id of the first record that has it."""
    used: dict[str, dict[int, str]] = defaultdict(dict)
    for one in opened:
        used[one.device].setdefault(one.sequence, one.id)
    return used


def _repeated(
    opened: Sequence[Record], used: Mapping[str, Mapping[int, str]]
) -> tuple[Repeated, ...]:
    again: dict[tuple[str, int], list[str]] = defaultdict(list)
    for one in opened:
        if used[one.device][one.sequence] != one.id:
            again[one.device, one.sequence].append(one.id)
    return tuple(
        Repeated(device, number, (used[device][number], *ids))
        for (device, number), ids in sorted(again.items())
    )


def _missing(
    used: Mapping[str, Mapping[int, str]], known: Known, withdrawn: Set[str]
) -> tuple[Missing, ...]:
    """Return the numbers that a device has passed and of which there is nothing."""
    gaps = []
    for device in sorted({*used, *known.ledgers}):
        numbers = {*used.get(device, ())}
        if said := known.ledgers.get(device):
            numbers |= {rank for one in withdrawn if (rank := said.rank(one))}
        before = 0
        for number in sorted(numbers):
            if number > before + 1:
                gaps.append(Missing(device, before + 1, number - 1))
            before = number
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
