"""Figures over everybody and about nobody: counted, hidden where they are few, and empty where nothing happened."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.policies import service as policies
from compliance.publications import transparency
from preferences.channels.outcomes import Outcome, Result
from preferences.consent import service as consent
from preferences.inbound import sms
from preferences.models import Reply, Source
from preferences.outbox import service as outbox
from preferences.proof import transparency_log
from tests import factories
from tests.conftest import subscribe

SENT = Outcome(Result.SENT)


def page(client):
    return client.get(reverse("compliance:transparency")).content.decode()


def people(topic, count):
    return [subscribe(factories.email_address(), topic) for _number in range(count)]


def left(topic, count, source=Source.LEAVE):
    return [consent.withdraw(person, topic, source=source) for person in people(topic, count)]


def period(days=30):
    return next(period for period in transparency.figures().periods if period.days == days)


def test_an_empty_house_has_nothing_to_count(client, db):
    shown = page(client)

    assert "No choices have been recorded yet" in shown
    assert "There is no signed checkpoint yet." in shown


@pytest.mark.parametrize(
    ("count", "told"), [(0, "none"), (1, "fewer than 10"), (9, "fewer than 10"), (10, "10"), (1234, "1,234")]
)
def test_small_counts_are_not_told(count, told):
    assert transparency.told(count) == told


def test_who_left_is_counted_by_the_way_they_took(topic):
    left(topic, 12)
    left(topic, 11, source=Source.ONE_CLICK)

    assert period().opt_outs == 23
    assert period().ways_told == [("Unsubscribe page", "12"), ("One-click unsubscribe", "11")]


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ([], []),
        ([("leave", 4)], []),
        ([("leave", 4), ("text", 5)], []),
        ([("leave", 40), ("text", 3)], [("", 43)]),
        ([("leave", 40), ("text", 6), ("mail", 5)], [("leave", 40), ("", 11)]),
        ([("leave", 40), ("text", 20), ("mail", 5)], [("leave", 40), ("", 25)]),
        ([("leave", 40), ("text", 20)], [("leave", 40), ("text", 20)]),
    ],
)
def test_no_small_count_can_be_computed_from_the_others(ways, told):
    assert transparency._without_the_few(ways) == told


def test_leaving_everything_in_one_act_counts_once(topic):
    address = subscribe(factories.email_address(), topic)
    consent.withdraw_all(address, sender=topic.sender, source=Source.PREFERENCES)

    assert period().opt_outs == 1


def test_what_is_long_ago_counts_for_the_year_only(topic, time_machine):
    left(topic, 1)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=40))

    assert (period(30).opt_outs, period(365).opt_outs) == (0, 1)


def test_seconds_are_told_once_there_are_enough(client, topic):
    left(topic, 9)
    assert transparency.figures().heard_here is None
    transparency.cache.clear()
    left(topic, 1)

    assert "Half of them: less than a second. 95 in 100: less than a second." in page(client)


def test_an_imported_no_is_old_news_and_not_timed(topic):
    left(topic, 12, source=Source.IMPORT)

    assert transparency.figures().heard_here is None


def test_the_slowest_one_in_twenty_is_left_out_and_clocks_may_differ():
    now = timezone.now()
    took = [(now - datetime.timedelta(seconds=second), now) for second in [-5, *range(1, 20)]]

    speed = transparency._speed(took)

    assert (speed.median, speed.nearly_all) == (9, 18)
    assert (speed.median_told, speed.nearly_all_told) == ("9 seconds", "18 seconds")


def test_a_text_is_timed_from_when_it_was_sent(topic):
    numbers = [factories.phone_address() for _number in range(10)]
    sent = timezone.now() - datetime.timedelta(seconds=30)
    [stopped(phone, topic.sender, sent) for phone in numbers]

    assert 30 <= transparency.figures().written.median < 60


def stopped(phone, sender, sent_at):
    return sms.receive(
        provider="demo",
        provider_id=phone.value,
        sender_number=sender.text_number,
        from_number=phone.value,
        text="STOP",
        sent_at=sent_at,
    )


def test_confirmations_in_time_are_a_share_of_all_that_were_due(topic, time_machine):
    left(topic, 12)
    owed = list(Reply.objects.filter(kind=Reply.Kind.OPTED_OUT).order_by("pk"))
    [outbox.record(reply, SENT) for reply in owed[:9]]
    time_machine.move_to(timezone.now() + datetime.timedelta(days=2))

    assert (period().confirmations, period().in_time, period().per_cent_in_time) == (12, 9, 75)


def test_a_confirmation_that_may_still_be_sent_is_not_late(topic):
    left(topic, 12)

    assert period().confirmations == 0
    assert period().per_cent_in_time is None


def test_complaints_are_counted(topic):
    [consent.complain(person, provider="demo") for person in people(topic, 10)]

    assert period().complaints == 10


def test_the_seal_can_be_checked_with_the_key_on_the_page(client, subscriber):
    checkpoint = transparency_log.seal()

    shown = page(client)

    assert transparency_log.public_key().replace("+", "&#x2B;") in shown or transparency_log.public_key() in shown
    assert checkpoint.note.splitlines()[2] in shown.replace("&#x2B;", "+").replace("&#43;", "+")


def test_reviews_of_our_policies_are_told(client, review, owner, time_machine):
    time_machine.move_to("2027-07-01 12:00")
    assert transparency.office().overdue_reviews == 1

    policies.sign(review, findings="", decision="kept", by=owner)

    assert (transparency.office().overdue_reviews, transparency.office().open_reviews) == (0, 1)
    assert "1 July 2027" in page(client)


def test_it_is_counted_once_an_hour(topic, time_machine, django_assert_num_queries):
    transparency.figures()
    left(topic, 1)

    with django_assert_num_queries(0):
        assert transparency.figures().said == 0
    time_machine.move_to(timezone.now() + datetime.timedelta(minutes=61))

    assert transparency.figures().said == 3


def test_what_is_kept_is_told_in_the_language_of_the_reader(client, topic):
    left(topic, 12)
    left(topic, 11, source=Source.ONE_CLICK)

    assert {way for way, _times in period().ways} == {"leave", "one_click"}


def test_nobody_is_named(client, subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.LEAVE)

    shown = page(client)

    assert subscriber.value not in shown
    assert str(subscriber.reference) not in shown
