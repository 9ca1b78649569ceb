"""Keys of the study: made by their holders, kept in age identity files under a passphrase.

The lead signs kits and receipts with an Ed25519 seed, kept likewise in its own file.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import age
from interviewer.files import content_of, write_durably
from interviewer.passphrases import Passphrases, wipe
from surveys.language import _
from surveys.problems import Refusal

_SIGNING = b"SOUSPLI-SIGNING-KEY-1-"
WORK_FACTOR = 18  # scrypt 2^18, age's own choice: about a second and 256 MiB


def new_key(path: Path, passphrase: bytes | bytearray, work_factor: int = WORK_FACTOR) -> str:
    """Make a key, write it to `path` under the passphrase, and return its recipient.

    Refuses to overwrite: a key lost is every record lost.
    """
    _refuse_existing(path)
    identity = age.HybridIdentity.generate()
    write_durably(path, age.write_identity_file(identity, age.Passphrase(passphrase, work_factor)))
    return identity.recipient.encode()


def open_key(path: Path, passphrase: bytes | bytearray) -> Sequence[age.Identity]:
    """Return the identities in a key file; raises Refusal where the passphrase is not its own."""
    return age.read_identities(_opened(path, passphrase))


def unlocked(study_key: Path, given: Passphrases) -> Sequence[age.Identity]:
    """Return the identities of a study's key, by the next passphrase given, which is wiped."""
    secret = given.existing("study.key")
    identities = open_key(study_key, secret)
    wipe(secret)
    return identities


def new_signing_key(
    path: Path, passphrase: bytes | bytearray, work_factor: int = WORK_FACTOR
) -> bytes:
    """Make a signing key, write its seed under the passphrase, and return the public key."""
    _refuse_existing(path)
    key = Ed25519PrivateKey.generate()
    content = _SIGNING + base64.b64encode(key.private_bytes_raw()) + b"\n"
    write_durably(path, age.seal(content, [age.Passphrase(passphrase, work_factor)]))
    return key.public_key().public_bytes_raw()


def open_signing_key(path: Path, passphrase: bytes | bytearray) -> Ed25519PrivateKey:
    """Return the signing key in a file; raises Refusal where it is none."""
    content = _opened(path, passphrase)
    if not content.startswith(_SIGNING):
        raise Refusal(_("{path}: is not a signing key; give the study's own").format(path=path))
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(content.removeprefix(_SIGNING)))


def require_signer(key: Ed25519PrivateKey, signer: bytes) -> None:
    """Raise Refusal unless the key is the signer that study.yaml names: laptops believe no other."""
    if key.public_key().public_bytes_raw() != signer:
        raise Refusal(_("signing.key is not the key study.yaml names; restore the right file"))


def recipient_of(given: str) -> str:
    """Return the recipient that a text is, or that the file of that name holds.

    Raises Refusal where it is neither: a record sealed to nobody is lost.
    """
    text = given.strip()
    if not text.startswith("age1"):
        try:
            text = Path(given).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(
                _("{given}: neither a recipient (age1pq1…) nor a file holding one").format(
                    given=given[:80]
                )
            ) from error
    return age.HybridRecipient.parse(text).encode()


def _opened(path: Path, passphrase: bytes | bytearray) -> bytes:
    content = content_of(path)
    try:
        return age.unseal(content, [age.Passphrase(passphrase)])
    except age.AgeError as error:
        raise Refusal(
            _("{path}: this passphrase does not open it; try again").format(path=path)
        ) from error


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise Refusal(_("{path}: exists already; a key is never overwritten").format(path=path))


def recipients(texts: Sequence[str]) -> list[age.HybridRecipient]:
    """Return the recipients written in a list of texts."""
    return [age.HybridRecipient.parse(text) for text in texts]
