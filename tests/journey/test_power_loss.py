"""The power goes: what was synced stays, of the rest any part may be gone, and the last write torn.

A whole interview is traced with what it wrote. The trace is replayed on a model of a disk which knows
what was synced; at each call the power goes, a random part of what was not synced is dropped, and the
laptop's folder is made as it would be found. Then the interview is resumed.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from interviewer import age, holding, outbox, record
from interviewer.device import Device
from interviewer.laptop import Laptop, unlocked
from interviewer.sitting import Sitting

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Require = Callable[[str, bool, str], None]
PASSPHRASE = b"three public words for tests"
TYPED = (
    "1",
    "40",
    "2",
    "1 12",
    "7",
    "zinzolin",
    "SMARAGDIN",
    "12/03/2021",
    "918273",
    "2",
    "garance",
)
KEPT: tuple[tuple[str, str] | None, ...] = (
    ("informed", "OK"),
    ("years", "30"),
    ("works", "no"),
    ("products", "tea coffee"),
    ("mood", "7"),
    ("words", "zinzolin"),
    None,
    ("since", "2021-03"),
    None,
    None,
    ("last", "garance"),
)
INTERVIEW = ("interview", "whole", "--plain", "--case", "K7Q2-M4T9", "--interviewer", "I1")
CALLS = "openat,write,lseek,fsync,fdatasync,rename,unlink,mkdir,ftruncate,close,dup,dup2,fcntl"
_CALL = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


# --- what the process did -------------------------------------------------------------------------


@dataclass(frozen=True)
class Did:
    """One call: its name, its strings as bytes, its other arguments, and what it returned."""

    name: str
    texts: tuple[bytes, ...]
    rest: str
    result: int


def calls_of(trace: str) -> Iterator[Did]:
    for line in trace.splitlines():
        if match := _CALL.match(line):
            texts = tuple(
                bytes.fromhex(found[1].replace("\\x", "")) for found in _TEXT.finditer(match[2])
            )
            yield Did(match[1], texts, match[2], int(match[3]))


# --- a disk that may lose what was not synced -----------------------------------------------------


@dataclass
class Inode:
    """A file: what is surely on the disk, and writes (offset, bytes; None truncates) that may be lost."""

    synced: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def content(self, kept: list[tuple[int, bytes | None]]) -> bytes:
        content = bytearray(self.synced)
        for offset, written in kept:
            if written is None:
                content = content[:offset].ljust(offset, b"\0")
            else:
                content = content.ljust(offset, b"\0")
                content[offset : offset + len(written)] = written
        return bytes(content)


@dataclass
class Disk:
    """Names in folders, the synced and the pending; and open files."""

    inodes: dict[int, Inode] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)  # as the process sees them
    synced: dict[str, int] = field(default_factory=dict)
    pending: list[tuple[str, str, int]] = field(default_factory=list)  # what, name, inode
    opened: dict[int, tuple[int, int]] = field(default_factory=dict)  # descriptor: inode, offset
    folders: dict[int, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)  # folders whose own name may be lost

    def does(self, did: Did) -> None:
        """Follow one call that succeeded."""
        first = re.split(r"[,)]", did.rest)[0]
        number = int(first) if first.isdigit() else -1
        match did.name:
            case "openat":
                self.open(did)
            case "write" if number in self.opened:
                inode, at = self.opened[number]
                self.inodes[inode].pending.append((at, did.texts[0][: did.result]))
                self.opened[number] = (inode, at + did.result)
            case "lseek" if number in self.opened:
                self.opened[number] = (self.opened[number][0], did.result)
            case "ftruncate" if number in self.opened:
                self.inodes[self.opened[number][0]].pending.append(
                    (int(did.rest.split(",")[1]), None)
                )
            case "fsync" | "fdatasync" if number in self.opened:
                file = self.inodes[self.opened[number][0]]
                file.synced, file.pending = file.content(file.pending), []
            case "fsync" if number in self.folders:
                self.sync(self.folders[number])
            case "mkdir":
                self.made.add(did.texts[0].decode())
            case "rename":
                old, new = (text.decode() for text in did.texts)
                moved = self.names.pop(old)
                self.names[new] = moved
                self.pending += [("unlink", old, moved), ("link", new, moved)]
            case "unlink":
                name = did.texts[0].decode()
                self.pending.append(("unlink", name, self.names.pop(name)))
            case "close":
                self.opened.pop(number, None)
                self.folders.pop(number, None)

    def open(self, did: Did) -> None:
        name = did.texts[0].decode()
        if "O_DIRECTORY" in did.rest or (name not in self.names and "O_CREAT" not in did.rest):
            self.folders[did.result] = name
            return
        if name not in self.names:
            inode = len(self.inodes)
            self.inodes[inode] = Inode()
            self.names[name] = inode
            self.pending.append(("link", name, inode))
        inode = self.names[name]
        if "O_TRUNC" in did.rest:
            self.inodes[inode].pending.append((0, None))
        self.opened[did.result] = (inode, 0)

    def sync(self, folder: str) -> None:
        """Make the names in a folder durable."""
        self.made -= {one for one in self.made if Path(one).parent == Path(folder)}
        for what, name, inode in [
            one for one in self.pending if Path(one[1]).parent == Path(folder)
        ]:
            self.pending.remove((what, name, inode))
            _apply(self.synced, what, name, inode)

    def after_power_loss(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files as they may be found: of what is pending any part, the last write torn."""
        names = dict(self.synced)
        for what, name, inode in self.pending:
            if chance.random() < 0.5:
                _apply(names, what, name, inode)
        gone = {f"{one}/" for one in self.made if chance.random() < 0.5}
        left = {name: inode for name, inode in names.items() if not name.startswith(tuple(gone))}
        return {name: self.found(inode, chance) for name, inode in left.items()}

    def found(self, number: int, chance: random.Random) -> bytes:
        inode = self.inodes[number]
        kept = [write for write in inode.pending if chance.random() < 0.5]
        if kept and kept[-1][1] is not None and chance.random() < 0.5:
            offset, written = kept[-1]
            kept[-1] = (
                offset,
                written[: chance.randrange(len(written) + 1)] if written else written,
            )
        return inode.content(kept)


