"""Table 1, who took part: the shares of the people of each kind, of every column in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export import numerals as written
from export.estimating import numerals
from export.estimating.estimate import Estimates
from export.estimating.found import Answer
from export.estimating.shares import Share, Shares
from export.markup import CLOSED, columns_used, opened, row, text
from export.reporting.laid_out import UNIFORM, WITHHELD
from export.reporting.titles import Titles
from surveys.language import _, ngettext

# What a column asks, as markup, and a line for each value that somebody has.
Block = tuple[str, list[list[str]]]


def respondents(found: Sequence[Answer], titles: Titles) -> Iterator[str]:
    """Yield Table 1; nothing where no column is asked of enough people."""
    blocks = [
        _block(one, part, titles)
        for one in found
        if not isinstance(one.found, Estimates)
        for part in one.found.tables
        if isinstance(part, Shares)
    ]
    if not blocks:
        return
    level = found[0].wanted.level
    title = _("Table 1. Who took part")
    headings = ["", _("n"), _("share"), written.interval_heading(level)]
    heads, _lines = columns_used(headings, [line for _title, lines in blocks for line in lines])
    yield from opened(text(title), heads, label=title)
    for name, lines in blocks:
        yield "<tbody>"
        yield f'<tr><th scope="rowgroup" colspan="{len(heads)}">{name}</th></tr>'
        yield from (row(first, others) for first, *others in lines)
        yield "</tbody>"
    yield CLOSED


def _block(one: Answer, part: Shares, titles: Titles) -> Block:
    (tree,) = one.wanted.estimand.arguments
    lines = [
        [text(titles.value(tree, each.value)), *_line(each)]
        for each in part.rows
        if each.respondents != 0
    ]
    return text(titles.of(one.wanted)) + _missing(part.missing), lines


def _line(one: Share) -> list[str]:
    if one.figures is None or one.respondents is None:
        return ["", WITHHELD, ""]
    share = numerals.value("prop", one.figures.estimate) + (UNIFORM if one.is_uniform else "")
    return [
        written.whole(one.respondents),
        share,
        numerals.limits("prop", one.figures.interval),
    ]


def _missing(n: int) -> str:
    """Return, as markup, how many gave no answer."""
    if not n:
        return ""
    told = ngettext("{n} without an answer", "{n} without an answer", n).format(n=n)
    return f' <span class="aside">({text(told)})</span>'
