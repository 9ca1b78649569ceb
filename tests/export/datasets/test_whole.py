"""The whole way: `souspli export` to every format at once, `souspli open`, and what other programs then read.

What is expected is made here from the answers themselves, in plain Python: each reader has to say the
same of each person, known by the column `ref`.
"""

from __future__ import annotations

import csv
import html
import io
import random
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyreadstat
import pytest
from python_calamine import CalamineWorkbook

import souspli
from export import custody, ledger
from export.datasets.formats import FORMATS
from export.study import Study
from interviewer.record import Record
from tests.on_terminal import typed_into

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]
Drew = Callable[..., None]
Typed = Callable[..., list[str]]
Require = Callable[[str, bool, str], None]
Said = dict[str, str]
Cell = tuple[str, str]  # what is said, and else why nothing is: one of them is ''
Table = dict[tuple[int, ...], dict[str, Cell]]  # by ref and instances, then by column

PASSPHRASE = "correct horse battery"
FORM = """
souspli: 1
form:
  id: assore
  version: "1"
  title: {fr: "Les usagers logés : 1re enquête"}
  languages: {fr: Français (fr)}
  default_language: fr
choices:
  sex: [{name: f, label: {fr: Femme}}, {name: m, label: {fr: "Homme, « né »"}}, {name: x, label: {fr: "Autre ; 50 $"}}]
  grade: [{name: "3", label: {fr: Bien}}, {name: "-1", label: {fr: Mal}}]
  drugs: [{name: crack, label: {fr: Crack}}, {name: heroin, label: {fr: "Héroïne"}}, {name: none, label: {fr: Aucun}, exclusive: true}]
survey:
  - {type: integer, name: ref, label: {fr: Numéro}}
  - {type: integer, name: days, label: {fr: "Jours d’usage"}, nonresponse: [refused, dont_know, not_applicable]}
  - {type: decimal, name: spent, label: {fr: "Dépensé (€)"}, nonresponse: [refused]}
  - {type: select_one, choices: sex, name: sex, label: {fr: Sexe}, nonresponse: [refused, dont_know], identifying: quasi}
  - {type: select_one, choices: grade, name: grade, label: {fr: Note}, nonresponse: [refused]}
  - {type: select_multiple, choices: drugs, name: drugs, label: {fr: Produits}, nonresponse: [refused]}
  - {type: integer, name: age, label: {fr: Âge}, keep: {bands: [18, 25, 40]}, identifying: quasi}
  - {type: date, name: seen, label: {fr: Vu le}, keep: {date: month}}
  - {type: date, name: born, label: {fr: Né en}, keep: {date: year}}
  - {type: text, name: said, label: {fr: "Ce qu’on en dit"}, nonresponse: [refused]}
  - {type: calculate, name: twice, calculation: "${days} * 2"}
  - {type: calculate, name: code, calculation: "concat('00', ${ref})"}
  - type: repeat
    name: stay
    label: {fr: Séjour}
    questions:
      - {type: integer, name: nights, label: {fr: Nuits}, nonresponse: [refused]}
      - {type: select_one, choices: sex, name: who, label: {fr: Avec qui}, nonresponse: [dont_know]}
"""
SEX = {"f": "Femme", "m": "Homme, « né »", "x": "Autre ; 50 $"}
LABELS: Mapping[str, Mapping[str, str]] = {
    "sex": SEX,
    "who": SEX,
    "grade": {"3": "Bien", "-1": "Mal"},
    "age": {"-": "under 18", "18": "18 to under 25", "25": "25 to under 40", "40": "40 or more"},
}
DRUGS = ("crack", "heroin", "none")
WHY = {
    "the person refused to answer": "refused",
    "the person did not know": "dont_know",
    "does not apply to the person": "not_applicable",
    "an optional question left blank": "no_answer",
    "the interview ended before the question": "broke_off",
    "the questionnaire did not lead to the question": "not_asked",
}
VALUES: Mapping[str, Sequence[str]] = {
    "days": ["0", "7", "30", "-91", "12345678901"],
    "spent": ["0", "12.5", "0.1", "-3"],
    "sex": ["f", "m", "x"],
    "grade": ["3", "-1"],
    "drugs": ["crack", "crack heroin", "heroin", "none"],
    "age": ["-", "18", "25", "40"],
    "seen": ["2022-04", "1999-12"],
    "born": ["1980", "2001"],
    "said": ['déjà vu, « ici » ; "là"', "=1+1", "refused", "NA", "🙂 −5 %", " a  b", "'x"],
}
REASONS: Mapping[str, Sequence[str]] = {
    "days": ["refused", "dont_know", "not_applicable"],
    "spent": ["refused"],
    "sex": ["refused", "dont_know"],
    "grade": ["refused"],
    "drugs": ["refused"],
    "said": ["refused"],
    "nights": ["refused"],
    "who": ["dont_know"],
}
COMPUTED = {"twice", "code"}


