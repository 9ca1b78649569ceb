"""A bundle as it arrives, seen from outside: which files it holds, and whether all that was written is here.

A bundle is a flat folder: sealed records, the laptop's ledger with its signed head, and a manifest,
written last, that says what should be there. Anything in it may have been changed on the way: no link
is followed, nothing larger than a record could be is read, no name in the manifest leaves the folder.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from interviewer import bundle as stick
from interviewer.bundle import HEAD, LARGEST, LEDGER, MANIFEST, PREFIX
from interviewer.draft import SUFFIX as DRAFT
from interviewer.outbox import LINK, RECORD
from surveys.language import _
from surveys.problems import Refusal

ID = re.compile(r"[0-9a-f]{32}")

Unread = Literal["kind", "large", "unreadable"]


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the two files of a record are."""

    record: Path | None = None
    link: Path | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a bundle: records by id, sealed files with another name, drafts.

    `names` are of all its files, `others` counts what is none of these.
    """

    folder: Path
    records: Mapping[str, Paths]
    strangers: tuple[Path, ...]
    drafts: tuple[Path, ...]
    names: frozenset[str]
    others: int


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What a manifest says: whose bundle it is, and the SHA-256 of each file but itself."""

    study: str
    device: str
    files: Mapping[str, str]


def folders(path: Path) -> list[Path]:
    """Return the bundles a path stands for: itself, or those in it, as `handover` names them."""
    if (path / MANIFEST).exists() or (path / LEDGER).exists():
        return [path]
    try:
        return sorted(found for found in path.glob(f"{PREFIX}*") if found.is_dir()) or [path]
    except OSError:
        return [path]


def listed(folder: Path) -> Bundle:
    """Return what a bundle holds; raises Refusal where it is a link, or no folder that can be read."""
    try:
        paths = sorted(folder.iterdir())
        is_link = not stat.S_ISDIR(folder.lstat().st_mode)
    except OSError as error:
        raise Refusal(
            _(
                "{bundle}: is no folder that can be read ({why}); give the folder the laptop wrote"
            ).format(bundle=folder, why=error.strerror)
        ) from error
    if not any(path.name in {LEDGER, MANIFEST} or path.name.endswith(RECORD) for path in paths):
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
    found: dict[str, Paths] = {}
    strangers: list[Path] = []
    drafts: list[Path] = []
    others = 0
    for path in paths:
        has_link = path.name.endswith(LINK)
        record_id = path.name.removesuffix(LINK if has_link else RECORD)
        if path.name.startswith("."):
            others += 1
        elif path.name.endswith(DRAFT):
            drafts.append(path)
        elif not path.name.endswith(RECORD):
            others += path.name not in {MANIFEST, LEDGER, HEAD}
        elif not ID.fullmatch(record_id):
            strangers.append(path)
        else:
            one = found.get(record_id, Paths())
            found[record_id] = Paths(one.record, path) if has_link else Paths(path, one.link)
    names = frozenset(path.name for path in paths)
    return Bundle(folder, found, tuple(strangers), tuple(drafts), names, others)


def is_whole(bundle: Bundle, study: str, device: str) -> bool:
    """Whether the manifest is this laptop's, names every file that counts, and each is as written."""
    stated = _manifest(bundle)
    if stated is None or (stated.study, stated.device) != (study, device):
        return False
    counting = {name for name in bundle.names if name.endswith((RECORD, DRAFT)) and name[0] != "."}
    counting |= bundle.names & {LEDGER, HEAD}
    return counting <= stated.files.keys() <= bundle.names and all(
        stick.digest(bundle.folder / name) == digest for name, digest in stated.files.items()
    )


def device_named(bundle: Bundle) -> str:
    """Return whose bundle it says it is; what vouches for that is its ledger alone."""
    stated = _manifest(bundle)
    return bundle.folder.resolve().name.removeprefix(PREFIX) if stated is None else stated.device


def _manifest(bundle: Bundle) -> _Manifest | None:
    read = content(bundle.folder / MANIFEST, LARGEST)
    try:
        found = json.loads(read) if isinstance(read, bytes) else {}
        stated = _Manifest(str(found["study"]), str(found["device"]), dict(found["files"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return stated if found.get("souspli_bundle") == 1 else None


def content(path: Path, largest: int) -> bytes | Unread:
    """Return the bytes of a regular file, or why it is left where it is. No link is followed."""
    try:
        return stick.read(path, largest)
    except stick.NoFile:
        return "kind"
    except stick.TooLarge:
        return "large"
    except OSError:
        return "unreadable"


def found_in(paths: Sequence[Path]) -> list[Bundle]:
    """Return the bundles that some paths stand for, all of them looked into before any is taken in."""
    return [listed(folder) for path in paths for folder in folders(path)]