def _apply(names: dict[str, int], what: str, name: str, inode: int) -> None:
    if what == "link":
        names[name] = inode
    elif names.get(name) == inode:
        del names[name]


# --- the interview, cut at each call --------------------------------------------------------------


@pytest.fixture
def trace(require: Require, souspli: Run, home: Path, tmp_path: Path) -> str:
    """All that one whole interview did, as strace saw it."""
    strace = shutil.which("strace") or ""
    require("strace", sys.platform == "linux" and bool(strace), "install strace on Linux")
    aside = shutil.copytree(home, tmp_path / "traced")
    log = tmp_path / "trace"
    only = ["-e", f"trace={CALLS}", "-e", "signal=none", "-xx", "-s", "400000"]
    program = [strace, "-qq", *only, "-o", log, Path(sys.executable).with_name("souspli")]
    arguments = (*INTERVIEW, "--home", aside)
    done = souspli(*arguments, typed="\n".join((*TYPED, "")), passphrases=1, command=program)
    assert (done.returncode, done.stderr) == (0, "")
    return log.read_text("ascii")


def states(
    trace: str, home: Path, chance: random.Random, times: int
) -> Iterator[tuple[int, dict[str, bytes]]]:
    """Yield (answers acknowledged, files by name below home) for power losses at every call."""
    disk, root, shown = Disk(), f"{home}/", 0
    for number, path in enumerate(p for p in sorted(home.rglob("*")) if p.is_file()):
        disk.inodes[number] = Inode(path.read_bytes())
        disk.names[str(path)] = disk.synced[str(path)] = number
    for did in calls_of(trace):
        if did.result < 0:
            continue
        if did.name == "write" and did.rest.startswith("1,"):
            shown += did.texts[0].count(b"\n> ")
            continue
        is_ours = any(
            (text + b"/").startswith(root.encode()) for text in did.texts
        ) or did.name not in {
            "openat",
            "rename",
            "unlink",
            "mkdir",
        }
        if not is_ours:
            continue
        before = (len(disk.pending), sum(len(one.pending) for one in disk.inodes.values()))
        disk.does(did)
        after = (len(disk.pending), sum(len(one.pending) for one in disk.inodes.values()))
        if before != after or did.name in {"fsync", "fdatasync"}:
            for _time in range(times):
                found = deepcopy(disk).after_power_loss(chance)
                yield max(0, shown - 1), {name.removeprefix(root): c for name, c in found.items()}


