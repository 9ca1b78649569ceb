"""Handing over: cut off anywhere and repeated, nothing is lost, nothing is twice, nothing let go too early."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import bundle, closing, holding, kit, ledger, outbox, receipt, signed
from interviewer.bundle import BundleError
from interviewer.device import Device
from interviewer.files import FIXED_TIME
from interviewer.handover import HandedOver, handover, without_passphrase
from interviewer.laptop import Laptop, opened
from interviewer.receipt import Receipt
from interviewer.sitting import Sitting
from surveys.problems import Refusal

Enrolled = Callable[..., Laptop]

LEAD = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW = datetime(2022, 4, 11, 10, 0).astimezone()


@pytest.fixture
def laptop(tmp_path: Path, enrolled: Enrolled) -> Laptop:
    """A laptop whose study lead signs with LEAD."""
    made = enrolled(tmp_path / "made")
    device = Device(tmp_path / "home")
    device.home.mkdir()
    shutil.copy(made.device.vault_path, device.vault_path)
    device.install(kit.sign(made.signed.kit, LEAD), made.secrets.identity)
    return opened(device, made.secrets)


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


def begun(laptop: Laptop) -> str:
    """Begin an interview, leave it open, and return its id."""
    [instrument] = laptop.signed.kit.instruments
    held = holding.begun(laptop, instrument, case="K7Q2-M4T9", interviewer="I1", now=NOW)
    return held.around.id


def receipt_for(laptop: Laptop, *ids: str) -> Receipt:
    """Return what the lead says of these records, read from the laptop's outbox."""
    lines = laptop.ledger.lines()
    records = {one: outbox.digest(laptop.outbox, one) for one in ids}
    return Receipt("trial", "L01", len(lines), lines[-1].digest, records)


def left(stick: Path, given: Receipt, key: Ed25519PrivateKey = LEAD) -> None:
    """Leave a receipt on the stick, as `collect` does."""
    (stick / "souspli-L01.receipt").write_bytes(receipt.sign(given, key))


