"""Integer, decimal and range: numbers typed as people type them, stored in one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from surveys.instrument import Choice, Question
from surveys.kinds.kind import Kind, WhyNot
from surveys.language import _
from surveys.problems import Problem

PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")  # as a file writes a number
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,10})?")
_RANGE_DEFAULTS = {"start": "1", "end": "10", "step": "1"}  # as XLSForm


def spelled(number: Decimal) -> str:
    """Return a number without exponent, trailing zeros or a signed zero."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def is_number(text: str) -> bool:
    """Whether the text is a number in plain decimal digits."""
    return PLAIN.fullmatch(text) is not None


def read_integer(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return a whole number of at most 15 digits."""
    if not _INTEGER.fullmatch(typed):
        return WhyNot(_("Type a whole number, in digits."))
    return spelled(Decimal(typed))


def read_decimal(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return a number; the decimal mark may be a comma or a point."""
    if not _DECIMAL.fullmatch(typed):
        return WhyNot(_("Type a number, in digits."))
    return spelled(Decimal(typed.replace(",", ".")))


def limits(question: Question) -> tuple[Decimal, Decimal, Decimal]:
    """Return start, end and step of a range; raises InvalidOperation where one is no number."""
    given = {**_RANGE_DEFAULTS, **question.parameters}
    start, end, step = (Decimal(given[key]) for key in ("start", "end", "step"))
    return start, end, step


def read_range(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return a number that lies on the range's steps."""
    start, end, step = limits(question)
    value = read_decimal(question, typed, choices)
    if isinstance(value, str):
        number = Decimal(value)
        if min(start, end) <= number <= max(start, end) and (number - start) % step == 0:
            return value
    if abs(step) == 1:
        return WhyNot(_("Type a number from {start} to {end}.").format(start=start, end=end))
    return WhyNot(
        _("Type a number from {start} to {end}, in steps of {step}.").format(
            start=start, end=end, step=step
        )
    )


def range_problems(question: Question) -> Iterator[Problem]:
    """Yield what is wrong with the parameters of a range."""
    place = question.place_of("parameters")
    remedy = _("write for example: parameters: start=0 end=10 step=1")
    try:
        start, end, step = limits(question)
    except InvalidOperation:
        yield Problem(
            place, question.name, _("a parameter of the range is no number"), remedy, "parameters"
        )
        return
    if not all(number.is_finite() for number in (start, end, step)) or step == 0:
        yield Problem(
            place,
            question.name,
            _("the step of the range is zero or not finite"),
            remedy,
            "parameters",
        )
    elif start == end or (end - start) % step != 0:
        yield Problem(
            place, question.name, _("the range does not end on a step"), remedy, "parameters"
        )


INTEGER = Kind("integer", storage="integer", read=read_integer)
DECIMAL = Kind("decimal", storage="decimal", read=read_decimal)
RANGE = Kind("range", storage="decimal", read=read_range, problems=range_problems)
