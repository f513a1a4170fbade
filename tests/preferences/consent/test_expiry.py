"""What runs out when, under the rules of where people are; and that it ends in the ledger on its day, once."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preferences.consent import expiry, frequency
from preferences.consent import service as consent
from preferences.consent.expiry import ExpiryReason
from preferences.models import Basis, ConsentEvent, Method, Source, Subscription
from tests import factories
from tests.conftest import subscribe


@pytest.fixture
def clock(time_machine):
    """A function: it is this moment (UTC)."""
    return lambda moment: time_machine.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False)


@pytest.fixture
def letter(db):
    """A newsletter of a Canadian clinic."""
    return factories.TopicFactory(sender__country="CA")


def canadian(**person):
    return factories.email_address(country="CA", time_zone="America/Toronto", **person)


def implied(topic, basis, day, address=None):
    """Consent that rests on something, recorded on the day given."""
    address = address or canadian()
    said_at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    consent.grant(
        address,
        topic,
        source=Source.IMPORT,
        method=Method.NONE,
        basis=basis,
        basis_on=date.fromisoformat(day),
        occurred_at=said_at,
    )
    return address


def ending(address):
    return expiry.expiry_of(Subscription.objects.get(address=address))


def status(address):
    return Subscription.objects.get(address=address).status


@pytest.mark.parametrize(
    ("basis", "day", "ends"),
    [
        (Basis.INQUIRY, "2026-03-15", "2026-09-15"),
        (Basis.INQUIRY, "2025-08-31", "2026-02-28"),
        (Basis.PURCHASE, "2024-06-01", "2026-06-01"),
        (Basis.PURCHASE, "2024-02-29", "2026-02-28"),
        (Basis.MEMBERSHIP, "2024-12-31", "2026-12-31"),
    ],
)
def test_a_relationship_stands_for_consent_until_the_day_its_months_are_over(letter, clock, basis, day, ends):
    clock("2026-02-01T12:00")
    address = implied(letter, basis, min(day, "2026-02-01")) if day < "2026-02-01" else None
    clock(f"{max(day, '2026-02-01')}T12:00")
    address = address or implied(letter, basis, day)

    assert ending(address).day == date.fromisoformat(ends)
    assert ending(address).why == ExpiryReason.CLOCK


def test_on_the_last_day_it_stands_and_on_the_next_it_is_over(letter, clock):
    clock("2026-03-15T12:00")
    address = implied(letter, Basis.INQUIRY, "2026-03-15")
    clock("2026-09-14T12:00")
    before = expiry.expire_due(), status(address)
    clock("2026-09-15T12:00")

    assert before == (0, "active")
    assert expiry.expire_due() == 1
    assert status(address) == "ended"
    assert address.events.last().kind == ConsentEvent.Kind.EXPIRED
    assert address.events.last().source == Source.SYSTEM


def test_the_day_is_that_of_where_they_are(letter, clock):
    clock("2026-03-15T12:00")
    address = implied(letter, Basis.INQUIRY, "2026-03-15")
    clock("2026-09-15T03:00")

    assert ending(address).today == date(2026, 9, 14)
    assert expiry.expire_due() == 0


def test_ending_twice_is_ending_once(letter, clock):
    clock("2026-03-15T12:00")
    address = implied(letter, Basis.INQUIRY, "2026-03-15")
    clock("2026-10-01T12:00")

    assert [expiry.expire_due(), expiry.expire_due()] == [1, 0]
    assert address.events.filter(kind="expired").count() == 1


def test_a_yes_of_their_own_has_no_clock_in_canada_but_grows_old(letter, clock):
    clock("2026-01-10T12:00")
    address = subscribe(canadian(), letter)

    assert ending(address).why == ExpiryReason.AGE
    assert ending(address).day == date(2028, 1, 10)
    assert ending(address).closes_on == date(2028, 2, 9)


def test_what_grew_old_waits_thirty_days_to_be_asked_and_then_ends(topic, clock):
    clock("2024-01-10T12:00")
    address = subscribe(factories.email_address(country="US", time_zone="America/New_York"), topic)
    clock("2026-02-08T12:00")
    waited = expiry.expire_due()
    clock("2026-02-09T12:00")

    assert waited == 0
    assert expiry.expire_due() == 1
    assert status(address) == "ended"


def test_whoever_was_asked_and_may_still_answer_is_spared(topic, clock):
    clock("2024-01-10T12:00")
    first, second = (subscribe(factories.email_address(country="US"), topic) for _person in range(2))
    clock("2026-04-01T12:00")

    asked = Subscription.objects.get(address=first).pk
    assert expiry.expire_due(spared=lambda endings: {asked}) == 1
    assert [status(first), status(second)] == ["active", "ended"]
    assert expiry.expire_due() == 1


def test_being_asked_spares_nobody_whose_relationship_is_over(letter, clock):
    clock("2026-03-15T12:00")
    address = implied(letter, Basis.INQUIRY, "2026-03-15")
    clock("2026-09-20T12:00")

    assert expiry.expire_due(spared=lambda endings: {one.subscription for one in endings}) == 1
    assert status(address) == "ended"


def test_a_paused_one_ends_too(letter, clock):
    clock("2026-03-15T12:00")
    address = implied(letter, Basis.INQUIRY, "2026-03-15")
    frequency.pause_messages(address, letter, until=datetime(2026, 10, 1, tzinfo=UTC), source=Source.PREFERENCES)
    clock("2026-09-20T12:00")

    assert (expiry.expire_due(), status(address)) == (1, "ended")


def test_where_a_purchase_is_no_consent_it_carries_nothing(topic, clock):
    clock("2026-03-15T12:00")
    address = implied(topic, Basis.PURCHASE, "2026-03-01", factories.email_address(country="US"))

    assert not ending(address).is_carrying


def test_a_question_is_carried_until_the_relationship_is_over(letter, clock):
    clock("2026-03-15T12:00")
    address = implied(letter, Basis.INQUIRY, "2026-03-15")
    clock("2026-09-14T12:00")
    last = ending(address).is_carrying
    clock("2026-09-15T12:00")

    assert [last, ending(address).is_carrying] == [True, False]


def test_coming_tells_the_next_ninety_days_by_topic_reason_and_span(letter, topic, clock):
    clock("2024-04-01T12:00")
    subscribe(factories.email_address(country="US"), topic)
    clock("2026-03-15T12:00")
    for day in ("2025-09-20", "2025-10-20", "2025-12-01", "2026-03-15"):
        implied(letter, Basis.INQUIRY, day)
    subscribe(factories.email_address(country="US"), topic)

    assert expiry.counts_by_topic(expiry.expiring()) == {
        (letter.pk, "email"): {(30, ExpiryReason.CLOCK): 1, (60, ExpiryReason.CLOCK): 1, (90, ExpiryReason.CLOCK): 1},
        (topic.pk, "email"): {(30, ExpiryReason.AGE): 1},
    }
    assert [one.topic for one in expiry.expiring(10)] == [letter.pk]
    assert list(expiry.expiring(topic=topic, channel="sms")) == []


def test_what_was_given_for_a_while_is_told_by_its_own_day(topic, clock):
    clock("2026-03-15T12:00")
    address = factories.email_address(country="US")
    until = datetime(2026, 4, 1, 12, tzinfo=UTC)
    consent.grant(address, topic, source=Source.IMPORT, method=Method.VERBAL, until=until)

    assert (ending(address).why, ending(address).day) == (ExpiryReason.TERM, date(2026, 4, 1))
    assert not ending(address).is_due


def test_many_people_take_no_more_queries_than_one(letter, clock):
    clock("2026-03-15T12:00")
    implied(letter, Basis.INQUIRY, "2025-10-01")
    list(expiry.expiring())
    with CaptureQueriesContext(connection) as one:
        list(expiry.expiring())
    for _person in range(5):
        implied(letter, Basis.INQUIRY, "2025-10-01")

    with CaptureQueriesContext(connection) as many:
        assert len(list(expiry.expiring())) == 6
    assert len(many) == len(one)


def test_a_later_purchase_starts_the_clock_anew_and_their_own_word_ends_it(letter, clock):
    clock("2026-03-15T12:00")
    address = implied(letter, Basis.INQUIRY, "2026-01-01")
    implied(letter, Basis.INQUIRY, "2026-03-01", address)
    renewed = ending(address).day
    implied(letter, Basis.INQUIRY, "2026-02-01", address)
    same = ending(address).day
    subscribe(address, letter)

    assert renewed == same == date(2026, 9, 1)
    assert Subscription.objects.get(address=address).granted.basis == Basis.EXPRESS
    assert implied(letter, Basis.PURCHASE, "2026-03-14", address)
    assert Subscription.objects.get(address=address).granted.basis == Basis.EXPRESS
