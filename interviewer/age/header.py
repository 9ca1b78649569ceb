"""The header of an age file: stanzas, and the code by which the file key vouches for them.

Source: the age specification, "Header" and "ABNF definition of file header".
"""

from __future__ import annotations

import base64
import binascii
import hmac
import string
from collections.abc import Iterator, Sequence
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
_VISIBLE = bytes(range(ord("!"), ord("~") + 1))
_BASE64 = (string.ascii_letters + string.digits + "+/").encode("ascii")
_LINE = 64  # characters of a full line of a stanza's body
_CODE = 43  # characters of the code


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
    _require_version(first)
    lines, size = [first], len(first)
    while not lines[-1].startswith(_MARK):
        lines.append(source.readline(LONGEST - size))
        size += len(lines[-1])
        if not lines[-1]:  # the end, or the limit
            raise malformed_header()
    return parse(b"".join(lines))


def cut(content: bytes) -> tuple[Header, int]:
    """Return the header that a file in memory begins with, and how many bytes it takes; as `read`."""
    _require_version(content[: content.find(b"\n") + 1] or content)
    mark = content.find(b"\n" + _MARK, 0, LONGEST)
    end = content.find(b"\n", mark + 1, LONGEST) + 1 if mark >= 0 else 0
    return parse(content[:end]), end


def _require_version(first: bytes) -> None:
    if not first.startswith(b"age-encryption.org/"):
        raise HeaderFailure(_("this is not an age file; choose the file that was sealed"))
    if first != _VERSION:
        raise HeaderFailure(
            _("this age file is of another version; open it with a newer Souspli or age")
        )


def parse(header: bytes) -> Header:
    """Return the header in these bytes; there is one way only of writing each.

    Line by line, in time proportional to its length however hostile it is.
    """
    version, *lines, last, rest = header.split(b"\n") if header.count(b"\n") > 2 else (b"",) * 4
    mark, _space, code = last.partition(b" ")
    if version + b"\n" != _VERSION or rest or mark != _MARK or not _is_base64(code, _CODE):
        raise malformed_header()
    stanzas = tuple(_stanzas(lines))
    # A passphrase tells its holder who sealed the file; a second stanza would break that promise.
    if len(stanzas) > 1 and any(stanza.kind == "scrypt" for stanza in stanzas):
        raise malformed_header()
    authenticated = header[: -len(code) - len(b" \n")]
    return Header(stanzas, authenticated, from_base64(code.decode("ascii")))


def _stanzas(lines: Sequence[bytes]) -> Iterator[Stanza]:
    """Yield the stanzas of the lines between version and code. A short line ends the body of each."""
    rest = iter(lines)
    for line in rest:
        arrow, *arguments = line.split(b" ")
        if arrow != b"->" or not arguments or not all(map(_is_visible, arguments)):
            raise malformed_header()
        body = [next(rest, None)]
        while body[-1] is not None and len(body[-1]) == _LINE:
            body.append(next(rest, None))
        whole = b"".join(one for one in body if one is not None)
        if body[-1] is None or len(body[-1]) > _LINE or not _is_base64(whole, len(whole)):
            raise malformed_header()
        yield Stanza(
            tuple(one.decode("ascii") for one in arguments), from_base64(whole.decode("ascii"))
        )


def _is_visible(argument: bytes) -> bool:
    return bool(argument) and not argument.translate(None, _VISIBLE)


def _is_base64(text: bytes, size: int) -> bool:
    return len(text) == size and not text.translate(None, _BASE64)


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
