"""Ana signs up with her phone, says YES, gets a text, sends STOP, and is left alone until she says START."""

import pytest

from preferences.models import Inbound, Suppression


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

    assert Inbound.objects.first().meaning == "other"
    assert subscribed.looks_at_her_phone() == before
