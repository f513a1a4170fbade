"""Sending and opting out meet on the address; nobody is answered while their message is on its way."""

import threading
import time
import uuid

import pytest
from django.db import connection, transaction

from preferences.consent import service as consent
from preferences.models import Source
from preferences.outbox import send_fence
from tests import factories
from tests.conftest import subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def subscriber(transactional_db):
    topic = factories.TopicFactory()
    return subscribe(factories.email_address(), topic)


def take(address, window):
    with transaction.atomic():
        send_fence.lock_addresses([address.pk])
        return send_fence.acquire([address.pk], window)


def leave_in_a_thread(address):
    """Opt out elsewhere; returns the thread, and when it was answered."""
    answered = []

    def leave():
        consent.withdraw(address, address.subscriptions.get().topic, source=Source.ONE_CLICK)
        answered.append(time.monotonic())
        connection.close()

    thread = threading.Thread(target=leave)
    thread.start()
    return thread, answered


def test_opting_out_waits_until_the_message_in_flight_has_arrived(subscriber):
    window = uuid.uuid4()
    take(subscriber, window)
    thread, answered = leave_in_a_thread(subscriber)

    time.sleep(0.5)
    released = time.monotonic()
    unanswered = not answered
    send_fence.release(window)
    thread.join(5)

    assert unanswered
    assert answered[0] >= released


def test_opting_out_is_answered_at_once_when_nothing_is_in_flight(subscriber):
    began = time.monotonic()
    thread, answered = leave_in_a_thread(subscriber)
    thread.join(5)

    assert answered[0] - began < 2


def test_a_hand_over_past_its_deadline_makes_nobody_wait(subscriber, settings):
    settings.SEND_FENCE_SECONDS = -1
    take(subscriber, uuid.uuid4())

    assert send_fence.wait(subscriber.pk, time.monotonic() + 5)


def test_nobody_waits_longer_than_the_cap_however_much_they_end(subscriber, settings):
    settings.OPT_OUT_WAIT_SECONDS = 0.5
    take(subscriber, uuid.uuid4())
    began = time.monotonic()

    consent.withdraw_all(subscriber, sender=subscriber.subscriptions.get().topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    assert 0.5 <= time.monotonic() - began < 0.9
    assert send_fence.is_in_flight(subscriber)


def test_an_address_is_in_one_senders_hands_at_a_time(subscriber):
    first = take(subscriber, uuid.uuid4())
    second = take(subscriber, uuid.uuid4())

    assert (first, second) == ({subscriber.pk}, set())


def test_a_sender_who_was_lost_does_not_keep_the_address(subscriber, settings):
    settings.SEND_FENCE_SECONDS = -1
    take(subscriber, uuid.uuid4())

    settings.SEND_FENCE_SECONDS = 30
    assert take(subscriber, uuid.uuid4()) == {subscriber.pk}
