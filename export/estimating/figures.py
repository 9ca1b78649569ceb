"""Answers as they are read: whom they are about, the tables, and how to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from export.estimating.accuracy import Figures
from export.estimating.change import Change
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates
from export.estimating.found import Answer, Parts
from export.estimating.manner import Manner, named
from export.estimating.shares import Shares
from export.estimating.tabled import print_answers
from export.estimating.words import words
from export.layout import print_practice
from export.numerals import whole
from export.respondents.responses import Responses
from surveys.language import _, ngettext

FEW_DF = 8  # degrees of freedom, under which t is far from normal and an error itself is uncertain


Printing = Callable[[Console, Sequence[Answer], Manner], None]  # as tables, or as charts


def print_estimates(
    console: Console,
    given: Responses,
    answers: Sequence[Answer],
    manner: Manner | None = None,
    print_them: Printing = print_answers,
) -> None:
    """Print answers, whom they are about above them, how to read them below."""
    print_practice(console, is_practice=given.study.is_practice)
    print_them(console, answers, manner or manner_of(given))
    print_notes(console, given, answers)


def manner_of(given: Responses, *, with_codes: bool = False, with_errors: bool = False) -> Manner:
    """Return how the answers of a study's respondents are printed."""
    found = words(given.found.instrument, with_codes=with_codes)
    return Manner(found, given.people.drawn is not None, with_errors)


def print_notes(console: Console, given: Responses, answers: Sequence[Answer]) -> None:
    """Print what marks mean, who is left out, and by which methods figures were found."""
    for note in notes(given, answers):
        console.print(Text(note))


def notes(given: Responses, answers: Sequence[Answer]) -> tuple[str, ...]:
    """Return what is to be read below answers, on a terminal and on a page alike."""
    return (
        *_marks(given, answers),
        *_left_out(given, answers),
        *_few(answers),
        *_methods(answers),
        *_weighted(given),
    )


def _marks(given: Responses, answers: Sequence[Answer]) -> Iterator[str]:
    threshold = given.study.cell_threshold
    rows = [row for one in answers if isinstance(one.found, Estimates) for row in one.found.rows]
    parts = [part for one in answers if isinstance(one.found, Parts) for part in one.found.tables]
    if any(row.figures is None or row.has_no_limits for row in rows) or any(map(_is_marked, parts)):
        yield _(
            "*: fewer than {n} respondents, or such a cell could be found from it; not shown."
        ).format(n=threshold)
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
                "{expression}: {n} group of fewer than {least} respondents, or that would tell of one, is left out.",
                "{expression}: {n} groups of fewer than {least} respondents, or that would tell of one, are left out.",
                one.found.left_out,
            )
            yield left_out.format(expression=named(one), n=whole(one.found.left_out), least=least)
        elif one.found.left_out:
            yield _(
                "{expression}: fewer than {least} respondents, or it would tell of so few; not shown."
            ).format(expression=named(one), least=least)
    told: dict[str, int] = {}
    for one in answers:
        if one.wanted.by and one.found.unclassified:
            told.setdefault(one.wanted.column, one.found.unclassified)
    for by, n in told.items():
        unclassified = ngettext(
            "{n} respondent has no value of {by}.", "{n} respondents have no value of {by}.", n
        )
        yield unclassified.format(n=whole(n), by=by)


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
