"""The laptop's ledger: that an interview began, that it ended, what was handed over; never what was said.

One line an event, each with the hash of the line before it. The head (how many lines, the hash of
the last) is signed by the laptop's key, so that one signature vouches for the whole chain, and a
ledger that was cut, forked or edited does not extend the one the study lead has seen before.
`end` does not say whether an interview was completed, broken off or refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from interviewer import foreign
from interviewer.files import FIXED_TIME, make_folder, write_durably
from surveys.language import _
from surveys.problems import Refusal

Event = Literal["start", "end", "handover"]
_CONTEXT = b"souspli/ledger/v1\0"  # what is signed begins with it, so no other signature can serve
_NONE = "0" * 64
# JSON, and one spelling of each line. An id names files at the desk: it is nothing but an id.
_WRITTEN = re.compile(
    rb'\{"n":([1-9][0-9]{0,8}),"event":"(start|end|handover)","id":"([0-9a-f]{32})",'
    rb'"hash":"((?:[0-9a-f]{64})?)","previous":"([0-9a-f]{64})"\}'
)
_SHORT = 8  # characters of a head on the daily sheet


class LedgerError(Refusal):
    """A ledger whose chain or signature does not hold."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event: its number from 1, the record's id, the hash of what was sealed ('' if nothing)."""

    number: int
    event: Event
    id: str
    hash: str
    previous: str

    def encode(self) -> bytes:
        """Return the line as it is written, without its end."""
        return (
            f'{{"n":{self.number},"event":"{self.event}","id":"{self.id}",'
            f'"hash":"{self.hash}","previous":"{self.previous}"}}'
        ).encode("ascii")

    @property
    def digest(self) -> str:
        """SHA-256 of the line, which the next one carries."""
        return hashlib.sha256(self.encode()).hexdigest()


def read(content: bytes) -> tuple[Line, ...]:
    """Return the lines of a ledger whose chain holds; a last line torn by a power cut does not count.

    Raises LedgerError at the first line that does not follow from the one before.
    """
    lines: list[Line] = []
    previous = _NONE
    for ended in BytesIO(content):  # one at a time: nothing but newlines would fill the memory
        if not ended.endswith(b"\n"):  # what stands after the last newline was torn
            break
        written = ended[:-1]
        line = _line(written)
        if line is None or (line.number, line.previous) != (len(lines) + 1, previous):
            raise LedgerError(
                _(
                    "line {n} of the ledger does not follow from the line before; hand over with "
                    "--lost-passphrase, and ask the study lead"
                ).format(n=len(lines) + 1)
            )
        lines.append(line)
        previous = hashlib.sha256(written).hexdigest()  # `_line` saw that it is written so
    return tuple(lines)


def head(lines: Sequence[Line], device: str, key: Ed25519PrivateKey) -> bytes:
    """Return the signed head of a ledger."""
    signature = key.sign(_signed(lines, device))
    fields = {
        "n": len(lines),
        "hash": _last(lines),
        "signature": base64.b64encode(signature).decode(),
    }
    return json.dumps(fields).encode("ascii")


def verify(lines: Sequence[Line], signed: bytes, device: str, key: Ed25519PublicKey) -> None:
    """Raise LedgerError unless the head is this laptop's and that of these lines."""
    try:
        found = foreign.read(signed)
        stated = (found["n"], found["hash"])
        key.verify(base64.b64decode(found["signature"]), _signed(lines, device))
    except (ValueError, KeyError, TypeError, InvalidSignature) as error:
        raise LedgerError(
            _("the head of {device}'s ledger is not signed by that laptop").format(device=device)
        ) from error
    if stated != (len(lines), _last(lines)):
        raise LedgerError(
            _("the head of {device}'s ledger is that of another").format(device=device)
        )


def rank(lines: Sequence[Line], record_id: str) -> int:
    """Return the number of a record among those begun, from 1; 0 where it never was."""
    begun = [line.id for line in lines if line.event == "start"]
    return begun.index(record_id) + 1 if record_id in begun else 0


def short(lines: Sequence[Line]) -> str:
    """Return the head as eight characters, for the daily device sheet."""
    return shortened(_last(lines))


def shortened(head: str) -> str:
    """Return a hash as the eight characters that a person copies and compares."""
    return head[:_SHORT].upper()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of a device folder: `ledger` and `ledger.head`."""

    folder: Path
    device: str

    @property
    def path(self) -> Path:
        """Where the lines are."""
        return self.folder / "ledger"

    def lines(self) -> tuple[Line, ...]:
        """Return the lines written so far."""
        return read(self.path.read_bytes()) if self.path.exists() else ()

    def append(self, event: Event, record_id: str, digest: str, key: Ed25519PrivateKey) -> Line:
        """Write one event and sign the new head; both are on the disk when this returns.

        Writing the same event of the same record twice writes it once: what a crash interrupted can
        be done again.
        """
        lines = self.lines()
        found = next((one for one in lines if (one.event, one.id) == (event, record_id)), None)
        if found is None or event == "handover":
            found = Line(len(lines) + 1, event, record_id, digest, _last(lines))
            self._write(found, len(b"".join(one.encode() + b"\n" for one in lines)))
            lines = (*lines, found)
        write_durably(self.folder / "ledger.head", head(lines, self.device, key))
        return found

    def _write(self, line: Line, at: int) -> None:
        """Write a line after the whole ones; what a power cut left there is overwritten."""
        try:
            make_folder(self.folder)
            descriptor = os.open(
                self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600
            )
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                file.truncate(at)
                file.seek(at)
                file.write(line.encode() + b"\n")
                os.fsync(file.fileno())
            os.utime(self.path, (FIXED_TIME, FIXED_TIME))
        except OSError as error:
            raise LedgerError(
                _("{path}: could not be written ({why}); free some space or check the disk").format(
                    path=self.path, why=error.strerror
                )
            ) from error


def _line(written: bytes) -> Line | None:
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return None
    number, event, record_id, digest, previous = (part.decode("ascii") for part in found.groups())
    return Line(int(number), cast(Event, event), record_id, digest, previous)


def _last(lines: Sequence[Line]) -> str:
    return lines[-1].digest if lines else _NONE


def _signed(lines: Sequence[Line], device: str) -> bytes:
    return _CONTEXT + f"{device}\0{len(lines)}\0{_last(lines)}".encode()
