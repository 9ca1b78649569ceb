"""Signed files: a line naming the format, one with the public key and signature, then the content.

What is signed begins with a context of its own, so that a signature made for one format serves no other.
Kits, enrolment files and receipts are such files.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class NotSigned(Exception):
    """The signature is not one of this content: it was changed, or nobody signed it."""


def write(magic: bytes, context: bytes, payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of a signed file. `magic` ends in a newline, `context` in a zero byte."""
    public = key.public_key().public_bytes_raw()
    line = base64.b64encode(public) + b" " + base64.b64encode(key.sign(context + payload))
    return magic + line + b"\n" + payload


def read(magic: bytes, context: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return (payload, public key of the signer) of a file that begins with `magic`.

    Who may sign is for the caller to judge. Raises NotSigned where the signature does not verify.
    """
    head, _newline, payload = content.removeprefix(magic).partition(b"\n")
    try:
        public, signature = (_decoded(part) for part in head.split(b" "))
        Ed25519PublicKey.from_public_bytes(public).verify(signature, context + payload)
    except (ValueError, InvalidSignature) as error:
        raise NotSigned from error
    return payload, public


def _decoded(part: bytes) -> bytes:
    """Return what canonical base64 stands for: two spellings of one key would be two files."""
    decoded = base64.b64decode(part, validate=True)
    if base64.b64encode(decoded) != part:
        raise ValueError
    return decoded
