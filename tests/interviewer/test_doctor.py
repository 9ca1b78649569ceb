"""What the doctor finds on machines made of folders, and on this one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

import souspli
from interviewer import doctor
from interviewer.doctor import Machine

ROOT = "36 35 {number} / / rw - ext4 /dev/x rw\n"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Linux laptop on one plain disk 8:1, without swap."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "self" / "mountinfo").write_text(ROOT.format(number="8:1"))
    (tmp_path / "proc" / "swaps").write_text("Filename Type Size Used Priority\n")
    (tmp_path / "sys" / "power").mkdir(parents=True)
    (tmp_path / "sys" / "power" / "state").write_text("freeze mem disk\n")
    block(tmp_path / "sys", "sda1", "8:1")
    return Machine(
        home=tmp_path,
        now=datetime(2027, 1, 1),
        columns=80,
        rows=24,
        encoding="utf-8",
        system="linux",
        proc=tmp_path / "proc",
        sys=tmp_path / "sys",
    )


def block(sys: Path, name: str, number: str, uuid: str = "", made_of: tuple[str, ...] = ()) -> None:
    device = sys / "dev" / "block" / number
    (device / "dm").mkdir(parents=True)
    (device / "dm" / "uuid").write_text(uuid)
    (device / "slaves").mkdir()
    for one in made_of:
        (device / "slaves" / one).mkdir()
    (sys / "class" / "block" / name).mkdir(parents=True)
    (sys / "class" / "block" / name / "dev").write_text(f"{number}\n")


def test_a_plain_disk_is_named_and_an_encrypted_one_is_good(machine: Machine) -> None:
    """dm-crypt itself, or a volume made of nothing else."""
    assert doctor.disk_encryption(machine).verdict == "warning"
    block(machine.sys, "dm-0", "253:0", "CRYPT-LUKS2-0", ("sda1",))
    block(machine.sys, "dm-1", "253:1", "LVM-0", ("dm-0",))
    mounts = machine.proc / "self" / "mountinfo"
    for number, verdict in (
        ("253:0", "good"),
        ("253:1", "good"),
        ("8:1", "warning"),
        ("0:42", "unknown"),
    ):
        mounts.write_text(ROOT.format(number=number))
        assert doctor.disk_encryption(machine).verdict == verdict


def test_the_disk_is_that_of_the_device_folder(machine: Machine) -> None:
    """The mount nearest to it, not the first one."""
    block(machine.sys, "dm-0", "253:0", "CRYPT-LUKS2-0")
    mounts = machine.proc / "self" / "mountinfo"
    mounts.write_text(
        ROOT.format(number="8:1") + f"37 36 253:0 / {machine.home} rw - ext4 /dev/y rw\n"
    )
    assert doctor.disk_encryption(machine).verdict == "good"


def test_swap_is_safe_only_in_memory_or_encrypted(machine: Machine) -> None:
    """And with a swap, a machine that can hibernate will."""
    assert doctor.swap(machine).verdict == "good"
    assert doctor.hibernation(machine).verdict == "good"
    block(machine.sys, "dm-0", "253:0", "CRYPT-PLAIN-0")
    swaps = machine.proc / "swaps"
    for path, verdict in (("/dev/sda1", "warning"), ("/dev/zram0", "good"), ("/dev/dm-0", "good")):
        swaps.write_text(f"Filename Type Size Used Priority\n{path} partition 1 0 -2\n")
        assert doctor.swap(machine).verdict == verdict
    assert doctor.hibernation(machine).verdict == "warning"


def test_what_cannot_be_seen_is_unknown_never_good(machine: Machine) -> None:
    """On Windows and macOS the doctor says what to look at by hand."""
    for system in ("win32", "darwin"):
        other = replace(machine, system=system)
        found = (doctor.disk_encryption(other), doctor.swap(other), doctor.hibernation(other))
        assert {finding.verdict for finding in found} == {"unknown"}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"now": datetime(2001, 1, 1)}, "clock"),
        ({"encoding": "latin-1"}, "terminal"),
        ({"columns": 39}, "terminal"),
        ({"rows": 11}, "terminal"),
    ],
)
def test_what_must_be_mended_is_bad(
    machine: Machine, changes: dict[str, object], name: str
) -> None:
    """A wrong clock, no accents, too small a terminal."""
    found = doctor.examine(replace(machine, **changes))  # type: ignore[arg-type]
    assert [finding.name for finding in found if finding.verdict == "bad"] == [name]


def test_without_ml_kem_nothing_can_be_sealed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor says so before an interview does."""
    monkeypatch.setattr("interviewer.age.mlkem_is_available", lambda: False)
    assert doctor.sealing(machine).verdict == "bad"


def test_a_full_disk_is_bad(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the device folder is not made yet."""
    monkeypatch.setattr("interviewer.doctor.LEAST_ROOM", 1 << 80)
    assert doctor.room(replace(machine, home=machine.home / "not" / "yet")).verdict == "bad"


def test_interviews_left_under_former_keys_are_told(machine: Machine, tmp_path: Path) -> None:
    """A laptop enrolled anew: its records wait in the folder that was set aside; practice does not."""
    laptop = replace(machine, home=tmp_path / "laptop")
    assert doctor.former(laptop).verdict == "good"
    aside = tmp_path / "laptop.former-1"
    for place in ("field/outbox", "field/drafts", "practice/outbox"):
        (aside / place).mkdir(parents=True)
    (aside / "practice" / "outbox" / f"{'1' * 32}.age").touch()
    assert doctor.former(laptop).verdict == "good"
    (aside / "field" / "outbox" / f"{'2' * 32}.age").touch()
    (aside / "field" / "drafts" / f"{'3' * 32}.draft").touch()
    found = doctor.former(laptop)
    assert found.verdict == "warning"
    assert "holds 2 interviews" in found.text
    assert f"--home {aside}" in found.text


def test_the_verb_examines_this_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every check has its line, and the exit status says whether something must be mended."""
    monkeypatch.setenv("LANGUAGE", "en")
    status = souspli.main(["doctor", "--json", "--home", str(tmp_path)])
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found] == [
        "sealing", "disk", "swap", "hibernation", "clock", "room", "terminal", "former",
    ]  # fmt: skip
    assert status == (1 if any(one["verdict"] == "bad" for one in found) else 0)
