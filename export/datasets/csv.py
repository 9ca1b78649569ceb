"""CSV: UTF-8, commas, a heading, LF; what is missing is empty."""

from __future__ import annotations

from io import BytesIO

import polars as pl


def written(frame: pl.DataFrame) -> bytes:
    """Return a table as CSV."""
    target = BytesIO()
    frame.write_csv(target)
    return target.getvalue()
