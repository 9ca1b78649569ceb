"""Stata: a .dta of version 118 (Stata 14 and later), statuses as missing values .a to .f.

Source of the limits: Stata, help limits, help dta and [U] 11.3 Naming conventions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl
import pyreadstat

from export.datasets.coding import LETTERS, Coded, fits_long
from export.datasets.names import cut, names_for
from export.datasets.plain_file import written_by

RESERVED = frozenset(
    (
        "_all _b byte _coef _cons double float if in int long _n _pi _pred _rc _skip strl using with"
        " by end graph"
    ).split()
) | {f"str{n}" for n in range(1, 2046)}
LONGEST_NAME = 32  # characters
LONGEST_LABEL = 80  # characters
_COUNTED = 5  # digits that our library adds to a name for that of its value labels: as long at most
_VERSION = 14
_MADE = re.compile(rb"(<timestamp>\x11)[ 0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}")
_EPOCH = rb"\g<1>01 Jan 1980 00:00"  # said to be the earliest time our zips can carry


def names(columns: Sequence[Coded]) -> dict[str, str]:
    """Return the name of each column in Stata."""
    return names_for(((one.name, _longest(one)) for one in columns), RESERVED)


def _longest(one: Coded) -> int:
    has_labels = bool(one.labels or one.missing)
    return LONGEST_NAME - _COUNTED if has_labels else LONGEST_NAME


def written(columns: Sequence[Coded], title: str) -> bytes:
    """Return a table as a .dta file: the same bytes each time."""
    called = names(columns)
    frame = pl.DataFrame([_series(one).alias(called[one.name]) for one in columns])
    labelled = {called[one.name]: _value_labels(one) for one in columns}
    content = written_by(
        lambda path: pyreadstat.write_dta(
            frame,
            path,
            version=_VERSION,
            file_label=cut(title, LONGEST_LABEL),
            column_labels=[cut(one.column.label, LONGEST_LABEL) or None for one in columns],
            variable_value_labels={name: labels for name, labels in labelled.items() if labels},  # type: ignore[misc]
            missing_user_values={
                called[one.name]: list(LETTERS.values()) for one in columns if one.missing
            },
        )
    )
    made, found = _MADE.subn(_EPOCH, content, count=1)
    if not found:
        raise AssertionError("a .dta says in its header when it was made")
    return made


def _series(one: Coded) -> pl.Series:
    """Return a column as it stands in the file: a status is the letter of its missing value."""
    if one.holds == "text":
        return one.values.fill_null("")  # the same to Stata, and long texts must not be null
    values = one.values.cast(pl.Int32 if fits_long(one) else pl.Float64)
    if not one.missing:
        return values
    why = pl.Series([None] * len(values), dtype=pl.String) if one.statuses is None else one.statuses
    letters = why.replace_strict(LETTERS, return_dtype=pl.String, default=None)
    mixed = [
        letter if value is None else value for value, letter in zip(values, letters, strict=True)
    ]
    return pl.Series(mixed, dtype=pl.Object)


def _value_labels(one: Coded) -> dict[int | str, str]:
    told: dict[int | str, str] = dict(one.labels.items())
    return told | {LETTERS[kind]: means for kind, means in one.missing.items()}
