"""What a model's file is written with: names, numbers, shares and lengths of time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from export.modelling.formula import CLOCK, FUNCTIONS
from surveys.language import _
from surveys.problems import Place
from surveys.reading import Reading, near
from surveys.yamltree import Mapping, Node, Scalar, Sequence

COMPLEMENT = "complement"
LARGEST = 1e12  # of numbers: squares of their ratios still have one
_SUGGESTIONS = 50  # names sought among those known: each takes a moment
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_SPAN = re.compile(r"([0-9]{1,5}) *(day|week|month|year)s?")
_YEARS = {  # a year is 365.25 days, and 12 months
    "day": Fraction(4, 1461),
    "week": Fraction(28, 1461),
    "month": Fraction(1, 12),
    "year": Fraction(1),
}
RESERVED = frozenset({*CLOCK, *FUNCTIONS, COMPLEMENT, "and", "or", "not", "div", "mod"})


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as written, such as 6 months."""

    number: int
    unit: str

    @property
    def years(self) -> Fraction:
        """Its years, exactly."""
        return self.number * _YEARS[self.unit]

    def times(self, n: int) -> str:
        """Return how so many of it are written."""
        return f"{n * self.number} {self.unit}" + ("s" if n * self.number > 1 else "")


def number_in(text: str) -> float | None:
    """Return the number that a text is, 0.05 of “5 %”; None where it is none."""
    digits = text.removesuffix("%").rstrip()
    if not _NUMBER.fullmatch(digits):
        return None
    found = float(digits) / (100 if text.endswith("%") else 1)
    return found if math.isfinite(found) else None


class Written(Reading):
    """Reads what a model is written with; what is not there, or is no such thing, is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.sought = 0  # names that nothing has

    def is_given(self, found: Mapping, key: str) -> bool:
        """Whether something is written for a key."""
        if key not in found.keys:
            return False
        match found.nodes[key]:
            case Scalar(text=text):
                return bool(text.strip())
            case Mapping(keys=keys):
                return bool(keys)
        return True

    def require(self, found: Mapping, key: str, subject: str, remedy: str) -> bool:
        """Return whether something is written for a key, which otherwise is a problem."""
        if self.is_given(found, key):
            return True
        place = found.keys[key].place if key in found.keys else found.place
        self.note(place, subject, _("“{key}” is missing").format(key=key), remedy, "missing")
        return False

    def text(self, found: Mapping, key: str, subject: str, remedy: str) -> str:
        """Return a text that may not be absent, in the language of the interface; '' with a problem."""
        if not self.require(found, key, subject, remedy):
            return ""
        count = len(self.problems)
        told = self.told(found.nodes[key], subject, found.place)
        if not told and len(self.problems) == count:
            fact = _("“{key}” is missing").format(key=key)
            self.note(found.nodes[key].place, subject, fact, remedy, "missing")
        return told

    def refuse_others(self, found: Mapping, known: Iterable[str], subject: str) -> None:
        """Note every key that is not known; one that is the rest of a formula, as such."""
        if not self.is_cut(found, subject):
            super().refuse_others(found, known, subject)

    def is_cut(self, found: Mapping, subject: str) -> bool:
        """Return whether a formula or a number is cut at a comma in braces, a problem if so."""
        cut = next((key for name, key in found.keys.items() if name.isdigit()), None)
        if cut is not None:
            fact = _("a number is cut at its comma")
            remedy = _("write digits, with a point before decimals: 2.5")
            self.note(cut.place, subject, fact, remedy, "shape")
            return True
        cut = next((key for name, key in found.keys.items() if ")" in name), None)
        if cut is not None:
            fact = _("an expression is cut at its comma")
            self.note(cut.place, subject, fact, _("put double quotes around it"), "shape")
        return cut is not None

    def named(self, found: Mapping, subject: str, reserved: Iterable[str] = ()) -> None:
        """Note keys that are no names: letters without accents, digits, underscores."""
        for name, key in found.keys.items():
            if not _NAME.fullmatch(name):
                fact = _("“{name}” is not a name").format(name=name)
                remedy = _("begin with a letter, then letters without accents, digits and _")
                self.note(key.place, subject, fact, remedy, "name")
            elif name in reserved:
                fact = _("“{name}” means something in formulas").format(name=name)
                self.note(key.place, subject, fact, _("give it another name"), "name")

    def unknown(
        self, place: Place, subject: str, fact: str, name: str, known: Iterable[str]
    ) -> None:
        """Note a name that nothing has, with one that is near."""
        self.sought += 1
        some = list(known)
        close = near(name, some) if self.sought <= _SUGGESTIONS else ""
        listed = ", ".join(some[:8]) + (", …" if len(some) > 8 else "")
        remedy = _("use one of: {known}").format(known=listed) if some else _("remove it")
        self.note(place, subject, fact, close or remedy, "unknown")

    # --- numbers --------------------------------------------------------------------------------

    def number(
        self, node: Node | None, subject: str, low: float = -LARGEST, high: float = LARGEST
    ) -> float | None:
        """Return a number from low to high, None where there is none."""
        scalar = self.scalar(node, subject)
        if scalar is None:
            return None
        text = scalar.text.strip()
        found = number_in(text)
        if found is not None and low <= found <= high:
            return found
        if found is None:
            fact = _("“{text}” is not a number").format(text=text[:40])
            remedy = _("write digits, with a point before decimals: 2.5")
        else:
            fact = _("{number} is not from {low} to {high}").format(
                number=text[:40], low=f"{low:g}", high=f"{high:g}"
            )
            remedy = _("write another number")
        self.note(scalar.place, subject, fact, remedy, "number")
        return None

    def numbers(self, node: Node | None, subject: str, low: float = -LARGEST) -> list[float] | None:
        """Return numbers, each above the one before; None where one of them is none."""
        nodes = node.nodes if isinstance(node, Sequence) else self.sequence(node, subject)
        found = [self.number(one, subject, low) for one in nodes]
        some = [one for one in found if one is not None]
        if len(some) < len(found):
            return None
        if node is not None and any(b <= a for a, b in pairwise(some)):
            fact, remedy = _("the numbers do not increase"), _("write each above the one before")
            self.note(node.place, subject, fact, remedy, "number")
            return None
        return some

    def pair(self, node: Node | None, subject: str) -> tuple[float, float] | None:
        """Return two numbers, the second above the first; None where they are not."""
        count = len(self.problems)
        some = self.numbers(node, subject)
        if some is not None and len(some) == 2:
            return some[0], some[1]
        if node is not None and len(self.problems) == count:
            remedy = _("write two numbers: [2, 8]")
            self.note(node.place, subject, _("this is not two numbers"), remedy, "number")
        return None

    def span(self, node: Node | None, subject: str) -> Span | None:
        """Return a length of time, None where there is none."""
        scalar = self.scalar(node, subject)
        if scalar is None:
            return None
        found = _SPAN.fullmatch(scalar.text.strip())
        if found and int(found[1]) > 0:
            return Span(int(found[1]), found[2])
        fact = _("“{text}” is not a length of time").format(text=scalar.text.strip()[:40])
        remedy = _("write a whole number of days, weeks, months or years: 6 months")
        self.note(scalar.place, subject, fact, remedy, "number")
        return None
