"""`souspli handover` as an interviewer runs it: sticks that fail, and a process killed at any system call."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import age, closing, holding, kit, ledger, outbox, receipt, record, vault
from interviewer.device import Device
from interviewer.kit import Kit, KitInstrument, Rules
from interviewer.laptop import Laptop, opened
from interviewer.receipt import Receipt
from surveys.check import check

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Require = Callable[[str, bool, str], None]

PASSPHRASE = b"three public words for tests"  # the one that conftest.py gives
SOUSPLI = Path(sys.executable).with_name("souspli")
SOURCE = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
LEAD = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
STUDY = age.HybridIdentity.generate().recipient.encode()
VAULT, SECRETS = vault.create(PASSPHRASE, vault.CHEAPEST)
NOW = datetime(2022, 4, 11, 10, 0).astimezone()


def made(version: int = 1) -> bytes:
    """Return a kit of L01."""
    instrument = check(SOURCE, "t.yaml").instrument
    assert instrument is not None
    private = kit.seal_private(
        "trial",
        "L01",
        words=(),
        help_numbers=(),
        rules=Rules(),
        recipient=SECRETS.identity.recipient,
    )
    whole = Kit(
        study="trial",
        title={"en": "Trial"},
        version=version,
        device="L01",
        roster=("L01",),
        is_practice=False,
        bucket=record.bucket_for([instrument]),
        has_links=True,
        recipients={"study": (STUDY,), "escrow": (), "custodian": (STUDY,)},
        instruments=(KitInstrument("t", "1", instrument.digest, "person", SOURCE),),
        private=base64.b64encode(private).decode(),
        cases="",
    )
    return kit.sign(whole, LEAD)


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    """A laptop, its passphrase cheap to check."""
    device = Device(tmp_path / "home")
    device.home.mkdir()
    device.vault_path.write_bytes(VAULT)
    device.install(made(), SECRETS.identity)
    return opened(device, SECRETS)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def sealed(laptop: Laptop, count: int) -> list[str]:
    """Seal so many records and return their ids."""
    [instrument] = laptop.signed.kit.instruments
    return [
        closing.seal_outcome(
            laptop,
            instrument,
            case="K7Q2-M4T9",
            interviewer="I1",
            outcome="2.112",
            attempts=(),
            now=NOW,
        )
        for _number in range(count)
    ]


def left(stick: Path, laptop: Laptop, *ids: str, key: Ed25519PrivateKey = LEAD) -> None:
    """Leave a receipt for these records on the stick, as `collect` does."""
    lines = laptop.ledger.lines()
    records = {one: outbox.digest(laptop.outbox, one) for one in ids}
    given = Receipt("trial", "L01", len(lines), lines[-1].digest, records)
    (stick / "souspli-L01.receipt").write_bytes(receipt.sign(given, key))


def under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def is_whole(stick: Path) -> bool:
    """Whether a bundle is what its manifest says; its ledger's head must then be the laptop's."""
    files = under(stick / "souspli-L01")
    if "manifest.json" not in files:
        return False
    stated: dict[str, str] = json.loads(files.pop("manifest.json"))["files"]
    hashes = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if not name.endswith(".tmp")
    }
    lines = ledger.read(files["ledger"])
    ledger.verify(lines, files["ledger.head"], "L01", SECRETS.signing.public_key())
    return stated == hashes


def assert_refused(done: subprocess.CompletedProcess[str], why: str) -> None:
    """Exit 1; one sentence on standard error, with a remedy; nothing else."""
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"souspli: [^\n]+; [^\n]+\n", done.stderr)
    assert why in done.stderr
    assert "nobody foresaw" not in done.stderr


# --- what is said -------------------------------------------------------------------------------


def test_a_hand_over_and_the_next_in_words(laptop: Laptop, stick: Path, souspli: Run) -> None:
    """How many records, the eight characters for the daily sheet; then what the receipt let go of."""
    ids = sealed(laptop, 3)
    arguments = ("handover", stick, "--home", laptop.device.home)
    done = souspli(*arguments, passphrases=1)
    head = ledger.short(laptop.ledger.lines())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"3 records in {stick}, read back and whole.\nFor the daily device sheet: {head}\n"
    )
    assert re.fullmatch(r"[0-9A-F]{8}", head)
    left(stick, laptop, *ids[:2])
    (stick / "L01.kit").write_bytes(made(version=2))
    done = souspli(*arguments, passphrases=1)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "The study lead has 2 records; this laptop let go of them.\n"
        "Kit 2 taken in.\n"
        f"1 record in {stick}, read back and whole.\n"
        f"For the daily device sheet: {head}\n"
    )
    assert outbox.ids(laptop.outbox) == [ids[2]]
    assert is_whole(stick)


def test_a_receipt_that_is_not_believed_is_said_after_the_hand_over(
    laptop: Laptop, stick: Path, souspli: Run
) -> None:
    """The records are on the stick all the same; the exit status says that something was not right."""
    ids = sealed(laptop, 1)
    left(stick, laptop, *ids, key=OTHER)
    done = souspli("handover", stick, "--home", laptop.device.home, passphrases=1)
    assert done.returncode == 1
    assert done.stdout.startswith("1 record in ")
    assert re.fullmatch(r"souspli: [^\n]+ another key than the study lead's [^\n]+\n", done.stderr)
    assert outbox.ids(laptop.outbox) == ids


def test_a_forgotten_passphrase_needs_none(laptop: Laptop, stick: Path, souspli: Run) -> None:
    """The draft goes too, for the study lead to recover."""
    sealed(laptop, 1)
    [instrument] = laptop.signed.kit.instruments
    held = holding.begun(laptop, instrument, case="K7Q2-M4T9", interviewer="I1", now=NOW)
    done = souspli("handover", stick, "--lost-passphrase", "--home", laptop.device.home)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [
        f"1 record in {stick}, read back and whole.",
        "1 interview under way is there too; the study lead can recover it.",
    ]
    assert (stick / "souspli-L01" / f"{held.around.id}.draft").exists()
    assert is_whole(stick)


# --- what is refused ----------------------------------------------------------------------------


def test_what_is_no_stick_is_refused(laptop: Laptop, tmp_path: Path, souspli: Run) -> None:
    """Missing, a file, a file where the bundle should be, another's bundle: one sentence, exit 1."""
    ids = sealed(laptop, 2)
    file, taken, foreign = tmp_path / "file", tmp_path / "taken", tmp_path / "foreign"
    file.write_bytes(b"")
    for folder in (taken, foreign):
        folder.mkdir()
    (taken / "souspli-L01").write_bytes(b"")
    other = ledger.Ledger(foreign / "souspli-L01", "L01")
    other.append("start", "a" * 32, "", OTHER)
    for destination, why in (
        (tmp_path / "missing", "is not there; plug the stick in"),
        (file, "is a file, not a folder; give the stick"),
        (taken, "could not be read or written (File exists); free some space there"),
        (foreign, "take it to the study lead first, or give another folder"),
    ):
        before = under(tmp_path)
        done = souspli("handover", destination, "--home", laptop.device.home, passphrases=1)
        assert_refused(done, why)
        assert under(tmp_path) == before | {"home/field/lock": b""}
    assert outbox.ids(laptop.outbox) == sorted(ids)


