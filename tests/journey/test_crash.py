"""Killed, or refused by the disk, at any system call that touches a file of the laptop: nothing is lost.

A whole interview is traced once, to know which calls touch the laptop's folder; then it is held again
for each of them, and strace kills the process there, or has the call fail. What was acknowledged (the
next question was asked) must be in the record after a resume, nothing else must, and nothing readable
on the disk. The suite tries some of the calls; `make soak` all of them.
"""

from __future__ import annotations

import base64
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from interviewer import holding
from interviewer.device import Device
from interviewer.laptop import Laptop, unlocked
from interviewer.record import Record

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Require = Callable[[str, bool, str], None]
Unsealed = Callable[[Path], list[tuple[Record, Mapping[str, str]]]]
PASSPHRASE = b"three public words for tests"
WORDS, LAST = "zinzolin", "garance"
# One line a question of the twelve: note and repeat included where they take one.
TYPED: tuple[str, ...] = (
    "1",  # informed
    "40",  # years
    "2",  # works
    "1 12",  # products
    "7",  # mood
    WORDS,  # words
    "SMARAGDIN",  # card
    "12/03/2021",  # since
    "918273",  # spent
    "1",  # stays: one
    "31",  # nights
    "2",  # stays: no other
    LAST,  # last
)
# What each line leaves in a record, in their order; None: nothing in its answers.
KEPT: tuple[tuple[str, str] | None, ...] = (
    ("informed", "OK"),
    ("years", "30"),
    ("works", "no"),
    ("products", "tea coffee"),
    ("mood", "7"),
    ("words", WORDS),
    None,
    ("since", "2021-03"),
    None,
    None,
    ("nights[1]", "31"),
    None,
    ("last", LAST),
)
COMPUTED = {"adult", "wave", "begun_at", "ended_at", "this_day"}
CANARIES = (WORDS, "SMARAGDIN", "918273", LAST)
INTERVIEW = ("interview", "whole", "--plain", "--case", "K7Q2-M4T9", "--interviewer", "I1")

# Calls that change or read a file; by path (it stands in the call) or by descriptor.
BY_PATH = ("openat", "rename", "unlink", "mkdir", "utimensat", "newfstatat", "readlink", "statx")
BY_DESCRIPTOR = (
    "write pwrite64 read lseek fsync fdatasync ftruncate close fstat flock getdents64"
).split()


@dataclass(frozen=True)
class Point:
    """One call of the trace: the when-th of that name."""

    call: str
    when: int


@pytest.fixture
def strace(require: Require) -> str:
    """The tracer, with injection."""
    found = shutil.which("strace") or ""
    require("strace", sys.platform == "linux" and bool(found), "install strace on Linux")
    return found


def touching(trace: str, home: Path) -> Iterator[Point]:
    """Yield each call of a trace that touches a file below `home`, in order."""
    seen: Counter[str] = Counter()
    descriptors: set[str] = set()
    for line in trace.splitlines():
        match = re.match(r"(?:\d+ +)?(\w+)\((.*)", line)
        if match is None:
            continue
        call, rest = match[1], match[2]
        seen[call] += 1
        result = rest.rpartition("= ")[2].split(" ")[0]
        if call in BY_PATH:
            is_ours = str(home) in rest
            if call == "openat" and is_ours and result.isdigit():
                descriptors.add(result)
            elif call == "openat":
                descriptors.discard(result)
        else:
            number = re.split(r"[,)]", rest)[0]
            is_ours = number in descriptors
            if call == "close":
                descriptors.discard(number)
        if is_ours:
            yield Point(call, seen[call])


def command(strace: str, log: Path, *inject: str) -> list[str | Path]:
    calls = ",".join((*BY_PATH, *BY_DESCRIPTOR))
    only = ["-e", f"trace={calls}", "-e", "signal=none"]
    how = [word for one in inject for word in ("-e", f"inject={one}")]
    # With the filter of the system, which is quicker, strace kills nobody.
    quick = [] if any(KILL in one for one in inject) else ["--seccomp-bpf"]
    return [strace, "-qq", *quick, "-f", *only, *how, "-o", log, *_souspli()]


def _souspli() -> list[str]:
    return [str(Path(sys.executable).with_name("souspli"))]


KILL = "signal=KILL"
STILL = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


