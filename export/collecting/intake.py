"""One record at the door: its files as found are taken in, or set aside with the reason.

The ledger of the laptop decides which bytes are the record. A file taken in before under the same id
that is not what the ledger says (a draft recovered here and finished there, or a file damaged since) is
set aside in its turn, and the laptop's own takes its place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from export.collecting import bundles, quarantine
from export.collecting.bundles import Paths
from export.collecting.index import Hashes, Index, sha256
from export.collecting.vouching import Vouched
from export.custody import recipients
from export.study import Study
from interviewer import age, record
from interviewer.age import header
from interviewer.files import write_durably
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


@dataclass(frozen=True, slots=True, repr=False)
class _File:
    """A file as found: its bytes (none if it was left where it is), and what is wrong with it alone."""

    name: str
    content: bytes
    fault: Reason | None


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


def judge(
    index: Index, record_id: str, paths: Paths, like: Expected, vouched: Vouched
) -> tuple[bool | None, tuple[Quarantined, ...]]:
    """Take a record in and return whether it was new, None if it was not taken; and what was set aside."""
    found = _read(paths.record, like.size, like.recipients) if paths.record else None
    link = _read(paths.link, like.link_size, like.link_recipients) if paths.link else None
    wrong = _wrong(found, link, like.has_links)
    kept_link = link if like.has_links else None
    if found and not any(file is found for file, _reason in wrong):
        reason = _unvouched(record_id, found, kept_link, vouched)
        if reason is None and record_id in vouched.elsewhere:
            reason = None if _is_here(index, record_id, found, kept_link) else "contested"
        files = (found, kept_link) if reason else ()
        wrong += [(file, reason) for file in files if file and reason]
    aside = tuple(_set_aside(index, file, record_id, reason) for file, reason in wrong)
    if found is None or any(file is found for file, _reason in wrong):
        return None, aside
    is_new, replaced = _take_in(index, record_id, found, kept_link)
    return is_new, (*aside, *replaced)


def set_aside(index: Index, path: Path, like: Expected) -> Quarantined:
    """Set aside a sealed file whose name is no record's."""
    file = _read(path, max(like.size, like.link_size), like.recipients)
    return _set_aside(index, file, "", "name")


def _take_in(
    index: Index, record_id: str, found: _File, link: _File | None
) -> tuple[bool, tuple[Quarantined, ...]]:
    """Write what is not there yet; return whether the record was new, and what stood in its place."""
    hashes = _hashes(found, link)
    before = index.known(record_id) or Hashes("", "")
    # The link first, so that no record lacks its own.
    pairs = ((LINK, link, before.link, hashes.link), (RECORD, found, before.record, hashes.record))
    replaced: list[Quarantined] = []
    for ending, file, had, has in pairs:
        if file is None or had == has:
            continue
        path = index.folder / f"{record_id}{ending}"
        if had:
            former = _File(path.name, path.read_bytes(), None)
            replaced.append(_set_aside(index, former, record_id, "replaced"))
        write_durably(path, file.content)
    index.add(record_id, hashes)
    return before.record != hashes.record, tuple(replaced)


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


def _unvouched(record_id: str, found: _File, link: _File | None, vouched: Vouched) -> Reason | None:
    """Return why the ledger does not vouch for these bytes, None where it does."""
    digest = vouched.account.ended.get(record_id)
    if digest is None:
        return "forked" if "forked" in vouched.faults else "unvouched"
    sealed = hashlib.sha256(found.content + (link.content if link else b"")).hexdigest()
    return None if sealed == digest else "altered"


def _is_here(index: Index, record_id: str, found: _File, link: _File | None) -> bool:
    """Whether these very files were taken in before."""
    return index.known(record_id) == _hashes(found, link)


def _hashes(found: _File, link: _File | None) -> Hashes:
    return Hashes(sha256(found.content), sha256(link.content) if link else "")


def _read(path: Path, size: int, count: int) -> _File:
    """Return a file with what is wrong with it: it should be age, of this size, for so many recipients.

    A larger one is not read: a stick may hold anything, and what is set aside is copied.
    """
    content = bundles.content(path, size)
    if not isinstance(content, bytes):
        return _File(path.name, b"", content)
    if len(content) != size:
        return _File(path.name, content, "size")
    return _File(path.name, content, None if _is_sealed(content, count) else "header")


def _is_sealed(content: bytes, count: int) -> bool:
    """Whether this is a binary age file for so many hybrid recipients; for whom cannot be seen."""
    source = BytesIO(content)
    try:
        stanzas = header.read(source.readline(), source).stanzas
    except age.AgeError:
        return False
    return [stanza.kind for stanza in stanzas] == ["mlkem768x25519"] * count


def _set_aside(index: Index, file: _File, record_id: str, reason: Reason) -> Quarantined:
    if file.content:
        quarantine.put(index.folder, file.content, record_id, reason)
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
        "header": _("it is not sealed to this study's keys as its records are"),
        "link_missing": _(
            "its link file is missing or was set aside; copy both again from the laptop"
        ),
        "link_alone": _("it is a link file without a record that could be taken in"),
        "link_unwanted": _("it is a link file, and this study has no links"),
        "unvouched": _(
            "no laptop's ledger says that it was sealed; hand over again from the laptop it is of"
        ),
        "forked": _("only a ledger that parts from the one seen before says that it was sealed"),
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
