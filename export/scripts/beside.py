"""What lies beside the tables of an analyst's dataset: the design, and scripts that redo every figure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import polars as pl

from export.estimating.asked import answers
from export.estimating.surveyed import Surveyed, surveyed
from export.estimating.wanted import Wanted
from export.respondents.responses import Responses
from export.respondents.table import Tables
from export.respondents.weight import Respondents
from export.scripts.columns_read import Files, columns_of
from export.scripts.design_file import design_table
from export.scripts.lines import lines_of
from export.scripts.r_script import r_script
from export.scripts.stata_script import stata_script
from surveys.language import _
from surveys.problems import Refusal

DESIGN_FILE, R_FILE, STATA_FILE = "design.csv", "analysis.R", "analysis.do"


def beside(
    given: Responses,
    asked: Sequence[Wanted],
    made: Tables,
    people: Respondents,
    prefix: str = "",
) -> dict[str, bytes]:
    """Return design.csv, analysis.R and analysis.do by name, for the tables made of some respondents.

    `people` are those of `made`, in its order and under its numbers of strata and clusters; `prefix` is
    that of the files' names. Refusal where an expression reads a column the tables do not have.
    """
    columns, texts = tuple(made.main.columns), texts_of(made.main)
    _require_columns(asked, columns)
    instrument = given.found.instrument
    tables = Files(
        instrument.text(instrument.title, instrument.default_language),
        f"{prefix}data.csv",
        f"{prefix}{DESIGN_FILE}",
        made.design["number"],
        columns,
        texts,
    )
    read = {name for one in asked for name in (*columns_of(*one.estimand.arguments), *one.by)}
    found = files(surveyed(replace(given, people=people), read), asked, tables)
    return {f"{prefix}{name}": content for name, content in found.items()}


def files(data: Surveyed, asked: Sequence[Wanted], tables: Files) -> dict[str, bytes]:
    """Return the files by their plain names: the design of `data`, and the scripts of what is asked."""
    lines = [
        line
        for answer in answers(data, asked)
        for line in lines_of(answer, data.askable, tables.texts)
    ]
    return {
        DESIGN_FILE: design_table(data.design).write_csv().encode("utf-8"),
        R_FILE: r_script(lines, data.design, tables),
        STATA_FILE: stata_script(lines, data.design, tables),
    }


def texts_of(frame: pl.DataFrame) -> frozenset[str]:
    """Return the columns of a table that hold texts."""
    return frozenset(series.name for series in frame if series.dtype == pl.String)


def _require_columns(asked: Sequence[Wanted], columns: Collection[str]) -> None:
    for one in asked:
        read = (*columns_of(*one.estimand.arguments), *one.by)
        for name in read:
            if name not in columns:
                raise Refusal(
                    _(
                        "{text}: the dataset leaves out “{name}”, so its scripts cannot redo this; "
                        "export with --texts, or leave it out"
                    ).format(text=one.estimand.text, name=name)
                )
