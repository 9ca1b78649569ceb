"""Rows of a table counted as they pass: how many are in each part of each column, and in each two parts.

A part is a value, or a reason why there is none. A table of any length is counted some rows at a time;
what is held grows with the number of parts and of distinct numbers alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from export.datasets.described import Column, Sheet
from export.estimating.columns import Floats

VALUE, MISSING = "=", "!"  # before a value, and before the reason why there is none
WEIGHT = "!"  # a name that no column of a questionnaire has
_LISTED = 200  # values of a list, at most, that are counted one by one
_MANY = 16  # tables of numbers kept before they are made one


@dataclass(slots=True)
class Tally:
    """The rows of a table counted so far.

    `places` gives the place of each part of each column (by its number and the part with its sign) in
    `people`, `weight` and `pairs`: how many people have a row in it, how many people these rows stand
    for, how many rows it has in common with each other part, and, in the diagonal, in all. `valid` is
    how many people have a row with a value in a column. `each` is the most rows of one person.
    """

    columns: tuple[Column, ...]
    rows: int = 0
    everybody: int = 0
    each: int = 1
    places: dict[tuple[int, str], int] = field(default_factory=dict)
    people: Floats = field(default_factory=lambda: np.zeros(0))
    weight: Floats = field(default_factory=lambda: np.zeros(0))
    pairs: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    valid: Floats = field(default_factory=lambda: np.zeros(0))
    numbers: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    def add(self, sheet: Sheet, people: str, weights: pl.DataFrame) -> None:
        """Count more rows: of people none of whom had one before.

        `people` is the column of their numbers; `weights` has it too, and their weights as WEIGHT.
        """
        keyed = sheet.frame.join(weights, on=people, how="left", maintain_order="left")
        if not keyed.height:
            return
        codes = self._codes(sheet, keyed)
        who = keyed[people].rank("dense").to_numpy().astype(np.intp) - 1
        self.rows += keyed.height
        self.everybody += int(who.max()) + 1
        self.each = max(self.each, int(np.bincount(who).max()))
        self._grow()
        self._count(codes, who, keyed[WEIGHT].to_numpy())
        self._note_numbers(keyed)

    def distribution(self, column: str) -> pl.DataFrame:
        """Return the numbers of a column in order, with their rows and weights; empty for no numbers."""
        found = self.numbers.get(column, [])
        return _together(found).sort("value") if found else pl.DataFrame()

    def _codes(self, sheet: Sheet, keyed: pl.DataFrame) -> NDArray[np.intp]:
        """Return the place of the part each row is in, for each column (rows × columns)."""
        reasons = {one.of: one.name for one in sheet.columns if one.role == "status"}
        told = keyed.select(
            _part(one, reasons).alias(str(at)) for at, one in enumerate(self.columns)
        )
        parts = told.select(pl.all().unique().sort().implode())
        ranks = told.select(pl.all().rank("dense")).to_numpy()
        codes = np.zeros(told.shape, dtype=np.intp)
        for at in range(len(self.columns)):
            found = [self.places.setdefault((at, part), len(self.places)) for part in parts[0, at]]
            codes[:, at] = np.array(found)[ranks[:, at] - 1]
        return codes

    def _grow(self) -> None:
        more = len(self.places) - len(self.people)
        self.people, self.weight = (np.pad(one, (0, more)) for one in (self.people, self.weight))
        self.pairs = np.pad(self.pairs, (0, more))
        self.valid = np.pad(self.valid, (0, len(self.columns) - len(self.valid)))

    def _count(self, codes: NDArray[np.intp], who: NDArray[np.intp], weights: Floats) -> None:
        mask = np.zeros((len(codes), len(self.places)), dtype=np.float32)
        mask[np.arange(len(codes))[:, None], codes] = 1
        self.pairs += mask.T @ mask  # exact: whole numbers below 2^24
        self.weight += weights @ mask
        is_value = np.array([part.startswith(VALUE) for _at, part in self.places])[codes]
        if self.each == 1:
            self.people += mask.sum(axis=0)
            self.valid += is_value.sum(axis=0)
            return
        has_row = np.zeros((int(who.max()) + 1, len(self.places)), dtype=bool)
        has_row[who[:, None], codes] = True
        self.people += has_row.sum(axis=0)
        has_value = np.zeros((len(has_row), len(self.columns)), dtype=bool)
        rows, columns = np.nonzero(is_value)
        has_value[who[rows], columns] = True
        self.valid += has_value.sum(axis=0)

    def _note_numbers(self, keyed: pl.DataFrame) -> None:
        for column in self.columns:
            series = keyed[column.name]
            if is_listed(column) or not series.dtype.is_numeric():
                continue
            value = pl.col(column.name).cast(pl.Float64).alias("value")
            more = keyed.select(value, pl.lit(1).alias("rows"), pl.col(WEIGHT)).drop_nulls()
            found = [*self.numbers.get(column.name, []), _together([more])]
            self.numbers[column.name] = found if len(found) < _MANY else [_together(found)]


def is_listed(column: Column) -> bool:
    """Whether its values are few and known; several of a list are told by its indicators.

    A list of all communes is none: each two parts of all columns are counted together.
    """
    if column.role != "value":
        return True
    variable = column.variable
    if variable is None or variable.storage == "several":
        return False
    return 0 < len(variable.values) <= _LISTED


def _part(column: Column, reasons: dict[str, str]) -> pl.Expr:
    """Return the part of a column each row is in."""
    series = pl.col(column.name)
    status = reasons.get(column.of if column.role == "indicator" else column.name)
    value = pl.lit(VALUE) + series.cast(pl.String) if is_listed(column) else pl.lit(VALUE)
    reason = pl.lit("") if status is None else pl.col(status).cast(pl.String).fill_null("")
    return pl.when(series.is_not_null()).then(value).otherwise(pl.lit(MISSING) + reason)


def _together(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(found).group_by("value").agg(pl.col("rows").sum(), pl.col(WEIGHT).sum())
