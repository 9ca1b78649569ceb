"""Handing over: what the study lead has is let go of, and the rest is written into one bundle.

In order: what a crash left undone; receipts and a newer kit found at the destination; the records;
`handover` in the ledger; ledger and head; the manifest. Each step can be done again, so a hand-over cut
off anywhere is simply repeated: nothing leaves the outbox but what a receipt of the study lead covers,
by its id and its digest, and no repetition leaves a second line in the ledger.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from interviewer import bundle, draft, holding, kit, ledger, outbox, receipt
from interviewer.device import Device, new_id
from interviewer.files import sync_folder, write_durably
from interviewer.kit import KitError
from interviewer.laptop import Laptop, alone_at
from interviewer.ledger import LedgerError, Line
from interviewer.receipt import ReceiptError
from surveys.language import _, ngettext
from surveys.problems import Refusal

_LARGEST_KIT = 64 * 1024 * 1024  # bytes
_Covered = frozenset[tuple[str, str]]  # id and digest of every record that a receipt covers


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What came of a hand-over.

    `written` records wait in the outbox and are whole in the bundle; `let_go` were let go of, covered
    by a receipt; `kit` is the version of the kit taken in, None without one; `head` the eight
    characters for the daily device sheet; `drafts` how many interviews under way were written;
    `doubts` says in sentences what was found there and not taken in.
    """

    written: int
    let_go: int
    kit: int | None
    head: str
    drafts: int = 0
    doubts: tuple[str, ...] = ()


def handover(laptop: Laptop, destination: Path, now: datetime) -> HandedOver:
    """Take in what the study lead left at a destination, and hand over what waits in the outbox.

    A kit taken in counts from the next unlock. Raises Refusal where the destination or this
    laptop's disk would not; then nothing is lost, and it can be done again.
    """
    if laptop.is_practice and not laptop.signed.kit.is_practice:
        raise Refusal(_("practice stays on this laptop; hand over without --practice"))
    bundle.require_folder(destination)
    with _disk(laptop.place):
        holding.mend(laptop, now)
        covered, doubts = _receipts(laptop, destination)
        let_go = _let_go(laptop.outbox, covered)
        version, doubted = _newer_kit(laptop, destination)
        ours = _joined(laptop.ledger.lines())
        folder = bundle.opened(destination, laptop.signed.kit.device, ours)
        _tidy(folder, laptop, covered)
        digests = _records(folder, laptop.outbox, outbox.ids(laptop.outbox))
        lines, head, ids = _noted(laptop)
        digests |= _records(folder, laptop.outbox, ids, digests)
        ledgers = {bundle.LEDGER: _joined(lines), bundle.HEAD: head}
        _close(folder, laptop.signed.kit, digests, ledgers)
    return HandedOver(
        written=len(ids),
        let_go=let_go,
        kit=version,
        head=ledger.short(lines),
        doubts=(*doubts, *doubted),
    )


def without_passphrase(device: Device, destination: Path) -> HandedOver:
    """Hand over all there is as it is, interviews under way included, for the study lead to recover.

    Nothing is taken in, and the ledger gets no line, for its key is under the passphrase.
    """
    signed = device.installed().kit
    bundle.require_folder(destination)
    place = device.place(practice=signed.is_practice)
    box = device.outbox(practice=signed.is_practice)
    with _disk(place), alone_at(place):
        found = _ledgers(place)
        folder = bundle.opened(destination, signed.device, found.get(bundle.LEDGER, b""))
        ids = outbox.ids(box)
        digests = _records(folder, box, ids)
        drafts = sorted(device.drafts(practice=signed.is_practice).glob(f"*{draft.SUFFIX}"))
        for path in drafts:
            digests[path.name] = bundle.put(folder, path.name, path.read_bytes())
        _close(folder, signed, digests, found)
    head, doubts = _short(found.get(bundle.LEDGER, b""))
    return HandedOver(len(ids), 0, None, head, len(drafts), doubts)