def test_another_passphrase_or_no_kit_is_refused(
    laptop: Laptop, stick: Path, tmp_path: Path, souspli: Run
) -> None:
    """Nothing is written; without any laptop there, no folder is made."""
    laptop.device.vault_path.write_bytes(vault.create(b"another", vault.CHEAPEST)[0])
    done = souspli("handover", stick, "--home", laptop.device.home, passphrases=1)
    assert_refused(done, "this passphrase does not open this laptop")
    nowhere = tmp_path / "nowhere"
    assert_refused(
        souspli("handover", stick, "--home", nowhere, passphrases=1), "this laptop has no keys yet"
    )
    done = souspli("handover", stick, "--lost-passphrase", "--home", nowhere)
    assert_refused(done, "no kit is installed here")
    assert under(stick) == {}
    assert not nowhere.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits")
def test_a_write_cut_short_by_a_limit_is_refused_and_made_good(
    laptop: Laptop, stick: Path, souspli: Run
) -> None:
    """A real short write: the system takes the first bytes of a file and no more."""
    import resource

    sealed(laptop, 2)
    home = under(laptop.device.home)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    arguments = ("handover", stick, "--home", laptop.device.home)
    done = souspli(*arguments, passphrases=1, before=limited)
    assert_refused(done, "File too large")
    assert not is_whole(stick)
    assert not any(name.endswith(".tmp") for name in under(stick))
    assert under(laptop.device.home) == home
    assert souspli(*arguments, passphrases=1).returncode == 0
    assert is_whole(stick)


@pytest.fixture
def small(tmp_path: Path, require: Require) -> Iterator[Callable[[str], Path]]:
    """A function that remounts a stick of memory; it has 128 KiB at first."""
    place = tmp_path / "small"
    place.mkdir()

    def mounted(options: str) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    is_able = sys.platform == "linux" and mounted("size=128k")
    require("mount", is_able, "run the tests as root on Linux")

    def again(options: str) -> Path:
        subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True)
        return place

    yield again
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_or_write_protected_stick_is_refused(
    laptop: Laptop, small: Callable[[str], Path], souspli: Run
) -> None:
    """The outbox keeps everything; with room, the same again ends well."""
    sealed(laptop, 6)
    before = under(laptop.outbox)
    place = small("ro")
    arguments = ("handover", place, "--home", laptop.device.home)
    assert_refused(souspli(*arguments, passphrases=1), "Read-only file system")
    small("rw")
    assert_refused(souspli(*arguments, passphrases=1), "No space left on device")
    assert not is_whole(place)
    small("size=1m")
    assert souspli(*arguments, passphrases=1).returncode == 0
    assert is_whole(place)
    assert under(laptop.outbox) == before


