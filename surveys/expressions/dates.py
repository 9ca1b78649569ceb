"""Dates and times as expressions see them: text in, days since 1970-01-01 in local time out.

A date is a whole number of days; a dateTime has a fraction too, and the offset written in it moves
it to the local time zone first. What names no date gives None or NaN.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

_CLOCK = (
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_TIME = re.compile(_CLOCK)
# Months and days of one digit are read too, as JavaRosa and Web Forms do.
_MOMENT = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}})(?:T{_CLOCK})?")
_CODE = re.compile("%(.)", re.DOTALL)
_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_DAY = timedelta(days=1)


def looks_like_date(text: str) -> bool:
    """Return whether a text may be a date: cheap, and true of every date."""
    return text[4:5] == "-" and len(text) >= 8


def moment(text: str, zone: tzinfo | None) -> datetime | None:
    """Return the local date and time a text names, without zone."""
    match = _MOMENT.fullmatch(text) if looks_like_date(text) else None
    if match is None:
        return None
    year, month, day, *clock = match.groups()
    try:
        midnight = datetime(int(year), int(month), int(day))
        return midnight if clock[0] is None else _local(midnight, clock, zone)
    except (ValueError, OverflowError):
        return None


def _local(midnight: datetime, clock: Sequence[str | None], zone: tzinfo | None) -> datetime:
    """Return the time of a day that starts at `midnight`; ValueError if there is no such time."""
    hour, minute, second, part, offset = (piece or "" for piece in clock)
    microsecond = int(part[:6].ljust(6, "0")) if part else 0
    time = midnight.replace(
        hour=int(hour), minute=int(minute), second=int(second or 0), microsecond=microsecond
    )
    if not offset or zone is None:
        return time
    return time.replace(tzinfo=_zone(offset)).astimezone(zone).replace(tzinfo=None)


def _zone(offset: str) -> timezone:
    if offset == "Z":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[3:].strip(":") or 0)
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def days(when: datetime) -> float:
    """Return the number of days from 1970-01-01 to a local date and time."""
    return (when - _EPOCH) / _DAY


def day_number(text: str, zone: tzinfo | None) -> float:
    """Return the number of days a date or dateTime stands for, NaN for another text."""
    if len(text) == 10 and text[4] == "-" and text[7] == "-":
        try:
            return float(date.fromisoformat(text).toordinal() - _EPOCH_DAY)
        except ValueError:
            return math.nan
    when = moment(text, zone)
    return math.nan if when is None else days(when)


def from_days(number: float) -> datetime | None:
    """Return the local date and time a number of days stands for, if the calendar has it."""
    try:
        return _EPOCH + timedelta(days=number)
    except (ValueError, OverflowError):
        return None


def fraction_of_day(text: str, now: datetime) -> float:
    """Return the part of the local day gone at a time or dateTime (noon is 0.5), else NaN."""
    when = moment(text, now.tzinfo)
    if when is None:
        match = _TIME.fullmatch(text)
        if match is None:
            return math.nan
        try:
            when = _local(now.replace(tzinfo=None), match.groups(), now.tzinfo)
        except (ValueError, OverflowError):
            return math.nan
    return (when - when.replace(hour=0, minute=0, second=0, microsecond=0)) / _DAY


def iso_date(when: datetime) -> str:
    """Return the date as `2026-05-01`."""
    return when.date().isoformat()


def iso_date_time(when: datetime, zone: tzinfo | None) -> str:
    """Return the date and time as `2026-05-01T12:00:00.000+02:00`."""
    return when.replace(tzinfo=zone).isoformat(timespec="milliseconds")


def formatted(when: datetime, pattern: str, months: Sequence[str], weekdays: Sequence[str]) -> str:
    """Return a date written by the codes of ODK: %Y %y %m %n %b %d %e %a %H %h %M %S %3.

    A code that is none of these stays as it is written.
    """
    pieces = {
        "Y": f"{when.year:04d}",
        "y": f"{when.year % 100:02d}",
        "m": f"{when.month:02d}",
        "n": str(when.month),
        "b": months[when.month - 1],
        "d": f"{when.day:02d}",
        "e": str(when.day),
        "a": weekdays[when.weekday()],
        "H": f"{when.hour:02d}",
        "h": str(when.hour),
        "M": f"{when.minute:02d}",
        "S": f"{when.second:02d}",
        "3": f"{when.microsecond // 1000:03d}",
    }
    return _CODE.sub(lambda match: pieces.get(match[1], match[0]), pattern)
