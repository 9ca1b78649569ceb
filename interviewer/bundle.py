"""The bundle: what a laptop hands over, in one flat folder that any store can hold.

`souspli-DEVICE/` has the files of each sealed record as the outbox has them, the ledger, its signed
head, and `manifest.json`, which says what should be there; ledger and head are what vouches. The
manifest goes before anything is changed and comes back last, so a bundle without it, or that it does
not match, is torn. Files that hold already what they should are left alone: a hand-over that was
interrupted is done again. All is read back before the manifest is written.

The stick is anybody's: it may lack what a disk has (permissions, times, a folder's fsync), be full,
lie about what it holds, or carry links and pipes under our names. None of these is followed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from interviewer import draft, foreign, ledger, outbox, receipt
from interviewer.files import set_fixed_times, write_whole
from surveys.language import _
from surveys.problems import Refusal

PREFIX = "souspli-"
LEDGER = "ledger"
HEAD = "ledger.head"
MANIFEST = "manifest.json"
LARGEST = 256 * 1024 * 1024  # bytes of a ledger of a million lines; no file here is larger
_SUFFIXES = {outbox.RECORD, draft.SUFFIX}
_CHUNK = 1024 * 1024
_LACKING = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}  # “no such thing here”


class BundleError(Refusal):
    """A bundle that could not be written where it was wanted. The laptop keeps everything."""


class NoFile(OSError):
    """What lies under this name is a link, a folder, a pipe or a device: it is not followed."""


class TooLarge(OSError):
    """The file has more bytes than whoever reads it can use."""


def receipt_path(destination: Path, device: str) -> Path:
    """Return where the study lead writes the receipt of a laptop's bundle: beside it."""
    return destination / f"{PREFIX}{device}{receipt.SUFFIX}"


def manifest(study: str, device: str, files: Mapping[str, str]) -> bytes:
    """Return the manifest of a bundle: by name, the SHA-256 of every file but itself."""
    found = {"souspli_bundle": 1, "study": study, "device": device, "files": dict(files)}
    return json.dumps(found, sort_keys=True, indent=1).encode("ascii")


# --- the folder ---------------------------------------------------------------------------------


def require_folder(destination: Path) -> None:
    """Raise BundleError unless the destination is there, and a folder."""
    with _refusing(destination):
        if not destination.exists():
            raise BundleError(
                _("{path}: is not there; plug the stick in, or check the path").format(
                    path=destination
                )
            )
        if not destination.is_dir():
            raise BundleError(
                _("{path}: is a file, not a folder; give the stick, or a folder on it").format(
                    path=destination
                )
            )


def opened(destination: Path, device: str, ours: bytes) -> Path:
    """Return the folder of a laptop's bundle, made where missing; `ours` is that laptop's ledger.

    Raises BundleError where it cannot be made, and where the ledger in it has what ours lacks: another
    laptop of this name, or this one before it was set up anew, would lose what vouches for its records.
    """
    require_folder(destination)
    folder = destination / f"{PREFIX}{device}"
    with _refusing(folder):
        if not folder.is_dir() and not folder.is_symlink():
            folder.mkdir()
        if folder.is_symlink():  # it would lead into the laptop itself
            raise BundleError(
                _("{folder}: is a link; remove it, or give another folder").format(folder=folder)
            )
        for path in folder.glob(".*.tmp"):  # what was being written when the last one ended
            path.unlink(missing_ok=True)
    if not ours.startswith(_vouching(folder)):
        raise BundleError(
            _(
                "{folder}: holds what another laptop or an earlier setup of this one handed over; "
                "take it to the study lead first, or give another folder"
            ).format(folder=folder)
        )
    return folder


def _vouching(folder: Path) -> bytes:
    """Return the lines of the ledger in a bundle; none where a damaged one vouches for nothing any more."""
    try:
        lines = ledger.read(content(folder / LEDGER, LARGEST) or b"")
        head = foreign.read(content(folder / HEAD, _CHUNK) or b"{}")
        if not lines or (head["n"], head["hash"]) != (len(lines), lines[-1].digest):
            return b""
    except (ledger.LedgerError, ValueError, KeyError, TypeError):
        return b""
    return b"".join(line.encode() + b"\n" for line in lines)


def names(folder: Path) -> list[str]:
    """Return the names of the records' and drafts' files in a bundle, sorted."""
    with _refusing(folder):
        found = (path.name for path in folder.iterdir() if path.suffix in _SUFFIXES)
        return sorted(name for name in found if not name.startswith("."))


