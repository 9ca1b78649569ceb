"""The study's ledger: one signed JSON line each time records were opened, or something left or ended.

Each line carries the SHA-256 of the line before it and the signature of a key that the ledger itself
introduces, so that a line changed, put in or taken out of the middle shows. Whoever opens records signs
with a key derived from the one that opened them (`custody.ledger_key`); the study's signing key, which
laptops know, begins the ledger and introduces the others. A ledger cut short at its end does not
show by itself: note its head elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from interviewer.files import alone, make_folder, sync_folder
from surveys.language import _
from surveys.problems import Refusal

Event = Literal[
    "founded",
    "key",
    "tested",
    "unseal",
    "export",
    "publish",
    "recover",
    "override",
    "change",
    "release",
    "withdraw",
    "rotate",
    "destroy",
]
Reason = Literal["founded", "unreadable", "chain", "signature", "stranger", "introduced"]
_CONTEXT = b"souspli/study-ledger/v1\0"  # what is signed begins with it: it can serve nothing else
_NONE = "0" * 64
_SHORT = 8  # characters of a head that is noted elsewhere
_LOCK = ".ledger.lock"
_PATIENCE = 30.0  # seconds that two verbs at once wait for each other: a line takes milliseconds


@dataclass(frozen=True, slots=True)
class Line:
    """What was done: when (UTC), what for, to how many records; `sha256` of what it is about, or ''.

    `introduces` is a key that may sign from here on, '' mostly; `key` is whose signature it bears.
    """

    previous: str
    time: str
    event: Event
    what: str
    count: int
    sha256: str
    introduces: str
    key: str

    def encode(self) -> bytes:
        """Return what is signed of the line."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the line of this number, from 1."""

    line: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verified:
    """What a ledger says, and whether it holds.

    `lines` are those that can be read, by number; `names` says of each key introduced whose it is;
    `head` is the hash of the last line, '' where there is none.
    """

    lines: Mapping[int, Line]
    faults: tuple[Fault, ...]
    names: Mapping[str, str]
    head: str

    @property
    def sound(self) -> tuple[Line, ...]:
        """The lines that nothing is wrong with, in order."""
        wrong = {fault.line for fault in self.faults}
        return tuple(line for number, line in self.lines.items() if number not in wrong)

    def signer(self, number: int) -> str:
        """Return whose signature a line bears, '' where that is not sure."""
        is_wrong = any(fault.line == number for fault in self.faults)
        return "" if is_wrong else self.names[self.lines[number].key]

    @property
    def short(self) -> str:
        """The head as eight characters, to be noted elsewhere."""
        return self.head[:_SHORT].upper()


# --- written ------------------------------------------------------------------------------------


def append(
    path: Path,
    event: Event,
    what: str,
    count: int,
    *,
    key: Ed25519PrivateKey,
    sha256: str = "",
    introduces: bytes = b"",
    now: datetime,
) -> None:
    """Add a line and make it durable; raises Refusal where it cannot: what is not written is not done.

    `what` says what for, `count` of how many records, `sha256` is of what it is about, '' if nothing;
    `introduces` is a public key that may sign from now on. What a power cut left of a line goes.
    """
    try:
        make_folder(path.parent)
        with alone(path.with_name(_LOCK), _PATIENCE):
            written = _written(path)
            _require_begun(path, written, event)
            line = Line(
                previous=_digest(written[-1]) if written else _NONE,
                time=now.astimezone(UTC).isoformat(timespec="seconds"),
                event=event,
                what=what.encode("utf-8", "replace").decode("utf-8"),
                count=count,
                sha256=sha256,
                introduces=_base64(introduces),
                key=_base64(key.public_key().public_bytes_raw()),
            )
            _write(path, _signed(line, key.sign(_CONTEXT + line.encode())), written)
    except OSError as error:
        raise Refusal(
            _("{path}: could not be written ({why}); free some space or check the disk").format(
                path=path, why=error.strerror
            )
        ) from error


def _require_begun(path: Path, written: list[bytes], event: Event) -> None:
    if event == "founded" and not written:
        return
    first = _read(written[0]) if written else None
    if event == "founded" or first is None or first[0].event != "founded":
        raise Refusal(
            _(
                "{path}: does not begin with the founding of this study, so nothing can be noted in "
                "it; restore it from a copy"
            ).format(path=path)
        )


