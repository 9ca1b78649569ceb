"""Columns that are no question: where a row of a dataset comes from, and for how many it stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from export.respondents.weight import Ineligible, Respondent
from surveys.codebook import free_name, variables
from surveys.instrument import Instrument

# In order; those of weights and clusters only where they say anything.
DESIGN = (
    "number",
    "month",
    "completeness",
    "weight",
    "weight_design",
    "weight_response",
    "stratum",
    "population",
    "cluster",
    "cluster_population",
    "simulated",
)


def design_names(instrument: Instrument) -> dict[str, str]:
    """Return the names that the columns in DESIGN have, whether a table needs them or not."""
    taken = _names(instrument)
    return {wanted: free_name(wanted, taken) for wanted in DESIGN}


def _names(instrument: Instrument) -> set[str]:
    """Return every column name a questionnaire can give rise to, in lower case."""
    taken = {item.name.lower() for item, _around in instrument.items()}
    for variable in variables(instrument):
        taken |= {column.lower() for column in variable.columns}
    return taken


def present(rows: Sequence[Respondent | Ineligible]) -> Iterator[str]:
    """Yield the columns of DESIGN that say something of these rows."""
    absent = set()
    for step in ("design", "response"):
        if all(one.steps.get(step, one.weight) == one.weight for one in rows):
            absent.add(f"weight_{step}")
    if all(one.cluster is None for one in rows):
        absent |= {"cluster", "cluster_population"}
    yield from (name for name in DESIGN if name not in absent)


def design_columns(people: Sequence[Respondent], names: Mapping[str, str]) -> Iterator[pl.Series]:
    """Yield the columns of DESIGN that are present, in its order."""
    records = [one.record for one in people]
    told: dict[str, pl.Series] = {
        "number": pl.Series(range(1, len(people) + 1), dtype=pl.Int64),
        "month": pl.Series([month_of(one.week) for one in records], dtype=pl.String),
        "completeness": pl.Series([one.status for one in records], dtype=pl.String),
        "simulated": pl.Series([int(one.is_simulated) for one in records], dtype=pl.Int8),
    }
    drawn = {series.name: series for series in drawn_columns(people, names)}
    for wanted, name in names.items():
        yield drawn[name] if name in drawn else told[wanted].alias(name)


def drawn_columns(
    rows: Sequence[Respondent | Ineligible], names: Mapping[str, str]
) -> Iterator[pl.Series]:
    """Yield those of them that come from the draw: weights, stratum, cluster, how many there are."""
    columns: dict[str, tuple[list[object], type[pl.DataType]]] = {
        "weight": ([one.weight for one in rows], pl.Float64),
        "weight_design": ([one.steps.get("design", one.weight) for one in rows], pl.Float64),
        "weight_response": ([one.steps.get("response", one.weight) for one in rows], pl.Float64),
        "stratum": ([one.stratum for one in rows], pl.Int64),
        "population": ([one.population for one in rows], pl.Int64),
        "cluster": ([one.cluster for one in rows], pl.Int64),
        "cluster_population": ([one.people for one in rows], pl.Int64),
    }
    for wanted, name in names.items():
        if wanted in columns:
            values, dtype = columns[wanted]
            yield pl.Series(name, values, dtype=dtype)


def month_of(date: str) -> str:
    """Return the month of a day, or of a week (the month most of its days are in), as 2022-04."""
    if "-W" not in date:
        return date[:7]
    year, week = date.split("-W")
    try:
        return datetime.date.fromisocalendar(int(year), int(week), 4).isoformat()[:7]
    except ValueError:  # a week 53 that its year does not have
        return year