# --- killed and failed at real system calls -----------------------------------------------------

CALLS = ("write", "openat", "fsync", "rename", "unlink", "mkdir", "ftruncate", "utimensat", "flock")
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")


def strace(*options: str) -> list[str]:
    return ["strace", "-f", "-qq", "-y", *options]


@pytest.fixture
def points(
    laptop: Laptop, stick: Path, souspli: Run, require: Require, tmp_path: Path
) -> list[tuple[str, int]]:
    """The system calls of a hand-over that touch the laptop's folder or the stick: name, which one.

    The laptop has three records, one of them covered by a receipt on the stick, and a newer kit there.
    """
    known = shutil.which("strace") is not None and sys.platform == "linux"
    require("strace", known, "install strace on Linux")
    first = sealed(laptop, 1)
    souspli("handover", stick, "--home", laptop.device.home, passphrases=1)
    left(stick, laptop, *first)
    (stick / "L01.kit").write_bytes(made(version=2))
    sealed(laptop, 2)
    for name in ("home", "stick"):
        shutil.copytree(tmp_path / name, tmp_path / "before" / name)
    trace = tmp_path / "trace"
    traced = strace("--seccomp-bpf", "-o", str(trace), "-e", "trace=" + ",".join(CALLS))
    done = handed_over(souspli, laptop, stick, traced)
    require("strace", done.returncode == 0, "let it trace: run the tests as root")
    return list(
        touching(trace.read_text("utf-8", "replace"), (str(laptop.device.home), str(stick)))
    )


def touching(trace: str, places: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield each call, with its number among those of its name, that names a place."""
    counts = dict.fromkeys(CALLS, 0)
    for line in trace.splitlines():
        found = re.match(r"\d+ +(\w+)\(", line)
        if found is None:
            continue
        counts[found[1]] += 1
        if any(place in line for place in places):
            yield found[1], counts[found[1]]


def handed_over(
    souspli: Run, laptop: Laptop, stick: Path, command: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    return souspli(
        "handover",
        stick,
        "--home",
        laptop.device.home,
        passphrases=1,
        command=[*(command or []), SOUSPLI],
        extra={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
    )


def interrupted(
    souspli: Run, laptop: Laptop, stick: Path, tmp_path: Path, point: tuple[str, int], fault: str
) -> None:
    """Hand over with one fault at one system call, and then again without: all is as it should be."""
    for name in ("home", "stick"):
        shutil.rmtree(tmp_path / name)
        shutil.copytree(tmp_path / "before" / name, tmp_path / name)
    before = under(laptop.outbox)
    call, number = point
    only = ("-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}")
    # With the filter of the system, which is quicker, strace kills nobody.
    quick = () if "KILL" in fault else ("--seccomp-bpf",)
    injected = strace(*quick, "-o", "/dev/null", *only)
    done = handed_over(souspli, laptop, stick, injected)
    if "KILL" in fault:
        assert done.returncode in {137, -9}
    elif done.returncode:  # refused, or handed over but for a kit that could not be read
        assert done.returncode == 1
        assert re.fullmatch(r"souspli: [^\n]+; [^\n]+\n", done.stderr)
        assert "nobody foresaw" not in done.stderr
    covered = set(receipt.read((stick / "souspli-L01.receipt").read_bytes())[0].records)
    waiting = {name: one for name, one in before.items() if name.partition(".")[0] not in covered}
    there = under(laptop.outbox)
    assert {name: there.get(name) for name in waiting} == waiting
    assert is_whole(stick) or "manifest.json" not in under(stick / "souspli-L01")
    assert handed_over(souspli, laptop, stick).returncode == 0
    assert is_whole(stick)
    assert under(laptop.outbox) == waiting
    events = [line.event for line in laptop.ledger.lines()]
    assert events == ["start", "end", "handover", "start", "end", "start", "end", "handover"]
    assert laptop.device.installed().kit.version == 2
    names = {*under(laptop.device.home), *under(stick)}
    assert not any(name.endswith(".tmp") for name in names)


@pytest.mark.parametrize("fault", FAULTS)
def test_at_some_system_calls(
    points: list[tuple[str, int]],
    laptop: Laptop,
    stick: Path,
    souspli: Run,
    tmp_path: Path,
    fault: str,
) -> None:
    """Killed, a broken disk, a full one: at some calls, others for each fault."""
    assert {call for call, _number in points} >= {"write", "openat", "fsync", "rename", "unlink"}
    for point in points[13 * FAULTS.index(fault) :: 39]:
        interrupted(souspli, laptop, stick, tmp_path, point, fault)


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
def test_at_every_system_call(
    points: list[tuple[str, int]],
    laptop: Laptop,
    stick: Path,
    souspli: Run,
    tmp_path: Path,
    fault: str,
) -> None:
    """The same at each of them."""
    for point in points:
        interrupted(souspli, laptop, stick, tmp_path, point, fault)
