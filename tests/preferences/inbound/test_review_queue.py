"""Texts that may be a "no", and texts from somebody else: held or stopped at once, and decided by a person."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from preferences.consent import eligibility, ledger
from preferences.contacts import erasure
from preferences.errors import NotAllowed
from preferences.inbound import review_outcomes, sms
from preferences.links import tokens
from preferences.links.tokens import BadLink
from preferences.models import (
    Address,
    CancelReason,
    InboundMessage,
    InboundOutcome,
    LiftReason,
    Method,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
)
from preferences.outbox import service as outbox
from tests import factories
from tests.conftest import subscribe
from tests.preferences.inbound import phone

Decision = InboundMessage.Decision
Kind = ServiceMessage.Kind
NUMBER = phone.NUMBER
DOUBTFUL = "Can I cancel my appointment?"


@pytest.fixture
def say(topic):
    return phone.to(topic.sender)


@pytest.fixture
def reader(topic):
    return subscribe(factories.phone_address(NUMBER), topic)


@pytest.fixture
def colleague(db):
    return factories.UserFactory()


def holds(address):
    return Suppression.objects.of(address).in_force().filter(reason="held")


def test_own_words_stop_at_once_and_are_recorded_as_such(say, reader, topic):
    received = say("please leave me alone, all of you")

    event = reader.events.last()
    assert eligibility.first_objection(reader, topic) == "stopped"
    assert (event.kind, event.source, event.method) == ("withdrawn", Source.SMS, Method.OWN_WORDS)
    assert (received.meaning, received.matched_by) == (InboundMessage.Meaning.OPT_OUT, "intent:en:leave-me-alone")
    assert reader.service_messages.filter(kind=Kind.UNSUBSCRIBED).count() == 1


@pytest.mark.parametrize("text", ["please stop", "STIP", "cancel texts"])
def test_a_keyword_nearly_right_is_recorded_as_a_keyword(say, reader, text):
    say(text)

    assert reader.events.last().method == Method.KEYWORD


def test_a_wrong_number_invalidates_what_its_old_owner_agreed_to(say, reader, topic):
    other = factories.TopicFactory(sender=topic.sender)
    subscribe(reader, other)

    received = say("Sorry, wrong number")

    invalidated = reader.events.filter(kind="invalidated", source=Source.SMS)
    assert set(invalidated.values_list("topic", flat=True)) == {topic.pk, other.pk}
    assert {event.evidence.words for event in invalidated} == {"Sorry, wrong number"}
    assert set(Suppression.objects.of(reader).in_force().values_list("reason", flat=True)) == {"reassigned", "stopped"}
    assert reader.service_messages.filter(kind=Kind.UNSUBSCRIBED).count() == 1
    assert received.meaning == InboundMessage.Meaning.WRONG_PERSON


def test_a_wrong_number_said_twice_is_answered_once(say, reader):
    say("wrong number")
    say("WRONG NUMBER!!!")

    assert reader.service_messages.filter(kind=Kind.UNSUBSCRIBED).count() == 1
    assert reader.events.filter(kind="invalidated").count() == 1


def test_the_new_owner_of_a_number_does_not_get_the_old_ones_topics_by_start(say, reader, topic):
    say("STOP", sent_at=timezone.now() - timedelta(minutes=3))
    say("this is the wrong number", sent_at=timezone.now() - timedelta(minutes=2))

    say("START")

    assert not reader.subscriptions.active().exists()


def test_links_texted_to_a_wrong_number_open_nothing_any_more(say, reader):
    link = tokens.preferences_url(reader).rstrip("/").rpartition("/")[2]
    say("wrong number")

    with pytest.raises(BadLink):
        tokens.address_of(tokens.LinkPurpose.PREFERENCES, tokens.read_token(tokens.LinkPurpose.PREFERENCES, link))


def test_a_wrong_number_from_a_stranger_is_stopped_too(say):
    received = say("wrong person")

    assert set(Suppression.objects.of(received.address).values_list("reason", flat=True)) == {"reassigned", "stopped"}


@pytest.mark.parametrize("text", [DOUBTFUL, "don't stop", "no thanks", "👎", "fuck you"])
def test_what_may_be_a_no_holds_marketing_at_once_and_is_answered_by_nobody(say, reader, topic, text):
    before = reader.service_messages.count()

    received = say(text)

    assert eligibility.first_objection(reader, topic) == "held"
    assert (received.meaning, received.outcome) == (InboundMessage.Meaning.REVIEW, InboundOutcome.HELD)
    assert reader.service_messages.count() == before
    assert reader.subscriptions.get().status == Subscription.Status.ACTIVE


def test_what_may_be_a_no_does_not_hold_what_is_no_marketing(say, reader, topic):
    tips = factories.TopicFactory(sender=topic.sender, purpose="informational")
    subscribe(reader, tips)

    say(DOUBTFUL)

    assert eligibility.first_objection(reader, tips) == ""


def test_a_doubtful_text_from_a_stranger_is_held_as_well(say, topic):
    received = say("no thanks")

    assert eligibility.first_objection(Address.objects.get(normal_form=NUMBER), topic) == "held"
    assert received.address.value == NUMBER


def test_a_doubtful_text_to_a_number_nobody_uses_is_held_as_well(say, topic):
    received = say("no thanks", to="+19995550000")

    assert eligibility.first_objection(received.address, topic) == "held"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 11, 16, 9, 30, tzinfo=UTC), datetime(2026, 11, 17, 9, 30, tzinfo=UTC)),
        (datetime(2026, 11, 19, 23, 59, tzinfo=UTC), datetime(2026, 11, 20, 23, 59, tzinfo=UTC)),
        (datetime(2026, 11, 20, 9, 30, tzinfo=UTC), datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        (datetime(2026, 11, 21, 9, 30, tzinfo=UTC), datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        (datetime(2026, 11, 22, 9, 30, tzinfo=UTC), datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_doubtful_text_must_be_read_by_the_next_working_day(say, topic, time_machine, received, due):
    time_machine.move_to(received, tick=False)

    assert say("no thanks").due_at == due


def test_any_other_text_is_held_by_nobody_and_read_within_three_working_days(say, reader, topic, time_machine):
    time_machine.move_to(datetime(2026, 11, 19, 9, 30, tzinfo=UTC), tick=False)

    received = say("Is the clinic open on Monday?")

    assert received.due_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert eligibility.first_objection(reader, topic) == ""


@pytest.mark.parametrize("text", ["ok", "Thanks!", "👍", " "])
def test_thanks_and_smiles_wait_for_nobody_and_leave_no_stranger_behind(say, text):
    received = say(text)

    assert (received.due_at, received.address) == (None, None)


def test_what_is_no_text_from_anybody_must_be_read_soon(db):
    aside = sms.store_unreadable(provider="test", provider_id="1", text="stop", because="Not a number.")

    assert aside.due_at <= timezone.now() + timedelta(days=3)


def test_a_clear_stop_settles_what_was_doubtful(say, reader, topic):
    doubtful = say(DOUBTFUL)

    say("STOP")

    doubtful.refresh_from_db()
    assert (doubtful.decision, doubtful.decided_by) == (Decision.OPT_OUT, None)
    assert doubtful.decided_at
    assert not holds(reader).exists()
    assert eligibility.first_objection(reader, topic) == "stopped"


def test_a_late_doubtful_text_is_held_all_the_same(say, reader, topic):
    say("no thanks", late=True)

    assert eligibility.first_objection(reader, topic) == "held"


def test_a_colleague_decides_that_they_want_to_stop(say, reader, topic, colleague):
    doubtful = say(DOUBTFUL)

    decided = review_outcomes.decide(doubtful, Decision.OPT_OUT, by=colleague)

    event = reader.events.last()
    assert (event.kind, event.source, event.method, event.by) == (
        "withdrawn",
        Source.SMS,
        Method.OWN_WORDS,
        colleague,
    )
    assert event.evidence.words == DOUBTFUL
    assert eligibility.first_objection(reader, topic) == "stopped"
    assert not holds(reader).exists()
    assert (decided.decision, decided.decided_by) == (Decision.OPT_OUT, colleague)
    assert reader.service_messages.filter(kind=Kind.UNSUBSCRIBED, status="queued").count() == 1


def test_a_stop_decided_after_five_minutes_is_not_confirmed_any_more_and_that_is_seen(
    say, reader, colleague, time_machine
):
    time_machine.move_to(datetime(2099, 5, 4, 9, 0, tzinfo=UTC), tick=False)
    doubtful = say(DOUBTFUL)
    time_machine.shift(5 * 60 + 1)

    review_outcomes.decide(doubtful, Decision.OPT_OUT, by=colleague)

    unsaid = reader.service_messages.get(kind=Kind.UNSUBSCRIBED)
    assert (unsaid.status, unsaid.reason) == (
        ServiceMessage.Status.CANCELLED,
        CancelReason.TOO_LATE_FOR_SMS,
    )


def test_a_stop_is_confirmed_within_five_minutes_or_not_at_all_and_that_is_seen(say, reader, time_machine):
    time_machine.move_to(datetime(2099, 5, 4, 9, 0, tzinfo=UTC), tick=False)
    say("STOP")
    time_machine.shift(5 * 60 + 1)

    outbox.recover_lost()

    unsaid = reader.service_messages.get(kind=Kind.UNSUBSCRIBED)
    assert (unsaid.status, unsaid.reason) == (ServiceMessage.Status.CANCELLED, CancelReason.TOO_LATE)


def test_a_colleague_decides_that_they_are_somebody_else(say, reader, colleague):
    doubtful = say("I have a new number")

    review_outcomes.decide(doubtful, Decision.WRONG_PERSON, by=colleague)

    assert reader.events.filter(kind="invalidated").get().by == colleague
    assert set(Suppression.objects.of(reader).in_force().values_list("reason", flat=True)) == {"reassigned", "stopped"}


def test_a_colleague_decides_that_all_goes_on(say, reader, topic, colleague):
    doubtful = say(DOUBTFUL)

    review_outcomes.decide(doubtful, Decision.NOTHING, by=colleague)

    lifted = Suppression.objects.of(reader).get(reason="held")
    assert eligibility.first_objection(reader, topic) == ""
    assert (lifted.lifted_by, lifted.lifted_because) == (
        colleague,
        LiftReason.NOT_AN_OPT_OUT,
    )


def test_while_a_second_doubtful_text_waits_the_hold_stays(say, reader, topic, colleague):
    first, second = say(DOUBTFUL), say("no thanks")

    review_outcomes.decide(first, Decision.NOTHING, by=colleague)
    assert eligibility.first_objection(reader, topic) == "held"

    review_outcomes.decide(second, Decision.NOTHING, by=colleague)
    assert eligibility.first_objection(reader, topic) == ""


def test_a_stop_decided_on_one_text_settles_the_others(say, reader, colleague):
    first, second = say(DOUBTFUL), say("no thanks")

    review_outcomes.decide(second, Decision.OPT_OUT, by=colleague)

    first.refresh_from_db()
    assert (first.decision, first.decided_by) == (Decision.OPT_OUT, colleague)


@pytest.mark.parametrize("decision", Decision.values)
def test_the_same_decision_twice_is_one(say, reader, colleague, decision):
    doubtful = say(DOUBTFUL)
    review_outcomes.decide(doubtful, decision, by=colleague)
    said = reader.events.count()

    review_outcomes.decide(doubtful, decision, by=factories.UserFactory())

    doubtful.refresh_from_db()
    assert doubtful.decided_by == colleague
    assert reader.events.count() == said


def test_another_decision_than_the_one_that_stands_is_refused(say, reader, topic, colleague):
    doubtful = say(DOUBTFUL)
    review_outcomes.decide(doubtful, Decision.OPT_OUT, by=colleague)

    with pytest.raises(NotAllowed, match="already decided: Opt out"):
        review_outcomes.decide(doubtful, Decision.NOTHING, by=colleague)

    assert eligibility.first_objection(reader, topic) == "stopped"


def test_what_was_clear_cannot_be_decided(say, reader, colleague):
    with pytest.raises(NotAllowed, match="was clear"):
        review_outcomes.decide(say("HELP"), Decision.OPT_OUT, by=colleague)


def test_an_answer_that_is_none_of_the_three_is_refused(say, reader, colleague):
    with pytest.raises(NotAllowed, match="one of the three"):
        review_outcomes.decide(say(DOUBTFUL), "perhaps", by=colleague)


def test_what_nobody_we_know_wrote_can_only_be_put_away(db, colleague):
    aside = sms.store_unreadable(provider="test", provider_id="1", text="stop", because="Not a number.")

    with pytest.raises(NotAllowed, match="do not know who sent"):
        review_outcomes.decide(aside, Decision.OPT_OUT, by=colleague)

    assert review_outcomes.decide(aside, Decision.NOTHING, by=colleague).decided_by == colleague


def test_a_text_of_somebody_forgotten_since_can_be_put_away(say, reader, colleague):
    doubtful = say(DOUBTFUL)
    erasure.erase(reader.contact, by=colleague)

    assert review_outcomes.decide(doubtful, Decision.NOTHING, by=colleague).decision == Decision.NOTHING


def test_a_doubtful_text_to_a_number_nobody_uses_can_be_decided(say, topic, colleague):
    doubtful = say("no thanks", to="+19995550000")

    review_outcomes.decide(doubtful, Decision.OPT_OUT, by=colleague)

    assert eligibility.first_objection(doubtful.address, topic) == "stopped"


def test_start_after_a_stop_that_a_colleague_decided_brings_their_topics_back(say, reader, topic, colleague):
    review_outcomes.decide(say(DOUBTFUL, sent_at=timezone.now() - timedelta(minutes=1)), Decision.OPT_OUT, by=colleague)

    say("START")

    assert eligibility.first_objection(reader, topic) == ""


def test_the_ledger_adds_up_after_a_wrong_number_and_a_decision(say, reader, topic, colleague):
    review_outcomes.decide(say(DOUBTFUL), Decision.WRONG_PERSON, by=colleague)

    assert ledger.fold(reader, topic) == reader.subscriptions.get().status == Subscription.Status.ENDED