def answered(ref: int, chance: random.Random) -> tuple[Said, Said]:
    """Return the answers and statuses of one person; what is in neither was not asked."""
    answers, statuses = {"ref": str(ref), "code": f"00{ref}"}, {}
    for name, values in VALUES.items():
        if chance.random() < 0.6:
            answers[name] = chance.choice(values)
        elif chance.random() < 0.8:
            statuses[name] = chance.choice([*REASONS.get(name, ()), "no_answer", "broke_off"])
    if "days" in answers:
        answers["twice"] = str(2 * int(answers["days"]))
    for stay in range(1, chance.randrange(4)):
        answers[f"nights[{stay}]"] = str(stay + ref)
        if stay == 2:
            statuses[f"who[{stay}]"] = "dont_know"
        else:
            answers[f"who[{stay}]"] = chance.choice("fmx")
    return answers, statuses


@pytest.fixture
def people() -> dict[int, tuple[Said, Said]]:
    """What sixty people said."""
    chance = random.Random(11)
    return {ref: answered(ref, chance) for ref in range(1, 61)}


@pytest.fixture
def study(
    people: Mapping[int, tuple[Said, Said]],
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    english: None,
) -> Study:
    """80 of 200 drawn from two strata, of whom sixty answered, and two were not eligible."""
    found = new_study(FORM)
    cases = [f"CASE-{n:04}" for n in range(80)]
    lines = [f"{case},{1 + n % 2},{80 + 40 * (n % 2)},40,,released" for n, case in enumerate(cases)]
    drew(found, "\n".join(["case,stratum,N_h,n_h,order,status", *lines, ""]))
    for case, (answers, statuses) in zip(cases, people.values(), strict=False):
        one = made_of(found, case, answers=answers, statuses=statuses)
        put(found, found.collected, one)
    for case in cases[-2:]:
        gone = made_of(found, case, kind="outcome", status="", outcome="4.5")
        put(found, found.collected, gone)
    return found


def expected(people: Mapping[int, tuple[Said, Said]]) -> tuple[Table, Table]:
    """Return the main table and that of the repeat, from the answers alone."""
    main: Table = {}
    stays: Table = {}
    for ref, (answers, statuses) in people.items():
        row: dict[str, Cell] = {}
        for name in ("ref", *VALUES, *COMPUTED):
            why = "" if name in answers or name in COMPUTED else statuses.get(name, "not_asked")
            row[name] = (answers.get(name, ""), why)
        for drug in DRUGS:
            chosen = answers.get("drugs")
            is_it = "" if chosen is None else str(int(drug in chosen.split()))
            row[f"drugs__{drug}"] = (is_it, "" if is_it else row["drugs"][1])
        main[ref,] = row
        for stay in range(1, 4):
            if f"nights[{stay}]" not in answers:
                continue
            of = {name: f"{name}[{stay}]" for name in ("nights", "who")}
            stays[ref, stay] = {
                name: (answers.get(key, ""), "" if key in answers else statuses[key])
                for name, key in of.items()
            }
    return main, stays


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    """Two analysts' recipients, the second one in a file."""
    first = custody.new_key(tmp_path / "first.key", PASSPHRASE.encode(), 1)
    second = custody.new_key(tmp_path / "second.key", PASSPHRASE.encode(), 1)
    (tmp_path / "second.pub").write_text(second + "\n", "utf-8")
    return {"first": first, "second": str(tmp_path / "second.pub")}


