"""Keys of the study: made by their holders, kept in age identity files under a passphrase.

The lead signs kits and receipts with an Ed25519 seed, kept likewise in its own file. Whoever opens
records signs in the study's ledger with a key derived from the one that opened them. What a holder gives
the lead, ROLE.pub, is a recipients file of age: the recipient, and in a comment the key they sign with.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from interviewer import age
from interviewer.files import content_of, write_durably
from interviewer.passphrases import Passphrases, WrongPassphrase
from surveys.language import _
from surveys.problems import Refusal

_SIGNING = b"SOUSPLI-SIGNING-KEY-1-"
_LEDGER_INFO = b"souspli/study-ledger/key/v1"
_LEDGER_LINE = "# ledger key: "
_LARGEST_PUBLIC = 64 * 1024  # bytes of a file that holds a recipient; one has two thousand
WORK_FACTOR = 18  # scrypt 2^18, age's own choice: about a second and 256 MiB


@dataclass(frozen=True, slots=True)
class Public:
    """What a holder gives the lead: the recipient, and the key they sign the ledger with, b'' if unknown."""

    recipient: str
    ledger: bytes = b""

    @classmethod
    def of(cls, identity: age.HybridIdentity) -> Public:
        """Return what the holder of an identity gives."""
        signs = ledger_key([identity]).public_key().public_bytes_raw()
        return cls(identity.recipient.encode(), signs)

    @property
    def digest(self) -> str:
        """SHA-256 of the recipient, by which the ledger names the key."""
        return digest(self.recipient)

    def encode(self) -> bytes:
        """Return the content of ROLE.pub; age reads it as it is (`age --recipients-file`)."""
        signs = f"{_LEDGER_LINE}{base64.b64encode(self.ledger).decode()}\n" if self.ledger else ""
        return f"{signs}{self.recipient}\n".encode("ascii")


# --- keys that open -----------------------------------------------------------------------------


def new_key(path: Path, passphrase: bytes | bytearray, work_factor: int = WORK_FACTOR) -> str:
    """Make a key, write it to `path` under the passphrase, and return its recipient; as `new_identity`."""
    return new_identity(path, passphrase, work_factor).recipient.encode()


def new_identity(
    path: Path, passphrase: bytes | bytearray, work_factor: int = WORK_FACTOR
) -> age.HybridIdentity:
    """Make a key, write it to `path` under the passphrase, and return it.

    Refuses to overwrite: a key lost is every record lost.
    """
    identity = age.HybridIdentity.generate()
    write_identity(identity, path, passphrase, work_factor)
    return identity


def write_identity(
    identity: age.HybridIdentity,
    path: Path,
    passphrase: bytes | bytearray,
    work_factor: int = WORK_FACTOR,
) -> None:
    """Write a key that nobody has yet to `path`, under the passphrase; as `new_identity`."""
    _refuse_existing(path)
    write_durably(path, age.write_identity_file(identity, age.Passphrase(passphrase, work_factor)))


def open_key(path: Path, passphrase: bytes | bytearray) -> Sequence[age.Identity]:
    """Return the identities in a key file; raises Refusal where the passphrase is not its own."""
    return age.read_identities(_opened(path, passphrase))


def unlocked(keys: Sequence[Path], given: Passphrases) -> Sequence[age.Identity]:
    """Return the identities of some key files, in their order, by a passphrase each, which is wiped.

    Raises Refusal where there is no key, or a passphrase is not its key's own.
    """
    if not keys:
        raise Refusal(
            _("there is no study key in keys/, and nothing can be opened; restore it from a copy")
        )
    return [identity for path in keys for identity in _unlocked(path, given)]


def _unlocked(path: Path, given: Passphrases) -> Sequence[age.Identity]:
    content_of(path)  # one that is not there is refused before a passphrase is asked
    return given.opening(path.name, lambda secret: open_key(path, secret))


# --- keys that sign -----------------------------------------------------------------------------


def ledger_key(identities: Sequence[age.Identity]) -> Ed25519PrivateKey:
    """Return the key by which whoever holds these identities signs the ledger: the newest one's.

    HKDF-SHA-256 of the identity's seed, for this purpose alone: who sees the signatures or the public
    key learns nothing of the seed, and who has no seed cannot sign.
    """
    own = [one for one in identities if isinstance(one, age.HybridIdentity)]
    if not own:
        raise Refusal(_("this key is none that Souspli makes; give the holder's own key file"))
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_LEDGER_INFO).derive(own[-1].seed)
    return Ed25519PrivateKey.from_private_bytes(derived)


def new_signing_key(
    path: Path, passphrase: bytes | bytearray, work_factor: int = WORK_FACTOR
) -> Ed25519PrivateKey:
    """Make a signing key, write its seed under the passphrase, and return it."""
    _refuse_existing(path)
    key = Ed25519PrivateKey.generate()
    content = _SIGNING + base64.b64encode(key.private_bytes_raw()) + b"\n"
    write_durably(path, age.seal(content, [age.Passphrase(passphrase, work_factor)]))
    return key


def open_signing_key(path: Path, passphrase: bytes | bytearray) -> Ed25519PrivateKey:
    """Return the signing key in a file; raises Refusal where it is none."""
    content = _opened(path, passphrase)
    try:
        if not content.startswith(_SIGNING):
            raise ValueError
        return Ed25519PrivateKey.from_private_bytes(
            base64.b64decode(content.removeprefix(_SIGNING))
        )
    except ValueError:  # from None: what was read is nobody's business
        raise Refusal(
            _("{path}: is not a signing key; give the study's own").format(path=path)
        ) from None


def require_signer(key: Ed25519PrivateKey, signer: bytes) -> None:
    """Raise Refusal unless the key is the signer that study.yaml names: laptops believe no other."""
    if key.public_key().public_bytes_raw() != signer:
        raise Refusal(_("signing.key is not the key study.yaml names; restore the right file"))


# --- public parts -------------------------------------------------------------------------------


def digest(recipient: str) -> str:
    """Return the SHA-256 of a recipient, by which the ledger names a key."""
    return hashlib.sha256(recipient.encode("ascii")).hexdigest()


def recipient_of(given: str) -> str:
    """Return the recipient that a text is, or that the file of that name holds; as `public_of`."""
    return public_of(given).recipient


def public_of(given: str) -> Public:
    """Return what a holder gave: the text of a recipient, or the name of the file holding it.

    Raises Refusal where it is neither: a record sealed to nobody is lost.
    """
    text = given.strip()
    if not text.startswith("age1"):
        try:
            text = content_of(Path(given), _LARGEST_PUBLIC).decode("utf-8")
        except (Refusal, ValueError) as error:
            raise Refusal(
                _("{given}: neither a recipient (age1pq1…) nor a file holding one").format(
                    given=given[:80]
                )
            ) from error
    lines = text.strip().splitlines()
    signs = [line.removeprefix(_LEDGER_LINE) for line in lines if line.startswith(_LEDGER_LINE)]
    recipient = "\n".join(line for line in lines if not line.startswith("#"))
    return Public(age.HybridRecipient.parse(recipient.strip()).encode(), _signing_part(signs))


def _signing_part(told: Sequence[str]) -> bytes:
    """Return the key of the one line that tells it; b'' where none does, or it is none."""
    try:
        (text,) = told
        key = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return key if len(key) == 32 else b""


def recipients(texts: Sequence[str]) -> list[age.HybridRecipient]:
    """Return the recipients written in a list of texts."""
    return [age.HybridRecipient.parse(text) for text in texts]


def _opened(path: Path, passphrase: bytes | bytearray) -> bytes:
    content = content_of(path)
    try:
        return age.unseal(content, [age.Passphrase(passphrase)])
    except age.AgeError as error:
        raise WrongPassphrase(
            _("{path}: this passphrase does not open it; try again").format(path=path)
        ) from error


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise Refusal(_("{path}: exists already; a key is never overwritten").format(path=path))
