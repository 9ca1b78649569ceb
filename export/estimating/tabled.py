"""Answers as tables of a terminal: eighty columns wide, what is left out marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from export.estimating import numerals
from export.estimating.accuracy import Figures
from export.estimating.change import Change
from export.estimating.crossed import panels
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates, Row
from export.estimating.found import Answer
from export.estimating.manner import (
    WITHHELD,
    Line,
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
from export.estimating.shares import Share, Shares
from export.layout import print_table
from export.numerals import decimal, interval_heading, percent, whole
from surveys.language import _


def print_answers(console: Console, answers: Sequence[Answer], manner: Manner) -> None:
    """Print what came of everything asked: estimates of everyone in one table, the others in their own."""
    for at, together in enumerate(_sharing(answers)):
        first = together[0]
        if isinstance(first.found, Estimates):
            if at and not first.wanted.by:  # a table without a title of its own
                console.print()
            _print_estimates(console, together, manner)
        else:
            for table in first.found.tables:
                _print_part(console, first, table, manner)
    print_bounds(console, answers, manner)


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


def _print_part(
    console: Console, answer: Answer, table: Shares | Crosstab | Change, manner: Manner
) -> None:
    console.print(title(answer, table, manner.words))
    tree = answer.wanted.estimand.arguments[0]
    match table:
        case Shares():
            lines = [_share(one, manner.words.told(tree, one.value), manner) for one in table.rows]
            headings = [_("answer"), _("n"), _("share"), *_beside(answer, manner)]
            print_table(console, headings, lines)
        case Change():
            headings = ["", _("n"), _("estimate"), *_beside(answer, manner)]
            print_table(console, headings, list(_change(table, manner)))
        case Crosstab():
            for panel in panels(console, answer, table, manner):
                console.print(panel)
    for note in below(table):
        console.print(note)


# --- estimates ---------------------------------------------------------------------------------


def _print_estimates(console: Console, answers: Sequence[Answer], manner: Manner) -> None:
    """Print estimates as one table, without the columns that would be empty."""
    rows = [
        [name, *_row(answer.wanted.estimand.kind, row, manner)]
        for answer in answers
        for name, row in rows_of(answer, manner.words)
    ]
    if not rows:
        return
    answer = answers[0]
    if answer.wanted.by:
        console.print(Text("\n" + named(answer), style="bold"))
    headings = [
        answer.wanted.column or _("estimate of"),
        _("n"),
        _("estimate"),
        *_beside(answer, manner, _("deff")),
        _("missing"),
    ]
    print_table(console, headings, rows)


def _row(kind: str, row: Row, manner: Manner) -> Line:
    figures = row.figures
    effect = figures.design_effect if figures else None
    return [
        "" if row.respondents is None else whole(row.respondents),
        estimated(kind, row),
        limits(kind, row),
        *_errors(kind, figures, manner),
        "" if effect is None else decimal(effect, 2),
        *_people(figures, manner),
        "" if row.missing is None else whole(row.missing),
    ]


# --- what stands beside an estimate ---------------------------------------------------------------


def _beside(answer: Answer, manner: Manner, *after: str) -> Line:
    """Return the headings of an interval and of what follows it, `after` last but for people."""
    interval = interval_heading(answer.wanted.level)
    errors = [_("SE"), _("df")] if manner.with_errors else []
    people = [] if manner.with_errors else [_("people"), interval]
    return [interval, *errors, *after, *people]


def _errors(kind: str, figures: Figures | None, manner: Manner) -> Line:
    """Return the standard error of figures and their degrees of freedom, where these are asked for."""
    if not manner.with_errors:
        return []
    if figures is None:
        return ["", ""]
    return [numerals.error(kind, figures.standard_error), whole(figures.df)]


def _people(figures: Figures | None, manner: Manner) -> Line:
    """Return the number of people and its interval, where these are shown."""
    if manner.with_errors:
        return []
    if figures is None or figures.people is None or not manner.is_weighted:
        return ["", ""]
    people = figures.people
    return [whole(people.number), numerals.limits("total", people.interval)]


# --- shares, and change -------------------------------------------------------------------------


def _share(one: Share, name: str, manner: Manner) -> Line:
    n = "" if one.respondents is None else whole(one.respondents)
    value, *rest = _figures("prop", one.figures, manner)
    return [name, n, value + mark(one.is_uniform and one.figures is not None), *rest]


def _change(one: Change, manner: Manner) -> Iterator[Line]:
    """Yield both levels and the difference, then who went which way."""
    for name, kind, figures in levels(one):
        value, interval, *rest = _figures(kind, figures, manner)
        yield [name, "", value, interval, *(rest if manner.with_errors else ["", ""])]
    for name, moved in ways(one):
        n = "" if moved.respondents is None else whole(moved.respondents)
        yield [name, n, *_figures("prop", moved.figures, manner)]


def _figures(kind: str, figures: Figures | None, manner: Manner) -> Line:
    """Return an estimate, its interval and what stands beside them."""
    if figures is None:
        return [WITHHELD, "", *_errors(kind, None, manner), *_people(None, manner)]
    return [
        numerals.value(kind, figures.estimate),
        numerals.limits(kind, figures.interval),
        *_errors(kind, figures, manner),
        *_people(figures, manner),
    ]


# --- bounds -------------------------------------------------------------------------------------


def print_bounds(console: Console, answers: Sequence[Answer], manner: Manner) -> None:
    """Print the bounds of the answers that have any."""
    rows = []
    for one in answers:
        tree = one.wanted.estimand.arguments[0]
        for name, found in one.bounds.items():
            told = f"{named(one)}: {manner.words.told(tree, name)}" if name else named(one)
            rows.append([told, percent(found.low), percent(found.high)])
    if not rows:
        return
    console.print(
        Text("\n" + _("If none, or all, of those who did not answer had the trait"), "bold")
    )
    print_table(console, [_("estimate of"), _("at least"), _("at most")], rows)
