"""What vouches for the records of a bundle: the laptop's ledger, signed, going on from the one seen before.

The study folder keeps, in devices/NAME.ledger, the lines last seen from each laptop. A ledger that goes
on from them takes their place. One that stops short of them is an old copy, or that of a laptop set
back: the longer one goes on vouching. One that parts from them is that of a laptop copied or set back
that went on working: nothing that only it has is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from export import bundles, devices
from export.bundles import Bundle
from export.study import Study
from interviewer import ledger
from interviewer.bundle import HEAD, LARGEST, LEDGER
from interviewer.files import write_durably
from interviewer.ledger import LedgerError, Line
from surveys.language import _
from surveys.problems import Refusal

Fault = Literal["torn", "unsigned", "broken", "older", "forked"]


@dataclass(frozen=True, slots=True)
class Account:
    """What the lines of a laptop's ledger say, in order: ids begun, digests by id ended ('': of nothing)."""

    begun: tuple[str, ...]
    ended: Mapping[str, str]

    @property
    def sealed(self) -> dict[str, str]:
        """The digests of the records sealed, by id."""
        return {record_id: digest for record_id, digest in self.ended.items() if digest}


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whose bundle it is, the lines that vouch for its records, what they say, and what is wrong with it.

    `device` is '' where that cannot be told; `is_signed`: its own ledger says so, not just its name.
    """

    device: str
    lines: tuple[Line, ...]
    account: Account
    is_signed: bool
    faults: tuple[Fault, ...]


def account(lines: Sequence[Line]) -> Account:
    """Return what some lines say. Of a record that ended twice the first end counts: nothing is resealed."""
    begun = dict.fromkeys(line.id for line in lines if line.event == "start")
    ended: dict[str, str] = {}
    for line in lines:
        if line.event == "end":
            ended.setdefault(line.id, line.hash)
    return Account(tuple(begun), ended)


def vouched(study: Study, bundle: Bundle) -> Vouched:
    """Return what vouches for a bundle. What it has is compared with what was seen before of its laptop."""
    signed = _signed(study, bundle)
    if not isinstance(signed, tuple):
        named = bundles.device_named(bundle)
        is_known = any(named == one.name for one in devices.all_of(study))
        before = seen(study, named) if is_known else ()
        is_whole = bundles.is_whole(bundle, study.id, named)
        faults: tuple[Fault, ...] = (signed,) if is_whole else ("torn", signed)
        return Vouched(named if is_known else "", before, account(before), False, faults)
    device, own, is_all = signed
    before = seen(study, device)
    is_whole = is_all and bundles.is_whole(bundle, study.id, device)
    faults = () if is_whole else ("torn",)
    if own[: len(before)] != before:
        faults = (*faults, "older" if before[: len(own)] == own else "forked")
    lines = own if own[: len(before)] == before else before
    return Vouched(device, lines, account(lines), True, faults)


def _signed(study: Study, bundle: Bundle) -> tuple[str, tuple[Line, ...], bool] | Fault:
    """Return whose key signed the head of a bundle's ledger, the lines it covers, and whether that is all.

    A stick pulled out between the two may hold a ledger newer than its head.
    """
    head = bundles.content(bundle.folder / HEAD)
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
        return one.name, covered, len(covered) == len(lines)
    return "unsigned"


def seen(study: Study, device: str) -> tuple[Line, ...]:
    """Return the lines last seen of a laptop's ledger, () where none was; raises Refusal if damaged."""
    path = _path(study, device)
    try:
        return ledger.read(path.read_bytes()) if path.exists() else ()
    except (OSError, LedgerError) as error:
        raise Refusal(
            _("{path}: cannot be read; restore it from a copy").format(path=path)
        ) from error


def remember(study: Study, found: Vouched) -> None:
    """Keep the lines that vouch for a bundle as the last seen of its laptop, where they are more."""
    if found.device and len(found.lines) > len(seen(study, found.device)):
        written = b"".join(line.encode() + b"\n" for line in found.lines)
        write_durably(_path(study, found.device), written)


def _path(study: Study, device: str) -> Path:
    return study.folder / "devices" / f"{device}.ledger"


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
