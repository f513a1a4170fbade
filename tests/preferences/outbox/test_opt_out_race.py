"""A letter and a "no" meet on the address: none leaves after the "no" was answered, and none is tried again."""

import threading
import time
import uuid

import pytest
from django.db import connection, transaction

from preferences.channels.outcomes import Outcome, Result
from preferences.consent import service as consent
from preferences.models import ServiceMessage, Source
from preferences.outbox import send_fence
from preferences.outbox import service as outbox
from tests import factories
from tests.preferences.outbox.service_messages import owed

Kind = ServiceMessage.Kind
Status = ServiceMessage.Status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(transactional_db):
    return factories.TopicFactory()


@pytest.fixture
def welcome(topic):
    """The letter owed to somebody who has just confirmed their sign-up."""
    return owed(factories.email_address(), Kind.SUBSCRIBED, topic)


def leave(service_message, topic):
    consent.withdraw(service_message.address, topic, source=Source.UNSUBSCRIBE_PAGE)


def test_opting_out_is_answered_when_the_letter_in_flight_is_out(welcome, topic):
    answered = []

    def leave_elsewhere():
        leave(welcome, topic)
        answered.append(time.monotonic())
        connection.close()

    thread = threading.Thread(target=leave_elsewhere)

    def send(service_message):
        thread.start()
        time.sleep(0.5)
        return Outcome(Result.SENT, detail="answered" if answered else "unanswered")

    sent = outbox.deliver(welcome.pk, send)
    thread.join(5)

    assert (sent.status, sent.reason) == (Status.SENT, "unanswered")
    assert len(answered) == 1


def test_a_letter_that_did_not_get_out_before_the_no_is_not_tried_again(welcome, topic, settings):
    settings.OPT_OUT_WAIT_SECONDS = 0

    def send(service_message):
        leave(welcome, topic)
        return Outcome(Result.TRY_LATER)

    outbox.deliver(welcome.pk, send)
    ServiceMessage.objects.filter(pk=welcome.pk).update(due_at=welcome.queued_at)

    assert outbox.deliver(welcome.pk, send) is None


def test_a_letter_waits_while_a_campaign_has_the_address(welcome):
    campaign = uuid.uuid4()
    with transaction.atomic():
        send_fence.acquire(send_fence.lock_addresses([welcome.address_id]), campaign)

    kept = outbox.deliver(welcome.pk, lambda service_message: Outcome(Result.SENT))

    welcome.refresh_from_db()
    assert (kept.pk, welcome.status, welcome.attempts) == (welcome.pk, Status.QUEUED, 0)


def test_the_letter_that_confirms_a_no_is_no_message_on_its_way(welcome, topic):
    leave(welcome, topic)
    goodbye = welcome.address.service_messages.get(kind=Kind.UNSUBSCRIBED)
    in_flight = []

    def send(service_message):
        in_flight.append(send_fence.is_in_flight(service_message.address))
        return Outcome(Result.SENT)

    outbox.deliver(goodbye.pk, send)

    assert in_flight == [False]


def test_a_letter_that_is_out_leaves_the_address_free(welcome):
    outbox.deliver(welcome.pk, lambda service_message: Outcome(Result.SENT))

    assert not send_fence.is_in_flight(welcome.address)