Export = Callable[..., int]
Opened = Callable[..., Path]


@pytest.fixture
def export(study: Study, keys: Mapping[str, str], tmp_path: Path, typed: Typed) -> Export:
    """A function that runs the command with these words, to both analysts, and returns its status."""

    def run(*words: str, out: str = "out.age") -> int:
        to = ["--to", keys["first"], "--to", keys["second"]]
        command = ["export", "--study", str(study.folder), "--out", str(tmp_path / out)]
        return souspli.main([*command, *to, *words, *typed(PASSPHRASE)])

    return run


@pytest.fixture
def opened(tmp_path: Path, typed: Typed) -> Opened:
    """A function that opens what was exported with one of the keys, and returns the folder."""

    def run(who: str = "first", out: str = "out.age") -> Path:
        into = tmp_path / f"{who}-{out}-data"
        key = ["--identity", str(tmp_path / f"{who}.key"), *typed(PASSPHRASE)]
        assert souspli.main(["open", str(tmp_path / out), "--into", str(into), *key]) == 0
        return into

    return run


# --- what a reader says -------------------------------------------------------------------------

Frame = list[dict[str, str]]  # a row each, as text, '' where there is nothing


def plain(value: object) -> str:
    """Return a value as the records say it: whole numbers without a point."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def through_polars(path: Path) -> Frame:
    is_parquet = path.suffix == ".parquet"
    frame = pl.read_parquet(path) if is_parquet else pl.read_csv(path, infer_schema=False)
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dicts()]


def through_duckdb(path: Path) -> Frame:
    is_parquet = path.suffix == ".parquet"
    found = (
        duckdb.read_parquet(str(path))
        if is_parquet
        else duckdb.read_csv(str(path), header=True, all_varchar=True)
    )
    return [dict(zip(found.columns, map(plain, row), strict=True)) for row in found.fetchall()]


def through_pandas(path: Path) -> Frame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return [{str(k): str(v) for k, v in row.items()} for row in frame.to_dict("records")]


def through_calamine(path: Path) -> Frame:
    book = CalamineWorkbook.from_path(path.with_name("data.xlsx"))
    heading, *rows = book.get_sheet_by_name(path.stem).to_python(skip_empty_area=False)
    return [dict(zip(map(str, heading), map(plain, row), strict=True)) for row in rows]


def through_pyreadstat(path: Path) -> Frame:
    """Return the labels of what has one, also of a reason why there is no value; else the value."""
    read = pyreadstat.read_dta if path.suffix == ".dta" else pyreadstat.read_sav
    frame, meta = read(str(path), user_missing=True, output_format="polars")
    labels: Mapping[str, Mapping[Any, str]] = meta.variable_value_labels
    return [
        {name: labels.get(name, {}).get(value) or plain(value) for name, value in row.items()}
        for row in frame.to_dicts()
    ]


def through_haven(path: Path) -> Frame:
    """Return the same, by the package haven of R."""
    read = "read_dta(f)" if path.suffix == ".dta" else "read_sav(f, user_na = TRUE)"
    return through_r(
        f"""library(haven); f <- "{path}"; d <- {read}
        said <- function(x) if (is.labelled(x)) as.character(as_factor(x)) else x"""
    )


def through_import_script(path: Path) -> Frame:
    """Return what import.R makes of the CSV: labels; why there is none, in a column beside."""
    frame = path.stem.replace("-", "_")
    return through_r(
        f"""source("{path.with_name("import.R")}"); d <- {frame}
        said <- function(x) if (is.factor(x)) as.character(x) else x"""
    )


def through_r(lines: str) -> Frame:
    """Return what `said` makes of each column of the data frame `d`, which these lines of R make.

    Texts come out of R as the digits of their bytes: no quotation, no encoding on the way.
    """
    script = f"""{lines}
    for (name in names(d)) {{
      x <- said(d[[name]])
      if (is.numeric(x)) x <- ifelse(is.na(x), NA, format(x, digits = 15, trim = TRUE))
      x <- enc2utf8(ifelse(is.na(x), "", as.character(x)))
      bytes <- vapply(x, function(one) paste(charToRaw(one), collapse = ""), "")
      cat(name, paste0("x", bytes), "\n")
    }}"""
    done = subprocess.run(
        [str(shutil.which("Rscript")), "--vanilla", "-e", script],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    words = [line.split(" ") for line in done.stdout.decode().splitlines()]
    columns = {
        name: [bytes.fromhex(one[1:]).decode() for one in cells if one] for name, *cells in words
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


# --- the same table -----------------------------------------------------------------------------

NUMBERS = {"ref", "days", "spent", "twice", "nights"}


def rows_of(
    read: Callable[[Path], Frame], main: Path, table: Path
) -> dict[tuple[int, ...], dict[str, str]]:
    """Return the rows of a table by the `ref` of their person, and the instance."""
    refs = {row["number"]: row["ref"] for row in read(main)}
    rows = [{**row, "ref": refs[row["number"]]} for row in read(table)]
    keys = ("ref", "stay") if "stay" in rows[0] else ("ref",)
    found = {tuple(int(row[key]) for key in keys): row for row in rows}
    assert len(found) == len(rows)
    return found


def number(name: str, text: str) -> str:
    """Return a number as a record says it, however it is written; other texts as they are."""
    if name not in NUMBERS or not text or text in WHY or text in WHY.values():
        return text
    return plain(float(text))


def assert_same(found: dict[tuple[int, ...], dict[str, str]], wanted: Table, told: str) -> None:
    """Everybody is there once, and is said to have said what they did.

    `told` is 'codes', as in a table of texts, whose statuses are columns; 'labels', where what has a
    label is under it, statuses are beside; 'both', where a value and a reason stand in one column.
    """
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        for name, (value, why) in row.items():
            label = value if told == "codes" else LABELS.get(name, {}).get(value, value)
            got = number(name, found[key][name])
            box = name.startswith("drugs__")
            if told == "both" and box:
                label = {"0": "not chosen", "1": "chosen", "": ""}[value]
            if told == "both" and f"{name}__status" not in found[key]:
                assert got == (label or MEANINGS[why]), (key, name)
                continue
            assert got == label, (key, name)
            if not box and name not in COMPUTED:
                reason = found[key].get(f"{name}__status", "")
                meant = MEANINGS[why] if told == "labels" else why
                assert reason == meant, (key, name)


MEANINGS = {reason: meaning for meaning, reason in WHY.items()} | {"": ""}


# --- every format, the whole way ----------------------------------------------------------------


@pytest.fixture
def everything(export: Export, opened: Opened) -> Path:
    """The folder of one dataset in every format, people's own words included."""
    formats = [word for name in FORMATS for word in ("--format", name)]
    assert export(*formats, "--texts") == 0
    return opened()