def under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def require_whole(stick: Path, laptop: Laptop) -> set[str]:
    """Return the ids in the bundle, once manifest, ledger and head agree with what is there."""
    files = under(stick / "souspli-L01")
    manifest = json.loads(files.pop("manifest.json"))
    assert (manifest["study"], manifest["device"]) == ("trial", "L01")
    assert manifest["files"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    lines = ledger.read(files["ledger"])
    key = laptop.secrets.signing.public_key()
    ledger.verify(lines, files["ledger.head"], "L01", key)
    found = {name.removesuffix(".age") for name in files if re.fullmatch(r"\w+\.age", name)}
    ended = {line.id: line.hash for line in lines if line.event == "end"}
    for one in found:
        both = files[f"{one}.age"] + files[f"{one}.link.age"]
        assert hashlib.sha256(both).hexdigest() == ended[one]
    return found


def handovers(laptop: Laptop) -> list[int]:
    """Return the numbers of the ledger's lines that are hand-overs."""
    return [line.number for line in laptop.ledger.lines() if line.event == "handover"]


# --- what is written ----------------------------------------------------------------------------


def test_the_outbox_the_ledger_and_its_head_are_in_the_bundle(laptop: Laptop, stick: Path) -> None:
    """The hand-over is the ledger's last line, and the copy has it; the outbox keeps everything."""
    ids = sealed(laptop, 3)
    before = under(laptop.outbox)
    done = handover(laptop, stick, NOW)
    assert done == HandedOver(3, 0, None, ledger.short(laptop.ledger.lines()))
    assert require_whole(stick, laptop) == set(ids)
    assert under(laptop.outbox) == before
    assert handovers(laptop) == [7]
    assert under(stick / "souspli-L01")["ledger"] == laptop.ledger.path.read_bytes()
    assert {path.stat().st_mtime for path in stick.rglob("*.age")} == {FIXED_TIME}


def test_the_names_on_a_stick_say_nothing_but_the_laptop_s(laptop: Laptop, stick: Path) -> None:
    """Random ids, no day, no place, no case."""
    ids = sealed(laptop, 2)
    handover(laptop, stick, NOW)
    names = {f"{one}{suffix}" for one in ids for suffix in (".age", ".link.age")}
    expected = {"souspli-L01"} | names | {"ledger", "ledger.head", "manifest.json"}
    assert {path.name for path in stick.rglob("*")} == expected


def test_a_repetition_writes_nothing(laptop: Laptop, stick: Path) -> None:
    """No file on the stick, no line in the ledger; the next record brings the next hand-over."""
    sealed(laptop, 2)
    first = handover(laptop, stick, NOW)
    nodes = {path: path.stat().st_ino for path in stick.rglob("*")}
    home = under(laptop.device.home)
    assert handover(laptop, stick, NOW) == first
    assert {path: path.stat().st_ino for path in stick.rglob("*")} == nodes
    assert under(laptop.device.home) == home
    sealed(laptop, 1)
    assert handover(laptop, stick, NOW).written == 3
    assert handovers(laptop) == [5, 8]
    assert len(require_whole(stick, laptop)) == 3


def test_a_laptop_that_held_no_interview_hands_over_its_ledger(laptop: Laptop, stick: Path) -> None:
    """The lead sees that there was nothing, which is not the same as seeing nothing."""
    assert handover(laptop, stick, NOW).written == 0
    assert require_whole(stick, laptop) == set()
    assert handovers(laptop) == [1]


def test_a_record_sealed_meanwhile_is_vouched_for_if_it_is_there(
    laptop: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interview ends in another window while the stick is written: ledger and files agree."""
    sealed(laptop, 1)
    put = bundle.put

    def interrupted(folder: Path, name: str, content: bytes) -> str:
        monkeypatch.setattr("interviewer.bundle.put", put)
        sealed(laptop, 1)
        return put(folder, name, content)

    monkeypatch.setattr("interviewer.bundle.put", interrupted)
    assert handover(laptop, stick, NOW).written == 2
    assert len(require_whole(stick, laptop)) == 2


def test_an_interview_under_way_stays_on_the_laptop(laptop: Laptop, stick: Path) -> None:
    """Its start is in the ledger; its draft goes nowhere."""
    open_one = begun(laptop)
    handover(laptop, stick, NOW)
    assert require_whole(stick, laptop) == set()
    assert open_one.encode() in under(stick)["souspli-L01/ledger"]
    assert [one.id for one in holding.open_drafts(laptop)] == [open_one]


def test_a_draft_that_cannot_be_opened_holds_nothing_up(laptop: Laptop, stick: Path) -> None:
    """What waits is handed over, and the draft stays where it is."""
    ids = sealed(laptop, 1)
    open_one = begun(laptop)
    path = laptop.drafts / f"{open_one}.draft"
    path.write_bytes(path.read_bytes()[:100])
    done = handover(laptop, stick, NOW)
    assert done.written == 1
    assert require_whole(stick, laptop) == set(ids)
    assert path.exists()


def test_practice_in_a_real_study_is_never_handed_over(laptop: Laptop, stick: Path) -> None:
    """It is sealed to the laptop's own key, and its ledger is its own."""
    practising = replace(laptop, is_practice=True)
    ids = sealed(practising, 1)
    with pytest.raises(Refusal, match="practice stays on this laptop; hand over without"):
        handover(practising, stick, NOW)
    handover(laptop, stick, NOW)
    assert not any(one in name for one in ids for name in under(stick))
    assert outbox.ids(practising.outbox) == ids


def test_a_study_for_practice_is_handed_over_like_any(
    laptop: Laptop, stick: Path, tmp_path: Path
) -> None:
    """Its records are in practice/, sealed to the study's keys."""
    device = Device(tmp_path / "practice")
    device.home.mkdir()
    content = kit.sign(replace(laptop.signed.kit, is_practice=True), LEAD)
    device.install(content, laptop.secrets.identity)
    practising = opened(device, laptop.secrets)
    ids = sealed(practising, 2)
    assert handover(practising, stick, NOW).written == 2
    assert require_whole(stick, practising) == set(ids)
    shutil.rmtree(stick / "souspli-L01")
    assert without_passphrase(device, stick).written == 2


def test_a_torn_line_of_the_ledger_is_not_handed_over(laptop: Laptop, stick: Path) -> None:
    """Nor is a head that a crash left behind: the copy holds, line by line and head by head."""
    sealed(laptop, 1)
    handover(laptop, stick, NOW)
    head = laptop.place / "ledger.head"
    head.write_bytes(ledger.head(laptop.ledger.lines()[:-1], "L01", laptop.secrets.signing))
    with laptop.ledger.path.open("ab") as file:
        file.write(b'{"n":4,"eve')
    handover(laptop, stick, NOW)
    require_whole(stick, laptop)
    assert handovers(laptop) == [3]


# --- receipts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(4))
def test_a_receipt_clears_the_outbox_of_what_it_covers_and_of_nothing_else(
    laptop: Laptop, stick: Path, count: int
) -> None:
    """Record and link go together; the rest is handed over again; the bundle has it no more."""
    ids = sealed(laptop, 3)
    handover(laptop, stick, NOW)
    left(stick, receipt_for(laptop, *ids[:count]))
    done = handover(laptop, stick, NOW)
    assert (done.let_go, done.written, done.doubts) == (count, 3 - count, ())
    assert outbox.ids(laptop.outbox) == sorted(ids[count:])
    assert len(under(laptop.outbox)) == 2 * (3 - count)
    assert require_whole(stick, laptop) == set(ids[count:])
    assert handovers(laptop) == [7]


def test_a_receipt_seen_before_harms_nothing(laptop: Laptop, stick: Path) -> None:
    """Old, replayed, or come by another way: it covers what it covers."""
    first = sealed(laptop, 2)
    handover(laptop, stick, NOW)
    left(stick, receipt_for(laptop, *first))
    assert handover(laptop, stick, NOW).let_go == 2
    second = sealed(laptop, 2)
    done = handover(laptop, stick, NOW)
    assert (done.let_go, done.written) == (0, 2)
    assert require_whole(stick, laptop) == set(second)


def test_receipts_on_another_stick_count_too(laptop: Laptop, stick: Path, tmp_path: Path) -> None:
    """What only the other stick's receipt covers stays in a bundle that has no receipt beside it."""
    ids = sealed(laptop, 2)
    handover(laptop, stick, NOW)
    other = tmp_path / "other"
    other.mkdir()
    (other / "renamed.receipt").write_bytes(receipt.sign(receipt_for(laptop, *ids), LEAD))
    assert handover(laptop, other, NOW).let_go == 2
    assert outbox.ids(laptop.outbox) == []
    handover(laptop, stick, NOW)
    assert require_whole(stick, laptop) == set(ids)


def changed(given: Receipt, what: str) -> Receipt:
    """Return a receipt that is of something else in one respect."""
    one, other = given.records
    changes: dict[str, Mapping[str, Any]] = {
        "study": {"study": "another"},
        "device": {"device": "L02"},
        "digest": {"records": dict.fromkeys(given.records, "0" * 64)},
        "exchanged": {"records": {one: given.records[other], other: given.records[one]}},
        "ids": {"records": dict.fromkeys(("0" * 32, "../ledger"), given.records[one])},
    }
    return replace(given, **changes[what])


@pytest.mark.parametrize("what", ["study", "device", "digest", "exchanged", "ids"])
def test_a_receipt_of_something_else_clears_nothing(laptop: Laptop, stick: Path, what: str) -> None:
    """Another study or laptop, which may share the stick, or other bytes than those sealed."""
    ids = sealed(laptop, 2)
    before = under(laptop.outbox)
    left(stick, changed(receipt_for(laptop, *ids), what))
    done = handover(laptop, stick, NOW)
    assert (done.let_go, done.written, done.doubts) == (0, 2, ())
    assert under(laptop.outbox) == before


def test_a_receipt_of_another_lead_clears_nothing_and_is_named(laptop: Laptop, stick: Path) -> None:
    """Whoever wants a laptop to forget what nobody collected is told on."""
    ids = sealed(laptop, 2)
    left(stick, receipt_for(laptop, *ids), OTHER)
    done = handover(laptop, stick, NOW)
    assert (done.let_go, done.written) == (0, 2)
    [doubt] = done.doubts
    assert "signed by another key than the study lead's" in doubt


@pytest.mark.parametrize("content", [b"", b"souspli-receipt/1\n", b"\xff" * 100])
def test_a_damaged_receipt_clears_nothing_and_is_named(
    laptop: Laptop, stick: Path, content: bytes
) -> None:
    """The hand-over itself goes on; another laptop's damaged receipt is not our affair."""
    sealed(laptop, 2)
    (stick / "souspli-L01.receipt").write_bytes(content)
    (stick / "souspli-L02.receipt").write_bytes(content)
    (stick / "folder.receipt").mkdir()
    done = handover(laptop, stick, NOW)
    assert (done.let_go, done.written) == (0, 2)
    [doubt] = done.doubts
    assert doubt.startswith("souspli-L01.receipt: ")


def test_a_record_whose_bytes_changed_here_is_not_let_go_of(laptop: Laptop, stick: Path) -> None:
    """The lead has another one than the laptop: that is for people to look at."""
    [one] = sealed(laptop, 1)
    given = receipt_for(laptop, one)
    path = laptop.outbox / f"{one}.link.age"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    left(stick, given)
    done = handover(laptop, stick, NOW)
    assert (done.let_go, done.written) == (0, 1)


# --- kits ---------------------------------------------------------------------------------------


def newer(laptop: Laptop, version: int, **changes: object) -> kit.Kit:
    return replace(laptop.signed.kit, version=version, **changes)  # type: ignore[arg-type]


def test_the_newest_kit_found_is_taken_in(laptop: Laptop, stick: Path) -> None:
    """The same, older ones and those of other laptops lie there quietly."""
    for version in (1, 3, 2):
        (stick / f"{version}.kit").write_bytes(kit.sign(newer(laptop, version), LEAD))
    (stick / "L02.kit").write_bytes(kit.sign(newer(laptop, 9, device="L02"), LEAD))
    (stick / "other.kit").write_bytes(kit.sign(newer(laptop, 9, study="another"), LEAD))
    (stick / "garbage.kit").write_bytes(b"?" * 50)
    done = handover(laptop, stick, NOW)
    assert (done.kit, done.doubts) == (3, ())
    assert laptop.device.installed().kit.version == 3
    assert handover(laptop, stick, NOW).kit is None
    (stick / "3.kit").unlink()
    assert handover(laptop, stick, NOW).kit is None
    assert laptop.device.installed().kit.version == 3


def test_a_kit_that_is_not_to_be_trusted_is_named_and_holds_nothing_up(
    laptop: Laptop, stick: Path
) -> None:
    """Signed by another key, damaged on the way, or sealed to another laptop's key."""
    cases = {
        "another key": kit.sign(newer(laptop, 2), OTHER),
        "does not verify": kit.sign(newer(laptop, 2), LEAD)[:-1],
        "private part": kit.sign(newer(laptop, 2, private="AAAA"), LEAD),
        "questionnaire is damaged": kit.sign(
            newer(laptop, 2, instruments=(replace(laptop.signed.kit.instruments[0], source="?"),)),
            LEAD,
        ),
    }
    for why, content in cases.items():
        (stick / "L01.kit").write_bytes(content)
        done = handover(laptop, stick, NOW)
        assert (done.kit, done.written) == (None, 0)
        [doubt] = done.doubts
        assert why in doubt
    assert laptop.device.installed().kit.version == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"recipients": []}',
        b'{"roster": [], "recipients": {"study": [1]}, "instruments": []}',
    ],
)
def test_a_kit_anybody_signed_holds_nothing_up(laptop: Laptop, stick: Path, payload: bytes) -> None:
    """Whatever stands in it: its signature is good, and it is nobody's."""
    written = signed.write(b"souspli-kit/1\n", b"souspli/kit/v1\0", payload, OTHER)
    (stick / "any.kit").write_bytes(written)
    assert handover(laptop, stick, NOW) == HandedOver(
        0, 0, None, ledger.short(laptop.ledger.lines())
    )


