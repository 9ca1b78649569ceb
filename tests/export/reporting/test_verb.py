"""`souspli report`: from sealed records to a page, JSON, and lines in the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from export import ledger
from export.study import Study
from export.verbs import report
from surveys.problems import Refusal, Usage

pytestmark = pytest.mark.usefixtures("english")

SECRET = "correct horse battery"


@pytest.fixture
def collected(answered: Callable[..., Study]) -> Study:
    """A study of 32 cases drawn, of which 30 gave an interview: 18 have a card."""
    return answered()


def run(study: Study, typed: Callable[..., list[str]], *words: str) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    report.describe(parser)
    return report.run(parser.parse_args(["--study", str(study.folder), *words, *typed(SECRET)]))


def test_a_page_is_written_and_noted_before_it(
    collected: Study,
    tmp_path: Path,
    typed: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The ledger says that records were opened for it, and that it was published."""
    page = tmp_path / "report.html"
    assert run(collected, typed, "--out", str(page), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["respondents"] == {"plain": 30}
    assert told["overridden"] == 0
    text = page.read_text("utf-8")
    assert "A card?" in text
    assert "CANARY" not in text
    events = [line.event for line in ledger.verified(collected.ledger, collected.signer).sound]
    assert events[-2:] == ["unseal", "publish"]


def test_a_plan_is_followed(
    collected: Study, tmp_path: Path, typed: Callable[..., list[str]]
) -> None:
    """The study's own, tables.yaml, where none is given."""
    (collected.folder / "tables.yaml").write_text(
        "souspli_tables: 1\ntitle: Ours\ninstrument: plain\n"
        "sections: [{title: Cards, estimates: [{estimate: prop(card = 'yes'), label: Has one}]}]\n",
        "utf-8",
    )
    page = tmp_path / "report.html"
    assert run(collected, typed, "--out", str(page)) == 0
    text = page.read_text("utf-8")
    assert "<h1>Ours</h1>" in text
    assert "<strong>60%</strong><b>Has one</b>" in text


def test_another_file_is_never_written_over(
    collected: Study, tmp_path: Path, typed: Callable[..., list[str]]
) -> None:
    """Nor is anything opened for it."""
    page = tmp_path / "report.html"
    page.write_text("ours", "utf-8")
    before = collected.ledger.read_bytes()
    with pytest.raises(Refusal, match="exists already"):
        run(collected, typed, "--out", str(page))
    assert page.read_text("utf-8") == "ours"
    assert collected.ledger.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--out", "report.txt"], "ends in .html"),
        (["--out", "new.html", "--override", "  "], "a reason"),
    ],
)
def test_a_wrong_command_line_is_said_before_anything_is_opened(
    collected: Study, typed: Callable[..., list[str]], words: list[str], told: str
) -> None:
    """Exit 2, and the ledger is as it was."""
    before = collected.ledger.read_bytes()
    with pytest.raises(Usage, match=told):
        run(collected, typed, *words)
    assert collected.ledger.read_bytes() == before


def test_two_plans_of_one_questionnaire_are_refused(
    collected: Study, tmp_path: Path, typed: Callable[..., list[str]]
) -> None:
    """Which of the two would be the report?"""
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "souspli_tables: 1\ninstrument: plain\nsections: [{estimates: [share(card)]}]\n", "utf-8"
    )
    with pytest.raises(Usage, match="two plans"):
        run(collected, typed, "--out", "r.html", "--plan", str(plan), "--plan", str(plan))