def found(destination: Path, suffix: str, largest: int) -> Iterator[tuple[Path, bytes]]:
    """Yield what lies at a destination under such a name, by name, the bytes of one at a time."""
    with _refusing(destination):
        paths = sorted(path for path in destination.iterdir() if path.suffix == suffix)
    for path in paths:
        held = content(path, largest)
        if held is not None:
            yield path, held


# --- writing and reading back -------------------------------------------------------------------


def put(folder: Path, name: str, content: bytes) -> str:
    """Have a file of the bundle hold `content`, and return its SHA-256."""
    wanted = hashlib.sha256(content).hexdigest()
    if digest(folder / name) != wanted:
        with _refusing(folder):
            _begin_change(folder)
            write(folder / name, content)
    return wanted


def take_away(folder: Path, name: str) -> None:
    """Remove a file of the bundle."""
    with _refusing(folder):
        _begin_change(folder)
        (folder / name).unlink(missing_ok=True)


def close(folder: Path, study: str, device: str, digests: Mapping[str, str]) -> None:
    """Write the manifest, once every file was read back and is what it should be.

    All of them at the end, not each as it is written: a stick smaller than it says overwrites its
    first files with its last.
    """
    with _refusing(folder):
        _sync_folder(folder)
    _require_read_back(folder, digests)
    written = put(folder, MANIFEST, manifest(study, device, digests))
    with _refusing(folder):
        _sync_folder(folder)
        _sync_folder(folder.parent)
    _require_read_back(folder, {MANIFEST: written})


def _require_read_back(folder: Path, digests: Mapping[str, str]) -> None:
    if all(digest(folder / name) == wanted for name, wanted in digests.items()):
        return
    with contextlib.suppress(OSError):
        _begin_change(folder)
    raise BundleError(
        _(
            "{folder}: gives back other bytes than were written; take another stick: "
            "the laptop keeps everything"
        ).format(folder=folder)
    )


def digest(path: Path) -> str | None:
    """Return the SHA-256 of a regular file as its medium has it; None where none can be read."""
    hashed = hashlib.sha256()
    try:
        with _regular(path, LARGEST) as file:
            _forget(file.fileno())
            while piece := file.read(_CHUNK):
                hashed.update(piece)
    except OSError:
        return None
    return hashed.hexdigest()


def content(path: Path, largest: int) -> bytes | None:
    """Return the bytes of a regular file; None where there is none that can be read, or a larger one."""
    try:
        return read(path, largest)
    except OSError:
        return None


def read(path: Path | str, largest: int) -> bytes:
    """Return the bytes of a regular file; raises OSError: NoFile for a link, a pipe, TooLarge for more."""
    with _regular(path, largest) as file:  # as much memory as it has bytes, not as it might have
        return file.read(min(largest, os.fstat(file.fileno()).st_size))


@contextlib.contextmanager
def _regular(path: Path | str, largest: int) -> Iterator[BinaryIO]:
    """Open a file to read, as `read` does."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):  # each where the system has it
        flags |= getattr(os, name, 0)
    _require_regular(os.lstat(path))  # a folder cannot be opened, and not everywhere is O_NOFOLLOW
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        _require_regular(status)
        if status.st_size > largest:
            raise TooLarge(errno.EFBIG, os.strerror(errno.EFBIG))
        yield file


def _forget(descriptor: int) -> None:
    """Have the system forget what it remembers of a file, where it can: only the medium is believed."""
    if hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NoFile(errno.EINVAL, os.strerror(errno.EINVAL))


def _begin_change(folder: Path) -> None:
    """Take the manifest away: from here on the bundle is torn, until it is closed."""
    (folder / MANIFEST).unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Write a file whole onto a stick, which may lack what a laptop's own disk has; raises OSError.

    Readable by others, as far as the stick knows of others: the lead is another user.
    """
    write_whole(path, content, 0o644, _sync, _set_times)


def _set_times(path: Path) -> None:
    with contextlib.suppress(OSError):  # a stick mounted for all lets only its owner set times
        set_fixed_times(path)


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _LACKING:
            raise


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where system and stick can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    """Say in one sentence that the stick would not."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BundleError(
            _(
                "{folder}: could not be read or written ({why}); free some space there or take another "
                "stick: the laptop keeps everything"
            ).format(folder=folder, why=why)
        ) from error
