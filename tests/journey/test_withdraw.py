"""A participant withdraws with a card: the custodian finds the records, the lead removes them, and they stay gone."""

from __future__ import annotations

import csv
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export.study import read_study
from export.unsealing.unseal import unseal_all
from interviewer import age
from surveys.codes import new_card
from tests.terminal import Terminal

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Identities = dict[str, Sequence[age.Identity]]

PASSPHRASE = "three public words for tests"
SOUSPLI = Path(sys.executable).with_name("souspli")
ENTER = "\r"
INTERVIEW = ("interview", "small", "--plain", "--interviewer", "I1")


class Desks:
    """The lead's study folder, what the custodian has of it, and the bundle on the stick."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.study = folder / "study"
        self.copy = folder / "copy"
        self.stick = folder / "stick"
        self.key = folder / "custodian.key"
        self.environment = environment
        self.folder = folder

    def give_copy(self) -> None:
        """Give the custodian what is needed, and nothing else: no ledger, no draw, no key."""
        shutil.rmtree(self.copy, ignore_errors=True)
        (self.copy / "keys").mkdir(parents=True)
        for path in (self.study / "study.yaml", *self.study.glob("keys/*.pub")):
            shutil.copyfile(path, self.copy / path.relative_to(self.study))
        for name in ("instruments", "collected"):
            shutil.copytree(self.study / name, self.copy / name)

    def run(self, *arguments: str | Path, lines: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run the command to its end; it reads these lines from a descriptor."""
        reading, writing = os.pipe()
        os.write(writing, "".join(f"{line}\n" for line in lines).encode())
        os.close(writing)
        try:
            return subprocess.run(
                [SOUSPLI, *arguments, "--passphrase-fd", str(reading)],
                capture_output=True,
                text=True,
                pass_fds=[reading],
                cwd=self.folder,
                env=dict(self.environment),
                timeout=120,
                check=False,
            )
        finally:
            os.close(reading)

    def find(self, *codes: str, out: str = "gone.ids") -> subprocess.CompletedProcess[str]:
        """Run the custodian's side on some codes."""
        side = ("withdraw", "--study", self.copy, "--key", self.key, "--out", out)
        return self.run(*side, lines=[PASSPHRASE, *codes])

    def remove(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the lead's side on what the custodian wrote."""
        side = ("withdraw", "--study", self.study, "--ids", self.folder / "gone.ids")
        return self.run(*side, *options, lines=[PASSPHRASE])

    def ids(self) -> set[str]:
        return {path.name[:32] for path in (self.study / "collected").glob("*.age")}


CARD = new_card()


@pytest.fixture
def card() -> str:
    """The code on a participant's card."""
    return CARD


@pytest.fixture(scope="module")
def office(souspli: Run, desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that collected three records: two interviews of whoever has the card, and a refusal."""
    office = tmp_path_factory.mktemp("office")
    shutil.copytree(desk / "study", office / "study")
    shutil.copytree(desk / "home", office / "home")
    shutil.copyfile(desk / "custodian" / "custodian.key", office / "custodian.key")
    (office / "stick").mkdir()
    with_card = f"1\nmots\n1\n12\n{CARD}\n:stop\n"
    for case, typed in (("K7Q2-M4T9", with_card), ("B4D2-F6H4", with_card), ("K7Q2-M4T9", "2\n")):
        held = (*INTERVIEW, "--case", case, *(["--new"] if typed == "2\n" else []))
        done = souspli(*held, "--home", office / "home", typed=typed, passphrases=1)
        assert done.returncode == 0, done.stderr
    done = souspli("handover", office / "stick", "--home", office / "home", passphrases=1)
    assert done.returncode == 0, done.stderr
    taken = ("collect", office / "stick", "--study", office / "study")
    done = souspli(*taken, passphrases=1)
    assert done.returncode == 0, done.stdout + done.stderr
    return office


@pytest.fixture
def desks(office: Path, tmp_path: Path, environment: dict[str, str]) -> Desks:
    """The same, for one test alone."""
    shutil.copytree(office, tmp_path / "office")
    found = Desks(tmp_path / "office", environment)
    found.give_copy()
    return found


def holding(folder: Path, *pieces: bytes) -> set[str]:
    """Return the files that hold any of these bytes, but for sealed copies on the stick."""
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(piece in path.read_bytes() for piece in pieces)
    }


def test_a_card_is_all_that_it_takes(
    souspli: Run, desks: Desks, card: str, identities: Identities
) -> None:
    """From the code to ids to nothing; an old copy is refused, and a second time changes nothing."""
    sealed = {one: (desks.study / "collected" / f"{one}.age").read_bytes() for one in desks.ids()}
    done = desks.find(card.lower().replace("-", " "))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "code 1: found in 2 records."
    head, *ids = (desks.folder / "gone.ids").read_text("ascii").splitlines()
    assert head == f"souspli-withdrawal/1 {read_study(desks.study).id}"
    assert len(ids) == 2
    assert set(ids) < desks.ids()
    assert card not in done.stdout + (desks.folder / "gone.ids").read_text("ascii")

    done = desks.remove("--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["removed"], told["absent"], told["exports"]) == (ids, [], [])
    assert len(desks.ids()) == 1
    ends = (slice(60, 92), slice(5000, 5032), slice(-32, None))
    pieces = [sealed[one][end] for one in ids for end in ends]
    assert holding(desks.study, *pieces) == set()
    assert holding(desks.study, *(one.encode() for one in ids)) == {"ledger", "L01.ledger"}

    done = souspli("collect", desks.stick, "--study", desks.study, passphrases=1)
    told = [line for line in done.stdout.splitlines() if "withdrawn" in line]
    assert told[:2] == [f"record {one}: not taken in: withdrawn" for one in ids]
    assert "2 withdrawn records not taken in; delete the copies wherever they lie." in told
    assert "set aside" not in done.stdout
    assert len(desks.ids()) == 1
    done = desks.remove()
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 had been withdrawn before." in done.stdout
    now = datetime.now(UTC)
    (left,) = unseal_all(read_study(desks.study), identities["study"], "test", now).records
    assert left.status == "refused"


def test_what_a_withdrawal_does_not_reach_is_said(souspli: Run, desks: Desks, card: str) -> None:
    """Copies, flash disks, the draw; and each dataset exported before, with its day and its SHA-256."""
    out = ("--instrument", "small", "--to", desks.study / "keys" / "custodian.pub")
    done = souspli(
        "export",
        "--study",
        desks.study,
        *out,
        "--out",
        "small.age",
        passphrases=1,
        cwd=desks.folder,
    )
    assert done.returncode == 0, done.stderr
    desks.find(card)
    done = desks.remove()
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "2 records removed from the study folder."
    for said in (
        "backups",
        "flash disk",
        "souspli keys destroy",
        "small, ",
        "SHA-256",
        datetime.now(UTC).date().isoformat(),
        "The case stays drawn",
    ):
        assert said in done.stdout, said


def test_a_code_that_is_in_no_record_is_kept_for_later(desks: Desks, card: str) -> None:
    """Status 1; what was found of the others is written all the same."""
    done = desks.find(new_card())
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "code 1: in no record here."
    assert "try again after the next collection" in done.stdout
    assert not (desks.folder / "gone.ids").exists()
    done = desks.find(new_card(), card)
    assert done.returncode == 1
    assert done.stdout.splitlines()[1] == "code 2: found in 2 records."
    assert len((desks.folder / "gone.ids").read_text("ascii").splitlines()) == 3


def test_a_mistyped_code_is_named_by_its_number(desks: Desks, card: str) -> None:
    """Nothing is written, and the code is nowhere in what is said."""
    wrong = card[:-1] + ("0" if card[-1] != "0" else "1")
    done = desks.find(card, wrong)
    assert done.returncode == 1
    assert "code 2 is no card's code" in done.stderr
    assert card[:9] not in done.stdout + done.stderr
    assert not (desks.folder / "gone.ids").exists()
    assert desks.find().returncode == 1


def test_on_a_terminal_codes_are_asked_for_and_leave_nothing_there(desks: Desks, card: str) -> None:
    """Typed wrong, it goes from its line and is asked for again; the file has a name of its own; the scrollback has no code."""
    command = [str(SOUSPLI), "withdraw", "--study", str(desks.copy), "--key", str(desks.key)]
    place = {**desks.environment, "HOME": str(desks.folder)}
    there = f"cd {shlex.quote(str(desks.folder))} && exec {shlex.join(command)}"
    terminal = Terminal(["/bin/sh", "-c", there], 80, 6, place)
    terminal.read_to(b"Passphrase of custodian.key")
    terminal.child.send(PASSPHRASE + ENTER)
    terminal.read_to(b"Code on card 1")
    wrong = card[:-1] + ("0" if card[-1] != "0" else "1")
    terminal.child.send(wrong + ENTER)
    terminal.read_to(b"No card has this code")
    terminal.read_to(b"Code on card 1")
    terminal.child.send(card + ENTER)
    terminal.read_to(b"Code 1 is noted.")
    terminal.read_to(b"Code on card 2")
    terminal.child.send(ENTER)
    lines = terminal.finish()
    assert terminal.child.exitstatus == 0
    assert any("code 1: found in 2 records." in line for line in lines)
    assert not [line for line in lines if card[:9] in line or wrong in line or PASSPHRASE in line]
    (written,) = desks.folder.glob("souspli-*.ids")
    assert len(written.read_text("ascii").splitlines()) == 3


def test_link_says_which_records_are_one_person_and_of_nobody_who(desks: Desks, card: str) -> None:
    """Two records, one person; the numbers on the screen, the table in the file, the code in neither."""
    side = ("link", "--study", desks.copy, "--key", desks.key, "--out", "persons.csv")
    done = desks.run(*side, "--json", lines=[PASSPHRASE])
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["persons"], told["records"], told["without_link"], told["alone"]) == (1, 2, 1, 0)
    assert told["shared"] == {"card": 1}
    with (desks.folder / "persons.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["person"] for row in rows] == ["1", "1"]
    assert {row["record"] for row in rows} < desks.ids()
    assert card not in done.stdout + (desks.folder / "persons.csv").read_text("ascii")
    again = desks.run(*side, lines=[PASSPHRASE])
    assert again.returncode == 1
    assert "exists already" in again.stderr
    side = (*side[:-1], "again.csv")
    done = desks.run(*side, lines=[PASSPHRASE])
    assert "1 person has several records: 2, at most 2." in done.stdout
    assert "only if the study foresees it" in done.stdout


def test_what_cannot_work_is_refused_before_a_passphrase_is_asked(
    souspli: Run, desks: Desks, desk: Path
) -> None:
    """No side or both, a file that is no list, a folder without link files."""
    assert souspli("withdraw", "--study", desks.study).returncode == 2
    done = souspli("withdraw", "--study", desks.study, "--ids", "a", "--out", "b")
    assert done.returncode == 2
    done = souspli("withdraw", "--study", desks.study, "--ids", desks.key)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is no list of records" in done.stderr
    for verb in (("withdraw",), ("link", "--out", "c.csv")):
        done = souspli(*verb, "--study", desk / "study", "--key", desks.key)
        assert done.returncode == 1
        assert "holds no link file" in done.stderr