# --- taken in -----------------------------------------------------------------------------------


def _receipts(laptop: Laptop, destination: Path) -> tuple[_Covered, tuple[str, ...]]:
    """Return what the study lead's receipts at a destination cover, and what is wrong with any."""
    mine = laptop.signed.kit
    own = bundle.receipt_path(destination, mine.device)
    covered: set[tuple[str, str]] = set()
    doubts = _unread(own, receipt.LARGEST)
    for path, content in bundle.found(destination, receipt.SUFFIX, receipt.LARGEST):
        try:
            read, signer = receipt.read(content)
        except ReceiptError as error:
            doubts += [f"{own.name}: {error}"] if path == own else []
            continue
        if (read.study, read.device) != (mine.study, mine.device):
            continue
        if signer == laptop.signed.signer:
            covered |= read.records.items()
        else:
            doubts.append(
                _(
                    "{folder}: a receipt for this laptop is signed by another key than the study lead's "
                    "and was not taken in; ask the study lead"
                ).format(folder=destination)
            )
    return frozenset(covered), tuple(doubts)


def _unread(path: Path, largest: int) -> list[str]:
    """Return what to say of a file for this laptop that cannot be read; nothing where none is there."""
    if not os.path.lexists(path) or bundle.content(path, largest) is not None:
        return []
    told = _(
        "{name}: cannot be read, or is larger than such a file is; ask the study lead for it again"
    )
    return [told.format(name=path.name)]


def _let_go(box: Path, covered: _Covered) -> int:
    """Remove from the outbox what is covered, and return how many records.

    A record goes before its link file: a link file alone is swept away, a record alone is none.
    """
    gone = [found for found in outbox.ids(box) if (found, outbox.digest(box, found)) in covered]
    for suffix in (outbox.RECORD, outbox.LINK):
        for record_id in gone:
            (box / f"{record_id}{suffix}").unlink(missing_ok=True)
        if gone:
            sync_folder(box)
    return len(gone)


def _newer_kit(laptop: Laptop, destination: Path) -> tuple[int | None, tuple[str, ...]]:
    """Install the newest kit at a destination that is newer than ours; return its version and doubts."""
    installed = laptop.device.installed()
    mine, newest = installed.kit, installed
    doubts = _unread(destination / f"{mine.device}.kit", _LARGEST_KIT)
    for path, content in bundle.found(destination, ".kit", _LARGEST_KIT):
        try:
            read = kit.read(content)
        except KitError as error:
            name = f"{mine.device}.kit"
            doubts += [f"{name}: {error}"] if path.name == name else []
            continue
        is_mine = (read.kit.study, read.kit.device) == (mine.study, mine.device)
        if is_mine and read.signer != installed.signer:
            doubts.append(
                _(
                    "{folder}: a kit for this laptop is signed by another key than the study lead's and "
                    "was not taken in; ask the study lead"
                ).format(folder=destination)
            )
        elif is_mine and read.kit.version > newest.kit.version:
            newest = read
    if newest is installed:
        return None, tuple(doubts)
    try:
        laptop.device.install(newest.content, laptop.secrets.identity)
    except KitError as error:
        return None, (*doubts, str(error))
    return newest.kit.version, tuple(doubts)


# --- written ------------------------------------------------------------------------------------


def _tidy(folder: Path, laptop: Laptop, covered: _Covered) -> None:
    """Take out of the bundle what nobody needs there any more.

    That is records the lead has, and copies of interviews under way that a hand-over without the
    passphrase left: whoever has it goes on with them here, or they have ended since.
    """
    ended = {line.id: line.hash for line in laptop.ledger.lines() if line.event == "end"}
    waiting = set(outbox.ids(laptop.outbox))
    for name in bundle.names(folder):
        record_id = name.partition(".")[0]
        if name.endswith(draft.SUFFIX):
            is_done = record_id in ended or (laptop.drafts / name).exists()
        else:
            is_done = record_id not in waiting and (record_id, ended.get(record_id)) in covered
        if is_done:
            bundle.take_away(folder, name)


