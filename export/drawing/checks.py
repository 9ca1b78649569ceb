"""What is wrong with a table that is to be a frame: one function, one rule, every place.

A rule that many rows break tells the first places, and how many more there are. No message repeats the
content of a cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
import polars as pl

from export.drawing.personal import days_in, person_problems
from export.drawing.table import CODES, MOST_COLUMNS, Columns, Table, tidy
from surveys.language import _, ngettext
from surveys.problems import Problem, Severity, in_order
from surveys.reading import near

MOST_TOLD = 10  # places of a rule in a column
NUMBER = r"^[0-9]{1,15}(?:\.[0-9]{1,15})?$"
# Control, format, surrogate and unassigned characters, line and paragraph separators.
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
_OF_STRATA = ("similarity", "spread")


def problems_of(table: Table, columns: Columns) -> tuple[Problem, ...]:
    """Return every problem of a table, by place; those that do not refuse it are warnings."""
    if len(table.heading) > MOST_COLUMNS:
        fact = _("the heading has more than {most} columns").format(most=MOST_COLUMNS)
        remedy = _("keep the columns that the draw needs")
        return (Problem(table.source.place(table.line), "", fact, remedy, "heading"),)
    elsewhere = _heading_elsewhere(table, columns)
    if elsewhere:  # all else would be told of the wrong columns
        return (elsewhere,)
    at = {
        what: place
        for what, name in columns.mapped().items()
        if name in table.heading and (place := table.heading.index(name)) in table.columns
    }
    return in_order(
        chain(
            _shape_problems(table),
            _heading_problems(table, columns),
            person_problems(table, columns),
            *(_cell_problems(table, what, place) for what, place in at.items()),
            *(_code_problems(table, place) for what, place in at.items() if what in CODES),
            _id_problems(table, at["id"]) if "id" in at else (),
            *(_alike_problems(table, place) for what, place in at.items() if what in CODES),
            *(
                _stratum_problems(table, what, at["stratum"], at[what])
                for what in _OF_STRATA
                if what in at and "stratum" in at
            ),
        )
    )


def _shape_problems(table: Table) -> Iterator[Problem]:
    """Find rows with more or fewer cells than the heading, a CSV that breaks off, an empty table."""
    for line in table.source.broken:
        fact = _("this line cannot be read as CSV")
        yield Problem(table.source.place(line), "", fact, _("close its quotes"), "csv")
    cells = dict(table.ragged)
    fact = _("{n} cells where the heading has {wanted}")
    yield from _told(
        table,
        0,
        list(cells),
        lambda line: fact.format(n=cells[line], wanted=len(table.heading)),
        _("complete or correct the line"),
        "cells",
        subject="",
    )
    if not len(table.lines) and not cells and not table.source.broken:
        place = table.source.place(table.line)
        yield Problem(place, "", _("no unit"), _("give one line per unit"), "empty")


def _heading_elsewhere(table: Table, columns: Columns) -> Problem | None:
    """Return the problem of a heading that stands under a title, whose line was taken for it."""
    wanted = set(columns.mapped().values())
    if wanted <= set(table.heading):
        return None
    for line, cells in table.top:
        # A title may have another separator than the table, or none.
        names = [*cells, *(name for cell in cells for name in re.split("[,;\t]", cell))]
        if wanted <= set(tidy(pl.Series(names, dtype=pl.String))):
            fact = _("the heading stands here, not on line {line}").format(line=table.line)
            remedy = _("take out the lines above it")
            return Problem(table.source.place(line), "", fact, remedy, "heading")
    return None


def _heading_problems(table: Table, columns: Columns) -> Iterator[Problem]:
    used = list(columns.mapped().values())
    here = table.source.place(table.line)
    for name in sorted(
        name for name, times in Counter(table.heading).items() if times > 1 and name
    ):
        fact = _("the heading has two columns “{name}”").format(name=name)
        yield Problem(here, "", fact, _("give each column its own name"), "heading")
    for at, name in enumerate(table.heading):
        if not name and at in table.columns and (table.columns[at] != "").any():
            fact = _("column {n} has no heading").format(n=table.source.first + at + 1)
            place = table.source.place(table.line, at)
            yield Problem(place, "", fact, _("give each column its own name"), "heading")
    for name in dict.fromkeys([*used, *columns.drop]):
        if name not in table.heading:
            fact = _("the heading has no column “{name}”").format(name=name)
            remedy = _meant(name, table.heading) or _("give the name of a column")
            yield Problem(here, "", fact, remedy, "heading")
    for name in sorted(set(used) & set(columns.drop)):
        fact = _("column “{name}” is both used and dropped").format(name=name)
        yield Problem(here, "", fact, _("do one or the other"), "heading")
    for at in table.source.nested:
        fact = _("column “{name}” holds lists or bytes").format(name=table.heading[at])
        place = table.source.place(table.line, at)
        yield Problem(place, "", fact, _("drop it by name"), "heading")
    if not columns.stratum and (columns.similarity or columns.spread):
        fact = _("similarity and spread are of strata, and no column of strata is named")
        yield Problem(here, "", fact, _("name the column of strata"), "heading")


def _meant(name: str, heading: Sequence[str]) -> str:
    """Return the question whether a column was meant that is written nearly so, '' if none is."""
    alike = (one for one in heading if one.casefold() == name.casefold())
    return near(next(alike, name), filter(None, heading))


def _cell_problems(table: Table, what: str, at: int) -> Iterator[Problem]:
    """Find cells that are blank, hold what cannot be seen, or are no number where one is due."""
    column = table.columns[at]
    blank = column == ""
    yield from _rows(table, at, blank, _("blank"), _("fill it in"), "blank")
    unseen = _unseen(column)
    fact = _("a tab, line break or other control character")
    yield from _rows(table, at, unseen, fact, _("remove it"), "control")
    if what == "spread":
        other = ~column.str.contains(NUMBER) & ~blank & ~unseen
        remedy = _("write digits, with a point before decimals")
        yield from _rows(table, at, other, _("not a number"), remedy, what)


def _unseen(column: pl.Series) -> pl.Series:
    """Return where a cell holds a character that cannot be seen; printed ASCII is not looked at."""
    suspect = column.str.contains(r"[^ -~]").arg_true()
    found = np.zeros(len(column), bool)
    for at, cell in zip(suspect, column.gather(suspect), strict=True):
        found[at] = not cell.isprintable() and are_unseen(cell)
    return pl.Series(found)


def are_unseen(characters: Iterable[str]) -> bool:
    """Return whether one of the characters cannot be seen: a tab, a line break, a mark of direction."""
    return any(unicodedata.category(one) in _UNSEEN for one in characters)


def _code_problems(table: Table, at: int) -> Iterator[Problem]:
    """Find codes that are dates (a spreadsheet makes some of codes), or were cut to fifteen digits."""
    remedy = _("format the column as text and write the codes again")
    fact = _("a date or a time, where a code is due")
    written = table.lines[days_in(table.columns[at]).to_numpy()].tolist()
    dates = sorted({*table.source.dates.get(at, ()), *written})
    yield from _told(table, at, dates, lambda _line: fact, remedy, "date")
    long = _("a number of more than 15 digits, whose last ones the spreadsheet has lost")
    inexact = table.source.inexact.get(at, ())
    yield from _told(table, at, inexact, lambda _line: long, remedy, "digits")


def _id_problems(table: Table, at: int) -> Iterator[Problem]:
    column = table.columns[at]
    again = ~column.is_first_distinct() & (column != "")
    fact = _("the id of line {line} again")
    yield from _told(
        table,
        at,
        table.lines[again.to_numpy()],
        lambda line: fact.format(line=_first_line(table, column, line)),
        _("give each unit its own id"),
        "duplicate",
    )


def _alike_problems(table: Table, at: int) -> Iterator[Problem]:
    """Find codes that differ from another by case or spaces alone: they may well be the same."""
    column = table.columns[at]
    once = column.is_first_distinct().arg_true()
    again = ~_folded(column.gather(once)).is_first_distinct()
    if not again.any():
        return
    whole = _folded(column)
    fact = _("the code of line {line} but for spaces, or for capital letters")
    yield from _told(
        table,
        at,
        table.lines[once.filter(again).to_numpy()],
        lambda line: fact.format(line=_first_line(table, whole, line)),
        _("write it as there if it is the same"),
        "alike",
        severity="warning",
    )


def _folded(column: pl.Series) -> pl.Series:
    return column.str.to_lowercase().str.replace_all(r"\p{Zs}", "")


def _first_line(table: Table, column: pl.Series, line: int) -> int:
    """Return the first line whose cell is that of a line."""
    row = int(np.searchsorted(table.lines, line))
    return int(table.lines[int((column == column[row]).arg_max() or 0)])


def _stratum_problems(table: Table, what: str, stratum: int, at: int) -> Iterator[Problem]:
    """Find a stratum with two values of what it may have one of."""
    found = pl.DataFrame({"stratum": table.columns[stratum], "value": table.columns[at]})
    first = found.select(pl.col("value").first().over("stratum")).to_series()
    fact = _("not that of the same stratum on line {line}")
    yield from _told(
        table,
        at,
        table.lines[(first != found["value"]).to_numpy()],
        lambda line: fact.format(line=_first_line(table, table.columns[stratum], line)),
        _("give one value per stratum"),
        what,
    )


def _rows(
    table: Table, at: int, are_bad: pl.Series, fact: str, remedy: str, check: str
) -> Iterator[Problem]:
    lines = table.lines[are_bad.to_numpy()]
    return _told(table, at, lines, lambda _line: fact, remedy, check)


def _told(
    table: Table,
    at: int,
    lines: Sequence[int],
    fact: Callable[[int], str],
    remedy: str,
    check: str,
    *,
    severity: Severity = "error",
    subject: str | None = None,
) -> Iterator[Problem]:
    """Yield a problem for each line, up to MOST_TOLD; the last says how many more there are."""
    if subject is None:
        subject = _("column “{name}”").format(name=table.heading[at])
    more = len(lines) - MOST_TOLD
    for number, line in enumerate(map(int, lines[:MOST_TOLD]), start=1):
        told = fact(line)
        if number == MOST_TOLD and more > 0:
            told = ngettext(
                "{fact} (and on {n} line more)", "{fact} (and on {n} lines more)", more
            ).format(fact=told, n=more)
        yield Problem(table.source.place(line, at), subject, told, remedy, check, severity)
