"""Answers without what would give a small cell away beside them: rows, values, cells, changes left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from export.estimating.change import Change, Moved
from export.estimating.classes import classes
from export.estimating.crosstab import CrossedCell, Crosstab
from export.estimating.estimate import Estimates, Row
from export.estimating.found import Answer, Parts, inside_groups
from export.estimating.linked import Place, is_hidden, left_out_as_well
from export.estimating.members import MOVED, TOTAL, members
from export.estimating.shares import Share, Shares
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import Wanted

_CELL = CrossedCell(None, True, None)


def protected(data: Surveyed, answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Return the answers without what, printed beside each other, would tell of a small cell."""
    hidden = left_out_as_well(members(data, answers), data.threshold)
    if not hidden:
        return tuple(answers)
    return tuple(without(data, one, at, hidden) for at, one in enumerate(answers))


def without(data: Surveyed, answer: Answer, at: int, hidden: frozenset[Place]) -> Answer:
    """Return an answer, the one at a place among all, without what is to be left out of it."""
    if not any(place[0] == at for place in hidden):
        return answer
    groups = {group: number for number, group in enumerate(inside_groups(data, answer.wanted))}
    if isinstance(answer.found, Estimates):
        made = [_row(one, (at, groups[one.domain]), hidden) for one in answer.found.rows]
        # As groups too small are not named, these are not: a name would say that they are large.
        rows = tuple(one for one in made if not one.domain or one.respondents is not None)
        left_out = answer.found.left_out + len(made) - len(rows)
        bounds = answer.bounds if all(one.figures for one in rows) else {}
        found = replace(answer.found, rows=rows, left_out=left_out)
        return replace(answer, found=found, bounds=bounds)
    tables = tuple(_tables(data, answer.wanted, answer.found, groups, at, hidden))
    dropped = len(answer.found.tables) - len(tables)
    parts = replace(answer.found, tables=tables, left_out=answer.found.left_out + dropped)
    shown = {
        one.value for part in tables if isinstance(part, Shares) for one in part.rows if one.figures
    }
    return replace(
        answer,
        found=parts,
        bounds={name: one for name, one in answer.bounds.items() if name in shown},
    )


def _row(row: Row, place: Place, hidden: frozenset[Place]) -> Row:
    if is_hidden(place, hidden):
        return Row(row.domain, None, None, True, False, None)
    if is_hidden((*place, 0), hidden):
        return replace(row, is_small=True, is_uniform=False, figures=None, has_no_limits=False)
    return row


def _tables(
    data: Surveyed,
    wanted: Wanted,
    found: Parts,
    groups: dict[str, int],
    at: int,
    hidden: frozenset[Place],
) -> Iterator[Shares | Crosstab | Change]:
    for part in found.tables:
        place = (at, groups[part.domain])
        if is_hidden(place, hidden):
            continue
        match part:
            case Shares():
                yield _shares(part, place, hidden)
            case Crosstab():
                yield _crosstab(part, place, tuple(_places(data, wanted)), hidden)
            case Change():
                yield _change(part, place, hidden)


def _shares(table: Shares, place: Place, hidden: frozenset[Place]) -> Shares:
    rows = tuple(
        Share(one.value, None, True, False, None) if is_hidden((*place, at), hidden) else one
        for at, one in enumerate(table.rows)
    )
    return replace(table, rows=rows)


def _places(data: Surveyed, wanted: Wanted) -> Iterator[dict[str, int]]:
    """Yield the places in their lists of the values of rows, and of columns."""
    for tree in wanted.estimand.arguments:
        found = classes(tree, data.askable, data.columns, data.rows)
        yield {name: at for at, name in enumerate(found.names)}


def _crosstab(
    table: Crosstab, place: Place, lists: Sequence[dict[str, int]], hidden: frozenset[Place]
) -> Crosstab:
    """Return a table without some cells; without its test, if any, which would tell of them."""
    of_row, of_column = lists

    def kept(one: CrossedCell, *part: int) -> CrossedCell:
        return _CELL if is_hidden((*place, *part), hidden) else one

    rows = list(zip([of_row[name] for name in table.rows], table.cells, strict=True))
    columns = [of_column[name] for name in table.columns]
    made = replace(
        table,
        cells=tuple(
            tuple(kept(one, c, r) for c, one in zip(columns, line, strict=True)) for r, line in rows
        ),
        row_totals=tuple(
            kept(one, TOTAL, r) for (r, _line), one in zip(rows, table.row_totals, strict=True)
        ),
        column_totals=tuple(
            kept(one, c) for c, one in zip(columns, table.column_totals, strict=True)
        ),
    )
    return made if made == table else replace(made, test=None)


def _change(change: Change, place: Place, hidden: frozenset[Place]) -> Change:
    """Return a change without some of it; the difference stands on both levels and on who changed."""
    before, now, moved = (is_hidden((*place, part), hidden) for part in (0, 1, MOVED))
    if moved:
        nobody = Moved(None, None)
        change = replace(change, fewer=nobody, same=nobody, more=nobody)
    if before or now or moved:
        change = replace(change, difference=None, test=None)
    return replace(
        change, before=None if before else change.before, now=None if now else change.now
    )
