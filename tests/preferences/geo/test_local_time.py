"""Days as the person counts them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from preferences.geo import local_time
from preferences.models import Contact

EVENING = datetime(2026, 8, 31, 23, 30, tzinfo=UTC)


def test_a_day_begins_at_midnight_where_the_person_lives():
    contact = Contact(time_zone="Asia/Tokyo")

    assert local_time.local_midnight(date(2026, 9, 1), contact) == datetime(2026, 8, 31, 15, 0, tzinfo=UTC)


def test_a_moment_falls_on_the_day_of_the_person():
    assert local_time.format_day(EVENING, Contact(time_zone="Europe/Berlin")) == "1 September 2026"
    assert local_time.format_day(EVENING, Contact(time_zone="America/New_York")) == "31 August 2026"


@pytest.mark.parametrize("unknown", ["", "Mars/Olympus", "../etc/passwd", "America", "\x00", "x" * 64])
def test_without_a_time_zone_the_one_that_counts_is_named(unknown):
    assert local_time.format_day(EVENING, Contact(time_zone=unknown)) == "31 August 2026 (UTC)"


def test_a_midnight_that_the_clocks_skip_is_still_a_moment():
    skipped = local_time.local_midnight(date(2026, 4, 24), Contact(time_zone="Africa/Cairo"))

    assert skipped.astimezone(UTC).date() == date(2026, 4, 23)


@pytest.mark.parametrize(("language", "month"), [("de", "September"), ("fr", "septembre"), ("es", "septiembre")])
def test_the_month_is_in_the_language_of_the_page(language, month):
    with translation.override(language):
        assert month in local_time.format_day(EVENING, Contact(time_zone="Europe/Berlin"))
