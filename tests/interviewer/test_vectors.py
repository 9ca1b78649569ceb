"""The primitives, by the calls that are made here, against the vectors of PyPI `cryptography-vectors`.

There, and run whole: ML-KEM-768 (1,000 keys made, shares opened and shares refused), Ed25519 (1,024
signatures), ChaCha20-Poly1305, X25519, HKDF with SHA-256, Argon2id, SHAKE256, scrypt but for the one
that takes 1 GiB, and both of HPKE's vectors for ML-KEM-768 with X25519.
Not there: an encapsulation whose randomness is given (the library takes none), and a message of HPKE
without associated data, which is what age uses. So HPKE is written out once more below, from RFC 9180
and the published values, and what is wrapped here must open there, and the other way round.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from interviewer import age, vault
from interviewer.age import header, keys
from interviewer.vault import Cost

SHARE = 32  # bytes of a secret that two sides share
MUCH = 512 * 1024 * 1024  # bytes of memory that no vector run here may ask for


def text_of(name: str) -> str:
    with cryptography_vectors.open_vector_file(name, "r") as file:
        return str(file.read())


def vectors(name: str, first: str) -> Iterator[dict[str, str]]:
    """Yield the vectors of a file of `name = value` lines; each begins at a line named `first`."""
    found: dict[str, str] = {}
    for line in text_of(name).splitlines():
        match = re.fullmatch(r"([A-Za-z_]+) *= *(.*)", line)
        if match is None:
            continue
        if match[1] == first and found:
            yield found
            found = {}
        found[match[1]] = match[2].strip()
    yield found


# --- keys and signatures ------------------------------------------------------------------------


def test_ml_kem_768_makes_the_published_keys_and_opens_the_published_shares() -> None:
    """From the seed `d ‖ z`; a share that is none gives another secret, and no error, as it must."""
    count = 0
    for one in vectors("asymmetric/MLKEM/kat_MLKEM_768.rsp", "count"):
        key = MLKEM768PrivateKey.from_seed_bytes(bytes.fromhex(one["d"] + one["z"]))
        assert key.public_key().public_bytes_raw().hex() == one["pk"]
        assert key.decapsulate(bytes.fromhex(one["ct"])).hex() == one["ss"]
        assert key.decapsulate(bytes.fromhex(one["ct_n"])).hex() == one["ss_n"]
        count += 1
    assert count == 1000


def test_what_is_encapsulated_to_a_published_key_its_seed_opens() -> None:
    """The library encapsulates with randomness of its own, so the way back is what can be compared."""
    one = next(vectors("asymmetric/MLKEM/kat_MLKEM_768.rsp", "count"))
    key = MLKEM768PrivateKey.from_seed_bytes(bytes.fromhex(one["d"] + one["z"]))
    secret, share = MLKEM768PublicKey.from_public_bytes(bytes.fromhex(one["pk"])).encapsulate()
    assert key.decapsulate(share) == secret
    assert len(secret) == SHARE


def test_x25519_exchanges_the_published_secrets() -> None:
    """Those of RFC 7748, exchanged as a stanza's share is."""
    count = 0
    for one in vectors("asymmetric/X25519/rfc7748.txt", "COUNT"):
        scalar, share = (bytes.fromhex(one[name]) for name in ("INPUT_SCALAR", "INPUT_U"))
        key = X25519PrivateKey.from_private_bytes(scalar)
        assert keys._exchange(key, share).hex() == one["OUTPUT_U"]
        count += 1
    assert count == 3


def test_a_share_of_low_order_is_refused() -> None:
    """What makes the secret zero, whatever the key (RFC 7748, section 6.1)."""
    with pytest.raises(age.HeaderFailure):
        keys._exchange(X25519PrivateKey.generate(), bytes(32))


def test_ed25519_signs_as_published_and_refuses_what_was_changed() -> None:
    """Each of the 1,024 signatures, and none of them over another message."""
    count = 0
    for line in text_of("asymmetric/Ed25519/sign.input").splitlines():
        seed, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        key = Ed25519PrivateKey.from_private_bytes(seed[:32])
        assert key.public_key().public_bytes_raw() == public
        assert key.sign(message) == signed[:64]
        with pytest.raises(InvalidSignature):
            key.public_key().verify(signed[:64], message + b"\0")
        count += 1
    assert count == 1024


# --- what encrypts, and what derives ------------------------------------------------------------


def literal(text: str) -> bytes:
    """Return the bytes of a value: hexadecimal, or a text between quotation marks."""
    return text[1:-1].encode() if text.startswith('"') else bytes.fromhex(text)


