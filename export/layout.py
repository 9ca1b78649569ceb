"""How tables are written to a terminal: eighty columns, nothing that could steer it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from export import numerals
from surveys.language import _, printable

_BLANKS = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_JOINED = {
    ord(one): chr(0xE0A0 + at) for at, one in enumerate(_BLANKS)
}  # letters, to whoever breaks lines
_APART = {ord(stand_in): one for one, stand_in in zip(_BLANKS, _JOINED.values(), strict=True)}
_LEAST = 16  # characters of a name, below which it is no longer read
LISTED = 20  # of a long list, so many are printed; --json has all


class _Joined(Console):
    """A console that ends no line at a no-break space, which Rich takes for any other."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Return a text whose no-break spaces are letters."""
        return super().render_str(text.translate(_JOINED), **how)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield what is to be written, its no-break spaces as they were."""
        if isinstance(renderable, Text):
            renderable = renderable.copy()
            renderable.plain = renderable.plain.translate(_JOINED)
        for segment in super().render(renderable, options):
            yield segment._replace(text=segment.text.translate(_APART))


def console(*, stderr: bool = False) -> Console:
    """Return what results are printed by: nothing is read as markup or coloured by itself."""
    return _Joined(stderr=stderr, markup=False, highlight=False)


def heading(console: Console, text: str) -> None:
    """Print the heading of a part, without what could steer the terminal."""
    console.print("\n" + printable(text), style="bold")


def practice() -> str:
    """Return what is said above the figures of a practice study."""
    return _("SIMULATED: this is a practice study; these figures describe nobody.")


def print_practice(console: Console, *, is_practice: bool) -> None:
    """Say of a practice study that its figures describe nobody."""
    if is_practice:
        console.print(practice(), style="bold")


def table(*columns: str) -> Table:
    """Return a table: text in the first column, numbers in the others."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for at, column in enumerate(columns):
        made.add_column(column, justify="right" if at else "left", overflow="fold")
    return made


def add(made: Table, *cells: object) -> None:
    """Add a row to a table, never read as markup, without what could steer the terminal."""
    made.add_row(*(Text(printable(str(cell))) for cell in cells))


def print_table(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print lines as a table without the columns that are empty; as a list where it has no room.

    A number is never cut: what is left of it would be read as another.
    """
    used = [at for at in range(len(headings)) if not at or any(line[at] for line in rows)]
    lines = [[line[at] for at in used] for line in (headings, *rows)]
    first, *numbers = (max(map(cell_len, column)) for column in zip(*lines, strict=True))
    if min(first, _LEAST) + sum(numbers) + 2 * len(numbers) <= console.width:
        console.print(folded_table(*lines))
        return
    for name, *values in lines[1:]:
        console.print(Text(name))
        for heading, value in zip(lines[0][1:], values, strict=True):
            if value:
                console.print(Text("  " + _("{what}: {value}").format(what=heading, value=value)))


def folded_table(headings: Sequence[str], *rows: Sequence[str], widest: int | None = None) -> Table:
    """Return lines as a table, names folded; numbers only where no column is to be wider than `widest`."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for at, text in enumerate(headings):
        made.add_column(
            Text(text),
            justify="right" if at else "left",
            no_wrap=at > 0 and widest is None,
            overflow="fold",
            max_width=widest,
        )
    for line in rows:
        made.add_row(*map(Text, line))  # never markup
    return made


def more(console: Console, count: int) -> None:
    """Say how many of a list were not printed."""
    if count > LISTED:
        console.print(_("… and {n} more; --json has all.").format(n=numerals.whole(count - LISTED)))
