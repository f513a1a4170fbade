"""When it is day where people live."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preferences.geo.territories import ALL_OF_THE_STATES
from preferences.rulebook import sending_hours

NINE_TO_EIGHT = (540, 1200)
DAYTIME = (NINE_TO_EIGHT,) * 7 + ((0, 1440),)
WEEKDAYS = (NINE_TO_EIGHT,) * 5 + (None, None) + ((0, 1440),)
NEVER_ON_HOLIDAYS = (*DAYTIME[:7], None)
NEW_YORK, BERLIN, KATHMANDU = "America/New_York", "Europe/Berlin", "Asia/Kathmandu"
US, FR = frozenset(["US"]), frozenset(["FR"])


def every_day(start, end):
    """The same hours all week, written like 9:30."""
    minutes = [int(hour) * 60 + int(minute) for hour, minute in (start.split(":"), end.split(":"))]
    return (tuple(minutes),) * 7 + ((0, 1440),)


def local(text, zone, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def first(window, zone, at, calendars=frozenset()):
    """When it opens, on the local clock."""
    opened = sending_hours.next_opening(window, (zone,), at.astimezone(UTC), calendars)
    return opened and opened.astimezone(ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize("time", ["09:00:00", "12:34:56.789", "19:59:59.999999"])
def test_inside_the_window_it_is_open_now(time):
    at = local(f"2026-11-23 {time}", NEW_YORK).astimezone(UTC)

    assert sending_hours.next_opening(DAYTIME, (NEW_YORK,), at) is at


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2026-11-23 08:59:59.999999", "2026-11-23T09:00:00-05:00"),
        ("2026-11-23 00:00", "2026-11-23T09:00:00-05:00"),
        ("2026-11-23 20:00", "2026-11-24T09:00:00-05:00"),
        ("2026-11-23 23:59:59", "2026-11-24T09:00:00-05:00"),
        ("2026-11-27 20:00", "2026-11-30T09:00:00-05:00"),
        ("2026-11-28 12:00", "2026-11-30T09:00:00-05:00"),
    ],
)
def test_outside_it_waits_for_the_next_morning(at, opened):
    assert first(WEEKDAYS, NEW_YORK, local(at, NEW_YORK)) == opened


def test_without_a_window_it_is_always_open():
    at = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    assert sending_hours.next_opening(None, (), at) is at


def test_where_no_clock_is_known_no_window_opens():
    assert sending_hours.next_opening(DAYTIME, (), datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) is None


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a time zone"):
        sending_hours.next_opening(DAYTIME, (NEW_YORK,), datetime(2026, 11, 23, 15, 0))


@pytest.mark.parametrize(
    ("day", "opened", "closes"), [("2026-01-21", "14:00", "20:00"), ("2026-07-22", "15:00", "20:00")]
)
def test_an_unknown_place_in_the_states_is_written_to_when_all_of_them_are_awake(day, opened, closes):
    opening = sending_hours.next_opening(DAYTIME, ALL_OF_THE_STATES, local(f"{day} 00:00", NEW_YORK))
    last = local(f"{day} {closes}", NEW_YORK)

    assert opening == local(f"{day} {opened}", NEW_YORK)
    assert sending_hours.next_opening(DAYTIME, ALL_OF_THE_STATES, last - timedelta(seconds=1)) == last - timedelta(
        seconds=1
    )
    assert sending_hours.next_opening(DAYTIME, ALL_OF_THE_STATES, last) == opening + timedelta(days=1)


@pytest.mark.parametrize("zones", [("Asia/Tokyo", "America/Los_Angeles"), ("Europe/Paris", *ALL_OF_THE_STATES)])
def test_clocks_that_are_never_awake_together_never_open(zones):
    assert sending_hours.next_opening(every_day("12:00", "18:00"), zones, datetime(2026, 11, 23, tzinfo=UTC)) is None


def test_a_window_that_is_always_closed_never_opens():
    assert sending_hours.next_opening((None,) * 8, (BERLIN,), datetime(2026, 11, 23, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("zone", "at", "opened"),
    [
        (NEW_YORK, "2026-03-07 21:00", "2026-03-08T09:00:00-04:00"),
        (NEW_YORK, "2026-10-31 21:00", "2026-11-01T09:00:00-05:00"),
        (BERLIN, "2026-03-28 21:00", "2026-03-29T09:00:00+02:00"),
        (BERLIN, "2026-10-24 21:00", "2026-10-25T09:00:00+01:00"),
        ("Australia/Lord_Howe", "2026-04-04 21:00", "2026-04-05T09:00:00+10:30"),
        (KATHMANDU, "2026-11-23 03:00", "2026-11-23T09:00:00+05:45"),
        ("Pacific/Chatham", "2026-07-01 03:00", "2026-07-01T09:00:00+12:45"),
        ("Pacific/Chatham", "2026-12-01 03:00", "2026-12-01T09:00:00+13:45"),
        ("Pacific/Kiritimati", "2026-11-23 03:00", "2026-11-23T09:00:00+14:00"),
        ("Pacific/Apia", "2011-12-29 21:00", "2011-12-31T09:00:00+14:00"),  # there was no 30 December
        ("Europe/London", "2028-02-28 21:00", "2028-02-29T09:00:00+00:00"),
        ("Europe/London", "2028-02-29 21:00", "2028-03-01T09:00:00+00:00"),
        ("Europe/London", "2026-12-31 21:00", "2027-01-01T09:00:00+00:00"),
    ],
)
def test_the_local_clock_counts_whatever_it_does(zone, at, opened):
    assert first(DAYTIME, zone, local(at, zone)) == opened


@pytest.mark.parametrize(
    ("window", "opened"),
    [
        (every_day("2:30", "20:00"), "2026-03-08T03:00:00-04:00"),  # begins in the hour that is skipped
        (every_day("2:00", "3:00"), "2026-03-09T02:00:00-04:00"),  # lies in it
        (every_day("2:15", "3:01"), "2026-03-08T03:00:00-04:00"),
        (every_day("3:00", "4:00"), "2026-03-08T03:00:00-04:00"),
    ],
)
def test_an_hour_that_the_clock_skips_is_not_there(window, opened):
    assert first(window, NEW_YORK, local("2026-03-08 00:30", NEW_YORK)) == opened


@pytest.mark.parametrize(
    ("window", "at", "opened"),
    [
        (every_day("1:00", "2:00"), ("01:10", 0), "2026-11-01T01:10:00-04:00"),
        (every_day("1:00", "2:00"), ("01:10", 1), "2026-11-02T01:00:00-05:00"),
        (every_day("1:00", "1:30"), ("01:29", 1), "2026-11-02T01:00:00-05:00"),
        (every_day("1:30", "20:00"), ("01:10", 0), "2026-11-01T01:30:00-04:00"),
        (every_day("1:30", "20:00"), ("01:10:30", 1), "2026-11-01T02:00:00-05:00"),
        (every_day("1:30", "20:00"), ("01:40", 1), "2026-11-01T02:00:00-05:00"),
        (every_day("0:00", "24:00"), ("01:40", 1), "2026-11-01T01:40:00-05:00"),
        (every_day("2:00", "3:00"), ("01:10", 0), "2026-11-01T02:00:00-05:00"),
    ],
)
def test_an_hour_that_the_clock_repeats_counts_once(window, at, opened):
    time, fold = at

    assert first(window, NEW_YORK, local(f"2026-11-01 {time}", NEW_YORK, fold)) == opened


def test_midnight_that_the_clock_skips_opens_at_one():
    at = local("2026-04-23 23:00", "Africa/Cairo")

    assert first(every_day("0:00", "12:00"), "Africa/Cairo", at) == "2026-04-24T01:00:00+03:00"


def test_two_people_on_two_sides_of_the_date_line_share_an_hour():
    opened = sending_hours.next_opening(
        WEEKDAYS, ("Pacific/Kiritimati", "Pacific/Honolulu"), datetime(2026, 11, 20, 8, tzinfo=UTC)
    )

    assert opened == local("2026-11-24 09:00", "Pacific/Kiritimati")
    assert opened == local("2026-11-23 09:00", "Pacific/Honolulu")


@pytest.mark.parametrize(
    ("calendars", "opened"),
    [
        (frozenset(), "2026-12-25T09:00:00-05:00"),
        (FR, "2026-12-26T09:00:00-05:00"),
        (US | FR, "2026-12-26T09:00:00-05:00"),
    ],
)
def test_a_holiday_of_any_calendar_is_closed(calendars, opened):
    assert first(NEVER_ON_HOLIDAYS, NEW_YORK, local("2026-12-24 20:00", NEW_YORK), calendars) == opened


def test_a_holiday_with_hours_of_its_own_keeps_those_of_the_day_as_well():
    window = ((480, 1200),) * 6 + (None, (600, 1080))

    assert first(window, BERLIN, local("2026-12-25 00:00", BERLIN), US) == "2026-12-25T10:00:00+01:00"  # a Friday
    assert first(window, BERLIN, local("2022-12-25 00:00", BERLIN), US) == "2022-12-26T10:00:00+01:00"  # a Sunday


def test_a_holiday_is_told_by_the_local_date():
    late_on_thanksgiving = local("2026-11-26 19:00", "Pacific/Honolulu")

    assert (
        sending_hours.next_opening(NEVER_ON_HOLIDAYS, ("Asia/Tokyo",), late_on_thanksgiving, US) is late_on_thanksgiving
    )
    assert first(NEVER_ON_HOLIDAYS, "Pacific/Honolulu", late_on_thanksgiving, US) == "2026-11-27T09:00:00-10:00"


ZONES = (NEW_YORK, "America/Los_Angeles", BERLIN, "Europe/London", KATHMANDU, "Pacific/Chatham", "Africa/Cairo")
SPANS = st.none() | st.tuples(st.integers(0, 1380), st.integers(1, 720)).map(
    lambda span: (span[0], min(1440, sum(span)))
)
WINDOWS = st.tuples(*[SPANS] * 7, SPANS | st.just((0, 1440)))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
SOME_ZONES = st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True).map(tuple)


def reads_open(window, zone, moment):
    """The rule again, in the plainest words."""
    there = moment.astimezone(ZoneInfo(zone))
    span = window[there.weekday()]
    minute = there.hour * 60 + there.minute
    return span is not None and span[0] <= minute < span[1] and (not there.fold or span == (0, 1440))


@settings(max_examples=150, deadline=None)
@given(window=WINDOWS, zones=SOME_ZONES, at=MOMENTS)
def test_it_opens_at_the_first_minute_that_is_open_everywhere(window, zones, at):
    opened = sending_hours.next_opening(window, zones, at)

    end = opened or at + timedelta(days=15)
    start = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    count = max(0, (end - start) // timedelta(minutes=7))
    before = [at, *(start + timedelta(minutes=7) * number for number in range(count)), end - timedelta(seconds=1)]
    early = [moment for moment in before if at <= moment < end]
    assert end >= at
    assert opened is None or all(reads_open(window, zone, opened) for zone in zones)
    assert not any(all(reads_open(window, zone, moment) for zone in zones) for moment in early)


@settings(max_examples=50, deadline=None)
@given(window=WINDOWS, zones=SOME_ZONES, at=MOMENTS)
def test_asking_again_when_it_opens_gives_the_same_moment(window, zones, at):
    opened = sending_hours.next_opening(window, zones, at) or at

    assert sending_hours.next_opening(window, zones, opened) in (opened, None)
