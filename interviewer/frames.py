"""An append-only file of sealed frames, all of one size: drafts and the case journal are such files.

Each frame has a key of its own, derived from the file's key and 16 random bytes: a frame that a power
cut tore is written anew under another key, so no nonce is ever used twice. Its number and what the
file is are authenticated: frames cannot be moved, swapped between files, or left out in the middle.
A frame is on the disk before `append` returns. Cutting whole frames off the end cannot be seen here.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from interviewer.files import FIXED_TIME
from surveys.language import _
from surveys.problems import Refusal

_SALT, _TAG, _LENGTH = 16, 16, 4  # bytes
_NONCE = bytes(12)  # each key seals one frame
_INFO = b"souspli/frame/v1\0"


class FramesError(Refusal):
    """A frame could not be written, or one before the last cannot be read."""


class Damaged(FramesError):
    """A frame before the last cannot be read."""


@dataclass(frozen=True, slots=True)
class Frames:
    """A file of frames: `capacity` bytes each, from byte `start` on; `context` says what it is."""

    path: Path
    key: bytes = field(repr=False)
    capacity: int
    start: int
    context: bytes

    @property
    def frame_size(self) -> int:
        """Bytes one frame takes in the file."""
        return _SALT + _LENGTH + self.capacity + _TAG

    def read(self) -> tuple[bytes, ...]:
        """Return every frame in order. A last one that was torn does not count: nobody relied on it.

        Raises FramesError where an earlier one cannot be opened.
        """
        stored = self.path.read_bytes()[self.start :]
        pieces = [
            stored[at : at + self.frame_size] for at in range(0, len(stored), self.frame_size)
        ]
        found: list[bytes] = []
        for number, piece in enumerate(pieces):
            try:
                found.append(self._opened(number, piece))
            except (InvalidTag, ValueError) as error:
                if number == len(pieces) - 1:
                    break
                raise Damaged(
                    _("{path}: is damaged; keep the file and ask the study lead").format(
                        path=self.path
                    )
                ) from error
        return tuple(found)

    def append(self, number: int, content: bytes) -> None:
        """Write frame `number`, which follows the last whole one, and have it on the disk.

        Raises FramesError where the disk refuses. Then nothing may go on: what a disk says after it
        failed once cannot be trusted.
        """
        sealed = self._sealed(number, content)
        try:
            descriptor = os.open(self.path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
            try:
                _write_at(descriptor, self.start + number * self.frame_size, sealed)
                getattr(os, "fdatasync", os.fsync)(descriptor)
            finally:
                os.close(descriptor)
            os.utime(self.path, (FIXED_TIME, FIXED_TIME))
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise FramesError(
                _(
                    "the disk refused what was to be kept ({why}); stop here, free some space, and go on"
                ).format(why=why)
            ) from error

    def _sealed(self, number: int, content: bytes) -> bytes:
        if len(content) > self.capacity:
            raise FramesError(_("this is longer than can be kept here; shorten it"))
        salt = secrets.token_bytes(_SALT)
        filled = len(content).to_bytes(_LENGTH, "big") + content.ljust(self.capacity, b"\0")
        return salt + self._cipher(salt).encrypt(_NONCE, filled, self._about(number))

    def _opened(self, number: int, piece: bytes) -> bytes:
        salt, sealed = piece[:_SALT], piece[_SALT:]
        filled = self._cipher(salt).decrypt(_NONCE, sealed, self._about(number))
        return filled[_LENGTH : _LENGTH + int.from_bytes(filled[:_LENGTH], "big")]

    def _cipher(self, salt: bytes) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(HKDF(SHA256(), 32, salt, _INFO).derive(self.key))

    def _about(self, number: int) -> bytes:
        return self.context + b"\0" + number.to_bytes(8, "big")


def _write_at(descriptor: int, offset: int, content: bytes) -> None:
    """Write all of `content` at an offset, however little the system takes at a time."""
    os.lseek(descriptor, offset, os.SEEK_SET)
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
