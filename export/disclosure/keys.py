"""What others may know of a person who answered: the keys by which a row could be recognised.

A key is an item marked `identifying: quasi`; a calculation made of such items alone; how often a repeat
was asked of a person, and their answers there taken together; the month, stratum and cluster of the
interview; in a release, the weight. That a question was not asked, or does not apply, tells something
and is a value; refused or not known is missing. Where an item was left out or made coarser, who was
asked what hangs on it tells of it still: then that is a key too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from export.disclosure.classes import MISSING, Codes
from export.disclosure.routes import Routes
from export.disclosure.treatment import WEIGHTS
from export.respondents.table import Tables
from surveys.codebook import Variable

Kind = Literal[
    "list", "several", "bands", "number", "date", "text", "times", "inside", "asked", "design"
]

# A value that is no value of the item: the questionnaire, or the person, says that it does not apply.
APART = "\0"
_TOLD = ("not_asked", "not_applicable")  # statuses that are such a value

# Columns of DESIGN others may know something of; each of the second kind where the first is not there.
_FEW = 12  # different numbers that are answers of their own
_DESIGN = (("month", ""), ("stratum", "population"), ("cluster", "cluster_population"))


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One key: `codes` are the places of each person's value in `values`, MISSING where there is none.

    `name` is that of the item, of the repeat or of the column of DESIGN; `items` are what is left
    out or emptied with it. `variable` is that of an item of the main table, None for others.
    """

    name: str
    kind: Kind
    values: tuple[str, ...]
    codes: NDArray[np.int64]
    items: tuple[str, ...]
    variable: Variable | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether it can only be left out as a whole, its cells never be emptied one by one."""
        return self.kind in {"times", "design"}


def matrix(keys: Sequence[Key], rows: int) -> Codes:
    """Return the codes of all keys, people × keys."""
    if not keys:
        return np.zeros((rows, 0), dtype=np.int64)
    return np.column_stack([key.codes for key in keys])


def keys(
    tables: Tables,
    variables: Sequence[Variable],
    routes: Routes,
    *,
    treated: frozenset[str] = frozenset(),
    with_weights: bool = False,
) -> tuple[Key, ...]:
    """Return the keys of tables, in the order of their columns.

    `variables` are those of the tables as they are; `treated` names items that were left out of them
    or made coarser. `with_weights`: whether the weight is one, where it differs.
    """
    found = [*_of_design(tables, with_weights=with_weights)]
    found += _of_items(tables, variables, routes)
    found += _of_repeats(tables, variables)
    known = {key.name for key in found}
    return (*found, *_of_routes(tables, variables, routes, treated, known))


def sensitive(
    tables: Tables, variables: Sequence[Variable], known: Sequence[Key]
) -> dict[str, NDArray[np.int64]]:
    """Return, by column, the answers to what is marked sensitive and is no key: codes as of keys.

    Each choice of a question with several answers is apart; numbers of more than a few values are
    taken by quarters, since neighbours are hardly different answers.
    """
    taken = {key.name for key in known}
    found: dict[str, NDArray[np.int64]] = {}
    for variable in variables:
        if not variable.question.sensitive or variable.is_free_text or variable.name in taken:
            continue
        frame = _table(tables, variable)
        if frame is None or variable.name not in frame.columns:
            continue
        if variable.repeats:
            found[variable.name] = _together(tables, frame, variable)[0]
            continue
        for column in [name for _value, name in variable.indicators] or [variable.name]:
            found[column] = _quartered(frame[column])
    return found


# --- kinds of keys ----------------------------------------------------------------------------


def _of_design(tables: Tables, *, with_weights: bool) -> Iterator[Key]:
    for wanted, instead in _DESIGN:
        name = wanted if wanted in tables.design else instead
        if name in tables.design:
            yield from _differing(tables, name)
    for name in WEIGHTS if with_weights else ():
        if name in tables.design:
            yield from _differing(tables, name)


def _differing(tables: Tables, wanted: str) -> Iterator[Key]:
    """Yield a column of DESIGN as a key, where not all have the same there."""
    values, codes = coded(tables.main[tables.design[wanted]])
    if len(values) > 1:
        yield Key(wanted, "date" if wanted == "month" else "design", values, codes, (wanted,))


def _of_items(tables: Tables, variables: Sequence[Variable], routes: Routes) -> Iterator[Key]:
    for variable in variables:
        is_here = not variable.repeats and variable.name in tables.main.columns
        if is_here and (
            variable.question.identifying == "quasi" or routes.is_made_of_quasi(variable.name)
        ):
            values, codes = coded(
                tables.main[variable.name], _apart(tables.main, variable), variable
            )
            yield Key(
                variable.name,
                _kind(variable, tables.main[variable.name]),
                values,
                codes,
                (variable.name,),
                variable,
            )


def _kind(variable: Variable, values: pl.Series) -> Kind:
    if variable.storage == "several":
        return "several"
    if variable.question.keep.rule == "bands":
        return "bands"
    if variable.values:
        return "list"
    if variable.storage in {"date", "dateTime"}:
        return "date"
    return "number" if values.dtype.is_numeric() else "text"


def _of_repeats(tables: Tables, variables: Sequence[Variable]) -> Iterator[Key]:
    for name, frame in tables.repeats.items():
        times = _beside(tables, frame.group_by(_number(tables)).len(), "len").fill_null(0)
        values, codes = coded(times)
        if len(values) > 1:
            yield Key(name, "times", values, codes, (name,))
    for variable in variables:
        inside = _table(tables, variable) if variable.repeats else None
        if (
            inside is not None
            and variable.name in inside.columns
            and variable.question.identifying == "quasi"
        ):
            codes, values = _together(tables, inside, variable)
            yield Key(variable.name, "inside", values, codes, (variable.name,))


def _of_routes(
    tables: Tables,
    variables: Sequence[Variable],
    routes: Routes,
    treated: frozenset[str],
    known: set[str],
) -> Iterator[Key]:
    """Yield who was asked what, where that hangs on something which is not told, or told coarser."""
    hidden = (routes.quasi - _present(tables)) | treated
    found: dict[bytes, tuple[NDArray[np.int64], list[str]]] = {}
    for variable in variables:
        if variable.name not in routes.followers(hidden) or variable.name in known:
            continue
        codes = asked(tables.main, variable)
        if codes is not None:
            found.setdefault(codes.tobytes(), (codes, []))[1].append(variable.name)
    for codes, names in found.values():
        yield Key(names[0], "asked", ("asked", "not_asked"), codes, tuple(names))


def _present(tables: Tables) -> set[str]:
    frames = (tables.main, *tables.repeats.values())
    return {column for frame in frames for column in frame.columns}


def asked(frame: pl.DataFrame, variable: Variable) -> NDArray[np.int64] | None:
    """Return 1 for who was not asked a question by its route, 0 for who was; None where all are alike."""
    if variable.repeats or variable.status_column not in frame.columns:
        return None
    status, value = frame[variable.status_column], frame[variable.name]
    codes = (status == "not_asked").fill_null(False).cast(pl.Int64).to_numpy().copy()
    codes[(status.is_null() & value.is_null()).to_numpy()] = MISSING  # emptied before
    return codes if len(set(np.unique(codes).tolist()) - {MISSING}) > 1 else None


# --- codes ------------------------------------------------------------------------------------


def coded(
    values: pl.Series, apart: pl.Series | None = None, variable: Variable | None = None
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the different values in order, as texts, and the place of each row's value among them.

    In the order of the questionnaire where it has one; `apart` says where there is APART, the last.
    """
    ordered: list[object]
    if values.dtype.is_numeric():
        ordered = values.drop_nulls().unique().sort().to_list()
    else:
        values = _in_one_order(values.cast(pl.String), variable)
        there = set(values.drop_nulls().unique().to_list())
        listed = [one for one in (variable.values if variable else ()) if one in there]
        ordered = [*listed, *sorted(there - {*listed})]
    places = values.replace_strict(
        ordered, range(len(ordered)), default=MISSING, return_dtype=pl.Int64
    )
    codes = places.fill_null(MISSING).to_numpy().copy()
    known = tuple(_text(one) for one in ordered)
    if apart is not None and apart.any():
        codes[apart.to_numpy()] = len(known)
        known = (*known, APART)
    return known, codes


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _in_one_order(texts: pl.Series, variable: Variable | None) -> pl.Series:
    """Return answers of several choices with these sorted: the order in which they were given tells no more."""
    if variable is None or variable.storage != "several":
        return texts
    different = texts.drop_nulls().unique().to_list()
    ordered = [" ".join(sorted(one.split(" "))) for one in different]
    return texts.replace_strict(different, ordered, default=None, return_dtype=pl.String)


