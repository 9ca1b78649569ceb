"""`souspli status`: what is where, on a laptop and on the lead's desk, without any passphrase."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]

INTERVIEW = ("interview", "small", "--plain", "--interviewer", "I1")


def test_a_laptop_says_what_waits_and_what_was_let_go_of(
    souspli: Run, desk: Path, home: Path, tmp_path: Path
) -> None:
    """Interviews under way, sealed records, the head for the sheet; never a case, an answer or a time."""
    study = Path(shutil.copytree(desk / "study", tmp_path / "study"))
    (tmp_path / "stick").mkdir()
    done = souspli("status", "--home", home)
    assert (done.returncode, done.stderr) == (0, "")
    assert "laptop L01, kit 2." in done.stdout
    assert "0 sealed records wait" in done.stdout
    for case, typed in (("K7Q2-M4T9", "2\n"), ("B4D2-F6H4", "1\n")):
        souspli(*INTERVIEW, "--case", case, "--home", home, typed=typed, passphrases=1)
    done = souspli("status", "--home", home)
    assert "1 interview under way." in done.stdout
    assert "1 sealed record waits for the next hand-over" in done.stdout
    assert "let go" not in done.stdout
    assert "K7Q2" not in done.stdout
    told = souspli("handover", tmp_path / "stick", "--home", home, passphrases=1).stdout
    souspli("collect", tmp_path / "stick", "--study", study, passphrases=1)
    souspli("handover", tmp_path / "stick", "--home", home, passphrases=1)
    found = json.loads(souspli("status", "--home", home, "--json").stdout)
    assert (found["device"], found["kit"], found["practice"]["waiting"]) == ("L01", 2, 0)
    held = found["field"]
    assert (held["drafts"], held["waiting"], held["let_go"], held["fault"]) == (1, 0, 1, "")
    assert held["head"] == told.rpartition(" ")[2].strip()

    done = souspli("status", "--study", study, "--json")
    assert done.returncode == 0
    (laptop,) = json.loads(done.stdout)["devices"]
    assert (laptop["device"], laptop["tested"], laptop["kits"]) == ("L01", True, 2)
    assert (laptop["collected"], laptop["missing"], laptop["under_way"]) == (1, [], 1)
    assert laptop["head"] == held["head"]


def test_the_desk_shows_a_line_for_each_laptop(souspli: Run, desk: Path) -> None:
    """Before anything was collected: no line of its ledger seen yet."""
    done = souspli("status", "--study", desk / "study", extra={"COLUMNS": "100"})
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("L01"))
    assert line.split() == ["L01", "yes", "2", "0", "–", "0", "0", "0"]
    assert "0 records collected." in done.stdout
    there = souspli("status", cwd=desk / "study").stdout
    assert "(souspli keys test study)" in there
    assert there == done.stdout.replace(f" --study {desk / 'study'}", "")


def test_without_a_laptop_or_a_study_it_says_what_to_give(
    souspli: Run, home: Path, tmp_path: Path
) -> None:
    """The command line lacks something; a laptop without its kit is told what to do."""
    done = souspli("status", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "give --study DIR or --home DIR" in done.stderr
    (home / "kit").unlink()
    done = souspli("status", "--home", home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no kit is installed here" in done.stderr
