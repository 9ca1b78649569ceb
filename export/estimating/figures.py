"""Answers as they are read: whom they are about, the tables, and how to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from export.estimating.accuracy import Figures
from export.estimating.asked import Answer
from export.estimating.change import Change
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates
from export.estimating.shares import Shares
from export.estimating.tabled import named, print_answers
from export.layout import print_practice
from export.respondents.responses import Responses
from surveys.language import _, ngettext

FEW_DF = 8  # degrees of freedom, under which t is far from normal and an error itself is uncertain


def print_estimates(console: Console, given: Responses, answers: Sequence[Answer]) -> None:
    """Print answers, whom they are about above them, how to read them below."""
    print_practice(console, is_practice=given.study.is_practice)
    print_answers(console, answers, is_weighted=given.people.drawn is not None)
    print_notes(console, given, answers)


def print_notes(console: Console, given: Responses, answers: Sequence[Answer]) -> None:
    """Print what marks mean, who is left out, and by which methods figures were found."""
    notes = (
        *_marks(given, answers),
        *_left_out(given, answers),
        *_few(answers),
        *_methods(answers),
    )
    for note in (*notes, *_weighted(given)):
        console.print(Text(note))


def _marks(given: Responses, answers: Sequence[Answer]) -> Iterator[str]:
    threshold = given.study.cell_threshold
    rows = [row for one in answers if isinstance(one.found, Estimates) for row in one.found.rows]
    parts = [
        part for one in answers if not isinstance(one.found, Estimates) for part in one.found.tables
    ]
    if any(_is_marked(part) for part in parts):
        yield _(
            "*: fewer than {n} respondents, or such a cell could be found from it; not shown."
        ).format(n=threshold)
    elif any(row.figures is None or row.has_no_limits for row in rows):
        yield _("*: a cell has fewer than {n} respondents; not shown.").format(n=threshold)
    shares = [row for part in parts if isinstance(part, Shares) for row in part.rows]
    if any(row.is_uniform for row in rows) or any(row.is_uniform for row in shares):
        yield _("!: all of them, none, or all the same: it tells of each of those who answered.")


def _is_marked(part: Shares | Crosstab | Change) -> bool:
    if isinstance(part, Shares):
        return any(row.is_withheld for row in part.rows)
    return part.has_withheld


def _left_out(given: Responses, answers: Sequence[Answer]) -> Iterator[str]:
    least = given.study.cell_threshold
    for one in answers:
        if one.found.left_out and one.wanted.by:
            left_out = ngettext(
                "{expression}: {n} group of fewer than {least} respondents is left out.",
                "{expression}: {n} groups of fewer than {least} respondents are left out.",
                one.found.left_out,
            )
            yield left_out.format(expression=named(one), n=one.found.left_out, least=least)
        elif one.found.left_out:
            yield _("{expression}: fewer than {least} respondents; not shown.").format(
                expression=named(one), least=least
            )
    told: dict[str, int] = {}
    for one in answers:
        if one.wanted.by and one.found.unclassified:
            told.setdefault(one.wanted.column, one.found.unclassified)
    for by, n in told.items():
        unclassified = ngettext(
            "{n} respondent has no value of {by}.", "{n} respondents have no value of {by}.", n
        )
        yield unclassified.format(n=n, by=by)


def _few(answers: Sequence[Answer]) -> Iterator[str]:
    """Yield that some intervals stand on few degrees of freedom, with the fewest of each answer."""
    for one in answers:
        df = [found.df for found in figures_in(one) if _varies(found)]
        if df and min(df) < FEW_DF:
            yield _(
                "{expression}: intervals stand on few degrees of freedom (df {n}), and may be very wide."
            ).format(expression=named(one), n=min(df))


def _varies(figures: Figures) -> bool:
    return figures.interval is not None and figures.interval.method not in {
        "hypergeometric",
        "census",
        "known",
    }


def _methods(answers: Sequence[Answer]) -> Iterator[str]:
    methods = [
        figures.interval.method
        for one in answers
        for figures in figures_in(one)
        if figures.interval is not None
    ]
    if methods:
        used = ", ".join(_method(method) for method in dict.fromkeys(methods))
        yield _("Intervals: {methods}.").format(methods=used)
    if any(one.wanted.variance == "jackknife" for one in answers):
        yield _("Errors: by the jackknife.")


def figures_in(answer: Answer) -> Iterator[Figures]:
    """Yield the figures of an answer that are shown, in order."""
    if isinstance(answer.found, Estimates):
        yield from (row.figures for row in answer.found.rows if row.figures)
        return
    for part in answer.found.tables:
        match part:
            case Shares():
                yield from (row.figures for row in part.rows if row.figures)
            case Crosstab():
                lines = (*part.cells, part.row_totals, part.column_totals)
                yield from (cell.figures for line in lines for cell in line if cell.figures)
            case Change():
                moved = (part.fewer, part.same, part.more)
                every = (part.before, part.now, part.difference, *(one.figures for one in moved))
                yield from (figures for figures in every if figures)


def _weighted(given: Responses) -> Iterator[str]:
    if given.people.drawn is None:
        yield _(
            "Nothing was drawn for this questionnaire: figures are of those who answered, for nobody else."
        )
    else:
        yield _(
            "Weighted: those who did not answer are taken to be like those of their class who did."
        )


def _method(method: str) -> str:
    names = {
        "hypergeometric": _("exact (hypergeometric)"),
        "beta": _("Korn–Graubard (beta)"),
        "logit": _("logit"),
        "wilson": _("Wilson"),
        "t": _("Student's t"),
        "woodruff": _("Woodruff"),
        "census": _("none, everybody answered"),
        "known": _("none, known from totals that the weights meet"),
    }
    return names[method]
