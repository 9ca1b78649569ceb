"""`souspli progress`: from sealed records to a table, a page, JSON, and a line in the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import souspli
from export.collecting.collect import Collected
from export.study import Study
from interviewer.record import Attempt, Record

pytestmark = pytest.mark.usefixtures("english")

SECRET = "correct horse battery"
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""
SAMPLE = "case,stratum,N_h,n_h,order,status\n" + "".join(
    f"C{n},1,20,5,{'' if n < 6 else n},{'released' if n < 6 else 'reserve'}\n" for n in range(1, 8)
)
OUT = Attempt("2022-04-11", "morning", "2.25")


@pytest.fixture
def collected(
    new_study: Callable[..., Study],
    made_of: Callable[..., Record],
    hand_over: Callable[..., Path],
    collect: Callable[..., Collected],
    drew: Callable[[Study, str], None],
) -> Study:
    """A study of five cases drawn and two in reserve: two interviews, a refusal, one never met."""
    study = new_study(FORM)
    drew(study, SAMPLE)
    outcome: dict[str, Any] = {"kind": "outcome", "status": ""}
    records = [
        made_of(study, "C1", answers={"days": "3"}),
        made_of(study, "C2", status="partial", outcome="1.2"),
        made_of(study, "C3", **outcome, outcome="2.112", attempts=(OUT,)),
        made_of(study, "C4", **outcome, outcome="2.25", attempts=(OUT, OUT)),
        made_of(study, "C7", **outcome, outcome="2.112"),
    ]
    collect(study, hand_over(study, *records))
    return study


def run(study: Study, typed: Callable[..., list[str]], *words: str) -> int:
    return souspli.main(["progress", "--study", str(study.folder), *words, *typed(SECRET)])


def test_the_table_says_what_became_of_everybody(
    collected: Study, typed: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Five drawn; a record of the reserve does not count, and is named; the ledger has a line."""
    assert run(collected, typed) == 0
    said = capsys.readouterr()
    assert "5 people drawn: 1 complete and 1 partial interviews" in said.out
    assert "RR2" in said.out
    assert "in the reserve and was not released" in said.err
    assert "lack visits" in said.out
    assert "progress plain" in collected.ledger.read_text("utf-8")


def test_json_and_page_agree_and_e_can_be_given(
    collected: Study,
    typed: Callable[..., list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """RR3 with e = 1/2: 1 of 4 and a half; the page is new, never written over."""
    page = tmp_path / "progress.html"
    words = ("--json", "--e", "50%", "--by", "stratum", "--page", str(page))
    assert run(collected, typed, *words) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one for one, n in told["classes"].items() if n == 1} == {"I", "P", "R", "NC", "UH"}
    assert sum(told["classes"].values()) == 5
    assert told["rates"]["RR3"] == pytest.approx(1 / 4.5)
    assert told["e"] == {"unweighted": 0.5, "weighted": 0.5, "is_given": True}
    assert "22.2%" in page.read_text("utf-8")
    before = page.read_bytes()
    assert run(collected, typed, *words) == 1
    assert page.read_bytes() == before


@pytest.mark.parametrize("e", ["1.5", "-1", "nan"])
def test_e_is_a_share(
    collected: Study,
    typed: Callable[..., list[str]],
    e: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Anything else is refused before a record is opened."""
    assert run(collected, typed, f"--e={e}") in {1, 2}
    assert capsys.readouterr().out == ""
    assert "unseal" not in collected.ledger.read_text("utf-8")


def test_of_a_questionnaire_about_nobody_drawn_there_are_counts(
    new_study: Callable[..., Study],
    made_of: Callable[..., Record],
    hand_over: Callable[..., Path],
    collect: Callable[..., Collected],
    typed: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says so instead of a rate."""
    study = new_study(FORM, unit="professional")
    collect(study, hand_over(study, made_of(study), made_of(study)))
    assert run(study, typed) == 0
    assert "2 cases collected, 2 of them complete; nothing was drawn" in capsys.readouterr().out