def test_chacha20_poly1305_seals_and_opens_as_published() -> None:
    """With every length of associated data; a wrong tag is refused."""
    counts = {"opened": 0, "refused": 0}
    for one in vectors("ciphers/ChaCha20Poly1305/boringssl.txt", "COUNT"):
        cipher = ChaCha20Poly1305(literal(one["KEY"]))
        nonce, content, beside = (literal(one[name]) for name in ("NONCE", "IN", "AD"))
        sealed = literal(one["CT"]) + literal(one["TAG"])
        assert cipher.encrypt(nonce, content, beside) == sealed
        assert cipher.decrypt(nonce, sealed, beside) == content
        counts["opened"] += 1
    for one in vectors("ciphers/ChaCha20Poly1305/openssl.txt", "COUNT"):
        cipher, nonce = ChaCha20Poly1305(literal(one["Key"])), literal(one["IV"])
        sealed, beside = literal(one["Ciphertext"] + one["Tag"]), literal(one["AAD"])
        if one.get("Result") == "CIPHERFINAL_ERROR":
            with pytest.raises(InvalidTag):
                cipher.decrypt(nonce, sealed, beside)
            counts["refused"] += 1
        else:
            assert cipher.decrypt(nonce, sealed, beside) == literal(one["Plaintext"])
            counts["opened"] += 1
    assert counts == {"opened": 70, "refused": 1}


def test_hkdf_derives_the_published_keys() -> None:
    """Those of RFC 5869 with SHA-256; 32 bytes of a longer one, which is how long each key here is."""
    count = 0
    for one in vectors("KDF/rfc-5869-HKDF-SHA256.txt", "COUNT"):
        secret, salt, info = (bytes.fromhex(one.get(name, "")) for name in ("IKM", "salt", "info"))
        assert header.derive(secret, salt, info) == bytes.fromhex(one["OKM"])[:32]
        count += 1
    assert count == 3


def test_scrypt_derives_the_published_keys() -> None:
    """Those of RFC 7914, but the one that takes 1 GiB."""
    cost = []
    for one in vectors("KDF/scrypt.txt", "COUNT"):
        n, r, p, length = (int(one[name]) for name in ("N", "r", "p", "LENGTH"))
        if 128 * n * r >= MUCH:
            continue
        kdf = Scrypt(salt=one["SALT"].encode(), length=length, n=n, r=r, p=p)
        assert kdf.derive(one["PASSWORD"].encode()).hex() == one["DERIVED_KEY"]
        cost.append(n)
    assert cost == [16, 1024, 16384]


def test_argon2id_derives_the_published_keys() -> None:
    """Those of RFC 9106 and of its command; the ones of 32 bytes as a vault derives its own."""
    ways = {"vault": 0, "other": 0}
    for one in vectors("KDF/argon2id.txt", "COUNT"):
        cost = Cost(*(int(one[name]) for name in ("memcost", "iter", "lanes")))
        passphrase, salt = bytes.fromhex(one["pass"]), bytes.fromhex(one["salt"])
        beside = {name: bytes.fromhex(one[name]) for name in ("ad", "secret") if one.get(name)}
        if int(one["length"]) == SHARE and not beside:
            assert vault._derived(passphrase, salt, cost).hex() == one["output"]
            ways["vault"] += 1
        else:
            kdf = Argon2id(
                salt=salt,
                length=int(one["length"]),
                iterations=cost.iterations,
                lanes=cost.lanes,
                memory_cost=cost.memory,
                ad=beside.get("ad"),
                secret=beside.get("secret"),
            )
            assert kdf.derive(passphrase).hex() == one["output"]
            ways["other"] += 1
    assert ways == {"vault": 2, "other": 4}


def test_shake256_gives_the_published_bytes() -> None:
    """By it a seed becomes the two private keys of a recipient."""
    count = 0
    for one in vectors("hashes/SHAKE/SHAKE256VariableOut.rsp", "COUNT"):
        output = bytes.fromhex(one["Output"])
        made = hashlib.shake_256(bytes.fromhex(one["Msg"])).digest(len(output))
        assert made == output
        count += 1
    assert count == 1246


# --- HPKE, written out once more ----------------------------------------------------------------

MLKEM_PUBLIC, MLKEM_SHARE = 1184, 1088
LABEL = b"\\.//^\\"  # of the hybrid ML-KEM-768 with X25519, as of X-Wing