class Judge:
    """Makes the laptop's folder as it was found, goes on, and compares."""

    def __init__(self, laptop: Laptop, key: tuple[age.Identity, ...], folder: Path) -> None:
        self.laptop, self.key, self.folder = laptop, key, folder

    def kept(self, acknowledged: int, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        laptop = replace(self.laptop, device=Device(self.folder))
        holding.mend(laptop, datetime.now().astimezone())
        for found in holding.open_drafts(laptop):
            assert found.fault == ""
            held = holding.resumed(laptop, found.id)
            holding.close(held, Sitting(held.interview, "stopped"), datetime.now().astimezone())
        made = [
            record.unseal(
                (laptop.outbox / f"{one}.age").read_bytes(), laptop.signed.kit.bucket, self.key
            )
            for one in outbox.ids(laptop.outbox)
        ]
        assert len(made) == 1 or not (made or acknowledged)
        for found_record in made:
            answers = {
                k: v for k, v in found_record.answers.items() if k in dict(filter(None, KEPT))
            }
            assert answers in [
                dict(filter(None, KEPT[:count])) for count in (acknowledged, acknowledged + 1)
            ]
        shutil.rmtree(self.folder)


def judge(
    home: Path, desk: Path, identities: Mapping[str, tuple[age.Identity, ...]], tmp: Path
) -> Judge:
    return Judge(unlocked(Device(home), PASSPHRASE), identities["study"], tmp / "found")


def test_whenever_the_power_goes_what_was_acknowledged_is_there(
    trace: str,
    home: Path,
    desk: Path,
    identities: Mapping[str, tuple[age.Identity, ...]],
    tmp_path: Path,
) -> None:
    """At every call, three random losses; the draft is resumed and its record opens."""
    chance = random.Random(os.environ.get("SOUSPLI_SEED", datetime.now().isoformat()))
    judged = judge(home, desk, identities, tmp_path)
    traced = trace.replace(_hex(tmp_path / "traced"), _hex(home))
    count = 0
    for acknowledged, files in states(traced, home, chance, 3):
        judged.kept(acknowledged, files)
        count += 1
    assert count > 100


@pytest.mark.soak
def test_many_power_losses_at_every_call_lose_nothing_acknowledged(
    trace: str,
    home: Path,
    desk: Path,
    identities: Mapping[str, tuple[age.Identity, ...]],
    tmp_path: Path,
) -> None:
    """The same, twenty random losses at each call."""
    chance = random.Random(os.environ.get("SOUSPLI_SEED", datetime.now().isoformat()))
    judged = judge(home, desk, identities, tmp_path)
    traced = trace.replace(_hex(tmp_path / "traced"), _hex(home))
    found = list(states(traced, home, chance, 20))
    print(f"{len(found)} power losses")
    for acknowledged, files in found:
        judged.kept(acknowledged, files)


def _hex(path: Path) -> str:
    return "".join(f"\\x{byte:02x}" for byte in str(path).encode())
