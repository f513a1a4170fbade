"""JOIN, KEEP and YES: ways to say yes by text, each under the words of today and each undone by a newer "no"."""

from datetime import timedelta

import pytest
from django.utils import timezone

from preferences.collection import consent_forms, notices, offline_consent
from preferences.consent import eligibility, keep_keyword, ledger
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.models import (
    Address,
    ConsentForm,
    InboundMessage,
    InboundOutcome,
    Method,
    Notice,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
)
from preferences.presentation import message_templates
from preferences.text import sms_segments
from tests import factories
from tests.conftest import subscribe
from tests.preferences.inbound import phone as inbound_phone

Kind = ServiceMessage.Kind
Status = Subscription.Status
NUMBER = inbound_phone.NUMBER


@pytest.fixture
def tips(topic):
    topic.keyword = "TIPS"
    topic.save()
    return topic


@pytest.fixture
def news(tips):
    return factories.TopicFactory(sender=tips.sender, name="Clinic news", keyword="NEWS")


@pytest.fixture
def say(topic):
    return inbound_phone.to(topic.sender)


@pytest.fixture
def reader(tips, news):
    """Somebody who gets texts about two topics."""
    return subscribe(factories.phone_address(NUMBER), tips, news)


def active(address):
    return set(address.subscriptions.active().values_list("topic__keyword", flat=True))


@pytest.mark.parametrize("text", ["JOIN TIPS", "start tips", "Tips", "“TIPS”", "subscribe Tips!"])
def test_a_stranger_joins_a_topic_by_its_keyword(say, tips, news, text):
    say(text)

    address = Address.objects.get(normal_form=NUMBER)
    granted = address.subscriptions.get().event
    assert active(address) == {"TIPS"}
    assert (granted.source, granted.method, granted.evidence.words) == (Source.SMS, Method.KEYWORD, text)
    assert granted.notice == Notice.objects.current(tips, "en")
    assert address.verified_at
    assert address.service_messages.get().kind == Kind.SUBSCRIBED


def test_joining_twice_is_one_yes_and_one_answer(say, tips):
    say("JOIN TIPS")
    second = say("JOIN TIPS")

    assert second.address.events.count() == 1
    assert second.address.service_messages.count() == 1
    assert second.outcome == InboundOutcome.ALREADY_SUBSCRIBED


def test_joining_takes_back_ones_own_stop_for_that_topic_only(say, reader):
    say("STOP", sent_at=timezone.now() - timedelta(minutes=1))

    say("JOIN NEWS")

    assert active(reader) == {"NEWS"}
    assert not Suppression.objects.in_force().exists()


def test_a_join_sent_before_the_stop_changes_nothing(say, reader):
    say("STOP")

    joined = say("JOIN NEWS", sent_at=timezone.now() - timedelta(minutes=1))

    assert (active(reader), joined.outcome) == (set(), InboundOutcome.NEWER_OPT_OUT)


def test_never_again_is_not_undone_by_a_keyword(say, reader, tips):
    consent.withdraw_permanently(reader, sender=tips.sender, source=Source.UNSUBSCRIBE_PAGE)

    joined = say("JOIN TIPS", sent_at=timezone.now() + timedelta(seconds=1))

    assert eligibility.first_objection(reader, tips) == "never_again"
    assert active(reader) == set()
    assert joined.outcome


@pytest.mark.parametrize(
    ("about", "text"),
    [
        ({}, "JOIN WALKS"),
        ({"is_public": False}, "JOIN TIPS"),
        ({"by_sms": False}, "JOIN TIPS"),
        ({"retired_at": timezone.now()}, "JOIN TIPS"),
    ],
)
def test_what_cannot_be_joined_is_answered_with_help(say, tips, about, text):
    type(tips).objects.filter(pk=tips.pk).update(**about)

    received = say(text)

    assert received.address.service_messages.get().kind == Kind.HELP
    assert not received.address.subscriptions.exists()


def test_a_topic_without_words_to_agree_to_cannot_be_joined(say, topic):
    factories.TopicFactory(sender=topic.sender, keyword="WALKS", notice=False)

    assert say("JOIN WALKS").address.service_messages.get().kind == Kind.HELP


def test_the_keyword_of_another_sender_joins_nothing(say, tips):
    factories.TopicFactory(keyword="WALKS")

    assert not say("JOIN WALKS").address.subscriptions.exists()


def test_a_keyword_inside_a_sentence_joins_nothing(say, tips):
    received = say("I like your tips")

    assert (received.meaning, received.address.subscriptions.count()) == (InboundMessage.Meaning.OTHER, 0)


def test_a_keyword_leaves_another_question_open(say, tips, news):
    phone = factories.phone_address(NUMBER)
    consent.ask(phone, [Notice.objects.current(news, "en")], source=Source.SIGN_UP)

    say("JOIN TIPS")

    assert dict(phone.subscriptions.values_list("topic__keyword", "status")) == {
        "TIPS": Status.ACTIVE,
        "NEWS": Status.PENDING,
    }


def test_the_confirmation_of_a_stop_asks_all_or_just_one(say, reader):
    say("STOP")

    text = message_templates.compose_message(reader.service_messages.get(kind=Kind.UNSUBSCRIBED)).body
    assert "KEEP NEWS (Clinic news), KEEP TIPS (Health tips)" in text
    assert "No reply: all stopped." in text
    assert sms_segments.measure_sms(text).encoding == "GSM-7"
    assert sms_segments.measure_sms(text).segments <= 2


