"""Answers of several numbers on a page: shares of a list, two answers crossed, before and now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from export.estimating import numerals
from export.estimating.change import Change, Moved
from export.estimating.crosstab import CrossedCell, Crosstab
from export.estimating.found import Answer, Parts
from export.estimating.shares import Share, Shares
from export.markup import paragraph, text
from export.reporting import charts, laid_out
from export.reporting.charts import Stack
from export.reporting.laid_out import WITHHELD, Line, Setting
from surveys.language import _, ngettext

MOST_PARTS = 7  # of a stacked bar: more shades cannot be told apart
LEAST_PARTS = 3  # two parts are one share and what it leaves


def parts(one: Answer, found: Parts, setting: Setting) -> Iterator[str]:
    """Yield the tables of an answer, each under its heading."""
    title = setting.titles.of(one.wanted)
    if not found.tables:
        yield laid_out.heading(title)
        yield laid_out.too_few()
    for at, part in enumerate(found.tables):
        mine = replace(setting, name=f"{setting.name}-{at}")
        told = title
        if part.domain:
            told = f"{title} – {setting.titles.group(one.wanted, part.domain)}"
        yield laid_out.heading(told)
        match part:
            case Shares():
                yield from _shares(told, one, part, mine)
            case Crosstab():
                yield from _crosstab(told, one, part, mine)
            case Change():
                yield from _change(told, one, part, mine)


def battery(
    title: str, found: Sequence[tuple[str, Answer, Shares]], setting: Setting
) -> Iterator[str]:
    """Yield lists of the same values, each under its label: a bar each in one figure, then their tables."""
    yield laid_out.heading(title)
    if all(is_bar(part) for _label, _one, part in found):
        _label, one, first = found[0]
        names = _names(one, first, setting)
        rows = [Stack(label, _stacked(part)) for label, _one, part in found]
        yield laid_out.figure(charts.stacks(setting.named(title), rows, names))
    for label, one, part in found:
        yield from _share_table(label, one, part, setting, has_title=True)


def is_bar(part: Shares) -> bool:
    """Whether shares are parts of a whole, and few enough to be told apart."""
    return part.exclusive and len(part.rows) <= MOST_PARTS


# --- shares of a list -----------------------------------------------------------------------------


def _shares(title: str, one: Answer, part: Shares, setting: Setting) -> Iterator[str]:
    drawn, names = "", _names(one, part, setting)
    if is_bar(part) and len(part.rows) >= LEAST_PARTS:
        if any(row.figures for row in part.rows):
            drawn = charts.stacks(setting.named(title), [Stack("", _stacked(part))], names)
    else:
        pairs = zip(names, part.rows, strict=True)
        rows = [laid_out.dot(name, "prop", row.figures) for name, row in pairs if row.figures]
        drawn = charts.dots(setting.named(title), rows, are_shares=True) if rows else ""
    yield from laid_out.beside(drawn, _share_table(title, one, part, setting))


def _names(one: Answer, part: Shares, setting: Setting) -> list[str]:
    (tree,) = one.wanted.estimand.arguments
    return [setting.titles.value(tree, row.value) for row in part.rows]


def _stacked(part: Shares) -> tuple[float | None, ...]:
    return tuple(row.figures.estimate if row.figures else None for row in part.rows)


def _share_table(
    title: str, one: Answer, part: Shares, setting: Setting, *, has_title: bool = False
) -> Iterator[str]:
    heads = [_("answer"), *laid_out.headings(one)]
    named = zip(_names(one, part, setting), part.rows, strict=True)
    lines = [[text(name), *_share(row, setting)] for name, row in named]
    yield from laid_out.tabled(title, _about(part), heads, lines, has_title=has_title)


def _share(row: Share, setting: Setting) -> Line:
    return [
        laid_out.counted(row.respondents),
        laid_out.estimate("prop", row.figures, is_uniform=row.is_uniform),
        laid_out.limits("prop", row.figures),
        setting.people(row.figures),
    ]


# --- two answers crossed --------------------------------------------------------------------------


def _crosstab(title: str, one: Answer, part: Crosstab, setting: Setting) -> Iterator[str]:
    down, across = one.wanted.estimand.arguments
    rows = [setting.titles.value(down, value) for value in part.rows]
    columns = [setting.titles.value(across, value) for value in part.columns]
    is_shown = any(cell.figures for line in part.cells for cell in line)
    if is_shown and len(rows) <= MOST_PARTS:
        bars = [Stack(name, _column(part, at)) for at, name in enumerate(columns)]
        yield laid_out.figure(charts.stacks(setting.named(title), bars, rows))
    lines = [
        [text(name), *(_crossed(cell) for cell in (*line, total))]
        for name, line, total in zip(rows, part.cells, part.row_totals, strict=True)
    ]
    whole = CrossedCell(part.respondents, False, None)
    totals = (*part.column_totals, whole)
    lines.append(
        [text(_("n")), *(laid_out.counted(cell.respondents) or WITHHELD for cell in totals)]
    )
    yield from laid_out.tabled(title, _about(part), ["", *columns, _("all")], lines)
    yield from _tested(part)


def _column(part: Crosstab, at: int) -> tuple[float | None, ...]:
    figures = (line[at].figures for line in part.cells)
    return tuple(found.estimate if found else None for found in figures)


def _crossed(cell: CrossedCell) -> str:
    share, interval = (
        laid_out.estimate("prop", cell.figures),
        laid_out.limits("prop", cell.figures),
    )
    return f"{share} ({interval})" if interval else share


# --- before and now -------------------------------------------------------------------------------


def _change(title: str, one: Answer, part: Change, setting: Setting) -> Iterator[str]:
    kind, drawn = "prop" if part.is_condition else "mean", ""
    if part.before or part.now:
        before = laid_out.dot(_("before"), kind, part.before)
        now = laid_out.dot(_("now"), kind, part.now)
        drawn = charts.pair(setting.named(title), before, now, are_shares=part.is_condition)
    heads = ["", *laid_out.headings(one, "")]
    made = laid_out.tabled(title, _about(part), heads, list(_changed(kind, part, setting)))
    yield from laid_out.beside(drawn, (*made, *_tested(part)))


def _changed(kind: str, part: Change, setting: Setting) -> Iterator[Line]:
    """Yield both levels and the difference, then who went which way."""
    levels = (
        (_("before"), kind, part.before),
        (_("now"), kind, part.now),
        (_("difference"), "points" if part.is_condition else "mean", part.difference),
    )
    for name, of, figures in levels:
        yield [text(name), "", laid_out.estimate(of, figures), laid_out.limits(of, figures), ""]
    names = (
        (_("no longer"), _("unchanged"), _("newly"))
        if part.is_condition
        else (_("went down"), _("unchanged"), _("went up"))
    )
    for name, moved in zip(names, (part.fewer, part.same, part.more), strict=True):
        yield [text(name), *_moved(moved, setting)]


def _moved(one: Moved, setting: Setting) -> Line:
    return [
        laid_out.counted(one.respondents),
        laid_out.estimate("prop", one.figures),
        laid_out.limits("prop", one.figures),
        setting.people(one.figures),
    ]


# --- below a table --------------------------------------------------------------------------------


def _about(part: Shares | Crosstab | Change) -> str:
    """Return how many a table is about."""
    n = ngettext("{n} respondent", "{n} respondents", part.respondents).format(n=part.respondents)
    told = (
        _("{respondents}, {missing} without an answer.").format(respondents=n, missing=part.missing)
        if part.missing
        else _("{respondents}.").format(respondents=n)
    )
    if isinstance(part, Shares) and not part.exclusive:
        told += " " + _("Several answers could be given: the shares do not add up.")
    return told


def _tested(part: Crosstab | Change) -> Iterator[str]:
    if part.test is not None:
        yield paragraph(numerals.tested(part.test), "small")
    elif part.has_withheld:
        yield paragraph(_("No test: it would tell of what is left out."), "small")
