"""The stored verdict on a message's page, and for machines."""

from datetime import UTC, datetime

import pytest
import time_machine

from campaigns.audience import service as audience
from campaigns.models import Message
from campaigns.sending import sender
from preferences.consent import service as consent
from preferences.models import Source
from tests import roles
from tests.campaigns.admin.admin_pages import page, words_of

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def supporting(client, db):
    client.force_login(roles.colleague("support", username="support"))
    return client


def test_a_message_shows_its_stored_verdict_and_where_to_ask_anew(client, started, subscriber, mail_server):
    client.force_login(roles.colleague("auditor"))
    audience.freeze(started)
    sender.send_batch(started)
    consent.withdraw(subscriber, started.topic, source=Source.UNSUBSCRIBE_PAGE)

    answer = client.get(page("message_change", Message.objects.get().pk))

    assert "Yes: there was no exclusion reason. Current status: Sent." in words_of(answer)
    assert "As decided at that time, not evaluated again." in words_of(answer)
    assert (
        f"{page('check_eligibility')}?who={subscriber.reference}&amp;about={started.reference}"
        in answer.content.decode()
    )


def test_the_stored_verdict_for_machines_is_what_the_row_says(client, started, subscriber, mail_server):
    client.force_login(roles.colleague("auditor"))
    audience.freeze(started)
    sender.send_batch(started)
    message = Message.objects.get()

    found = client.get(page("recorded_decision", message.pk)).json()

    assert found["kind"] == "as_judged"
    assert found["stored"]["decision"] == "send"
    assert found["rules"] == [list(rule) for rule in sorted(map(tuple, message.applied_rules.rules))]
    assert {figure["name"]: figure["value"] for figure in found["figures"]} == message.applied_rules.figures


def test_who_may_not_see_people_reads_the_verdict_without_where_they_are(approving, started, subscriber, mail_server):
    audience.freeze(started)
    sender.send_batch(started)
    pk = Message.objects.get().pk

    answer, for_machines = approving.get(page("message_change", pk)), approving.get(page("recorded_decision", pk))

    assert "Yes: there was no exclusion reason." in words_of(answer)
    assert "Their local time" not in words_of(answer)
    assert "Check eligibility now" not in words_of(answer)
    assert not [fact for fact in for_machines.json()["facts"] if fact["name"] in ("local_time", "time_zone_source")]


def test_a_message_that_is_not_there_is_not_found(approving):
    assert approving.get(page("recorded_decision", 4711)).status_code == 404


def test_who_may_not_see_messages_reads_no_verdict(supporting, started, subscriber):
    audience.freeze(started)

    assert supporting.get(page("recorded_decision", Message.objects.get().pk)).status_code == 403
