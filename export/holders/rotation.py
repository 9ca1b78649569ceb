"""New keys for the next wave: from then on kits seal to them, and what was sealed before stays as it is.

With a key for each wave, a wave's records can be destroyed with its key. The number of keys of each
role stays the same, so that records keep one size and no outsider can tell one wave's from another's. The
signing key is not replaced: laptops know it, and believe no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody, ledger
from export.custody import Public
from export.holders import keyring, study_file
from export.study import Study, study_of
from interviewer import age
from interviewer.files import write_durably
from surveys.language import _
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave to come: its number, the public halves given for it, and study.yaml as it will be."""

    number: int
    given: Mapping[str, Public]
    text: str

    def name(self, role: str) -> str:
        """Return the name of a role's key of this wave."""
        return f"{role}-{self.number}"


def prepare(study: Study, given: Mapping[str, Public]) -> Wave:
    """Return the next wave of a study; nothing is written yet.

    `given` are the new keys of escrow and custodian, of those that have one. Raises Refusal where a key
    was the study's before, or study.yaml cannot name the new ones.
    """
    known = {held.public.recipient: held for held in keyring.of_study(study)}
    for role, public in given.items():
        if public.recipient in known:
            raise Refusal(
                _("the key given for the {holder} is {name}.key already; give a new one").format(
                    holder=keyring.in_words(role), name=known[public.recipient].name
                )
            )
    number = keyring.next_wave(study)
    replaced = {role: f"keys/{role}-{number}.pub" for role in ("study", *given)}
    return Wave(number, given, study_file.with_recipients(study, replaced))


def rotate(
    study: Study,
    wave: Wave,
    signing: Ed25519PrivateKey,
    passphrase: bytes | bytearray,
    now: datetime,
    work_factor: int = custody.WORK_FACTOR,
) -> Path:
    """Make the study's key of a wave under a passphrase, and return its file; study.yaml names it at last.

    What is interrupted before leaves study.yaml as it was: run again, it makes another wave.
    """
    custody.require_signer(signing, study.signer)
    keys = study.folder / "keys"
    path = keys / f"{wave.name('study')}.key"
    identity = age.HybridIdentity.generate()
    own = Public.of(identity)
    _introduce(study, path.name, own, signing, now)  # first: what opens must be known to sign
    custody.write_identity(identity, path, passphrase, work_factor)
    public = {"study": own, **wave.given}
    for role, one in public.items():
        write_durably(keys / f"{wave.name(role)}.pub", one.encode(), mode=0o644)
    made = study_of(wave.text, study.folder)
    for role, one in public.items():
        if made.recipients[role] != (one.recipient,):
            raise Refusal(_("study.yaml was changed meanwhile; run it again"))
    names = " ".join(f"{wave.name(role)}.key" for role in public)
    digest = own.digest
    ledger.append(study.ledger, "rotate", names, len(public), key=signing, sha256=digest, now=now)
    write_durably(study.folder / "study.yaml", wave.text.encode("utf-8"), mode=0o644)
    return path


def _introduce(
    study: Study, name: str, own: Public, signing: Ed25519PrivateKey, now: datetime
) -> None:
    ledger.append(
        study.ledger,
        "key",
        name,
        0,
        key=signing,
        introduces=own.ledger,
        sha256=own.digest,
        now=now,
    )
