"""Recipients and identities: wrapping a file key, and unwrapping it, side by side.

Source: the age specification, "Native recipient types".
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.backends.openssl.backend import backend
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from interviewer.age import bech32
from interviewer.age.errors import AgeError, HeaderFailure, KeyFailure, malformed_header
from interviewer.age.header import FILE_KEY, WRAPPED, Stanza, derive, to_base64
from surveys.language import _

_HYBRID = "mlkem768x25519"
_HYBRID_INFO = b"age-encryption.org/mlkem768x25519"
_HYBRID_SHARE = 1088 + 32  # a ciphertext of ML-KEM-768, a public key of X25519
_MLKEM_PUBLIC = 1184
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_SALT = 16
_ONLY_ONCE = bytes(12)  # the nonce of a key that encrypts one thing, ever


class Recipient(Protocol):
    """Whoever a file can be sealed to."""

    @property
    def stanza_size(self) -> int:
        """The number of bytes that the recipient adds to a header, whatever the file key."""

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the file key wrapped for this recipient."""


class Identity(Protocol):
    """Whoever may unseal a file."""

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key in a stanza, or None where it is not for this identity.

        Raises HeaderFailure where a stanza of its kind is malformed.
        """


def mlkem_is_available() -> bool:
    """Return whether this machine's cryptography can seal to a hybrid recipient.

    To be asked before an interview starts: without it nothing could be sealed at its end.
    """
    return backend.mlkem_supported()


def argon2_is_available() -> bool:
    """Return whether this machine's cryptography can derive a key with Argon2id."""
    return backend.argon2_supported()


def _require_mlkem() -> None:
    if not mlkem_is_available():
        raise AgeError(
            _(
                "this machine's cryptography lacks ML-KEM, so nothing can be sealed; "
                "install the `cryptography` wheel, version 49 or newer, for this system"
            )
        )


