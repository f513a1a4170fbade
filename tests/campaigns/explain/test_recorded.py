"""What stands on a message is read back exactly as it was judged."""

from datetime import UTC, datetime

import pytest
import time_machine

from campaigns.audience import service as audience
from campaigns.explain import recorded
from campaigns.models import Message
from campaigns.sending import sender
from preferences.consent import service as consent
from preferences.models import Rule, Source
from preferences.rulebook import service as rules

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_a_sent_message_reads_back_as_it_was_judged(started, subscriber, mail_server):
    audience.freeze(started)
    sender.send_batch(started)
    consent.withdraw(subscriber, started.topic, source=Source.UNSUBSCRIBE_PAGE)

    found = recorded.read_decision(recorded.messages_with_decision(campaign=started))

    assert found.said == "Yes: there was no exclusion reason. Current status: Sent."
    assert found.decided_at == NOON
    assert "us-email-marketing" in {one.name for one in found.rules}
    assert {figure.name for figure in found.figures} == set(found.message.applied_rules.figures)
    assert all(figure.said for figure in found.figures)


def test_a_later_version_of_a_rule_does_not_change_what_is_read_back(started, subscriber, mail_server):
    audience.freeze(started)
    sender.send_batch(started)
    before = recorded.read_decision(recorded.messages_with_decision(campaign=started))
    words = Rule.objects.filter(name="us-email-marketing").values(*rules.PROPOSAL_FIELDS).latest("version")
    Rule.objects.create(**words | {"figures": {}}, version=99)

    after = recorded.read_decision(recorded.messages_with_decision(campaign=started))

    assert after.figures == before.figures
    assert after.rules == before.rules


def test_what_was_recorded_is_read_as_the_terms_it_was(started, subscriber, mail_server):
    audience.freeze(started)
    sender.send_batch(started)
    record = Message.objects.get().applied_rules

    assert recorded.recorded_terms(record).as_dict() == record.figures


def test_a_message_skipped_at_the_freeze_says_that_no_rules_were_asked(started, subscriber):
    consent.withdraw(subscriber, started.topic, source=Source.UNSUBSCRIBE_PAGE)
    audience.freeze(started)

    found = recorded.read_decision(recorded.messages_with_decision(campaign=started))

    assert found.said == "No: it was skipped. Reason: opted out of this topic."
    assert found.figures == ()


def test_a_message_that_was_not_judged_yet_says_so(started, subscriber):
    audience.freeze(started)

    assert recorded.read_decision(recorded.messages_with_decision(campaign=started)).said == "Not evaluated yet."
