"""Whoever plays with a forwarded link is told on, every time, and still fills nobody's mailbox."""

from collections import Counter
from uuid import uuid4

from django.utils import timezone

from preferences.consent import frequency
from preferences.models import Source
from preferences.web import owner_notification


def test_of_ten_changes_in_a_row_each_is_told_and_three_within_an_hour(subscriber, topic):
    for number in range(1, 11):
        interaction_id = uuid4()
        frequency.set_frequency_cap(
            subscriber, topic, most_per_month=number, source=Source.PREFERENCES, interaction_id=interaction_id
        )
        owner_notification.notify_owner([subscriber], interaction_id)

    told = subscriber.service_messages.filter(kind="changed")
    hours = Counter(
        round((due - timezone.now()).total_seconds() / 3600) for due in told.values_list("due_at", flat=True)
    )
    assert told.count() == 10
    assert hours == {0: 3, 1: 3, 2: 3, 3: 1}
