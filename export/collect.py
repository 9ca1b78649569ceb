"""Taking in sealed records: what can be checked without a key, record by record.

A bundle is a folder of sealed records as a laptop's outbox holds them. A record is taken in if its
name, size and header are those of this study, with its link file where the study has links. What is
wrong with one is named and the file set aside, whole; nothing else is held up by it. Nothing here can
read an answer: `unseal.py` compares what is inside with what is outside.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from export.bars import Track, quiet
from export.custody import recipients
from export.index import Hashes, Index, opened, sha256
from export.study import Study
from interviewer import age, record
from interviewer.age import header
from interviewer.files import write_durably
from interviewer.outbox import LINK, RECORD
from surveys.language import _
from surveys.problems import Refusal

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
    "changed",
]

ID = re.compile(r"[0-9a-f]{32}")
_LARGEST = 64 * 1024 * 1024  # bytes; a larger file is no record, and is left where it is


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file set aside: its name as found, and why."""

    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of a collection: ids taken in, ids that were there already, files set aside.

    `others` counts what is in the bundles and is no sealed record at all.
    """

    taken: tuple[str, ...]
    known: tuple[str, ...]
    quarantined: tuple[Quarantined, ...]
    others: int


@dataclass(frozen=True, slots=True)
class _Expected:
    """What every record of a study looks like from outside: sizes and numbers of recipients."""

    size: int
    recipients: int
    link_size: int
    link_recipients: int
    has_links: bool


@dataclass(frozen=True, slots=True)
class _Paths:
    """Where the two files of a record are."""

    record: Path | None = None
    link: Path | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _File:
    """A file as found: its bytes (none if it was left where it is), and what is wrong with it alone."""

    name: str
    content: bytes
    fault: Reason | None


def collect(study: Study, bundles: Sequence[Path], track: Track = quiet) -> Collected:
    """Take in the records of some bundles; doing it again changes nothing.

    Raises Refusal, before anything is taken in, where a bundle is no folder that can be read.
    """
    expected = _expected(study)
    listed = [_listed(bundle) for bundle in bundles]
    taken: list[str] = []
    known: list[str] = []
    wrong: list[Quarantined] = []
    with opened(study.collected) as index:
        for found, strangers, _others in listed:
            wrong.extend(_set_aside(index, _read(path), "", "name") for path in strangers)
            for record_id in track(sorted(found)):
                is_new, aside = _judge(index, record_id, found[record_id], expected)
                wrong.extend(aside)
                if is_new is not None:
                    (taken if is_new else known).append(record_id)
    return Collected(
        tuple(taken), tuple(known), tuple(wrong), sum(others for _f, _s, others in listed)
    )


def _expected(study: Study) -> _Expected:
    answers = recipients((*study.recipients["study"], *study.recipients["escrow"]))
    links = recipients(study.recipients["custodian"])
    return _Expected(
        size=age.sealed_size(study.bucket, answers),
        recipients=len(answers),
        link_size=age.sealed_size(record.LINK_BYTES, links),
        link_recipients=len(links),
        has_links=study.has_links,
    )


def _listed(bundle: Path) -> tuple[Mapping[str, _Paths], list[Path], int]:
    """Return the records of a bundle by id, the sealed files with another name, and how many others."""
    try:
        paths = sorted(bundle.iterdir())
    except OSError as error:
        raise Refusal(
            _(
                "{bundle}: is no folder that can be read ({why}); give the folder the laptop wrote"
            ).format(bundle=bundle, why=error.strerror)
        ) from error
    found: dict[str, _Paths] = {}
    strangers: list[Path] = []
    others = 0
    for path in paths:
        is_link = path.name.endswith(LINK)
        record_id = path.name.removesuffix(LINK if is_link else RECORD)
        if path.name.startswith(".") or not path.name.endswith(RECORD):
            others += 1
        elif not ID.fullmatch(record_id):
            strangers.append(path)
        else:
            one = found.get(record_id, _Paths())
            found[record_id] = _Paths(one.record, path) if is_link else _Paths(path, one.link)
    return found, strangers, others


def _judge(
    index: Index, record_id: str, paths: _Paths, expected: _Expected
) -> tuple[bool | None, tuple[Quarantined, ...]]:
    """Take a record in and return whether it was new, None if it was not taken; and what was set aside."""
    found = _read(paths.record, expected.size, expected.recipients) if paths.record else None
    link = _read(paths.link, expected.link_size, expected.link_recipients) if paths.link else None
    wrong = _wrong(found, link, expected.has_links)
    aside = tuple(_set_aside(index, file, record_id, reason) for file, reason in wrong)
    if found is None or any(file is found for file, _reason in wrong):
        return None, aside
    link = link if expected.has_links else None
    hashes = Hashes(sha256(found.content), sha256(link.content) if link else "")
    before = index.known(record_id) or Hashes("", "")
    changed = _changed(index, record_id, found, link, before)
    if link and not before.link:  # first, so that no record lacks its own
        write_durably(index.folder / f"{record_id}{LINK}", link.content)
    if not before.record:
        write_durably(index.folder / f"{record_id}{RECORD}", found.content)
    index.add(record_id, Hashes(before.record or hashes.record, before.link or hashes.link))
    aside = (*aside, *changed)
    return None if before.record not in ("", hashes.record) else not before.record, aside


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


def _changed(
    index: Index, record_id: str, found: _File, link: _File | None, before: Hashes
) -> tuple[Quarantined, ...]:
    """Set aside what differs from the files taken in before under this id: both are kept."""
    pairs = [(found, before.record), (link, before.link)]
    return tuple(
        _set_aside(index, file, record_id, "changed")
        for file, known in pairs
        if file and known and sha256(file.content) != known
    )


def _read(path: Path, size: int = 0, count: int = 0) -> _File:
    """Return a file with what is wrong with it: it should be age, of this size, for so many recipients."""
    content = _content(path)
    if not isinstance(content, bytes):
        return _File(path.name, b"", content)
    if len(content) != size:
        return _File(path.name, content, "size")
    return _File(path.name, content, None if _is_sealed(content, count) else "header")


def _content(path: Path) -> bytes | Reason:
    """Return the bytes of a regular file, or why it is left where it is. No link is followed."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):  # each where the system has it
        flags |= getattr(os, name, 0)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return "kind"
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return "kind"
            return "large" if status.st_size > _LARGEST else file.read(_LARGEST)
    except OSError:
        return "unreadable"


