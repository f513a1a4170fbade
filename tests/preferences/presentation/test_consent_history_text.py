"""The ledger in the person's own words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from preferences.consent import frequency
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import service as contacts
from preferences.models import Method, Source
from preferences.presentation import consent_history_text
from tests import factories
from tests.conftest import subscribe


def lines(address):
    return list(
        consent_history_text.history_lines(list(consent_history_text.events_of(address.contact)), visiting=address)
    )


def test_a_confirmed_sign_up_is_two_lines_the_newest_first(subscriber, topic):
    told = [(line.what, line.how, line.who) for line in lines(subscriber)]

    typed = "someone who entered this address; only the confirmation shows that it was you"
    assert told == [
        (f"You agreed to {topic}, by email", "Confirmed by link", "you"),
        (f"Sign-up for {topic} was requested, by email", "Ticked a box", typed),
    ]


def test_a_text_is_told_as_a_text(texter, topic):
    consent.withdraw(texter, topic, source=Source.SMS, method=Method.KEYWORD)

    line = lines(texter)[0]

    assert (line.what, line.door) == (f"You unsubscribed from {topic}, by text message", "in a text message")


def test_colleagues_are_never_named(subscriber, topic):
    colleague = factories.UserFactory(first_name="Olga", last_name="Owner")
    consent.withdraw(subscriber, topic, source=Source.STAFF, method=Method.VERBAL, by=colleague)

    line = lines(subscriber)[0]

    assert (line.who, line.how) == ("one of our staff", "Verbally")


def test_leaving_everything_is_told_as_everything(subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    assert lines(subscriber)[0].what == "You unsubscribed from everything, by email"


def test_a_pause_is_told_with_its_end(subscriber, topic):
    until = timezone.now() + timedelta(days=30)
    frequency.pause_messages(subscriber, topic, until=until, source=Source.PREFERENCES)

    line = lines(subscriber)[0]

    assert (line.what, line.until, line.is_pause) == (f"You paused {topic}, by email", until, True)


@pytest.mark.parametrize(
    ("number", "about", "expected"),
    [
        (4, True, "You asked for at most 4 messages in 30 days about Health tips"),
        (4, False, "You asked for at most 4 messages in 30 days in total"),
        (None, True, "You removed the limit on Health tips"),
        (None, False, "You removed the limit on all messages"),
    ],
)
def test_a_limit_is_told_with_its_number(subscriber, topic, number, about, expected):
    about = topic if about else None
    frequency.set_frequency_cap(subscriber, about, most_per_month=7, source=Source.PREFERENCES)
    frequency.set_frequency_cap(subscriber, about, most_per_month=number, source=Source.PREFERENCES)

    assert lines(subscriber)[0].what == expected


def test_evidence_is_shown_as_long_as_we_have_it(subscriber, topic):
    proof = Proof(ip="192.0.2.7", words="No more, please")
    consent.withdraw(subscriber, topic, source=Source.PREFERENCES, proof=proof)

    line = lines(subscriber)[0]

    assert line.has_evidence
    assert (line.evidence.ip, line.evidence.words) == ("192.0.2.7", "No more, please")


def test_another_address_of_theirs_is_masked(subscriber, topic):
    other = subscribe(contacts.add_address("sms", "+12075550199", contact=subscriber.contact), topic)

    places = {line.where for line in lines(subscriber)}

    assert places == {subscriber.value, other.masked}


def test_the_order_is_when_it_was_said(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.PREFERENCES)
    other = factories.TopicFactory(sender=topic.sender)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    consent.grant(subscriber, other, source=Source.PREFERENCES, method=Method.CHECKBOX, occurred_at=long_ago)

    assert lines(subscriber)[-1].event.topic == other
