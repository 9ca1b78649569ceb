"""Nothing readable touches a disk, whatever the library writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from export.datasets import plain_file
from export.datasets.plain_file import through_memory, through_pipe, written_by
from surveys.problems import Refusal

Require = Callable[[str, bool, str], None]

WAYS = [
    way
    for way, needs in ((through_pipe, "mkfifo"), (through_memory, "memfd_create"))
    if hasattr(os, needs)
]
CANARY = "canari-à-lire"
# Writes a table with the canary in every way that a library is let write files.
SCRIPT = f"""
import os, tempfile
tempfile.tempdir = os.environ["TMPDIR"]  # or Python would try the folder with a file of its own
import polars as pl
from export.datasets import plain_file, spss, stata, xlsx
from export.datasets.coding import Coded
from export.datasets.described import Column, Sheet
from surveys.check import check
frame = pl.DataFrame({{"x": ["{CANARY}" * 400]}})
columns = (Column("x", "value", "X", None),)
coded = (Coded(columns[0], "text", frame["x"]),)
form = '''
souspli: 1
form: {{id: a, version: "1", title: {{en: A}}, languages: {{en: English (en)}}, default_language: en}}
survey: [{{type: note, name: n, label: {{en: N}}}}]
'''
made = [xlsx.written([Sheet("data", frame, columns)], check(form, "a.yaml").instrument, "en")]
for way in (plain_file.written_by, plain_file.through_pipe):
    spss.written_by = stata.written_by = way
    made += [spss.written(coded, ""), stata.written(coded, "")]
assert all(b"{CANARY[:6]}" in one for one in made[1:])
"""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_what_is_written_comes_back(way: Callable[..., bytes], size: int) -> None:
    """However much: more than a pipe holds, and nothing at all."""
    content = os.urandom(size)

    def write(path: str) -> None:
        with open(path, "wb") as file:
            file.write(content)

    assert way(write) == content


@pytest.mark.parametrize("way", WAYS)
def test_a_writer_that_fails_leaves_nothing_waiting(way: Callable[..., bytes]) -> None:
    """Before it opened the file, and after."""

    def at_once(path: str) -> None:
        raise ValueError

    def later(path: str) -> None:
        with open(path, "wb") as file:
            file.write(b"x" * 1_000_000)
            raise ValueError

    for write in (at_once, later):
        with pytest.raises(ValueError):  # noqa: PT011 - it is ours
            way(write)


def test_a_system_with_neither_is_refused_and_told_of_the_scripts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is written first."""
    for name in ("memfd_create", "mkfifo"):
        monkeypatch.delattr(os, name, raising=False)
    written: list[str] = []
    with pytest.raises(Refusal, match="scripts"):
        written_by(written.append)
    assert not written


def test_the_pipe_is_taken_where_there_is_no_memory_with_a_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on macOS."""
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(plain_file, "through_pipe", lambda write: b"by the pipe")
    assert written_by(lambda path: None) == b"by the pipe"


def test_no_file_is_ever_written_to(require: Require, tmp_path: Path) -> None:
    """Under strace no file but the memory's, the pipe and the terminal is opened for writing.

    The positive control: the trace holds the opening of the memory and of the pipe.
    """
    strace = shutil.which("strace")
    require("strace", strace is not None, "install strace")
    assert strace is not None
    trace, folder = tmp_path / "trace", tmp_path / "tmp"
    folder.mkdir()
    command = [
        strace,
        "-f",
        "-s",
        "200",
        "-e",
        "trace=openat,open,creat,memfd_create,mknodat,mknod",
    ]
    subprocess.run(
        [*command, "-o", str(trace), sys.executable, "-c", SCRIPT],
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder)},
        timeout=120,
    )
    opened = [
        line
        for line in trace.read_text("utf-8", "replace").splitlines()
        if any(flag in line for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "creat("))
        and " = -1 " not in line
    ]
    to_memory = [line for line in opened if "/proc/self/fd/" in line]
    to_pipe = [line for line in opened if str(folder) in line and line.count('/pipe"')]
    others = [
        line
        for line in opened
        if line not in to_memory and line not in to_pipe and '"/dev/' not in line
    ]
    assert to_memory or not hasattr(os, "memfd_create")
    assert to_pipe
    assert others == []
    assert list(folder.iterdir()) == []
