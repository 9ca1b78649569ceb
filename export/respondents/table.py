"""Respondents as a table: a row each, the columns of the questionnaire in its order.

What never leaves: case, interviewer, device, record id, links, comments, reasons, attempts, closing
notes, times. What leaves coarser than it was kept: days and weeks, as months. A question inside a
repeat goes to a table of its own, joined by `number` and the instances of the repeats.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import polars as pl

from export.respondents.design_columns import (
    design_columns,
    design_names,
    drawn_columns,
    month_of,
    present,
)
from export.respondents.weight import Ineligible, Respondent, Respondents
from export.unsealing.agreement import place_of
from surveys.codebook import Variable, variables
from surveys.instrument import Instrument

# A calculation is text to the questionnaire; where all its values are numbers it is one here.
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?")
_TRUTH = {"true": 1, "false": 0}
_NO_NUMBER = {"Infinity", "-Infinity", "NaN"}  # as XPath writes a division by zero: no value
_COARSENED = {"", "week"}  # units of dates finer than what may leave

Place = tuple[str, tuple[int, ...]]
Row = TypeVar("Row", Respondent, Ineligible)


@dataclass(frozen=True, slots=True)
class Tables:
    """The main table, one row a respondent, and one for each repeat by its name.

    `design` gives, of the columns in DESIGN that are there, the name in the main table, in order: a
    questionnaire may have an item of that name, and then ours takes an underscore. `ineligible` has
    the same columns, where they apply, of those drawn who were found not to belong to the
    population; it is None where there are none.
    """

    main: pl.DataFrame
    repeats: Mapping[str, pl.DataFrame]
    design: Mapping[str, str]
    ineligible: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Row:
    """One respondent's answers and statuses, by item and instances."""

    number: int
    values: Mapping[Place, str]
    statuses: Mapping[Place, str]


def leaving(instrument: Instrument, *, with_texts: bool) -> tuple[Variable, ...]:
    """Return the variables that may stand in a dataset, in order.

    Not what identifies a person directly; people's own words only where they are asked for.
    """
    return tuple(
        variable
        for variable in variables(instrument)
        if variable.is_kept
        and variable.question.identifying != "direct"
        and (with_texts or not variable.is_free_text)
    )


def shuffled(people: Respondents, chance: random.Random) -> Respondents:
    """Return the respondents, and those not eligible, in a random order.

    Strata and clusters are under random numbers from 1.
    """
    rows = people.rows
    strata = _renumbered({one.stratum for one in rows}, chance)
    clusters = _renumbered({one.cluster for one in rows if one.cluster is not None}, chance)

    def mixed(given: Sequence[Row]) -> tuple[Row, ...]:
        return tuple(
            replace(
                one,
                stratum=strata[one.stratum],
                cluster=None if one.cluster is None else clusters[one.cluster],
            )
            for one in chance.sample(given, len(given))
        )

    return replace(people, people=mixed(people.people), ineligible=mixed(people.ineligible))


def _renumbered(numbers: Iterable[int], chance: random.Random) -> dict[int, int]:
    known = sorted(numbers)
    return dict(zip(known, chance.sample(range(1, len(known) + 1), len(known)), strict=True))


def tables(
    instrument: Instrument,
    people: Sequence[Respondent],
    ineligible: Sequence[Ineligible] = (),
    *,
    with_texts: bool = False,
) -> Tables:
    """Return the tables of some respondents, in their order, which `number` counts from 1."""
    found = leaving(instrument, with_texts=with_texts)
    rows = [_row(number, one) for number, one in enumerate(people, start=1)]
    names = design_names(instrument)
    every: list[Respondent | Ineligible] = [*people, *ineligible]
    there = {name: names[name] for name in present(every)}
    columns = list(design_columns(people, there))
    for variable in found:
        if not variable.repeats:
            columns.extend(_columns(variable, rows, [()] * len(rows)))
    scopes = dict.fromkeys(variable.repeats for variable in found if variable.repeats)
    return Tables(
        pl.DataFrame(columns),
        {scope[-1]: _repeat(scope, found, rows, names["number"]) for scope in scopes},
        there,
        pl.DataFrame(list(drawn_columns(ineligible, there))) if ineligible else None,
    )


