"""What is to be collected, seen from outside: which files there are, and whether all that was written is here.

A bundle is a flat folder: sealed records, the laptop's ledger with its signed head, and a manifest,
written last, that says what should be there. Anything in it may have been changed on the way: no link
is followed, nothing larger than a record could be is read, no name in the manifest leaves the folder.

A copy of the study folder, from another desk, is collected likewise: its records, with the ledgers and
signed heads that it has seen. It has no manifest.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from export.laptops import accounts
from interviewer import bundle as stick
from interviewer.bundle import HEAD, LEDGER, MANIFEST, PREFIX
from interviewer.draft import SUFFIX as DRAFT
from interviewer.outbox import LINK, RECORD
from surveys.language import _
from surveys.problems import Refusal

ID = re.compile(r"[0-9a-f]{32}")
_HEAD, _ENTRY = 4096, 256  # bytes that a manifest takes at most, and each file named in it

Unread = Literal["kind", "large", "unreadable"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where sealed files are, and the ledgers beside them, each with its head; `count` is of its files.

    `is_copy`: it is another desk's study folder, not a laptop's bundle. One that is not `is_open` is a link,
    or cannot be read: nothing in it is looked at.
    """

    folder: Path
    ledgers: tuple[tuple[Path, Path], ...]
    is_copy: bool
    count: int
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a bundle: the ids that have a record or a link file, sealed files with another name, drafts.

    `strangers` and `drafts` are names; `names` are of all its files, `others` counts what is none of these.
    """

    folder: Path
    records: tuple[str, ...]
    strangers: tuple[str, ...]
    drafts: tuple[str, ...]
    names: frozenset[str]
    others: int


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What a manifest says: whose bundle it is, and the SHA-256 of each file but itself."""

    study: str
    device: str
    files: Mapping[str, str]


# --- found --------------------------------------------------------------------------------------


def found_in(paths: Sequence[Path]) -> list[Source]:
    """Return what some paths stand for, all of it looked into before anything is taken in.

    Raises Refusal where one is no bundle, no folder of bundles and no copy of a study folder.
    """
    return [found for path in paths for found in _sources(path)]


def folders(path: Path) -> list[Path]:
    """Return the bundles a path stands for: itself, or those in it, as `handover` names them."""
    if (path / MANIFEST).exists() or (path / LEDGER).exists():
        return [path]
    try:
        return sorted(found for found in path.glob(f"{PREFIX}*") if found.is_dir()) or [path]
    except OSError:
        return [path]


def _sources(path: Path) -> list[Source]:
    if (path / "study.yaml").is_file() and _is_folder(path / "collected"):
        # Whatever a stick calls itself, the bundles on it are looked at.
        return [_copy(path), *(_bundle(one) for one in folders(path) if one != path)]
    found = folders(path)
    if found == [path]:
        listed(path)  # refused here: what was named must be one
    return [_bundle(folder) for folder in found]


def _is_folder(path: Path) -> bool:
    """Whether this is a folder itself: a link to one may lead anywhere."""
    return path.is_dir() and not path.is_symlink()


def _bundle(folder: Path) -> Source:
    try:
        count = len(listed(folder).names)
    except Refusal:
        return Source(folder, (), False, 0, is_open=False)
    return Source(folder, ((folder / LEDGER, folder / HEAD),), False, count)


def _copy(path: Path) -> Source:
    """Return another desk's study folder as something to collect from."""
    devices = path / "devices"
    names = sorted(found.stem for found in devices.glob(f"*{accounts.SUFFIX}"))
    ledgers = tuple(
        (devices / f"{name}{accounts.SUFFIX}", accounts.head_path(devices, name)) for name in names
    )
    folder = path / "collected"
    return Source(folder, ledgers, True, len(os.listdir(folder)))


def listed(folder: Path) -> Bundle:
    """Return what a bundle holds; raises Refusal where it is a link, or no folder that can be read."""
    try:
        names = sorted(os.listdir(folder))
        is_link = not stat.S_ISDIR(folder.lstat().st_mode)
    except OSError as error:
        raise Refusal(
            _(
                "{bundle}: is no folder that can be read ({why}); give the folder the laptop wrote"
            ).format(bundle=folder, why=error.strerror)
        ) from error
    if not any(name in {LEDGER, MANIFEST} or name.endswith(RECORD) for name in names):
        raise Refusal(
            _(
                "{bundle}: there is no bundle here; give the folder that souspli handover wrote"
            ).format(bundle=folder)
        )
    if is_link:
        raise Refusal(
            _(
                "{bundle}: is a link, which may lead anywhere; give the folder that the laptop wrote"
            ).format(bundle=folder)
        )
    return _sorted_out(folder, names)


def copied(folder: Path) -> Bundle:
    """Return what the collected/ of another desk holds, but for what is its own: index, quarantine."""
    own = (name for name in sorted(os.listdir(folder)) if name.endswith(RECORD))
    return _sorted_out(folder, list(own))


def _sorted_out(folder: Path, names: Sequence[str]) -> Bundle:
    records: dict[str, None] = {}
    strangers: list[str] = []
    drafts: list[str] = []
    others = 0
    for name in names:
        record_id = name.removesuffix(LINK if name.endswith(LINK) else RECORD)
        if name.startswith("."):
            others += 1
        elif name.endswith(DRAFT):
            drafts.append(name)
        elif not name.endswith(RECORD):
            others += name not in {MANIFEST, LEDGER, HEAD}
        elif not ID.fullmatch(record_id):
            strangers.append(name)
        else:
            records[record_id] = None
    return Bundle(folder, tuple(records), tuple(strangers), tuple(drafts), frozenset(names), others)


# --- whole --------------------------------------------------------------------------------------


def is_whole(bundle: Bundle, study: str, device: str, sums: Mapping[str, str]) -> bool:
    """Whether the manifest is this laptop's, names every file that counts, and each is as written.

    `sums` are the SHA-256 of files that were read already, by name.
    """
    stated = _manifest(bundle.folder, len(bundle.names))
    if stated is None or (stated.study, stated.device) != (study, device):
        return False
    counting = {name for name in bundle.names if name.endswith((RECORD, DRAFT)) and name[0] != "."}
    counting |= bundle.names & {LEDGER, HEAD}
    return counting <= stated.files.keys() <= bundle.names and all(
        (sums.get(name) or stick.digest(bundle.folder / name)) == digest
        for name, digest in stated.files.items()
    )


def device_named(folder: Path) -> str:
    """Return whose bundle it says it is; what vouches for that is its ledger alone."""
    stated = _manifest(folder, len(os.listdir(folder)))
    return folder.resolve().name.removeprefix(PREFIX) if stated is None else stated.device


def _manifest(folder: Path, count: int) -> _Manifest | None:
    """Return the manifest of a folder with so many files; one that is longer than that allows is none."""
    read = content(folder / MANIFEST, _HEAD + _ENTRY * count)
    try:
        found = json.loads(read) if isinstance(read, bytes) else {}
        stated = _Manifest(str(found["study"]), str(found["device"]), dict(found["files"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return stated if found.get("souspli_bundle") == 1 else None


def content(path: Path | str, largest: int) -> bytes | Unread:
    """Return the bytes of a regular file, or why it is left where it is. No link is followed."""
    try:
        return stick.read(path, largest)
    except stick.NoFile:
        return "kind"
    except stick.TooLarge:
        return "large"
    except OSError:
        return "unreadable"
