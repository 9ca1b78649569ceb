"""Sealing and unsealing whole files, and the size they take.

Source: the age specification, "File key" and "Payload".
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from interviewer.age import armor, header
from interviewer.age.errors import (
    ArmorFailure,
    HmacFailure,
    KeyFailure,
    NoMatch,
    PayloadFailure,
    malformed_header,
)
from interviewer.age.keys import Identity, Passphrase, Recipient
from surveys.language import _

_CHUNK = 64 * 1024
_TAG = 16
_NONCE = 16


def seal(content: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return `content` sealed to every recipient, as one binary age file."""
    target = BytesIO()
    seal_stream(BytesIO(content), target, recipients)
    return target.getvalue()


def unseal(sealed: bytes, identities: Sequence[Identity]) -> bytes:
    """Return the content of an age file, binary or armored; nothing of it unless all of it is good.

    Raises NoMatch, HeaderFailure, HmacFailure, PayloadFailure or ArmorFailure.
    """
    if armor.is_armored(sealed[:5]):
        sealed = _without_armor(sealed)
    head, start = header.cut(sealed)
    file_key = _file_key(head, identities)
    nonce, payload = sealed[start : start + _NONCE], memoryview(sealed)[start + _NONCE :]
    if len(nonce) != _NONCE:
        raise malformed_header()
    cipher = _payload_cipher(file_key, nonce)
    size = _CHUNK + _TAG
    last = max(0, len(payload) - 1) // size
    return b"".join(
        _chunk(cipher, count, payload[count * size : (count + 1) * size], count == last)
        for count in range(last + 1)
    )


def seal_stream(source: BinaryIO, target: BinaryIO, recipients: Sequence[Recipient]) -> None:
    """Write the rest of `source`, sealed to every recipient, to `target`.

    The target is buffered: each `write` takes all it is given. Nothing is written before the file
    key is wrapped for everyone. An observer learns the length of the content. Each chunk is
    authenticated under the file key, at its place, and the last as the last. No nonce repeats: the
    payload key is new for each file, and within a file the chunks are counted.
    """
    with sealing(target, recipients) as sealed:
        while part := source.read(_CHUNK):
            sealed.write(part)


@contextlib.contextmanager
def sealing(target: BinaryIO, recipients: Sequence[Recipient]) -> Iterator[Sealing]:
    """Give what seals all that is written to it to every recipient, to `target`; as `seal_stream`.

    What is left by an exception is no whole file: it is refused at its end.
    """
    _require_recipients(recipients)
    file_key = secrets.token_bytes(header.FILE_KEY)
    head = header.write([recipient.wrap(file_key) for recipient in recipients], file_key)
    nonce = secrets.token_bytes(_NONCE)
    target.write(head + nonce)
    sealed = Sealing(target, _payload_cipher(file_key, nonce))
    yield sealed
    sealed.end()


