"""The lead's command killed, or refused by the disk, while it writes a dataset: whole, or not there.

The real command, in every format at once, under strace: traced once, then run again with the process
killed, or a call failed, at some of the calls that write. Nothing readable is left in any file, and the
same command afterwards does it. The suite tries some of the calls; `make soak` all of them, and many
moments that no call marks.
"""

from __future__ import annotations

import io
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from export import custody, founding, ledger
from export.datasets.archive import unpacked
from export.datasets.formats import FORMATS
from export.laptops import devices, kits
from export.study import read_study
from interviewer import age, enrolment, outbox, record, vault
from interviewer.record import Record
from surveys.check import check
from tests.canaries import spellings

Require = Callable[[str, bool, str], None]

PASSPHRASE = b"three public words for tests"
CALLS = (
    "openat write pwrite64 writev rename renameat2 unlink fsync fdatasync ftruncate mkdir utimensat"
).split()
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")
CANARIES = ("zinzolin smaragdin", "918273645", "zxqv")  # a text, a number, the name of an answer
RECORDS = 24
FORM = """
souspli: 1
form: {id: small, version: "1", title: Small, languages: {en: English (en)}, default_language: en}
choices:
  colour: [{name: c1, label: One}, {name: c2, label: Two}]
survey:
  - {type: integer, name: spent, label: Spent}
  - {type: text, name: words, label: Words}
  - {type: select_one, choices: colour, name: colour, label: Colour, identifying: quasi}
  - {type: calculate, name: code, calculation: "concat('zx', 'qv')"}
  - type: repeat
    name: stay
    label: Stay
    questions:
      - {type: text, name: where, label: Where}
"""


