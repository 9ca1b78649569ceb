"""Markup that tables of a model share: rows in groups, titles that are heard, a figure beside its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from export.markup import CLOSED, opened, row, table, text
from export.reporting.charts import Named
from export.reporting.laid_out import beside, figure
from surveys.language import _

_BESIDE = 4  # columns of numbers of a table that there is room for beside a figure, on paper too

# A heading of rows, as markup, and its rows: a name, as markup, then cells, plain text.
Group = tuple[str, list[list[str]]]


def grouped(
    title: str, headings: Sequence[str], groups: Iterable[Group], *, kinds: Sequence[str] = ()
) -> Iterator[str]:
    """Yield a table with its rows in groups, each under a heading; `kinds` are classes of the groups."""
    yield from opened(f'<span class="hidden">{text(title)}</span>', headings, label=title)
    for at, (heading, rows) in enumerate(groups):
        kind = f' class="{kinds[at]}"' if kinds else ""
        yield f'<tbody{kind}><tr><th scope="rowgroup" colspan="{len(headings)}">{heading}</th></tr>'
        yield from (row(first, others) for first, *others in rows)
        yield "</tbody>"
    yield CLOSED


def plain(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table whose title is heard, not seen: a heading above says the same."""
    hidden = f'<span class="hidden">{text(title)}</span>'
    yield from table(hidden, headings, rows, label=title)


def facts(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a table of what something is and its value, both markup."""
    yield f'<table class="facts"><caption class="hidden">{text(title)}</caption><tbody>'
    yield from (f'<tr><th scope="row">{name}</th><td>{told}</td></tr>' for name, told in rows)
    yield "</tbody></table>"


def figure_and_table(drawn: str, made: Iterable[str], columns: int) -> Iterator[str]:
    """Yield a figure and its table: below it where its columns of numbers would not stand beside."""
    if columns <= _BESIDE:
        yield from beside(drawn, made)
        return
    if drawn:
        yield figure(drawn)
    yield from made


def named(name: str, title: str) -> Named:
    """Return how a figure is named whose figures stand in a table as well."""
    return Named(name, title, _("The same figures stand in the table beside it."))
