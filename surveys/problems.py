"""What is wrong with a text, and where: problems are values, shown all at once, sorted by place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

_OBEYED = ("Cc", "Cf", "Cs")  # controls, marks of direction, halves of characters
Severity = Literal["error", "warning", "accepted"]


class Place(NamedTuple):
    """A position in a text file, or a cell of a workbook's sheet; line and column count from 1."""

    file: str
    line: int
    column: int
    sheet: str = ""

    def moved(self, offset: int) -> Place:
        """Return the place so many characters further on the line; a cell stays the cell."""
        return self if self.sheet else Place(self.file, self.line, self.column + offset)

    def __str__(self) -> str:
        if self.sheet:
            return f"{self.file}:{self.sheet}!{_letters(self.column)}{self.line}"
        return f"{self.file}:{self.line}:{self.column}"


def _letters(column: int) -> str:
    """Return how a workbook calls a column: A, Z, AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Problem:
    """Place, subject, fact, remedy; `check` is the name of the rule that found it.

    An accepted one was found, and the file says why it may stay: the reason is its remedy.
    """

    place: Place
    subject: str
    fact: str
    remedy: str
    check: str
    severity: Severity = "error"

    def __str__(self) -> str:
        subject = f"{self.subject}: " if self.subject else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return _printable(f"{self.place}: {subject}{self.fact}{remedy}")


def loss(place: Place, subject: str, fact: str, remedy: str = "") -> Problem:
    """Return the warning that a conversion does not carry what stands there."""
    return Problem(place, subject, fact, remedy, "loss", "warning")


def _printable(text: str) -> str:
    """Return the text with nothing in it that a terminal would obey."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(one) in _OBEYED else one for one in text
    )


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems sorted by place, each once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.place, problem.check, problem.fact)))


class Refusal(Exception):
    """What the caller cannot go on from: one sentence that ends in a remedy. Exit status 1.

    The message never holds an answer, a key, a passphrase or a participant's code.
    """


class Usage(Exception):
    """The command line is wrong. Exit status 2."""
