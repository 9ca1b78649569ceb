"""What is written is read back: the same values, reasons and labels, by readers that are not ours."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.datasets import spss, stata
from export.datasets.coding import coded
from export.datasets.described import Sheet
from export.datasets.formats import FORMATS
from surveys.instrument import Instrument

Row = Mapping[str, object]
SheetsOf = Callable[..., tuple[Sheet, ...]]
InR = Callable[[str], str]
Rows = st.SearchStrategy[list[Row]]

REPEATS = {
    "stay": [{"number": 1, "stay": 1, "nights": 3}, {"number": 1, "stay": 2}],
    "visit": [
        {"number": 1, "stay": 1, "visit": 1, "who": "m"},
        {"number": 1, "stay": 1, "visit": 2, "who__status": "refused"},
    ],
}
ROW: Row = {
    "days": 4,
    "spent": 12.5,
    "if": "m",
    "with": "-1",
    "str5": "b",
    "drugs": "crack Crack-2",
    "age": "-",
    "seen": "2022-04",
    "born": "1980",
    "said": "déjà vu\n« ici »",
    "twice": 8,
}
GONE: Row = {
    "days__status": "refused",
    "spent__status": "refused",
    "if__status": "broke_off",
    "with__status": "no_answer",
    "drugs__status": "refused",
    "said__status": "no_answer",
}


def read_back(files: Mapping[str, bytes], sheet: Sheet, kind: str, folder: Path) -> pl.DataFrame:
    """Return a table as the file and names-and-values.csv say it, in the words of the CSV."""
    path = folder / f"{sheet.name}.{kind}"
    path.write_bytes(files[path.name])
    reader = pyreadstat.read_dta if kind == "dta" else pyreadstat.read_sav
    frame, _meta = reader(str(path), user_missing=True, output_format="polars")
    system = "stata" if kind == "dta" else "spss"
    rows = list(csv.DictReader(io.StringIO(files["names-and-values.csv"].decode())))
    told = [row for row in rows if row["table"] == sheet.name]
    names = {row["column"]: row[f"{system}_name"] for row in told}
    columns: list[pl.Series] = []
    for column in sheet.columns:
        is_kept = column.name in names
        of = column.name if is_kept else column.of
        dtype = sheet.frame[column.name].dtype
        coded_as = [row for row in told if row["column"] == of and row["value"]]
        reasons = {row[system]: row["value"] for row in coded_as if row["stata"][0] == "."}
        choices = {row[system]: row["value"] for row in coded_as if row["stata"][0] != "."}
        found = [
            value_and_reason(raw, reasons, choices if dtype == pl.String else {})
            for raw in frame[names[of]]
        ]
        at = 0 if is_kept else 1
        columns.append(pl.Series(column.name, [pair[at] for pair in found], dtype=dtype))
    return pl.DataFrame(columns)


def value_and_reason(
    raw: object, reasons: Mapping[str, str], choices: Mapping[str, str]
) -> tuple[object, str | None]:
    """Return what a cell says: a value, or why there is none."""
    if raw is None or raw == "":
        return None, None
    if isinstance(raw, str):
        return (None, reasons[f".{raw}"]) if f".{raw}" in reasons else (raw, None)
    assert isinstance(raw, int | float)
    key = f"{raw:.0f}" if raw == raw // 1 else ""
    if key in reasons:
        return None, reasons[key]
    return choices.get(key, int(raw) if key and abs(raw) < 2**53 else raw), None


def equal(found: pl.DataFrame, sheet: Sheet) -> bool:
    return found.equals(sheet.frame, null_equal=True)


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_spss_and_stata_give_back_every_value_and_every_reason(
    kind: str, rows: Rows, sheets_of: SheetsOf, instrument: Instrument, tmp_path: Path
) -> None:
    """Whatever the rows: none, one, all missing, long texts, numbers as low as those that stand for reasons."""

    @settings(max_examples=25)
    @given(rows)
    def law(drawn: list[Row]) -> None:
        made = sheets_of(drawn)
        files = FORMATS[kind].files(made, instrument, "fr", "")
        for sheet in made:
            assert equal(read_back(files, sheet, kind, tmp_path), sheet)

    law()


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_repeats_are_tables_of_their_own(
    kind: str, sheets_of: SheetsOf, instrument: Instrument, tmp_path: Path
) -> None:
    """A repeat in a repeat, and one nobody has: no row, its columns all the same."""
    made = sheets_of([ROW, GONE], REPEATS)
    files = FORMATS[kind].files(made, instrument, "fr", "")
    assert [sheet.frame.height for sheet in made] == [2, 2, 2, 0]
    for sheet in made:
        assert equal(read_back(files, sheet, kind, tmp_path), sheet)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_tables_make_the_same_bytes(
    name: str, sheets_of: SheetsOf, instrument: Instrument
) -> None:
    """No clock is in any file; names begin with what is asked for."""
    made = sheets_of([ROW, GONE], REPEATS)
    first, again = (FORMATS[name].files(made, instrument, "fr", "simulated-") for _n in range(2))
    assert first == again
    assert all(file.startswith("simulated-") for file in first)


# --- labels ---------------------------------------------------------------------------------------


def test_stata_has_labels_names_and_kinds_of_missing_values(
    sheets_of: SheetsOf, instrument: Instrument, tmp_path: Path
) -> None:
    """80 characters of a label; reserved and long names are others, and no two alike; .a is refused."""
    main = sheets_of([ROW, GONE])[0]
    path = tmp_path / "data.dta"
    path.write_bytes(stata.written(coded(main, instrument, "fr"), "Enquête"))
    frame, meta = pyreadstat.read_dta(str(path), user_missing=True, output_format="polars")
    assert meta.file_label == "Enquête"
    label = meta.column_names_to_labels["days"] or ""
    assert len(label) == 80
    assert label.endswith("…")
    assert {"if_2", "with_2", "str5_2"} <= set(frame.columns)
    long = [name for name in frame.columns if name.startswith("the_number")]
    assert len(set(long)) == 2
    assert all(len(name) <= 32 for name in frame.columns)
    assert frame["days"].to_list() == [4, "a"]
    assert frame["if_2"].to_list() == [2, "e"]
    assert frame["with_2"].to_list() == [-1, "f"]
    told = meta.variable_value_labels
    assert told["with_2"][3] == "Bien"
    assert "the person refused to answer" in told["with_2"].values()
    assert told["drugs__crack"][1] == "chosen"
    assert "said__status" in frame.columns
    assert "days__status" not in frame.columns


def test_spss_has_labels_names_and_user_missing_values(
    sheets_of: SheetsOf, instrument: Instrument, tmp_path: Path
) -> None:
    """255 bytes of a label, -91 is refused unless a value is as low; a range says that it is missing."""
    main = sheets_of([ROW, {**GONE, "spent": -93.5, "spent__status": None}])[0]
    path = tmp_path / "data.sav"
    path.write_bytes(spss.written(coded(main, instrument, "fr"), "Enquête"))
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True, output_format="polars")
    label = meta.column_names_to_labels["days"] or ""
    assert 250 < len(label.encode()) <= 255
    assert label.endswith("…")
    assert "with_2" in frame.columns
    assert frame["days"].to_list() == [4, -91]
    assert meta.missing_ranges["days"] == [{"lo": -96, "hi": -91}]
    assert meta.missing_ranges["spent"] == [{"lo": -996, "hi": -991}]
    assert meta.variable_value_labels["if"][2] == "Homme, « né »"
    assert meta.variable_value_labels["if"][-95] == "the interview ended before the question"
    assert meta.variable_measure["if"] == "nominal"
    assert meta.variable_measure["days"] == "scale"


def test_texts_no_format_holds_are_refused(sheets_of: SheetsOf, instrument: Instrument) -> None:
    """With the name of the column and not a word of the text."""
    made = sheets_of([{"said": "secret " * 6000}])
    for name in ("sav", "xlsx"):
        with pytest.raises(Exception, match="column “said” has texts longer") as caught:
            FORMATS[name].files(made, instrument, "fr", "")
        assert "secret" not in str(caught.value)
    assert FORMATS["dta"].files(made, instrument, "fr", "")


# --- other readers --------------------------------------------------------------------------------


def test_haven_reads_what_was_written(
    sheets_of: SheetsOf, instrument: Instrument, in_r: InR, tmp_path: Path
) -> None:
    """Labels with accents, tagged missing values of Stata, user-missing values of SPSS, no rows."""
    made = sheets_of([ROW, GONE], REPEATS)
    for kind in ("sav", "dta"):
        for name, content in FORMATS[kind].files(made, instrument, "fr", "").items():
            (tmp_path / name).write_bytes(content)
    told = in_r(
        f"""library(haven); setwd("{tmp_path}")
        d <- read_dta("data.dta"); s <- read_sav("data.sav", user_na = TRUE)
        cat(na_tag(d$days), "\n", as.character(as_factor(d$if_2)), "\n", sep = "|")
        cat(d$weight, "\n", enc2utf8(attr(d$spent, "label")), "\n", sep = "|")
        cat(unclass(s$days), "|", is.na(s$days), "|", attr(s$days, "na_range"), "\n")
        cat(as.character(as_factor(s$str5))[1], "|", enc2utf8(s$said[1]), "\n")
        cat(nrow(read_dta("data-pet.dta")), nrow(read_sav("data-pet.sav")), nrow(read_sav("data-visit.sav")), "\n")
        """
    )
    assert "NA|a|" in told
    assert "Homme, « né »|the interview ended before the question" in told
    assert "\n1|1.333333|" in told
    assert "Dépensé (€)" in told
    assert "4 -91 | FALSE TRUE | -96 -91" in told
    assert "Autre | déjà vu" in told
    assert told.split()[-3:] == ["0", "0", "2"]


def test_pandas_reads_what_was_written(
    sheets_of: SheetsOf, instrument: Instrument, tmp_path: Path
) -> None:
    """Its own reader of Stata: numbers, and labels as categories; what is missing is missing."""
    made = sheets_of([ROW, GONE])
    path = tmp_path / "data.dta"
    path.write_bytes(FORMATS["dta"].files(made, instrument, "fr", "")["data.dta"])
    frame = pd.read_stata(path, convert_categoricals=False)
    assert frame["days"].tolist()[0] == 4
    assert frame["days"].isna().tolist() == [False, True]
    assert frame["weight"].tolist() == made[0].frame["weight"].to_list()
    with pd.io.stata.StataReader(path) as reader:
        assert reader.variable_labels()["spent"] == "Dépensé (€)"
        assert reader.value_labels()[next(iter(reader.value_labels()))]


@pytest.mark.parametrize("rows_given", [[], [ROW], [ROW, GONE]])
def test_duckdb_pandas_and_polars_read_csv_and_parquet_alike(
    rows_given: list[Row], sheets_of: SheetsOf, instrument: Instrument, tmp_path: Path
) -> None:
    """Each of the three gives back the table: with no row, with one, with values missing."""
    for sheet in sheets_of(rows_given):
        for kind in ("csv", "parquet"):
            for name, content in FORMATS[kind].files([sheet], instrument, "fr", "").items():
                (tmp_path / name).write_bytes(content)
        parquet, plain = (str(tmp_path / f"{sheet.name}.{kind}") for kind in ("parquet", "csv"))
        rows = sheet.frame.rows()
        assert equal(pl.read_parquet(parquet), sheet)
        assert equal(pl.read_csv(plain, schema=sheet.frame.schema), sheet)
        assert duckdb.read_parquet(parquet).fetchall() == rows
        texts = pl.read_csv(plain, infer_schema=False).rows()
        assert duckdb.read_csv(plain, header=True, all_varchar=True).fetchall() == texts
        frame = pd.read_csv(plain, dtype=str, keep_default_na=False)
        assert list(frame.columns) == sheet.frame.columns
        assert [tuple(row) for row in frame.to_numpy()] == [
            tuple("" if value is None else value for value in row) for row in texts
        ]
