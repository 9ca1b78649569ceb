"""Pieces of a page that every answer is made of: a heading, a figure beside its table, cells in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from export import numerals as written
from export.estimating import numerals
from export.estimating.accuracy import Figures
from export.estimating.found import Answer
from export.markup import columns_used, paragraph, table, text
from export.reporting.charts import Dot, Named
from export.reporting.titles import Titles, kind_told
from surveys.language import _

WITHHELD, UNIFORM = "*", "!"

Line = list[str]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an answer stands: its titles, and the name that begins the identifiers of its figures.

    Where nothing `is_drawn`, answers are of those who gave them: there are no numbers of people.
    """

    titles: Titles
    name: str
    is_drawn: bool

    def named(self, title: str) -> Named:
        """Return what a figure is called."""
        return Named(self.name, title, _("The same figures stand in the table beside it."))

    def people(self, figures: Figures | None) -> str:
        """Return for how many people of the population somebody stands, and within which limits."""
        if figures is None or figures.people is None or not self.is_drawn:
            return ""
        number = written.whole(figures.people.number)
        interval = numerals.limits("total", figures.people.interval)
        return f"{number} ({interval})" if interval else number


# --- markup ---------------------------------------------------------------------------------------


def heading(title: str) -> str:
    """Return the heading of an answer."""
    return f"<h3>{text(title)}</h3>"


def figure(drawn: str) -> str:
    """Return a figure as it stands by itself."""
    return f'<div class="figure">{drawn}</div>'


def beside(drawn: str, made: Iterable[str]) -> Iterator[str]:
    """Yield a figure, if any, and its table beside it, or below it where there is no room."""
    yield '<div class="beside">'
    if drawn:
        yield figure(drawn)
    yield '<div class="tables">'
    yield from made
    yield "</div></div>"


def too_few() -> str:
    """Return what is said instead of an answer of too few people."""
    return paragraph(_("Too few people answered; nothing is shown."), "small")


def tabled(
    title: str,
    about: str,
    headings: Sequence[str],
    lines: Sequence[Line],
    *,
    has_title: bool = False,
) -> Iterator[str]:
    """Yield a table without the columns that are empty; its title is seen where it `has_title`."""
    heads, cells = columns_used(headings, lines)
    kind = "title" if has_title else "hidden"
    caption = f'<span class="{kind}">{text(title)}</span> {text(about)}'
    yield from table(caption, heads, cells, label=title)


# --- cells ----------------------------------------------------------------------------------------


def headings(one: Answer, kind: str = "prop") -> Line:
    """Return the headings of figures of a kind: respondents, estimate, interval, people."""
    return [_("n"), kind_told(kind), written.interval_heading(one.wanted.level), _("people")]


def counted(respondents: int | None) -> str:
    """Return a number of respondents, '' where it is not shown."""
    return "" if respondents is None else written.whole(respondents)


def estimate(kind: str, figures: Figures | None, *, is_uniform: bool = False) -> str:
    """Return an estimate, or the mark of one that is withheld."""
    if figures is None:
        return WITHHELD
    return numerals.value(kind, figures.estimate) + (UNIFORM if is_uniform else "")


def limits(kind: str, figures: Figures | None) -> str:
    """Return the interval of an estimate, '' where there is none."""
    return numerals.limits(kind, figures.interval) if figures else ""


def dot(label: str, kind: str, figures: Figures | None) -> Dot:
    """Return an estimate as it is drawn."""
    if figures is None:
        return Dot(label, None, None, None, _("* not shown"))
    interval, told = figures.interval, numerals.value(kind, figures.estimate)
    if interval is None:
        return Dot(label, figures.estimate, None, None, told)
    return Dot(label, figures.estimate, interval.low, interval.high, told)
