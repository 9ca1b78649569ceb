"""What `souspli export` writes beside the data: run by R, it prints what `souspli estimate` prints."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import souspli
from export import custody
from export.study import Study
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
survey:
  - {type: integer, name: days, label: Days of use}
  - {type: integer, name: weight, label: Weight}
  - {type: select_one, choices: sex, name: sex, label: Sex}
  - {type: text, name: words, label: Words}
"""
WEIGHTS = """
souspli_weights: 1
steps:
  - poststratify: {column: sex, totals: {f: 95, m: 80}}
"""
TABLES = """
souspli_tables: 1
title: Everything
sections:
  - title: Days
    estimates:
      - prop(days > 2)
      - mean(weight)
      - median(days)
      - {estimate: total(days), by: sex}
      - {estimate: prop(weight > 57), by: stratum}
"""


@pytest.fixture
def stratified(new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, english: None) -> Study:
    """80 of 200 drawn from two strata; 60 answered, some of them not all, and two had moved away."""
    study = new_study(FORM)
    cases = [f"CASE-{n:04}" for n in range(80)]
    lines = [f"{case},{1 + n % 2},{80 + 40 * (n % 2)},40,,released" for n, case in enumerate(cases)]
    drew(study, "\n".join(["case,stratum,N_h,n_h,order,status", *lines, ""]))
    answer(study, cases, made_of, put)
    return study


@pytest.fixture
def clustered(new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, english: None) -> Study:
    """8 of 20 places drawn, then 10 of the 15 people in each; 60 answered."""
    study = new_study(FORM)
    cases = [f"CASE-{n:04}" for n in range(80)]
    heading = "case,stratum,N_h,n_h,order,status,cluster,N_i,n_i"
    lines = [f"{case},1,20,8,,released,{1 + n % 8},15,10" for n, case in enumerate(cases)]
    drew(study, "\n".join([heading, *lines, ""]), "two_stages")
    answer(study, cases, made_of, put)
    return study