def test_every_format_at_once_is_read_back_as_what_was_said(
    everything: Path,
    people: Mapping[int, tuple[Said, Said]],
    require: Require,
) -> None:
    """Polars, DuckDB, pandas, pyreadstat, a workbook's reader, R with haven, R with our script."""
    main, stays = expected(people)
    assert {why for row in main.values() for _value, why in row.values()} == {"", *WHY.values()}
    haven = subprocess.run(["Rscript", "-e", "library(haven)"], capture_output=True, check=False)
    require("R with haven", haven.returncode == 0, "install r-cran-haven")
    for read, kind, told in (
        (through_polars, "csv", "codes"),
        (through_polars, "parquet", "codes"),
        (through_duckdb, "csv", "codes"),
        (through_duckdb, "parquet", "codes"),
        (through_pandas, "csv", "codes"),
        (through_calamine, "xlsx", "codes"),
        (through_import_script, "csv", "labels"),
        (through_pyreadstat, "sav", "both"),
        (through_pyreadstat, "dta", "both"),
        (through_haven, "sav", "both"),
        (through_haven, "dta", "both"),
    ):
        first = everything / f"data.{kind}"
        for table, wanted in (("data", main), ("data-stay", stays)):
            found = rows_of(read, first, everything / f"{table}.{kind}")
            try:
                assert_same(found, wanted, told)
            except AssertionError as error:
                raise AssertionError(read.__name__, kind, table) from error