# --- without the passphrase ---------------------------------------------------------------------


def test_without_the_passphrase_everything_goes_out_as_it_is(laptop: Laptop, stick: Path) -> None:
    """Records, ledger, head, and the interviews under way; nothing is taken in, nothing changes here."""
    ids = sealed(laptop, 2)
    drafts = [begun(laptop)]
    left(stick, receipt_for(laptop, *ids))
    (stick / "L01.kit").write_bytes(kit.sign(newer(laptop, 2), LEAD))
    home = under(laptop.device.home)
    done = without_passphrase(laptop.device, stick)
    assert (done.written, done.let_go, done.kit, done.drafts) == (2, 0, None, 1)
    assert done.head == ledger.short(laptop.ledger.lines())
    assert under(laptop.device.home) == home
    files = under(stick / "souspli-L01")
    assert files["ledger"] == home["field/ledger"]
    for one in drafts:
        assert files[f"{one}.draft"] == home[f"field/drafts/{one}.draft"]
    assert require_whole(stick, laptop) == set(ids)
    assert without_passphrase(laptop.device, stick) == done


def test_once_the_passphrase_is_found_again_the_drafts_leave_the_stick(
    laptop: Laptop, stick: Path
) -> None:
    """An interview goes on in one place only: what is resumed here is not recovered there."""
    begun(laptop)
    without_passphrase(laptop.device, stick)
    assert [path.suffix for path in stick.rglob("*.draft")] == [".draft"]
    handover(laptop, stick, NOW)
    assert list(stick.rglob("*.draft")) == []
    [found] = holding.open_drafts(laptop)
    held = holding.resumed(laptop, found.id)
    without_passphrase(laptop.device, stick)
    holding.close(held, Sitting(held.interview, "erased"), NOW)
    handover(laptop, stick, NOW)
    assert list(stick.rglob("*.draft")) == []
    assert require_whole(stick, laptop) == {found.id}


