"""SPSS: a system file (.sav), choices as labelled numbers, statuses as user-missing values.

Source of the limits: IBM SPSS Statistics, Command Syntax Reference, “Variable Names”, “VARIABLE
LABELS”, “VALUE LABELS” and “MISSING VALUES”.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl
import pyreadstat
from pyreadstat.pyclasses import MissingRange

from export.datasets.coding import Coded
from export.datasets.names import cut_bytes, names_for
from export.datasets.plain_file import written_by
from surveys.language import _
from surveys.problems import Refusal

RESERVED = frozenset("all and by eq ge gt le lt ne not or to with".split())
LONGEST_NAME = 64  # bytes
LONGEST_LABEL = 255  # bytes
LONGEST_VALUE_LABEL = 120  # bytes
LONGEST_TEXT = 32_767  # bytes
_LONGEST_TITLE = 64  # bytes
_MADE = slice(92, 109)  # when the file was made, in its header
_EPOCH = b"01 Jan 8000:00:00"  # said to be the earliest time our zips can carry
_TIME = re.compile(rb"[ 0-9]{2} [A-Z][a-z]{2} [0-9]{2}[ 0-9]{2}:[0-9]{2}:[0-9]{2}")


def names(columns: Sequence[Coded]) -> dict[str, str]:
    """Return the name of each column in SPSS, which tells no case of letters from another."""
    return names_for(((one.name, LONGEST_NAME) for one in columns), RESERVED)


def written(columns: Sequence[Coded], title: str) -> bytes:
    """Return a table as a system file: the same bytes each time."""
    called = names(columns)
    frame = pl.DataFrame([_series(one).alias(called[one.name]) for one in columns])
    labelled = {called[one.name]: value_labels(one) for one in columns}
    missing: dict[str, list[int | float | str | MissingRange]] = {
        called[one.name]: [{"lo": min(one.block.values()), "hi": max(one.block.values())}]
        for one in columns
        if one.missing
    }
    content = written_by(
        lambda path: pyreadstat.write_sav(
            frame,
            path,
            file_label=cut_bytes(title, _LONGEST_TITLE),
            column_labels=[cut_bytes(one.column.label, LONGEST_LABEL) or None for one in columns],
            variable_value_labels={name: labels for name, labels in labelled.items() if labels},
            missing_ranges=missing,
            variable_measure={called[one.name]: _measure(one) for one in columns},
            variable_format={called[one.name]: _format(one) for one in columns if _format(one)},
        )
    )
    if not _TIME.fullmatch(content[_MADE]):
        raise AssertionError("a system file says in its header when it was made")
    return content[: _MADE.start] + _EPOCH + content[_MADE.stop :]


def _series(one: Coded) -> pl.Series:
    """Return a column as it stands in the file: a status is the number that stands for it."""
    if one.holds == "text":
        longest = one.values.str.len_bytes().max()
        if isinstance(longest, int) and longest > LONGEST_TEXT:
            raise Refusal(
                _(
                    "column “{name}” has texts longer than SPSS holds ({n} bytes); choose another format"
                ).format(name=one.name, n=LONGEST_TEXT)
            )
        return one.values
    values = one.values.cast(pl.Float64)
    if one.statuses is None:
        return values
    reasons = one.statuses.replace_strict(one.block, return_dtype=pl.Float64, default=None)
    return pl.select(pl.coalesce(values, reasons)).to_series()


def value_labels(one: Coded) -> dict[int | float, str]:
    """Return what the numbers of a column mean, those that stand for a missing value included."""
    told = {**one.labels, **{one.block[kind]: means for kind, means in one.missing.items()}}
    return {number: cut_bytes(text, LONGEST_VALUE_LABEL) for number, text in told.items()}


def _measure(one: Coded) -> str:
    return "nominal" if one.holds == "text" or one.labels else "scale"


def _format(one: Coded) -> str:
    """Return how numbers are shown; the file holds them whole."""
    if one.holds == "text":
        return ""
    return "F12.0" if one.holds == "whole" else "F16.6"
