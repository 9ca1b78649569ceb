"""Files read or refused in one sentence; written so that a power cut leaves the old one or the new one."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from surveys.language import _
from surveys.problems import Refusal

# Every file of the device carries this time: when a record was sealed is nobody's business.
FIXED_TIME = 946_684_800  # 2000-01-01T00:00:00Z


class Held(Refusal):
    """Another process of this machine holds what was to be held alone."""


def content_of(path: Path) -> bytes:
    """Return the bytes of a file that somebody named; raises Refusal where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be read ({why}); check the path").format(
                path=path, why=error.strerror
            )
        ) from error


def write_durably(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file whole: under another name, to the disk, then renamed; its time says nothing.

    Raises Refusal where the disk refuses; what stood under the name before is untouched.
    """
    try:
        make_folder(path.parent)
        write_whole(path, content, mode)
        sync_folder(path.parent)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refusal(
            _("{folder}: could not be written ({why}); free some space or check the disk").format(
                folder=path.parent, why=why
            )
        ) from error


def write_whole(
    path: Path,
    content: bytes,
    mode: int,
    sync: Callable[[int], None] | None = None,
    set_times: Callable[[Path], None] | None = None,
) -> None:
    """Write a file under another name, sync it, rename it; raises OSError, and leaves what stood there.

    Whatever lies under the other name, a link included, is removed and never written through: a
    stick may hold anything.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(temporary, flags, mode), "wb") as file:
            file.write(content)
            file.flush()
            (sync or os.fsync)(file.fileno())
        (set_times or set_fixed_times)(temporary)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def set_fixed_times(path: Path) -> None:
    """Give a file the time that says nothing."""
    os.utime(path, (FIXED_TIME, FIXED_TIME))


@contextlib.contextmanager
def alone(path: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold a file so that no other process of this machine holds it meanwhile; made if missing.

    Raises Held where another one still does after `patience` seconds. The system lets go of it
    when the process dies.
    """
    make_folder(path.parent)
    until = time.monotonic() + patience
    with path.open("ab") as file:
        os.utime(path, (FIXED_TIME, FIXED_TIME))
        while not _is_held(file.fileno()):
            if time.monotonic() >= until:
                raise Held(_("another souspli is at work here; finish there first, or close it"))
            time.sleep(0.02)
        yield


def _is_held(descriptor: int) -> bool:
    """Whether this process could take hold of an open file."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each name on the disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can (Windows does it by itself)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
