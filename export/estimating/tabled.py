"""Answers as tables of a terminal: eighty columns wide, what is left out marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from export.estimating import numerals
from export.estimating.accuracy import Figures
from export.estimating.asked import Answer
from export.estimating.change import Change, Moved
from export.estimating.crosstab import CrossedCell, Crosstab
from export.estimating.estimate import Estimates, Row
from export.estimating.shares import Share, Shares
from surveys.language import _, ngettext, printable

WITHHELD = "*"
UNIFORM = "!"
_WIDEST = 24  # characters of the values of an answer, beyond which they are folded

Line = list[str]


def print_answers(console: Console, answers: Sequence[Answer], *, is_weighted: bool) -> None:
    """Print what came of everything asked: estimates of everyone in one table, the others in their own."""
    for at, together in enumerate(_sharing(answers)):
        first = together[0]
        if isinstance(first.found, Estimates):
            if at and not first.wanted.by:  # a table without a title of its own
                console.print()
            _print_estimates(console, together, is_weighted=is_weighted)
        else:
            for table in first.found.tables:
                _print_part(console, first, table, is_weighted=is_weighted)
    _print_bounds(console, [one for one in answers if one.bounds])


def _sharing(answers: Sequence[Answer]) -> Iterator[list[Answer]]:
    """Yield the answers that share a table: estimates of everyone at one level, else each alone."""
    shared: list[Answer] = []
    for one in answers:
        is_alone = not isinstance(one.found, Estimates) or bool(one.wanted.by)
        if shared and (is_alone or shared[0].wanted.level != one.wanted.level):
            yield shared
            shared = []
        if is_alone:
            yield [one]
        else:
            shared.append(one)
    if shared:
        yield shared


def named(answer: Answer) -> str:
    """Return what a reader calls it: its label, or the expression."""
    return printable(answer.wanted.label or answer.wanted.estimand.text)


def _print_part(
    console: Console, answer: Answer, table: Shares | Crosstab | Change, *, is_weighted: bool
) -> None:
    title = named(answer)
    if table.domain:
        title = _("{what}, {by}: {group}").format(
            what=title, by=answer.wanted.column, group=table.domain
        )
    console.print(Text("\n" + title, style="bold"))
    match table:
        case Shares():
            lines = [_share(one, is_weighted=is_weighted) for one in table.rows]
            console.print(_with_people(lines, _("answer"), _("share"), answer))
        case Change():
            console.print(
                _with_people(
                    list(_change(table, is_weighted=is_weighted)), "", _("estimate"), answer
                )
            )
        case Crosstab():
            for panel in _panels(console, table):
                console.print(panel)
    for note in _below(answer, table):
        console.print(note)


def _below(answer: Answer, table: Shares | Crosstab | Change) -> Iterator[str]:
    """Yield what stands under a table: how many it is about, and its test."""
    n = ngettext("{n} respondent", "{n} respondents", table.respondents).format(n=table.respondents)
    yield (
        _("{respondents}, {missing} without an answer.").format(
            respondents=n, missing=table.missing
        )
        if table.missing
        else _("{respondents}.").format(respondents=n)
    )
    if isinstance(table, Shares):
        if not table.exclusive:
            yield _("Several answers could be given: the shares do not add up.")
        return
    if table.test is not None:
        yield numerals.tested(table.test)
    elif table.has_withheld:
        yield _("No test: it would tell of what is left out.")


# --- estimates ---------------------------------------------------------------------------------


def _print_estimates(console: Console, answers: Sequence[Answer], *, is_weighted: bool) -> None:
    """Print estimates as one table, without the columns that would be empty."""
    found = [(one, one.found) for one in answers if isinstance(one.found, Estimates)]
    rows = [
        [row.domain if one.by else named(answer), *_row(one, row, is_weighted=is_weighted)]
        for answer, one in found
        for row in one.rows
    ]
    if not rows:
        return
    answer = answers[0]
    interval = numerals.level(answer.wanted.level)
    if answer.wanted.by:
        console.print(Text("\n" + named(answer), style="bold"))
    headings = [
        answer.wanted.column or _("estimate of"),
        _("n"),
        _("estimate"),
        interval,
        _("deff"),
        _("people"),
        interval,
        _("missing"),
    ]
    console.print(_table(headings, rows))


def _row(one: Estimates, row: Row, *, is_weighted: bool) -> Line:
    figures, kind = row.figures, one.estimand.kind
    estimate = WITHHELD
    if figures is not None:
        estimate = numerals.value(kind, figures.estimate) + (UNIFORM if row.is_uniform else "")
    effect = figures.design_effect if figures else None
    interval = numerals.limits(kind, figures.interval) if figures else ""
    return [
        "" if row.respondents is None else str(row.respondents),
        estimate,
        WITHHELD if row.has_no_limits else interval,
        "" if effect is None else numerals.number(effect, 2),
        *_people(figures, is_weighted=is_weighted),
        "" if row.missing is None else str(row.missing),
    ]


def _people(figures: Figures | None, *, is_weighted: bool) -> Line:
    """Return the number of people and its interval; without a draw nobody stands for anybody else."""
    if figures is None or figures.people is None or not is_weighted:
        return ["", ""]
    people = figures.people
    return [numerals.number(people.number, 0), numerals.limits("total", people.interval)]


# --- shares, and change -------------------------------------------------------------------------


def _with_people(rows: Sequence[Line], first: str, estimate: str, answer: Answer) -> Table:
    interval = numerals.level(answer.wanted.level)
    return _table([first, _("n"), estimate, interval, _("people"), interval], rows)


def _share(one: Share, *, is_weighted: bool) -> Line:
    if one.figures is None:
        return [one.value, "", WITHHELD, "", "", ""]
    mark = UNIFORM if one.is_uniform else ""
    return [
        one.value,
        str(one.respondents),
        numerals.value("prop", one.figures.estimate) + mark,
        numerals.limits("prop", one.figures.interval),
        *_people(one.figures, is_weighted=is_weighted),
    ]


def _change(one: Change, *, is_weighted: bool) -> Iterator[Line]:
    """Yield both levels and the difference, then who went which way."""
    level = "prop" if one.is_condition else "mean"
    yield [_("before"), "", *_figures(level, one.before), "", ""]
    yield [_("now"), "", *_figures(level, one.now), "", ""]
    difference = "points" if one.is_condition else "mean"
    yield [_("difference"), "", *_figures(difference, one.difference), "", ""]
    names = (
        (_("no longer"), _("unchanged"), _("newly"))
        if one.is_condition
        else (_("went down"), _("unchanged"), _("went up"))
    )
    for sign, name, moved in zip("↓=↑", names, (one.fewer, one.same, one.more), strict=True):
        yield [f"{sign} {name}", *_moved(moved, is_weighted=is_weighted)]


def _moved(one: Moved, *, is_weighted: bool) -> Line:
    n = "" if one.respondents is None else str(one.respondents)
    return [n, *_figures("prop", one.figures), *_people(one.figures, is_weighted=is_weighted)]


def _figures(kind: str, figures: Figures | None) -> Line:
    if figures is None:
        return [WITHHELD, ""]
    return [numerals.value(kind, figures.estimate), numerals.limits(kind, figures.interval)]


# --- two answers crossed ------------------------------------------------------------------------


def _panels(console: Console, table: Crosstab) -> Iterator[Table]:
    """Yield the table in parts as wide as the terminal, the totals of its rows in the last."""
    names, *columns = _columns(table)
    while columns:
        taken, room = 1, console.width - min(_WIDEST, _width(names)) - 2 - _width(columns[0])
        while taken < len(columns) and (room := room - 2 - _width(columns[taken])) >= 0:
            taken += 1
        head, *lines = zip(names, *columns[:taken], strict=True)
        yield _table(head, [list(line) for line in lines], keep=True)
        columns = columns[taken:]


def _columns(table: Crosstab) -> Iterator[Line]:
    """Yield the column of the rows' values, one for each of the columns', and that of the totals.

    Each has its heading, for each row a share and below it, where there is any, its interval; then
    how many are in the column, and which share of all.
    """
    rows = [(*line, total) for line, total in zip(table.cells, table.row_totals, strict=True)]
    has_interval = [any(cell.figures for cell in row) for row in rows]
    yield [
        "",
        *(
            text
            for name, has in zip(table.rows, has_interval, strict=True)
            for text in [name, ""][: 1 + has]
        ),
        _("n"),
        _("of all"),
    ]
    whole = CrossedCell(table.respondents, False, None)
    headings = (*table.columns, _("all"))
    totals = (*table.column_totals, whole)
    for at, (heading, total) in enumerate(zip(headings, totals, strict=True)):
        shares = [
            text
            for row, has in zip(rows, has_interval, strict=True)
            for text in _figures("prop", row[at].figures)[: 1 + has]
        ]
        yield [heading, *shares, _counted(total), _of_all(total)]


def _width(column: Line) -> int:
    return min(_WIDEST, max(map(len, column)))


def _of_all(cell: CrossedCell) -> str:
    is_whole = cell.figures is None and not cell.is_withheld
    return "" if is_whole else _figures("prop", cell.figures)[0]


def _counted(cell: CrossedCell) -> str:
    return WITHHELD if cell.respondents is None else str(cell.respondents)


# --- bounds -------------------------------------------------------------------------------------


def _print_bounds(console: Console, answers: Sequence[Answer]) -> None:
    if not answers:
        return
    console.print(
        Text("\n" + _("If none, or all, of those who did not answer had the trait"), "bold")
    )
    rows = []
    for one in answers:
        for name, found in one.bounds.items():
            what = f"{named(one)}: {name}" if name else named(one)
            rows.append(
                [what, numerals.value("prop", found.low), numerals.value("prop", found.high)]
            )
    console.print(_table([_("estimate of"), _("at least"), _("at most")], rows))


def _table(headings: Sequence[str], rows: Sequence[Line], *, keep: bool = False) -> Table:
    """Return lines as a table, without the columns that are empty unless they are to be kept."""
    used = [at for at in range(len(headings)) if keep or not at or any(line[at] for line in rows)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for at in used:
        table.add_column(
            Text(headings[at]),
            justify="right" if at else "left",
            no_wrap=at > 0 and not keep,
            overflow="fold",
            max_width=None if at and not keep else (_WIDEST if keep else None),
        )
    for line in rows:
        table.add_row(*(Text(line[at]) for at in used))  # never markup
    return table
