"""Less, or later: said once, kept everywhere, over by itself."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from preferences.consent import eligibility, frequency, ledger, suppressions
from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed
from preferences.models import Channel, ConsentEvent, FrequencyCap, Source, Subscription
from tests import factories
from tests.conftest import subscribe

Status = Subscription.Status
WEEK = timedelta(days=7)


@pytest.fixture
def number(subscriber, topic):
    """The same person's phone."""
    return subscribe(contacts.add_address(Channel.SMS, "+12075550177", contact=subscriber.contact), topic)


def pause(address, topic=None, *, days=30):
    return frequency.pause_messages(
        address, topic, until=timezone.now() + timedelta(days=days), source=Source.PREFERENCES
    )


def at_most(address, number, topic=None):
    return frequency.set_frequency_cap(address, topic, most_per_month=number, source=Source.PREFERENCES)


def test_a_pause_holds_on_every_address_of_the_person(subscriber, number, topic):
    pause(subscriber, topic)

    assert eligibility.first_objection(subscriber, topic) == "paused"
    assert eligibility.first_objection(number, topic) == "paused"


def test_a_pause_of_one_topic_leaves_the_others(subscriber, topic):
    other = factories.TopicFactory(sender=topic.sender)
    subscribe(subscriber, other)

    pause(subscriber, topic)

    assert eligibility.first_objection(subscriber, other) == ""


def test_a_pause_of_everything_is_one_word_about_everything(subscriber, topic):
    subscribe(subscriber, factories.TopicFactory(sender=topic.sender))

    pause(subscriber)

    assert subscriber.events.get(kind="paused").topic is None
    assert set(subscriber.subscriptions.values_list("status", flat=True)) == {Status.PAUSED}


def test_the_ledger_adds_up_to_the_pause_and_to_its_end(subscriber, topic):
    pause(subscriber)
    paused = ledger.fold(subscriber, topic)

    frequency.resume_messages(subscriber, None, source=Source.PREFERENCES)

    assert (paused, ledger.fold(subscriber, topic)) == (Status.PAUSED, Status.ACTIVE)


def test_a_pause_ends_by_itself_on_its_day(subscriber, topic):
    pause(subscriber, topic, days=7)

    with time_machine.travel(timezone.now() + WEEK + timedelta(seconds=1)):
        [frequency.end_pause(pk) for pk in frequency.finished_pauses().values_list("pk", flat=True)]

    row = subscriber.subscriptions.get()
    assert (row.status, row.paused_until, row.event.source) == (Status.ACTIVE, None, Source.SYSTEM)


def test_nothing_ends_before_its_day(subscriber, topic):
    pause(subscriber, topic, days=7)
    row = subscriber.subscriptions.get()

    frequency.end_pause(row.pk)

    row.refresh_from_db()
    assert row.status == Status.PAUSED


def test_another_day_takes_the_place_of_the_first(subscriber, topic):
    pause(subscriber, topic, days=7)
    pause(subscriber, topic, days=60)

    days_left = (subscriber.subscriptions.get().paused_until - timezone.now()).days
    assert days_left == 59


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_day_past_or_too_far_away_is_refused_with_a_sentence(subscriber, topic, days):
    with pytest.raises(NotAllowed, match="between tomorrow and a year"):
        pause(subscriber, topic, days=days)

    assert subscriber.subscriptions.get().status == Status.ACTIVE


def test_leaving_ends_a_pause_for_good(subscriber, topic):
    pause(subscriber, topic, days=7)
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    assert not frequency.resume_messages(subscriber, topic, source=Source.PREFERENCES)
    assert subscriber.subscriptions.get().paused_until is None


def test_a_pause_of_somebody_who_left_says_nothing(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    assert pause(subscriber, topic) == []
    assert not ConsentEvent.objects.filter(kind="paused").exists()


def test_a_limit_said_twice_is_one_word(subscriber, topic):
    first, second = at_most(subscriber, 2), at_most(subscriber, 2)

    assert first == second
    assert ConsentEvent.objects.filter(kind="limited").count() == 1


def test_a_limit_belongs_to_the_person_whichever_address_said_it(subscriber, number, topic):
    at_most(subscriber, 2, topic)
    at_most(number, 4, topic)

    assert FrequencyCap.objects.get().most_per_month == 4


def test_a_limit_leaves_the_subscription_as_it_is(subscriber, topic):
    at_most(subscriber, 2, topic)

    assert subscriber.subscriptions.get().status == ledger.fold(subscriber, topic) == Status.ACTIVE


@pytest.mark.parametrize("number", [0, -1, 100])
def test_a_number_nobody_means_is_refused(subscriber, number):
    with pytest.raises(NotAllowed, match="1 to 99"):
        at_most(subscriber, number)


def test_the_database_keeps_one_overall_limit_each(subscriber):
    event = at_most(subscriber, 2).event

    with pytest.raises(IntegrityError), transaction.atomic():
        FrequencyCap.objects.create(contact=subscriber.contact, most_per_month=3, event=event)


def test_never_again_is_lifted_by_nobody_but_a_warned_new_sign_up(subscriber, topic, notice):
    consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)
    service_message = consent.ask(subscriber, [notice], source=Source.SIGN_UP)

    with pytest.raises(NotAllowed, match="never to contact you"):
        consent.confirm(service_message)
    consent.confirm(service_message, override_permanent=True)

    assert eligibility.first_objection(subscriber, topic) == ""


def test_a_stranger_cannot_make_us_ask_somebody_who_said_never_again_twice_in_a_month(subscriber, topic, notice):
    consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)
    first = consent.ask(subscriber, [notice], source=Source.SIGN_UP)

    again = consent.ask(subscriber, [notice], source=Source.SIGN_UP)

    assert first is not None
    assert again is None


def test_no_staff_member_lifts_never_again(subscriber, topic, author):
    suppression = consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)

    with pytest.raises(NotAllowed, match="Only the person"):
        suppressions.lift_by_staff(suppression, by=author, because="They called.")


def test_the_database_refuses_a_never_again_lifted_by_staff(subscriber, topic, author):
    suppression = consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)

    suppression.lifted_by, suppression.lifted_at = author, timezone.now()

    with pytest.raises(IntegrityError), transaction.atomic():
        suppression.save()


def test_never_again_is_recorded_and_confirmed_once_even_if_everything_was_off(subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    before = subscriber.service_messages.filter(kind="unsubscribed").count()

    consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)
    consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)

    assert subscriber.service_messages.filter(kind="unsubscribed").count() == before + 1
    assert subscriber.events.filter(kind="withdrawn").count() == 2