def answer(study: Study, cases: list[str], made_of: MadeOf, put: Put) -> None:
    for n, case in enumerate(cases[:60]):
        answers = {"weight": str(50 + n % 17), "sex": "fm"[n // 2 % 2], "words": "kept"}
        if n % 9:
            answers["days"] = str(n * 7 % 8)
        put(study, study.collected, made_of(study, case, answers=answers))
    for case in cases[-2:]:
        gone = made_of(study, case, kind="outcome", status="", outcome="4.5")
        put(study, study.collected, gone)


@pytest.fixture
def exported(tmp_path: Path, typed: Typed) -> Callable[..., Path]:
    """A function that exports a study, opens what it wrote, and returns the folder."""

    def run(study: Study, *words: str) -> Path:
        analyst = custody.new_key(tmp_path / "analyst.key", PASSPHRASE.encode(), 1)
        out, into = tmp_path / "out.age", tmp_path / "data"
        arguments = ["--study", str(study.folder), "--to", analyst]
        command = ["export", *arguments, "--out", str(out), *words, *typed(PASSPHRASE)]
        assert souspli.main(command) == 0
        key = ["--identity", str(tmp_path / "analyst.key"), *typed(PASSPHRASE)]
        assert souspli.main(["open", str(out), "--into", str(into), *key]) == 0
        return into

    return run


@pytest.fixture
def run_r(require: Callable[[str, bool, str], None]) -> Callable[[Path], list[list[str]]]:
    """A function that runs a script and returns the cells of the block at its end."""
    rscript = shutil.which("Rscript")
    require("R's survey package", rscript is not None, "apt-get install r-base-core r-cran-survey")

    def run(script: Path) -> list[list[str]]:
        done = subprocess.run(
            [str(rscript), "--vanilla", str(script)], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        _shown, _heading, block = done.stdout.decode().partition("--- the same figures in full")
        return [line.split("\t") for line in block.splitlines()[1:]]

    return run


def estimated(study: Study, typed: Typed, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    command = ["estimate", "--json", "--study", str(study.folder), *typed(PASSPHRASE)]
    assert souspli.main(command) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def numbers(row: dict[str, Any]) -> dict[str, float]:
    """Return the figures of a row of `estimate --json` under the names that the script prints."""
    figures = row["figures"]
    found = {name: figures[name] for name in ("estimate", "standard_error", "df", "design_effect")}
    found |= {"respondents": row["respondents"], "missing": row["missing"]}
    ends = figures["interval"] or {}
    found |= {name: ends.get(name) for name in ("low", "high")}
    if figures["people"]:
        found["people"] = figures["people"]["number"]
        found |= {f"people_{end}": figures["people"]["interval"][end] for end in ("low", "high")}
    return {name: float(value) for name, value in found.items() if value is not None}


@pytest.mark.parametrize("drawn", ["stratified", "clustered"])
def test_the_script_prints_what_estimate_prints(
    drawn: str,
    request: pytest.FixtureRequest,
    exported: Callable[..., Path],
    run_r: Callable[[Path], list[list[str]]],
    typed: Typed,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The study's tables.yaml: everyone and groups, weights that meet totals, answers missing, people moved away."""
    study: Study = request.getfixturevalue(drawn)
    (study.folder / "weights.yaml").write_text(WEIGHTS, "utf-8")
    (study.folder / "tables.yaml").write_text(TABLES, "utf-8")
    rows = run_r(exported(study) / "analysis.R")
    there: dict[tuple[str, str, str], dict[str, float]] = {}
    for expression, by, domain, _part, figure, value in rows:
        there.setdefault((expression, by, domain), {})[figure] = float(value)
    shown = [row for row in estimated(study, typed, capsys)["estimates"] if row["figures"]]
    assert len(shown) == len(there) == (7 if drawn == "stratified" else 6)
    of_strata = sorted(
        (found for key, found in there.items() if key[1] == "stratum"),
        key=lambda found: found["estimate"],
    )
    for row in sorted(shown, key=lambda row: float(row["figures"]["estimate"])):
        if row["by"] == "stratum":  # whose numbers are others in every export
            found = of_strata.pop(0)
        else:
            found = there[row["expression"], row["by"], row["domain"]]
        assert found == pytest.approx(numbers(row), rel=1e-9)


def test_the_files_lie_beside_the_data(stratified: Study, exported: Callable[..., Path]) -> None:
    """The design has a row for each respondent and each who moved away; the README says how to go on."""
    folder = exported(stratified, "--estimate", "prop(days > 2)")
    assert {path.name for path in folder.iterdir()} == {
        "README.md",
        "data.csv",
        "data.parquet",
        "codebook.md",
        "codebook.html",
        "design.csv",
        "analysis.R",
        "analysis.do",
    }
    design = pl.read_csv(folder / "design.csv")
    assert design["eligible"].to_list() == [1] * 60 + [0] * 2
    assert design["number"].to_list() == [*range(1, 61), None, None]
    data = pl.read_csv(folder / "data.csv")
    assert data["weight_"].to_list() == pytest.approx(design["weight"].to_list()[:60])
    assert "Rscript analysis.R" in (folder / "README.md").read_text("utf-8")
    stata = (folder / "analysis.do").read_text("utf-8")
    assert "souspli_estimate, kind(prop)" in stata
    assert "CASE-" not in stata + (folder / "analysis.R").read_text("utf-8")


def test_with_nothing_to_compute_the_script_holds_the_design_and_an_example(
    stratified: Study,
    exported: Callable[..., Path],
    run_r: Callable[[Path], list[list[str]]],
) -> None:
    """It runs, prints nothing, and its example runs as well."""
    script = exported(stratified) / "analysis.R"
    assert run_r(script) == []
    text = script.read_text("utf-8")
    script.write_text(text.replace("# estimate(", "estimate("), "utf-8")
    assert "estimate" in {row[4] for row in run_r(script)}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--estimate", "prop(days"], 1, "prop(days"),
        (["--estimate", "prop(nothing = 1)"], 1, "nothing"),
        (["--estimate", "mean(days)", "--sample", "50%"], 2, "a part of the respondents"),
        (["--estimate", "mean(days)", "--plan", "tables.yaml"], 2, "not both"),
        (["--estimate", "prop(words = 'kept')"], 1, "--texts"),
    ],
)
def test_what_the_scripts_could_not_compute_is_refused(
    words: list[str],
    status: int,
    said: str,
    stratified: Study,
    typed: Typed,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What cannot be read or is left out of the data, and figures of a part: no dataset is written."""
    out = tmp_path / "out.age"
    command = ["export", "--study", str(stratified.folder), "--passphrase", "--out", str(out)]
    assert souspli.main([*command, *words, *typed(PASSPHRASE, PASSPHRASE)]) == status
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_part_of_the_respondents_has_no_scripts(
    stratified: Study, exported: Callable[..., Path]
) -> None:
    """Its figures would not be the study's."""
    folder = exported(stratified, "--sample", "50%")
    assert not list(folder.glob("analysis.*"))
    assert not (folder / "design.csv").exists()
    assert "analysis" not in (folder / "README.md").read_text("utf-8")
