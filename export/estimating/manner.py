"""What tables and charts of answers have in common: names, marks, and what stands above and below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from export.estimating import numerals
from export.estimating.accuracy import Figures
from export.estimating.change import Change, Moved
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates, Row
from export.estimating.found import Answer
from export.estimating.shares import Shares
from export.estimating.words import Words
from export.numerals import whole
from surveys.language import _, ngettext, printable

WITHHELD = "*"
UNIFORM = "!"

Line = list[str]  # of a table, a text for each column


@dataclass(frozen=True, slots=True)
class Manner:
    """How answers are printed: the words for values, and what is shown beside estimates.

    Without weights nobody stands for anybody else, and no number of people is shown. `with_errors`
    standard errors and degrees of freedom take the place of these numbers.
    """

    words: Words
    is_weighted: bool
    with_errors: bool = False


def named(answer: Answer) -> str:
    """Return what a reader calls it: its label, or the expression."""
    return printable(answer.wanted.label or answer.wanted.estimand.text)


def title(answer: Answer, table: Shares | Crosstab | Change, words: Words) -> Text:
    """Return what stands above a table: what it is of, and of which group."""
    told = named(answer)
    if table.domain:
        told = _("{what}, {by}: {group}").format(
            what=told, by=answer.wanted.column, group=words.group(answer.wanted, table.domain)
        )
    return Text("\n" + told, style="bold")


def below(table: Shares | Crosstab | Change) -> Iterator[str]:
    """Yield what stands under a table: how many it is about, and its test."""
    n = ngettext("{n} respondent", "{n} respondents", table.respondents).format(
        n=whole(table.respondents)
    )
    yield (
        _("{respondents}, {missing} without an answer.").format(
            respondents=n, missing=whole(table.missing)
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


def rows_of(answer: Answer, words: Words) -> Iterator[tuple[str, Row]]:
    """Yield the rows of estimates, each with its name: that of the group, or what it is of."""
    if isinstance(answer.found, Estimates):
        for row in answer.found.rows:
            yield words.group(answer.wanted, row.domain) if answer.wanted.by else named(answer), row


def estimated(kind: str, row: Row) -> str:
    """Return the estimate of a row with its mark, or the mark alone."""
    if row.figures is None:
        return WITHHELD
    return numerals.value(kind, row.figures.estimate) + mark(row.is_uniform)


def limits(kind: str, row: Row) -> str:
    """Return the interval of a row or its mark, '' where there is neither."""
    if row.has_no_limits:
        return WITHHELD
    return numerals.limits(kind, row.figures.interval) if row.figures else ""


def mark(is_uniform: bool) -> str:
    """Return the mark of an estimate that tells of each of those who answered."""
    return UNIFORM if is_uniform else ""


def levels(one: Change) -> Iterator[tuple[str, str, Figures | None]]:
    """Yield before, now and the difference: a name, the kind of figures, and these."""
    level = "prop" if one.is_condition else "mean"
    yield _("before"), level, one.before
    yield _("now"), level, one.now
    yield _("difference"), "points" if one.is_condition else "mean", one.difference


def ways(one: Change) -> Iterator[tuple[str, Moved]]:
    """Yield the three ways to go, each with its sign, and those who went it."""
    names = (
        (_("no longer"), _("unchanged"), _("newly"))
        if one.is_condition
        else (_("went down"), _("unchanged"), _("went up"))
    )
    for sign, name, moved in zip("↓=↑", names, (one.fewer, one.same, one.more), strict=True):
        yield f"{sign} {name}", moved