def test_redcap_ddi_and_the_codebooks_say_the_same(
    everything: Path, people: Mapping[int, tuple[Said, Said]]
) -> None:
    """REDCap's data by the codes of its dictionary; every column and label in DDI and in both codebooks."""
    main, stays = expected(people)
    fields = {
        row["Variable / Field Name"]: row
        for row in csv.DictReader(
            io.StringIO((everything / "redcap-dictionary.csv").read_text("utf-8"))
        )
    }
    codes = {
        name: {
            label.strip(): code.strip()
            for code, _comma, label in (
                one.partition(",")
                for one in row["Choices, Calculations, OR Slider Labels"].split("|")
            )
        }
        for name, row in fields.items()
    }
    rows = list(csv.DictReader(io.StringIO((everything / "redcap-data.csv").read_text("utf-8"))))
    people_of = {row["record_id"]: int(row["ref"]) for row in rows if row["ref"]}
    assert sorted(people_of.values()) == sorted(people)
    for row in rows:
        repeat = int(row["redcap_repeat_instance"] or 0)
        ref = people_of[row["record_id"]]
        said = stays[ref, repeat] if repeat else main[ref,]
        for name, (value, why) in said.items():
            if name in {"drugs", *COMPUTED} or name.startswith("drugs__"):
                continue
            label = LABELS.get(name, {}).get(value, "")
            wanted = codes[name][label] if label else value
            assert number(name, row[name]) == (wanted or why), (ref, name)
        for drug in DRUGS if not repeat else ():
            box, why = said[f"drugs__{drug}"]
            assert row[f"drugs___{drug}"] == box
            assert not why or row[f"drugs___{why}"] == "1"

    told = (everything / "ddi.xml").read_text("utf-8")
    root = ElementTree.fromstring(told)
    space = {"d": root.tag.partition("}")[0].removeprefix("{")}
    names = {one.get("name") for one in root.iterfind(".//d:var", space)}
    columns = {
        *through_polars(everything / "data.csv")[0],
        *through_polars(everything / "data-stay.csv")[0],
    }
    assert names == columns
    pages = [
        told,
        *((everything / f"codebook.{kind}").read_text("utf-8") for kind in ("md", "html")),
    ]
    for page in pages:
        plain_page = html.unescape(page)
        for labels in (LABELS["sex"], LABELS["grade"]):
            assert all(label in plain_page for label in labels.values())
        assert all(meaning in plain_page for meaning in WHY)


