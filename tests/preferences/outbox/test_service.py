"""Replies on their way: none is lost or sent twice, and a question nobody answers is closed."""

import pytest

from preferences import tasks
from preferences.consent import ledger
from preferences.models import ServiceMessage
from preferences.outbox import service as outbox
from tests import factories
from tests.preferences.outbox.service_messages import owed
from tests.sinks import MailSink, TextSink

Kind = ServiceMessage.Kind


@pytest.fixture
def relay(settings):
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def provider(settings):
    with TextSink() as sink:
        settings.SMS_PROVIDER_URL, settings.SMS_PROVIDER_TOKEN = sink.url, "token"
        yield sink


def test_what_is_owed_goes_out_once_by_mail_and_by_text(relay, provider, topic, address, phone):
    owed(address, Kind.CONFIRM, topic)
    owed(phone, Kind.CONFIRM, topic)

    tasks.deliver_service_messages()
    tasks.deliver_service_messages()

    assert (len(relay.messages), len(provider.texts)) == (1, 1)
    sent = ServiceMessage.objects.filter(kind=Kind.CONFIRM)
    assert set(sent.values_list("status", flat=True)) == {ServiceMessage.Status.SENT}


def test_one_connection_carries_everything_that_is_due(relay, topic):
    [owed(factories.email_address(), Kind.CONFIRM, topic) for _person in range(3)]

    tasks.deliver_service_messages()

    assert (len(relay.messages), relay.connections) == (3, 1)


def test_promptness_is_about_one_address(relay, topic, address):
    owed(address, Kind.CONFIRM, topic)
    owed(factories.email_address(), Kind.CONFIRM, topic)

    tasks.deliver_to_address(address.pk)

    assert [message.to for message in relay.messages] == [[address.value]]


def test_a_worker_killed_before_the_hand_over_loses_nothing(relay, topic, address, time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    service_message = owed(address, Kind.CONFIRM, topic)
    outbox._lease(service_message.pk)
    time_machine.shift(61)

    tasks.deliver_service_messages()

    assert len(relay.messages) == 1


def test_a_worker_killed_during_the_hand_over_never_sends_twice(relay, topic, address, time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    service_message = owed(address, Kind.CONFIRM, topic)
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(service_message.pk, _killed)
    time_machine.shift(61)

    tasks.deliver_service_messages()

    service_message.refresh_from_db()
    assert (service_message.status, relay.messages) == (ServiceMessage.Status.UNKNOWN, [])


def _killed(service_message):
    raise KeyboardInterrupt


def test_a_letter_that_cannot_be_written_fails_with_its_sentence(provider, topic, phone):
    service_message = owed(phone, Kind.CONFIRM, topic)
    topic.sender.text_number = ""
    topic.sender.save()

    tasks.deliver_service_messages()

    service_message.refresh_from_db()
    assert service_message.status == ServiceMessage.Status.FAILED
    assert "has no SMS number" in service_message.reason_label


def test_a_dead_broker_costs_a_page_nothing(
    client, relay, subscriber, django_capture_on_commit_callbacks, broken_broker
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/secure-link/", {"address": subscriber.value})
    tasks.deliver_service_messages()

    assert answer.status_code == 302
    assert any(b"http://testserver/s/" in message.content.replace(b"=\r\n", b"") for message in relay.messages)


def test_an_unanswered_question_is_closed_and_the_stranger_forgotten(topic, address, time_machine):
    time_machine.move_to("2026-05-01", tick=False)
    owed(address, Kind.CONFIRM, topic)
    time_machine.shift(8 * 24 * 60 * 60)

    tasks.expire_pending_requests()

    address.refresh_from_db()
    assert address.subscriptions.get().status == "ended"
    assert (address.value, address.contact.erased_at is not None) == ("", True)


def test_a_question_asked_again_stays_open(topic, address, time_machine):
    time_machine.move_to("2026-05-01", tick=False)
    owed(address, Kind.CONFIRM, topic)
    time_machine.shift(6 * 24 * 60 * 60)
    owed(address, Kind.CONFIRM, topic)
    time_machine.shift(2 * 24 * 60 * 60)

    tasks.expire_pending_requests()

    assert address.subscriptions.get().status == "pending"


def test_somebody_we_know_more_about_is_not_forgotten(topic, subscriber, time_machine):
    time_machine.move_to("2099-05-01", tick=False)
    owed(subscriber, Kind.CONFIRM, factories.TopicFactory())
    time_machine.shift(8 * 24 * 60 * 60)

    tasks.expire_pending_requests()

    subscriber.refresh_from_db()
    assert subscriber.value
    assert set(subscriber.subscriptions.values_list("status", flat=True)) == {"active", "ended"}


def test_the_ledger_still_adds_up_after_closing(topic, address, time_machine):
    time_machine.move_to("2026-05-01", tick=False)
    owed(address, Kind.CONFIRM, topic)
    time_machine.shift(8 * 24 * 60 * 60)

    tasks.expire_pending_requests()

    assert ledger.fold(address, topic) == address.subscriptions.get().status
