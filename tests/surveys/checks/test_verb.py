"""`souspli check`: what it prints, what it tells tools, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import souspli
from surveys import language

HEAD = 'souspli: 1\nform: {id: test, version: "1", title: Test}\nsurvey:\n'
GOOD = "  - {type: integer, name: age, label: Age?}\n"
BAD = "  - {type: note, name: n, label: N, relevant: \"${age} = 'oui'\"}\n"
OFF = "  - {type: note, name: m, label: M, relevant: 'false()', accept: {unreachable: off}}\n"


@pytest.fixture(autouse=True)
def _english() -> None:
    language.use("en")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = souspli.main(["--lang", "en", "check", *words])
    return status, capsys.readouterr().out


@pytest.fixture
def form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with one error, and one finding that is accepted."""
    monkeypatch.chdir(tmp_path)
    path = Path("form.yaml")
    path.write_text(HEAD + GOOD + BAD + OFF, "utf-8")
    return path


def test_each_problem_is_shown_under_its_line(
    form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what is accepted is counted."""
    status, out = run(capsys, str(form))
    assert status == 1
    assert out.splitlines() == [
        "form.yaml:5:57: error[mismatch]: n: “age” is a number, “oui” is none",
        "  5 | - {type: note, name: n, label: N, relevant: \"${age} = 'oui'\"}",
        "    |                                                       ^^^^^",
        "    = compare it with a number, without quotes",
        "form.yaml: 1 error, 1 accepted",
    ]


def test_what_is_accepted_is_shown_when_asked_for(
    form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its reason."""
    _status, out = run(capsys, "--accepted", str(form))
    assert "form.yaml:6:48: accepted[unreachable]: m:" in out
    assert "    = off\n" in out


def test_tools_get_everything(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is accepted too, its reason as the remedy."""
    status, out = run(capsys, "--json", str(form))
    rows = json.loads(out)
    assert status == 1
    assert [(row["check"], row["severity"], row["line"]) for row in rows] == [
        ("mismatch", "error", 5),
        ("unreachable", "accepted", 6),
    ]
    assert rows[0] == {
        "file": "form.yaml",
        "sheet": "",
        "line": 5,
        "column": 57,
        "severity": "error",
        "check": "mismatch",
        "subject": "n",
        "fact": "“age” is a number, “oui” is none",
        "remedy": "compare it with a number, without quotes",
    }
    assert rows[1]["remedy"] == "off"


def test_warnings_alone_are_good(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0."""
    form.write_text(HEAD + GOOD + OFF.replace(", accept: {unreachable: off}", ""), "utf-8")
    status, out = run(capsys, str(form))
    assert status == 0
    assert out.splitlines()[-1] == "form.yaml: good, 2 items, 1 warning"


def test_a_file_that_ends_in_a_syntax_error_shows_the_line(
    form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no instrument then, but there is a text."""
    form.write_text("souspli: 1\nform: {id: [}\n", "utf-8")
    status, out = run(capsys, str(form))
    assert status == 1
    assert "  2 | form: {id: [}\n    |            ^" in out


def test_a_workbook_shows_the_cell(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sheet, column and row."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = Path("form.xlsx")
    with xlsxwriter.Workbook(str(path)) as book:
        survey, settings = book.add_worksheet("survey"), book.add_worksheet("settings")
        survey.write_row(0, 0, ["type", "name", "label", "relevant"])
        survey.write_row(1, 0, ["integer", "age", "Age?"])
        survey.write_row(2, 0, ["note", "n", "N", "${age} = 'oui'"])
        settings.write_row(0, 0, ["form_id", "form_title", "version"])
        settings.write_row(1, 0, ["test", "Test", "1"])
    status, out = run(capsys, str(path))
    assert status == 1
    assert "form.xlsx:survey!D3: error[mismatch]: n:" in out
    assert "  D3 | ${age} = 'oui'\n" in out
    assert out.endswith("form.xlsx: 1 error\n")


def test_a_workbook_says_where_our_own_keys_stand(
    form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where one of them is the remedy: XLSForm has no column for it."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = Path("form.xlsx")
    with xlsxwriter.Workbook(str(path)) as book:
        survey, settings = book.add_worksheet("survey"), book.add_worksheet("settings")
        survey.write_row(0, 0, ["type", "name", "label"])
        survey.write_row(1, 0, ["text", "who", "What is your first name?"])
        settings.write_row(0, 0, ["form_id", "form_title", "version"])
        settings.write_row(1, 0, ["test", "Test", "1"])
    _status, out = run(capsys, str(path))
    assert (
        "form.xlsx: 1 error\nin a workbook our keys are columns, such as bind::souspli:keep" in out
    )
