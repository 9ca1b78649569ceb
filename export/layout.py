"""How tables and numbers are written to a terminal: eighty columns, nothing that could steer it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from surveys import language
from surveys.language import _, printable

NOTHING = "–"
LISTED = 20  # of a long list, so many are printed; --json has all


def heading(console: Console, text: str) -> None:
    """Print the heading of a part."""
    console.print("\n" + text, style="bold")


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


def percent(count: int, of: int) -> str:
    """Return a share in whole per cent, a dash where there is nothing to share."""
    return per_cent(decimal(100 * count / of, 0)) if of else NOTHING


def decimal(value: float, places: int) -> str:
    """Return a number as the interface's language writes it."""
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if language.from_environment() == "fr" else text


def share(value: float) -> str:
    """Return a share between 0 and 1 in whole per cent."""
    return per_cent(decimal(100 * value, 0))


def per_cent(number: str) -> str:
    """Return a number with its sign as the interface's language writes it: 2%, and 2 % in French."""
    return _("{number}%").format(number=number)


def more(console: Console, count: int) -> None:
    """Say how many of a list were not printed."""
    if count > LISTED:
        console.print(_("… and {n} more; --json has all.").format(n=count - LISTED))
