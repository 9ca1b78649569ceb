"""Functions of dates and times. A value is a number of days, or text in ISO 8601."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from surveys.expressions import dates, values
from surveys.expressions.context import Context, Value
from surveys.expressions.signature import Function, plain


def _moment(context: Context, value: Value) -> datetime | None:
    """Return the local date and time of a value, None for blank and whatever is no date."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return dates.from_days(value)
    return dates.moment(values.text(value), context.now.tzinfo)


def today(context: Context) -> str:
    """Return the date of the context's clock."""
    return dates.iso_date(context.now)


def now(context: Context) -> str:
    """Return the date and time of the context's clock, with its offset."""
    return dates.iso_date_time(context.now, context.now.tzinfo)


def date(context: Context, value: Value) -> str:
    """Return the date of a value, '' if it has none."""
    when = _moment(context, value)
    return "" if when is None else dates.iso_date(when)


def date_time(context: Context, value: Value) -> str:
    """Return the date and time of a value with its offset, '' if it has none."""
    when = _moment(context, value)
    return "" if when is None else dates.iso_date_time(when, context.now.tzinfo)


def decimal_date_time(context: Context, value: Value) -> float:
    """Return the days since 1970-01-01, local time, with their fraction."""
    when = _moment(context, value)
    return math.nan if when is None else dates.days(when)


def decimal_time(context: Context, value: Value) -> float:
    """Return the part of its local day a time, or a date and time, stands at: noon is 0.5."""
    if isinstance(value, float):
        return value - math.floor(value) if math.isfinite(value) else math.nan
    return dates.fraction_of_day(values.text(value), context.now)


def format_date(context: Context, value: Value, pattern: str) -> str:
    """Return a date written as the pattern says, '' if there is none."""
    when = _moment(context, value)
    if when is None:
        return ""
    return dates.formatted(when, pattern, context.months, context.weekdays)


DATE_FUNCTIONS: Mapping[str, Function] = {
    "today": plain("context", "text", today),
    "now": plain("context", "text", now),
    "date": plain("context value", "text", date),
    "date-time": plain("context value", "text", date_time),
    "decimal-date-time": plain("context value", "number", decimal_date_time),
    "decimal-time": plain("context value", "number", decimal_time),
    "format-date": plain("context value text", "text", format_date),
    "format-date-time": plain("context value text", "text", format_date),
}
