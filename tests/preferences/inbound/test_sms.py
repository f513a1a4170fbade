"""Texts that come back: STOP is final at once, START only brings back what STOP took, HELP is always answered."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from preferences.consent import eligibility, ledger, suppressions
from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.models import (
    Address,
    InboundMessage,
    InboundOutcome,
    Method,
    Notice,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
)
from tests import factories
from tests.conftest import subscribe
from tests.preferences.inbound import phone as inbound_phone

Kind = ServiceMessage.Kind
Status = Subscription.Status
NUMBER = inbound_phone.NUMBER


@pytest.fixture
def say(topic):
    """Send one text to the sender's number."""
    return inbound_phone.to(topic.sender)


@pytest.fixture
def reader(topic):
    """Somebody who gets texts about the topic."""
    return subscribe(factories.phone_address(NUMBER), topic)


@pytest.mark.parametrize("text", ["STOP", " stop. ", "“Stop”", "S.T.O.P!!", "Arrêt", "СТОП", "st\u200bop"])
def test_stop_ends_everything_and_is_answered_once(say, reader, topic, text):
    received = say(text)

    assert eligibility.first_objection(reader, topic) == "stopped"
    assert reader.service_messages.filter(kind=Kind.UNSUBSCRIBED).count() == 1
    event = reader.events.last()
    assert (event.source, event.method, event.evidence.words) == (Source.SMS, Method.KEYWORD, text)
    assert (received.meaning, received.outcome) == (InboundMessage.Meaning.OPT_OUT, InboundOutcome.OPTED_OUT)


def test_a_second_stop_is_kept_and_answers_nothing(say, reader):
    say("STOP")
    say("STOP")

    assert reader.service_messages.filter(kind=Kind.UNSUBSCRIBED).count() == 1
    assert InboundMessage.objects.count() == 2


def test_a_repeated_delivery_of_the_same_text_does_nothing(say, reader):
    say("STOP", provider_id="same")
    say("STOP", provider_id="same")

    assert InboundMessage.objects.count() == 1
    assert reader.events.filter(kind="withdrawn").count() == 1


def test_an_old_stop_delivered_again_does_not_undo_a_newer_start(say, reader, topic):
    say("STOP", provider_id="same", sent_at=timezone.now() - timedelta(minutes=1))
    say("START")
    say("STOP", provider_id="same")

    assert eligibility.first_objection(reader, topic) == ""
    assert reader.events.filter(kind="withdrawn").count() == 1


def test_stop_from_somebody_never_signed_up_is_honoured_and_answered(say):
    say("STOP")

    address = Address.objects.get(normal_form=NUMBER)
    assert address.service_messages.get().kind == Kind.UNSUBSCRIBED
    assert Suppression.objects.of(address).in_force().get().reason == "stopped"


def test_stop_to_a_number_nobody_uses_any_more_still_stops_who_we_know(say, reader, topic):
    say("STOP", to="+19995550000")

    assert eligibility.first_objection(reader, topic) == "stopped"


def test_stop_to_a_number_nobody_uses_stops_a_stranger_too(say, topic):
    received = say("STOP", to="+19995550000")

    assert eligibility.first_objection(received.address, topic) == "stopped"
    assert not ServiceMessage.objects.exists()


def test_a_text_to_a_number_nobody_uses_is_kept(say):
    received = say("HELLO", to="+19995550000")

    assert received.outcome == InboundOutcome.UNUSED_NUMBER
    assert not ServiceMessage.objects.exists()


def test_start_brings_back_what_the_own_stop_took(say, reader, topic):
    other = subscribe(reader, factories.TopicFactory(sender=topic.sender))
    consent.withdraw(reader, topic, source=Source.UNSUBSCRIBE_PAGE)
    say("STOP", sent_at=timezone.now() - timedelta(seconds=5))

    say("START", sent_at=timezone.now() + timedelta(seconds=5))

    standing = dict(other.subscriptions.values_list("topic__pk", "status"))
    assert standing.pop(topic.pk) == Status.ENDED
    assert set(standing.values()) == {Status.ACTIVE}
    assert reader.service_messages.filter(
        kind=Kind.SUBSCRIBED, interaction_id=reader.events.last().interaction_id
    ).exists()


@pytest.fixture
def stopped(say, reader):
    """Somebody who texted STOP ten minutes ago."""
    say("STOP", sent_at=timezone.now() - timedelta(minutes=10))
    return reader


@pytest.mark.parametrize("word", ["START", "unstop", "YES"])
def test_start_grants_under_the_words_of_today(say, stopped, topic, word):
    newest = factories.notices.publish(topic, frequency="Weekly")

    say(word)

    subscription = stopped.subscriptions.get()
    assert (subscription.status, subscription.event.notice) == (Status.ACTIVE, newest)
    assert eligibility.first_objection(stopped, topic) == ""


