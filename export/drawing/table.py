"""A table of text whose rows know where they stand in their file: what every kind of file becomes.

Cells lose the spaces around them and are put in NFC; a blank is ''. Rows are Python objects a part at
a time only: a frame may have a million. What the cells mean is not asked here.
"""

from __future__ import annotations

import datetime
import math
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import polars as pl
from numpy.typing import NDArray

from surveys.problems import Place

_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
CODES = (
    "id",
    "stratum",
    "cluster",
)  # what a column in use may hold that is compared, never counted
SPACES = " \u00a0\u202f"
MOST_COLUMNS = 1_000
MOST_ROWS = 20_000_000
LONGEST = 131_072  # characters of a cell: as far as the csv module reads
_PART = (
    5_000  # rows that are Python objects at a time: more, and the collector of garbage is at work
)
_TOP = 20  # rows under the heading in which it is looked for again

Record = tuple[int, Sequence[str]]  # the line or row on which it starts, from 1, and its cells


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the table holds what ('' = the frame has none), and which are not read.

    `similarity` and `spread` have one value per stratum: by which strata that are alike lie side by
    side, and the standard deviation expected in it. `sheet` is the one of a workbook that has several.
    """

    id: str
    stratum: str = ""
    cluster: str = ""
    similarity: str = ""
    spread: str = ""
    drop: tuple[str, ...] = ()
    sheet: str = ""

    def mapped(self) -> Mapping[str, str]:
        """Return the columns in use, by what they hold."""
        held = {"id": self.id, "stratum": self.stratum, "cluster": self.cluster}
        held |= {"similarity": self.similarity, "spread": self.spread}
        return {what: column for what, column in held.items() if column}

    def as_json(self) -> dict[str, object]:
        """Return the names as a JSON object, by what they hold, without those there are none of."""
        others: dict[str, object] = {"drop": list(self.drop), "sheet": self.sheet}
        return dict(self.mapped()) | {what: names for what, names in others.items() if names}


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What a file said of itself: a sheet and its first column (from 0), and cells that are no text.

    `dates` and `inexact` are the lines, by column from 0, where a date stood, or a number longer than
    a spreadsheet keeps; `nested` are columns of lists or bytes. `broken` is the line where a CSV could
    be read no further.
    """

    file: str
    sheet: str = ""
    first: int = 0
    broken: list[int] = field(default_factory=list)
    dates: dict[int, list[int]] = field(default_factory=dict)
    inexact: dict[int, list[int]] = field(default_factory=dict)
    nested: list[int] = field(default_factory=list)

    def place(self, line: int, at: int = 0) -> Place:
        """Return the place of a line, and in a workbook of the cell in a column."""
        return Place(self.file, line, self.first + at + 1 if self.sheet else 1, self.sheet)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A heading, on its `line`, and columns of tidy text, by their place in the heading from 0.

    A column that is dropped is not there. `lines` are the lines or rows of the file on which the rows
    start; `ragged` are lines that are not among them, with their numbers of cells. `top` are the
    first rows as they stand in the file, whatever their cells: the heading may be one of them.
    """

    source: Source
    heading: tuple[str, ...] = ()
    line: int = 1
    columns: Mapping[int, pl.Series] = field(default_factory=dict)
    lines: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    ragged: Sequence[tuple[int, int]] = ()
    top: Sequence[Record] = ()


def gathered(records: Iterator[Record], source: Source, drop: Collection[str] = ()) -> Table:
    """Return the table of the records that are not blank; the first of them is the heading."""
    line, cells = next((one for one in records if _is_filled(one[1])), (1, ()))
    table = headed(source, line, cells)
    wanted = wanted_columns(table.heading, drop)
    parts: dict[int, list[pl.Series]] = {at: [] for at in wanted}
    lines, ragged, width = [table.lines], [], len(cells)
    top: list[Record] = []
    while part := list(islice(records, _PART)):
        rows = [(at, row) for at, row in part if _is_filled(row)]
        top = top or rows[:_TOP]
        ragged += [(at, len(row)) for at, row in rows if len(row) != width]
        whole = [(at, row) for at, row in rows if len(row) == width]
        lines.append(np.array([at for at, _row in whole], np.int64))
        columns = list(zip(*(row for _at, row in whole), strict=True)) or [()] * width
        for at in wanted:
            parts[at].append(tidy(pl.Series(columns[at], dtype=pl.String)))
    none = pl.Series(dtype=pl.String)
    found = {at: pl.concat([none, *series]) for at, series in parts.items()}
    return replace(table, columns=found, lines=np.concatenate(lines), ragged=ragged, top=top)


def _is_filled(cells: Sequence[str]) -> bool:
    return bool("".join(cells).strip(SPACES))


def split(lines: pl.Series, separator: str, source: Source, drop: Collection[str] = ()) -> Table:
    """Return the table of lines without quotes, as `gathered` would, many times faster."""
    filled = (lines.str.strip_chars(SPACES + separator) != "").arg_true()
    if not len(filled):
        return Table(source)
    first, rest = int(filled[0]), filled.slice(1)
    table = headed(source, first + 1, lines[first].split(separator, MOST_COLUMNS))
    wanted, width = wanted_columns(table.heading, drop), len(table.heading)
    numbers, rows = rest.to_numpy().astype(np.int64) + 1, lines.gather(rest)
    counts = (rows.str.count_matches(separator, literal=True) + 1).to_numpy()
    whole = counts == width
    ragged = zip(numbers[~whole].tolist(), counts[~whole].tolist(), strict=True)
    cells = rows.filter(whole).str.split_exact(separator, width - 1).struct
    columns = {at: tidy(cells.field(f"field_{at}")) for at in wanted}
    top = [
        (int(line), row.split(separator, MOST_COLUMNS))
        for line, row in zip(numbers[:_TOP], rows[:_TOP], strict=True)
    ]
    return replace(table, columns=columns, lines=numbers[whole], ragged=list(ragged), top=top)


def headed(source: Source, line: int, cells: Sequence[str]) -> Table:
    """Return a table that has a heading and nothing under it yet."""
    return Table(source, tuple(tidy(pl.Series(cells, dtype=pl.String))), line)


def wanted_columns(heading: Sequence[str], drop: Collection[str]) -> list[int]:
    """Return the places of the columns to keep; of a heading that is refused for its length, none."""
    if len(heading) > MOST_COLUMNS:
        return []
    return [at for at, name in enumerate(heading) if name not in drop]


def written(value: object, line: int, at: int, source: Source) -> str:
    """Return a value as a spreadsheet shows it, a date as ISO 8601; note what is no code."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and not math.isnan(value):
        if abs(value) >= _EXACT:
            source.inexact.setdefault(at, []).append(line)
        return str(int(value)) if value.is_integer() else format(value, ".15g")
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        source.dates.setdefault(at, []).append(line)
        if isinstance(value, datetime.datetime) and value.time() == datetime.time():
            value = value.date()
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - not a number


def longest(column: pl.Series) -> int:
    """Return the most bytes a text of the column has, 0 if it has none."""
    most = column.str.len_bytes().max()
    return most if isinstance(most, int) else 0


def tidy(column: pl.Series) -> pl.Series:
    """Return a column of text without spaces around its cells, in NFC; null is ''."""
    column = column.fill_null("").str.strip_chars(SPACES)
    other = (column.str.len_bytes() != column.str.len_chars()).arg_true()  # ASCII is NFC already
    if not len(other):
        return column
    normal = [unicodedata.normalize("NFC", cell) for cell in column.gather(other)]
    return column.scatter(other, pl.Series(normal, dtype=pl.String))