def _records(
    folder: Path, box: Path, ids: Iterable[str], done: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Have the files of these records in the bundle, but for those done; return digests by name."""
    digests: dict[str, str] = {}
    for record_id in ids:
        for suffix in (outbox.LINK, outbox.RECORD):
            path = box / f"{record_id}{suffix}"
            if path.name not in (done or {}) and path.exists():
                digests[path.name] = bundle.put(folder, path.name, path.read_bytes())
    return digests


def _noted(laptop: Laptop) -> tuple[tuple[Line, ...], bytes, list[str]]:
    """Note the hand-over; return the ledger's lines, its signed head, and the ids in the outbox.

    Once: where the last line says so already, nothing has happened since. A crash may have left the
    head behind the lines.
    """
    with laptop.alone():
        lines = laptop.ledger.lines()
        if not lines or lines[-1].event != "handover":
            laptop.ledger.append("handover", new_id(), "", laptop.secrets.signing)
            lines = laptop.ledger.lines()
        head = ledger.head(lines, laptop.ledger.device, laptop.secrets.signing)
        path = laptop.place / bundle.HEAD
        if not path.exists() or path.read_bytes() != head:
            write_durably(path, head)
        return lines, head, outbox.ids(laptop.outbox)


def _close(
    folder: Path, signed: kit.Kit, digests: Mapping[str, str], ledgers: Mapping[str, bytes]
) -> None:
    """Write ledger and head, then the manifest of all that is in the bundle, older records included."""
    others = [name for name in bundle.names(folder) if name not in digests]
    found = {name: bundle.digest(folder / name) for name in others}
    older = {name: digest for name, digest in found.items() if digest is not None}
    last = {name: bundle.put(folder, name, content) for name, content in ledgers.items()}
    bundle.close(folder, signed.study, signed.device, {**older, **digests, **last})


def _ledgers(place: Path) -> dict[str, bytes]:
    """Return the ledger and its head as they are, by name, as far as they are there."""
    paths = (place / name for name in (bundle.LEDGER, bundle.HEAD))
    return {path.name: path.read_bytes() for path in paths if path.exists()}


def _short(written: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the head of a ledger in eight characters; '' and why where it does not hold."""
    try:
        return ledger.short(ledger.read(written)), ()
    except LedgerError as error:
        return "", (str(error),)


def _joined(lines: Iterable[Line]) -> bytes:
    return b"".join(line.encode() + b"\n" for line in lines)


@contextlib.contextmanager
def _disk(place: Path) -> Iterator[None]:
    """Say in one sentence that this laptop's own disk would not."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refusal(
            _(
                "{path}: this laptop's disk would not ({why}); free some space or check it, then hand "
                "over again"
            ).format(path=error.filename or place, why=why)
        ) from error


# --- in words -----------------------------------------------------------------------------------


def told(done: HandedOver, destination: Path) -> list[str]:
    """Return a hand-over in words, one line a thing."""
    lines = []
    if done.let_go:
        let_go = ngettext(
            "The study lead has {n} record; this laptop let go of it.",
            "The study lead has {n} records; this laptop let go of them.",
            done.let_go,
        )
        lines.append(let_go.format(n=done.let_go))
    if done.kit is not None:
        lines.append(_("Kit {version} taken in.").format(version=done.kit))
    written = ngettext(
        "{n} record in {folder}, read back and whole.",
        "{n} records in {folder}, read back and whole.",
        done.written,
    )
    if not done.written:
        written = _("No record waits here: the study lead has all of them.")
    lines.append(written.format(n=done.written, folder=destination))
    if done.drafts:
        drafts = ngettext(
            "{n} interview under way is there too; the study lead can recover it.",
            "{n} interviews under way are there too; the study lead can recover them.",
            done.drafts,
        )
        lines.append(drafts.format(n=done.drafts))
    if done.head:
        lines.append(_("For the daily device sheet: {head}").format(head=done.head))
    return lines
