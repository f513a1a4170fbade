"""Public holidays and business days.

A calendar is a country or one of its parts, under the names of the `holidays` library: "US", "US-MS", "FR". Days on
which a holiday is made up for count as well.
"""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache

import holidays
from django.utils import timezone

SATURDAY = 5
NO_CALENDAR: frozenset[str] = frozenset()


def is_known_calendar(calendar: str) -> bool:
    """Is there a calendar of this name?"""
    country, _dash, part = calendar.partition("-")
    parts = _calendars().get(country)
    return parts is not None and (not part if "-" not in calendar else part in parts)


@cache
def _calendars() -> dict[str, list[str]]:
    return holidays.list_supported_countries()


def is_holiday(day: date, calendars: frozenset[str]) -> bool:
    """Is this day a public holiday in any of these calendars?"""
    return bool(calendars) and day in _holidays_of_year(calendars, day.year)


@lru_cache(maxsize=4096)
def _holidays_of_year(calendars: frozenset[str], year: int) -> frozenset[date]:
    return frozenset().union(*(_calendar_holidays(calendar, year) for calendar in calendars))


@lru_cache(maxsize=4096)
def _calendar_holidays(calendar: str, year: int) -> frozenset[date]:
    if not is_known_calendar(calendar):
        raise ValueError(f"No calendar is called {calendar!r}: use a country or part of one, like US or US-MS.")
    country, _dash, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def add_business_days(moment: datetime, business_days: int, calendars: frozenset[str] = NO_CALENDAR) -> datetime:
    """The same hour, so many business days later; from a day off, counted as if it were the last one before."""
    local = timezone.localtime(moment)
    while business_days > 0:
        local += timedelta(days=1)
        if local.weekday() < SATURDAY and not is_holiday(local.date(), calendars):
            business_days -= 1
    return local
