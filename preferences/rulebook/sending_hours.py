"""When a window is open where people live. Pure.

A window is read off the local clock: an hour that the clock skips is not there, and an hour that it repeats counts the
first time only. On a holiday both the weekday's hours and those of the holiday hold.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from preferences.geo import holidays as public
from preferences.rulebook.rule_fields import WHOLE_DAY, Window, overlap_of

HOLIDAY = 7  # the place of a holiday's hours, after those of the weekdays
MAX_LOOKAHEAD = timedelta(days=15)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def next_opening(
    window: Window | None, zones: tuple[str, ...], at: datetime, calendars: frozenset[str] = public.NO_CALENDAR
) -> datetime | None:
    """This moment if the window is open in every zone, else the next one when it is; None for none within 15 days."""
    if at.tzinfo is None:
        raise ValueError("A moment without a time zone is no moment.")
    if window is None:
        return at
    moment, last = at, at.astimezone(UTC) + MAX_LOOKAHEAD
    while zones and moment <= last:
        closed = next((zone for zone in zones if not _is_open(window, zone, moment, calendars)), None)
        if closed is None:
            return moment
        moment = _next(window, closed, moment.astimezone(UTC), last, calendars)
    return None


_zone = lru_cache(maxsize=1024)(ZoneInfo)


def _is_open(window: Window, zone: str, at: datetime, calendars: frozenset[str]) -> bool:
    local = at.astimezone(_zone(zone))
    hours = _hours(window, local.date(), calendars)
    if hours is None or (local.fold and hours != WHOLE_DAY):
        return False
    return hours[0] <= local.hour * 60 + local.minute < hours[1]


def _hours(window: Window, day: date, calendars: frozenset[str]) -> tuple[int, int] | None:
    hours = window[day.weekday()]
    return overlap_of(hours, window[HOLIDAY]) if calendars and public.is_holiday(day, calendars) else hours


def _next(window: Window, zone: str, after: datetime, last: datetime, calendars: frozenset[str]) -> datetime:
    """The first moment from then on when the window is open in that zone; past the last one if there is none."""
    here = _zone(zone)
    first, end = after.astimezone(here).date(), last.astimezone(here).date()
    days = (first + DAY * number for number in range((end - first).days + 1))
    found = (_opening(window, zone, day, after, calendars) for day in days if _hours(window, day, calendars))
    return next((moment for moment in found if moment), last + MINUTE)


def _opening(window: Window, zone: str, day: date, after: datetime, calendars: frozenset[str]) -> datetime | None:
    """The first moment of that local day, from then on, when the window is open."""
    hours, here = _hours(window, day, calendars), _zone(zone)
    moment = max(after, _clock_reaches(day, hours[0] if hours else 0, here))
    if moment.astimezone(here).fold and hours != WHOLE_DAY:
        moment = moment.replace(second=0, microsecond=0)
        while moment.astimezone(here).fold:
            moment += MINUTE
    same_day = moment.astimezone(here).date() == day
    return moment if same_day and _is_open(window, zone, moment, calendars) else None


def _clock_reaches(day: date, minutes: int, here: ZoneInfo) -> datetime:
    """When the clock first shows this time, or a later one because it skips it."""
    wanted = datetime.combine(day, time(*divmod(minutes, 60)))
    moment = wanted.replace(tzinfo=here).astimezone(UTC)
    if moment.astimezone(here).replace(tzinfo=None) != wanted:
        moment = wanted.replace(tzinfo=here, fold=1).astimezone(UTC)
        while moment.astimezone(here).replace(tzinfo=None) < wanted:
            moment += MINUTE
    return moment
