"""Days and hours as an interviewer types, chooses and reads them. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from interviewer import outcomes
from surveys.language import _

LATEST = 30  # days ago that a visit may be noted
AHEAD = 14  # days ahead that an appointment is offered for
_HOUR = re.compile(r"([01]?\d|2[0-3])\s*[h:]\s*([0-5]\d)?")
_DAY = re.compile(r"(\d{1,2})[/.\s-](\d{1,2})")


def weekday(day: date) -> str:
    """Return the day of the week in words."""
    return (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )[day.weekday()]


def said(day: date, today: date) -> str:
    """Return a day in words, as near as it is: today, tomorrow, Tuesday 12/04."""
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    return near.get((day - today).days) or f"{weekday(day)} {day:%d/%m}"


def said_at(time: str) -> str:
    """Return a part of the day in words, or the hour itself."""
    return outcomes.part_words(time) if time in outcomes.PARTS else time


def hour_of(typed: str) -> str:
    """Return an hour as 14:30, however it was typed (14h30, 14:30, 9h); '' where it is none."""
    found = _HOUR.fullmatch(typed.strip().lower())
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else ""


def past_day_of(typed: str, today: date) -> date | None:
    """Return the day a visit was made, typed as 12/04: the last such day. None for none of late."""
    found = _DAY.fullmatch(typed.strip())
    if found is None:
        return None
    for year in (today.year, today.year - 1):
        try:
            day = date(year, int(found[2]), int(found[1]))
        except ValueError:
            continue
        if timedelta(0) <= today - day <= timedelta(LATEST):
            return day
    return None


def begins(time: str) -> str:
    """Return the hour at which an appointment begins; of a part of the day, the first."""
    match time:
        case "morning":
            return "06:00"
        case "afternoon":
            return "12:00"
        case "evening":
            return "18:00"
    return time
