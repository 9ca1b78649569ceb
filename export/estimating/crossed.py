"""Two answers crossed, as a table of a terminal: as many columns as it has room for, the others below."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from export.estimating import numerals
from export.estimating.crosstab import CrossedCell, Crosstab
from export.estimating.found import Answer
from export.estimating.manner import WITHHELD, Line, Manner
from export.layout import folded_table
from export.numerals import percent, whole
from surveys.language import _

_WIDEST = 24  # characters of a value, beyond which it is folded


def panels(console: Console, answer: Answer, table: Crosstab, manner: Manner) -> Iterator[Table]:
    """Yield the table in parts as wide as the terminal, the totals of its rows in the last."""
    names, *columns = _columns(answer, table, manner)
    while columns:
        taken, room = 1, console.width - min(_WIDEST, _width(names)) - 2 - _width(columns[0])
        while taken < len(columns) and (room := room - 2 - _width(columns[taken])) >= 0:
            taken += 1
        head, *lines = zip(names, *columns[:taken], strict=True)
        yield folded_table(head, *lines, widest=_WIDEST)
        columns = columns[taken:]


def _columns(answer: Answer, table: Crosstab, manner: Manner) -> Iterator[Line]:
    """Yield the column of the rows' values, one for each of the columns', and that of the totals.

    Each has its heading, for each row a share and below it, where there is any, its interval and its
    error; then how many are in the column, and which share of all.
    """
    first, second = answer.wanted.estimand.arguments
    rows = [(*line, total) for line, total in zip(table.cells, table.row_totals, strict=True)]
    more = 2 if manner.with_errors else 1  # lines below a share
    heights = [1 + more * any(cell.figures for cell in row) for row in rows]
    yield [
        "",
        *(
            text
            for name, height in zip(table.rows, heights, strict=True)
            for text in [manner.words.told(first, name), *[""] * (height - 1)]
        ),
        _("n"),
        _("of all"),
    ]
    everybody = CrossedCell(table.respondents, False, None)
    headings = (*(manner.words.told(second, name) for name in table.columns), _("all"))
    totals = (*table.column_totals, everybody)
    for at, (heading, total) in enumerate(zip(headings, totals, strict=True)):
        shares = [
            text
            for row, height in zip(rows, heights, strict=True)
            for text in _cell(row[at], manner)[:height]
        ]
        yield [heading, *shares, _counted(total), _of_all(total)]


def _cell(cell: CrossedCell, manner: Manner) -> Line:
    """Return a share, its interval and its error, one below the other."""
    if cell.figures is None:
        return [WITHHELD, "", ""]
    figures = cell.figures
    error = numerals.error("prop", figures.standard_error) if manner.with_errors else ""
    return [
        percent(figures.estimate),
        numerals.limits("prop", figures.interval),
        _("SE {error}").format(error=error) if error else "",
    ]


def _width(column: Line) -> int:
    return min(_WIDEST, max(map(cell_len, column)))


def _of_all(cell: CrossedCell) -> str:
    if cell.figures is None:
        return WITHHELD if cell.is_withheld else ""
    return percent(cell.figures.estimate)


def _counted(cell: CrossedCell) -> str:
    return WITHHELD if cell.respondents is None else whole(cell.respondents)
