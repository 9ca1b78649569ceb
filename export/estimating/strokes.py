"""Dots, whiskers and bars in characters: a number becomes a place on a line of so many columns.

Nothing here is a number's only form: whoever cannot see a line reads the number beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1, 2, 5, 10)
_NOTHING = 1e-300  # no line tells smaller numbers from 0, and steps between them underflow


@dataclass(frozen=True, slots=True)
class Strokes:
    """What lines are drawn with: a dot, the ends of a whisker, what is between, where 0 is, parts of a bar.

    `parts` of a column, from the least to a whole one, divide it evenly.
    """

    dot: str
    left: str
    right: str
    between: str
    zero: str
    parts: str


FINE = Strokes("●", "├", "┤", "─", "┊", "▏▎▍▌▋▊▉█")
PLAIN = Strokes("o", "|", "|", "-", ":", "#")


def strokes(encoding: str) -> Strokes:
    """Return the finest strokes that an encoding has."""
    try:
        "".join((FINE.dot, FINE.left, FINE.right, FINE.between, FINE.zero, FINE.parts)).encode(
            encoding
        )
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return FINE


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers of a line, from its left end to its right."""

    low: float
    high: float

    def place(self, value: float, columns: int) -> int:
        """Return in which of so many columns a number stands; one beyond an end stands at it."""
        share = (value - self.low) / (self.high - self.low)
        return min(max(round(share * (columns - 1)), 0), columns - 1)


def scale(low: float, high: float, most: float = math.inf) -> Scale:
    """Return round ends around some numbers, one of them 0 where all are on one side of it.

    What would go beyond `most` ends there.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low < _NOTHING:
        low, high = (-1.0 if low < 0 else 0.0), (1.0 if high > 0 or low == 0 else 0.0)
    fifth = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(fifth))
    step = power * next(one for one in _STEPS if one * power >= fifth * (1 - 1e-9))
    ends = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Scale(ends[0], min(ends[1], most))


def whisker(
    value: float, limits: tuple[float, float] | None, of: Scale, columns: int, by: Strokes
) -> str:
    """Return a dot with its interval: `  ├──●───┤`; the dot alone without one. 0 is marked unless it is an end."""
    line = [" "] * columns
    if of.low < 0 < of.high:
        line[of.place(0, columns)] = by.zero
    if limits is not None:
        first, last = (of.place(limit, columns) for limit in limits)
        line[first : last + 1] = by.between * (last + 1 - first)
        line[first], line[last] = by.left, by.right
    line[of.place(value, columns)] = by.dot
    return "".join(line).rstrip()


def bar(value: float, of: Scale, columns: int, by: Strokes) -> str:
    """Return a bar from 0, as long as a number that is not below it."""
    share = min(max(value / of.high, 0.0), 1.0)
    parts = round(share * columns * len(by.parts))
    if value > 0 and not parts:
        parts = 1  # something is never drawn as nothing
    whole, rest = divmod(parts, len(by.parts))
    return by.parts[-1] * whole + (by.parts[rest - 1] if rest else "")


def ends(low: str, high: str, columns: int) -> str:
    """Return what stands at both ends of a scale, as its heading."""
    return low + " " * max(1, columns - len(low) - len(high)) + high
