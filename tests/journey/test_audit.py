"""`souspli audit`: of real interviews it tells figures, record ids and codes; never an answer, never a case."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from export import ledger
from export.study import read_study

Run = Callable[..., "subprocess.CompletedProcess[str]"]

CANARY, OTHER, CARD = "zinzolin-words", "quokka-reason", "7K2M-Q4TB-X9ZP-8G"
CASES = ("K7Q2-M4T9", "B4D2-F6H4")
SECRETS = (CANARY, OTHER, CARD, "7431", "coffee", "2022-03", *CASES)
TYPED = f"1\n{CANARY}\n8\n{OTHER}\n7431\n:accept so\n{CARD}\n12\n03/2022\n9\n44\n{CANARY}\n"
CHECK = """souspli: 1
form:
  id: check
  version: "1"
  title: {en: "Check"}
  languages: {en: English}
  default_language: en
  complete_when: ${reason} != ''
choices:
  reasons:
    - {name: roof, code: 1, label: {en: "A roof"}}
    - {name: other, code: 8, label: {en: "Another reason"}}
survey:
  - {type: select_one, choices: reasons, name: reason, label: {en: "Why?"}}
  - {type: integer, name: age, label: {en: "Age"}}
"""


@pytest.fixture(scope="module")
def office(souspli: Run, desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study in which both cases were interviewed by I1, one checked back by I2, all of it collected."""
    folder = tmp_path_factory.mktemp("audited")
    for name in ("study", "home"):
        shutil.copytree(desk / name, folder / name)
    (folder / "study" / "instruments" / "check.yaml").write_text(CHECK, "utf-8")
    path = folder / "study" / "study.yaml"
    lines = path.read_text("utf-8").replace(
        "instruments:\n", "instruments:\n  - {file: instruments/check.yaml, unit: back_check}\n", 1
    )
    path.write_text(lines, "utf-8")

    def does(*arguments: str | Path, typed: str = "") -> str:
        done = souspli(*arguments, typed=typed, passphrases=1, cwd=folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    does("kit", "L01", "--study", "study", "--out", "L01.kit")
    does("enrol", "L01.kit", "--home", "home")
    for case in CASES:
        held = ("--plain", "--case", case, "--home", "home")
        does("interview", "small", "--interviewer", "I1", *held, typed=TYPED)
    checked = ("--plain", "--case", CASES[0], "--home", "home", "--interviewer", "I2")
    does("interview", "check", *checked, typed="8\n44\n")
    (folder / "stick").mkdir()
    does("handover", "stick", "--home", "home")
    does("collect", "stick", "--study", "study")
    return folder


def audit(souspli: Run, office: Path, *arguments: str | Path) -> str:
    """Run the audit of the questionnaire `small`; it tells no secret, whatever it is asked."""
    done = souspli(
        "audit", "--study", "study", "--instrument", "small", *arguments, passphrases=1, cwd=office
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert [word for word in SECRETS if word in done.stdout] == []
    return done.stdout


def test_an_audit_tells_figures_and_no_answer(souspli: Run, office: Path) -> None:
    """As a page of eighty columns, and as JSON; that the records were opened is in the ledger."""
    page = audit(souspli, office)
    assert max(map(len, page.splitlines())) <= 80
    lines = [line.split() for line in page.splitlines()]
    assert ["I1", "2", "0", "0", "0", "0", "0", "0"] in lines
    assert ["L01", "3", "3", "0", "0", "0", "0", "0"] in lines
    found = json.loads(audit(souspli, office, "--json"))
    assert (found["study"], found["instrument"], found["simulated"]) == ("study", "small", False)
    assert [(one["interviewer"], one["complete"]) for one in found["interviewers"]] == [
        ("I1", 2),
        ("I2", 0),
    ]
    assert (found["not_used"], found["gaps"], found["quarantined"]) == ([], [], 0)
    assert found["speed"]["paces"][0]["interviews"] == 2
    path = office / "study" / "ledger"
    last = json.loads(path.read_text("utf-8").splitlines()[-1])
    assert (last["event"], last["what"], last["count"]) == ("unseal", "audit small", 3)
    study = read_study(office / "study")
    assert ledger.verified(path, study.signer).faults == ()


def test_cases_to_check_back_are_in_the_file_alone(souspli: Run, office: Path) -> None:
    """The same seed gives the same; the seed is in the ledger; a file is never overwritten."""
    asked = ("--back-check", "50%", "--seed", "dice 4 2")
    told = audit(souspli, office, *asked, "--out", "first.csv")
    assert "1 case to check back, of 2 with an interview; seed: dice 4 2" in told
    rows = list(csv.DictReader((office / "first.csv").read_text("utf-8").splitlines()))
    assert [(row["case"] in CASES, row["interviewer"]) for row in rows] == [(True, "I1")]
    found = json.loads(audit(souspli, office, *asked, "--out", "again.csv", "--json"))
    assert (found["chosen"], found["of"], found["seed"]) == (1, 2, "dice 4 2")
    assert (office / "again.csv").read_bytes() == (office / "first.csv").read_bytes()
    assert "--back-check 1/2 --seed dice 4 2" in (office / "study" / "ledger").read_text("utf-8")
    done = souspli("audit", "--study", "study", *asked, "--out", "first.csv", cwd=office)
    assert done.returncode == 2  # the first questionnaire is the one that checks
    done = souspli(
        "audit",
        "--study",
        "study",
        "--instrument",
        "small",
        *asked,
        "--out",
        "first.csv",
        cwd=office,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "exists already" in done.stderr


def test_what_checking_back_has_shown_is_not_told_of_one_case(souspli: Run, office: Path) -> None:
    """One answer compared would say what it was compared with."""
    told = audit(souspli, office, "--compare", "check")
    assert "1 case was interviewed and checked back by somebody else." in told
    assert "2 more have fewer than 5 answers compared; not shown." in told
    found = json.loads(audit(souspli, office, "--compare", "check", "--json"))
    assert (found["cases"], found["same_interviewer"], found["unpaired"]) == (1, 0, 0)
    assert [(one["of"], one["compared"], one["agreeing"]) for one in found["items"]] == [
        ("reason", 1, None),
        ("age", 1, None),
    ]
    assert [(one["of"], one["compared"], one["agreeing"]) for one in found["interviewers"]] == [
        ("I1", 2, None)
    ]


def test_a_check_counts_as_no_respondent(souspli: Run, office: Path) -> None:
    """An estimate is of the two who were interviewed."""
    done = souspli(
        *("estimate", "prop(age = '30')", "--study", "study", "--instrument", "small", "--json"),
        passphrases=1,
        cwd=office,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["respondents"] == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--match", "0"), "--match takes a share"),
        (("--seed", "4"), "with --back-check"),
        (("--out", "x.csv"), "with --back-check"),
        (("--back-check", "10%", "--out", "x.csv"), "give --seed TEXT and --out FILE"),
        (("--back-check", "10%", "--seed", "4"), "give --seed TEXT and --out FILE"),
        (("--back-check", "0", "--seed", "4", "--out", "x.csv"), "--back-check takes a share"),
        (("--back-check", "10%", "--compare", "check"), "not allowed with"),
        (("--compare", "nobody"), "has no questionnaire"),
        (("--compare", "assore_site"), "unit person or back_check"),
        (("--instrument", "assore_site", "--compare", "small"), "unit person or back_check"),
    ],
)
def test_what_cannot_be_is_refused_before_a_passphrase_is_asked(
    souspli: Run, office: Path, arguments: tuple[str, ...], why: str
) -> None:
    """Status 2, with what to give instead."""
    usual = () if "--instrument" in arguments else ("--instrument", "small")
    done = souspli("audit", "--study", "study", *usual, *arguments, cwd=office)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr
