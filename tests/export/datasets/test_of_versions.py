"""A questionnaire changed in the middle of a study: from the command that changes it to every figure after."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

import souspli
from export import custody
from export.study import Study, read_study
from interviewer.record import Record

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]
Drew = Callable[..., None]
Typed = Callable[..., list[str]]

PASSPHRASE = "correct horse battery"
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Days, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}]
  often: [{name: a, label: Daily}, {name: b, label: Weekly}, {name: c, label: Never}]
survey:
  - {type: integer, name: days, label: Days of use}
  - {type: select_one, choices: sex, name: sex, label: Sex, identifying: quasi}
  - {type: integer, name: age, label: Age, keep: {bands: [18, 40]}, identifying: quasi}
  - {type: select_one, choices: often, name: one, label: Tea}
  - {type: text, name: words, label: Words}
  - {type: text, name: card, label: Card, keep: link}
  - type: repeat
    name: stay
    label: Stay
    questions:
      - {type: integer, name: nights, label: Nights}
"""
LATER = (
    FORM.replace('version: "1"', 'version: "2"')
    .replace("{type: integer, name: days", "{type: decimal, name: days")
    .replace("label: Man}", "label: Man}, {name: x, label: Another}")
    .replace("bands: [18, 40]", "bands: [18, 30]")
    .replace("label: Tea", "label: Tea or coffee")
    .replace("{type: text, name: words, label: Words}", "{type: integer, name: mood, label: Mood}")
)
CASES = [f"CASE-{n:04}" for n in range(60)]


def first(n: int) -> dict[str, str]:
    """Return what the n-th person said to the first version."""
    said = {"days": str(n % 8), "sex": "fm"[n % 2], "age": ("-", "18", "40")[n % 3]}
    return said | {"one": "abc"[n % 3], "words": f"été {n}", "nights[1]": str(n)}


def second(n: int) -> dict[str, str]:
    """Return what the n-th person said to the second version."""
    said = {"days": f"{n % 8}.5", "sex": "fmx"[n % 3], "age": ("-", "18", "30")[n % 3]}
    return said | {"one": "abc"[n % 3], "mood": str(n % 5), "nights[1]": str(n), "nights[2]": "1"}


@pytest.fixture
def change(tmp_path: Path, typed: Typed) -> Callable[..., Study]:
    """A function that puts a version into use by the command, and returns the study as it is then."""

    def run(study: Study, text: str) -> Study:
        path = tmp_path / "later.yaml"
        path.write_text(text, "utf-8")
        where = ["--study", str(study.folder), *typed(PASSPHRASE)]
        assert souspli.main(["study", "change-questionnaire", str(path), *where]) == 0
        return read_study(study.folder)

    return run


@pytest.fixture
def study(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    change: Callable[..., Study],
    english: None,
) -> Study:
    """60 of 120 drawn: 24 answered the first version, 24 the second."""
    found = new_study(FORM)
    lines = [f"{case},1,120,60,,released" for case in CASES]
    drew(found, "\n".join(["case,stratum,N_h,n_h,order,status", *lines, ""]))
    for n in range(24):
        put(found, found.collected, made_of(found, CASES[n], answers=first(n)))
    found = change(found, LATER)
    for n in range(24, 48):
        put(found, found.collected, made_of(found, CASES[n], answers=second(n)))
    return found


@pytest.fixture
def run(study: Study, typed: Typed, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """A function that runs a command on the study, which must succeed, and returns what it prints."""

    def go(verb: str, *words: str) -> str:
        capsys.readouterr()
        command = [verb, *words, "--study", str(study.folder), *typed(PASSPHRASE, PASSPHRASE)]
        status = souspli.main(command)
        told = capsys.readouterr()
        assert status == 0, told.err
        return told.out

    return go


Run = Callable[..., str]


@pytest.fixture
def dataset(run: Run, tmp_path: Path, typed: Typed) -> Callable[..., Path]:
    """A function that exports with some options, and opens what was written."""

    def made(*words: str) -> Path:
        analyst = custody.new_key(tmp_path / "analyst.key", PASSPHRASE.encode(), 1)
        out, into = tmp_path / "out.age", tmp_path / "data"
        run("export", "--to", analyst, "--out", str(out), *words)
        key = ["--identity", str(tmp_path / "analyst.key"), *typed(PASSPHRASE)]
        assert souspli.main(["open", str(out), "--into", str(into), *key]) == 0
        return into

    return made


def test_what_parted_has_two_columns_and_what_did_not_has_one(
    dataset: Callable[..., Path],
) -> None:
    """Every answer stands in the column of its version, and nothing in the other."""
    data = pl.read_csv(
        dataset("--texts") / "data.csv", schema_overrides={"age": pl.String, "age__2": pl.String}
    )
    assert {"days", "days__2", "age", "age__2", "sex", "one", "words", "mood"} <= {*data.columns}
    assert "sex__2" not in data.columns
    old, new = data.filter(pl.col("days").is_null()), data.filter(pl.col("days").is_not_null())
    assert (old.height, new.height) == (24, 24)
    assert sorted(old["days__2"]) == sorted(n % 8 for n in range(24))
    assert sorted(new["days"]) == sorted(n % 8 + 0.5 for n in range(24, 48))
    assert (
        new["days__2"].null_count() == old["mood"].null_count() == new["words"].null_count() == 24
    )
    assert {*old["age__2"]} == {"-", "18", "40"}
    assert {*new["age"]} == {"-", "18", "30"}
    assert {*old["days__status"]} == {*new["days__2__status"]} == {"not_asked"}
    assert {*data["sex"]} == {"f", "m", "x"}


def test_readme_codebook_and_ddi_say_what_changed_and_name_the_versions(
    dataset: Callable[..., Path],
) -> None:
    """In the words of the questionnaire; which column is of which version."""
    folder = dataset("--format", "csv", "--format", "ddi", "--format", "sav")
    readme, book, page, ddi = (
        (folder / name).read_text("utf-8")
        for name in ("README.md", "codebook.md", "codebook.html", "ddi.xml")
    )
    for text in (readme, book, page):
        assert "version" in text
        assert "is asked in other words" in text
        assert "takes another kind of answer" in text
        assert "has more answers" in text
        assert "days__2" in text
    assert "versions 1, 2" in readme
    root = ElementTree.fromstring(ddi)
    space = {"d": root.tag.partition("}")[0].removeprefix("{")}
    names = {one.get("name") for one in root.iterfind(".//d:var", space)}
    assert {"days", "days__2", "age", "age__2"} <= names
    assert "days, from version 1 to 2: takes another kind of answer" in ddi


def estimated(run: Run, *words: str) -> list[dict[str, Any]]:
    told: dict[str, Any] = json.loads(run("estimate", *words, "--json"))
    return list(told["estimates"])


def test_a_figure_of_either_column_is_of_those_who_were_asked(run: Run) -> None:
    """The mean of each version's answers; the others count as missing."""
    (new,) = estimated(run, "mean(days)")
    (old,) = estimated(run, "mean(days__2)")
    assert new["figures"]["estimate"] == pytest.approx(sum(n % 8 + 0.5 for n in range(24, 48)) / 24)
    assert old["figures"]["estimate"] == pytest.approx(sum(n % 8 for n in range(24)) / 24)
    assert (new["respondents"], new["missing"]) == (old["respondents"], old["missing"]) == (24, 24)
    (both,) = estimated(run, "prop(sex = 'f')")
    assert both["respondents"] == 48


def test_a_condition_may_read_a_column_of_before(dataset: Callable[..., Path]) -> None:
    """Of `--where`, and of what the scripts compute."""
    data = pl.read_csv(dataset("--where", "days__2 > 3") / "data.csv")
    assert sorted(data["days__2"]) == [
        n % 8 for n in sorted(range(24), key=lambda n: n % 8) if n % 8 > 3
    ]


WEIGHTS = """
souspli_weights: 1
steps:
  - poststratify: {{column: {column}, totals: {totals}}}
"""


def test_weights_by_what_both_versions_asked_meet_their_totals(study: Study, run: Run) -> None:
    """Whichever version a person answered."""
    told = WEIGHTS.format(column="sex", totals="{f: 60, m: 40, x: 20}")
    (study.folder / "weights.yaml").write_text(told, "utf-8")
    (row,) = estimated(run, "prop(sex = 'f')")
    assert row["figures"]["estimate"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("column", "totals"),
    [("age", "{'-': 40, '18': 40, '30': 40}"), ("age__2", "{'-': 40, '18': 40, '40': 40}")],
)
def test_weights_by_a_column_that_parted_need_a_word_for_the_others(
    column: str,
    totals: str,
    study: Study,
    dataset: Callable[..., Path],
    typed: Typed,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who answered the other version is in none of its cells: refused, or counted in the one that is named."""
    told = WEIGHTS.format(column=column, totals=totals)
    path = study.folder / "weights.yaml"
    path.write_text(told, "utf-8")
    capsys.readouterr()
    command = ["estimate", "mean(mood)", "--study", str(study.folder), *typed(PASSPHRASE)]
    assert souspli.main(command) == 1
    assert f"{column}: somebody has no value" in capsys.readouterr().err
    path.write_text(told.replace("}}", "}, missing: '18'}"), "utf-8")
    data = pl.read_csv(dataset() / "data.csv", schema_overrides={column: pl.String})
    inside = data.with_columns(pl.col(column).fill_null("18")).group_by(column)
    sums = dict(inside.agg(pl.col("weight").sum()).iter_rows())
    assert sums == {cell: pytest.approx(40) for cell in sums}
    assert len(sums) == 3


def test_an_audit_is_of_both_versions(run: Run) -> None:
    """Every answer counts as what it was asked as: of items that parted, of one that is gone, of a new one."""
    told = json.loads(run("audit", "--json"))
    assert told["instrument"] == "plain"
    (one,) = told["habits"]
    asked = 24 * 6 + 24 * 7
    assert (one["interviews"], one["items"]) == (48, asked)
    assert one["numbers"] == sum(n >= 10 for n in range(48))


def test_papers_say_what_either_version_collects(study: Study, tmp_path: Path) -> None:
    """What was asked before is held too; each version is named with its hash."""
    out = ["--out", str(tmp_path / "papers"), "--language", "en"]
    assert souspli.main(["papers", "--study", str(study.folder), *out]) == 0
    pages = [path.read_text("utf-8") for path in sorted((tmp_path / "papers").rglob("*.html"))]
    told = "".join(pages)
    assert all(word in told for word in ("Words", "Mood", "version 1, 2", "plain 1", "plain 2"))
