"""import.R: reads the CSV beside it into data frames, with labels; base R, no package.

A choice becomes a factor whose levels are its labels in the order of the list, a number a number, and
what is said of a column its attribute `label`. Why a value is missing stays in the column whose name
ends in `__status`, a factor too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from export.datasets.described import Column, Sheet, value_labels
from export.datasets.names import names_for
from export.scripts.r_expression import quoted
from surveys.codebook import STATUSES, status_meaning
from surveys.instrument import Instrument
from surveys.language import _

_FUNCTIONS = """\
# The folder of this file, whether it is sourced or run.
here <- local({
  sourced <- as.character(unlist(lapply(sys.frames(), function(frame) frame$ofile)))
  run <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
  c(dirname(rev(sourced)), dirname(run), ".")[1]
})
read_table <- function(file) {
  read.csv(file.path(here, file),
           colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8")
}
said <- function(x, label) {
  attr(x, "label") <- label
  x
}
as_text <- function(x, label) said(as.character(x), label)
as_number <- function(x, label) said(as.numeric(x), label)
as_choice <- function(x, values, labels, label) {
  unknown <- setdiff(unique(x[!is.na(x)]), values)
  said(factor(x, levels = c(values, unknown), labels = c(labels, unknown)), label)
}
"""


def written(
    sheets: Sequence[Sheet], instrument: Instrument, language: str, prefix: str = ""
) -> bytes:
    """Return the script; `prefix` is what the names of the CSV begin with."""
    called = frames(sheets)
    lines = [
        f"# {' '.join(instrument.text(instrument.title, language).split())}".rstrip(),
        "# " + _("Reads the tables beside it: source this file, or run it with Rscript."),
        "",
        _FUNCTIONS,
        *(line for sheet in sheets for line in _table(sheet, called, instrument, language, prefix)),
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def frames(sheets: Sequence[Sheet]) -> Mapping[str, str]:
    """Return what each table is called in R and Stata: data, data_stay…"""
    return names_for((sheet.name, 32) for sheet in sheets)


def _table(
    sheet: Sheet, called: Mapping[str, str], instrument: Instrument, language: str, prefix: str
) -> Iterator[str]:
    frame = called[sheet.name]
    yield f"{frame} <- read_table({quoted(f'{prefix}{sheet.name}.csv')})"
    for column in sheet.columns:
        place = f"{frame}[[{quoted(column.name)}]]"
        yield f"{place} <- {_read(column, sheet, place, instrument, language)}"
    yield ""


def _read(column: Column, sheet: Sheet, place: str, instrument: Instrument, language: str) -> str:
    label = quoted(column.label)
    if sheet.frame[column.name].dtype != pl.String:
        return f"as_number({place}, {label})"
    told = {one.name: one.label for one in value_labels(column, instrument, language)}
    if column.role == "status":
        told = {status: status_meaning(status) for status in STATUSES}
    if not told:
        return f"as_text({place}, {label})"
    values = ", ".join(quoted(name) for name in told)
    labels = ", ".join(quoted(text) for text in _distinct(told))
    return f"as_choice({place}, c({values}), c({labels}), {label})"


def _distinct(told: Mapping[str, str]) -> Iterator[str]:
    """Yield the labels; to R two levels with one label would be one, so the value is added to it."""
    texts = list(told.values())
    for name, text in told.items():
        yield text if texts.count(text) == 1 else f"{text} ({name})"
