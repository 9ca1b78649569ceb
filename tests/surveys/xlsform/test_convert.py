"""`souspli convert IN OUT`: what is written, what is said, and when nothing is."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from surveys.check import check, errors
from surveys.problems import Refusal, Usage
from surveys.verbs import convert

Book = Callable[[str], bytes]

GOOD = """
| survey   | type          | name | label |
|          | select_one yn | a    | A     |
| choices  | list_name | name | label   |
|          | yn        | 1    | Yes     |
|          | yn        | -99  | Refused |
| settings | form_id | form_title | version |
|          | f       | F          | 1       |
"""
YAML = """\
souspli: 1
form: {id: f, version: "1", title: F}
survey:
  - {type: note, name: a, label: A}
"""


def run(*words: str | Path) -> int:
    """Run the verb with these words after it."""
    parser = argparse.ArgumentParser()
    convert.describe(parser)
    return convert.run(parser.parse_args([str(word) for word in words]))


def test_a_workbook_becomes_yaml_that_check_takes(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing is lost, that is said too."""
    source, target = tmp_path / "f.xlsx", tmp_path / "f.yaml"
    source.write_bytes(book(GOOD))
    assert run(source, target) == 0
    assert capsys.readouterr().out == f"{target}: written, nothing is lost\n"
    assert not errors(check(target.read_text("utf-8"), "f.yaml"))


def test_missing_codes_become_statuses_on_request(book: Book, tmp_path: Path) -> None:
    """`--missing` marks them; without it they stay answers."""
    source, target = tmp_path / "f.xlsx", tmp_path / "f.yaml"
    source.write_bytes(book(GOOD))
    assert run(source, target, "--missing") == 0
    assert "{name: -99, label: Refused, nonresponse: refused}" in target.read_text("utf-8")
    assert run(source, target, "--force") == 0
    assert "nonresponse" not in target.read_text("utf-8")


def test_yaml_becomes_a_workbook_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shipped questionnaire of sites goes out and comes back with nothing lost."""
    assert run("assore/site", tmp_path / "site.xlsx") == 0
    assert "warning[loss]" in capsys.readouterr().out
    assert run(tmp_path / "site.xlsx", tmp_path / "site.yaml") == 0
    assert capsys.readouterr().out.endswith("site.yaml: written, nothing is lost\n")


@pytest.mark.parametrize(
    ("name", "begins"), [("f.csv", b"Variable / Field Name"), ("f.xml", b"<?xml")]
)
def test_other_formats_are_written_from_yaml_and_from_a_workbook(
    book: Book, tmp_path: Path, name: str, begins: bytes
) -> None:
    """A REDCap data dictionary and a DDI codebook, of which the ending of OUT tells."""
    assert run("assore/site", tmp_path / name) == 0
    assert (tmp_path / name).read_bytes().lstrip(b"\xef\xbb\xbf").startswith(begins)
    (tmp_path / "in.xlsx").write_bytes(book(GOOD))
    assert run(tmp_path / "in.xlsx", tmp_path / name, "--force") == 0


def test_losses_are_printed_with_their_cells(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list stands above the line that counts it."""
    source = tmp_path / "f.xlsx"
    form = GOOD.replace("| choices ", "| | image | im | I |\n| | deviceid | d | |\n| choices ", 1)
    source.write_bytes(book(form))
    assert run(source, tmp_path / "f.yaml") == 0
    printed = capsys.readouterr().out
    assert "f.xlsx:survey!A3: warning[loss]: im: “image” cannot be asked" in printed
    assert "f.xlsx:survey!A4: warning[loss]: d: “deviceid” identifies" in printed
    assert printed.endswith("f.yaml: written, 2 losses\n")


def test_nothing_is_written_where_the_form_has_errors(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every error is shown at its cell, and the status is 1."""
    source, target = tmp_path / "f.xlsx", tmp_path / "f.yaml"
    source.write_bytes(book(GOOD.replace("select_one yn", "rank yn").replace("| A ", "| A ${b}")))
    assert run(source, target) == 1
    printed = capsys.readouterr().out
    assert "f.xlsx:survey!A2: error[type]" in printed
    assert "f.xlsx:survey!C2: error[reference]" in printed
    assert printed.endswith("f.yaml: not written, 2 errors\n")
    assert not target.exists()


def test_what_may_be_accepted_with_a_reason_is_written(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason can only be given in the questionnaire: it is written, and what is left is said."""
    source, target = tmp_path / "f.xlsx", tmp_path / "f.yaml"
    named = GOOD.replace("| choices ", "| | text | name | What is your name? |\n| choices ", 1)
    source.write_bytes(book(named))
    assert run(source, target) == 0
    assert f"1 error is left to settle in it: souspli check {target}" in capsys.readouterr().out
    assert errors(check(target.read_text("utf-8"), "f.yaml"))


def test_what_may_be_kept_of_a_calculation_is_said_in_the_questionnaire(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No form of other tools says it: it is written, and says there what is left to settle."""
    source, target = tmp_path / "f.xlsx", tmp_path / "f.yaml"
    source.write_bytes(
        book(
            "| survey | type | name | label | calculation |\n"
            "| | text | street | Street | |\n"
            "| | calculate | shown | | concat(${street}, '!') |\n"
            "| settings | form_id | form_title | version |\n| | f | F | 1 |\n"
        )
    )
    assert run(source, target) == 0
    assert "1 error is left to settle in it" in capsys.readouterr().out
    assert [one.check for one in errors(check(target.read_text("utf-8"), "f.yaml"))] == ["leak"]
    assert run(source, tmp_path / "f.csv") == 1


def test_a_file_that_exists_is_left_alone(book: Book, tmp_path: Path) -> None:
    """Only --force replaces it."""
    source, target = tmp_path / "f.xlsx", tmp_path / "f.yaml"
    source.write_bytes(book(GOOD))
    target.write_text("mine")
    with pytest.raises(Refusal, match="--force"):
        run(source, target)
    assert target.read_text() == "mine"


def test_a_table_the_form_looks_into_is_named(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The CSV beside the workbook must go where the questionnaire goes."""
    (tmp_path / "fees.csv").write_text("id,fee\n1,2\n")
    source = tmp_path / "f.xlsx"
    source.write_bytes(
        book(
            "| survey | type | name | calculation |\n"
            "| | calculate | a | pulldata('fees', 'fee', 'id', '1') |\n"
            "| settings | form_id | form_title | version |\n| | f | F | 1 |\n"
        )
    )
    assert run(source, tmp_path / "f.yaml") == 0
    assert "keep beside it: fees.csv" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["f.json", "f.yaml", "f"])
def test_an_end_nothing_is_converted_to_is_a_wrong_command_line(tmp_path: Path, name: str) -> None:
    """YAML from YAML is not a conversion either."""
    source = tmp_path / "in.yaml"
    source.write_text(YAML)
    with pytest.raises(Usage):
        run(source, tmp_path / name)


def test_missing_is_for_workbooks(tmp_path: Path) -> None:
    """In YAML the status is written on the choice."""
    source = tmp_path / "in.yaml"
    source.write_text(YAML)
    with pytest.raises(Usage):
        run(source, tmp_path / "f.xlsx", "--missing")


def test_a_workbook_that_is_none_is_one_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The problem stands at the file, with a remedy."""
    source = tmp_path / "f.xlsx"
    source.write_bytes(b"not a workbook")
    assert run(source, tmp_path / "f.yaml") == 1
    printed = capsys.readouterr().out
    assert "f.xlsx:1:1: error[syntax]: this is not a workbook" in printed
    assert not (tmp_path / "f.yaml").exists()