def test_a_damaged_ledger_still_goes_out_without_the_passphrase(
    laptop: Laptop, stick: Path
) -> None:
    """It is said that it does not hold; the lead's `collect` says the same."""
    sealed(laptop, 2)
    laptop.ledger.path.write_bytes(b"?\n" + laptop.ledger.path.read_bytes())
    done = without_passphrase(laptop.device, stick)
    assert (done.written, done.head) == (2, "")
    assert "line 1 of the ledger" in done.doubts[0]
    with pytest.raises(Refusal, match="line 1 of the ledger"):
        handover(laptop, stick, NOW)


def test_a_laptop_enrolled_anew_does_not_write_over_what_it_handed_over_before(
    laptop: Laptop, stick: Path, tmp_path: Path
) -> None:
    """The old ledger vouches for the old records until the lead has collected them."""
    sealed(laptop, 2)
    without_passphrase(laptop.device, stick)
    before = under(stick)
    device = Device(tmp_path / "anew")
    device.install(laptop.signed.content, laptop.secrets.identity)
    anew = opened(device, laptop.secrets)
    sealed(anew, 1)
    with pytest.raises(BundleError, match="take it to the study lead first"):
        handover(anew, stick, NOW)
    assert under(stick) == before


# --- cut off at every step ----------------------------------------------------------------------

