"""CSV: UTF-8, commas, a heading, LF; what is missing is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

import polars as pl


def write(frames: Callable[[], Iterator[pl.DataFrame]], target: BinaryIO) -> None:
    """Write the parts of a table, of which there is at least one, as one file."""
    for number, frame in enumerate(frames()):
        target.write(frame.write_csv(include_header=number == 0).encode("utf-8"))


def written(frame: pl.DataFrame) -> bytes:
    """Return a table as CSV."""
    return frame.write_csv().encode("utf-8")
