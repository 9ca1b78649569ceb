"""Answers as they stand on a page: under a heading each, a figure where one helps, and always its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export.estimating.estimate import Estimates, Row
from export.estimating.found import Answer
from export.estimating.shares import Shares
from export.markup import text
from export.reporting import charts, laid_out
from export.reporting.laid_out import WITHHELD, Line, Setting
from export.reporting.parts import LEAST_PARTS, MOST_PARTS, battery, parts
from export.reporting.titles import Titles
from surveys.language import _


def shown(answers: Sequence[Answer], titles: Titles, name: str, *, is_drawn: bool) -> Iterator[str]:
    """Yield some answers as markup; `name` begins the identifiers of their figures.

    Where nothing `is_drawn`, answers are of those who gave them: there are no numbers of people.
    """
    for at, together in enumerate(_sharing(answers)):
        yield from _shown(together, Setting(titles, f"{name}-{at}", is_drawn))


def _sharing(answers: Sequence[Answer]) -> Iterator[list[Answer]]:
    """Yield the answers that share a figure: those of everybody that are alike; else each alone."""
    shared: list[Answer] = []
    for one in answers:
        alike = _alike(one)
        if shared and (alike is None or alike != _alike(shared[0])):
            yield shared
            shared = []
        shared.append(one)
    if shared:
        yield shared


def _alike(one: Answer) -> tuple[object, ...] | None:
    """Return what answers of one figure have in common, None for what stands alone."""
    if one.wanted.by:
        return None
    if isinstance(one.found, Estimates):
        return (one.wanted.level, one.wanted.estimand.kind)
    match one.found.tables:
        case (Shares(exclusive=True, rows=rows),) if LEAST_PARTS <= len(rows) <= MOST_PARTS:
            return (one.wanted.level, tuple(row.value for row in rows))
        case _:
            return None


def _shown(together: Sequence[Answer], setting: Setting) -> Iterator[str]:
    first, titles = together[0], setting.titles
    if isinstance(first.found, Estimates):
        yield from _estimates(together, setting)
    elif len(together) > 1:
        found = [(titles.of(one.wanted), one, part) for one in together for part in _lists(one)]
        yield from battery(_("Side by side"), found, setting)
    elif first.wanted.by and _lists(first):
        named = [(titles.group(first.wanted, one.domain), first, one) for one in _lists(first)]
        yield from battery(titles.of(first.wanted), named, setting)
    else:
        yield from parts(first, first.found, setting)


def _lists(one: Answer) -> list[Shares]:
    tables = () if isinstance(one.found, Estimates) else one.found.tables
    return [part for part in tables if isinstance(part, Shares)]


# --- one number each ------------------------------------------------------------------------------


def _estimates(together: Sequence[Answer], setting: Setting) -> Iterator[str]:
    """Yield estimates of one kind, of everybody or by groups of one answer: a figure, and one table."""
    first, titles = together[0].wanted, setting.titles
    kind, is_one = first.estimand.kind, len(together) == 1
    rows = [
        (titles.group(one.wanted, row.domain) if first.by else titles.of(one.wanted), row)
        for one in together
        if isinstance(one.found, Estimates)
        for row in one.found.rows
    ]
    title = titles.of(first) if is_one else _several(kind)
    yield laid_out.heading(title)
    if not rows:
        yield laid_out.too_few()
        return
    drawn = ""
    if (kind == "prop" or first.by) and any(row.figures for _label, row in rows):
        dots = [laid_out.dot(label, kind, row.figures) for label, row in rows]
        drawn = charts.dots(setting.named(title), dots, are_shares=kind == "prop")
    if is_one and not first.by:
        rows = [(_("everybody"), row) for _label, row in rows]
    headings = [titles.groups(first), *laid_out.headings(together[0], kind), _("missing")]
    lines = [[text(label), *_row(kind, row, setting)] for label, row in rows]
    yield from laid_out.beside(drawn, laid_out.tabled(title, "", headings, lines))


def _row(kind: str, row: Row, setting: Setting) -> Line:
    return [
        laid_out.counted(row.respondents),
        laid_out.estimate(kind, row.figures, is_uniform=row.is_uniform),
        WITHHELD if row.has_no_limits else laid_out.limits(kind, row.figures),
        setting.people(row.figures),
        laid_out.counted(row.missing or None),
    ]


def _several(kind: str) -> str:
    """Return the heading of estimates of one kind that share a table."""
    told = {
        "prop": _("Shares of people"),
        "mean": _("Means"),
        "total": _("Totals"),
        "ratio": _("Ratios"),
        "median": _("Medians"),
    }
    return told.get(kind, _("Quantiles"))
