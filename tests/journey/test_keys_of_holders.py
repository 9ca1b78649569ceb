"""Keys from their making to their end, by the commands that holders type: tested, replaced, destroyed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests import cheapened
from tests.on_terminal import typed_into

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Given = Sequence["str | Path"]

PASSPHRASE = "three public words for tests"
SOUSPLI = Path(sys.executable).with_name("souspli")
INTERVIEW = ("interview", "small", "--plain", "--interviewer", "I1")
ANSWERS = "1\nhello\n1\n{amount}\nABC\n0\n04/2022\n5\n20\nx\n"


@pytest.fixture
def here(desk: Path, tmp_path: Path) -> Path:
    """study/, custodian/, escrow/ and home/, for one test alone."""
    return Path(shutil.copytree(desk, tmp_path / "desk"))


@pytest.fixture
def typing(environment: Mapping[str, str]) -> Callable[..., tuple[int, str]]:
    """A function that runs a command on a terminal, types, and returns its status and what was shown."""

    def run(folder: Path, arguments: Given, *answers: tuple[str, str]) -> tuple[int, str]:
        return typed_into(SOUSPLI, [str(one) for one in arguments], folder, environment, answers)

    return run


def events(souspli: Run, here: Path) -> list[tuple[str, str, int, str]]:
    """Return what the study's ledger says, which must hold: event, what for, count, who signed."""
    done = souspli("status", "--study", "study", "--ledger", "--json", cwd=here)
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)["lines"]
    return [(one["event"], one["what"], one["count"], one["signed_by"]) for one in found]


def proven(souspli: Run, here: Path, role: str) -> None:
    """Have a holder show that they can open."""
    done = souspli("keys", "test", role, "--study", "study", "--out", "stick", cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    answer = ("keys", "answer", f"stick/{role}.challenge", "--key", f"{role}/{role}.key")
    words = souspli(*answer, passphrases=1, cwd=here).stdout.splitlines()[-1].strip()
    told = ("keys", "test", role, "--study", "study", "--words", words)
    done = souspli(*told, passphrases=1, cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{role}.key: what is sealed to it, its holder opens.\n"


def held(souspli: Run, here: Path, case: str, amount: int) -> None:
    """Hold an interview, hand it over, collect it."""
    typed = ANSWERS.format(amount=amount)
    interview = (*INTERVIEW, "--case", case, "--home", "home")
    done = souspli(*interview, typed=typed, passphrases=1, cwd=here)
    assert done.returncode == 0, done.stderr
    (here / "stick").mkdir(exist_ok=True)
    done = souspli("handover", "stick", "--home", "home", passphrases=1, cwd=here)
    assert done.returncode == 0, done.stderr
    done = souspli("collect", "stick", "--study", "study", passphrases=1, cwd=here)
    assert done.returncode == 0, done.stdout


def test_each_holder_shows_that_they_can_open_and_kits_stop_warning(
    souspli: Run, here: Path, typing: Callable[..., tuple[int, str]]
) -> None:
    """The lead at once; the others by words said aloud, which the lead types."""
    kit = ("kit", "L01", "--study", "study", "--out", "next.kit")
    done = souspli(*kit, passphrases=1, cwd=here)
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert "study, escrow, custodian" in done.stderr

    own = ("keys", "test", "study", "--study", "study")
    assert souspli(*own, passphrases=1, cwd=here).returncode == 0
    proven(souspli, here, "escrow")
    done = souspli(*kit, passphrases=1, cwd=here)
    assert "custodian" in done.stderr
    assert "escrow" not in done.stderr

    challenge = ("keys", "test", "custodian", "--study", "study", "--out", "stick")
    done = souspli(*challenge, cwd=here)
    assert done.returncode == 0
    assert "\n  souspli keys answer custodian.challenge --key custodian.key\n" in done.stdout
    assert done.stdout.endswith("\n  souspli keys test custodian --study study\n")
    answer = ["keys", "answer", "stick/custodian.challenge", "--key", "custodian/custodian.key"]
    status, shown = typing(here, answer, ("Passphrase of custodian.key", PASSPHRASE))
    assert status == 0
    assert "Study study asks its custodian" in shown
    words = shown.splitlines()[-1].strip()
    assert len(words.split()) == 6
    asked = ["keys", "test", "custodian", "--study", "study"]
    status, shown = typing(here, asked, ("type the six words", "babab " * 6))
    assert (status, "hear them again" in shown) == (1, True)
    passphrase = ("Passphrase of signing.key", PASSPHRASE)
    status, shown = typing(here, asked, ("type the six words", words), passphrase)
    assert status == 0, shown
    done = souspli(*kit, passphrases=1, cwd=here)
    assert (done.returncode, done.stderr) == (0, "")

    told = souspli("status", "--study", "study", cwd=here).stdout
    assert told.count("opens, as its holder showed on ") == 3
    assert [one for one in events(souspli, here) if one[0] in {"key", "tested"}] == [
        ("tested", "study.key", 0, "study.key"),
        ("key", "escrow.key", 0, "signing.key"),
        ("tested", "escrow.key", 0, "signing.key"),
        ("key", "custodian.key", 0, "signing.key"),
        ("tested", "custodian.key", 0, "signing.key"),
    ]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["keys", "test", "study", "--out", "stick"], "tested here and now"),
        (
            ["keys", "test", "escrow", "--key", "study/keys/study.key"],
            "only its holder has that key",
        ),
        (["keys", "destroy"], "--key --told"),
        (["keys", "destroy", "--key", "study/keys/study.key"], "by hand: run it on a terminal"),
        (["keys", "destroy", "--told", "nobody"], "has no key “nobody”"),
        (["status", "--ledger", "--home", "home"], "give --study DIR"),
    ],
)
def test_a_wrong_command_line_is_told(
    souspli: Run, desk: Path, arguments: list[str], why: str
) -> None:
    """Before a passphrase is asked; no script destroys a key."""
    study = [] if arguments[0] == "status" else ["--study", "study"]
    done = souspli(*arguments, *study, cwd=desk)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr


