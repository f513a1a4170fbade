"""Clocks that stand still at the weekend."""

from datetime import datetime, timedelta

from django.utils import timezone

MONDAY, SATURDAY = 0, 5


def after(moment: datetime, days: int) -> datetime:
    """The same hour, so many working days later; from a Saturday or Sunday, counted as if it were the Friday before."""
    local = timezone.localtime(moment)
    while days:
        local += timedelta(days=1)
        if MONDAY <= local.weekday() < SATURDAY:
            days -= 1
    return local
