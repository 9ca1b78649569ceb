"""Records at the door: the files of each as found are taken in, or set aside with the reason.

The ledger of the laptop decides which bytes are the record. A file taken in before under the same id
that is not what the ledger says (a draft recovered here and finished there, or a file damaged since) is
set aside in its turn, and the laptop's own takes its place. A batch is judged at a time, by whichever
process has it, and is on the disk when its verdicts are returned.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from export.collecting import bundles, index, quarantine
from export.collecting.index import Hashes
from export.custody import recipients
from export.study import Study
from interviewer import age, record
from interviewer.age import header
from interviewer.files import write_many_durably
from interviewer.outbox import LINK, RECORD
from surveys.language import _

Reason = Literal[
    "name",
    "kind",
    "large",
    "unreadable",
    "size",
    "header",
    "link_missing",
    "link_alone",
    "link_unwanted",
    "unvouched",
    "recovered",
    "forked",
    "altered",
    "contested",
    "replaced",
]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file set aside: its name as found, and why."""

    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Expected:
    """What every record of a study looks like from outside: sizes and numbers of recipients."""

    size: int
    recipients: int
    link_size: int
    link_recipients: int
    has_links: bool


@dataclass(frozen=True, slots=True)
class Door:
    """Where records come from, where they go, and what they must look like."""

    source: Path
    folder: Path
    like: Expected


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record at the door, which of its files are there, and what is known of it.

    `digest` is what its laptop's ledger says was sealed; '' where it says nothing of it, and then
    `unvouched` says what that means. `is_contested`: another laptop's ledger begins it too.
    """

    id: str
    has_record: bool
    has_link: bool
    digest: str
    unvouched: Reason
    is_contested: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a record: the hashes of its files here (None: not taken in), what was set aside.

    `sums` are the SHA-256 of the files that were read, by name. `is_withdrawn`: its participant withdrew
    it, so that nothing of it is kept anywhere, nor set aside.
    """

    id: str
    hashes: Hashes | None
    is_new: bool
    aside: tuple[Quarantined, ...]
    sums: tuple[tuple[str, str], ...]
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class _File:
    """A file as found: its bytes (none if it was left where it is), and what is wrong with it alone.

    `sum` is their SHA-256, which a copy may go on with.
    """

    name: str
    content: bytes
    fault: Reason | None
    sum: hashlib._Hash


def expected(study: Study) -> Expected:
    """Return what every record of a study looks like."""
    answers = recipients((*study.recipients["study"], *study.recipients["escrow"]))
    links = recipients(study.recipients["custodian"])
    return Expected(
        size=age.sealed_size(study.bucket, answers),
        recipients=len(answers),
        link_size=age.sealed_size(record.LINK_BYTES, links),
        link_recipients=len(links),
        has_links=study.has_links,
    )


def take_in(door: Door, arrivals: Sequence[Arrival]) -> list[Verdict]:
    """Return what came of each of some records; what is taken in is on the disk."""
    judged = [_judged(door, arrival) for arrival in arrivals]
    write_many_durably(door.folder, [pair for _verdict, new in judged for pair in new])
    return [verdict for verdict, _new in judged]


def _judged(door: Door, arrival: Arrival) -> tuple[Verdict, list[tuple[str, bytes]]]:
    """Return what comes of a record, and the files still to be written for it."""
    like = door.like
    name, link_name = f"{arrival.id}{RECORD}", f"{arrival.id}{LINK}"
    found = _read(door.source, name, like.size, like.recipients) if arrival.has_record else None
    link = (
        _read(door.source, link_name, like.link_size, like.link_recipients)
        if arrival.has_link
        else None
    )
    here = [file for file in (found, link) if file]
    sums = tuple((file.name, file.sum.hexdigest()) for file in here if file.content)
    if arrival.is_withdrawn:
        return Verdict(arrival.id, None, False, (), sums, is_withdrawn=True), []
    wrong = _wrong(found, link, like.has_links)
    kept_link = link if like.has_links else None
    hashes = Hashes(dict(sums).get(name, ""), dict(sums).get(link_name, "") if kept_link else "")
    if found and not any(file is found for file, _reason in wrong):
        reason = _unvouched(arrival, found, kept_link)
        if reason is None and arrival.is_contested:
            is_here = index.hashes_of(door.folder, arrival.id) == hashes
            reason = None if is_here else "contested"
        files = (found, kept_link) if reason else ()
        wrong += [(file, reason) for file in files if file and reason]
    aside = tuple(_set_aside(door.folder, file, arrival.id, reason) for file, reason in wrong)
    if found is None or any(file is found for file, _reason in wrong):
        return Verdict(arrival.id, None, False, aside, sums), []
    before = index.hashes_of(door.folder, arrival.id) or Hashes("", "")
    new, replaced = _new(door, arrival.id, before, hashes, (kept_link, found))
    is_new = before.record != hashes.record
    return Verdict(arrival.id, hashes, is_new, (*aside, *replaced), sums), new


