"""Files as somebody would forge them: sealed, signed and chained by hand, around whatever is inside.

The programs that write them check what they write; here nothing is checked, so that what a reader
must refuse can be put behind a good seal or a good signature. Formats: docs/sealed-record.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from interviewer import age, ledger, signed, vault
from interviewer.age import bech32
from interviewer.age.header import Stanza, derive
from interviewer.frames import Frames
from interviewer.ledger import Line

_NO_NONCE = bytes(12)  # of keys that seal one thing
_MOST_FRAMES = 600


def secret(name: str) -> bytes:
    """Return 32 bytes that are the same in every process: the key of that name."""
    return hashlib.sha256(b"a key for tests: " + name.encode()).digest()


def encoded(content: bytes) -> str:
    """Return base64, as JSON carries bytes."""
    return base64.b64encode(content).decode("ascii")


def decoded(text: Any) -> bytes:
    """Return the bytes that base64 stands for."""
    return base64.b64decode(text, validate=True)


def as_json(value: object) -> bytes:
    """Return a value as compact JSON; half a character too."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


# --- age files -----------------------------------------------------------------------------------

FILE_KEY = secret("file key")[:16]
CLASSIC = age.X25519Identity(secret("classic"))
CLASSIC_TEXT = bech32.encode("AGE-SECRET-KEY-", CLASSIC.scalar)


def classic() -> Stanza:
    """Return the file key wrapped for CLASSIC: a recipient this project reads and does not write."""
    public = X25519PrivateKey.from_private_bytes(CLASSIC.scalar).public_key()
    ephemeral = X25519PrivateKey.from_private_bytes(secret("ephemeral"))
    share = ephemeral.public_key().public_bytes_raw()
    salt = share + public.public_bytes_raw()
    wrap_key = derive(ephemeral.exchange(public), salt, b"age-encryption.org/v1/X25519")
    body = ChaCha20Poly1305(wrap_key).encrypt(_NO_NONCE, FILE_KEY, None)
    return Stanza(("X25519", encoded(share).rstrip("=")), body)


def age_value(stanza: Stanza, *chunks: bytes) -> dict[str, Any]:
    """Return what an age file is made of, to be spoiled: stanzas and chunks."""
    last = len(chunks) - 1
    return {
        "stanzas": [[*stanza.arguments, encoded(stanza.body)]],
        "chunks": [[at, at == last, encoded(chunk)] for at, chunk in enumerate(chunks)],
    }


def age_file(value: Any) -> bytes:
    """Return the age file made of stanzas and chunks, its header vouched for whatever it holds."""
    stanzas = [Stanza(tuple(arguments), decoded(body)) for *arguments, body in value["stanzas"]]
    written = "".join(stanza.encode().decode("ascii") for stanza in stanzas)
    header = f"age-encryption.org/v1\n{written}---".encode("ascii")
    code = hmac.digest(derive(FILE_KEY, b"", b"header"), header, "sha256")
    cipher = ChaCha20Poly1305(derive(FILE_KEY, bytes(16), b"payload"))
    payload = b"".join(
        cipher.encrypt(at.to_bytes(11, "big") + bytes([bool(is_last)]), decoded(chunk), None)
        for at, is_last, chunk in value["chunks"]
    )
    return header + b" " + encoded(code).rstrip("=").encode() + b"\n" + bytes(16) + payload


def armored(content: bytes) -> bytes:
    """Return an age file in ASCII armor."""
    text = encoded(content)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    mark = "AGE ENCRYPTED FILE-----"
    return "\n".join([f"-----BEGIN {mark}", *lines, f"-----END {mark}", ""]).encode("ascii")


def padded(content: bytes, grain: int) -> bytes:
    """Return content filled with zeros to a multiple of `grain`."""
    return content.ljust(-(-max(1, len(content)) // grain) * grain, b"\0")


# --- signed files --------------------------------------------------------------------------------


def signing(name: str) -> Ed25519PrivateKey:
    """Return the signing key of that name."""
    return Ed25519PrivateKey.from_private_bytes(secret(name))


LEAD, LAPTOP, STRANGER = (signing(name) for name in ("lead", "laptop", "stranger"))


def kit_file(payload: bytes, key: Ed25519PrivateKey = LEAD) -> bytes:
    """Return a kit with this payload."""
    return signed.write(b"souspli-kit/1\n", b"souspli/kit/v1\0", payload, key)


def enrolment_file(payload: bytes, key: Ed25519PrivateKey = STRANGER) -> bytes:
    """Return an enrolment file with this payload."""
    return signed.write(b"souspli-enrolment/1\n", b"souspli/enrolment/v1\0", payload, key)


def receipt_file(payload: bytes, key: Ed25519PrivateKey = LEAD) -> bytes:
    """Return a receipt with this payload."""
    return signed.write(b"souspli-receipt/1\n", b"souspli/receipt/v1\0", payload, key)


def chained(events: Iterable[Sequence[Any]]) -> list[Line]:
    """Return the lines of a laptop's ledger for (event, id, hash), each with the hash of the last."""
    found: list[Line] = []
    for event, record_id, digest in events:
        previous = found[-1].digest if found else "0" * 64
        found.append(Line(len(found) + 1, event, record_id, digest, previous))
    return found


def ledger_file(lines: Iterable[Line]) -> bytes:
    """Return a ledger as it is written."""
    return b"".join(one.encode() + b"\n" for one in lines)


def head_file(lines: Sequence[Line], key: Ed25519PrivateKey = LAPTOP) -> bytes:
    """Return the head of lines, signed."""
    return ledger.head(lines, "L01", key)


# --- files of frames -----------------------------------------------------------------------------


def framed(frames: Frames, start: bytes, contents: Sequence[bytes]) -> bytes:
    """Return a file of frames after its head, each cut to what a frame can hold.

    Raises ValueError for very many: a small input would become a large file.
    """
    if len(contents) > _MOST_FRAMES:
        raise ValueError
    frames.path.write_bytes(start)
    for number, content in enumerate(contents):
        frames.append(number, content[: frames.capacity])
    return frames.path.read_bytes()


def draft_file(frames: Frames, value: Mapping[str, Any], vault_key: bytes, whose: Any) -> bytes:
    """Return a draft: a head, whose keys open it, and frames of JSON. `whose` is its recipient."""
    key, draft_id = frames.key, frames.path.name.partition(".")[0]
    head = {
        "capacity": frames.capacity,
        "vault": encoded(vault.wrap(vault_key, key, draft_id)),
        "study": encoded(age.seal(key, [whose])),
    } | dict(value["head"])
    text = as_json(head)
    start = b"souspli-draft/1\n" + len(text).to_bytes(4, "big") + text
    placed = Frames(frames.path, key, frames.capacity, len(start), frames.context)
    return framed(placed, start, [as_json(one) for one in value["frames"]])