STEPS = ("open", "fsync", "replace", "unlink", "utime", "mkdir", "listdir", "scandir", "fdopen")


class Cut(BaseException):
    """Stands for what ends a process."""


@contextmanager
def failing(at: int, how: Callable[[], None]) -> Iterator[list[int]]:
    """Count the operations on files, and do `how` instead of the one numbered `at`, from 0."""
    counted = [0]

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            counted[0] += 1
            if counted[0] == at + 1:
                how()
            return real(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, watched(getattr(os, name)))
        patch.setattr(io, "open", watched(io.open))
        yield counted


@dataclass(frozen=True)
class World:
    """A laptop and a stick before a hand-over that lets go, takes in and writes."""

    home: Path
    stick: Path
    covered: tuple[str, ...]
    waiting: dict[str, bytes]

    @property
    def waiting_ids(self) -> set[str]:
        return {name.partition(".")[0] for name in self.waiting}


@pytest.fixture
def world(laptop: Laptop, stick: Path) -> World:
    """Four records, two of them handed over and covered by a receipt; a newer kit; an open draft."""
    covered = sealed(laptop, 2)
    handover(laptop, stick, NOW)
    left(stick, receipt_for(laptop, *covered))
    (stick / "L01.kit").write_bytes(kit.sign(newer(laptop, 2), LEAD))
    sealed(laptop, 2)
    begun(laptop)
    files = under(laptop.outbox)
    waiting = {name: files[name] for name in files if name.partition(".")[0] not in covered}
    return World(laptop.device.home, stick, tuple(covered), waiting)


