"""What may be kept of an answer, by the rule its question was given.

`reduce` is called when the answer is given, before anything durable is written; `longest` bounds what
it can return, so that the size of a record can be known before the first interview.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, localcontext

from interviewer.scrub import Scrubber, cut
from surveys.codebook import BELOW
from surveys.instrument import NOTHING, Keep, Question
from surveys.kinds import KINDS
from surveys.kinds.number import spelled
from surveys.language import _
from surveys.problems import Refusal

# For what nobody typed (times, calculations from coded answers): no study's names are looked for.
NO_SCRUBBER = Scrubber()

_NUMBER = re.compile(r"-?[0-9]{1,320}(\.[0-9]{1,330})?")  # any double written out fits
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXACT = Context(prec=1_400)  # digits: enough for the longest number above, to its last decimal

# The longest canonical numbers: a sign and 15 digits, and for decimals a point and 10 more.
_LENGTHS: Mapping[str, int] = {
    "none": 0,
    "integer": 16,
    "decimal": 27,
    "date": 10,
    "time": 8,
    "dateTime": 19,
}
_DATE_LENGTHS: Mapping[str, int] = {"week": 8, "month": 7, "quarter": 7, "year": 4}


def reduce(question: Question, value: str, scrub: Scrubber) -> str | None:
    """Return what is stored of `value`, the full canonical answer; None if nothing is.

    A blank stays blank. For `link` the value itself is returned: the caller seals it apart. A name
    that `codes` does not list keeps itself; of several names the new ones follow the old order, each
    once. Never longer than `longest`.

    Raises Refusal, which does not hold the value, where the rule cannot read it or what it leaves is
    too long; free text is cut instead, after scrubbing.
    """
    if question.keep.rule == "never":
        return None
    if value == "":
        return ""
    kept = _reduced(question, value, scrub)
    if kept is None or len(kept) > longest(question):
        raise _unfit(question)
    return kept


def _reduced(question: Question, value: str, scrub: Scrubber) -> str | None:
    """Return the stored form, or None where the rule cannot read the value."""
    keep = question.keep
    if keep.rule == "scrub":
        return cut(scrub.scrub(value).text, question.max_length)
    if keep.rule == "prefix":
        return value[: int(keep.number)]
    if keep.rule == "codes":
        return _recoded(value, keep, is_list=KINDS[question.kind].storage == "several")
    if keep.rule == "date":
        return _coarsened(value, keep.unit)
    if keep.rule in _OF_NUMBERS:
        number = _number(value)
        return None if number is None else _OF_NUMBERS[keep.rule](keep, number, value)
    if question.kind == "text" and keep.rule == "as_given":
        return value[: question.max_length]
    return value


def _unfit(question: Question) -> Refusal:
    message = _(
        "{place}: question “{name}”: its answer does not suit “keep: {rule}”, or is too long to be kept; "
        "correct keep or max_length in the questionnaire"
    )
    place = question.place_of("keep")
    return Refusal(message.format(place=place, name=question.name, rule=question.keep.rule))


# --- numbers ----------------------------------------------------------------------------------


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _banded(keep: Keep, number: Decimal, value: str) -> str:
    """Return the lower bound, as written, of the band the number falls in."""
    below = [bound for bound in keep.bands if Decimal(bound) <= number]
    return below[-1] if below else BELOW


def _rounded(keep: Keep, number: Decimal, value: str) -> str:
    """Return the nearest multiple; halfway between two, the upper one, below zero too."""
    with localcontext(_EXACT):
        step = Decimal(keep.number)
        rest = number % step  # carries the sign of number
        lower = number - rest - (step if rest < 0 else 0)
        return spelled(lower + step if (number - lower) * 2 >= step else lower)


def _topped(keep: Keep, number: Decimal, value: str) -> str:
    return keep.number if number > Decimal(keep.number) else value


def _bottomed(keep: Keep, number: Decimal, value: str) -> str:
    return keep.number if number < Decimal(keep.number) else value


_OF_NUMBERS: dict[str, Callable[[Keep, Decimal, str], str]] = {
    "bands": _banded,
    "round": _rounded,
    "top": _topped,
    "bottom": _bottomed,
}

# --- dates and codes --------------------------------------------------------------------------


def _coarsened(value: str, unit: str) -> str | None:
    """Return the ISO week (with its own year), month, quarter or year of a day or a moment."""
    value = value.partition("T")[0]
    if not _DATE.fullmatch(value):
        return None
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        return None
    if unit == "week":
        year, week, _weekday = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    quarter = (day.month + 2) // 3
    return {"month": value[:7], "quarter": f"{value[:4]}-Q{quarter}", "year": value[:4]}[unit]


def _recoded(value: str, keep: Keep, *, is_list: bool) -> str:
    names = value.split(" ") if is_list else [value]
    return " ".join(dict.fromkeys(keep.codes.get(name, name) for name in names))


# --- lengths ----------------------------------------------------------------------------------


def longest(question: Question) -> int:
    """Return the most characters that `reduce` can return for this question.

    Text and whatever has no list: `max_length`. Numbers: 16 for an integer (a sign and 15 digits), 27
    for a decimal (and a point and 10 more). Of several choices: every name and the spaces between.
    For `link` too, though it is stored apart.
    """
    keep = question.keep
    whole = _whole(question)
    match keep.rule:
        case "never":
            return 0
        case "bands":
            return max(map(len, (BELOW, *keep.bands)))
        case "prefix":
            return min(int(keep.number), whole)
        case "round":
            return whole + len(
                keep.number
            )  # 9 rounded to the nearest 0.25 is never longer than 9 and 0.25
        case "top" | "bottom":
            return max(whole, len(keep.number))
        case "date":
            return _DATE_LENGTHS[keep.unit]
        case "codes":
            return _whole(question, recoded=keep.codes)
        case _:
            return whole


def _whole(question: Question, recoded: Mapping[str, str] = NOTHING) -> int:
    """Return the length of the longest whole answer, its choices named as `recoded` says."""
    storage = KINDS[question.kind].storage
    if question.kind == "acknowledge":
        return len("OK")
    if question.choices is not None and storage in {"one", "several"}:
        names = {recoded.get(choice.name, choice.name) for choice in question.choices.choices}
        lengths = [len(name) for name in names] or [0]
        return max(lengths) if storage == "one" else sum(lengths) + len(lengths) - 1
    return _LENGTHS.get(storage, question.max_length)
