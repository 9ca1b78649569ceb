"""What becomes of names and values in SPSS and Stata, as a table that lies beside their files.

A row for each column that is there under a name, and one for each value and kind of missing value.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from export.datasets import spss, stata
from export.datasets.coding import LETTERS, Coded

HEADING = ("table", "column", "spss_name", "stata_name", "value", "spss", "stata", "label")


def written(tables: Mapping[str, Sequence[Coded]]) -> bytes:
    """Return the table as CSV; labels stand in it whole, also where a format cuts them.

    A row whose `value` is empty says the names and the label of a column. Others say how a value of
    the CSV is written: `value` is a choice, or the status of a missing value.
    """
    target = StringIO()
    rows = csv.writer(target, lineterminator="\n")
    rows.writerow(HEADING)
    for name, columns in tables.items():
        rows.writerows(_rows(name, columns))
    return target.getvalue().encode("utf-8")


def _rows(table: str, columns: Sequence[Coded]) -> Iterator[tuple[str, ...]]:
    in_spss, in_stata = spss.names(columns), stata.names(columns)
    for one in columns:
        called = (table, one.name, in_spss[one.name], in_stata[one.name])
        yield (*called, "", "", "", one.column.label)
        values = {number: value for value, number in one.codes.items()}
        for number, label in one.labels.items():
            yield (*called, values.get(number, str(number)), str(number), str(number), label)
        for kind, label in one.missing.items():
            yield (*called, kind, str(one.block[kind]), f".{LETTERS[kind]}", label)
