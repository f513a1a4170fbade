"""What comes back by text, in people's own words: certain words act at once, doubtful ones wait for a colleague."""

from html import unescape

import pytest

from preferences.models import Inbound
from tests import factories
from tests.stories.conftest import outcome, tells


@pytest.fixture
def reader(person, topic):
    """Ana gets texts about the topic; its keyword is TIPS."""
    topic.keyword = "TIPS"
    topic.save()
    person.joins("sms")
    person.looks_at_her_phone()
    return person


@pytest.fixture
def decide(colleague):
    """A function: a colleague reads the newest text that waits, and presses this answer."""

    def decide(answer):
        helper = colleague("support")
        waiting = Inbound.objects.filter(decided_at=None).exclude(due_at=None).latest("pk")
        shown = helper.opens("preferences_inbound_changelist", read="waiting").content.decode()
        assert waiting.raw_text in unescape(shown)
        return helper.presses("preferences_inbound_decide", waiting.pk, answer)

    return decide


@pytest.mark.parametrize("words", ["please stop texting me", "Por favor, no me escriban más", "ARRÊT", "STOPP"])
def test_a_no_in_her_own_words_is_a_no_at_once(reader, send, words):
    reader.texts(words)

    assert outcome(send(channel="sms")) == "stopped"
    assert tells(reader.phone.contact, "Granted", words, "Suppressed · ") == []


def test_she_is_told_once_that_she_is_out(reader):
    before = len(reader.looks_at_her_phone())

    reader.texts("please stop texting me")
    reader.looks_at_her_phone()
    reader.texts("please stop texting me")

    assert len(reader.looks_at_her_phone()) == before + 1
    assert tells(reader.phone.contact, "Opt-out", "Opt-out confirmed: Sent") == []


def test_what_sounds_like_a_no_and_is_none_waits_and_goes_on(reader, send, decide):
    reader.texts("don't stop")
    held = outcome(send(channel="sms"))

    decide("nothing")

    assert [held, outcome(send(channel="sms", body="Walk twenty minutes today."))] == ["held", "sent"]
    assert tells(reader.phone.contact, "Possible opt-out", "Decided · ", "Spring letter · Sent") == []


def test_what_a_colleague_reads_as_a_no_is_a_no_and_confirmed(reader, send, decide):
    before = len(reader.looks_at_her_phone())
    reader.texts("don't stop")

    decide("opt_out")

    assert outcome(send(channel="sms")) == "stopped"
    assert len(reader.looks_at_her_phone()) == before + 1
    assert tells(reader.phone.contact, "Possible opt-out", "Withdrawn", "Decided · ") == []


def test_a_wrong_number_takes_back_what_its_old_owner_said(reader, send):
    reader.texts("wrong number")

    assert outcome(send(channel="sms")) == "stopped"
    assert tells(reader.phone.contact, "Granted", "Wrong number", "Invalidated") == []


def test_she_stops_everything_and_keeps_the_one_she_likes(reader, send, topic):
    factories.TopicFactory(sender=topic.sender, name="Clinic news", keyword="NEWS")
    reader.texts("JOIN NEWS")
    reader.texts("STOP")
    question = reader.looks_at_her_phone()[-1]

    reader.texts("KEEP TIPS")

    assert "KEEP NEWS" in question
    assert outcome(send(channel="sms")) == "sent"
    assert list(reader.phone.subscriptions.active().values_list("topic", flat=True)) == [topic.pk]
    assert tells(reader.phone.contact, "Withdrawn", "Opt-out confirmed", "KEEP TIPS", "Spring letter · Sent") == []


def test_silence_after_a_stop_means_everything(reader, send, topic, days_pass):
    factories.TopicFactory(sender=topic.sender, name="Clinic news", keyword="NEWS")
    reader.texts("JOIN NEWS")
    reader.texts("STOP")
    reader.looks_at_her_phone()
    days_pass(2)

    reader.texts("KEEP TIPS")

    assert outcome(send(channel="sms")) == "stopped"
    assert tells(reader.phone.contact, "Granted", "Withdrawn") == []


def test_a_question_waits_for_a_colleague_and_holds_nothing(reader, send, decide):
    reader.texts("Is the clinic open on Monday?")
    meanwhile = outcome(send(channel="sms"))

    decide("nothing")

    assert meanwhile == "sent"
    assert tells(reader.phone.contact, "Needs review", "Decided · ") == []


def test_she_stops_and_comes_back_with_start(reader, send):
    reader.texts("STOP")
    off = outcome(send(channel="sms"))

    reader.texts("START")

    assert [off, outcome(send(channel="sms", body="Walk twenty minutes today."))] == ["stopped", "sent"]
    assert tells(reader.phone.contact, "Withdrawn", "Opt-in", "Spring letter · Sent") == []