def _apart(frame: pl.DataFrame, variable: Variable) -> pl.Series | None:
    if variable.status_column not in frame.columns:
        return None
    return frame[variable.status_column].is_in(_TOLD).fill_null(value=False)


def _quartered(values: pl.Series) -> NDArray[np.int64]:
    different, codes = coded(values)
    if not values.dtype.is_numeric() or len(different) <= _FEW:
        return codes
    numbers = values.cast(pl.Float64).to_numpy()
    bounds = np.nanquantile(numbers, [0.25, 0.5, 0.75])
    return np.where(codes == MISSING, MISSING, np.searchsorted(bounds, numbers, side="left"))


# --- repeats ----------------------------------------------------------------------------------


def _together(
    tables: Tables, frame: pl.DataFrame, variable: Variable
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return each person's answers to a question inside a repeat as one value; missing where any is."""
    apart = _apart(frame, variable)
    _values, codes = coded(frame[variable.name], apart, variable)
    number = _number(tables)
    lists = (
        pl.DataFrame({number: frame[number], "code": codes})
        .group_by(number)
        .agg(pl.col("code").sort())
        .with_columns(
            pl.when(pl.col("code").list.contains(MISSING))
            .then(pl.lit("?"))
            .otherwise(pl.col("code").cast(pl.List(pl.String)).list.join(" "))
            .alias("code")
        )
    )
    texts = _beside(tables, lists, "code").fill_null("")
    different, found = coded(texts)
    unknown = different.index("?") if "?" in different else MISSING
    return np.where(found == unknown, MISSING, found), different


def _beside(tables: Tables, found: pl.DataFrame, column: str) -> pl.Series:
    """Return a column found by number, a value for each row of the main table."""
    number = _number(tables)
    return tables.main.select(number).join(found, on=number, how="left", maintain_order="left")[
        column
    ]


def _number(tables: Tables) -> str:
    return tables.design["number"]


def _table(tables: Tables, variable: Variable) -> pl.DataFrame | None:
    return tables.repeats.get(variable.repeats[-1]) if variable.repeats else tables.main
