"""How often each answer stands in a dataset: what a codebook may say of it to anybody.

A codebook is read further than the data. Of every column it tells how many rows have a value, why the
others have none, how often each value of a list was given, and the quartiles of numbers, but never a
group of fewer people than the study's threshold, nor figures it could be had from by subtraction:
within a column (`withheld`), or from a column that others were led to by an answer (`linked.py`).
A quartile is one person's value: it is told where that many people have no more, and as many no less.
The least and the greatest value never are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from export.datasets.described import Column, Sheet
from export.datasets.linked import Part, given_away
from export.datasets.tally import MISSING, VALUE, WEIGHT, Tally, is_listed
from export.estimating.columns import Floats, Mask
from export.estimating.quantiles import quantiles
from export.estimating.withheld import withheld
from surveys.codebook import STATUSES

QUARTILES = (25, 50, 75)
# Columns of the design that say something a codebook may count; the others are numbers of rows.
_COUNTED = ("month", "completeness", "simulated")


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows have a value, or no value for a reason; None where that is withheld.

    `share` is that of the people it stands for among all who have a value, between 0 and 1; None for a
    reason, and wherever it would tell a number that is withheld. `name` is '' for no reason known.
    """

    name: str
    rows: int | None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Frequency:
    """What is told of a column: `valid` is how many rows have a value, None where that is withheld.

    `values` are those of a list, in its order; () where they are many. `quartiles` are those of the
    people the rows stand for, by per cent, where they may be told.
    """

    valid: int | None
    values: tuple[Count, ...] = ()
    missing: tuple[Count, ...] = ()
    quartiles: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a dataset: `rows` by table, None for fewer people than the threshold.

    `columns` are by name of column: those of questions, of indicators, and a few of the design.
    """

    threshold: int
    rows: Mapping[str, int | None]
    columns: Mapping[str, Frequency]


def figures(slices: Iterable[Sequence[Sheet]], threshold: int) -> Figures:
    """Return what may be told of the tables of a dataset, given whole or some people at a time.

    Each slice has all tables, the main one first, and all the rows of its people. A row of any table is
    of the person with its number, and weighs what that person weighs; all weigh alike where there is
    no weight.
    """
    tallies: dict[str, Tally] = {}
    for sheets in slices:
        design = {one.of: one.name for one in sheets[0].columns if one.role == "design"}
        people = design["number"]
        weights = _weights(sheets[0].frame, people, design.get("weight"))
        for sheet in sheets:
            tally = tallies.setdefault(sheet.name, Tally(tuple(_counted(sheet))))
            tally.add(sheet, people, weights)
    rows: dict[str, int | None] = {}
    columns: dict[str, Frequency] = {}
    for name, tally in tallies.items():
        is_told = tally.everybody >= threshold
        rows[name] = tally.rows if is_told else None
        if is_told:
            columns |= _of_table(tally, threshold)
    return Figures(threshold, rows, columns)


def _weights(main: pl.DataFrame, people: str, weight: str | None) -> pl.DataFrame:
    value = pl.lit(1.0) if weight is None else pl.col(weight)
    return main.select(people, value.cast(pl.Float64).alias(WEIGHT))


def _counted(sheet: Sheet) -> Iterator[Column]:
    """Yield the columns that are counted; those of the design last, for they are the first to yield."""
    yield from (one for one in sheet.columns if one.role in {"value", "indicator"})
    yield from (one for one in sheet.columns if one.role == "design" and one.of in _COUNTED)


# --- one table ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cut:
    """A column cut into parts: its values, then the reasons for none.

    `rows`, `people` and `weight` are of each part; `places` where it stands in the tally, -1 for a value
    that nobody has. `valid` is how many people have a value, `each` the most rows of one person.
    """

    column: Column
    values: tuple[str, ...]
    missing: tuple[str, ...]
    places: tuple[int, ...]
    rows: Floats
    people: Floats
    weight: Floats
    valid: int
    each: int

    def people_of(self, parts: Mask) -> float:
        """Return how many people at least have a row in any of some parts."""
        if self.each == 1:
            return float(self.rows[parts].sum())
        return float(max(self.people[parts].max(initial=0), self.rows[parts].sum() / self.each))


def _of_table(tally: Tally, threshold: int) -> dict[str, Frequency]:
    cuts = [_cut(tally, at) for at in range(len(tally.columns))]
    told: dict[str, Frequency] = {cut.column.name: Frequency(None) for cut in cuts}
    hidden = list(_all_hidden(cuts, threshold))
    parts = [
        Part(cut.places, len(cut.values), out, is_valid_told=is_valid_told)
        for cut, out, is_valid_told in hidden
    ]
    away = given_away(parts, tally.pairs, tally.rows, threshold * tally.each)
    for (cut, out, is_valid_told), is_away in zip(hidden, away, strict=True):
        if not is_away:
            quartiles = dict(_quartiles(tally, cut.column.name, threshold))
            told[cut.column.name] = _told(cut, out, is_valid_told, quartiles)
    return told


def _cut(tally: Tally, at: int) -> _Cut:
    column = tally.columns[at]
    seen = [part for number, part in tally.places if number == at]
    values = _values(column, seen) if is_listed(column) else ("",)
    missing = _missing(seen)
    order = [*(VALUE + one for one in values), *(MISSING + one for one in missing)]
    places = tuple(tally.places.get((at, one), -1) for one in order)
    found = np.array(places, dtype=np.intp)
    rows, people, weight = (
        np.where(found < 0, 0, one[found])
        for one in (np.diagonal(tally.pairs), tally.people, tally.weight)
    )
    return _Cut(
        column, values, missing, places, rows, people, weight, int(tally.valid[at]), tally.each
    )


def _values(column: Column, seen: Iterable[str]) -> tuple[str, ...]:
    """Return the values of a list, in its order.

    Where others stand in the table, values were merged: then those that nobody has any more are left out.
    """
    found = {one.removeprefix(VALUE) for one in seen if one.startswith(VALUE)}
    known = _known(column)
    if found <= set(known):
        return known
    return (*(one for one in known if one in found), *sorted(found - set(known)))


def _known(column: Column) -> tuple[str, ...]:
    if column.role == "indicator":
        return ("0", "1")
    return column.variable.values if column.variable is not None else ()


def _missing(seen: Iterable[str]) -> tuple[str, ...]:
    found = {one.removeprefix(MISSING) for one in seen if one.startswith(MISSING)}
    return (*(one for one in STATUSES if one in found), *sorted(found - set(STATUSES)))


# --- what is withheld -----------------------------------------------------------------------------


def _all_hidden(cuts: Sequence[_Cut], threshold: int) -> Iterator[tuple[_Cut, Mask, bool]]:
    """Yield each column something is told of, with which parts are withheld, as `_hidden` has it."""
    of: dict[str, tuple[Mask, bool]] = {}
    for cut in cuts:
        several = of.get(cut.column.of) if cut.column.role == "indicator" else None
        found = _hidden(cut, threshold) if several is None else _chosen(cut, several, threshold)
        if found is not None:
            of[cut.column.name] = found
            yield cut, *found


def _hidden(cut: _Cut, threshold: int) -> tuple[Mask, bool] | None:
    """Return which parts are withheld, and whether it is told how many rows have a value.

    All rows are known. Where the rows with a value are told, the values are a whole of their own; else
    they are one with the reasons for none. None where whatever is told would tell of a few.
    """
    split = len(cut.values)
    people = cut.people.astype(np.intp)
    outer = withheld(np.array([cut.valid, *people[split:]], dtype=np.intp), threshold)
    if outer[0]:
        return _if_safe(cut, withheld(people, threshold), False, threshold)
    out = np.concatenate([withheld(people[:split], threshold), outer[1:]])
    return _if_safe(cut, out, True, threshold)


def _chosen(cut: _Cut, of: tuple[Mask, bool], threshold: int) -> tuple[Mask, bool] | None:
    """Return what of a choice is withheld: of the reasons for none, just what its question withholds.

    Where that does not tell how many rows have a value, neither may the two counts of a choice.
    """
    reasons, is_valid_told = of
    values = withheld(cut.people[:2].astype(np.intp), threshold)
    if not is_valid_told:
        values[0] = True
    return _if_safe(cut, np.concatenate([values, reasons[1:]]), is_valid_told, threshold)


def _if_safe(cut: _Cut, out: Mask, is_valid_told: bool, threshold: int) -> tuple[Mask, bool] | None:
    is_value = np.arange(len(out)) < len(cut.values)
    groups = (out & is_value, out & ~is_value) if is_valid_told else (out,)
    is_safe = all(_is_safe(cut, one, threshold) for one in groups)
    return (out, is_valid_told) if is_safe else None


def _is_safe(cut: _Cut, group: Mask, threshold: int) -> bool:
    """Whether parts withheld together, whose sum is known, are of enough people and not each known.

    A person may be in several parts of the table of a repeat.
    """
    counts = cut.people[group & (cut.people > 0)]
    if not len(counts):
        return True
    most = int(counts.sum()) - (len(counts) - 1)
    return len(counts) > 1 and most >= threshold - 1 and cut.people_of(group) >= threshold


def _told(cut: _Cut, out: Mask, is_valid_told: bool, quartiles: Mapping[int, float]) -> Frequency:
    split = len(cut.values)
    valid, weight = int(cut.rows[:split].sum()), float(cut.weight[:split].sum())
    rows = [None if is_out else int(n) for n, is_out in zip(cut.rows, out, strict=True)]
    values = [
        Count(name, n, float(of) / weight if n is not None and is_valid_told and weight else None)
        for name, n, of in zip(cut.values, rows, cut.weight, strict=False)
    ]
    return Frequency(
        valid if is_valid_told else None,
        tuple(values) if is_listed(cut.column) else (),
        tuple(Count(name, n) for name, n in zip(cut.missing, rows[split:], strict=True)),
        quartiles,
    )


def _quartiles(tally: Tally, column: str, threshold: int) -> Iterator[tuple[int, float]]:
    """Yield the quartiles that enough people lie on either side of."""
    found = tally.distribution(column)
    if not found.height:
        return
    values, rows = found["value"].to_numpy(), found["rows"].to_numpy()
    at = quantiles(values, found[WEIGHT].to_numpy(), np.array(QUARTILES) / 100).tolist()
    for order, value in zip(QUARTILES, at, strict=True):
        sides = (rows[values <= value].sum(), rows[values >= value].sum())
        if all(side / tally.each >= threshold for side in sides):
            yield order, value
