"""The age format against vectors that others made: npm `cctv-age`, PyPI `cryptography-vectors`."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import zlib
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives import hpke

from interviewer import age
from interviewer.age import armor

NODE = Path(__file__).parents[1] / "node"

EXPECTED = {
    "success": 26,
    "no match": 13,
    "header failure": 62,
    "HMAC failure": 1,
    "payload failure": 19,
    "armor failure": 22,
}

OUTCOMES: dict[type[Exception], str] = {
    age.NoMatch: "no match",
    age.HeaderFailure: "header failure",
    age.HmacFailure: "HMAC failure",
    age.PayloadFailure: "payload failure",
    age.ArmorFailure: "armor failure",
}

# Nothing says that this is armor rather than no age file at all, unless one is told beforehand.
UNTOLD = {"armor_garbage_leading": "header failure"}

# A full chunk is held back until it is known to be the last or not. The vectors allow releasing the
# true last chunk of a file that goes on, or a chunk after which the file breaks off.
RELEASED_ONE_CHUNK_LESS = {
    "armor_garbage_encoded",
    "stream_no_final_full",
    "stream_no_final_two_chunks_full",
    "stream_trailing_garbage_long",
    "stream_trailing_garbage_short",
    "stream_two_final_chunks",
    "stream_two_final_chunks_full",
    "stream_two_final_chunks_second",
}


class Vector:
    """One file, and what its textual head says should become of it."""

    def __init__(self, data: bytes) -> None:
        head, _blank, body = data.partition(b"\n\n")
        fields = [line.split(": ", 1) for line in head.decode().split("\n")]
        self.fields = dict(fields)
        self.file = zlib.decompress(body) if "compressed" in self.fields else body
        self.identities: list[age.Identity] = [
            age.Passphrase(value.encode()) if key == "passphrase" else parsed(value)
            for key, value in fields
            if key in ("identity", "passphrase")
        ]


def parsed(text: str) -> age.Identity:
    return age.read_identities(text.encode())[0]


def outcome(do: Callable[[], object]) -> str:
    try:
        do()
    except age.AgeError as error:
        return OUTCOMES[type(error)]
    return "success"


@pytest.fixture(scope="module")
def vectors(require: Callable[[str, bool, str], None]) -> dict[str, Vector]:
    """The 143 vectors of npm cctv-age 0.2.0."""
    require("node", shutil.which("node") is not None, "install Node.js 20.19 or newer")
    installed = (NODE / "node_modules" / "cctv-age").is_dir()
    require("npm cctv-age", installed, "run `npm ci` in tests/node")
    done = subprocess.run(["node", "vectors.mjs"], cwd=NODE, capture_output=True, check=True)
    files: dict[str, str] = json.loads(done.stdout)
    return {name: Vector(base64.b64decode(file)) for name, file in files.items()}


def test_every_shared_vector_ends_as_it_should(vectors: dict[str, Vector]) -> None:
    """All 143 vectors need only stanzas that are read here, and none is left out."""

    def end(vector: Vector) -> str:
        if "armored" not in vector.fields:
            return outcome(lambda: age.unseal(vector.file, vector.identities))
        try:
            file = armor.decode(vector.file)
        except ValueError:
            return "armor failure"
        return outcome(lambda: age.unseal(file, vector.identities))

    wanted = {name: vector.fields["expect"] for name, vector in vectors.items()}
    assert {name: end(vector) for name, vector in vectors.items()} == wanted
    assert Counter(wanted.values()) == EXPECTED


def test_armor_is_recognised_without_being_told(vectors: dict[str, Vector]) -> None:
    """Reading tells armored files from binary ones by their first line."""
    armored = {name: vector for name, vector in vectors.items() if "armored" in vector.fields}
    wanted = {name: vector.fields["expect"] for name, vector in armored.items()} | UNTOLD
    ends = {
        name: outcome(lambda v=vector: age.unseal(v.file, v.identities))  # type: ignore[misc]
        for name, vector in armored.items()
    }
    assert ends == wanted
    assert len(wanted) == 33


def test_what_is_released_is_what_the_vectors_say_or_a_chunk_less(
    vectors: dict[str, Vector],
) -> None:
    """Streaming releases the vector's content and never a byte that it does not name."""
    differing = set()
    with_content = 0
    for name, vector in vectors.items():
        if "payload" not in vector.fields:
            continue
        with_content += 1
        target = BytesIO()
        outcome(lambda v=vector, t=target: age.unseal_stream(BytesIO(v.file), t, v.identities))  # type: ignore[misc]
        if hashlib.sha256(target.getvalue()).hexdigest() != vector.fields["payload"]:
            differing.add(name)
            assert len(target.getvalue()) % 65536 == 0
    assert differing == RELEASED_ONE_CHUNK_LESS
    assert with_content == 45


def published_hybrids() -> list[dict[str, Any]]:
    """The vectors of HPKE's draft for ML-KEM-768 with X25519 (KEM 0x647a)."""
    with cryptography_vectors.open_vector_file("HPKE/hpke-pq-test-vectors.json", "r") as file:
        return [one for one in json.load(file) if int(one["kem_id"]) == 0x647A]


def test_a_published_seed_expands_to_its_public_key() -> None:
    """The 32-byte seeds of HPKE's vectors give the published recipients."""
    published = published_hybrids()
    for one in published:
        identity = age.HybridIdentity(bytes.fromhex(one["skRm"]))
        assert identity.recipient.public.hex() == one["pkRm"]
    assert len(published) == 2


def test_a_published_seed_opens_its_published_message() -> None:
    """HPKE's vector for the suite of age opens with the keys that a seed expands to.

    The message has associated data, which the public interface of cryptography lacks.
    """
    [one] = [each for each in published_hybrids() if int(each["kdf_id"]) == 1]
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    message = one["encryptions"][0]
    sealed, info, aad = (
        bytes.fromhex(text) for text in (one["enc"] + message["ct"], one["info"], message["aad"])
    )
    key = age.HybridIdentity(bytes.fromhex(one["skRm"]))._key
    assert openssl.hpke._decrypt_with_aad(suite, sealed, key, info, aad).hex() == message["pt"]