@pytest.mark.parametrize("seconds", [0, 1, 60])
def test_a_start_sent_before_the_stop_or_with_it_changes_nothing(say, reader, topic, seconds):
    moment = timezone.now()
    say("STOP", sent_at=moment)

    say("START", sent_at=moment - timedelta(seconds=seconds))

    assert eligibility.first_objection(reader, topic) == "stopped"


def test_a_start_sent_before_leaving_on_the_page_changes_nothing(say, stopped, topic):
    sent_at = timezone.now() - timedelta(minutes=1)
    consent.withdraw_all(stopped, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    subscribe(stopped, factories.TopicFactory(sender=topic.sender))
    consent.withdraw_all(stopped, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    assert say("START", sent_at=sent_at).outcome == InboundOutcome.NEWER_OPT_OUT


def test_start_does_not_turn_an_unanswered_question_into_a_yes(say, topic):
    phone = factories.phone_address(NUMBER)
    consent.ask(phone, [Notice.objects.current(topic, "en")], source=Source.SIGN_UP)
    say("STOP", sent_at=timezone.now() - timedelta(minutes=1))

    say("START")

    assert phone.subscriptions.get().status == Status.ENDED
    assert phone.service_messages.filter(kind=Kind.HELP).count() == 1


def test_start_with_nothing_to_bring_back_is_answered_with_help(say):
    say("START")

    assert Address.objects.get().service_messages.get().kind == Kind.HELP


def test_never_again_is_not_undone_by_start(say, stopped, topic):
    suppressions.suppress(stopped, Suppression.Reason.PERMANENT)

    say("START")

    assert eligibility.first_objection(stopped, topic) == "never_again"


@pytest.mark.parametrize("word", ["YES", "yes!", "START"])
def test_yes_confirms_the_question_that_is_waiting(say, topic, word):
    phone = factories.phone_address(NUMBER)
    consent.ask(phone, [Notice.objects.current(topic, "en")], source=Source.SIGN_UP)

    say(word)

    assert phone.subscriptions.get().status == Status.ACTIVE
    assert phone.service_messages.filter(kind=Kind.SUBSCRIBED).count() == 1


def test_a_yes_by_text_is_recorded_as_a_text_and_not_as_a_link(say, topic):
    phone = factories.phone_address(NUMBER)
    consent.ask(phone, [Notice.objects.current(topic, "en")], source=Source.SIGN_UP)

    say("YES")

    granted = phone.subscriptions.get().event
    assert (granted.source, granted.method, granted.evidence.words) == (Source.SMS, Method.KEYWORD, "YES")


def test_yes_to_another_sender_confirms_nothing(say, topic):
    phone = factories.phone_address(NUMBER)
    consent.ask(phone, [Notice.objects.current(topic, "en")], source=Source.SIGN_UP)

    say("YES", to=factories.SenderFactory().text_number)

    assert phone.subscriptions.get().status == Status.PENDING


def test_yes_is_only_a_word_when_nothing_was_asked(say, reader):
    assert say("YES").meaning == InboundMessage.Meaning.OTHER


@pytest.mark.parametrize("text", ["HELP", "info"])
def test_help_is_answered_even_after_a_stop_and_opts_nobody_out(say, stopped, text):
    say(text)

    assert stopped.service_messages.filter(kind=Kind.HELP).count() == 1


def test_help_does_not_change_a_subscription(say, reader):
    say("HELP")

    assert reader.subscriptions.get().status == Status.ACTIVE


def test_anything_else_waits_for_a_person(say, reader):
    received = say("Is this about my appointment?")

    assert (received.address, received.meaning, received.outcome) == (reader, "other", InboundOutcome.NEEDS_REVIEW)
    assert not reader.service_messages.filter(kind__in=[Kind.HELP, Kind.UNSUBSCRIBED]).exists()


def test_the_persons_language_is_understood(say, topic):
    contacts.add_address("sms", NUMBER, language="de")

    assert say("Hilfe").meaning == InboundMessage.Meaning.HELP


def test_a_clock_that_runs_ahead_does_not_block_a_start(say, reader, topic, time_machine):
    time_machine.move_to(datetime(2099, 5, 1, tzinfo=UTC), tick=False)
    say("STOP", sent_at=timezone.now() + timedelta(days=30))
    time_machine.shift(60)

    say("START")

    assert eligibility.first_objection(reader, topic) == ""


def test_the_ledger_adds_up_after_stop_and_start(say, stopped, topic):
    say("START")

    assert ledger.fold(stopped, topic) == stopped.subscriptions.get().status == Status.ACTIVE