def again(world: World, laptop: Laptop, folder: Path) -> tuple[Laptop, Path]:
    """Return the laptop and the stick of a world, each a fresh copy in a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    home, stick = folder / "home", folder / "stick"
    shutil.copytree(world.home, home)
    shutil.copytree(world.stick, stick)
    return opened(Device(home), laptop.secrets), stick


def require_nothing_lost(world: World, laptop: Laptop, stick: Path) -> None:
    """Whatever was cut off: what no receipt covers is in the outbox, and a bundle is whole or torn."""
    there = under(laptop.outbox)
    assert {name: there.get(name) for name in world.waiting} == world.waiting
    manifest = stick / "souspli-L01" / "manifest.json"
    if not manifest.exists():
        return
    files = json.loads(manifest.read_bytes())["files"]
    found = {name: bundle.digest(manifest.parent / name) for name in files}
    present = set(bundle.names(manifest.parent)) | {"ledger", "ledger.head"}
    assert found == files
    assert present == set(files)
    require_whole(stick, laptop)


def require_done(world: World, laptop: Laptop, stick: Path) -> None:
    """Repeated, it ends as if it had never been cut off; no second line, no file twice."""
    done = handover(opened(laptop.device, laptop.secrets), stick, NOW)
    assert (done.written, done.doubts) == (2, ())
    assert under(laptop.outbox) == world.waiting
    assert require_whole(stick, laptop) == world.waiting_ids
    assert handovers(laptop) == [5, 11]
    assert len(laptop.ledger.lines()) == 11
    assert laptop.device.installed().kit.version == 2
    assert len(holding.open_drafts(laptop)) == 1
    assert not [name for name in (*under(laptop.device.home), *under(stick)) if ".tmp" in name]


def error(number: int) -> Callable[[], None]:
    """Return what a system call does that fails with this number."""

    def fail() -> None:
        raise OSError(number, os.strerror(number))

    return fail


def cut() -> None:
    raise Cut


def tried(laptop: Laptop, stick: Path, step: int, how: Callable[[], None]) -> str:
    """Hand over, and return what came of it where the operation numbered `step` ended otherwise."""
    with failing(step, how) as counted:
        try:
            handover(laptop, stick, NOW)
            outcome = "made good"
        except Refusal:
            outcome = "refused"
        except Cut:
            outcome = "cut"
    return outcome if counted[0] > step else "there is no such step"


def tried_apart(laptop: Laptop, stick: Path, step: int, _how: Callable[[], None]) -> str:
    """The same in a process that is killed at that step, without its `finally`."""
    child = os.fork()
    if child == 0:
        tried(laptop, stick, step, lambda: os._exit(9))
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, 9}
    return "cut" if status else "there is no such step"


WAYS: dict[str, tuple[Callable[..., str], Callable[[], None], str]] = {
    "cut": (tried, cut, "cut"),
    "EIO": (tried, error(errno.EIO), "refused"),
    "ENOSPC": (tried, error(errno.ENOSPC), "refused"),
    "killed": (tried_apart, cut, "cut"),
}
ALL = pytest.param(0, 1, marks=pytest.mark.soak, id="all")


@pytest.mark.parametrize(("first", "stride"), [pytest.param(None, 13, id="some"), ALL])
@pytest.mark.parametrize("way", WAYS)
def test_cut_off_at_any_step_nothing_is_lost_and_nothing_is_twice(
    world: World,
    laptop: Laptop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    first: int | None,
    stride: int,
) -> None:
    """Operations on files in turn: an error is a refusal or is made good, never anything else."""
    if way == "killed" and sys.platform == "win32":
        pytest.skip("needs fork")
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)  # the machine stays on
    attempt, how, usual = WAYS[way]
    outcomes: Counter[str] = Counter()
    for step in range(3 * list(WAYS).index(way) if first is None else first, 10_000, stride):
        one, stick = again(world, laptop, tmp_path / "again")
        outcome = attempt(one, stick, step, how)
        if outcome == "there is no such step":
            assert step > 100
            break
        outcomes[outcome] += 1
        require_nothing_lost(world, one, stick)
        require_done(world, one, stick)
    assert outcomes[usual] > outcomes.total() / 2
