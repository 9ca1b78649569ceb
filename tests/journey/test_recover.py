"""`souspli recover`: the passphrase of a laptop is forgotten, and no answer is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from export.study import read_study
from export.unsealing.unseal import unseal_all
from interviewer import age, record

Run = Callable[..., "subprocess.CompletedProcess[str]"]

INTERVIEW = ("interview", "small", "--plain", "--case", "K7Q2-M4T9", "--interviewer", "I1")
CANARY = "canari-jaune-4127"
TYPED = f"1\n{CANARY}\n8\n{CANARY}\n12\nSMARAGDIN\n"


def test_an_interview_under_way_is_recovered_from_a_laptop_whose_passphrase_is_lost(
    souspli: Run,
    desk: Path,
    home: Path,
    tmp_path: Path,
    identities: dict[str, Sequence[age.Identity]],
) -> None:
    """Handed over without it, collected, recovered: every answer given, and nothing readable on a disk."""
    study = Path(shutil.copytree(desk / "study", tmp_path / "study"))
    stick = tmp_path / "stick"
    stick.mkdir()
    done = souspli(*INTERVIEW, "--home", home, typed=TYPED, passphrases=1)
    assert done.returncode == 130
    done = souspli("handover", stick, "--home", home, "--lost-passphrase")
    assert done.returncode == 0, done.stderr
    bundle = stick / "souspli-L01"

    done = souspli("collect", stick, "--study", study, passphrases=1)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"souspli recover {bundle}" in done.stdout
    assert "laptop L01: 1 interview is under way." in done.stdout

    done = souspli("recover", bundle, "--study", study, passphrases=1)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 interview recovered, as far as it went")
    again = souspli("recover", bundle, "--study", study, "--json", passphrases=1)
    assert again.returncode == 0
    found = json.loads(again.stdout)
    assert (found["recovered"], len(found["known"]), found["refused"]) == ([], 1, [])

    read = read_study(study)
    (one,) = unseal_all(read, identities["study"], "test", datetime.now(UTC)).records
    assert (one.case, one.interviewer, one.sequence) == ("K7Q2-M4T9", "I1", 1)
    assert (one.status, one.outcome) == ("partial", "1.2")
    assert one.answers["words"] == one.answers["reason_other"] == CANARY
    assert one.answers["amount"] == "12"
    assert "card" not in one.answers
    link = (study / "collected" / f"{one.id}.link.age").read_bytes()
    assert record.unseal_links(link, identities["custodian"]) == (one.id, {})
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [held for held in written if CANARY.encode() in held or b"SMARAGDIN" in held]
    events = [json.loads(line)["event"] for line in (study / "ledger").read_bytes().splitlines()]
    assert events[-2:] == ["recover", "unseal"]

    done = souspli("status", "--study", study, "--json")
    assert json.loads(done.stdout)["devices"][0]["under_way"] == 0


def test_a_file_that_is_no_draft_is_named(souspli: Run, desk: Path, tmp_path: Path) -> None:
    """Status 1, one line, nothing taken in."""
    path = tmp_path / f"{'a' * 32}.draft"
    path.write_bytes(b"souspli-draft/1\nnothing")
    study = Path(shutil.copytree(desk / "study", tmp_path / "study"))
    done = souspli("recover", path, "--study", study, passphrases=1)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith(f"{path.name}: left as it is; it is damaged")
    assert list((study / "collected").glob("*.age")) == []
