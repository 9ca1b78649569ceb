"""Answers as charts of a terminal: each line has its name and its numbers, and then is drawn.

Estimates are dots with whiskers, shares are bars, before and now stand on one scale. Whoever hears the
screen, or has a narrow one, loses nothing but the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from export.estimating import numerals
from export.estimating.accuracy import Figures
from export.estimating.change import Change
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates
from export.estimating.found import Answer, Parts
from export.estimating.manner import (
    WITHHELD,
    Manner,
    below,
    estimated,
    levels,
    limits,
    mark,
    named,
    rows_of,
    title,
    ways,
)
from export.estimating.shares import Shares
from export.estimating.strokes import Scale, bar, ends, scale, strokes, whisker
from export.estimating.tabled import print_bounds
from export.layout import print_table
from export.numerals import interval_heading, short_decimal, short_percent, whole
from surveys.language import _

_WIDEST = 30  # columns of a name, beyond which it goes on below
_BETWEEN = 2  # columns between those of a table
_LEAST, _MOST = 12, 44  # columns of a drawing: fewer show nothing, more add nothing


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a chart: its name and its numbers as they are printed; `drawn` may be nothing."""

    name: str
    estimate: str = ""
    interval: str = ""
    drawn: Figures | None = None


@dataclass(frozen=True, slots=True)
class _Chart:
    """Lines on one scale of figures of a kind. `draw` makes a line of figures and so many columns."""

    first: str
    second: str
    level: float
    kind: str
    lines: Sequence[_Line]
    of: Scale
    draw: Callable[[Figures, int], str]


def print_charts(console: Console, answers: Sequence[Answer], manner: Manner) -> None:
    """Print what came of everything asked as charts; bounds stay a table."""
    for at, (key, found) in enumerate(groupby(answers, key=_together)):
        together = list(found)
        if key is not None:
            if at and not together[0].wanted.by:
                console.print()
            _print_estimates(console, together, manner)
            continue
        for answer in together:
            _print_parts(console, answer, manner)
    print_bounds(console, answers, manner)


def _together(answer: Answer) -> tuple[str, float, bool] | None:
    """Return what estimates that share a scale have in common, None of what has its own."""
    wanted = answer.wanted
    if not isinstance(answer.found, Estimates):
        return None
    return wanted.estimand.kind, wanted.level, bool(wanted.by)


def _print_parts(console: Console, answer: Answer, manner: Manner) -> None:
    for table in answer.found.tables if isinstance(answer.found, Parts) else ():
        console.print(title(answer, table, manner.words))
        _print(console, *_charts(console, answer, table, manner))
        for note in below(table):
            console.print(note)


def _charts(
    console: Console, answer: Answer, table: Shares | Crosstab | Change, manner: Manner
) -> Iterator[_Chart]:
    match table:
        case Shares():
            tree = answer.wanted.estimand.arguments[0]
            lines = [
                _line(manner.words.told(tree, one.value), "prop", one.figures, one.is_uniform)
                for one in table.rows
            ]
            yield _bars(console, answer, _("answer"), lines)
        case Change():
            lines = [_line(*one) for one in levels(table)]
            lines[-1] = replace(lines[-1], drawn=None)  # of another size than what it is between
            kind = "prop" if table.is_condition else "mean"
            on = _scale(lines, kind, with_limits=True)
            yield _whiskers(console, answer, "", kind, lines, on)
            moved = [_line(name, "prop", one.figures) for name, one in ways(table)]
            yield _bars(console, answer, "", moved)
        case Crosstab():
            yield _bars(console, answer, "", list(_crossed(answer, table, manner)))


def _line(name: str, kind: str, figures: Figures | None, is_uniform: bool = False) -> _Line:
    if figures is None:
        return _Line(name, WITHHELD)
    value = numerals.value(kind, figures.estimate) + mark(is_uniform)
    return _Line(name, value, numerals.limits(kind, figures.interval), figures)


def _crossed(answer: Answer, table: Crosstab, manner: Manner) -> Iterator[_Line]:
    """Yield each value of the second answer, and all, with how many they are; below, shares of the first."""
    first, second = answer.wanted.estimand.arguments
    columns = (*zip(*table.cells, strict=True), table.row_totals)
    names = (*(manner.words.told(second, name) for name in table.columns), _("all"))
    counts = (*(one.respondents for one in table.column_totals), table.respondents)
    for name, cells, n in zip(names, columns, counts, strict=True):
        yield _Line(name, _("n = {n}").format(n=WITHHELD if n is None else whole(n)))
        for value, cell in zip(table.rows, cells, strict=True):
            yield _line("  " + manner.words.told(first, value), "prop", cell.figures)


