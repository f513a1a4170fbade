"""The first page says what waits, to whoever may see it."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Message
from compliance import attention
from preferences import replies
from preferences.channels.outcomes import Outcome, Result
from tests import factories, roles

DUE = datetime.date(2027, 6, 20)


@pytest.fixture
def auditor(db):
    return roles.colleague("auditor")


def counted(user, today=None):
    return {concern.what: concern.count for concern in attention.concerns(user, today)}


def test_nothing_waits_in_a_quiet_house(auditor):
    assert attention.concerns(auditor) == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-31, {}),
        (-30, {"Policy reviews due soon": 1}),
        (0, {"Policy reviews due soon": 1}),
        (1, {"Policy reviews overdue": 1}),
    ],
)
def test_reviews_that_come_near_or_are_late_are_named(auditor, review, days, expected):
    assert counted(auditor, DUE + datetime.timedelta(days=days)) == expected


@pytest.mark.parametrize(
    ("result", "what"),
    [(Result.UNKNOWN, "Replies whose end is unknown"), (Result.REFUSED, "Replies that failed")],
)
def test_replies_that_went_wrong_are_named(auditor, subscriber, result, what):
    replies.record(subscriber.replies.first(), Outcome(result))

    assert counted(auditor) == {what: 1}


@pytest.mark.parametrize(("age", "expected"), [(0, {"Messages whose end is unknown": 1}), (40, {})])
def test_messages_in_doubt_are_named_while_they_are_recent(auditor, subscriber, topic, age, expected):
    started = timezone.now() - datetime.timedelta(days=age)
    campaign = factories.CampaignFactory(topic=topic, started_at=started)
    Message.objects.create(campaign=campaign, address=subscriber, status="unknown")

    assert counted(auditor) == expected


def test_nobody_is_told_of_rows_they_may_not_see(review):
    author = roles.colleague("author")

    assert attention.concerns(author, DUE + datetime.timedelta(days=1)) == []


def test_the_first_page_leads_to_the_list(auditor, review, time_machine):
    time_machine.move_to("2027-07-01")
    client = Client()
    client.force_login(auditor)

    shown = client.get(reverse("admin:index")).content.decode()

    assert "Policy reviews overdue" in shown
    assert reverse("admin:compliance_policyreview_changelist", query={"state": "overdue"}) in shown
