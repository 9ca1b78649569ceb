"""Tables beside a questionnaire: CSV files that pulldata() and instance() look things up in.

`pulldata('fees', …)` and `instance('fees')` mean `fees.csv` in the folder of the questionnaire. The
first line names the columns. A table travels in the kit with its questionnaire.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from surveys.expressions import Tree, calls
from surveys.expressions.tree import String
from surveys.instrument import Row
from surveys.language import _
from surveys.problems import Refusal

MOST_BYTES = 2_000_000  # all tables of one questionnaire: a kit carries them
MOST_ROWS = 50_000
NO_TABLES: Mapping[str, str] = MappingProxyType({})

LOOKUPS = frozenset({"pulldata", "instance"})  # the functions that read a table or a list


def named_in(tree: Tree) -> Iterator[tuple[str, int]]:
    """Yield (name, offset) of each table or list an expression looks into."""
    for call in calls(tree):
        if call.function in LOOKUPS and call.arguments:
            first = call.arguments[0]
            if isinstance(first, String):
                yield first.text, first.offset


def beside(path: Path) -> Mapping[str, str]:
    """Return the text of every CSV file in the folder of a questionnaire, by name.

    Only those that are read by the questionnaire are looked at; raises Refusal where one is not
    UTF-8 or too large.
    """
    return _Folder(path.parent)


class _Folder(Mapping[str, str]):
    """The CSV files of a folder, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> str:
        path = self._folder / f"{name}.csv"
        if Path(name).name != name or not path.is_file():
            raise KeyError(name)
        if path.stat().st_size > MOST_BYTES:
            raise Refusal(
                _(
                    "{path}: is larger than {n} bytes; keep only the rows and columns you need"
                ).format(path=path, n=MOST_BYTES)
            )
        try:
            return path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Refusal(
                _("{path}: is not UTF-8 text; save it as UTF-8").format(path=path)
            ) from error

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.stem for path in self._folder.glob("*.csv")))

    def __len__(self) -> int:
        return len(list(self._folder.glob("*.csv")))


def rows(text: str) -> tuple[Row, ...]:
    """Return a CSV text as rows; commas, semicolons or tabs separate, as its first line does.

    Raises ValueError, with what is wrong, where it is no table.
    """
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise ValueError(_("is not CSV")) from error
    header = [name.strip() for name in lines[0]] if lines else []
    if not any(header) or len(set(header)) != len(header):
        raise ValueError(_("its first line does not name each column once"))
    if len(lines) > MOST_ROWS:
        raise ValueError(_("it has more than {n} rows").format(n=MOST_ROWS))
    return tuple(
        MappingProxyType(dict(zip(header, line, strict=False))) for line in lines[1:] if any(line)
    )
