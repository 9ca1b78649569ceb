"""A table as statistical packages keep one: numbers with labels, kinds of missing values.

In CSV and Parquet a choice is its name and the reason for a missing value stands in a column beside
it. Here a choice is a number with a label, and the reason is a kind of missing value of the number
itself. Columns of text have no kinds of missing values, so these keep their status column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import polars as pl

from export.datasets.described import Column, Sheet, value_labels
from surveys.codebook import Value, status_meaning
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal

Holds = Literal["text", "whole", "number"]

# The kinds of missing values in the order in which they are counted: .a to .f in Stata.
KINDS = ("refused", "dont_know", "not_applicable", "not_asked", "broke_off", "no_answer")
LETTERS: Mapping[str, str] = dict(zip(KINDS, "abcdef", strict=True))

# What Stata's long holds; what is above it are Stata's missing values.
SMALLEST, LARGEST = -2_147_483_647, 2_147_483_620
EXACT = 2**53  # whole numbers up to this are themselves as a double
_BASES = tuple(10**digits - 10 for digits in range(2, 16))  # 90, 990, 9990…
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,9}")


@dataclass(frozen=True)
class Coded:
    """One column as numbers or text.

    `values` are what stands in it, null where there is none; `statuses` say why, null where there is
    a value, and it is None where no column says why. `possible` are the kinds of missing values it
    can have. `codes` is the number of each value that is one of a list, `labels` what numbers mean.
    """

    column: Column
    holds: Holds
    values: pl.Series
    statuses: pl.Series | None = None
    possible: tuple[str, ...] = ()
    codes: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the column in the table."""
        return self.column.name

    @cached_property
    def missing(self) -> Mapping[str, str]:
        """What each kind of missing value it can have means, in the order of KINDS."""
        return {kind: status_meaning(kind) for kind in KINDS if kind in self.possible}

    @cached_property
    def block(self) -> Mapping[str, int]:
        """The number SPSS writes for each kind of missing value: none that the column holds.

        -91 to -96 in the order of KINDS, with as many more nines in front as it takes to be below
        every value. Below all that a double holds exactly there is no room: then the first of these
        blocks that no value is in.
        """
        least = (
            min([0, *self.labels, *self.values.drop_nulls().sort().head(1)]) if self.missing else 0
        )
        below = (one for one in _BASES if least > -(one + 1))
        base = next(below, None) or next((one for one in _BASES if self._is_free(one)), None)
        if base is None:
            raise Refusal(
                _(
                    "column “{name}” has a value at every number that could stand for a missing one "
                    "in SPSS; choose another format"
                ).format(name=self.name)
            )
        return {kind: -(base + n) for n, kind in enumerate(KINDS, start=1)}

    def _is_free(self, base: int) -> bool:
        """Whether no value is among the six numbers that begin there."""
        low, high = -(base + len(KINDS)), -(base + 1)
        among = self.values.cast(pl.Float64).is_between(low, high).any()
        return not among and not any(low <= number <= high for number in self.labels)


def coded(sheet: Sheet, instrument: Instrument, language: str) -> tuple[Coded, ...]:
    """Return the columns of a table, in order; the status columns of numbers are in the numbers."""
    statuses = {column.of: column.name for column in sheet.columns if column.role == "status"}
    made: dict[str, Coded] = {}
    for column in sheet.columns:
        values = sheet.frame[column.name]
        if column.role != "status":
            status = statuses.get(column.of if column.role == "indicator" else column.name)
            why = None if status is None else sheet.frame[status]
            labelled = value_labels(column, instrument, language)
            made[column.name] = _coded(column, values, why, labelled)
        elif column.of not in made or made[column.of].holds == "text":
            made[column.name] = Coded(column, "text", values.cast(pl.String))
    return tuple(made.values())


def _coded(
    column: Column, values: pl.Series, why: pl.Series | None, labelled: Sequence[Value]
) -> Coded:
    holds = _holds(values)
    if holds == "text" and not labelled:
        return Coded(column, "text", values.cast(pl.String))
    possible = _possible(column, why)
    statuses = None if why is None else _alone(why, values)
    if holds == "text":
        codes = numbered([one.name for one in labelled], values)
        told = {one.name: one.label for one in labelled}
        return Coded(
            column,
            "whole",
            values.cast(pl.String).replace_strict(codes, return_dtype=pl.Int64, default=None),
            statuses,
            possible,
            codes,
            {number: told.get(name, name) for name, number in codes.items()},
        )
    labels = {0: _("not chosen"), 1: _("chosen")} if column.role == "indicator" else {}
    return Coded(column, holds, values, statuses, possible, {}, labels)


def _holds(values: pl.Series) -> Holds:
    """Return what a column holds; numbers that a double would round are kept as text."""
    if values.dtype.is_float():
        return "number"
    if not values.dtype.is_integer():
        return "text"
    is_exact = values.cast(pl.Int64).drop_nulls().is_between(-EXACT, EXACT).all()
    return "whole" if is_exact else "text"


def _possible(column: Column, why: pl.Series | None) -> tuple[str, ...]:
    """Return the kinds of missing values a column can have, or has."""
    found = set() if why is None else set(why.drop_nulls())
    if column.variable is not None:
        found |= set(column.variable.statuses)
    return tuple(kind for kind in KINDS if kind in found)


def _alone(why: pl.Series, values: pl.Series) -> pl.Series:
    """Return why values are missing, null where there is one."""
    return pl.select(pl.when(values.is_null()).then(why)).to_series()


def numbered(names: Sequence[str], values: pl.Series) -> dict[str, int]:
    """Return a number for each value of a list: itself where all are whole numbers, else 1, 2, 3…

    What stands in the column and not in the list comes after it, so that nothing is lost.
    """
    known = set(names)
    others = sorted(value for value in values.drop_nulls().unique() if value not in known)
    every = [*names, *others]
    if all(_WHOLE.fullmatch(name) and SMALLEST <= int(name) <= LARGEST for name in every):
        return {name: int(name) for name in every}
    return {name: number for number, name in enumerate(every, start=1)}


def fits_long(one: Coded) -> bool:
    """Whether all its numbers are whole and ones that Stata's long holds."""
    if one.holds != "whole":
        return False
    return bool(one.values.cast(pl.Int64).drop_nulls().is_between(SMALLEST, LARGEST).all())
