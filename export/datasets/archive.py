"""The zip inside an encrypted dataset: written and read in memory, side by side.

The same files give the same bytes on every system: one fixed time, one fixed order.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from surveys.language import _
from surveys.problems import Refusal

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can carry
_UNIX = 3
_MEMBER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
LARGEST = 4 * 1024**3  # bytes, packed or unpacked; a hostile zip must not fill the memory


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return files as a zip, in the order given."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = 0o600 << 16
            file.writestr(entry, content)
    return target.getvalue()


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