def _write(path: Path, line: bytes, before: list[bytes]) -> None:
    """Write a line after the whole ones."""
    at = sum(len(one) + 1 for one in before)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        file.truncate(at)
        file.seek(at)
        file.write(line + b"\n")
        os.fsync(file.fileno())
    if not before:
        sync_folder(path.parent)


# --- read ---------------------------------------------------------------------------------------


def verified(path: Path, signing_public: bytes) -> Verified:
    """Return the lines of a ledger and everything that is wrong with them.

    `signing_public` is the key that must have begun it. Raises Refusal where it cannot be read.
    """
    try:
        written = _written(path)
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be read ({why}); restore it from a copy").format(
                path=path, why=error.strerror
            )
        ) from error
    signer = _base64(signing_public)
    names = {signer: "signing.key"}
    lines: dict[int, Line] = {}
    faults: list[Fault] = [] if written else [Fault(1, "founded")]
    previous = _NONE
    for number, text in enumerate(written, start=1):
        found = _read(text)
        if found is None:
            faults.append(Fault(number, "founded" if number == 1 else "unreadable"))
        else:
            line, signature = found
            lines[number] = line
            reasons = _wrong(line, signature, number, previous, signer, names)
            faults += [Fault(number, reason) for reason in reasons]
            if line.introduces and not reasons:
                names[line.introduces] = line.what if line.event == "key" else "study.key"
        previous = _digest(text)
    return Verified(lines, tuple(faults), names, previous if written else "")


def _wrong(
    line: Line,
    signature: bytes,
    number: int,
    previous: str,
    signer: str,
    names: Mapping[str, str],
) -> list[Reason]:
    """Return everything that is wrong with a line."""
    checks: list[tuple[Reason, bool]] = [
        ("founded", (line.event == "founded") != (number == 1)),
        ("chain", line.previous != previous),
        ("signature", not _is_signed(line, signature)),
        ("stranger", line.key not in names),
        ("introduced", bool(line.introduces) and line.key != signer),
    ]
    return [reason for reason, is_wrong in checks if is_wrong]


def _is_signed(line: Line, signature: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(line.key, validate=True))
        key.verify(signature, _CONTEXT + line.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def _read(text: bytes) -> tuple[Line, bytes] | None:
    """Return a line and its signature, None where it is none: there is one way only of writing each."""
    try:
        fields = json.loads(text)
        signature = base64.b64decode(fields.pop("signature"), validate=True)
        line = Line(**fields)
        is_line = (
            type(line.count) is int
            and line.event in get_args(Event)
            and all(type(value) is str for name, value in fields.items() if name != "count")
            and _signed(line, signature) == text
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return (line, signature) if is_line else None


def _signed(line: Line, signature: bytes) -> bytes:
    return line.encode()[:-1] + b',"signature":"' + base64.b64encode(signature) + b'"}'


def _written(path: Path) -> list[bytes]:
    """Return the whole lines; what stands after the last newline was torn by a power cut."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def why(reason: Reason) -> str:
    """Return in words what is wrong with a line."""
    return {
        "founded": _("the ledger begins with the founding of the study, and with that only"),
        "unreadable": _("it cannot be read"),
        "chain": _("it does not follow from the line before: one was changed, taken out or put in"),
        "signature": _("its signature is false: the line was changed"),
        "stranger": _("it is signed by a key that nobody introduced"),
        "introduced": _("it introduces a key, and only the study's signing key may"),
    }[reason]


def event_in_words(event: Event) -> str:
    """Return what was done, in words."""
    return {
        "founded": _("study founded"),
        "key": _("key introduced"),
        "tested": _("key tested"),
        "unseal": _("records opened"),
        "export": _("dataset written"),
        "publish": _("figures or data published"),
        "recover": _("interviews recovered"),
        "override": _("threshold overridden"),
        "change": _("questionnaire changed"),
        "release": _("reserve released"),
        "withdraw": _("records withdrawn"),
        "rotate": _("keys replaced"),
        "destroy": _("key destroyed"),
    }[event]
