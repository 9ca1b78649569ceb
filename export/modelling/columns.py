"""A table of numbers on a terminal of any width."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from export import layout
from surveys.language import printable

_WIDEST = 14  # columns of a strategy's numbers: its name is folded above them
_NAME = 24  # columns of what a line is about, below which a long name is no longer read


def print_columns(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print lines under headings that are folded; as a list where even so there is no room.

    A number is never cut: what is left of it would be read as another.
    """
    lines = [[printable(cell) for cell in row] for row in (headings, *rows)]
    numbers = [max(map(cell_len, column)) for column in zip(*lines[1:], strict=True)][1:]
    words = [max(map(cell_len, text.split()), default=0) for text in lines[0][1:]]
    widths = [max(pair) for pair in zip(numbers, words, strict=True)]
    name = min(max(cell_len(line[0]) for line in lines[1:]), _NAME)
    if name + sum(widths) + 2 * len(widths) > console.width:
        layout.print_table(console, lines[0], lines[1:])
        return
    made = Table(box=None, pad_edge=False, header_style="bold")
    made.add_column(Text(lines[0][0]), overflow="fold")
    room = (console.width - name) // max(len(widths), 1) - 2
    for text, width in zip(lines[0][1:], widths, strict=True):
        # A width of its own: Rich takes room from every column that has none, numbers too.
        wide = max(width, min(cell_len(text), room, _WIDEST))
        made.add_column(Text(text), justify="right", width=wide)
    for row in lines[1:]:
        made.add_row(*map(Text, row))  # never markup
    console.print(made)