def test_names_that_make_a_text_long_are_left_out_of_the_question(say, reader, news):
    news.name = "Zażółć gęślą jaźń"
    news.save()
    say("STOP")

    text = message_templates.compose_message(reader.service_messages.get(kind=Kind.UNSUBSCRIBED)).body
    assert "KEEP TIPS, KEEP NEWS" in text
    assert sms_segments.measure_sms(text).segments <= 2


def test_who_had_one_topic_is_asked_nothing(say, tips):
    phone = subscribe(factories.phone_address(NUMBER), tips)
    say("STOP")

    assert "KEEP" not in message_templates.compose_message(phone.service_messages.get(kind=Kind.UNSUBSCRIBED)).body


def test_topics_without_a_keyword_are_not_asked_about(say, topic):
    phone = subscribe(factories.phone_address(NUMBER), topic, factories.TopicFactory(sender=topic.sender))
    say("STOP")

    assert keep_keyword.keep_offer_text(phone.service_messages.get(kind=Kind.UNSUBSCRIBED)) == ""


@pytest.mark.parametrize("text", ["KEEP TIPS", "keep tips.", "Garder tips"])
def test_keep_brings_back_that_one_and_nothing_else(say, reader, tips, text):
    newest = notices.publish(tips, frequency="Weekly")
    say("STOP", sent_at=timezone.now() - timedelta(minutes=1))

    say(text)

    event = reader.events.last()
    assert active(reader) == {"TIPS"}
    assert (event.kind, event.source, event.notice, event.evidence.words) == ("granted", Source.SMS, newest, text)
    assert eligibility.first_objection(reader, tips) == ""


def test_silence_means_all(say, reader, tips, news):
    say("STOP")

    assert active(reader) == set()
    assert {eligibility.first_objection(reader, one) for one in (tips, news)} == {"stopped"}


def test_after_a_day_keep_brings_nothing_back(say, reader, time_machine):
    say("STOP")
    time_machine.move_to(timezone.now() + timedelta(hours=24, minutes=1))

    say("KEEP TIPS")

    assert active(reader) == set()
    assert reader.service_messages.filter(kind=Kind.HELP).count() == 1


def test_keep_brings_back_nothing_that_ended_before_the_stop(say, reader, tips):
    consent.withdraw(reader, tips, source=Source.UNSUBSCRIBE_PAGE)
    say("STOP", sent_at=timezone.now() - timedelta(seconds=5))

    say("KEEP TIPS", sent_at=timezone.now() + timedelta(seconds=5))

    assert active(reader) == set()


def test_keep_without_a_stop_changes_nothing(say, reader):
    say("KEEP TIPS")

    assert active(reader) == {"TIPS", "NEWS"}


def test_a_stop_after_keep_is_final(say, reader):
    say("STOP", sent_at=timezone.now() - timedelta(minutes=2))
    say("KEEP TIPS", sent_at=timezone.now() - timedelta(minutes=1))
    say("STOP")

    assert active(reader) == set()
    assert reader.service_messages.filter(kind=Kind.UNSUBSCRIBED).count() == 2


def test_stop_and_a_keyword_stops_everything_and_asks(say, reader):
    received = say("STOP TIPS")

    assert received.meaning == InboundMessage.Meaning.OPT_OUT
    assert active(reader) == set()


def test_the_ledger_adds_up_after_stop_and_keep(say, reader, tips, news):
    say("STOP", sent_at=timezone.now() - timedelta(minutes=1))
    say("KEEP NEWS")

    assert [ledger.fold(reader, one) for one in (tips, news)] == [Status.ENDED, Status.ACTIVE]


@pytest.fixture
def told(tips, author):
    """Somebody whose yes on the phone a colleague wrote down, and who was told so by text."""
    tips.purpose = "informational"  # marketing texts to this number would need a signature
    tips.save()
    phone = factories.phone_address(NUMBER)
    form = ConsentForm.objects.create(kind="script", slug="desk", name="Front desk", sender=tips.sender)
    form.topics.add(tips)
    words = {"title": "May we write to you?", "intro": "Let me read this.", "thank_you": "So it is yes."}
    script = consent_forms.publish(form, language="en", **words)
    said = {"said_at": timezone.now(), "proof": Proof(words="Called and said yes."), "by": author}
    offline_consent.record_consent(phone, [tips], form=script, **said)
    return phone


@pytest.mark.parametrize("text", ["YES", "yes please", "START"])
def test_yes_to_what_was_written_down_holds_without_a_term(say, told, text):
    say(text)

    subscription = told.subscriptions.get()
    assert (subscription.status, subscription.expires_at) == (Status.ACTIVE, None)
    assert (subscription.event.source, subscription.event.method) == (Source.SMS, Method.KEYWORD)
    assert subscription.event.evidence.words == text
    assert told.service_messages.filter(kind=Kind.SUBSCRIBED).count() == 1


def test_a_second_yes_to_what_was_written_down_is_only_a_word(say, told):
    say("YES")

    assert say("YES").meaning == InboundMessage.Meaning.OTHER


def test_what_was_written_down_and_stopped_is_not_brought_back_by_yes(say, told, tips):
    say("STOP", sent_at=timezone.now() - timedelta(seconds=5))

    say("YES", sent_at=timezone.now() - timedelta(seconds=10))

    assert eligibility.first_objection(told, tips) == "stopped"
