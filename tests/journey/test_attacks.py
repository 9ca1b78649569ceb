"""Ten gigabytes of zeros, pipes and foreign kits, against the real command with little memory to spend.

What an attack can do to a bundle, and the reason each is told by, is in tests/export/attacks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer import outbox

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HUGE = 10 * 1024**3  # bytes, all zero: a file of them takes no room on the disk
LITTLE = 1024**3  # bytes of memory: a passphrase alone takes a quarter of it
RECORD, OTHER = "e" * 32, "f" * 32


def frugal() -> None:
    """Give a command no more memory than an old laptop can spare."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (LITTLE, LITTLE))


@pytest.fixture
def study(desk: Path, tmp_path: Path) -> Path:
    """The lead's study folder, for one test alone."""
    return Path(shutil.copytree(desk / "study", tmp_path / "study"))


@pytest.fixture
def stick(souspli: Run, home: Path, tmp_path: Path) -> Path:
    """A stick on which a laptop has handed over one record."""
    (tmp_path / "stick").mkdir()
    interview = ("interview", "small", "--plain", "--interviewer", "I1", "--case", "K7Q2-M4T9")
    assert souspli(*interview, "--home", home, typed="2\n", passphrases=1).returncode == 0
    done = souspli("handover", tmp_path / "stick", "--home", home, passphrases=1)
    assert done.returncode == 0, done.stderr
    return tmp_path / "stick"


def zeros(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(HUGE)
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def all_foul(folder: Path, made: Callable[[Path], Path]) -> None:
    """Fill a bundle with every kind of file there is, each zeros, or each a pipe."""
    folder.mkdir()
    for name in (
        f"{RECORD}.age",
        f"{RECORD}.link.age",
        f"{OTHER}.draft",
        "stray.age",
        "ledger",
        "ledger.head",
        "manifest.json",
        "readme.txt",
    ):
        made(folder / name)


def told_in_a_sentence(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a command refused in words of its own, in one line with a remedy."""
    assert done.stderr.count("\n") == 1, (done.args, done.stderr)
    line = done.stderr
    return done.returncode == 1 and line.startswith("souspli: ") and "; " in line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit and no such pipes")
@pytest.mark.parametrize("made", [zeros, pipe])
def test_a_bundle_of_zeros_or_pipes_holds_up_no_other(
    made: Callable[[Path], Path], souspli: Run, study: Path, stick: Path
) -> None:
    """Every file of it is named or left alone, in a moment and in little memory; the good one is taken in."""
    all_foul(stick / "souspli-L02", made)
    made(stick / "souspli-L02.receipt")
    done = souspli("collect", stick, "--study", study, passphrases=1, before=frugal)
    assert (done.returncode, done.stderr) == (1, ""), done.stderr
    assert "1 record taken in." in done.stdout
    assert f"{stick / 'souspli-L02'}: no laptop of this study signed its ledger" in done.stdout
    for name in (f"{RECORD}.age", f"{RECORD}.link.age", "stray.age"):
        assert f"{name}: set aside; " in done.stdout
    assert len(outbox.ids(study / "collected")) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit and no such pipes")
@pytest.mark.parametrize("made", [zeros, pipe])
def test_zeros_or_a_pipe_in_the_place_of_any_small_file_are_refused(
    made: Callable[[Path], Path], souspli: Run, study: Path, home: Path, tmp_path: Path
) -> None:
    """As a kit, an enrolment file, a test record, a draft, a dataset and a key: status 1, one sentence."""
    foul = made(tmp_path / "foul")
    draft = made(tmp_path / f"{RECORD}.draft")
    (tmp_path / "good").write_bytes(b"x")
    for command in (
        ("enrol", foul, "--home", home),
        ("device", "add", foul, "--words", "x", "--study", study),
        ("device", "test", foul, "--study", study),
        ("open", foul, "--into", tmp_path / "into"),
        ("open", tmp_path / "good", "--into", tmp_path / "into", "--identity", foul),
    ):
        asked = 0 if command[:2] == ("device", "add") else 1
        done = souspli(*command, passphrases=asked, before=frugal)
        assert told_in_a_sentence(done), (command, done.stderr)
    done = souspli("recover", draft, "--study", study, passphrases=1, before=frugal)
    assert (done.returncode, done.stderr) == (1, "")
    assert "left as it is; it is no file that can be read" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit and no such pipes")
@pytest.mark.parametrize("made", [zeros, pipe])
def test_zeros_or_a_pipe_on_the_stick_do_not_keep_a_laptop_from_handing_over(
    made: Callable[[Path], Path], souspli: Run, home: Path, stick: Path
) -> None:
    """As its receipt and its kit: said, with status 1; in its bundle: replaced. What waits is written."""
    made(stick / "souspli-L01.receipt")
    made(stick / "L01.kit")
    for path in (stick / "souspli-L01").iterdir():
        path.unlink()
        made(path)
    done = souspli("handover", stick, "--home", home, passphrases=1, before=frugal)
    assert done.returncode == 1
    assert "1 record in" in done.stdout
    assert "souspli-L01.receipt: cannot be read" in done.stderr
    assert "L01.kit: cannot be read" in done.stderr


def test_a_kit_that_is_not_the_next_of_this_laptop_is_refused_by_the_command(
    souspli: Run, desk: Path, home: Path, tmp_path: Path
) -> None:
    """An older one, and one changed on the way: before anything of the laptop is changed."""
    older, changed = desk / "first.kit", tmp_path / "changed.kit"
    changed.write_bytes((desk / "L01.kit").read_bytes().replace(b'"version":2', b'"version":3'))
    before = (home / "kit").read_bytes()
    for path, why in ((older, "is older than the one installed"), (changed, "was changed")):
        done = souspli("enrol", path, "--home", home, passphrases=1)
        assert told_in_a_sentence(done)
        assert why in done.stderr
        assert (home / "kit").read_bytes() == before
