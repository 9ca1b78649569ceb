"""Dates and times as days in local time."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.expressions import dates

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.dates())
def test_a_date_is_the_same_day_in_every_zone(day: date) -> None:
    """It has no time that a zone could move; and it counts from 1970."""
    number = (day - date(1970, 1, 1)).days
    assert dates.day_number(day.isoformat(), UTC) == number
    assert dates.day_number(day.isoformat(), timezone(timedelta(hours=-11))) == number
    when = dates.from_days(number)
    assert when is not None
    assert dates.iso_date(when) == day.isoformat()


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), OFFSETS, OFFSETS)
def test_a_moment_is_read_in_local_time_whatever_offset_it_is_written_with(
    when: datetime, here: timezone, there: timezone
) -> None:
    """The same moment from elsewhere is the same local time, to the millisecond."""
    local = when.replace(microsecond=when.microsecond // 1000 * 1000, tzinfo=here)
    written = dates.iso_date_time(local.astimezone(there).replace(tzinfo=None), there)
    assert dates.moment(written, here) == local.replace(tzinfo=None)
    unzoned = local.replace(tzinfo=None).isoformat(timespec="milliseconds")
    assert dates.moment(unzoned, here) == local.replace(tzinfo=None)


@given(st.text("0123456789-T:.Z+W ", max_size=26) | st.text(max_size=12))
@settings(max_examples=300)
def test_any_text_is_a_date_or_none(text: str) -> None:
    """Nothing raises, and the quick look agrees with the thorough one."""
    when = dates.moment(text, UTC)
    number = dates.day_number(text, UTC)
    assert (when is None) is math.isnan(number)
    if when is not None:
        assert dates.looks_like_date(text)
        assert dates.days(when) == number
    dates.fraction_of_day(text, datetime(2026, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-29", "2026-00-01", "2026-13-01", "0000-01-01", "20260501", "2026-W18-5"),
        *("2026-05-01T", "2026-05-01T24:00", "2026-05-01T12:60", "2026-05-01 12:00", "26-05-01"),
        *(
            "2026-05-01T12:00+25:00",
            "2026-05-01T12",
            "２０２６-05-01",
            "2026-05-011",
            " 2026-05-01",
        ),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"),
    ],
)
def test_what_names_no_local_date_is_none(text: str) -> None:
    """Days and times that are not, other spellings, and local times outside the calendar."""
    zone = timezone(timedelta(hours=-2 if text.startswith("0001") else 2))
    assert dates.moment(text, zone) is None
    assert math.isnan(dates.day_number(text, zone))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_of_days_is_a_date_or_none(number: float) -> None:
    """Beyond the years 1 to 9999 there is none."""
    when = dates.from_days(number)
    if when is not None:
        assert abs(dates.days(when) - number) < 1e-9 * max(1, abs(number))


@given(st.times(), OFFSETS)
def test_a_time_is_a_part_of_its_day(time: object, zone: timezone) -> None:
    """From 0 at midnight to just under 1."""
    now = datetime(2026, 5, 1, 15, tzinfo=zone)
    fraction = dates.fraction_of_day(str(time), now)
    assert 0 <= fraction < 1
    assert fraction == dates.fraction_of_day(f"2020-02-02T{time}", now)


def test_without_a_zone_offsets_are_ignored() -> None:
    """A clock that does not say where it is cannot move a time."""
    assert dates.moment("2026-05-01T12:00+02:00", None) == datetime(2026, 5, 1, 12)


def test_months_and_weekdays_are_written_in_the_language_given() -> None:
    """%b and %a; the other codes are numbers."""
    months = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
    weekdays = "lun. mar. mer. jeu. ven. sam. dim.".split()
    when = datetime(2026, 8, 2, 9, 5, 7, 42_000)
    assert dates.formatted(when, "%a %e %b %Y", months, weekdays) == "dim. 2 août 2026"
    assert dates.formatted(when, "%y%m%d %H:%M:%S,%3 %n %h %% %", months, weekdays) == (
        "260802 09:05:07,042 8 9 %% %"
    )
