"""The sampling frame: one unit per person or place, in one canonical form.

The canonical form is what a draw is made from and what anyone can hash again: a line per unit,
`id TAB stratum TAB cluster TAB size`, sorted by id, UTF-8 in NFC, every line ended by LF (the size is
blank in every frame read from a table: no method of drawing uses one). Ids are codes; a table that carries names or contact details is refused before anything is computed.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from export.drawing.checks import are_unseen, problems_of
from export.drawing.drawn import Unit
from export.drawing.intake import read_table
from export.drawing.table import Columns, Table
from surveys.language import _
from surveys.problems import Problem, Refusal

SALT_BYTES = 32
_LINE = ("id", "stratum", "cluster", "size")  # the columns of the canonical form
_SIGNED = r"^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The units sorted by id, as columns; a column the table does not have is blank in every unit.

    `strata` are the codes in order, `stratum` the place there of each unit's; `clusters` are the
    place of the stratum and the code, in order, `cluster` the place there of each unit's. Both are
    complete and hold no other: without columns there is one stratum, and one cluster in it.
    `similarity` are the numbers of the strata (from 1), those alike side by side, and `spread` the
    standard deviation expected in each stratum, in the order of `strata`; () where none is given,
    for neither is part of the canonical form. `columns` are those of the table it was read from.
    """

    ids: list[str]
    strata: tuple[str, ...]
    stratum: NDArray[np.intp]
    clusters: tuple[tuple[int, str], ...]
    cluster: NDArray[np.intp]
    sizes: list[str]
    canonical: bytes
    similarity: tuple[int, ...] = ()
    spread: tuple[Fraction, ...] = ()
    columns: Columns | None = None

    def unit(self, at: int) -> Unit:
        """Return the unit at a place, counted from 0."""
        place, code = self.clusters[self.cluster[at]]
        return Unit(self.ids[at], self.strata[place], code, self.sizes[at])

    def people_by_stratum(self) -> list[int]:
        """Return how many units each stratum has."""
        return [int(n) for n in np.bincount(self.stratum, minlength=len(self.strata))]

    def people_by_cluster(self) -> list[int]:
        """Return how many units each cluster has."""
        return [int(n) for n in np.bincount(self.cluster, minlength=len(self.clusters))]

    def clusters_by_stratum(self) -> list[int]:
        """Return how many clusters each stratum has."""
        places = [place for place, _code in self.clusters]
        return [int(n) for n in np.bincount(places, minlength=len(self.strata))]


def read(
    path: Path, columns: Columns, *, is_drawn: bool = False
) -> tuple[Frame | None, tuple[Problem, ...]]:
    """Return the frame in a table and warnings, or no frame and every problem of the table.

    The table is CSV, a workbook or Parquet. Cells lose the spaces
    around them and are put in NFC. Of a list that is drawn from already, columns that look like
    personal details are warnings: what was taken for a code then must still be verified. No message
    repeats the content of a cell. Raises Refusal where the
    file cannot be read as a table at all.
    """
    table = read_table(path, columns.drop, columns.sheet)
    problems = problems_of(table, columns)
    if is_drawn:
        problems = tuple(
            replace(one, severity="warning") if one.check == "person" else one for one in problems
        )
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    held = _held(table, columns)
    return (
        replace(
            _frame(held),
            similarity=similarity_order(_by_stratum(held, "similarity")),
            spread=tuple(Fraction(text) for text in _by_stratum(held, "spread").values()),
            columns=columns,
        ),
        problems,
    )


def from_canonical(data: bytes) -> Frame:
    """Return the frame of a canonical form; Refusal if the bytes are not one."""
    try:
        text = data.decode()
    except ValueError:
        raise _not_canonical() from None
    lines = pl.Series(text.removesuffix("\n").split("\n"))
    cells = lines.str.split_exact("\t", len(_LINE) - 1).struct.rename_fields(list(_LINE))
    frame = _frame(cells.struct.unnest().fill_null(""))
    are_ids = "" not in frame.ids and len(set(frame.ids)) == len(frame.ids)
    is_plain = unicodedata.is_normalized("NFC", text) and not are_unseen(set(text) - set("\t\n"))
    if frame.canonical != data or not are_ids or not is_plain:
        raise _not_canonical()
    return frame


def from_units(units: Iterable[Unit]) -> Frame:
    """Return the frame of a few units, in whatever order."""
    rows = [(unit.id, unit.stratum, unit.cluster, unit.size) for unit in units]
    return _frame(pl.DataFrame(rows, schema=dict.fromkeys(_LINE, pl.String), orient="row"))


def frame_hash(data: bytes, salt: bytes) -> bytes:
    """Return SHA-256(salt ‖ canonical form), 32 bytes. Without the salt ids cannot be guessed."""
    if len(salt) != SALT_BYTES:
        raise Refusal(
            _("the salt must be {wanted} bytes and has {n}; use the salt of the draw").format(
                wanted=SALT_BYTES, n=len(salt)
            )
        )
    return hashlib.sha256(salt + data).digest()


def similarity_order(values: Mapping[str, str]) -> tuple[int, ...]:
    """Return the numbers of strata, those alike side by side, from a value for each stratum's code.

    Values that are all numbers are ordered as numbers, else as text; ties by stratum code.
    """
    codes = sorted(values)
    texts = pl.Series([values[code] for code in codes], dtype=pl.String)
    keys: Sequence[Fraction | str] = list(texts)
    if texts.str.contains(_SIGNED).all():
        keys = [Fraction(text) for text in texts]
    return tuple(at + 1 for at in sorted(range(len(codes)), key=lambda at: (keys[at], at)))


def _not_canonical() -> Refusal:
    return Refusal(
        _("the frame is not in canonical form; make it again from the table with `souspli draw`")
    )


def _held(table: Table, columns: Columns) -> pl.DataFrame:
    """Return the columns in use by what they hold; those of the canonical form are all there."""
    found = {
        what: table.columns[table.heading.index(name)] for what, name in columns.mapped().items()
    }
    return pl.DataFrame(found).with_columns(
        pl.lit("").alias(what) for what in _LINE if what not in found
    )


def _by_stratum(held: pl.DataFrame, what: str) -> Mapping[str, str]:
    """Return a value for each stratum's code, in order of code; none without the column."""
    if what not in held:
        return {}
    return dict(held.select("stratum", what).unique().sort("stratum").iter_rows())


def _frame(units: pl.DataFrame) -> Frame:
    """Return the frame of a table with the columns of the canonical form, all text, none null."""
    ordered = units.select(_LINE).sort("id")
    strata, stratum = _coded(ordered["stratum"])
    codes, code = _coded(ordered["cluster"])
    pairs, cluster = np.unique(stratum * len(codes) + code, return_inverse=True)
    text = ordered.write_csv(include_header=False, separator="\t", quote_style="never")
    frame = Frame(
        ids=ordered["id"].to_list(),
        strata=strata,
        stratum=stratum,
        clusters=tuple((pair // len(codes), codes[pair % len(codes)]) for pair in pairs.tolist()),
        cluster=cluster.astype(np.intp),
        sizes=ordered["size"].to_list(),
        canonical=text.encode(),
    )
    frame.stratum.setflags(write=False)
    frame.cluster.setflags(write=False)
    return frame


def _coded(column: pl.Series) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the different texts in order, and the place there of each text of the column."""
    codes = column.unique().sort()
    places = column.cast(pl.Enum(codes)).to_physical().to_numpy()
    return tuple(codes), places.astype(np.intp)