@dataclass(slots=True, repr=False, eq=False)
class Sealing:
    """A payload being sealed: a chunk is written once it is known not to be the last."""

    target: BinaryIO
    cipher: ChaCha20Poly1305
    count: int = 0
    pending: bytearray = field(default_factory=bytearray)

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Take all of some bytes."""
        given = memoryview(content).cast("B")
        self.pending += given
        while len(self.pending) > _CHUNK:
            self._chunk(bytes(self.pending[:_CHUNK]), is_last=False)
            del self.pending[:_CHUNK]
        return len(given)

    def flush(self) -> None:
        """Write nothing: a chunk is whole or not yet there."""

    def end(self) -> None:
        """Write what is left, as the last chunk."""
        self._chunk(bytes(self.pending), is_last=True)

    def _chunk(self, chunk: bytes, *, is_last: bool) -> None:
        nonce = _chunk_nonce(self.count, is_last)
        self.count += 1  # before anything can fail: no nonce serves twice
        self.target.write(self.cipher.encrypt(nonce, chunk, None))


def unseal_stream(source: BinaryIO, target: BinaryIO, identities: Sequence[Identity]) -> None:
    """Write the content of the age file that `source` holds to `target`.

    Each chunk is written once it is known to be good and at its place. Where this raises, what was
    written is the true beginning of a content whose end is unknown: throw it away. An armored file
    is read into memory whole.
    """
    first = source.readline(header.LONGEST)
    if armor.is_armored(first):
        source = BytesIO(_without_armor(first + source.read()))
        first = source.readline(header.LONGEST)
    file_key = _file_key(header.read(first, source), identities)
    nonce = _read(source, _NONCE)
    if len(nonce) != _NONCE:
        raise malformed_header()
    cipher = _payload_cipher(file_key, nonce)
    for count, (piece, is_last) in enumerate(_pieces(source, _CHUNK + _TAG)):
        target.write(_chunk(cipher, count, piece, is_last))


def opens(source: BinaryIO, identities: Sequence[Identity]) -> bool:
    """Return whether an identity opens the binary age file that `source` holds, by its header alone.

    The file key is unwrapped and vouches for the header; of the payload nothing is read, so whether
    it is whole is not known. Raises HeaderFailure or HmacFailure.
    """
    head = header.read(source.readline(header.LONGEST), source)
    try:
        _file_key(head, identities)
    except NoMatch:
        return False
    return True


def sealed_size(length: int, recipients: Sequence[Recipient]) -> int:
    """Return how many bytes `length` bytes take once sealed to these recipients.

    It depends on the length and the kinds of recipients alone, never on content or keys.
    """
    chunks = max(1, -(-length // _CHUNK))
    head = len(header.write((), bytes(header.FILE_KEY)))
    stanzas = sum(recipient.stanza_size for recipient in recipients)
    return head + stanzas + _NONCE + length + chunks * _TAG


def _require_recipients(recipients: Sequence[Recipient]) -> None:
    if not recipients:
        raise KeyFailure(_("there is no recipient to seal to; name at least one"))
    if len(recipients) > 1 and any(isinstance(one, Passphrase) for one in recipients):
        raise KeyFailure(_("a passphrase cannot be joined to another recipient; name it alone"))


def _without_armor(text: bytes) -> bytes:
    try:
        return armor.decode(text)
    except ValueError:
        raise ArmorFailure(
            _("the armor of this file is damaged; copy the file again, without editing it")
        ) from None


def _file_key(head: header.Header, identities: Sequence[Identity]) -> bytes:
    """Return the file key that some identity unwraps, once it has vouched for the header."""
    unwrapped = (identity.unwrap(stanza) for identity in identities for stanza in head.stanzas)
    file_key = next((key for key in unwrapped if key is not None), None)
    if file_key is None:
        raise _no_match(head, identities)
    if not head.is_vouched_for(file_key):
        raise HmacFailure(
            _("the header of this file was altered; copy the file again from where it was made")
        )
    return file_key


def _no_match(head: header.Header, identities: Sequence[Identity]) -> NoMatch:
    if head.stanzas[0].kind != "scrypt":
        return NoMatch(_("no key at hand opens this file; use the key of someone it was sealed to"))
    if any(isinstance(identity, Passphrase) for identity in identities):
        return NoMatch(_("this passphrase does not open this file; type it again"))
    return NoMatch(_("a passphrase opens this file, not a key; give the passphrase"))


def _payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(header.derive(file_key, nonce, b"payload"))


def _chunk(cipher: ChaCha20Poly1305, count: int, piece: bytes | memoryview, is_last: bool) -> bytes:
    """Return what chunk number `count` holds. Only the first may be empty: one spelling each."""
    try:
        chunk = cipher.decrypt(_chunk_nonce(count, is_last), piece, None)
    except InvalidTag:
        chunk = None
    if chunk is None or (count and not chunk):
        raise PayloadFailure(
            _("this file is damaged or cut short; copy the file again from where it was made")
        )
    return chunk


def _chunk_nonce(count: int, is_last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([is_last])


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield the rest of `source` in pieces of `size` bytes, each with whether it is the last.

    Only the last may be shorter; it is empty only where nothing is left at all.
    """
    piece = _read(source, size)
    while following := _read(source, size):
        yield piece, False
        piece = following
    yield piece, True


def _read(source: BinaryIO, size: int) -> bytes:
    """Return the next `size` bytes, fewer only at the end: a pipe gives them in parts."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
