"""A Parquet file → the table in it, read in a process of its own.

Polars trusts what a Parquet file says of its sizes: of a damaged one it may ask the machine for more
memory than there is, and the process is ended on the spot. So that a sentence can still be said, that
process is another one; it says nothing itself.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import polars as pl

from export.drawing.table import (
    LONGEST,
    MOST_ROWS,
    Source,
    Table,
    longest,
    tidy,
    wanted_columns,
    written,
)

MOST_CELLS = 10 * MOST_ROWS
MOST_TEXT = 256_000_000  # bytes of a column, where few in the file may stand for many


def apart(content: bytes, file: str, drop: Collection[str]) -> Table:
    """Return the table of a Parquet file, as `table_of` does, whatever becomes of its process."""
    context = multiprocessing.get_context("spawn")  # the same everywhere, and safe beside threads
    with ProcessPoolExecutor(1, mp_context=context, initializer=_be_quiet) as pool:
        try:
            return pool.submit(table_of, content, file, tuple(drop)).result()
        except BrokenProcessPool:
            raise ValueError from None


def _be_quiet() -> None:
    """Leave it to the other process to speak: what a library says of its panics may repeat a cell."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.__stderr__.fileno() if sys.__stderr__ else 2)


def table_of(content: bytes, file: str, drop: Collection[str]) -> Table:
    """Return the table of a Parquet file, whose rows count as if written below a heading.

    Raises ValueError where it cannot be read, OverflowError where it is too large for a frame; neither
    says more, for this language is not that of the user.
    """
    try:
        return _table(pl.scan_parquet(io.BytesIO(content)), Source(file), drop)
    except OverflowError:
        raise
    except BaseException as error:  # a panic of the library is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise ValueError from None
        raise


def _table(found: pl.LazyFrame, source: Source, drop: Collection[str]) -> Table:
    names = list(found.collect_schema())
    heading = tuple(tidy(pl.Series(names, dtype=pl.String)))
    rows = int(found.select(pl.len()).collect().item())
    if rows > MOST_ROWS or rows * len(names) > MOST_CELLS:
        raise OverflowError
    columns = {
        at: tidy(_as_text(found.select(pl.col(names[at])).collect().to_series(), at, source))
        for at in wanted_columns(heading, drop)
    }
    return Table(source, heading, 1, columns, np.arange(2, rows + 2))


def _as_text(column: pl.Series, at: int, source: Source) -> pl.Series:
    kind = column.dtype
    if kind.is_nested() or kind in {pl.Binary, pl.Object}:
        source.nested.append(at)
        return pl.repeat("", len(column), eager=True)
    if kind in {pl.String, pl.Categorical, pl.Enum, pl.Null} or kind.is_integer():
        text = column.cast(pl.String)
        if longest(text) > LONGEST or text.str.len_bytes().sum() > MOST_TEXT:
            raise OverflowError
        return text
    lines = enumerate(column.to_list(), start=2)
    return pl.Series([written(one, line, at, source) for line, one in lines], dtype=pl.String)