def _is_sealed(content: bytes, count: int) -> bool:
    """Whether this is a binary age file for so many hybrid recipients; for whom cannot be seen."""
    source = BytesIO(content)
    try:
        stanzas = header.read(source.readline(_LARGEST), source).stanzas
    except age.AgeError:
        return False
    return [stanza.kind for stanza in stanzas] == ["mlkem768x25519"] * count


def _set_aside(index: Index, file: _File, record_id: str, reason: Reason) -> Quarantined:
    if file.content:
        index.quarantine(file.content, record_id, reason)
    return Quarantined(
        file.name, file.fault if file.fault in {"kind", "large", "unreadable"} else reason
    )


def why(reason: Reason) -> str:
    """Return in words why a file was set aside, and what to do."""
    told: dict[Reason, str] = {
        "name": _("its name is not a record's; look at how it was copied"),
        "kind": _("it is a link or no file; it was left where it is"),
        "large": _("it is far too large for a record; it was left where it is"),
        "unreadable": _("it cannot be read; copy it again from the laptop"),
        "size": _("its size is not that of this study's records: cut short, or of another study"),
        "header": _("it is not sealed to this study's keys as its records are"),
        "link_missing": _(
            "its link file is missing or was set aside; copy both again from the laptop"
        ),
        "link_alone": _("it is a link file without a record that could be taken in"),
        "link_unwanted": _("it is a link file, and this study has no links"),
        "changed": _(
            "another file with this id was taken in before, and one of the two was altered: both are "
            "kept, and export and estimate use the one that opens; compare with the laptop's own"
        ),
    }
    return told[reason]
