"""From the laptop to the lead's desk and back: handed over, collected, let go of; and what went wrong named."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

INTERVIEW = ("interview", "small", "--plain", "--interviewer", "I1")
REFUSES = "2\n"


@pytest.fixture
def study(desk: Path, tmp_path: Path) -> Path:
    """The lead's study folder, for one test alone."""
    return Path(shutil.copytree(desk / "study", tmp_path / "study"))


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty stick."""
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def refused(souspli: Run, home: Path, case: str) -> None:
    """Hold an interview that its respondent refuses at once."""
    done = souspli(*INTERVIEW, "--case", case, "--home", home, typed=REFUSES, passphrases=1)
    assert done.returncode == 0, done.stderr


def handed_over(souspli: Run, home: Path, stick: Path) -> str:
    done = souspli("handover", stick, "--home", home, passphrases=1)
    assert done.returncode == 0, done.stderr
    return done.stdout


def collected(souspli: Run, stick: Path, study: Path) -> subprocess.CompletedProcess[str]:
    return souspli("collect", stick, "--study", study, passphrases=1)


def under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name, but for the index of what is collected."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files
        if "index.sqlite" not in path.name
    }


def test_a_record_goes_to_the_desk_and_its_receipt_comes_back(
    souspli: Run, home: Path, study: Path, stick: Path
) -> None:
    """The outbox lets go only once the lead has it; the heads on both sides are the same; twice is once."""
    refused(souspli, home, "K7Q2-M4T9")
    told = handed_over(souspli, home, stick)
    head = told.rpartition("For the daily device sheet: ")[2].strip()
    assert len(list((home / "field" / "outbox").glob("*.age"))) == 2
    done = collected(souspli, stick, study)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"Laptop L01: 1 collected in all; head of its ledger for the sheet: {head}",
        "1 record taken in.",
        f"Receipt for the next hand-over: {stick / 'souspli-L01.receipt'}",
    ]
    before = under(study), under(stick)
    again = collected(souspli, stick, study)
    assert again.returncode == 0
    assert "1 was there already." in again.stdout
    assert (under(study), under(stick)) == before
    assert "let go of it" in handed_over(souspli, home, stick)
    assert list((home / "field" / "outbox").glob("*.age")) == []
    refused(souspli, home, "B4D2-F6H4")
    handed_over(souspli, home, stick)
    done = collected(souspli, stick, study)
    assert done.returncode == 0
    assert "Laptop L01: 2 collected in all" in done.stdout


def test_what_is_wrong_with_a_bundle_is_named_and_what_is_good_is_taken_in(
    souspli: Run, home: Path, study: Path, stick: Path, tmp_path: Path
) -> None:
    """Torn, then whole; an older copy; a laptop copied and used twice. Status 1 each time, and why."""
    refused(souspli, home, "K7Q2-M4T9")
    handed_over(souspli, home, stick)
    bundle = stick / "souspli-L01"
    shutil.copytree(stick, tmp_path / "old")
    shutil.copytree(home, tmp_path / "copy")
    held = (bundle / "manifest.json").rename(tmp_path / "held")
    done = collected(souspli, stick, study)
    assert done.returncode == 1
    assert f"{bundle}: it was not written to its end, or was changed since" in done.stdout
    assert "1 record taken in." in done.stdout
    held.rename(bundle / "manifest.json")
    assert collected(souspli, stick, study).returncode == 0

    refused(souspli, home, "B4D2-F6H4")
    handed_over(souspli, home, stick)
    assert collected(souspli, stick, study).returncode == 0
    done = collected(souspli, tmp_path / "old", study)
    assert done.returncode == 1
    assert "its ledger is older than the one seen before" in done.stdout

    refused(souspli, tmp_path / "copy", "B4D2-F6H4")
    (tmp_path / "other").mkdir()
    handed_over(souspli, tmp_path / "copy", tmp_path / "other")
    done = souspli("collect", tmp_path / "other", "--study", study, "--json", passphrases=1)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert [one["faults"] for one in found["bundles"]] == [["forked"]]
    assert [one["reason"] for one in found["quarantined"]] == ["forked", "forked"]
    assert (found["taken"], found["known"]) == (0, 1)
    assert not (tmp_path / "other" / "souspli-L01.receipt").exists()


def test_without_the_right_passphrase_nothing_is_taken_in(
    souspli: Run, home: Path, study: Path, stick: Path
) -> None:
    """The receipt is signed by the lead, or nothing is done."""
    refused(souspli, home, "K7Q2-M4T9")
    handed_over(souspli, home, stick)
    before = under(study)
    done = souspli("collect", stick, "--study", study)
    assert done.returncode == 1
    assert "use --passphrase-fd N" in done.stderr
    assert under(study) == before
