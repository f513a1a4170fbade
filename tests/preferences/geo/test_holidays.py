"""Days off, and clocks that stand still on them."""

from datetime import UTC, date, datetime

import pytest

from preferences.geo import holidays

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
US, FR = frozenset(["US"]), frozenset(["FR"])


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2026, 12, 25), ["US"]),
        (date(2026, 7, 3), ["US"]),  # the 4th is a Saturday
        (date(2027, 12, 31), ["US"]),  # next year's first day, made up for in this one
        (date(2026, 7, 14), ["FR"]),
        (date(2026, 7, 14), ["US", "FR"]),
        (date(2026, 4, 27), ["US-MS"]),
        (date(2028, 2, 29), ["US-LA"]),  # Mardi Gras on a leap day
    ],
)
def test_a_public_holiday_is_one(day, names):
    assert holidays.is_holiday(day, frozenset(names))


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2026, 7, 14), ["US"]),
        (date(2026, 4, 27), ["US"]),
        (date(2026, 12, 25), []),
        (date(2026, 11, 21), ["US", "FR"]),
    ],
)
def test_any_other_day_is_none(day, names):
    assert not holidays.is_holiday(day, frozenset(names))


@pytest.mark.parametrize("name", ["US", "US-MS", "FR", "GB", "GB-SCT", "CA-QC"])
def test_calendars_go_by_country_and_part(name):
    assert holidays.is_known_calendar(name)


@pytest.mark.parametrize("name", ["", "-", "US-", "US-ZZ", "us", "ZZ", "🎄", "US-MS-1", "US\r\n"])
def test_a_calendar_that_nobody_keeps_is_unknown(name):
    assert not holidays.is_known_calendar(name)


def test_an_unknown_calendar_is_said_to_be_unknown():
    with pytest.raises(ValueError, match="No calendar is called 'ZZ'"):
        holidays.is_holiday(date(2026, 1, 1), frozenset(["ZZ"]))


@pytest.mark.parametrize(("days", "due"), [(0, 20), (1, 23), (2, 24), (4, 26), (5, 27), (6, 30)])
def test_weekends_do_not_count_as_business_days(days, due):
    assert holidays.add_business_days(FRIDAY, days) == datetime(2026, 11, due, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("weekend", [datetime(2026, 11, 21, 15, 0, tzinfo=UTC), datetime(2026, 11, 22, 15, tzinfo=UTC)])
def test_what_comes_in_at_the_weekend_is_due_as_if_it_were_friday(weekend):
    assert holidays.add_business_days(weekend, 1) == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_public_holidays_do_not_count_where_they_are_kept():
    before_thanksgiving = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)

    assert holidays.add_business_days(before_thanksgiving, 1, US) == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    assert holidays.add_business_days(before_thanksgiving, 1, FR) == datetime(2026, 11, 26, 15, 0, tzinfo=UTC)


def test_a_deadline_runs_over_the_turn_of_the_year():
    christmas_eve = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)

    assert holidays.add_business_days(christmas_eve, 5, US | FR) == datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