@dataclass(frozen=True)
class HybridRecipient:
    """A public key of ML-KEM-768 and X25519 together, 1,216 bytes: `age1pq1…`."""

    public: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> HybridRecipient:
        """Return the recipient, once something was really sealed to it.

        A key that parses but takes no seal would be found out at the end of an interview.
        """
        _require_mlkem()
        try:
            recipient = cls(bech32.decode("age1pq", text))
            recipient.wrap(bytes(FILE_KEY))
        except ValueError:
            raise KeyFailure(
                _("this is not a recipient `age1pq1…`; copy the whole line of the public key")
            ) from None
        return recipient

    def encode(self) -> str:
        """Return the recipient as text, `age1pq1…`."""
        return bech32.encode("age1pq", self.public)

    @property
    def stanza_size(self) -> int:
        """The number of bytes that the recipient adds to a header, whatever the file key."""
        return len(_hybrid_stanza(bytes(_HYBRID_SHARE + WRAPPED)).encode())

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the file key sealed to this key, by HPKE in base mode.

        An observer learns neither the file key nor which key it was sealed to. HPKE authenticates
        what is wrapped, not who wrapped it. No nonce repeats: each call encapsulates anew, so each
        key encrypts once.
        """
        return _hybrid_stanza(_SUITE.encrypt(file_key, self._key, _HYBRID_INFO))

    @cached_property
    def _key(self) -> hpke.MLKEM768X25519PublicKey:
        """The key of the library; raises ValueError where the bytes are none."""
        return hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.public[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(self.public[_MLKEM_PUBLIC:]),
        )


@dataclass(frozen=True)
class HybridIdentity:
    """The 32-byte seed of both private keys: `AGE-SECRET-KEY-PQ-1…`."""

    seed: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> HybridIdentity:
        """Return a new identity."""
        _require_mlkem()
        return cls(secrets.token_bytes(32))

    @classmethod
    def parse(cls, text: str) -> HybridIdentity:
        """Return the identity `AGE-SECRET-KEY-PQ-1…`."""
        _require_mlkem()
        return cls(_secret("AGE-SECRET-KEY-PQ-", text))

    def encode(self) -> str:
        """Return the identity as text. It is the secret itself."""
        return bech32.encode("AGE-SECRET-KEY-PQ-", self.seed)

    def __reduce__(self) -> tuple[type[HybridIdentity], tuple[bytes]]:
        """Go to another process as the seed alone: the keys made of it belong to their library."""
        return HybridIdentity, (self.seed,)

    @cached_property
    def recipient(self) -> HybridRecipient:
        """Whom to seal to, for this identity to open."""
        mlkem, x25519 = (key.public_key().public_bytes_raw() for key in self._keys)
        return HybridRecipient(mlkem + x25519)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key of a `mlkem768x25519` stanza for this identity, else None."""
        if stanza.kind != _HYBRID:
            return None
        share = stanza.share(2, _HYBRID_SHARE)
        try:
            return _SUITE.decrypt(share + stanza.body, self._key, _HYBRID_INFO)
        except InvalidTag:
            # HPKE answers likewise to a share of low order, which the specification tells apart.
            _exchange(self._keys[1], share[-32:])
            return None

    @cached_property
    def _key(self) -> hpke.MLKEM768X25519PrivateKey:
        return hpke.MLKEM768X25519PrivateKey(*self._keys)

    @cached_property
    def _keys(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        expanded = hashlib.shake_256(self.seed).digest(64 + 32)
        return (
            MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
            X25519PrivateKey.from_private_bytes(expanded[64:]),
        )


def _hybrid_stanza(sealed: bytes) -> Stanza:
    return Stanza((_HYBRID, to_base64(sealed[:_HYBRID_SHARE])), sealed[_HYBRID_SHARE:])


@dataclass(frozen=True)
class X25519Identity:
    """A classic identity, `AGE-SECRET-KEY-1…`: it opens what others sealed; none is made here."""

    scalar: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> X25519Identity:
        """Return the identity `AGE-SECRET-KEY-1…`."""
        return cls(_secret("AGE-SECRET-KEY-", text))

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key of an `X25519` stanza for this identity, else None."""
        if stanza.kind != "X25519":
            return None
        share = stanza.share(2, 32)
        key = X25519PrivateKey.from_private_bytes(self.scalar)
        salt = share + key.public_key().public_bytes_raw()
        wrap_key = derive(_exchange(key, share), salt, b"age-encryption.org/v1/X25519")
        return _opened(wrap_key, stanza.body)


@dataclass(frozen=True, eq=False)
class Passphrase:
    """A passphrase, recipient and identity at once; alone in its file.

    The caller's bytes are kept, not copied: a bytearray can be wiped after use. `work_factor` is
    the power of two of scrypt's N when sealing; 18, age's own, takes 256 MiB and about a second. A
    file that asks for more than `highest_work_factor` (20: 1 GiB) is refused.
    """

    secret: bytes | bytearray = field(repr=False)
    work_factor: int = 18
    highest_work_factor: int = 20

    def __post_init__(self) -> None:
        if not self.secret:
            raise KeyFailure(_("the passphrase is empty; type one"))
        if not 0 < self.work_factor <= self.highest_work_factor:
            raise ValueError("the work factor is outside 1 to the highest that would be read")

    @property
    def stanza_size(self) -> int:
        """The number of bytes that the recipient adds to a header, whatever the file key."""
        return len(self._stanza(bytes(_SALT), bytes(WRAPPED)).encode())

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the file key encrypted under the passphrase.

        An observer learns the work factor and may try passphrases, each at its cost. Only someone
        who knows the passphrase can have wrapped it. The nonce is constant and yet cannot repeat:
        each call derives a key of its own from a new salt.
        """
        salt = secrets.token_bytes(_SALT)
        wrap_key = self._wrap_key(salt, self.work_factor)
        return self._stanza(salt, ChaCha20Poly1305(wrap_key).encrypt(_ONLY_ONCE, file_key, None))

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key of a `scrypt` stanza that this passphrase opens, else None."""
        if stanza.kind != "scrypt":
            return None
        salt = stanza.share(3, _SALT)
        wrap_key = self._wrap_key(salt, self._affordable(stanza.arguments[2]))
        return _opened(wrap_key, stanza.body)

    def _affordable(self, work_factor: str) -> int:
        """Return the work factor a stanza asks for, if it is canonical and not too high."""
        if re.fullmatch("[1-9][0-9]*", work_factor) is None:
            raise malformed_header()
        if len(work_factor) > 2 or int(work_factor) > self.highest_work_factor:
            raise HeaderFailure(
                _("this file asks for too much work of a passphrase; have it sealed again")
            )
        return int(work_factor)

    def _stanza(self, salt: bytes, body: bytes) -> Stanza:
        return Stanza(("scrypt", to_base64(salt), str(self.work_factor)), body)

    def _wrap_key(self, salt: bytes, work_factor: int) -> bytes:
        salted = b"age-encryption.org/v1/scrypt" + salt
        try:
            return Scrypt(salt=salted, length=32, n=1 << work_factor, r=8, p=1).derive(self.secret)
        except MemoryError:
            message = _("the passphrase needs {needed} MiB of memory; close other programs")
            raise AgeError(message.format(needed=(1 << work_factor) // 1024)) from None


def _secret(prefix: str, text: str) -> bytes:
    """Return the 32 bytes of a secret key; the refusal never holds the text."""
    try:
        data = bech32.decode(prefix, text)
    except ValueError:
        data = b""
    if len(data) != 32:
        raise KeyFailure(
            _("this is not a secret key of age; use the key file unchanged, as it was written")
        )
    return data


def _exchange(key: X25519PrivateKey, share: bytes) -> bytes:
    """Return the shared secret of X25519; a share of low order, which makes it zero, is refused."""
    try:
        return key.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        raise malformed_header() from None


def _opened(wrap_key: bytes, body: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(wrap_key).decrypt(_ONLY_ONCE, body, None)
    except InvalidTag:
        return None
