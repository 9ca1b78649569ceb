"""How problems are shown: what is wrong, the line it stands in with a caret under it, and the remedy.

    form.yaml:15:89: error[mismatch]: ok: “age” is a number, “oui” is none
      15 | …ok, relevant: "${age} = 'oui' or ${late} > 2"}
         |                          ^^^^^
         = compare it with a number, without quotes

The line is cut to the width around its caret. A problem in a workbook shows the cell.
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from surveys.language import _, ngettext
from surveys.load import Loaded
from surveys.problems import Place, Problem, Severity

LineAt = Callable[[Place], str]  # the text of the line, or of the cell, a place is in

_TAB = "    "
_OBEYED = ("Cc", "Cf", "Cs")  # what a terminal would obey
_TOKEN = re.compile(r"\$\{[^}]*\}|'[^']*'|\"[^\"]*\"|[\w.:-]+|.")
_CUT = "…"
_LEAST = 20  # columns an excerpt has on the narrowest terminal
_STYLES: Mapping[str, str] = {
    "error": "bold red",
    "warning": "bold yellow",
    "accepted": "bold green",
    "place": "bold",
    "excerpt": "",
    "gutter": "blue",
    "remedy": "cyan",
    "fact": "",
}

Piece = tuple[str, str]  # a style of `_STYLES`, and text
Line = list[Piece]


def lines_of(source: str) -> LineAt:
    """Return what finds the line of a place in a text."""
    lines = source.split("\n")

    def at(place: Place) -> str:
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""

    return at


def cells_of(cells: Mapping[Place, str]) -> LineAt:
    """Return what finds the text of the cell a place is."""
    return lambda place: cells.get(place, "")


def rendered(problem: Problem, line_at: LineAt, width: int, *, wraps: bool = False) -> list[Line]:
    """Return the lines that show a problem, of at most `width` columns where it `wraps`.

    Where it does not, only the excerpt is cut: what a tool reads stays on one line.
    """
    place = problem.place
    gutter = str(problem.place).rpartition("!")[2] if place.sheet else str(place.line)
    before = " " * (len(gutter) + 2)
    shown = _head(problem, width if wraps else 0)
    excerpt = excerpted(line_at(place), 1 if place.sheet else place.column, width - len(before) - 3)
    if excerpt is not None:
        shown.append([("gutter", f"  {gutter} | "), ("excerpt", excerpt.text)])
        marks = " " * excerpt.start + "^" * excerpt.length
        shown.append([("gutter", f"{before} | "), (problem.severity, marks)])
    if problem.remedy:
        room = max(width - len(before) - 3, _LEAST) if wraps else 0
        for number, part in enumerate(_wrapped(_printable(problem.remedy), room)):
            shown.append([("gutter", before + (" = " if number == 0 else "   ")), ("remedy", part)])
    return shown


def _head(problem: Problem, width: int) -> list[Line]:
    """Return the place, how grave it is, the check, whose problem it is and what is wrong."""
    word = f"{_word(problem.severity)}[{problem.check}]"
    subject = f"{problem.subject}: " if problem.subject else ""
    place = _printable(f"{problem.place}: ")
    rest = _printable(f": {subject}{problem.fact}")
    first, *others = _wrapped(rest, width - 4, taken=len(place) + len(word) - 4)
    shown: list[Line] = [[("place", place), (problem.severity, word), ("fact", first)]]
    shown.extend([[("fact", f"    {other}")] for other in others])
    return shown


def _wrapped(text: str, width: int, taken: int = 0) -> list[str]:
    """Return the text as lines of a width, the first of which has less room; whole for width 0."""
    if width <= 0:
        return [text]
    filled = "\0" * max(min(taken, width - 1), 0)
    lines = textwrap.wrap(filled + text, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", "") for line in lines] or [""]


def _word(severity: Severity) -> str:
    match severity:
        case "error":
            return _("error")
        case "warning":
            return _("warning")
        case _:
            return _("accepted")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of a line, and where the caret stands under it, in columns of a terminal."""

    text: str
    start: int
    length: int


def excerpted(line: str, column: int, width: int) -> Excerpt | None:
    """Return as much of a line as fits around a column (from 1); None where it is blank."""
    line = line.partition("\n")[0].rstrip("\r")
    if not line.strip() or not 0 < column <= len(line) + 1:
        return None
    index = column - 1
    token = _TOKEN.match(line, index)
    end = max(token.end() if token else index, index + 1)
    indent = min(len(line) - len(line.lstrip()), index)
    shown = [_shown(character) for character in line[indent:]]
    index, end = index - indent, end - indent
    first, last = _window([columns(one) for one in shown], index, max(width, _LEAST))
    left = _CUT if first > 0 else ""
    right = _CUT if last < len(shown) else ""
    text = left + "".join(shown[first:last]) + right
    start = columns(left + "".join(shown[first:index]))
    length = max(columns("".join(shown[index : min(end, last)])), 1)
    return Excerpt(text, start, length)


def _window(sizes: list[int], index: int, width: int) -> tuple[int, int]:
    """Return from where to where a line is shown: all of it, or the width around an index."""
    if sum(sizes) <= width:
        return 0, len(sizes)
    room = width - 2 * len(_CUT)
    first, used = min(index, len(sizes)), 0
    while first > 0 and used + sizes[first - 1] <= room // 2:
        first -= 1
        used += sizes[first]
    last = min(index, len(sizes))
    while last < len(sizes) and used + sizes[last] <= room:
        used += sizes[last]
        last += 1
    while first > 0 and used + sizes[first - 1] <= room:
        first -= 1
        used += sizes[first]
    return first, last


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shown(character: str) -> str:
    """Return a character as it can be shown: a tab as spaces, what a terminal obeys as a mark."""
    if character == "\t":
        return _TAB
    if unicodedata.category(character) in _OBEYED:
        return "\N{REPLACEMENT CHARACTER}"
    return character


def _printable(text: str) -> str:
    return "".join(map(_shown, text))


def print_problems(problems: Iterable[Problem], line_at: LineAt) -> None:
    """Print problems to standard output, in colour and wrapped on a terminal."""
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns
    shown = [
        line
        for problem in problems
        for line in rendered(problem, line_at, width, wraps=is_terminal)
    ]
    if not is_terminal:
        for line in shown:
            print("".join(text for _style, text in line))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    for line in shown:
        assembled = Text.assemble(*((text, _STYLES[style]) for style, text in line))
        console.print(assembled, soft_wrap=True)


def summary(name: str, loaded: Loaded) -> str:
    """Return in one line how many errors, warnings and accepted findings a questionnaire has."""
    good = ""
    if loaded.instrument is not None:
        n = sum(1 for _question in loaded.instrument.questions())
        good = ngettext("good, {n} item", "good, {n} items", n).format(n=n)
    return counted(name, loaded.problems, good)


def counted(name: str, problems: Iterable[Problem], good: str) -> str:
    """Return in one line how many problems of each severity a file has; without errors, what is `good`."""
    by_severity = Counter(one.severity for one in problems)
    parts = []
    if n := by_severity["error"]:
        parts.append(ngettext("{n} error", "{n} errors", n).format(n=n))
    elif good:
        parts.append(good)
    if n := by_severity["warning"]:
        parts.append(ngettext("{n} warning", "{n} warnings", n).format(n=n))
    if n := by_severity["accepted"]:
        parts.append(ngettext("{n} accepted", "{n} accepted", n).format(n=n))
    return _("{name}: {found}").format(name=name, found=", ".join(parts))
