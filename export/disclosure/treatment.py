"""What is done to tables before they leave: columns left out, values joined, cells emptied.

A treatment was decided over all respondents and is applied row by row, so that a part of the rows can
be treated as it is written. `number` says whose cells are emptied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
import polars as pl

from export.disclosure import recoding
from export.disclosure.classes import Floats
from export.respondents.table import Tables
from surveys.codebook import Variable, variables
from surveys.instrument import Instrument, Keep

WEIGHTS = ("weight", "weight_design", "weight_response")  # columns of DESIGN

Span = Literal["month", "quarter", "year"]

_NO_KEEPS: Mapping[str, Keep] = MappingProxyType({})
_NO_CELLS: Mapping[str, frozenset[int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Treatment:
    """What is done to the tables of a questionnaire, whose items are as they were before it.

    `dropped` names items, repeats (their table) and columns of DESIGN; `recoded` gives by item what
    is kept of it now, instead of what the interview kept; `months` is what the month of the interview
    becomes; `rounding` what weights become multiples of, None where they are exact. `emptied` gives,
    by item or column of DESIGN, the `number` of those whose cells are emptied: no value and no
    status. `with_ineligible`: whether the rows of those who were not eligible leave too.
    """

    instrument: Instrument
    dropped: frozenset[str] = frozenset()
    recoded: Mapping[str, Keep] = field(default_factory=lambda: _NO_KEEPS)
    months: Span = "month"
    rounding: float | None = None
    emptied: Mapping[str, frozenset[int]] = field(default_factory=lambda: _NO_CELLS)
    with_ineligible: bool = True

    @property
    def described(self) -> Instrument:
        """The questionnaire as the treated tables are to be described: items kept as they now are."""
        return recoding.described(self.instrument, self.recoded)

    @property
    def is_nothing(self) -> bool:
        """Whether the tables stay as they are."""
        return (
            not (self.dropped or self.recoded or self.emptied)
            and self.months == "month"
            and self.rounding is None
            and self.with_ineligible
        )


def applied(given: Tables, treatment: Treatment) -> Tables:
    """Return the tables, or some of their rows, treated; nothing is done to them where they are not to be."""
    if treatment.is_nothing:
        return given
    owners = _owners(treatment)
    inside = _repeats_inside(treatment.instrument)
    repeats = {
        name: _treated(frame, given.design, owners, treatment)
        for name, frame in given.repeats.items()
        if not inside[name] & treatment.dropped
    }
    ineligible = given.ineligible if treatment.with_ineligible else None
    if ineligible is not None:
        ineligible = _treated(ineligible, given.design, owners, treatment)
    design = {
        wanted: name for wanted, name in given.design.items() if wanted not in treatment.dropped
    }
    main = _treated(given.main, given.design, owners, treatment)
    return Tables(main, repeats, design, ineligible)


# Of each column that an item has, the item before and after the treatment, and what the column is.
_Owners = Mapping[str, tuple[Variable, Variable]]


def _owners(treatment: Treatment) -> _Owners:
    before, after = variables(treatment.instrument), variables(treatment.described)
    return {
        column: (one, other)
        for one, other in zip(before, after, strict=True)
        for column in one.columns
    }


def _repeats_inside(instrument: Instrument) -> dict[str, set[str]]:
    """Return for each repeat its name and those of the repeats around it."""
    return {
        variable.repeats[-1]: {*variable.repeats}
        for variable in variables(instrument)
        if variable.repeats
    }


def _treated(
    frame: pl.DataFrame,
    design: Mapping[str, str],
    owners: _Owners,
    treatment: Treatment,
) -> pl.DataFrame:
    """Return a table with each column as it is to be; `design` is that of the tables."""
    wanted = {name: each for each, name in design.items()}
    number = design["number"]  # those who were not eligible have none, and no cell to empty
    emptied = {
        name: frame[number].is_in(sorted(people))
        for name, people in treatment.emptied.items()
        if number in frame.columns
    }
    columns: list[pl.Series] = []
    for column in frame.columns:
        if column in owners:
            before, after = owners[column]
            if column == before.name and column not in treatment.dropped:
                columns.extend(_of_item(frame, before, after, treatment, emptied.get(column)))
        elif wanted.get(column, "") not in treatment.dropped:
            columns.append(_of_design(frame[column], wanted.get(column, ""), treatment, emptied))
    return pl.DataFrame(columns)


def _of_item(
    frame: pl.DataFrame,
    before: Variable,
    after: Variable,
    treatment: Treatment,
    emptied: pl.Series | None,
) -> Iterator[pl.Series]:
    """Yield the columns of an item: its values, its indicators, its statuses where there are any."""
    values = frame[before.name]
    if before.name in treatment.recoded:
        values = recoding.coarsened(values, before, treatment.recoded[before.name])
    yield _without(values, emptied)
    if before.indicators and before.name not in treatment.recoded:
        yield from (_without(frame[column], emptied) for _value, column in before.indicators)
    else:
        chosen = values.str.split(" ") if after.indicators else values
        for value, column in after.indicators:
            yield _without(chosen.list.contains(value).cast(pl.Int8).alias(column), emptied)
    if before.status_column in frame.columns:
        status = frame[before.status_column].alias(after.status_column)
        yield _without(status, emptied)


def _of_design(
    values: pl.Series, wanted: str, treatment: Treatment, emptied: Mapping[str, pl.Series]
) -> pl.Series:
    if wanted == "month" and treatment.months != "month":
        different = values.drop_nulls().unique().to_list()
        spans = [recoding.span(value, treatment.months) for value in different]
        values = values.replace_strict(different, spans, default=None, return_dtype=pl.String)
    if wanted in WEIGHTS and treatment.rounding is not None:
        values = pl.Series(values.name, rounded(values.to_numpy(), treatment.rounding))
    return _without(values, emptied.get(wanted))


def _without(values: pl.Series, emptied: pl.Series | None) -> pl.Series:
    """Return a column with nothing where it is emptied."""
    if emptied is None:
        return values
    return values.zip_with(
        ~emptied, pl.Series(values.name, [None], dtype=values.dtype).new_from_index(0, len(values))
    )


def rounded(weights: Floats, step: float) -> Floats:
    """Return weights as multiples of a step, at least one of it: nobody stands for nobody."""
    return np.maximum(np.floor(weights / step + 0.5), 1) * step
