"""The zip inside an encrypted dataset: written as it goes, read in memory.

The same files give the same bytes on every system: one fixed time, one fixed order.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, cast

from surveys.language import _
from surveys.problems import Refusal

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can carry
_UNIX = 3
_MEMBER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
LARGEST = 4 * 1024**3  # bytes, packed or unpacked; a hostile zip must not fill the memory


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a dataset: its name, and what writes its bytes."""

    name: str
    write: Callable[[BinaryIO], object]


def member(name: str, content: bytes) -> Member:
    """Return a file whose bytes are known."""
    return Member(name, lambda target: target.write(content))


def write_zip(members: Iterable[Member], target: BinaryIO) -> None:
    """Write files as a zip, in the order given; the target only takes bytes, one after the other."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for one in members:
            entry = zipfile.ZipInfo(one.name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = 0o600 << 16
            with file.open(entry, "w", force_zip64=True) as opened:
                one.write(cast(BinaryIO, opened))


def zipped(members: Iterable[Member]) -> bytes:
    """Return files as a zip, in the order given."""
    target = BytesIO()
    write_zip(members, cast(BinaryIO, _Ahead(target)))
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A target that only takes bytes: a zip is then the same wherever it goes."""

    target: BytesIO

    def write(self, content: bytes) -> int:
        return self.target.write(content)

    def flush(self) -> None:
        """Nothing waits."""


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name; raises Refusal, and returns none, for what is no dataset.

    Names are plain: no folder, and no way out of the one they are written to.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as file:
            entries = file.infolist()
            names = {entry.filename.lower() for entry in entries}
            is_plain = len(names) == len(entries) and all(
                _MEMBER.fullmatch(one.filename) and one.compress_type == zipfile.ZIP_DEFLATED
                for one in entries
            )
            if not is_plain or sum(entry.file_size for entry in entries) > LARGEST:
                raise _no_dataset()
            return {entry.filename: file.read(entry) for entry in entries}
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
    ) as error:
        raise _no_dataset() from error


def _no_dataset() -> Refusal:
    return Refusal(
        _("what is inside is no dataset of Souspli; open it with age and look at it with care")
    )
