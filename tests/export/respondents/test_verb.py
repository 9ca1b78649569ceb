"""`souspli weights`: how many people each respondent stands for, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import souspli
from export.study import Study
from interviewer.record import Record

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]
Drew = Callable[[Study, str], None]
Typed = Callable[..., list[str]]

PASSPHRASE = "correct horse battery"
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Days, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}]
survey:
  - {type: integer, name: days, label: Days of use}
  - {type: select_one, choices: sex, name: sex, label: Sex}
"""
WEIGHTS = """
souspli_weights: 1
response: all
steps:
  - poststratify: {column: sex, totals: {f: 90, m: 60}}
  - trim: {most: 1.05}
"""


@pytest.fixture
def filled(new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, english: None) -> Study:
    """30 of 150 drawn from two strata, of whom 24 answered, half of them women, and one had moved away."""
    study = new_study(FORM)
    cases = [f"CASE-{n:04}" for n in range(30)]
    lines = [
        f"{case},{1 + n // 15},{60 + 30 * (n // 15)},15,,released" for n, case in enumerate(cases)
    ]
    drew(study, "\n".join(["case,stratum,N_h,n_h,order,status", *lines, ""]))
    for n, case in enumerate(cases[:24]):
        put(study, study.collected, made_of(study, case, answers={"days": "5", "sex": "fm"[n % 2]}))
    gone = made_of(study, cases[29], kind="outcome", status="", outcome="4.5")
    put(study, study.collected, gone)
    return study


def test_the_steps_are_printed_with_what_they_did(
    filled: Study, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """In eighty columns: spread after each step, classes, totals; the opening is in the study's ledger."""
    (filled.folder / "weights.yaml").write_text(WEIGHTS, "utf-8")
    assert souspli.main(["weights", "--study", str(filled.folder), *typed(PASSPHRASE)]) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert max(map(len, lines)) <= 80
    for expected in ("draw ", "non-response ", "post-stratification ", "trimming "):
        assert any(line.startswith(expected) for line in lines)
    assert "1 of those drawn does not belong to the population" in told.out
    assert "A later step moved weights away from a total" in told.out
    assert "CASE-" not in told.out + told.err
    assert "weights" in filled.ledger.read_text("utf-8")


def test_as_json_every_figure_is_there(
    filled: Study, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sums of every step, and the totals that were met."""
    (filled.folder / "weights.yaml").write_text(WEIGHTS.split("  - trim", maxsplit=1)[0], "utf-8")
    arguments = ["weights", "--json", "--study", str(filled.folder), *typed(PASSPHRASE)]
    assert souspli.main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["drawn"], told["respondents"], told["not_eligible"]) == (30, 24, 1)
    assert [one["step"] for one in told["steps"]] == ["design", "response", "poststratify"]
    assert told["steps"][2]["total"] == pytest.approx(150)
    (only,) = told["classes"]
    assert (only["strata"], only["released"], only["known"]) == ([1, 2], 150, 120)
    assert only["factor"] == pytest.approx(150 / 120)
    assert [(one["cell"], one["respondents"], one["total"]) for one in told["totals"]] == [
        ("f", 12, 90),
        ("m", 12, 60),
    ]
    assert [one["after"] for one in told["totals"]] == pytest.approx([90, 60])


def test_a_value_of_few_respondents_hides_its_column(
    filled: Study, made_of: MadeOf, put: Put, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the others were before would tell it by subtraction."""
    text = (filled.folder / "study.yaml").read_text("utf-8")
    (filled.folder / "study.yaml").write_text(text.replace("cell: 11", "cell: 13"), "utf-8")
    (filled.folder / "weights.yaml").write_text(WEIGHTS, "utf-8")
    arguments = ["weights", "--json", "--study", str(filled.folder), *typed(PASSPHRASE)]
    assert souspli.main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["respondents"], one["before"]) for one in told["totals"]] == [(None, None)] * 2


def test_what_is_wrong_with_the_file_is_told_before_a_record_is_opened(
    filled: Study, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a problem, exit status 1, nothing in the ledger."""
    (filled.folder / "weights.yaml").write_text("souspli_weights: 1\nrespons: all\n", "utf-8")
    before = filled.ledger.read_bytes()
    assert souspli.main(["weights", "--study", str(filled.folder), *typed(PASSPHRASE)]) == 1
    assert "weights.yaml:2:1: weights.yaml: “respons” is not a known key" in capsys.readouterr().err
    assert filled.ledger.read_bytes() == before
