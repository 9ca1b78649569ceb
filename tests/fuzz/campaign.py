"""A campaign: a reader given spoiled inputs for some time, in a process of its own.

Memory is bounded by the system (so that what C allocates counts), time by the processor seconds that
one input may take (so that a busy machine is no failure). The input at work lies in a file, so that
it is known even where the process dies. The same seed and number give the same input, as far as
nothing in it was sealed anew: what failed is kept, and replayed from the file.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import resource
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from surveys.problems import Refusal
from tests.fuzz.mutations import LARGEST
from tests.fuzz.targets import TARGETS
from tests.fuzz.ways import NoInput, Way, require_untold

PATIENCE = 5.0  # processor seconds for one input of at most LARGEST bytes
ALLOWANCE = 256 * 1024 * 1024  # bytes that reading may take beyond what a process has once it began
MOST_FINDINGS = 20
AT_WORK = "at-work"  # the file with the input that is being read: way, newline, bytes


class Hang(BaseException):
    """One input took more than PATIENCE."""


@dataclass(frozen=True)
class Finding:
    """What an input did that no reader may do, by which way, and the file that holds it."""

    way: str
    what: str
    file: str


@dataclass
class Report:
    """What came of a campaign: how many inputs were read, refused, failed, or could not be made."""

    target: str
    seed: str
    seconds: float = 0.0
    read: int = 0
    refused: int = 0
    failed: int = 0
    unmade: int = 0
    slowest: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    @property
    def executions(self) -> int:
        """How many inputs were given to the reader."""
        return self.read + self.refused + self.failed


def run(target: str, seconds: float, seed: str, keep: Path) -> Report:
    """Return what came of a campaign; inputs that failed are written into `keep`."""
    report = Report(target, seed)
    with tempfile.TemporaryDirectory(dir=_memory_disk()) as folder, _at_work(keep) as show:
        ways = TARGETS[target](_made(Path(folder)))
        _require_good_seeds(ways)
        _bound_memory()
        seen: set[str] = set()
        began = time.monotonic()
        for number in range(10**12):
            if time.monotonic() - began >= seconds or len(report.findings) == MOST_FINDINGS:
                break
            name, content = spoiled(ways, f"{seed}/{target}/{number}")
            show(name, content)
            _try(report, ways[name], name, content, keep, seen)
        report.seconds = time.monotonic() - began
    return report


def replay(target: str, way: str, content: bytes) -> str:
    """Return what one input does: 'read', 'refused', or the traceback."""
    with tempfile.TemporaryDirectory(dir=_memory_disk()) as folder:
        found = TARGETS[target](_made(Path(folder)))[way]
        _bound_memory()
        try:
            return "read" if _is_read_in_time(found, content) else "refused"
        except (Exception, Hang):
            return traceback.format_exc()


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _memory_disk() -> str | None:
    """Return a folder that no disk is behind, where there is one: readers sync what they write."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _require_good_seeds(ways: Mapping[str, Way]) -> None:
    """A reader that refuses what was not spoiled would be tried at its threshold alone."""
    for name, way in ways.items():
        if not seeds_read(way):
            raise AssertionError(f"{name}: every seed is refused")


def seeds_read(way: Way) -> int:
    """Return how many seeds of a way are read; the others are refused."""
    return sum(is_read(way, seed) for seed in way.seeds)


def spoiled(ways: Mapping[str, Way], chance: str) -> tuple[str, bytes]:
    """Return one of the ways, and a spoiled input for it, as a text of chance has it."""
    random = Random(chance)
    name = random.choice(list(ways))
    way = ways[name]
    return name, way.spoil(random, random.choice(way.seeds), way.seeds)


def _try(report: Report, way: Way, name: str, content: bytes, keep: Path, seen: set[str]) -> None:
    began = time.process_time()
    try:
        if _is_read_in_time(way, content):
            report.read += 1
        else:
            report.refused += 1
    except NoInput:
        report.unmade += 1
    except (Exception, Hang) as error:
        report.failed += 1
        what = _told(error)
        if what not in seen:
            seen.add(what)
            digest = hashlib.sha256(content).hexdigest()[:12]
            file = keep / f"{report.target}-{name}-{digest}".replace(" ", "_")
            file.write_bytes(content)
            report.findings.append(Finding(name, what, str(file)))
    report.slowest = max(report.slowest, time.process_time() - began)


def is_read(way: Way, content: bytes) -> bool:
    """Whether an input is read, or refused; raises NoInput, or whatever a reader must not raise."""
    try:
        way.read(content)
    except Refusal as refusal:
        require_untold(str(refusal))
        return False
    return True


def _is_read_in_time(way: Way, content: bytes) -> bool:
    """As `is_read`; raises Hang where it takes too long."""
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        return is_read(way, content)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _told(error: BaseException) -> str:
    """Return the kind of an error and where it came from: never what it says, which may be anything."""
    ours = [
        f"{Path(one.filename).name}:{one.lineno}"
        for one in traceback.extract_tb(error.__traceback__)
        if "/site-packages/" not in one.filename and "/lib/python" not in one.filename
    ]
    return f"{type(error).__name__} at {' < '.join(reversed(ours[-4:]))}"


def _hung(_signal: int, _frame: FrameType | None) -> None:
    raise Hang


def _bound_memory() -> None:
    """Let this process have no more than ALLOWANCE beyond what it has now."""
    os.environ["RUST_BACKTRACE"] = (
        "0"  # to find the lines of a panic, polars takes all of it, and waits
    )
    signal.signal(signal.SIGPROF, _hung)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + ALLOWANCE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def _at_work(keep: Path) -> Iterator[Callable[[str, bytes], None]]:
    """Yield what notes the input at work in a file that outlives this process."""
    size = LARGEST + 1024
    path = keep / AT_WORK
    path.write_bytes(bytes(size))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), size) as memory:

        def show(way: str, content: bytes) -> None:
            head = f"{way}\n{len(content)}\n".encode()
            memory[: len(head) + len(content)] = head + content

        yield show
    path.unlink()


def as_json(report: Report) -> str:
    """Return a report as a line of JSON."""
    return json.dumps(asdict(report) | {"executions": report.executions})
