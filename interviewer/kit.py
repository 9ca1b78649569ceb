"""The kit: what a laptop must know to hold interviews, signed by the study lead.

This is its public part: study, device, instruments, recipients, bucket size. It carries no case, no
word list and no help number yet: those will be a private part sealed to the device.
The file is one line naming the format, one with the lead's public key and signature, then JSON.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from interviewer import age
from surveys.check import check, errors
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal

_MAGIC = b"souspli-kit/1\n"
_CONTEXT = b"souspli/kit/v1\0"  # what is signed begins with it, so no other signature can serve


class KitError(Refusal):
    """A kit that cannot be trusted or used."""


@dataclass(frozen=True, slots=True)
class KitInstrument:
    """An instrument in a kit: its source text and what its records are about."""

    id: str
    version: str
    hash: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Kit:
    """The public part of a kit. `recipients` has the keys study, escrow and custodian."""

    study: str
    title: Mapping[str, str]
    version: int
    device: str
    roster: tuple[str, ...]
    is_practice: bool
    bucket: int
    has_links: bool
    recipients: Mapping[str, tuple[str, ...]]
    instruments: tuple[KitInstrument, ...]

    @property
    def answer_recipients(self) -> tuple[age.HybridRecipient, ...]:
        """Whom answers are sealed to: the study's key and the escrow's."""
        wanted = (*self.recipients["study"], *self.recipients["escrow"])
        return tuple(age.HybridRecipient.parse(text) for text in wanted)

    @property
    def link_recipients(self) -> tuple[age.HybridRecipient, ...]:
        """Whom links are sealed to: the custodian alone."""
        return tuple(age.HybridRecipient.parse(text) for text in self.recipients["custodian"])

    def named(self, instrument: str) -> KitInstrument | None:
        """Return the instrument with this id, or None."""
        return next((found for found in self.instruments if found.id == instrument), None)


@dataclass(frozen=True, slots=True)
class SignedKit:
    """A kit whose signature was verified: by which key, and the hash its records name."""

    kit: Kit
    signer: bytes
    hash: str
    content: bytes


def sign(kit: Kit, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of a kit, signed."""
    payload = json.dumps(
        asdict(kit), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    public = key.public_key().public_bytes_raw()
    line = base64.b64encode(public) + b" " + base64.b64encode(key.sign(_CONTEXT + payload))
    return _MAGIC + line + b"\n" + payload


def read(content: bytes) -> SignedKit:
    """Return a kit whose own signature verifies; who signed it is for the caller to judge.

    Raises KitError where the file is no kit, was changed, or names a recipient that is none.
    """
    head, _newline, payload = content.removeprefix(_MAGIC).partition(b"\n")
    if not content.startswith(_MAGIC):
        raise KitError(_("this file is not a kit; ask the study lead for the kit of this laptop"))
    try:
        public, signature = (base64.b64decode(part, validate=True) for part in head.split(b" "))
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _CONTEXT + payload)
    except (ValueError, InvalidSignature) as error:
        raise KitError(
            _("the kit's signature does not verify: it was changed on the way; ask for it again")
        ) from error
    try:
        kit = _kit(json.loads(payload))
    except (ValueError, TypeError, KeyError) as error:
        raise KitError(
            _("this kit was made by another version of souspli; install that one")
        ) from error
    _require_recipients(kit)
    return SignedKit(kit, public, hashlib.sha256(payload).hexdigest(), content)


def _kit(found: dict[str, Any]) -> Kit:
    found["roster"] = tuple(found["roster"])
    found["recipients"] = {role: tuple(keys) for role, keys in found["recipients"].items()}
    found["instruments"] = tuple(KitInstrument(**one) for one in found["instruments"])
    return Kit(**found)


def _require_recipients(kit: Kit) -> None:
    try:
        if not kit.answer_recipients or (kit.has_links and not kit.link_recipients):
            raise KitError(_("the kit names nobody who could open its records; ask for a new kit"))
    except age.AgeError as error:
        raise KitError(
            _("the kit names a recipient that is not a key; ask for a new kit")
        ) from error


def instrument_of(found: KitInstrument) -> Instrument:
    """Return a kit's instrument, loaded; raises KitError if its text is not the one named."""
    loaded = check(found.source, f"{found.id}.yaml")
    if loaded.instrument is None or errors(loaded) or loaded.instrument.digest != found.hash:
        raise KitError(_("the kit's questionnaire is damaged; ask for a new kit"))
    return loaded.instrument


def fingerprint(signer: bytes) -> str:
    """Return a signing key as 32 hexadecimal digits in groups of four, to compare aloud."""
    digits = hashlib.sha256(b"souspli/fingerprint/v1\0" + signer).hexdigest()[:32]
    return " ".join(digits[start : start + 4] for start in range(0, 32, 4))
