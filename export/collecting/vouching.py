"""What vouches for the records of a bundle: the laptop's ledger, signed, going on from the one seen before.

The study folder keeps, in devices/NAME.ledger, the lines last seen from each laptop. A ledger that goes
on from them takes their place. One that stops short of them is an old copy, or that of a laptop set
back: the longer one goes on vouching. One that parts from them is that of a laptop copied or set back
that went on working: nothing that only it has is believed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from export.collecting import bundles
from export.collecting.bundles import Source
from export.laptops import accounts, devices
from export.laptops.devices import Enrolled
from export.study import Study
from interviewer import ledger
from interviewer.bundle import LARGEST
from interviewer.ledger import LedgerError, Line
from surveys.language import _

_LARGEST_HEAD = 4096  # bytes; a signed head has some 200
Fault = Literal["torn", "unsigned", "broken", "older", "forked", "closed"]


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whose records a source has, and what is wrong with what vouches for them.

    `devices` are the laptops whose ledgers it has: one for a bundle, none where that cannot be told.
    `is_signed`: its own ledger says so, not just its name. `is_covered`: the head signs all its lines; a
    stick pulled out between the two may hold a ledger newer than its head.
    """

    devices: tuple[str, ...]
    is_signed: bool
    is_covered: bool
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Signed:
    """Whose key signed the head of a ledger, the head, the lines it covers, and whether these are all."""

    device: str
    head: bytes
    lines: tuple[Line, ...]
    is_all: bool


def all_vouched(study: Study, sources: Sequence[Source]) -> list[Vouched]:
    """Return what vouches for each of some sources, and remember it; their order makes no difference.

    Of a laptop that handed over to several sticks, the shortest ledger is looked at first: the others
    go on from it, and the longest vouches for what is in any. One ledger at a time is in memory.
    """
    known = devices.all_of(study)
    ledgers = [(at, pair) for at, source in enumerate(sources) for pair in source.ledgers]
    found: list[list[Vouched]] = [[] for _source in sources]
    for at, pair in sorted(ledgers, key=lambda one: _claimed(one[1][1])):
        found[at].append(_compared(study, known, sources[at], pair))
    return [_of_source(source, found[at]) for at, source in enumerate(sources)]


def _of_source(source: Source, found: Sequence[Vouched]) -> Vouched:
    if not source.is_open:
        return Vouched((), False, True, ("closed",))
    return _joined(found) if source.is_copy else found[0]


def _joined(found: Sequence[Vouched]) -> Vouched:
    """Return what vouches for another desk's copy. It may have seen less of a laptop than this one."""
    return Vouched(
        devices=tuple(sorted(name for one in found for name in one.devices if one.is_signed)),
        is_signed=False,
        is_covered=True,
        faults=tuple(
            dict.fromkeys(fault for one in found for fault in one.faults if fault != "older")
        ),
    )


def _compared(
    study: Study, known: Sequence[Enrolled], source: Source, pair: tuple[Path, Path]
) -> Vouched:
    """Compare a ledger with what was seen before of its laptop, and remember it if it has more."""
    signed = _signed(known, *pair)
    if not isinstance(signed, _Signed):
        named = "" if source.is_copy else bundles.device_named(source.folder)
        is_known = any(named == one.name for one in known)
        return Vouched((named,) if is_known else (), False, True, (signed,))
    before = accounts.seen(study, signed.device)
    faults: tuple[Fault, ...] = ()
    if signed.lines[: len(before)] == before:
        if len(signed.lines) > len(before):
            accounts.remember(study, signed.device, signed.lines, signed.head)
    else:
        faults = ("older",) if before[: len(signed.lines)] == signed.lines else ("forked",)
    return Vouched((signed.device,), True, signed.is_all, faults)


def _claimed(head: Path) -> int:
    """Return how many lines a head says that it signs; it is believed once its signature verifies."""
    found = bundles.content(head, _LARGEST_HEAD)
    try:
        return int(json.loads(found)["n"]) if isinstance(found, bytes) else 0
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return 0


def _signed(known: Sequence[Enrolled], written_path: Path, head_path: Path) -> _Signed | Fault:
    """Return what the head of a ledger signs, or why it signs nothing."""
    head = bundles.content(head_path, _LARGEST_HEAD)
    written = bundles.content(written_path, LARGEST)
    if not isinstance(head, bytes) or not isinstance(written, bytes):
        return "unsigned"
    try:
        lines = ledger.read(written)
    except LedgerError:
        return "broken"
    covered = lines[: max(0, _claimed(head_path))]
    for one in known:
        try:
            key = Ed25519PublicKey.from_public_bytes(one.signer)
            ledger.verify(covered, head, one.name, key)
        except (LedgerError, ValueError):
            continue
        return _Signed(one.name, head, covered, len(covered) == len(lines))
    return "unsigned"


def why(fault: Fault) -> str:
    """Return in words what is wrong with a bundle, and what to do."""
    told: dict[Fault, str] = {
        "torn": _(
            "it was not written to its end, or was changed since; hand over again from the laptop"
        ),
        "unsigned": _(
            "no laptop of this study signed its ledger; hand over again, or first: souspli device add"
        ),
        "broken": _("its ledger was changed; hand over again from the laptop"),
        "older": _(
            "its ledger is older than the one seen before: an old copy, or the laptop was set back; "
            "ask for its daily sheet"
        ),
        "forked": _(
            "its ledger parts from the one seen before: the laptop was copied or set back, and went on; "
            "keep the laptop and the bundle, and ask the interviewer"
        ),
        "closed": _(
            "it is a link, or a folder that cannot be read; nothing in it was looked at: hand over again "
            "from the laptop"
        ),
    }
    return told[fault]
