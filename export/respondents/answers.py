"""What many records hold, as columns that take little memory: a row each, codes rather than texts.

Columns can be made of a few records at a time, wherever these are read, and joined; a row is then known
by its place. What a record says for itself (who, where, which laptop) is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import polars as pl

from export.respondents.design_columns import month_of
from export.unsealing.agreement import place_of
from interviewer.record import Record
from surveys.codebook import STATUSES, Variable

_NEW = " new"
ROW = (
    " row"  # of a repeat's table: which row of the main one it belongs to; no item has such a name
)
_COARSENED = {"", "week"}  # units of dates finer than what may leave
_NO_NUMBER = {"Infinity", "-Infinity", "NaN"}  # as XPath writes a division by zero: no value

Place = tuple[str, tuple[int, ...]]


Held = Literal["integer", "decimal", "list", "codes", "text"]


def held(variable: Variable) -> Held:
    """Return how values are held: numbers, names of a list, texts of which many are the same, or texts."""
    if variable.storage == "integer":
        return "integer"
    if variable.storage == "decimal":
        return "decimal"
    if variable.storage == "one" or variable.question.keep.rule == "bands":
        return "list"
    return "text" if variable.is_free_text else "codes"


def scopes(found: Iterable[Variable]) -> tuple[tuple[str, ...], ...]:
    """Return the repeats that have a table, each with those around it, outermost first."""
    return tuple(dict.fromkeys(variable.repeats for variable in found if variable.repeats))


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Columns of some records: `main` has a row each; `repeats`, by name, a row each time asked."""

    main: pl.DataFrame
    repeats: Mapping[str, pl.DataFrame]

    @property
    def height(self) -> int:
        """How many records they are of."""
        return self.main.height

    def without(self, names: Set[str]) -> Answers:
        """Return the same but for some columns."""
        return Answers(
            self.main.drop(names, strict=False),
            {name: frame.drop(names, strict=False) for name, frame in self.repeats.items()},
        )


def answers_of(found: Sequence[Variable], records: Sequence[Record]) -> Answers:
    """Return what some records hold of some variables, in the order of the records."""
    rows = [_row(number, one) for number, one in enumerate(records)]
    main = [pl.Series(ROW, range(len(rows)), dtype=pl.UInt32)]
    for variable in found:
        if not variable.repeats:
            main.extend(_columns(variable, [(row, ()) for row in rows]))
    repeats = {scope[-1]: _repeat(scope, found, rows) for scope in scopes(found)}
    return Answers(pl.DataFrame(main), repeats)


def joined(parts: Sequence[Answers]) -> Answers:
    """Return columns one below the other, their rows counted through; at least one part is given."""
    if len(parts) == 1:
        return parts[0]
    before, moved = 0, []
    for part in parts:
        moved.append(
            {
                name: table.with_columns((pl.col(ROW) + before).cast(pl.UInt32))
                for name, table in part.repeats.items()
            }
        )
        before += part.height
    main = _below([part.main.drop(ROW) for part in parts])
    return Answers(
        main.insert_column(0, pl.Series(ROW, range(main.height), dtype=pl.UInt32)),
        {name: _below([tables[name] for tables in moved]) for name in parts[0].repeats},
    )


def taken(answers: Answers, places: Sequence[int]) -> Answers:
    """Return the rows at some places, in the order of these, counted from 0."""
    at = pl.Series(ROW, places, dtype=pl.UInt32)
    rows = pl.DataFrame([at, pl.Series(_NEW, range(len(places)), dtype=pl.UInt32)])
    main = answers.main[at].with_columns(rows[_NEW].alias(ROW))
    repeats = {
        name: table.join(rows, on=ROW, how="inner", maintain_order="left")
        .with_columns(pl.col(_NEW).alias(ROW))
        .drop(_NEW)
        .sort(ROW, maintain_order=True)
        for name, table in answers.repeats.items()
    }
    return Answers(main, repeats)


def _below(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="vertical_relaxed").rechunk()


# --- made -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class _Row:
    """One record's answers and statuses, by item and instances."""

    number: int
    values: Mapping[Place, str]
    statuses: Mapping[Place, str]


def _row(number: int, found: Record) -> _Row:
    return _Row(
        number,
        {_place(key): value for key, value in found.answers.items() if value},
        {_place(key): status for key, status in found.statuses.items()},
    )


def _place(key: str) -> Place:
    return place_of(key) if key.endswith("]") else (key, ())


def _columns(variable: Variable, at: Sequence[tuple[_Row, tuple[int, ...]]]) -> Iterator[pl.Series]:
    """Yield the column of a variable's values and, where somebody is asked it, that of its statuses."""
    places = [(row, (variable.name, place)) for row, place in at]
    values = [row.values.get(place) for row, place in places]
    yield _series(variable, values)
    if variable.status_column:
        statuses = [
            row.statuses.get(place, "not_asked" if value is None else None)
            for (row, place), value in zip(places, values, strict=True)
        ]
        yield pl.Series(variable.status_column, statuses, dtype=pl.Enum(STATUSES))


def _series(variable: Variable, values: Sequence[str | None]) -> pl.Series:
    name = variable.name
    match held(variable):
        case "integer":
            numbers = [None if value is None else int(value) for value in values]
            return pl.Series(name, numbers, dtype=pl.Int64).shrink_dtype()
        case "decimal":
            reals = [
                None if value is None or value in _NO_NUMBER else float(value) for value in values
            ]
            return pl.Series(name, reals, dtype=pl.Float64)
        case "list":
            return pl.Series(name, values, dtype=pl.Enum(variable.values))
        case "text":
            return pl.Series(name, values, dtype=pl.String)
        case "codes":
            if variable.is_computed:
                values = [None if value in _NO_NUMBER else value for value in values]
            if (
                variable.storage in {"date", "dateTime"}
                and variable.question.keep.unit in _COARSENED
            ):
                values = [None if value is None else month_of(value) for value in values]
            return pl.Series(name, values, dtype=pl.Categorical)


def _repeat(
    scope: tuple[str, ...], found: Iterable[Variable], rows: Sequence[_Row]
) -> pl.DataFrame:
    """Return the table of a repeat: a row each time it was asked.

    Its key is the row of the record and, under the name of each repeat around it and its own, which
    time it was.
    """
    inside = [variable for variable in found if variable.repeats[: len(scope)] == scope]
    names = {variable.name for variable in inside}
    at = [(row, place) for row in rows for place in _instances(row, names, len(scope))]
    columns = [pl.Series(ROW, [row.number for row, _place in at], dtype=pl.UInt32)]
    for depth, repeat in enumerate(scope):
        columns.append(pl.Series(repeat, [place[depth] for _row, place in at], dtype=pl.UInt32))
    for variable in inside:
        if variable.repeats == scope:
            columns.extend(_columns(variable, at))
    return pl.DataFrame(columns)


def _instances(row: _Row, names: set[str], depth: int) -> list[tuple[int, ...]]:
    return sorted({at[:depth] for name, at in (*row.values, *row.statuses) if name in names})
