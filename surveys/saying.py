"""Sentences said to a person: on a terminal no word, command, path or hash is broken at the edge.

Elsewhere they are printed as they are. What a program reads (`--json`, a table, a list of ids) is printed
without this.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TextIO

IS_WINDOWS = os.name == "nt"  # its shells quote otherwise, and continue no line
# What is typed as it stands: a command, up to where the sentence goes on.
_COMMAND = re.compile(r"\bsouspli [a-z](?:[^\s;,.:()“”«»]|[.:](?=\S)| (?=[^\s;,:()“”«»]))*")
# Characters that are no others with an accent, or wider or narrower.
_NEAREST = {
    "−": "-", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "×": "x",
    "→": "->", "←": "<-", "↓": "v", "↑": "^", "≤": "<=", "≥": ">=", "±": "+/-", "·": "-", "œ": "oe",
    "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss",
}  # fmt: skip
_JOINED = "\0"  # stands for a blank that no line ends at


def say(text: str, file: TextIO | None = None) -> None:
    """Print sentences to standard output, or to `file`, fitted to it where it is a terminal."""
    target = sys.stdout if file is None else file
    print(fitting(text, target), file=target)


def show(text: str, file: TextIO | None = None) -> None:
    """Print what is to be copied, a command, a hash or words to be read aloud, on a line of its own."""
    print(f"  {text}", file=file)


def quoted(word: str | Path) -> str:
    """Return a word of a command as the shells of this system take it."""
    if IS_WINDOWS:
        from subprocess import list2cmdline

        return list2cmdline([str(word)])
    from shlex import quote

    return quote(str(word))


def nearest(error: UnicodeError) -> tuple[str, int]:
    """Return what is printed for characters that a terminal lacks: the nearest it has, else “?”.

    A handler of errors for `codecs.register_error`. With a “?” for its minus a number would be read as
    another.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(map(_nearest, lacking)), error.end


def _nearest(character: str) -> str:
    from unicodedata import normalize

    plain = normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    return _NEAREST.get(character) or plain or "?"


def fitting(text: str, file: TextIO) -> str:
    """Return a text for `file`: folded to the width of the terminal where it is one, else as it is."""
    if not file.isatty():
        return text
    from shutil import get_terminal_size

    return folded(text, get_terminal_size().columns)


def folded(text: str, width: int) -> str:
    """Return a text with each line longer than `width` broken between words, the rest indented by two.

    A command (`souspli …`) that fits a line stays on one. A line that begins with a blank is there to
    be copied, and stays whole however long it is.
    """
    return "\n".join(_folded(line, width) for line in text.split("\n"))


def _folded(line: str, width: int) -> str:
    from textwrap import fill

    if len(line) <= width or line.startswith(" "):
        return line

    def joined(found: re.Match[str]) -> str:
        return found[0].replace(" ", _JOINED) if len(found[0]) <= width - 2 else found[0]

    told = fill(
        _COMMAND.sub(joined, line),
        width,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return told.replace(_JOINED, " ")
