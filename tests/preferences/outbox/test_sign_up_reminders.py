"""A sign-up nobody confirmed is reminded of once, and never after an answer."""

import email
import email.policy

import pytest

from preferences import tasks
from preferences.collection import pending_signups
from preferences.consent import endings, suppressions
from preferences.consent import service as consent
from preferences.models import Method, Notice, ServiceMessage, Source
from preferences.presentation import message_templates
from tests import factories
from tests.sinks import MailSink

Kind, Status = ServiceMessage.Kind, ServiceMessage.Status
DAY = 24 * 60 * 60


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    return time_machine


@pytest.fixture
def relay(settings):
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def asked(clock, address, notice):
    return consent.ask(address, [notice], source=Source.SIGN_UP)


def reminded(relay):
    tasks.deliver_service_messages()
    mails = [email.message_from_bytes(mail.content, policy=email.policy.default) for mail in relay.messages]
    return [mail for mail in mails if "have not confirmed yet" in mail["subject"]]


def test_the_reminder_comes_after_three_days_and_once(clock, relay, asked):
    clock.shift(3 * DAY - 60)
    early = reminded(relay)
    clock.shift(120)
    reminded(relay)
    clock.shift(10 * DAY)

    assert early == []
    assert len(reminded(relay)) == 1


ANSWERS = {
    "confirmed": lambda service_message, topic: consent.confirm(service_message),
    "refused": lambda service_message, topic: consent.refuse(service_message.address, topic, source=Source.CONFIRM),
    "cancelled": lambda service_message, topic: pending_signups.cancel(service_message),
    "left": lambda service_message, topic: consent.withdraw(
        service_message.address, topic, source=Source.UNSUBSCRIBE_PAGE
    ),
    "left everything": lambda service_message, topic: consent.withdraw_all(
        service_message.address, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE
    ),
    "never again": lambda service_message, topic: consent.withdraw_permanently(
        service_message.address, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE
    ),
    "said yes elsewhere": lambda service_message, topic: consent.grant(
        service_message.address, topic, source=Source.PREFERENCES, method=Method.BUTTON
    ),
    "bounced": lambda service_message, topic: suppressions.suppress(service_message.address, "bounced"),
    "complained": lambda service_message, topic: endings.record_complaint(service_message.address, provider="test"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_reminds_of_a_question_that_was_answered(clock, relay, asked, topic, answer):
    ANSWERS[answer](asked, topic)

    clock.shift(3 * DAY + 60)

    assert reminded(relay) == []


def test_no_reminder_comes_late(clock, relay, asked):
    clock.shift(8 * DAY)

    assert reminded(relay) == []


def test_asked_anew_the_newer_question_is_reminded_of_once(clock, relay, asked, address, notice):
    clock.shift(2 * DAY)
    anew = consent.ask(address, [notice], source=Source.SIGN_UP)
    clock.shift(DAY + 60)
    early = reminded(relay)
    clock.shift(2 * DAY)

    assert early == []
    assert len(reminded(relay)) == 1
    assert address.service_messages.get(kind=Kind.REMINDER, status=Status.SENT).interaction_id == anew.interaction_id


def test_asked_anew_after_a_reminder_there_is_no_second_one(clock, relay, asked, address, notice):
    clock.shift(3 * DAY + 60)
    reminded(relay)
    consent.ask(address, [notice], source=Source.SIGN_UP)
    clock.shift(3 * DAY + 60)

    assert len(reminded(relay)) == 1


def test_half_an_answer_leaves_the_reminder_of_the_rest(clock, address, topic):
    other = factories.TopicFactory(sender=topic.sender)
    consent.ask(address, [Notice.objects.current(one, "en") for one in (topic, other)], source=Source.SIGN_UP)

    consent.grant(address, topic, source=Source.PREFERENCES, method=Method.BUTTON)

    assert address.service_messages.get(kind=Kind.REMINDER).status == Status.QUEUED


def test_texts_are_not_reminded_of(phone, notice):
    consent.ask(phone, [notice], source=Source.SIGN_UP)

    assert not phone.service_messages.filter(kind=Kind.REMINDER).exists()


@pytest.mark.parametrize("kind", [Kind.CONFIRM, Kind.REMINDER])
def test_the_mail_says_what_was_asked_and_how_to_confirm_and_to_cancel(asked, topic, kind):
    mail = message_templates.compose_message(asked.address.service_messages.get(kind=kind)).content
    body = email.message_from_bytes(mail, policy=email.policy.default).get_body(("plain",)).get_content()

    assert topic.name in body
    assert "/c/" in body
    assert "/x/" in body
