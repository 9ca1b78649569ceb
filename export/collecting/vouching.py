"""What vouches for the records of a bundle: the laptop's ledger, signed, going on from the one seen before.

The study folder keeps, in devices/NAME.ledger, the lines last seen from each laptop. A ledger that goes
on from them takes their place. One that stops short of them is an old copy, or that of a laptop set
back: the longer one goes on vouching. One that parts from them is that of a laptop copied or set back
that went on working: nothing that only it has is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from export.collecting import bundles
from export.collecting.bundles import Bundle
from export.laptops import accounts, devices
from export.laptops.accounts import Account
from export.study import Study
from interviewer import ledger
from interviewer.bundle import HEAD, LARGEST, LEDGER
from interviewer.ledger import LedgerError, Line
from surveys.language import _

_LARGEST_HEAD = 4096  # bytes; a signed head has some 200
Fault = Literal["torn", "unsigned", "broken", "older", "forked"]


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whose bundle it is, the lines that vouch for its records, what they say, and what is wrong with it.

    `device` is '' where that cannot be told; `is_signed`: its own ledger says so, not just its name.
    `elsewhere` are the ids that another laptop's ledger begins.
    """

    device: str
    lines: tuple[Line, ...]
    account: Account
    is_signed: bool
    faults: tuple[Fault, ...]
    elsewhere: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Signed:
    """Whose key signed the head of a ledger, the lines it covers, and whether these are all.

    A stick pulled out between the two may hold a ledger newer than its head.
    """

    device: str
    lines: tuple[Line, ...]
    is_all: bool


@dataclass(frozen=True, slots=True)
class _Compared:
    """Whose bundle it is, whether its ledger says so, and what is wrong with it: see Vouched."""

    device: str
    is_signed: bool
    faults: tuple[Fault, ...]


def all_vouched(study: Study, found: Sequence[Bundle]) -> list[Vouched]:
    """Return what vouches for each of some bundles, and remember it; their order makes no difference.

    Of a laptop that handed over to several sticks, the shortest ledger is looked at first: the others
    go on from it, and the longest vouches for what is in any.
    """
    signed = [_signed(study, bundle) for bundle in found]
    lengths = [len(one.lines) if isinstance(one, _Signed) else 0 for one in signed]
    compared: dict[int, _Compared] = {}
    for at in sorted(range(len(found)), key=lengths.__getitem__):
        compared[at] = _compared(study, found[at], signed[at])
    known = accounts.all_of(study)
    return [_vouched(study, compared[at], known) for at in range(len(found))]


def _vouched(study: Study, one: _Compared, known: Mapping[str, Account]) -> Vouched:
    """Return what vouches for a bundle, once all that came with it is known too."""
    return Vouched(
        device=one.device,
        lines=accounts.seen(study, one.device) if one.device else (),
        account=known.get(one.device, accounts.of_lines(())),
        is_signed=one.is_signed,
        faults=one.faults,
        elsewhere={begun for name in known.keys() - {one.device} for begun in known[name].begun},
    )


def _compared(study: Study, bundle: Bundle, signed: _Signed | Fault) -> _Compared:
    """Compare a bundle's ledger with what was seen before of its laptop, and remember it if it has more."""
    if not isinstance(signed, _Signed):
        named = bundles.device_named(bundle)
        is_known = any(named == one.name for one in devices.all_of(study))
        is_whole = bundles.is_whole(bundle, study.id, named)
        faults: tuple[Fault, ...] = (signed,) if is_whole else ("torn", signed)
        return _Compared(named if is_known else "", False, faults)
    before = accounts.seen(study, signed.device)
    is_whole = signed.is_all and bundles.is_whole(bundle, study.id, signed.device)
    faults = () if is_whole else ("torn",)
    if signed.lines[: len(before)] == before:
        if len(signed.lines) > len(before):
            accounts.remember(study, signed.device, signed.lines)
    else:
        faults = (*faults, "older" if before[: len(signed.lines)] == signed.lines else "forked")
    return _Compared(signed.device, True, faults)


def _signed(study: Study, bundle: Bundle) -> _Signed | Fault:
    """Return what the head of a bundle's ledger signs, or why it signs nothing."""
    head = bundles.content(bundle.folder / HEAD, _LARGEST_HEAD)
    written = bundles.content(bundle.folder / LEDGER, LARGEST)
    if not isinstance(head, bytes) or not isinstance(written, bytes):
        return "unsigned"
    try:
        lines = ledger.read(written)
    except (LedgerError, RecursionError):
        return "broken"
    if not all(isinstance(text, str) for line in lines for text in (line.id, line.hash)):
        return "broken"
    try:
        covered = lines[: int(json.loads(head)["n"])]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return "unsigned"
    for one in devices.all_of(study):
        try:
            key = Ed25519PublicKey.from_public_bytes(one.signer)
            ledger.verify(covered, head, one.name, key)
        except (LedgerError, ValueError):
            continue
        return _Signed(one.name, covered, len(covered) == len(lines))
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
    }
    return told[fault]
