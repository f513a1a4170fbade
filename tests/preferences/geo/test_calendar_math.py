"""Clocks that count in months and years."""

import datetime

import pytest

from preferences.geo import calendar_math


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 1, "2024-03-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_later_ends_in_the_right_month(day, number, expected):
    later = calendar_math.add_months(datetime.date.fromisoformat(day), number)

    assert later == datetime.date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2010-05-01", "2026-04-30", 15),
        ("2010-05-01", "2026-05-01", 16),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
    ],
)
def test_a_birthday_counts_from_its_morning(born, day, years):
    assert calendar_math.age_on(datetime.date.fromisoformat(born), datetime.date.fromisoformat(day)) == years
