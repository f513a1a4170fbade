"""Moments and hours as a colleague reads them: on the clock of whoever is written to, with UTC beside it. Pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from preferences.geo import holidays as geo_holidays
from preferences.rulebook import sending_hours
from preferences.rulebook.rule_fields import WHOLE_DAY, Window, overlap_of


def day_label(moment: date) -> str:
    return formats.date_format(moment, pgettext("a day, as Django's date filter writes it", "j F Y"))


def utc_label(moment: datetime) -> str:
    """A moment, for everybody the same."""
    return _("%(moment)s UTC") % {"moment": _written(moment.astimezone(UTC))}


def local_label(moment: datetime, zone: str) -> str:
    """What the clock of that zone shows."""
    words = {"moment": _written(moment.astimezone(ZoneInfo(zone))), "zone": zone_label(zone)}
    return _("%(moment)s in %(zone)s") % words


def local_labels(moment: datetime, zones: Iterable[str]) -> str:
    """What the clocks of all these zones show; the day is said again only where it is another one."""
    words, before = [], None
    for zone in zones:
        local = moment.astimezone(ZoneInfo(zone))
        short = _("%(time)s in %(zone)s") % {"time": f"{local:%H:%M}", "zone": zone_label(zone)}
        words.append(short if local.date() == before else local_label(moment, zone))
        before = local.date()
    return "; ".join(words)


def local_and_utc_label(moment: datetime, zones: tuple[str, ...]) -> str:
    """On the first of their clocks, and in UTC."""
    if not zones:
        return utc_label(moment)
    return _("%(there)s (%(utc)s)") % {"there": local_label(moment, zones[0]), "utc": utc_label(moment)}


def zone_label(zone: str) -> str:
    return zone.replace("_", " ")


def _written(moment: datetime) -> str:
    return formats.date_format(moment, pgettext("a moment, as Django's date filter writes it", "D j M Y, H:i"))


def window_days(zones: Iterable[str], at: datetime, holidays: frozenset[str]) -> list[int]:
    """Which lines of a window are about this moment: a weekday for each zone, and holidays where it is one."""
    local = [at.astimezone(ZoneInfo(zone)).date() for zone in zones]
    found = [today.weekday() for today in local]
    found += [sending_hours.HOLIDAY for today in local if geo_holidays.is_holiday(today, holidays)]
    return list(dict.fromkeys(found))


def hours_today(window: Window, zone: str, at: datetime, holidays: frozenset[str]) -> tuple[int, int] | None:
    """The hours of that day in that zone."""
    local = at.astimezone(ZoneInfo(zone)).date()
    span = window[local.weekday()]
    return overlap_of(span, window[sending_hours.HOLIDAY]) if geo_holidays.is_holiday(local, holidays) else span


def closes_at(window: Window, zones: Iterable[str], at: datetime, holidays: frozenset[str]) -> datetime | None:
    """When the hours of today end in the first of these zones; None where nothing ends."""
    ends = [
        _end(span, zone, at)
        for zone in zones
        if (span := hours_today(window, zone, at, holidays)) and span != WHOLE_DAY
    ]
    return min(ends, default=None)


def _end(span: tuple[int, int], zone: str, at: datetime) -> datetime:
    local = at.astimezone(ZoneInfo(zone)).date() + timedelta(days=span[1] // WHOLE_DAY[1])
    end = datetime.combine(local, time(*divmod(span[1] % WHOLE_DAY[1], 60)), ZoneInfo(zone))
    return end.astimezone(UTC)