@pytest.fixture
def strace(require: Require) -> str:
    """The tracer, with injection."""
    found = shutil.which("strace") or ""
    require("strace", sys.platform == "linux" and bool(found), "install strace on Linux")
    return found


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a study whose records are collected, a laptop's, and an analyst's key."""
    folder = tmp_path_factory.mktemp("ready")
    form = check(FORM, "form.yaml").instrument
    assert form is not None
    escrow = custody.Public(custody.new_key(folder / "escrow.key", PASSPHRASE, 1))
    founding.make(
        folder / "study",
        study_id="small",
        title="Small",
        instruments=[(Path("form.yaml"), "professional", form)],
        recipients={"escrow": escrow},
        is_practice=False,
        passphrases=(PASSPHRASE, PASSPHRASE),
        work_factor=1,
        now=datetime.now(UTC),
    )
    study = read_study(folder / "study")
    _content, keys = vault.create(PASSPHRASE, vault.CHEAPEST)
    devices.add(study, enrolment.write("L01", keys))
    kits.make(study, "L01", custody.open_signing_key(study.signing_key, PASSPHRASE))
    (laptop,) = devices.all_of(study)
    to = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
    for number in range(1, RECORDS + 1):
        made = Record(
            id=f"{number:032x}",
            study=study.id,
            kit=laptop.kits[-1],
            instrument=form.id,
            instrument_version=form.version,
            instrument_hash=form.digest,
            device="L01",
            sequence=number,
            kind="interview",
            unit="professional",
            case="",
            interviewer="I01",
            outcome="1.1",
            status="complete",
            week="2022-W15",
            minutes=30,
            language="en",
            mode="interviewer",
            is_practice=False,
            is_simulated=False,
            answers={
                "spent": CANARIES[1],
                "words": CANARIES[0],
                "colour": f"c{1 + number % 2}",
                "code": CANARIES[2],
                "where[1]": CANARIES[0],
            },
        )
        outbox.put(study.collected, made.id, record.seal(made, study.bucket, to), None)
    public = custody.new_key(folder / "analyst.key", PASSPHRASE, 1)
    (folder / "analyst.pub").write_text(public + "\n", "ascii")
    return folder


class Desk:
    """A copy of the folder, in which the command is run; what it may write is below it."""

    def __init__(self, ready: Path, folder: Path, profile: str = "analyst") -> None:
        self.folder = Path(shutil.copytree(ready, folder))
        for name in ("out", "tmp", "home"):
            (self.folder / name).mkdir()
        self.out, self.profile = self.folder / "out" / "data.age", profile
        self.before = set(self.files())

    def files(self) -> Iterator[Path]:
        """Yield every file there is."""
        return (path for path in self.folder.rglob("*") if path.is_file())

    def started(self, *tracer: str) -> subprocess.Popen[bytes]:
        """Start the command."""
        reading, writing = os.pipe()
        os.write(writing, PASSPHRASE + b"\n")
        os.close(writing)
        formats = [word for name in FORMATS for word in ("--format", name)]
        texts = ["--texts"] if self.profile == "analyst" else []
        asked = ["--study", str(self.folder / "study"), "--to", str(self.folder / "analyst.pub")]
        souspli = str(Path(sys.executable).with_name("souspli"))
        command = [*tracer, souspli, "export", *asked, "--out", str(self.out), *formats, *texts]
        try:
            return subprocess.Popen(
                [*command, "--profile", self.profile, "--passphrase-fd", str(reading)],
                pass_fds=[reading],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(self.folder / "home"),
                    "TMPDIR": str(self.folder / "tmp"),
                    "LANGUAGE": "en",
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "PYTHONHASHSEED": "0",
                    "POLARS_MAX_THREADS": "1",
                },
            )
        finally:
            os.close(reading)

    def exported(self, *tracer: str) -> tuple[int, str]:
        """Run the command to its end; return its status, of a killed one -9, and what it complained of."""
        running = self.started(*tracer)
        _out, complained = running.communicate(timeout=180)
        return running.returncode, complained.decode("utf-8", "replace")

    # --- what is left -------------------------------------------------------------------------

    def assert_whole_or_absent(self) -> bool:
        """Return whether the dataset is there: then it is whole, and the ledger knows its bytes."""
        if not self.out.exists():
            return False
        files = unpacked(
            age.unseal(
                self.out.read_bytes(), custody.open_key(self.folder / "analyst.key", PASSPHRASE)
            )
        )
        assert {"data.csv", "data.parquet", "data.sav", "data.dta", "data.xlsx", "ddi.xml"} <= {
            *files
        }
        assert pl.read_parquet(io.BytesIO(files["data.parquet"])).height == RECORDS
        return True

    def assert_nothing_readable(self) -> None:
        """No file that was not there before holds anything but sealed bytes, or lines without an answer."""
        for path in {*self.files()} - self.before:
            content = path.read_bytes()
            name = path.relative_to(self.folder).as_posix()
            is_sealed = content[:22] == b"age-encryption.org/v1\n" or not content
            is_known = name in {"study/ledger", "trace"} or path.name.endswith("lock")
            assert is_sealed or is_known, name
        readable = [one for canary in CANARIES for one in spellings(canary)]
        for path in self.files():
            content = path.read_bytes()
            assert not any(one in content for one in readable), path

    def assert_sound(self) -> None:
        study = read_study(self.folder / "study")
        noted = ledger.verified(study.ledger, study.signer)
        assert noted.faults == ()
        assert [one.event for one in noted.sound][-1] == "export"


def points(strace: str, desk: Desk) -> list[tuple[str, int]]:
    """Return the calls of an undisturbed export that write below its folder: the when-th of each name.

    Nothing is ever written anywhere else.
    """
    log = desk.folder / "trace"
    only = ["-e", f"trace={','.join(CALLS)}", "-e", "signal=none"]
    status, told = desk.exported(strace, "-f", "--seccomp-bpf", "-y", "-qq", *only, "-o", str(log))
    assert status == 0, told
    lines = log.read_text("utf-8", "replace").splitlines()
    first = lines[0].split()[0]
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        match = re.match(r"(\d+) +(\w+)\((.*)", line)
        if match is None:
            continue
        process, call, rest = match.groups()
        is_writing = call != "openat" or "O_CREAT" in rest or "O_WRONLY" in rest or "O_RDWR" in rest
        if is_writing and call == "openat":
            (path,) = re.findall(r'^[^"]*"([^"]*)"', rest)
            assert path.startswith((str(desk.folder), "/dev/", "/proc/")), line
        if process == first:
            seen[call] += 1
            if is_writing and str(desk.folder) in rest:
                found.append((call, seen[call]))
    assert {call for call, _when in found} >= {"openat", "write", "rename", "fsync", "unlink"}
    log.unlink()
    return found


def disturbed(strace: str, desk: Desk, call: str, when: int, fault: str) -> bool:
    """Run the command with a fault at one call; return whether it was felt, once all is looked at."""
    inject = f"inject={call}:{fault}:when={when}"
    only = ["-e", f"trace={call}", "-e", "signal=none", "-e", inject]
    # With the filter of the system, which is quicker, strace kills nobody.
    quick = () if fault == "signal=KILL" else ("--seccomp-bpf",)
    status, told = desk.exported(strace, "-f", *quick, "-qq", *only, "-o", "/dev/null")
    is_killed = status in {-signal.SIGKILL, 128 + signal.SIGKILL}
    assert is_killed == (fault == "signal=KILL" and status != 0), (call, when, told)
    assert "nobody foresaw" not in told, (call, when, fault, told)
    assert not any(canary in told for canary in CANARIES)
    desk.assert_nothing_readable()
    if not desk.assert_whole_or_absent():
        assert status != 0, (call, when, fault)
        if fault != "signal=KILL":
            assert [*desk.out.parent.iterdir()] == [], (call, when, fault)
        again, told = desk.exported()
        assert again == 0, (call, when, fault, told)
        assert desk.assert_whole_or_absent()
        desk.assert_nothing_readable()
    desk.assert_sound()
    return status != 0


def test_disturbed_at_some_calls_a_dataset_is_whole_or_not_there(
    strace: str, ready: Path, tmp_path: Path
) -> None:
    """Killed or refused; other calls every time. What it writes is below the study and beside the dataset."""
    first = Desk(ready, tmp_path / "first")
    found = points(strace, first)
    assert first.assert_whole_or_absent()
    first.assert_nothing_readable()
    chance = random.Random(os.environ.get("SOUSPLI_SEED", datetime.now(UTC).isoformat()))
    for number, fault in enumerate((FAULTS[0], *FAULTS)):
        call, when = chance.choice(found)
        disturbed(strace, Desk(ready, tmp_path / f"at-{number}"), call, when, fault)


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("profile", ["analyst", "release"])
def test_disturbed_at_every_call_a_dataset_is_whole_or_not_there(
    strace: str, ready: Path, tmp_path: Path, fault: str, profile: str
) -> None:
    """Every call of the command that writes below its folder, one run each; also where the log is written."""
    found = points(strace, Desk(ready, tmp_path / "first", profile))
    print(f"{fault}: {len(found)} calls", dict(Counter(call for call, _when in found)))
    felt = 0
    for call, when in found:
        desk = Desk(ready, tmp_path / "at", profile)
        felt += disturbed(strace, desk, call, when, fault)
        shutil.rmtree(desk.folder)
    assert felt >= len(found) // 2


@pytest.mark.soak
def test_killed_at_any_moment_a_dataset_is_whole_or_not_there(ready: Path, tmp_path: Path) -> None:
    """Also while a library holds the tables; forty moments from the start to the end."""
    chance = random.Random(os.environ.get("SOUSPLI_SEED", datetime.now(UTC).isoformat()))
    start = datetime.now(UTC)
    assert Desk(ready, tmp_path / "first").exported()[0] == 0
    whole = (datetime.now(UTC) - start).total_seconds()
    for _moment in range(40):
        desk = Desk(ready, tmp_path / "at")
        running = desk.started()
        try:
            running.communicate(timeout=chance.uniform(0, whole))
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
        desk.assert_nothing_readable()
        if not desk.assert_whole_or_absent():
            assert desk.exported()[0] == 0
            assert desk.assert_whole_or_absent()
        desk.assert_sound()
        shutil.rmtree(desk.folder)
