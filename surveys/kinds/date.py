"""Date: a day, or a month where the appearance says month-year; stored as YYYY-MM-DD."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence

from surveys.instrument import Choice, Question
from surveys.kinds.kind import Kind, WhyNot
from surveys.language import _

_ISO = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})(-(?P<d>[0-9]{1,2}))?")
_FRENCH = re.compile(r"((?P<d>[0-9]{1,2})/)?(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})")


def is_month(question: Question) -> bool:
    """Whether the question asks for a month, not a day."""
    return "month-year" in question.appearance.split()


def read(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return YYYY-MM-DD; a month is its first day."""
    match = _ISO.fullmatch(typed.strip()) or _FRENCH.fullmatch(typed.strip())
    month = is_month(question)
    if match and (match["d"] is not None or month):
        try:
            day = 1 if month else int(match["d"])
            return datetime.date(int(match["y"]), int(match["m"]), day).isoformat()
        except ValueError:
            pass
    if month:
        return WhyNot(_("Type a month as 04/2022 or 2022-04."))
    return WhyNot(_("Type a date as 31/12/2022 or 2022-12-31."))


def show(
    question: Question, value: str, choices: Sequence[Choice], label: Callable[[Choice], str]
) -> str:
    """Return the date as it is said in France and in Britain, day first."""
    parts = value.split("-")
    return "/".join(reversed(parts[:2] if is_month(question) else parts))


DATE = Kind("date", storage="date", read=read, show=show)
