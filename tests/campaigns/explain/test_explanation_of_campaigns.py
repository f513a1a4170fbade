"""Why (not)? Asked about a campaign: its words, its end, and how it stands."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaigns.explain import explanation, query
from campaigns.workflow import lifecycle
from preferences.models import Channel
from tests import factories
from tests.conftest import subscribe

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def mainer(topic):
    return subscribe(factories.phone_address("+12075550199"), topic)


def step(answer, name):
    return next(one for one in answer.steps if one.name == name)


def fact(answer, name, of):
    return next(one for one in step(answer, of).facts if one.name == name)


def test_what_cannot_go_before_the_campaign_ends_is_too_late(campaign, topic, mainer):
    campaign.channel, campaign.ends_at = Channel.SMS, NIGHT + timedelta(hours=1)
    campaign.save()
    address, question = query.parse_question(mainer.value, str(campaign.reference))

    answer = explanation.explain_now_or_at(address, question, at=NIGHT)

    assert answer.said == "No: the campaign ended before the message could be sent."
    assert step(answer, "window").decision.reason == "quiet_hours"
    assert answer.changes[0].said.startswith("Nobody: a campaign that has ended")


def test_a_campaign_that_is_over_says_so(approved, subscriber, approver):
    lifecycle.cancel(approved, by=approver, reason="Not this year.")
    address, question = query.parse_question(subscriber.value, str(approved.reference))

    answer = explanation.explain_now_or_at(address, question)

    assert "This campaign is over (Cancelled)" in answer.notes[0]


def test_a_text_that_lacks_something_names_it_and_the_rule_that_wants_it(campaign, subscriber):
    campaign.topic.sender.postal_address = ""
    campaign.topic.sender.save()
    address, question = query.parse_question(subscriber.value, str(campaign.reference))

    answer = explanation.explain_now_or_at(address, question)

    assert answer.decision.reason == "content_missing"
    assert "postal_address" in fact(answer, "lacks", of="content").value
    assert [share.rule.name for share in step(answer, "content").shares] == ["us-email-marketing"]


def test_a_campaign_that_is_not_sent_says_so(campaign, subscriber):
    address, question = query.parse_question(subscriber.value, str(campaign.reference))

    assert explanation.explain_now_or_at(address, question).notes == (
        "This campaign is not being sent (Draft): this would be the result if it were.",
    )
