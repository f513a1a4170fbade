"""Ana signs up with her phone, says YES, gets a text, sends STOP, and is left alone until she says START."""

import pytest

from preferences.inbound import review_outcomes
from preferences.models import InboundMessage, Suppression
from tests import factories


@pytest.fixture
def subscribed(person):
    person.signs_up("sms")
    person.looks_at_her_phone()
    person.texts("YES")
    person.looks_at_her_phone()
    return person


def test_from_sign_up_to_stop_and_never_again(subscribed, send):
    first = send(channel="sms")
    subscribed.texts("Stop.")
    after = subscribed.looks_at_her_phone()
    second = send(channel="sms", body="Walk twenty minutes today.")

    question, welcome, campaign_text, goodbye = after
    assert {text.split(":")[0] for text in after} == {"Harbour Clinic"}
    assert "STOP" in question
    assert "STOP" in welcome
    assert "STOP" in campaign_text
    assert "no more" in goodbye.lower()
    assert first.messages.get().status == "sent"
    assert second.messages.get().skipped_because == "stopped"
    assert len(subscribed.looks_at_her_phone()) == 4


def test_a_second_stop_is_not_answered_again(subscribed):
    subscribed.texts("STOP")
    before = subscribed.looks_at_her_phone()

    subscribed.texts("STOP")

    assert subscribed.looks_at_her_phone() == before


def test_she_comes_back_with_start(subscribed, send):
    subscribed.texts("STOP")
    subscribed.texts("START")

    assert send(channel="sms").messages.get().status == "sent"
    assert not Suppression.objects.in_force().exists()


def test_help_is_answered_whatever_she_said_before(subscribed):
    subscribed.texts("STOP")
    subscribed.texts("HELP")

    assert "care@harbour.example" in subscribed.looks_at_her_phone()[-1]


def test_stop_from_a_number_nobody_knows_is_honoured_and_confirmed_once(person):
    person.texts("ARRÊT")

    assert len(person.looks_at_her_phone()) == 1
    assert Suppression.objects.in_force().get().reason == "stopped"


def test_what_is_not_a_keyword_waits_for_a_person(subscribed):
    before = subscribed.looks_at_her_phone()

    subscribed.texts("Is the clinic open on Monday?")

    assert InboundMessage.objects.first().meaning == "other"
    assert subscribed.looks_at_her_phone() == before


def test_she_says_it_in_her_own_words_and_is_left_alone(subscribed, send):
    subscribed.texts("Please stop sending me these things")

    assert "no more" in subscribed.looks_at_her_phone()[-1].lower()
    assert send(channel="sms").messages.get().skipped_because == "stopped"


def test_what_may_be_a_no_is_held_until_a_colleague_has_read_it(subscribed, send, approver):
    before = subscribed.looks_at_her_phone()

    subscribed.texts("Can I cancel my appointment on Monday?")
    held = send(channel="sms")
    review_outcomes.decide(InboundMessage.objects.first(), "nothing", by=approver)
    after = send(channel="sms", body="Walk twenty minutes today.")

    assert held.messages.get().skipped_because == "held"
    assert after.messages.get().status == "sent"
    assert len(subscribed.looks_at_her_phone()) == len(before) + 1


def test_the_new_owner_of_her_number_is_left_alone_and_may_join_for_herself(subscribed, send, topic):
    topic.keyword = "TIPS"
    topic.save()
    subscribed.texts("Wrong number, who is this?")
    stopped = send(channel="sms")

    subscribed.texts("JOIN TIPS")

    assert stopped.messages.get().skipped_because == "stopped"
    assert send(channel="sms", body="Walk twenty minutes today.").messages.get().status == "sent"


def test_she_stops_everything_and_keeps_one(subscribed, send, topic):
    topic.keyword = "TIPS"
    topic.save()
    factories.TopicFactory(sender=topic.sender, name="Clinic news", keyword="NEWS")
    subscribed.texts("JOIN NEWS")

    subscribed.texts("STOP")
    question = subscribed.looks_at_her_phone()[-1]
    subscribed.texts("KEEP TIPS")

    assert "KEEP NEWS (Clinic news), KEEP TIPS (Health tips)" in question
    assert "Health tips" in subscribed.looks_at_her_phone()[-1]
    assert send(channel="sms").messages.get().status == "sent"
