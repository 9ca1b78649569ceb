"""Parquet: the same table with its types; R, Stata (through R), Python and DuckDB read it."""

from __future__ import annotations

from io import BytesIO

import polars as pl


def written(frame: pl.DataFrame) -> bytes:
    """Return a table as Parquet."""
    target = BytesIO()
    frame.write_parquet(target)
    return target.getvalue()
