"""The scripts that read the CSV: what R and SPSS make of it is the table, labels and reasons included."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from export.datasets.described import Sheet, sheets
from export.datasets.formats import FORMATS
from export.respondents.table import Tables
from surveys.check import check
from surveys.instrument import Instrument

Row = Mapping[str, object]
SheetsOf = Callable[..., tuple[Sheet, ...]]
InR = Callable[[str], str]
Require = Callable[[str, bool, str], None]

ROWS: list[Row] = [
    {
        "days": 4,
        "spent": -1.5e-7,
        "if": "m",
        "with": "-1",
        "str5": "b",
        "drugs": "crack Crack-2",
        "age": "-",
        "said": 'à "lire", $x `y\' \\n; été',
    },
    {
        "days__status": "refused",
        "if__status": "broke_off",
        "drugs__status": "refused",
        "said__status": "no_answer",
        "spent": 12.25,
    },
]
REPEATS = {"stay": [{"number": 1, "stay": 1, "nights": 3}]}


@pytest.fixture
def folder(sheets_of: SheetsOf, instrument: Instrument, tmp_path: Path) -> Path:
    """A folder with the CSV and every script."""
    made = sheets_of(ROWS, REPEATS)
    for name in ("csv", "r", "stata", "spss", "sav"):
        for file, content in FORMATS[name].files(made, instrument, "fr", "").items():
            (tmp_path / file).write_bytes(content)
    return tmp_path


def run_pspp(folder: Path, require: Require) -> tuple[pl.DataFrame, pyreadstat.metadata_container]:
    """Return what GNU PSPP makes of import.sps, and what it says of it."""
    pspp = shutil.which("pspp")
    require("pspp", pspp is not None, "install pspp")
    assert pspp is not None
    script = folder / "run.sps"
    syntax = (folder / "import.sps").read_text("utf-8")
    script.write_text(syntax + "SAVE OUTFILE='out.sav'.\n", "utf-8")
    command = [pspp, "-o", "listing.txt", str(script)]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return pyreadstat.read_sav(str(folder / "out.sav"), user_missing=True, output_format="polars")


def test_r_reads_numbers_factors_and_reasons(folder: Path, in_r: InR) -> None:
    """Labels in their order, two that are alike told apart by the value; texts as they are."""
    told = in_r(
        f"""source("{folder}/import.R")
        cat(class(data$days), data$days, "|", attr(data$days, "label") == attr(data$days__status, "label"), "\\n")
        cat(format(data$spent, digits = 17), attr(data$spent, "label"), "\\n")
        cat(as.character(data[["if"]]), "|", levels(data[["if"]]), "\\n")
        cat(levels(data$str5), sep = ";"); cat("\\n")
        cat(as.character(data$days__status), "\\n")
        cat(data$drugs__crack, attr(data$drugs__crack, "label"), "\\n")
        cat(data$said[1], "\\n")
        cat(names(data_visit), nrow(data_visit), nrow(data_stay), data_stay$nights, "\\n")
        """
    ).splitlines()
    assert told[0] == "numeric 4 NA | FALSE "
    assert [float(word) for word in told[1].split()[:2]] == [-1.5e-7, 12.25]
    assert told[1].endswith("Dépensé (€) ")
    assert told[2] == "Homme, « né » NA | Femme Homme, « né » "
    assert told[3] == "Autre (a);Autre (b);Refusé l'accès | 50 $"
    assert told[4] == "NA the person refused to answer "
    assert told[5] == "1 NA Crack – Produits "
    assert told[6] == f"{ROWS[0]['said']} "
    assert told[7] == "number stay visit who 0 1 3 "


def test_r_finds_the_tables_beside_the_script_when_it_is_run(folder: Path, in_r: InR) -> None:
    """From any folder, by Rscript."""
    told = in_r(
        f"""cat(system2("Rscript", "{folder / "import.R"}", stdout = TRUE, stderr = TRUE))"""
    )
    assert told == ""


def test_spss_syntax_makes_what_the_system_file_holds(folder: Path, require: Require) -> None:
    """GNU PSPP runs it: the same columns, values, labels and missing values."""
    found, one = run_pspp(folder, require)
    direct, other = pyreadstat.read_sav(
        str(folder / "data.sav"), user_missing=True, output_format="polars"
    )
    assert found.columns == direct.columns
    for name in direct.columns:
        if direct[name].dtype == pl.String:
            assert found[name].to_list() == direct[name].to_list()
        else:
            assert found[name].is_null().to_list() == direct[name].is_null().to_list()
            wanted = direct[name].drop_nulls().to_list()
            assert found[name].drop_nulls().to_list() == pytest.approx(wanted, rel=1e-12)
    assert one.column_names_to_labels == other.column_names_to_labels
    assert one.variable_value_labels == other.variable_value_labels
    assert one.missing_ranges == other.missing_ranges


def test_names_and_labels_that_could_be_code_are_texts(
    require: Require, in_r: InR, tmp_path: Path
) -> None:
    """Quotes, dollars, backquotes, backslashes: R and PSPP read each back; Stata meets none bare."""
    names = ["it's", 'a"b', "50$x", "a`b'", "back\\slash", "é|x", ".", "-", "%s", "{x}"]
    odd = [{"name": name, "label": {"en": f"L {name} \\"}} for name in names]
    loaded = check(
        "souspli: 1\n"
        'form: {id: a, version: "1", title: {en: "$x /* `y\'."}, languages: {en: English (en)}, default_language: en}\n'
        f"choices: {json.dumps({'odd': odd})}\n"
        'survey: [{type: select_one, name: odd, choices: odd, label: {en: "what\'s \\"odd\\" $x"}}]\n',
        "form.yaml",
    )
    assert loaded.instrument is not None
    frame = pl.DataFrame({"number": range(len(names)), "odd": names})
    made = sheets(loaded.instrument, Tables(frame, {}, {"number": "number"}), "en")
    for name in ("csv", "r", "stata", "spss"):
        for file, content in FORMATS[name].files(made, loaded.instrument, "en", "").items():
            (tmp_path / file).write_bytes(content)
    told = in_r(f"""source("{tmp_path}/import.R"); cat(as.character(data$odd), sep = "\\n")""")
    assert told.splitlines() == [f"L {name} \\" for name in names]
    found, meta = run_pspp(tmp_path, require)
    assert [
        meta.variable_value_labels["odd"][number] for number in found["odd"]
    ] == told.splitlines()
    lines = (tmp_path / "import.do").read_text("utf-8").splitlines()
    assert "/*" not in lines[0]
    assert not any("`" in line or "$" in line.replace("\\$", "") for line in lines)


def test_a_do_file_says_what_the_dta_holds(folder: Path) -> None:
    """Nothing here runs Stata; each kind of column is written as it reads it."""
    lines = (folder / "import.do").read_text("utf-8").splitlines()
    place = (folder / "data.csv").read_text("utf-8").splitlines()[0].split(",").index("if") + 1
    for line in (
        'import delimited using "data.csv", varnames(nonames) rowrange(2:) ///',
        "rename v* _raw*",
        "generate long if_2 = .",
        f'replace if_2 = 2 if _raw{place} == "m"',
        f'replace if_2 = .e if missing(if_2) & _raw{place + 1} == "broke_off"',
        'label define if_2 2 "Homme, « né »", add',
        'label define days .a "the person refused to answer", add',
        'label define str5_2 3 "Refusé l\'accès | 50 \\$", add',
        "label values if_2 if_2",
        "frame create data_stay",
        'label variable spent "Dépensé (€)"',
        'generate str1 _raw1 = ""',
        "frame change data",
    ):
        assert line in lines, line
    assert max(len(line.split()[2]) for line in lines if line.startswith("label variable")) <= 32


def test_a_script_reads_the_files_by_the_names_they_have(
    sheets_of: SheetsOf, instrument: Instrument
) -> None:
    """Those of a practice study begin with a word that says so."""
    made = sheets_of([])
    for name in ("r", "stata", "spss"):
        ((file, content),) = FORMATS[name].files(made, instrument, "fr", "simulated-").items()
        assert file.startswith("simulated-import.")
        if name != "stata":
            assert b"simulated-data-pet.csv" in content
