"""Time and dateTime: the time of a day, and a moment; both as the clock on the wall has it, no zone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence

from surveys.instrument import Choice, Question
from surveys.kinds import date
from surveys.kinds.kind import Kind, WhyNot
from surveys.language import _

_TIME = re.compile(r"([0-9]{1,2})\s*[:hH]\s*([0-9]{2})?(?::([0-9]{2}))?")


def _time(typed: str) -> str:
    """Return HH:MM:SS of 14:30, 14h30, 14h or 14:30:15; '' for what is no time."""
    match = _TIME.fullmatch(typed.strip())
    if match is None:
        return ""
    try:
        hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime.time(hour, minute, second).isoformat()
    except ValueError:
        return ""


def read(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return HH:MM:SS."""
    return _time(typed) or WhyNot(_("Type a time as 14:30."))


def read_moment(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return YYYY-MM-DDTHH:MM:SS, for a date as it is typed elsewhere and a time after it."""
    day, time = (
        re.split(r"[\sT]+", typed.strip(), maxsplit=1) if _SPACED.search(typed) else ("", "")
    )
    found = date.read(question, day, choices)
    hour = _time(time)
    if isinstance(found, WhyNot) or not hour or date.is_month(question):
        return WhyNot(_("Type a date and a time as 31/12/2022 14:30."))
    return f"{found}T{hour}"


_SPACED = re.compile(r"\S[\sT]+\S")


def show(
    question: Question, value: str, choices: Sequence[Choice], label: Callable[[Choice], str]
) -> str:
    """Return the time without seconds where it has none."""
    return value.removesuffix(":00") if value.count(":") == 2 else value


def show_moment(
    question: Question, value: str, choices: Sequence[Choice], label: Callable[[Choice], str]
) -> str:
    """Return the moment, day first."""
    day, _t, time = value.partition("T")
    return f"{date.show(question, day, choices, label)} {show(question, time, choices, label)}"


TIME = Kind("time", storage="time", read=read, show=show)
DATE_TIME = Kind("dateTime", storage="dateTime", read=read_moment, show=show_moment)
