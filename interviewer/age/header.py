"""The header of an age file: stanzas, and the code by which the file key vouches for them.

Source: the age specification, "Header" and "ABNF definition of file header".
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from interviewer.age.errors import HeaderFailure, malformed_header
from surveys.language import _

FILE_KEY = 16
WRAPPED = FILE_KEY + 16
# A thousand hybrid recipients need 1.6 MB; a hostile header must not fill the memory.
LONGEST = 4 * 1024 * 1024

_VERSION = b"age-encryption.org/v1\n"
_MARK = b"---"
# The grammar of the specification. Possessive, so that a hostile header cannot make it backtrack.
_STANZA = rb"-> ([!-~]++(?: [!-~]++)*+)\n((?:[A-Za-z0-9+/]{64}\n)*+[A-Za-z0-9+/]{0,63}+\n)"
_HEADER = re.compile(rb"age-encryption\.org/v1\n((?:" + _STANZA + rb")++)--- ([A-Za-z0-9+/]{43})\n")


@dataclass(frozen=True, slots=True)
class Stanza:
    """The file key, wrapped for one recipient: arguments (the first names the kind) and body."""

    arguments: tuple[str, ...]
    body: bytes

    @property
    def kind(self) -> str:
        """The kind of recipient it is for."""
        return self.arguments[0]

    def encode(self) -> bytes:
        """Return the lines of the stanza; the last is always shorter than 64 characters."""
        text = to_base64(self.body)
        lines = [text[start : start + 64] for start in range(0, len(text) + 1, 64)]
        return "\n".join(["-> " + " ".join(self.arguments), *lines, ""]).encode("ascii")

    def share(self, arguments: int, size: int) -> bytes:
        """Return the `size` bytes of the second argument, of a stanza of so many arguments.

        The length of the body is checked here too, before any key is tried: a longer one could be
        made to open under several keys (a partitioning oracle). Raises HeaderFailure.
        """
        if len(self.arguments) != arguments or len(self.body) != WRAPPED:
            raise malformed_header()
        data = from_base64(self.arguments[1])
        if len(data) != size:
            raise malformed_header()
        return data


@dataclass(frozen=True, slots=True)
class Header:
    """Stanzas, the bytes that are authenticated, and the code that was found with them."""

    stanzas: tuple[Stanza, ...]
    authenticated: bytes
    code: bytes

    def is_vouched_for(self, file_key: bytes) -> bool:
        """Return whether whoever sealed the file under this file key wrote this header."""
        return hmac.compare_digest(_code(self.authenticated, file_key), self.code)


def write(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """Return the header of these stanzas.

    An observer learns the kinds of the stanzas. The code authenticates version and stanzas: one
    added, removed or changed is noticed by whoever unwraps the file key.
    """
    authenticated = _VERSION + b"".join(stanza.encode() for stanza in stanzas) + _MARK
    code = to_base64(_code(authenticated, file_key))
    return authenticated + b" " + code.encode("ascii") + b"\n"


def read(first: bytes, source: BinaryIO) -> Header:
    """Return the header whose first line is `first` and whose other lines are next in `source`.

    Raises HeaderFailure; the header is not vouched for yet.
    """
    if not first.startswith(b"age-encryption.org/"):
        raise HeaderFailure(_("this is not an age file; choose the file that was sealed"))
    if first != _VERSION:
        raise HeaderFailure(
            _("this age file is of another version; open it with a newer Souspli or age")
        )
    lines, size = [first], len(first)
    while not lines[-1].startswith(_MARK):
        lines.append(source.readline(LONGEST - size))
        size += len(lines[-1])
        if not lines[-1]:  # the end, or the limit
            raise malformed_header()
    return parse(b"".join(lines))


def parse(header: bytes) -> Header:
    """Return the header in these bytes; there is one way only of writing each."""
    found = _HEADER.fullmatch(header)
    if found is None:
        raise malformed_header()
    stanzas = tuple(
        Stanza(
            tuple(arguments.decode("ascii").split(" ")),
            from_base64(body.replace(b"\n", b"").decode("ascii")),
        )
        for arguments, body in re.findall(_STANZA, found[1])
    )
    # A passphrase tells its holder who sealed the file; a second stanza would break that promise.
    if len(stanzas) > 1 and any(stanza.kind == "scrypt" for stanza in stanzas):
        raise malformed_header()
    authenticated, _space, code = header[:-1].rpartition(b" ")
    return Header(stanzas, authenticated, from_base64(code.decode("ascii")))


def to_base64(data: bytes) -> str:
    """Return `data` as base64 without padding."""
    return base64.b64encode(data).rstrip(b"=").decode("ascii")


def from_base64(text: str) -> bytes:
    """Return the bytes of unpadded base64; raises HeaderFailure for any other spelling of them."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise malformed_header() from None
    if to_base64(data) != text:
        raise malformed_header()
    return data


def derive(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """Return the 32-byte key that HKDF-SHA-256 derives from a secret for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(secret)


def _code(authenticated: bytes, file_key: bytes) -> bytes:
    return hmac.digest(derive(file_key, b"", b"header"), authenticated, "sha256")
