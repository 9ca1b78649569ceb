"""The formats a dataset can be written in, by the name the command line gives them.

Libraries are imported by the format that needs them: nobody waits for one that was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from export.datasets.coding import Coded, coded
from export.datasets.described import Sheet
from surveys.instrument import Instrument
from surveys.language import marked

# Makes the files of a format, by name: from the tables, what was asked, in a language of the
# questionnaire. The last is what the names of the dataset's files begin with.
Make = Callable[[Sequence[Sheet], Instrument, str, str], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: in words (to be translated where it is shown), and how its files are made."""

    told: str
    files: Make


def _csv(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import csv

    return {f"{prefix}{sheet.name}.csv": csv.written(sheet.frame) for sheet in sheets}


def _parquet(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import parquet

    return {f"{prefix}{sheet.name}.parquet": parquet.written(sheet.frame) for sheet in sheets}


def _sav(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import spss

    return _labelled(spss.written, "sav", sheets, instrument, language, prefix)


def _dta(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import stata

    return _labelled(stata.written, "dta", sheets, instrument, language, prefix)


def _labelled(
    written: Callable[[Sequence[Coded], str], bytes],
    ending: str,
    sheets: Sequence[Sheet],
    instrument: Instrument,
    language: str,
    prefix: str,
) -> Mapping[str, bytes]:
    """Return tables whose values are numbers with labels, and what is called otherwise in them."""
    from export.datasets import renamed

    tables = {f"{prefix}{sheet.name}": coded(sheet, instrument, language) for sheet in sheets}
    title = instrument.text(instrument.title, language)
    files = {f"{name}.{ending}": written(columns, title) for name, columns in tables.items()}
    return files | {f"{prefix}names-and-values.csv": renamed.written(tables)}


def _xlsx(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import xlsx

    return {f"{prefix}data.xlsx": xlsx.written(sheets, instrument, language)}


def _redcap(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import redcap

    return redcap.files(sheets, instrument, language, prefix)


def _ddi(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    """Make what the questionnaire and the tables tell; `ddi.written` takes the study as well."""
    from export.datasets import ddi
    from export.datasets.book import Book

    book = Book(instrument, sheets, language, bool(prefix))
    tables = [f"{prefix}{sheet.name}.csv" for sheet in sheets]
    return {f"{prefix}ddi.xml": ddi.written(book, None, tables)}


def _r(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import read_r

    return {f"{prefix}import.R": read_r.written(sheets, instrument, language, prefix)}


def _stata(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import read_stata

    return {f"{prefix}import.do": read_stata.written(sheets, instrument, language, prefix)}


def _spss(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str
) -> Mapping[str, bytes]:
    from export.datasets import read_spss

    return {f"{prefix}import.sps": read_spss.written(sheets, instrument, language, prefix)}


# `r`, `stata` and `spss` are scripts that read the CSV, `ddi` describes it: it has to lie beside them.
FORMATS: Mapping[str, Format] = {
    "csv": Format(marked("CSV, which everything reads"), _csv),
    "parquet": Format(marked("Parquet, for R, Python and DuckDB"), _parquet),
    "sav": Format(marked("SPSS, with labels and kinds of missing values"), _sav),
    "dta": Format(marked("Stata, with labels and kinds of missing values"), _dta),
    "xlsx": Format(marked("a workbook: a sheet for each table, one of the codebook"), _xlsx),
    "redcap": Format(marked("REDCap: data dictionary and data"), _redcap),
    "ddi": Format(marked("DDI-Codebook 2.5, for an archive of data"), _ddi),
    "r": Format(marked("a script that reads the CSV in R, with labels"), _r),
    "stata": Format(marked("a script that reads the CSV in Stata, with labels"), _stata),
    "spss": Format(marked("a script that reads the CSV in SPSS, with labels"), _spss),
}
NEED_CSV = frozenset({"ddi", "r", "stata", "spss"})
