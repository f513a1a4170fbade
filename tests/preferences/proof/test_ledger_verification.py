"""Whoever changes a row behind our back is found out, with the place."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from preferences.consent import endings, frequency
from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.models import Evidence, Source, Subscription
from preferences.proof import ledger_verification
from tests import factories
from tests.conftest import subscribe


def tamper(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def verified(*arguments):
    """What the command prints, and its exit code."""
    printed = io.StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=printed)
    except SystemExit as ended:
        return printed.getvalue(), ended.code
    return printed.getvalue(), 0


@pytest.fixture
def lively(subscriber, topic, author):
    """A subscriber among people who did everything else that can be done."""
    left = subscribe(factories.email_address(), topic)
    consent.withdraw(left, topic, source=Source.UNSUBSCRIBE_PAGE)
    stopped = subscribe(factories.phone_address(), topic, factories.TopicFactory())
    consent.withdraw_all(stopped, sender=topic.sender, source=Source.SMS)
    subscribe(stopped, topic)
    frequency.set_frequency_cap(left, topic, most_per_month=2, source=Source.PREFERENCES)
    frequency.set_frequency_cap(left, None, most_per_month=4, source=Source.PREFERENCES)
    paused = subscribe(factories.email_address(), topic)
    frequency.pause_messages(paused, None, until=timezone.now() + timedelta(days=30), source=Source.PREFERENCES)
    complained = subscribe(factories.email_address(), topic)
    endings.record_complaint(complained, provider="postmark")
    erasure.erase(subscribe(factories.email_address(), topic).contact, by=author)
    return subscriber


def test_what_the_verbs_wrote_follows_from_the_ledger(lively):
    assert verified() == ("Every subscription follows from the ledger, every proof holds, every seal is whole.\n", 0)


def test_a_status_changed_by_hand_is_found_and_located(lively, topic):
    tamper("UPDATE preferences_subscription SET status = 'paused' WHERE address_id = %s", lively.pk)

    printed, code = verified()

    assert code == 6
    assert printed.strip() == (
        f"address {lively.reference}, topic {topic.sender.slug}/{topic.slug}: stored paused, should be active"
    )


def test_a_limit_changed_by_hand_is_found(lively):
    tamper("UPDATE preferences_frequencycap SET most_per_month = 90 WHERE most_per_month = 4")

    printed, code = verified()

    assert code == 6
    assert "topic –: stored at most 90, should be at most 4" in printed


def test_a_subscription_made_up_by_hand_is_found(lively, topic):
    stranger = factories.email_address()
    event = lively.events.last()
    tamper(
        "INSERT INTO preferences_subscription (address_id, topic_id, status, event_id, changed_at) "
        "VALUES (%s, %s, 'active', %s, '2026-01-01 00:00:00+00:00')",
        stranger.pk,
        topic.pk,
        event.pk,
    )

    difference = list(ledger_verification.verify())

    assert [(row.address, row.stored, row.should_be) for row in difference] == [(str(stranger.reference), "active", "")]


def test_a_subscription_removed_by_hand_is_found(lively):
    tamper("DELETE FROM preferences_subscription WHERE address_id = %s", lively.pk)

    printed, code = verified("--json")

    found = json.loads(printed)
    assert code == 6
    assert (found["address"], found["stored"], found["should_be"]) == (str(lively.reference), "", "active")


def test_a_subscription_resting_on_somebody_elses_word_is_found(lively):
    other = Subscription.objects.exclude(address=lively).first()
    tamper("UPDATE preferences_subscription SET event_id = %s WHERE address_id = %s", other.event_id, lively.pk)

    difference = next(ledger_verification.verify())

    assert difference.address == str(lively.reference)
    assert difference.event == str(other.event.reference)


def test_altered_evidence_is_found_with_its_event(lively):
    event = lively.events.first()
    tamper("UPDATE preferences_evidence SET ip = %s WHERE event_id = %s", "203.0.113.9", event.pk)

    printed, code = verified()

    assert code == 2
    assert "evidence altered" in printed
    assert str(event.reference) in printed


def test_evidence_removed_by_hand_is_found_and_a_forgotten_persons_is_not(lively):
    event = lively.events.first()
    Evidence.objects.filter(event=event).delete()

    differences = list(ledger_verification.verify())

    assert [(row.about, row.stored) for row in differences] == [("evidence", "evidence missing")]


def test_both_kinds_together_report_the_altered_proof(lively):
    tamper("UPDATE preferences_subscription SET status = 'ended' WHERE address_id = %s", lively.pk)
    Evidence.objects.filter(event=lively.events.first()).delete()

    assert verified()[1] == 2


def test_verifying_takes_as_many_queries_for_many_people_as_for_few(lively, topic, django_assert_max_num_queries):
    subscribe(factories.email_address(), topic)
    subscribe(factories.email_address(), topic)

    with django_assert_max_num_queries(4):
        assert list(ledger_verification.verify()) == []


def test_the_report_holds_no_address_in_the_clear(lively):
    tamper("UPDATE preferences_subscription SET status = 'ended' WHERE address_id = %s", lively.pk)

    assert lively.value not in verified("--json")[0]
