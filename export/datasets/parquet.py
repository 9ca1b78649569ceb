"""Parquet: the same table with its types; R, Stata (through R), Python and DuckDB read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

import polars as pl
from polars.io.plugins import register_io_source

ROW_GROUP = 16_384  # rows that are in memory together, and that a reader can skip together


def write(frames: Callable[[], Iterator[pl.DataFrame]], target: BinaryIO) -> None:
    """Write the parts of a table, of which there is at least one, as one file.

    A part is asked for once those before it are on their way.
    """
    schema = next(frames()).schema

    def source(
        _columns: list[str] | None, _rows: pl.Expr | None, _count: int | None, _size: int | None
    ) -> Iterator[pl.DataFrame]:
        yield from frames()

    register_io_source(source, schema=schema).sink_parquet(
        target, maintain_order=True, row_group_size=ROW_GROUP
    )


def written(frame: pl.DataFrame) -> bytes:
    """Return a table as Parquet."""
    target = BytesIO()
    write(lambda: iter([frame]), target)
    return target.getvalue()
