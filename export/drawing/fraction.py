"""A fraction of some people: as it is written, and how many they are."""

from __future__ import annotations

import re
from fractions import Fraction

from surveys.language import _
from surveys.problems import Refusal


def fraction(text: str) -> Fraction:
    """Return a fraction written as 20%, 0.2, 0,2 or 1/5, exactly."""
    match = re.fullmatch(
        r"(\d{1,9}(?:[.,]\d{1,9})?)(%?)|(\d{1,20}/0*[1-9]\d{0,19})", text.strip(), re.ASCII
    )
    if match is None:
        raise Refusal(_("the fraction cannot be read; write it as 20%, 0.2 or 1/5"))
    if match[3]:
        return Fraction(match[3])
    return Fraction(match[1].replace(",", ".")) / (100 if match[2] else 1)


def people_in(part: Fraction, population: int) -> int:
    """Return how many people a fraction of a population is, rounded half up: floor(f·N + 1/2)."""
    over, under = part.numerator, part.denominator
    return (2 * population * over + under) // (2 * under)
