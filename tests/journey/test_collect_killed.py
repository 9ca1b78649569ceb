"""The lead's command killed while it takes records in, at any call that writes: the next one goes on.

The real command under strace. The suite tries some of the calls; `make soak` all of them.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import bench_collecting

Require = Callable[[str, bool, str], None]

CALLS = "write pwrite64 rename unlink fsync fdatasync syncfs ftruncate mkdir utimensat".split()
RECORDS, SAMPLE = 12, 6


@pytest.fixture
def strace(require: Require) -> str:
    """The tracer, with injection."""
    found = shutil.which("strace") or ""
    require("strace", sys.platform == "linux" and bool(found), "install strace on Linux")
    return found


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study, and a stick with a bundle of twelve records."""
    folder = tmp_path_factory.mktemp("ready")
    bench_collecting.made(folder, RECORDS)
    return folder


def collected(folder: Path, *tracer: str) -> int:
    """Run the command on a folder's stick and study; return its status, of a killed one −9."""
    reading, writing = os.pipe()
    os.write(writing, bench_collecting.PASSPHRASE + b"\n")
    os.close(writing)
    souspli = str(Path(sys.executable).with_name("souspli"))
    asked = ["collect", str(folder / "stick"), "--study", str(folder / "study")]
    try:
        done = subprocess.run(
            [*tracer, souspli, *asked, "--passphrase-fd", str(reading)],
            pass_fds=[reading],
            capture_output=True,
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    finally:
        os.close(reading)
    return done.returncode


def sealed(folder: Path) -> dict[str, bytes]:
    """Return what was taken in, by name, and the receipt."""
    paths = [*(folder / "study" / "collected").glob("*.age"), *(folder / "stick").glob("*.receipt")]
    return {path.name: path.read_bytes() for path in paths}


def points(strace: str, folder: Path) -> list[tuple[str, int]]:
    """Return the writing calls of an undisturbed collection, the when-th of each name."""
    log = folder / "trace"
    only = ["-e", f"trace={','.join(CALLS)}", "-e", "signal=none"]
    assert collected(folder, strace, "-f", "--seccomp-bpf", "-qq", *only, "-o", str(log)) == 0
    found = re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text("utf-8", "replace"), re.MULTILINE)
    seen: Counter[str] = Counter()
    for call in found:
        seen[call] += 1
    return [(call, when) for call, count in seen.items() for when in range(1, count + 1)]


def test_killed_anywhere_the_next_collection_ends_as_an_undisturbed_one(
    strace: str, ready: Path, tmp_path: Path
) -> None:
    """Every record under its name is whole, the index opens and knows them, nothing is left over."""
    first = Path(shutil.copytree(ready, tmp_path / "first"))
    whole = points(strace, first)
    wanted = sealed(first)
    assert len(wanted) == RECORDS + 1
    assert {call for call, _when in whole} >= {"rename", "write", "pwrite64", "unlink"}
    chosen = random.Random(5).sample(whole, SAMPLE)
    everything = os.environ.get("SOUSPLI_EVERY_CALL") == "1"
    killed = 0
    for call, when in whole if everything else chosen:
        folder = Path(shutil.copytree(ready, tmp_path / "killed"))
        inject = f"inject={call}:signal=KILL:when={when}"
        only = ["-e", f"trace={call}", "-e", "signal=none", "-e", inject]
        tracer = [strace, "-f", "-qq", *only]
        status = collected(folder, *tracer, "-o", str(tmp_path / "log"))
        killed += status in {-signal.SIGKILL, 128 + signal.SIGKILL}
        found = sealed(folder)
        assert all(wanted[name] == content for name, content in found.items() if name in wanted)
        index = folder / "study" / "collected" / "index.sqlite"
        if index.exists():
            with sqlite3.connect(index) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert collected(folder) == 0
        assert sealed(folder) == wanted, (call, when)
        with sqlite3.connect(index) as connection:
            noted = {row[0] for row in connection.execute("SELECT id FROM records")}
        assert noted == {name[:32] for name in wanted if name.endswith(".age")}
        assert list((folder / "study").rglob("*.tmp")) == []
        shutil.rmtree(folder)
    assert killed >= SAMPLE // 2


@pytest.mark.soak
def test_killed_at_every_call(
    strace: str, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, at each of them."""
    monkeypatch.setenv("SOUSPLI_EVERY_CALL", "1")
    test_killed_anywhere_the_next_collection_ends_as_an_undisturbed_one(strace, ready, tmp_path)