def test_each_recipient_opens_it_and_nobody_else(
    export: Export, opened: Opened, tmp_path: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key as text, a key in a file, the first again: three options, two readers, the same files."""
    assert export("--to", str(tmp_path / "second.pub")) == 0
    first, second = opened("first"), opened("second")
    assert {one.name: one.read_bytes() for one in first.iterdir()} == {
        one.name: one.read_bytes() for one in second.iterdir()
    }
    assert (tmp_path / "out.age").read_bytes().count(b"\n-> ") == 2
    custody.new_key(tmp_path / "third.key", PASSPHRASE.encode(), 1)
    key = ["--identity", str(tmp_path / "third.key"), *typed(PASSPHRASE)]
    capsys.readouterr()
    assert (
        souspli.main(["open", str(tmp_path / "out.age"), "--into", str(tmp_path / "no"), *key]) == 1
    )
    assert not (tmp_path / "no").exists()


# --- of whom ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ("sex = 'f'", lambda row: row["sex"][0] == "f"),
        (
            "days > 6 and selected(drugs, 'crack')",
            lambda row: number_of(row, "days") > 6 and row["drugs__crack"][0] == "1",
        ),
        ("code = '007'", lambda row: row["code"][0] == "007"),
        ("age = '-' or age = '18'", lambda row: row["age"][0] in {"-", "18"}),
    ],
)
def test_those_alone_for_whom_a_condition_is_true(
    condition: str,
    is_met: Callable[[dict[str, Cell]], bool],
    people: Mapping[int, tuple[Said, Said]],
    export: Export,
    opened: Opened,
) -> None:
    """Whoever did not answer does not meet it; they keep their weights, no scripts, and the README says of whom."""
    main, _stays = expected(people)
    wanted = {ref for (ref,), row in main.items() if is_met(row)}
    assert 0 < len(wanted) < len(main)
    assert export("--where", condition) == 0
    folder = opened()
    rows = through_polars(folder / "data.csv")
    assert {int(row["ref"]) for row in rows} == wanted
    inside = {number for number, row in ((row["number"], row) for row in rows)}
    assert {row["number"] for row in through_polars(folder / "data-stay.csv")} <= inside
    assert condition in (folder / "README.md").read_text("utf-8")
    assert not list(folder.glob("analysis.*"))


def number_of(row: dict[str, Cell], name: str) -> float:
    return float(row[name][0] or "nan")


def test_a_sample_of_those_who_meet_a_condition_stands_for_them(
    people: Mapping[int, tuple[Said, Said]], export: Export, opened: Opened
) -> None:
    """Their weights are raised to those of all who meet it; the same seed takes the same people."""
    assert export("--where", "sex = 'f'", out="all.age") == 0
    everybody = through_polars(opened(out="all.age") / "data.csv")
    some = []
    for out in ("one.age", "two.age"):
        assert export("--where", "sex = 'f'", "--sample", "50%", "--seed", "dice", out=out) == 0
        folder = opened(out=out)
        some.append(through_polars(folder / "data.csv"))
        told = (folder / "README.md").read_text("utf-8")
        assert "sex = 'f'" in told
        assert f"of {len(everybody)} respondents" in told
    one, two = ({row["ref"] for row in rows} for rows in some)
    assert one == two < {row["ref"] for row in everybody}
    assert len(one) == (len(everybody) + 1) // 2
    whole, part = (sum(float(row["weight"]) for row in rows) for rows in (everybody, some[0]))
    assert part == pytest.approx(whole, rel=0.1)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--where", "sex = 'f' and sex = 'm'"], 1, "--where leaves nobody"),
        (["--where", "sex = 'f'", "--sample", "1%"], 1, "--sample leaves nobody of"),
        (["--where", "concat(sex, 'f')"], 1, "has no meaning over a dataset"),
        (["--where", "sex"], 1, "--where takes a condition"),
        (["--where", "nothing = 1"], 1, "nothing"),
        (["--where", "sex ="], 1, "sex ="),
        (["--where", "nights > 1"], 1, "nights"),
        (["--where", "said = 'refused'"], 1, "said"),
        (["--where", "sex = 'q'"], 1, "q"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(
    words: list[str],
    status: int,
    said: str,
    export: Export,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In one sentence, and no dataset is there; nor are the answers told of whom it left."""
    assert export(*words) == status
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out.age").exists()


def test_a_condition_on_peoples_own_words_takes_texts(
    people: Mapping[int, tuple[Said, Said]], export: Export, opened: Opened
) -> None:
    """They are read where they are to leave as well."""
    wanted = {ref for ref, (answers, _s) in people.items() if answers.get("said") == "=1+1"}
    assert export("--where", "said = '=1+1'", "--texts") == 0
    rows = through_polars(opened() / "data.csv")
    assert {int(row["ref"]) for row in rows} == wanted != set()


# --- release ------------------------------------------------------------------------------------


def events(study: Study) -> list[tuple[str, str, int]]:
    """Return what the ledger says after its founding: it holds."""
    noted = ledger.verified(study.ledger, study.signer)
    assert noted.faults == ()
    return [(one.event, one.what, one.count) for one in noted.sound[1:] if one.event != "unseal"]


def releases(study: Study) -> list[str]:
    folder = study.folder / "releases"
    return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []


def test_a_release_in_which_somebody_is_alone_is_refused(
    study: Study, export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is noted as published, no file is left; what is proposed is shown."""
    assert export("--profile", "release") == 1
    told = capsys.readouterr().err
    assert "this release is refused" in told
    assert "--apply" in told
    assert events(study) == []
    assert releases(study) == []
    assert not (tmp_path / "out.age").exists()


def test_a_release_with_what_is_proposed_leaves(
    study: Study, export: Export, opened: Opened, people: Mapping[int, tuple[Said, Said]]
) -> None:
    """At least five are alike by what others know; weights are rounded, no script and no cluster; it is logged."""
    formats = [word for name in FORMATS for word in ("--format", name)]
    assert export("--profile", "release", "--apply", *formats) == 0
    folder = opened()
    rows = through_polars(folder / "data.csv")
    assert len(rows) == len(people)
    known = [name for name in ("stratum", "sex", "age") if name in rows[0]]
    alike = Counter(tuple(row[name] for name in known) for row in rows)
    shown = {key: n for key, n in alike.items() if all(key)}
    assert min(shown.values()) + (len(rows) - sum(shown.values())) >= 5
    assert not list(folder.glob("analysis.*"))
    assert "said" not in rows[0]
    assert [(event, count) for event, _what, count in events(study)] == [
        ("publish", len(people)),
        ("export", len(people)),
    ]
    assert releases(study) == ["0001.age"]
    sav = through_pyreadstat(folder / "data.sav")
    assert len(sav) == len(rows)


def test_a_reason_in_writing_lets_a_refused_release_leave(
    study: Study, export: Export, people: Mapping[int, tuple[Said, Said]]
) -> None:
    """The reason stands in the ledger before what is published and the dataset."""
    assert export("--profile", "release", "--override", "the  committee agreed, 12 May") == 0
    n = len(people)
    (override, publish, made) = events(study)
    assert override[0] == "override"
    assert "the committee agreed, 12 May" in override[1]
    assert (publish[0], publish[2]) == ("publish", n)
    assert publish[1].startswith("release: ")
    assert made == ("export", "assore", n)
    assert releases(study) == ["0001.age"]


def test_a_release_is_compared_with_the_one_before(
    study: Study,
    export: Export,
    made_of: MadeOf,
    put: Put,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """The same people again may leave again; two more people since are found; a reason lets them."""
    merge = [word for key in ("stratum", "sex", "age", "stay") for word in ("--drop", key)]
    assert export("--profile", "release", *merge) == 0
    assert export("--profile", "release", *merge, out="again.age") == 0
    put(study, study.collected, made_of(study, "CASE-0060", answers={"ref": "61", "sex": "f"}))
    capsys.readouterr()
    assert export("--profile", "release", *merge, out="third.age") == 1
    assert "until more records have come in" in capsys.readouterr().err
    assert not (tmp_path / "third.age").exists()
    assert releases(study) == ["0001.age", "0002.age"]
    assert export("--profile", "release", *merge, "--override", "agreed", out="third.age") == 0
    assert releases(study) == ["0001.age", "0002.age", "0003.age"]
    assert [": agreed" in what for event, what, _n in events(study) if event == "override"] == [
        True
    ]


def test_the_same_command_releases_the_same_again(study: Study, export: Export) -> None:
    """What is done to the data does not depend on the order of rows, so nothing new is told of anybody."""
    assert export("--profile", "release", "--apply") == 0
    assert export("--profile", "release", "--apply", out="again.age") == 0
    assert [event for event, _what, _n in events(study)] == ["publish", "export"] * 2


# --- on a terminal ------------------------------------------------------------------------------


@pytest.fixture
def on_a_terminal(study: Study, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """A function that runs `export` on a terminal, types, and returns its status and what was shown."""

    def run(words: Sequence[str], *answers: tuple[str, str]) -> tuple[int, str]:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        program = Path(sys.executable).with_name("souspli")
        given = ["export", "--study", str(study.folder), *words]
        return typed_into(program, given, tmp_path, {"HOME": str(home), "LANGUAGE": "en"}, answers)

    return run


OnATerminal = Callable[..., tuple[int, str]]
TYPE_ID = ("Type the study's id", "small")
TYPE_KEY = ("Passphrase of study.key", PASSPHRASE)


def test_a_readable_dataset_is_confirmed_by_typing_the_studys_id(
    study: Study, on_a_terminal: OnATerminal, tmp_path: Path
) -> None:
    """It is a zip that anybody opens, and the ledger says so before it says that it was made."""
    words = ["--plaintext", "--out", "out.zip", "--format", "csv", "--format", "dta"]
    status, shown = on_a_terminal(words, TYPE_ID, TYPE_KEY)
    assert status == 0, shown
    assert "can read every answer in it" in shown
    assert "60 rows, readable by anybody" in shown
    with zipfile.ZipFile(tmp_path / "out.zip") as found:
        assert "data.dta" in found.namelist()
        assert len(found.read("data.csv").splitlines()) == 61
    assert [(event, count) for event, _what, count in events(study)] == [
        ("override", 60),
        ("export", 60),
    ]


@pytest.mark.parametrize("said", ["smal", "", "yes"])
def test_anything_else_typed_writes_nothing(
    said: str, study: Study, on_a_terminal: OnATerminal, tmp_path: Path
) -> None:
    """No passphrase is asked for, the ledger stays as it was."""
    words = ["--plaintext", "--out", "out.zip"]
    status, shown = on_a_terminal(words, ("Type the study's id", said))
    assert (status, "nothing was written" in shown) == (1, True)
    assert "Passphrase" not in shown
    assert events(study) == []
    assert not (tmp_path / "out.zip").exists()


def test_a_readable_dataset_is_refused_where_nobody_types(
    study: Study,
    tmp_path: Path,
    typed: Typed,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pipe holds no person; a name that ends in .age would lie; two ways at once are a mistake."""
    monkeypatch.setattr("sys.stdin", io.StringIO("small\n"))
    command = ["export", "--study", str(study.folder), "--plaintext"]
    out = ["--out", str(tmp_path / "out.zip")]
    assert souspli.main([*command, *out, *typed(PASSPHRASE)]) == 2
    assert "run it on a terminal" in capsys.readouterr().err
    assert souspli.main([*command, "--out", str(tmp_path / "out.age"), *typed(PASSPHRASE)]) == 2
    assert souspli.main([*command, *out, "--passphrase", *typed(PASSPHRASE)]) == 2
    assert list(tmp_path.glob("out.*")) == []
    assert ledger.verified(study.ledger, study.signer).sound[1:] == ()


def test_a_readable_release_stands_in_the_ledger_as_well(
    study: Study, on_a_terminal: OnATerminal
) -> None:
    """It is published, and readable by anybody: both are said."""
    words = ["--plaintext", "--out", "out.zip", "--profile", "release", "--apply"]
    status, shown = on_a_terminal(words, TYPE_ID, TYPE_KEY)
    assert status == 0, shown
    assert [event for event, _what, _count in events(study)] == ["override", "publish", "export"]


def test_peoples_own_words_are_shown_on_the_terminal_alone(
    study: Study,
    on_a_terminal: OnATerminal,
    export: Export,
    keys: Mapping[str, str],
    people: Mapping[int, tuple[Said, Said]],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Each text as often as it was said, in another order; elsewhere it is refused before anything is opened."""
    assert export("--texts", "--review") == 2
    told = capsys.readouterr()
    assert "on a terminal alone" in told.err
    assert "déjà vu" not in told.out + told.err
    assert ledger.verified(study.ledger, study.signer).sound[1:] == ()
    words = ["--to", keys["first"], "--out", "out.age", "--texts", "--review"]
    status, shown = on_a_terminal(words, TYPE_KEY)
    assert status == 0, shown
    said = Counter(answers["said"] for answers, _s in people.values() if "said" in answers)
    lines = Counter(line.strip("\r").removeprefix("- ") for line in shown.split("\n"))
    assert all(lines[text] == n for text, n in said.items()), said
    assert shown.count("CASE-") == 0
    assert (tmp_path / "out.age").exists()