# --- estimates ---------------------------------------------------------------------------------


def _print_estimates(console: Console, answers: Sequence[Answer], manner: Manner) -> None:
    """Print estimates of one kind on one scale: those of everyone together, else each by its groups."""
    kind = answers[0].wanted.estimand.kind
    lines = [
        [
            _Line(name, estimated(kind, row), limits(kind, row), row.figures)
            for name, row in rows_of(one, manner.words)
        ]
        for one in answers
    ]
    every = [line for of_one in lines for line in of_one]
    on = _scale(every, kind, with_limits=True)
    if every and not answers[0].wanted.by:
        return _print(console, _whiskers(console, answers[0], _("estimate of"), kind, every, on))
    for one, of_one in zip(answers, lines, strict=True):
        if of_one:
            console.print(Text("\n" + named(one), style="bold"))
            _print(console, _whiskers(console, one, one.wanted.column, kind, of_one, on))
    return None


# --- dots with whiskers, and bars -----------------------------------------------------------------


def _whiskers(
    console: Console,
    answer: Answer,
    first: str,
    kind: str,
    lines: Sequence[_Line],
    of: Scale,
) -> _Chart:
    """Return lines with a dot and whiskers each, on a scale."""
    by = strokes(console.encoding)

    def draw(figures: Figures, columns: int) -> str:
        found = figures.interval
        return whisker(
            figures.estimate, (found.low, found.high) if found else None, of, columns, by
        )

    return _Chart(first, _("estimate"), answer.wanted.level, kind, lines, of, draw)


def _bars(console: Console, answer: Answer, first: str, lines: Sequence[_Line]) -> _Chart:
    """Return lines with a bar each, of shares, on one scale."""
    of, by = _scale(lines, "prop", with_limits=False), strokes(console.encoding)

    def draw(figures: Figures, columns: int) -> str:
        return bar(figures.estimate, of, columns, by)

    return _Chart(first, _("share"), answer.wanted.level, "prop", lines, of, draw)


def _scale(lines: Sequence[_Line], kind: str, *, with_limits: bool) -> Scale:
    """Return a scale from 0 that holds what is drawn; no share is beyond 1."""
    drawn = [one.drawn for one in lines if one.drawn]
    reached = [figures.estimate for figures in drawn]
    if with_limits:
        found = [figures.interval for figures in drawn if figures.interval]
        reached += [limit for one in found for limit in (one.low, one.high)]
    most = 1.0 if kind == "prop" else float("inf")
    return scale(min(reached, default=0.0), max(reached, default=0.0), most)


def _print(console: Console, *charts: _Chart) -> None:
    """Print charts one below the other, their columns too; as tables where there is no room to draw."""
    texts = [line for chart in charts for line in (_headings(chart), *_texts(chart))]
    widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
    widths[0] = min(widths[0], _WIDEST)
    columns = min(console.width - sum(widths) - len(widths) * _BETWEEN, _MOST)
    for chart in charts:
        low, high = _end(chart.kind, chart.of.low), _end(chart.kind, chart.of.high)
        if columns < max(_LEAST, cell_len(low + high) + 1):
            print_table(console, _headings(chart), _texts(chart))
        else:
            console.print(_drawn(chart, widths, columns, ends(low, high, columns)))


def _drawn(chart: _Chart, widths: Sequence[int], columns: int, heading: str) -> Table:
    """Return a chart whose columns are of these widths, under a scale that is its heading."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for at, (text, width) in enumerate(zip(_headings(chart), widths, strict=True)):
        table.add_column(
            Text(text), justify="right" if at else "left", overflow="fold", width=width
        )
    table.add_column(Text(heading), no_wrap=True, style="cyan")
    for one, line in zip(chart.lines, _texts(chart), strict=True):
        drawing = chart.draw(one.drawn, columns) if one.drawn else ""
        table.add_row(*map(Text, (*line, drawing)))  # never markup
    return table


def _headings(chart: _Chart) -> list[str]:
    return [chart.first, chart.second, interval_heading(chart.level)]


def _texts(chart: _Chart) -> list[list[str]]:
    return [[one.name, one.estimate, one.interval] for one in chart.lines]


def _end(kind: str, value: float) -> str:
    """Return what stands at an end of a scale."""
    return short_percent(value, 2) if kind == "prop" else short_decimal(value, 6)