def test_words_that_nobody_asked_for_are_refused(souspli: Run, desk: Path) -> None:
    """In one sentence that says what to do."""
    done = souspli("keys", "test", "escrow", "--study", "study", "--words", "x", cwd=desk)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("souspli keys test escrow --out DIR --study study\n")


def test_a_second_wave_is_sealed_to_new_keys_and_the_first_can_be_destroyed(
    souspli: Run, here: Path, typing: Callable[..., tuple[int, str]]
) -> None:
    """Both waves are read together; without its key the first is gone, and the second is as it was."""
    held(souspli, here, "K7Q2-M4T9", 10)
    rotate = ("keys", "rotate", "--study", "study")
    done = souspli(*rotate, passphrases=2, cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert "study/keys/study-2.key: made" in done.stdout
    assert "The escrow holder keeps the same key" in done.stdout
    assert "write a new kit for: L01" in done.stdout
    cheapened.key(here / "study/keys/study-2.key", PASSPHRASE.encode())
    kit = ("kit", "L01", "--study", "study", "--out", "next.kit")
    done = souspli(*kit, passphrases=1, cwd=here)
    assert done.returncode == 0
    assert "study" in done.stderr  # the new key has shown nothing yet
    install = ("enrol", "next.kit", "--home", "home")
    assert souspli(*install, passphrases=1, cwd=here).returncode == 0
    held(souspli, here, "B4D2-F6H4", 30)
    records = [path for path in (here / "study/collected").glob("*.age") if "link" not in path.name]
    assert len(records) == 2
    assert len({path.stat().st_size for path in records}) == 1

    estimate = ("estimate", "mean(amount)", "--instrument", "small", "--study", "study", "--json")
    done = souspli(*estimate, passphrases=2, cwd=here)
    assert done.returncode == 0, done.stderr
    assert events(souspli, here)[-1] == ("unseal", "estimate", 2, "study-2.key")

    destroy = ["keys", "destroy", "--study", "study", "--key", "keys/study.key"]
    passphrase = ("Passphrase of study.key", PASSPHRASE)
    status, shown = typing(here, destroy, passphrase, ("Type the study's id", "yes"))
    assert (status, "nothing was destroyed" in shown) == (1, True)
    assert (here / "study/keys/study.key").exists()
    status, shown = typing(here, destroy, passphrase, ("Type the study's id", "study"))
    assert status == 0, shown
    assert "1 collected record opens with it." in shown
    assert "stays readable as long as it exists: escrow.key" in shown
    assert "a backup" in shown
    assert "Kits seal to it now" not in shown
    assert not (here / "study/keys/study.key").exists()
    assert events(souspli, here)[-1] == ("destroy", "study.key", 1, "study.key")

    done = souspli(*estimate, passphrases=1, cwd=here)
    assert "not used" in done.stderr
    assert events(souspli, here)[-1][2:] == (1, "study-2.key")
    assert (
        "study.key (study lead): destroyed on "
        in souspli("status", "--study", "study", cwd=here).stdout
    )
    assert souspli(*kit, passphrases=1, cwd=here).returncode == 0


def test_without_the_key_of_this_wave_no_kit_is_written(
    souspli: Run, here: Path, typing: Callable[..., tuple[int, str]]
) -> None:
    """What a laptop sealed with it would be lost; a new wave goes on."""
    destroy = ["keys", "destroy", "--study", "study", "--key", "study/keys/study.key"]
    typed = (("Passphrase of study.key", PASSPHRASE), ("Type the study's id", "study"))
    status, shown = typing(here, destroy, *typed)
    assert status == 0, shown
    assert "No record collected so far opens with it." in shown
    assert "none can be written any more before souspli keys rotate" in shown
    kit = ("kit", "L01", "--study", "study", "--out", "none.kit")
    done = souspli(*kit, cwd=here)
    assert done.returncode == 1
    assert "make new keys first: souspli keys rotate --study study\n" in done.stderr
    assert not (here / "none.kit").exists()
    done = souspli(
        "estimate", "mean(amount)", "--instrument", "small", "--study", "study", cwd=here
    )
    assert (done.returncode, "there is no study key in keys/" in done.stderr) == (1, True)
    assert souspli("keys", "rotate", "--study", "study", passphrases=2, cwd=here).returncode == 0
    assert souspli(*kit, passphrases=1, cwd=here).returncode == 0


def test_the_custodian_destroys_the_link(
    souspli: Run, here: Path, typing: Callable[..., tuple[int, str]]
) -> None:
    """With the study folder at hand: every link; the answers are as they were."""
    held(souspli, here, "K7Q2-M4T9", 10)
    proven(souspli, here, "custodian")
    destroy = ["keys", "destroy", "--study", "study", "--key", "custodian/custodian.key"]
    typed = (("Passphrase of custodian.key", PASSPHRASE), ("Type the study's id", "study"))
    status, shown = typing(here, destroy, *typed)
    assert status == 0, shown
    assert "1 link between a record and a participant's card opens with it." in shown
    assert "collected record" not in shown
    assert events(souspli, here)[-1] == ("destroy", "custodian.key", 1, "custodian.key")
    estimate = ("estimate", "mean(amount)", "--instrument", "small", "--study", "study")
    assert souspli(*estimate, passphrases=1, cwd=here).returncode == 0


def test_a_holder_without_the_study_folder_tells_the_lead(
    souspli: Run, here: Path, typing: Callable[..., tuple[int, str]]
) -> None:
    """The ledger says on whose word; a study's own key is never destroyed so."""
    destroy = ["keys", "destroy", "--key", "escrow/escrow.key"]
    typed = (("Passphrase of escrow.key", PASSPHRASE), ("Type the file's name", "escrow.key"))
    status, shown = typing(here, destroy, *typed)
    assert status == 0, shown
    assert "Tell the study lead" in shown
    assert not (here / "escrow/escrow.key").exists()
    told = ("keys", "destroy", "--told", "escrow", "--study", "study")
    assert souspli(*told, passphrases=1, cwd=here).returncode == 0
    assert events(souspli, here)[-1] == (
        "destroy",
        "escrow.key, as its holder says",
        0,
        "signing.key",
    )
    status, shown = typing(here, ["keys", "destroy", "--key", "study/keys/study.key"])
    assert (status, "give --study" in shown) == (2, True)
    told = ("keys", "destroy", "--told", "study", "--study", "study")
    done = souspli(*told, cwd=here)
    assert (done.returncode, "still in keys/" in done.stderr) == (1, True)
    command = "\n  souspli keys destroy --key study/keys/study.key --study study\n"
    assert done.stderr.endswith(command)


def test_a_custodian_whose_key_was_replaced_assigns_with_both(souspli: Run, here: Path) -> None:
    """What was sealed to the old key before opens with it; what is sealed now, with the new one."""
    new = ("keys", "new", "custodian", "--out", "second")
    assert souspli(*new, passphrases=1, cwd=here).returncode == 0
    cheapened.key(here / "second/custodian.key", PASSPHRASE.encode())
    (here / "more.csv").write_text("case,place\nK7Q2-M4T9,H01\n", "utf-8")
    assign = ("assign", "L01", "--study", "study", "--cases", "more.csv", "--key")
    (here / "study/devices/L01.cases.age").unlink()
    first = souspli(*assign, "custodian/custodian.key", passphrases=1, cwd=here)
    assert first.returncode == 0, first.stderr
    rotate = ("keys", "rotate", "--study", "study", "--custodian", "second/custodian.pub")
    assert souspli(*rotate, passphrases=2, cwd=here).returncode == 0
    keys = ("custodian/custodian.key", "second/custodian.key")
    for _again in range(2):
        done = souspli(*assign, *keys, passphrases=2, cwd=here)
        assert done.returncode == 0, done.stderr
    done = souspli(*assign, keys[0], passphrases=1, cwd=here)
    assert done.returncode == 1


def test_a_ledger_that_was_touched_is_told_by_status(souspli: Run, here: Path) -> None:
    """With the line and the reason; status 1; the rest is shown as ever."""
    path = here / "study/ledger"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0])
    done = souspli("status", "--study", "study", cwd=here)
    assert done.returncode == 0
    assert "ledger holds: 1 line;" in done.stdout
    path.write_bytes(b"".join(lines).replace(b'"count":1', b'"count":0'))
    done = souspli("status", "--study", "study", cwd=here)
    assert done.returncode == 1
    assert "line 2: its signature is false" in done.stdout
    assert "compare it with a copy" in done.stdout
    assert "L01" in done.stdout
    done = souspli("status", "--study", "study", "--ledger", cwd=here)
    assert done.returncode == 1
    head, first, second, *_rest = done.stdout.splitlines()
    assert head.startswith("line, time (UTC)")
    assert re.fullmatch(r"1  [-0-9]{10} [:0-9]{8}  study founded: study · signing\.key", first)
    assert re.fullmatch(r"2  [-0-9]{10} [:0-9]{8}  .*: .* · \?", second)
    path.unlink()
    done = souspli("status", "--study", "study", "--json", cwd=here)
    assert (done.returncode, json.loads(done.stdout)["ledger"]["holds"]) == (1, False)