def _row(number: int, one: Respondent) -> _Row:
    found = one.record
    return _Row(
        number,
        {place_of(key): value for key, value in found.answers.items() if value},
        {place_of(key): status for key, status in found.statuses.items()},
    )


# --- one variable -----------------------------------------------------------------------------


def _columns(
    variable: Variable, rows: Sequence[_Row], places: Sequence[tuple[int, ...]]
) -> Iterable[pl.Series]:
    """Yield the columns of a variable: its values, its indicators, its statuses if there is one."""
    at = [(row, (variable.name, place)) for row, place in zip(rows, places, strict=True)]
    values = [row.values.get(place) for row, place in at]
    yield _series(variable, values)
    for name, column in variable.indicators:
        chosen = [None if value is None else int(name in value.split(" ")) for value in values]
        yield pl.Series(column, chosen, dtype=pl.Int8)
    if variable.status_column:
        statuses = [
            row.statuses.get(place, "not_asked" if value is None else None)
            for (row, place), value in zip(at, values, strict=True)
        ]
        if any(statuses):
            yield pl.Series(variable.status_column, statuses, dtype=pl.String)


def _series(variable: Variable, values: Sequence[str | None]) -> pl.Series:
    """Return the values of a variable, as numbers where it is one."""
    name = variable.name
    if variable.is_computed:
        values = [None if value in _NO_NUMBER else value for value in values]
    if variable.storage == "integer":
        return pl.Series(
            name, [None if value is None else int(value) for value in values], dtype=pl.Int64
        )
    if variable.storage == "decimal" or (_is_calculated(variable) and _are_numbers(values)):
        numbers = [None if value is None else float(_TRUTH.get(value, value)) for value in values]
        are_whole = all(number is None or number.is_integer() for number in numbers)
        if _is_calculated(variable) and are_whole:
            return pl.Series(name, numbers).cast(pl.Int64)
        return pl.Series(name, numbers, dtype=pl.Float64)
    if variable.storage in {"date", "dateTime"} and variable.question.keep.unit in _COARSENED:
        return pl.Series(
            name, [None if value is None else month_of(value) for value in values], dtype=pl.String
        )
    return pl.Series(name, values, dtype=pl.String)


def _is_calculated(variable: Variable) -> bool:
    """Whether it holds the text of a calculation as it came out: bands are names, not numbers."""
    return (
        variable.is_computed
        and variable.storage == "text"
        and variable.question.keep.rule == "as_given"
    )


def _are_numbers(values: Sequence[str | None]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(
        value in _TRUTH or _PLAIN_NUMBER.fullmatch(value) for value in present
    )


# --- repeats ----------------------------------------------------------------------------------


def _repeat(
    scope: tuple[str, ...], found: Iterable[Variable], rows: Sequence[_Row], number: str
) -> pl.DataFrame:
    """Return the table of a repeat: a row each time it was asked.

    Its key is the number of the respondent and, under the name of each repeat around it and its own,
    which time it was.
    """
    inside = [variable for variable in found if variable.repeats[: len(scope)] == scope]
    names = {variable.name for variable in inside}
    pairs = [(row, place) for row in rows for place in _instances(row, names, len(scope))]
    columns = [pl.Series(number, [row.number for row, _place in pairs], dtype=pl.Int64)]
    for depth, repeat in enumerate(scope):
        columns.append(pl.Series(repeat, [place[depth] for _row, place in pairs], dtype=pl.Int64))
    for variable in inside:
        if variable.repeats == scope:
            columns.extend(
                _columns(variable, [row for row, _place in pairs], [place for _row, place in pairs])
            )
    return pl.DataFrame(columns)


def _instances(row: _Row, names: set[str], depth: int) -> list[tuple[int, ...]]:
    return sorted({at[:depth] for name, at in (*row.values, *row.statuses) if name in names})