@dataclass(frozen=True)
class Suite:
    """HPKE in base mode with the hybrid, HKDF-SHA256 and ChaCha20-Poly1305 (RFC 9180, sections 4, 5)."""

    name: bytes = b"HPKE" + bytes.fromhex("647a00010003")

    def extracted(self, salt: bytes, label: bytes, secret: bytes) -> bytes:
        """LabeledExtract: HKDF's first half is an HMAC under the salt."""
        made = HMAC(salt or bytes(32), SHA256())
        made.update(b"HPKE-v1" + self.name + label + secret)
        return made.finalize()

    def expanded(self, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
        """LabeledExpand, which for no more than 32 bytes is one HMAC."""
        asked = length.to_bytes(2, "big") + b"HPKE-v1" + self.name + label + info
        made = HMAC(key, SHA256())
        made.update(asked + b"\x01")
        return made.finalize()[:length]

    def schedule(self, shared: bytes, info: bytes) -> tuple[bytes, bytes]:
        """Return key and first nonce."""
        nobody, told = (
            self.extracted(b"", b"psk_id_hash", b""),
            self.extracted(b"", b"info_hash", info),
        )
        context = b"\0" + nobody + told
        secret = self.extracted(shared, b"secret", b"")
        return self.expanded(secret, b"key", context, 32), self.expanded(
            secret, b"base_nonce", context, 12
        )


def combined(pq: bytes, classic: bytes, share: bytes, public: bytes) -> bytes:
    """Return what both sides share: of both secrets, and of the classic share and key."""
    return hashlib.sha3_256(pq + classic + share + public + LABEL).digest()


def shared_by(seed: bytes, enc: bytes) -> bytes:
    """Return what the holder of a seed reads in an encapsulation."""
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    share = enc[MLKEM_SHARE:]
    classic = x25519.exchange(X25519PublicKey.from_public_bytes(share))
    public = x25519.public_key().public_bytes_raw()
    return combined(mlkem.decapsulate(enc[:MLKEM_SHARE]), classic, share, public)


def encapsulated_to(public: bytes) -> tuple[bytes, bytes]:
    """Return (shared secret, encapsulation) for a recipient."""
    pq, share = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC]).encapsulate()
    own = X25519PrivateKey.generate()
    theirs = public[MLKEM_PUBLIC:]
    classic = own.exchange(X25519PublicKey.from_public_bytes(theirs))
    ours = own.public_key().public_bytes_raw()
    return combined(pq, classic, ours, theirs), share + ours


def published() -> list[dict[str, Any]]:
    """The vectors of HPKE's draft for ML-KEM-768 with X25519 (KEM 0x647a), ChaCha20-Poly1305."""
    found = json.loads(text_of("HPKE/hpke-pq-test-vectors.json"))
    return [one for one in found if int(one["kem_id"]) == 0x647A]


def test_hpke_written_out_gives_the_published_values() -> None:
    """Shared secret, key, first nonce and every message: so what follows compares with the standard."""
    for one in published():
        assert (
            shared_by(bytes.fromhex(one["skRm"]), bytes.fromhex(one["enc"])).hex()
            == (one["shared_secret"])
        )
    [one] = [each for each in published() if int(each["kdf_id"]) == 1]
    key, nonce = Suite().schedule(bytes.fromhex(one["shared_secret"]), bytes.fromhex(one["info"]))
    assert (key.hex(), nonce.hex()) == (one["key"], one["base_nonce"])
    for number, message in enumerate(one["encryptions"]):
        counted = (int.from_bytes(nonce, "big") ^ number).to_bytes(12, "big")
        aad, sealed = (bytes.fromhex(message[name]) for name in ("aad", "ct"))
        opened = ChaCha20Poly1305(key).decrypt(counted, sealed, aad)
        assert opened.hex() == message["pt"]


@pytest.mark.parametrize("one", published(), ids=lambda one: f"kdf{one['kdf_id']}")
def test_a_file_key_wrapped_here_opens_there_and_the_other_way_round(one: dict[str, Any]) -> None:
    """With the published keys, by the calls that seal and unseal a record."""
    identity = age.HybridIdentity(bytes.fromhex(one["skRm"]))
    info, file_key = b"age-encryption.org/mlkem768x25519", bytes(range(16))
    assert identity.recipient.public.hex() == one["pkRm"]

    stanza = identity.recipient.wrap(file_key)
    enc = header.from_base64(stanza.arguments[1])
    key, nonce = Suite().schedule(shared_by(identity.seed, enc), info)
    assert ChaCha20Poly1305(key).decrypt(nonce, stanza.body, None) == file_key

    shared, enc = encapsulated_to(identity.recipient.public)
    key, nonce = Suite().schedule(shared, info)
    sealed = ChaCha20Poly1305(key).encrypt(nonce, file_key, None)
    made = header.Stanza(("mlkem768x25519", header.to_base64(enc)), sealed)
    assert identity.unwrap(made) == file_key


def test_hkdf_as_the_library_has_it_is_what_was_written_out() -> None:
    """Extract and expand as above are HKDF, so that HPKE written out rests on nothing else."""
    salt, secret, info = b"salt", b"secret", b"info"
    extracted = HMAC(salt, SHA256())
    extracted.update(secret)
    expanded = HMAC(extracted.finalize(), SHA256())
    expanded.update(info + b"\x01")
    kdf = HKDF(algorithm=SHA256(), length=32, salt=salt, info=info)
    assert kdf.derive(secret) == expanded.finalize()
