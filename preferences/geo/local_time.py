"""Days as a person counts them: in their own time zone, or else in UTC, which is then named."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from preferences.models import Contact

UTC = ZoneInfo("UTC")


def time_zone_of(contact: Contact) -> ZoneInfo:
    """Where the person lives, as far as we know."""
    try:
        return ZoneInfo(contact.time_zone)
    except (ValueError, KeyError, OSError):
        return UTC


def local_today(contact: Contact) -> date:
    return timezone.now().astimezone(time_zone_of(contact)).date()


def local_midnight(day: date, contact: Contact) -> datetime:
    """The moment at which that day begins where the person lives."""
    return datetime(day.year, day.month, day.day, tzinfo=time_zone_of(contact))


def format_day(moment: datetime, contact: Contact) -> str:
    """The day on which a moment falls for the person, in the language of the page."""
    where = time_zone_of(contact)
    words = formats.date_format(moment.astimezone(where), pgettext("a day, as Django's date filter writes it", "j F Y"))
    return words if where != UTC else _("%(day)s (UTC)") % {"day": words}
