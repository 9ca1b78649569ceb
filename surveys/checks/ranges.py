"""Sets of values one item can have: numbers as spans, words as those named or all but those.

Every operation is exact or too large, never too small: what is empty here is empty indeed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

Span = tuple[float, float]  # both ends belong to it


EVERY: Span = (-math.inf, math.inf)


class Numbers(NamedTuple):
    """Numbers in ascending, disjoint spans, and blank where `blank`; whole numbers where `whole`."""

    spans: tuple[Span, ...] = (EVERY,)
    blank: bool = True
    whole: bool = False

    def __bool__(self) -> bool:
        return self.blank or bool(self.spans)

    def both(self, other: Numbers) -> Numbers:
        """Return what is in this set and in the other."""
        blank = self.blank and other.blank
        if self.spans == (EVERY,):  # most conditions are the first to say anything
            return Numbers(other.spans, blank, self.whole)
        if other.spans == (EVERY,):
            return Numbers(self.spans, blank, self.whole)
        spans = tuple(
            [
                (max(low, start), min(high, end))
                for low, high in self.spans
                for start, end in other.spans
                if max(low, start) <= min(high, end)
            ]
        )
        return Numbers(spans, blank, self.whole)

    def either(self, other: Numbers) -> Numbers:
        """Return what is in this set or in the other."""
        merged: list[Span] = []
        for low, high in sorted((*self.spans, *other.spans)):
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return Numbers(tuple(merged), self.blank or other.blank, self.whole)

    def others(self) -> Numbers:
        """Return all that is not in this set."""
        spans: list[Span] = []
        start = -math.inf
        for low, high in self.spans:
            end = self.before(low)
            if low > -math.inf and start <= end:
                spans.append((start, end))
            start = self.after(high)
        if not self.spans or self.spans[-1][1] < math.inf:
            spans.append((start, math.inf))
        return Numbers(tuple(spans), not self.blank, self.whole)

    def where(self, operator: str, bound: float) -> Numbers:
        """Return the numbers of this kind that stand so to a bound; for `!=`, blank as well."""
        if operator == "!=":
            return self.where("=", bound).others()
        low, high = -math.inf, math.inf
        if operator in {"=", ">="}:
            low = math.ceil(bound) if self.whole else bound
        if operator in {"=", "<="}:
            high = math.floor(bound) if self.whole else bound
        if operator == ">":
            low = self.after(math.floor(bound) if self.whole else bound)
        if operator == "<":
            high = self.before(math.ceil(bound) if self.whole else bound)
        return Numbers(((low, high),) if low <= high else (), blank=False, whole=self.whole)

    def after(self, bound: float) -> float:
        """Return the next number above one."""
        return bound + 1 if self.whole else math.nextafter(bound, math.inf)

    def before(self, bound: float) -> float:
        """Return the next number below one."""
        return bound - 1 if self.whole else math.nextafter(bound, -math.inf)

    def without_blank(self) -> Numbers:
        """Return the numbers alone."""
        return Numbers(self.spans, blank=False, whole=self.whole)

    @property
    def size(self) -> float:
        """How many whole numbers there are."""
        return sum(math.floor(high) - math.ceil(low) + 1 for low, high in self.spans)


@dataclass(frozen=True, slots=True)
class Words:
    """These words, or all but these; '' is blank."""

    words: frozenset[str]
    are_excluded: bool = False

    def __bool__(self) -> bool:
        return self.are_excluded or bool(self.words)

    @property
    def blank(self) -> bool:
        """Whether blank is in the set."""
        return ("" in self.words) is not self.are_excluded

    def both(self, other: Words) -> Words:
        """Return what is in this set and in the other."""
        if self.are_excluded and other.are_excluded:
            return Words(self.words | other.words, True)
        if self.are_excluded:
            return Words(other.words - self.words)
        if other.are_excluded:
            return Words(self.words - other.words)
        return Words(self.words & other.words)

    def either(self, other: Words) -> Words:
        """Return what is in this set or in the other."""
        return self.others().both(other.others()).others()

    def others(self) -> Words:
        """Return all that is not in this set."""
        return Words(self.words, not self.are_excluded)

    def without_blank(self) -> Words:
        """Return the words alone."""
        return self.both(Words(frozenset([""]), True))


Values = Numbers | Words


def both(one: Values, other: Values) -> Values:
    """Return what is in both; of unlike sets, the first, which is too large and so never wrong."""
    if isinstance(one, Numbers):
        return one.both(other) if isinstance(other, Numbers) else one
    return one.both(other) if isinstance(other, Words) else one


def either(one: Values, other: Values) -> Values | None:
    """Return what is in one or the other; None for unlike sets: anything."""
    if isinstance(one, Numbers):
        return one.either(other) if isinstance(other, Numbers) else None
    return one.either(other) if isinstance(other, Words) else None
