"""Files read or refused in one sentence; written so that a power cut leaves the old one or the new one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from surveys.language import _
from surveys.problems import Refusal

# Every file of the device carries this time: when a record was sealed is nobody's business.
FIXED_TIME = 946_684_800  # 2000-01-01T00:00:00Z
LARGEST = 64 * 1024 * 1024  # bytes of a file that somebody names: a kit, a key, an enrolment file


class Held(Refusal):
    """Another process of this machine holds what was to be held alone."""


def content_of(path: Path, largest: int = LARGEST) -> bytes:
    """Return the bytes of a file that somebody named; raises Refusal where it cannot be read.

    So it does for a pipe or a device, which may never end, and for more than `largest` bytes.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            if status.st_size > largest:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            return file.read(status.st_size)
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be read ({why}); check the path").format(
                path=path, why=error.strerror
            )
        ) from error


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to is opened too, where the system can."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def write_durably(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file whole: under another name, to the disk, then renamed; its time says nothing.

    Raises Refusal where the disk refuses; what stood under the name before is untouched.
    """
    with _refusing(path.parent):
        make_folder(path.parent)
        write_whole(path, content, mode)
        sync_folder(path.parent)


@contextlib.contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    """Say in one sentence what the disk that a folder is on refuses."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refusal(
            _("{folder}: could not be written ({why}); free some space or check the disk").format(
                folder=folder, why=why
            )
        ) from error


@contextlib.contextmanager
def writing_durably(path: Path, *, mode: int = 0o600) -> Iterator[Writing]:
    """Give what takes a file in parts, which has its name once it is `kept`; as `write_durably`.

    Where that is not said, or this is left by an exception, nothing is there.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")  # two may write at once
    try:
        with _refusing(path.parent):
            make_folder(path.parent)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(temporary, flags, mode), "wb") as file:
                writing = Writing(file)
                yield writing
                file.flush()
                os.fsync(file.fileno())
            if writing.is_kept:
                set_fixed_times(temporary)
                os.replace(temporary, path)
                sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


@dataclass(slots=True, eq=False)
class Writing:
    """A file being written: its bytes, their SHA-256 so far, and whether it is to stay."""

    file: BinaryIO
    is_kept: bool = False
    hashed: Any = field(default_factory=hashlib.sha256)

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Take all of some bytes."""
        self.hashed.update(content)
        return self.file.write(content)

    def flush(self) -> None:
        """Write nothing yet: the whole is synced at its end."""


def write_many_durably(folder: Path, contents: Sequence[tuple[str, bytes]]) -> None:
    """Write files of a folder, each whole, all of them on the disk when this returns; as `write_durably`.

    All are written before the first is synced, so that the disk is asked once for many; each takes
    its name, in their order, once all are there. Raises Refusal where the disk refuses.
    """
    pairs = [(f"{folder / f'.{name}.tmp'}", content) for name, content in contents]
    with _refusing(folder):
        make_folder(folder)
        try:
            with contextlib.ExitStack() as closing:
                written = [closing.enter_context(_begun(path, content)) for path, content in pairs]
                _sync_all([file.fileno() for file in written])
            for (path, _content), (name, _same) in zip(pairs, contents, strict=True):
                os.replace(path, folder / name)
            sync_folder(folder)
        except OSError:
            for path, _content in pairs:
                with contextlib.suppress(OSError):
                    os.unlink(path)
            raise


def _sync_all(descriptors: Sequence[int]) -> None:
    """Have open files of one folder on the disk: at once where the system can, and says whether it could.

    Linux can since 5.8: before, syncfs(2) said nothing of a write that failed.
    """
    if not descriptors:
        return
    if sys.platform == "linux" and _version(os.uname().release) >= (5, 8):
        import ctypes  # a lead alone needs it

        library = ctypes.CDLL(None, use_errno=True)
        if library.syncfs(descriptors[0]) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return
    for descriptor in descriptors:
        os.fsync(descriptor)


def _version(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall("[0-9]+", release)[:2])


def _begun(path: str, content: bytes) -> BinaryIO:
    """Return a new file that holds some bytes, not yet synced; what lay under its name is removed."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)
    try:
        left = memoryview(content)
        while left:
            left = left[file.write(left) :]
        os.utime(file.fileno() if os.utime in os.supports_fd else path, (FIXED_TIME, FIXED_TIME))
    except OSError:
        file.close()
        raise
    return file


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
