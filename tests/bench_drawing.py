"""How fast a large frame is drawn from, against the bare work in the same run: `make bench`.

    python tests/bench_drawing.py [UNITS]

The bare work is what no draw can do without: the SHA-256 of every id by hashlib, and these sorted by
Polars. From a file, it is that and Polars reading the file.
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a program, this file sees its own folder only

from export.drawing.draw import draw  # noqa: E402
from export.drawing.drawn import Design  # noqa: E402
from export.drawing.frame import Frame, read  # noqa: E402
from export.drawing.table import Columns  # noqa: E402
from souspli import collect_rarely  # noqa: E402

UNITS, STRATA, ROUNDS = 1_000_000, 1_000, 5
DESIGN = Design(method="stratified", announced="bench", size=20_000, reserve=2_000)
SALT = bytes(32)


def table(units: int) -> pl.DataFrame:
    """Return a frame of that many units in strata of unlike sizes."""
    return pl.DataFrame({"id": [f"P{at:07d}" for at in range(units)]}).with_columns(
        stratum=pl.format("S{}", (pl.int_range(pl.len()) * 7919 % 611_953 % STRATA))
    )


def bare(ids: list[str]) -> pl.Series:
    """Hash the ids and sort the hashes."""
    sha256 = hashlib.sha256
    return pl.Series([sha256(id_.encode()).digest() for id_ in ids]).sort()


def seconds(work: Callable[[], object]) -> float:
    """Return the time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def taken(path: Path) -> Frame:
    """Return the frame of the file; the bench's own has no problem."""
    frame, problems = read(path, Columns(id="id", stratum="stratum"))
    if frame is None:
        raise SystemExit("\n".join(map(str, problems)))
    return frame


def ratios(units: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the median seconds of a draw and of the bare work: from memory, and from a CSV file.

    The two are run in turns, so that what else the machine does falls on both.
    """
    with TemporaryDirectory(prefix=".bench-", dir=ROOT) as folder:
        path = Path(folder) / "frame.csv"
        table(units).write_csv(path)
        frame = taken(path)
        memory = [
            (seconds(lambda: draw(frame, SALT, DESIGN, "x")), seconds(lambda: bare(frame.ids)))
            for _round in range(ROUNDS)
        ]
        file = [
            (
                seconds(lambda: draw(taken(path), SALT, DESIGN, "x")),
                seconds(lambda: bare(pl.read_csv(path)["id"].to_list())),
            )
            for _round in range(3)
        ]
    return _medians(memory), _medians(file)


def _medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs)


def report(units: int = UNITS) -> None:
    """Print the ratios, measured as the front door has the draw run."""
    collect_rarely()
    (mine, other), (whole, read_) = ratios(units)
    what = f"draw of {DESIGN.size:,} from {units:,} units in {STRATA:,} strata"
    print(
        f"{mine / other:6.2f}  {what}, against hashing the ids and sorting them with Polars "
        f"({mine:.2f} s / {other:.2f} s)"
    )
    print(
        f"{whole / read_:6.2f}  the same from a CSV file, against that and Polars reading the file "
        f"({whole:.2f} s / {read_:.2f} s)"
    )


if __name__ == "__main__":
    report(int(sys.argv[1]) if len(sys.argv) > 1 else UNITS)
