"""Writing files so that a power cut leaves the old one or the new one, and nothing in between."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from surveys.language import _
from surveys.problems import Refusal

# Every file of the device carries this time: when a record was sealed is nobody's business.
FIXED_TIME = 946_684_800  # 2000-01-01T00:00:00Z


def write_durably(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file whole: under another name, to the disk, then renamed; its time says nothing.

    Raises Refusal where the disk refuses; what stood under the name before is untouched.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(temporary, (FIXED_TIME, FIXED_TIME))
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        why = error.strerror or type(error).__name__
        raise Refusal(
            _("{folder}: could not be written ({why}); free some space or check the disk").format(
                folder=path.parent, why=why
            )
        ) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can (Windows does it by itself)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
