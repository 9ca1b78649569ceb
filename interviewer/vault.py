"""The vault: the laptop's own keys, under the interviewer's passphrase.

The passphrase, through Argon2id, opens a random vault key; the vault key opens the device's age
identity and its signing key, and wraps the keys of drafts and of the case journal. Changing the
passphrase wraps the same vault key anew. None of these keys opens a sealed record.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from interviewer import age, foreign
from surveys.language import _
from surveys.problems import Refusal

_CONTEXT = b"souspli/vault/v1\0"
_SALT, _NONCE, _KEY = 16, 12, 32  # bytes


class VaultError(Refusal):
    """The vault does not open, or is none."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at the passphrase costs. `memory` in KiB; see RFC 9106, section 4."""

    memory: int
    iterations: int
    lanes: int


FIELD = Cost(256 * 1024, 3, 4)  # about a second on a laptop of 2020
LEAST_MEMORY = 64 * 1024  # RFC 9106's second recommended option; never less in the field
# What is tried at all, in times of FIELD's work and memory, and in lanes.
_MOST_WORK, _MOST_MEMORY, _MOST_LANES = 4, 4, 64
CHEAPEST = Cost(8, 1, 1)  # for tests and demonstrations: protects nothing


@dataclass(frozen=True, slots=True)
class Secrets:
    """What an open vault gives. It has no repr of its keys."""

    vault_key: bytes = field(repr=False)
    identity: age.HybridIdentity = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Stored:
    """The parts of a vault file. `kdf` is the text of cost and salt, which the wrap authenticates."""

    kdf: bytes
    cost: Cost
    salt: bytes
    wrapped: bytes
    keys: bytes


def calibrated(seconds: float = 1.0, clock: Callable[[], float] = time.perf_counter) -> Cost:
    """Return the field cost, its memory halved while one guess takes over twice `seconds` here."""
    cost = FIELD
    while cost.memory > LEAST_MEMORY:
        start = clock()
        _derived(b"calibration", bytes(_SALT), cost)
        if clock() - start <= 2 * seconds:
            break
        cost = replace(cost, memory=cost.memory // 2)
    return cost


def create(passphrase: bytes | bytearray, cost: Cost) -> tuple[bytes, Secrets]:
    """Return the bytes of a new vault, and the keys made for it."""
    made = Secrets(
        secrets.token_bytes(_KEY), age.HybridIdentity.generate(), Ed25519PrivateKey.generate()
    )
    content = json.dumps(
        {
            "identity": made.identity.encode(),
            "signing": base64.b64encode(made.signing.private_bytes_raw()).decode(),
        }
    ).encode("ascii")
    return _written(
        made.vault_key, passphrase, cost, _sealed(made.vault_key, content, b"keys")
    ), made


def unlock(vault: bytes, passphrase: bytes | bytearray) -> Secrets:
    """Return the keys in a vault; raises VaultError for another passphrase or a damaged file."""
    found = _read(vault)
    vault_key = _vault_key(found, passphrase)
    try:
        content = foreign.read(_opened(vault_key, found.keys, b"keys"))
        signing = Ed25519PrivateKey.from_private_bytes(base64.b64decode(content["signing"]))
        return Secrets(vault_key, age.HybridIdentity.parse(content["identity"]), signing)
    except (InvalidTag, ValueError, KeyError) as error:
        raise _damaged() from error


def changed(vault: bytes, old: bytes | bytearray, new: bytes | bytearray, cost: Cost) -> bytes:
    """Return the same vault under another passphrase; every draft stays readable."""
    found = _read(vault)
    return _written(_vault_key(found, old), new, cost, found.keys)


def wrap(vault_key: bytes, secret: bytes, what: str) -> bytes:
    """Return a secret sealed under the vault key; `what` says whose it is and is authenticated."""
    return _sealed(vault_key, secret, b"wrap/" + what.encode())


def unwrap(vault_key: bytes, wrapped: bytes, what: str) -> bytes:
    """Return the secret; raises InvalidTag where the key or `what` is another."""
    return _opened(vault_key, wrapped, b"wrap/" + what.encode())


def _written(vault_key: bytes, passphrase: bytes | bytearray, cost: Cost, keys: bytes) -> bytes:
    salt = secrets.token_bytes(_SALT)
    kdf = {**asdict(cost), "salt": base64.b64encode(salt).decode()}
    wrapped = _sealed(_derived(passphrase, salt, cost), vault_key, _canonical(kdf))
    parts = {"wrapped": wrapped, "keys": keys}
    encoded = {name: base64.b64encode(part).decode() for name, part in parts.items()}
    return json.dumps({"souspli_vault": 1, "kdf": kdf, **encoded}).encode("ascii")


def _vault_key(found: _Stored, passphrase: bytes | bytearray) -> bytes:
    try:
        derived = _derived(passphrase, found.salt, found.cost)
        return _opened(derived, found.wrapped, found.kdf)
    except InvalidTag as error:
        raise VaultError(_("this passphrase does not open this laptop; try again")) from error
    except ValueError as error:
        raise _damaged() from error
    except MemoryError:
        message = _("the passphrase needs {needed} MiB of memory; close other programs")
        raise VaultError(message.format(needed=found.cost.memory // 1024)) from None


def _read(vault: bytes) -> _Stored:
    try:
        found = foreign.read(vault)
        kdf = found["kdf"]
        cost = Cost(*(int(kdf[name]) for name in ("memory", "iterations", "lanes")))
        if found["souspli_vault"] != 1 or not _is_affordable(cost):
            raise _damaged()
        parts = (kdf["salt"], found["wrapped"], found["keys"])
        return _Stored(_canonical(kdf), cost, *(base64.b64decode(part) for part in parts))
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise _damaged() from error


def _is_affordable(cost: Cost) -> bool:
    """Whether a guess costs no more than a few of FIELD's: somebody may have written any cost there."""
    work = cost.memory * cost.iterations
    return (
        min(cost.memory, cost.iterations, cost.lanes) > 0
        and work <= _MOST_WORK * FIELD.memory * FIELD.iterations
        and cost.memory <= _MOST_MEMORY * FIELD.memory
        and cost.lanes <= _MOST_LANES
    )


def _damaged() -> VaultError:
    return VaultError(_("the vault of this laptop is damaged; ask the study lead to enrol it anew"))


def _derived(passphrase: bytes | bytearray, salt: bytes, cost: Cost) -> bytes:
    kdf = Argon2id(
        salt=salt,
        length=_KEY,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory,
    )
    return kdf.derive(passphrase)  # type: ignore[arg-type]  # it takes whatever has bytes


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _sealed(key: bytes, content: bytes, context: bytes) -> bytes:
    """Return content under a key that seals one content only, or a few: the nonce is random."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, content, _CONTEXT + context)


def _opened(key: bytes, sealed: bytes, context: bytes) -> bytes:
    return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _CONTEXT + context)