def points(strace: str, souspli: Run, home: Path, tmp_path: Path) -> list[Point]:
    """Return every call of an undisturbed interview that touches the laptop's folder."""
    aside = Path(shutil.copytree(home, tmp_path / "traced"))
    lines = "\n".join((*TYPED, ""))
    arguments = (*INTERVIEW, "--home", aside)
    done = souspli(
        *arguments,
        typed=lines,
        passphrases=1,
        command=command(strace, tmp_path / "trace"),
        extra=STILL,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = list(touching((tmp_path / "trace").read_text("ascii", "replace"), aside))
    calls = Counter(point.call for point in found)
    assert calls["fdatasync"] >= len(TYPED)
    assert calls["rename"] >= 5
    shutil.rmtree(aside)
    return found


def laptop_of(home: Path) -> Laptop:
    return unlocked(Device(home), PASSPHRASE)


class Disturbed:
    """Holds one interview with one disturbance, goes on after it, and looks at what is left."""

    def __init__(
        self, strace: str, souspli: Run, unsealed: Unsealed, home: Path, tmp: Path
    ) -> None:
        self.strace, self.souspli, self.unsealed = strace, souspli, unsealed
        self.pristine, self.tmp = home, tmp

    def held(self, point: Point, fault: str) -> None:
        home = Path(shutil.copytree(self.pristine, self.tmp / "home-tried"))
        arguments = (*INTERVIEW, "--home", home)
        done = self.souspli(
            *arguments,
            typed="\n".join((*TYPED, "")),
            passphrases=1,
            command=command(
                self.strace, self.tmp / "trace", f"{point.call}:{fault}:when={point.when}"
            ),
            extra=STILL,
        )
        is_killed = done.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL}
        assert is_killed == (fault == KILL), (point, fault, done.returncode)
        assert "nobody foresaw" not in done.stderr, (point, fault, done.stderr)
        assert not any(canary in done.stderr for canary in CANARIES)
        shown = done.stdout.count("\n> ")
        acknowledged = len(TYPED) if done.returncode == 0 else max(0, shown - 1)
        self.assert_kept(home, acknowledged, point, fault)
        shutil.rmtree(home)

    def assert_kept(self, home: Path, acknowledged: int, point: Point, fault: str) -> None:
        laptop = laptop_of(home)
        holding.mend(laptop, datetime.now().astimezone())
        drafts = holding.open_drafts(laptop)
        assert all(found.fault == "" for found in drafts)
        if drafts:
            done = self.souspli(*INTERVIEW, "--home", home, typed=":stop\n", passphrases=1)
            assert (done.returncode, done.stderr) == (0, ""), (point, fault)
        made = self.unsealed(home)
        assert len(made) <= 1
        if acknowledged:
            assert len(made) == 1, (point, fault, acknowledged)
        for found, links in made:
            answers = {k: v for k, v in found.answers.items() if k not in COMPUTED}
            expected = [
                dict(filter(None, KEPT[:count])) for count in (acknowledged, acknowledged + 1)
            ]
            assert answers in expected, (point, fault, acknowledged)
            assert links in [
                {"card": "SMARAGDIN"} if count > TYPED.index("SMARAGDIN") else {}
                for count in (acknowledged, acknowledged + 1)
            ]
        assert_nothing_readable(home)


def assert_nothing_readable(folder: Path) -> None:
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for canary in CANARIES:
            spelled = (canary.encode(), canary.encode().hex().encode(), canary.encode("utf-16-le"))
            encoded = base64.b64encode(canary.encode())[:8]
            assert not any(one in content for one in (*spelled, encoded)), path
            assert canary not in path.name


FAULTS = (KILL, "error=EIO", "error=ENOSPC")


@pytest.fixture
def disturbed(
    strace: str, souspli: Run, unsealed: Unsealed, home: Path, tmp_path: Path
) -> Disturbed:
    """What holds disturbed interviews."""
    return Disturbed(strace, souspli, unsealed, home, tmp_path)


def test_disturbed_at_some_calls_on_files_an_interview_loses_nothing(
    disturbed: Disturbed, strace: str, souspli: Run, home: Path, tmp_path: Path
) -> None:
    """A sample of the calls of every sort, each killed or failed; other calls every time."""
    chance = random.Random(os.environ.get("SOUSPLI_SEED", datetime.now().isoformat()))
    found = points(strace, souspli, home, tmp_path)
    one_of_each = {point.call: point for point in chance.sample(found, len(found))}
    for point in one_of_each.values():
        disturbed.held(point, chance.choice(FAULTS))
    changing = [p for p in found if p.call in {"write", "fsync", "fdatasync", "rename", "unlink"}]
    for point in chance.sample(changing, 5):
        disturbed.held(point, chance.choice(FAULTS))


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
def test_disturbed_at_every_call_on_a_file_an_interview_loses_nothing(
    disturbed: Disturbed, strace: str, souspli: Run, home: Path, tmp_path: Path, fault: str
) -> None:
    """Every call of the interview that touches the laptop's folder, one run each."""
    found = points(strace, souspli, home, tmp_path)
    print(f"{fault}: {len(found)} calls", dict(Counter(point.call for point in found)))
    for point in found:
        disturbed.held(point, fault)


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
@pytest.mark.parametrize("room", [1_000, 9_000, 12_000, 30_000])
def test_writes_cut_short_by_the_system_lose_nothing(
    souspli: Run, unsealed: Unsealed, home: Path, tmp_path: Path, room: int
) -> None:
    """Real short writes: no file may grow beyond a limit that falls in the middle of the interview."""
    if sys.platform == "win32":
        return
    import resource

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    patched = "import interviewer.device as d; d.Device.require_room = lambda self, size: None"
    program = f"import sys; {patched}; import souspli; sys.exit(souspli.main(sys.argv[1:]))"
    done = souspli(
        *INTERVIEW,
        "--home",
        home,
        typed="\n".join((*TYPED, "")),
        passphrases=1,
        command=[sys.executable, "-c", program],
        before=limited,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "free some space" in done.stderr
    acknowledged = max(0, done.stdout.count("\n> ") - 1)
    Disturbed("", souspli, unsealed, home, tmp_path).assert_kept(
        home, acknowledged, Point("limit", room), "short"
    )
