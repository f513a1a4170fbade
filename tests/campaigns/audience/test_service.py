"""Whom a campaign is for: counted before, frozen once."""

import pytest

from campaigns.audience import service as audience
from campaigns.models import Message
from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.models import Method, Source, Suppression
from tests import factories
from tests.conftest import subscribe

Status = Message.Status


@pytest.fixture
def people(topic, address, subscriber, texter):
    """One of each: eligible, waiting, left, stopped, bounced, never asked, and one on the other channel."""
    waiting, left, stopped, bounced = [factories.email_address() for _person in range(4)]
    consent.ask(waiting, [topic.notices.get()], source=Source.SIGN_UP)
    consent.withdraw(subscribe(left, topic), topic, source=Source.UNSUBSCRIBE_PAGE)
    consent.withdraw_all(subscribe(stopped, topic), sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    suppressions.suppress(subscribe(bounced, topic), Suppression.Reason.BOUNCED)
    return {"": subscriber, "not_confirmed": waiting, "left": left, "stopped": stopped, "bounced": bounced}


def test_the_preview_counts_everyone_by_the_first_reason_against(campaign, people):
    assert audience.count_by_objection(campaign) == {**dict.fromkeys(people, 1), "never_subscribed": 1}


def test_freezing_gives_everyone_who_ever_said_something_one_row_with_its_reason(started, people):
    assert audience.freeze(started) == len(people)

    rows = started.messages.values_list("skipped_because", "address_id")
    assert dict(rows) == {reason: address.pk for reason, address in people.items()}
    assert started.messages.get(status=Status.QUEUED).address == people[""]


def test_each_message_names_the_say_so_it_stands_on(started, subscriber):
    audience.freeze(started)

    assert started.messages.get().event.method == Method.DOUBLE_OPT_IN


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_freezing_twice_adds_nobody(started, people, chunk):
    audience.freeze(started, chunk=chunk)

    assert audience.freeze(started, chunk=chunk) == 0
    assert started.messages.count() == len(people)


def test_a_freeze_that_was_interrupted_goes_on_where_it_was(started, people):
    audience._freeze_next(started, 2)

    assert audience.freeze(started, chunk=2) == len(people) - 2
    assert started.messages.count() == len(people)


def test_a_campaign_that_was_not_started_is_not_frozen(approved, subscriber):
    assert audience.freeze(approved) == 0
    assert not approved.messages.exists()


def test_preview_and_frozen_rows_agree(started, people):
    expected = audience.count_by_objection(started)
    audience.freeze(started)

    reasons = list(started.messages.values_list("skipped_because", flat=True))
    assert {reason: reasons.count(reason) for reason in reasons} == {
        reason: count for reason, count in expected.items() if reason != "never_subscribed"
    }


def test_the_number_of_statements_does_not_grow_with_the_audience(started, topic, django_assert_max_num_queries):
    for _person in range(30):
        subscribe(factories.email_address(), topic)

    with django_assert_max_num_queries(20):
        audience.freeze(started)