def set_aside(door: Door, name: str) -> Quarantined:
    """Set aside a sealed file whose name is no record's."""
    file = _read(door.source, name, max(door.like.size, door.like.link_size), door.like.recipients)
    return _set_aside(door.folder, file, "", "name")


def _new(
    door: Door, record_id: str, before: Hashes, now: Hashes, files: tuple[_File | None, _File]
) -> tuple[list[tuple[str, bytes]], tuple[Quarantined, ...]]:
    """Return the files that are not there yet, and what was set aside that stands in their place."""
    # The link first, so that no record lacks its own.
    pairs = ((LINK, before.link, now.link), (RECORD, before.record, now.record))
    new: list[tuple[str, bytes]] = []
    replaced: list[Quarantined] = []
    for (ending, had, has), file in zip(pairs, files, strict=True):
        if file is None or had == has:
            continue
        path = door.folder / f"{record_id}{ending}"
        if had:
            quarantine.put(door.folder, path.read_bytes(), record_id, "replaced")
            replaced.append(Quarantined(path.name, "replaced"))
        new.append((path.name, file.content))
    return new, tuple(replaced)


def _wrong(found: _File | None, link: _File | None, has_links: bool) -> list[tuple[_File, Reason]]:
    """Return the files to be set aside, each with why: both, where the study has links and one is bad.

    A record taken in without its link file would tell an interview from a refusal.
    """
    if found is None:
        return [(link, link.fault or "link_alone")] if link else []
    lacks = has_links and (link is None or link.fault is not None)
    unwanted = link is not None and not has_links
    record_wrong = found.fault or ("link_missing" if lacks else None)
    wrong: list[tuple[_File, Reason]] = [(found, record_wrong)] if record_wrong else []
    if link and (link.fault or unwanted or record_wrong):
        wrong.append((link, "link_unwanted" if unwanted else link.fault or "link_alone"))
    return wrong


def _unvouched(arrival: Arrival, found: _File, link: _File | None) -> Reason | None:
    """Return why the ledger does not vouch for these bytes, None where it does."""
    if not arrival.digest:
        return arrival.unvouched
    sealed = found.sum.copy()
    sealed.update(link.content if link else b"")
    return None if sealed.hexdigest() == arrival.digest else "altered"


def _read(folder: Path, name: str, size: int, count: int) -> _File:
    """Return a file with what is wrong with it: it should be age, of this size, for so many recipients.

    A larger one is not read: a stick may hold anything, and what is set aside is copied.
    """
    content = bundles.content(f"{folder}{os.sep}{name}", size)
    if not isinstance(content, bytes):
        return _File(name, b"", content, hashlib.sha256())
    fault: Reason | None = None
    if len(content) != size:
        fault = "size"
    elif not _is_sealed(content, count):
        fault = "header"
    return _File(name, content, fault, hashlib.sha256(content))


def _is_sealed(content: bytes, count: int) -> bool:
    """Whether this is a binary age file for so many hybrid recipients; for whom cannot be seen."""
    try:
        stanzas = header.cut(content)[0].stanzas
    except age.AgeError:
        return False
    return [stanza.kind for stanza in stanzas] == ["mlkem768x25519"] * count


def _set_aside(folder: Path, file: _File, record_id: str, reason: Reason) -> Quarantined:
    if file.content:
        quarantine.put(folder, file.content, record_id, reason)
    return Quarantined(
        file.name, file.fault if file.fault in {"kind", "large", "unreadable"} else reason
    )


def why(reason: Reason) -> str:
    """Return in words why a file was set aside, and what to do."""
    told: dict[Reason, str] = {
        "name": _("its name is not a record's; look at how it was copied"),
        "kind": _("it is a link or no file; it was left where it is"),
        "large": _("it is larger than this study's records; it was left where it is"),
        "unreadable": _("it cannot be read; copy it again from the laptop"),
        "size": _("its size is not that of this study's records: cut short, or of another study"),
        "header": _(
            "it is not sealed to this study's keys as its records are; hand over again from the laptop, with "
            "the kit it has"
        ),
        "link_missing": _(
            "its link file is missing or was set aside; copy both again from the laptop"
        ),
        "link_alone": _(
            "it is a link file without a record that could be taken in; copy both again from the laptop"
        ),
        "link_unwanted": _(
            "it is a link file, and this study has no links; ask which study it is of"
        ),
        "unvouched": _(
            "no laptop's ledger says that it was sealed; hand over again from the laptop it is of"
        ),
        "recovered": _(
            "it was recovered from a draft at the other desk; here: souspli recover, with that draft"
        ),
        "forked": _(
            "only a ledger that parts from the one seen before says that it was sealed; keep the laptop, and "
            "ask the interviewer"
        ),
        "altered": _(
            "it is not what its laptop sealed, by its ledger; copy it again from the laptop"
        ),
        "contested": _(
            "the ledger of another laptop began this interview; keep both laptops, and ask their "
            "interviewers"
        ),
        "replaced": _(
            "it was taken in before under this id, and is not what its laptop sealed, by its ledger: "
            "the laptop's own takes its place"
        ),
    }
    return told[reason]
