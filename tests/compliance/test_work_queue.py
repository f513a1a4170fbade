"""The first page says what waits, to whoever may see it."""

import datetime
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Message
from campaigns.sending import emergency_stop
from compliance import work_queue
from compliance.models import Processor
from preferences.channels.outcomes import Outcome, Result
from preferences.consent import opt_out_reasons
from preferences.consent import service as consent
from preferences.models import InboundMessage, Notice, Source, SuspiciousOptOut
from preferences.outbox import service as outbox
from preferences.rulebook import service as rules
from tests import factories, roles
from tests.preferences.inbound import phone as inbound_phone
from tests.preferences.rulebook import rule_changes

DUE = datetime.date(2027, 6, 20)


@pytest.fixture
def auditor(db):
    return roles.colleague("auditor")


def counted(user, today=None):
    return {concern.what: concern.count for concern in work_queue.work_items(user, today)}


def test_nothing_waits_in_a_quiet_house(auditor):
    assert work_queue.work_items(auditor) == []


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
    [(Result.UNKNOWN, "Service messages with unknown result"), (Result.REFUSED, "Failed service messages")],
)
def test_replies_that_went_wrong_are_named(auditor, subscriber, result, what):
    outbox.record_outcome(subscriber.service_messages.first(), Outcome(result))

    assert counted(auditor) == {what: 1}


@pytest.mark.parametrize(("age", "expected"), [(0, {"Messages with unknown result": 1}), (40, {})])
def test_messages_in_doubt_are_named_while_they_are_recent(auditor, subscriber, topic, age, expected):
    started = timezone.now() - datetime.timedelta(days=age)
    campaign = factories.CampaignFactory(topic=topic, started_at=started)
    Message.objects.create(campaign=campaign, address=subscriber, status="unknown")

    assert counted(auditor) == expected


def test_a_flood_of_sign_ups_is_named_while_it_is_held_back(auditor, topic, settings):
    settings.CONFIRMATIONS_PER_HOUR = 2
    notice = Notice.objects.current(topic, "en")
    [consent.ask(factories.email_address(), [notice], source=Source.SIGN_UP) for _person in range(5)]

    assert counted(auditor) == {"Sign-up confirmations delayed: limit 2 an hour": 3}


def test_nobody_is_told_of_rows_they_may_not_see(review):
    author = roles.colleague("author")

    assert work_queue.work_items(author, DUE + datetime.timedelta(days=1)) == []


def test_the_first_page_leads_to_the_list(auditor, review, time_machine):
    time_machine.move_to("2027-07-01")
    client = Client()
    client.force_login(auditor)

    shown = client.get(reverse("admin:index")).content.decode()

    assert "Policy reviews overdue" in shown
    assert reverse("admin:compliance_policyreview_changelist", query={"state": "overdue"}) in shown


def inbound(address, **row):
    return InboundMessage.objects.create(provider="demo", provider_id="1", address=address, meaning="review", **row)


@pytest.mark.parametrize(
    ("hours", "what"), [(1, "Incoming messages to review"), (-1, "Incoming messages to review, overdue")]
)
def test_messages_that_hold_somebody_back_are_named_with_their_clock(auditor, phone, hours, what):
    inbound(phone, due_at=timezone.now() + datetime.timedelta(hours=hours))

    assert counted(auditor) == {what: 1}


def test_what_was_decided_waits_for_nobody(auditor, phone):
    inbound(phone, due_at=timezone.now(), decided_at=timezone.now(), decision="nothing", decided_by=auditor)

    assert counted(auditor) == {}


def test_a_text_that_asks_for_nothing_waits_for_nobody(auditor, topic):
    inbound_phone.to(topic.sender)("Thank you!")

    assert counted(auditor) == {}


def test_whoever_says_they_never_signed_up_is_named_until_somebody_looked(auditor, subscriber, topic):
    said = opt_out_reasons.record_reason(subscriber, topic, reason="never_signed_up")
    assert counted(auditor) == {"Consent complaints to investigate": 1}

    opt_out_reasons.record_finding(said, by=auditor, finding="They did, on paper.")

    assert counted(auditor) == {}


def test_another_reason_waits_for_nobody(auditor, subscriber, topic):
    opt_out_reasons.record_reason(subscriber, topic, reason="too_often")

    assert counted(auditor) == {}


def test_an_opt_out_that_looks_machine_made_is_named(auditor, subscriber):
    SuspiciousOptOut.objects.create(address=subscriber, interaction_id=uuid.uuid4(), because="Four links in one second")

    assert counted(auditor) == {"Suspicious opt-outs": 1}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, {"Processors without a dated agreement": 1}),
        ({"agreement_on": DUE}, {}),
        ({"ended_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, {}),
    ],
)
def test_whoever_works_without_an_agreement_is_named(auditor, row, expected):
    Processor.objects.create(name="Letterbox Ltd", purpose="x", data="x", country="IE", **row)

    assert counted(auditor) == expected


def test_a_rule_change_is_named_until_a_second_person_decides(auditor, author, approver):
    proposal = rule_changes.propose("us-sms-marketing", by=author)
    assert counted(auditor) == {"Rule change proposals to approve": 1}

    rules.decline(proposal, by=approver, reason="Not yet")

    assert counted(auditor) == {}


def test_each_concern_leads_to_a_list_that_opens(auditor, author, subscriber, phone, topic):
    rule_changes.propose("us-sms-marketing", by=author)
    inbound(phone, due_at=timezone.now() - datetime.timedelta(hours=1))
    opt_out_reasons.record_reason(subscriber, topic, reason="never_signed_up")
    Processor.objects.create(name="Letterbox Ltd", purpose="x", data="x", country="IE")
    client = Client()
    client.force_login(auditor)
    urls = [line["url"] for line in client.get(reverse("admin:index")).context["concerns"]]

    assert [client.get(url).context["cl"].result_count for url in urls] == [1, 1, 1, 1]


def test_a_stop_and_what_is_held_are_named_first(auditor, topic, subscriber):
    campaign = factories.CampaignFactory(topic=topic, status="sending", approved_by=factories.UserFactory())
    Message.objects.create(campaign=campaign, address=subscriber, status="waiting", waiting_for="nowhere_known")
    emergency_stop.activate(by=auditor, reason="A wrong price.")

    assert counted(auditor) == {"All sending is paused": 1, "Messages on hold: needs review": 1}


@pytest.mark.parametrize(("page", "query"), [("emergencystop", "deactivated_at__isempty=1"), ("message", "held=yes")])
def test_what_is_named_first_leads_to_its_rows(auditor, page, query):
    client = Client()
    client.force_login(auditor)

    assert client.get(reverse(f"admin:campaigns_{page}_changelist") + f"?{query}").status_code == 200


def test_a_campaign_that_waits_for_its_reader_is_named(auditor, topic):
    factories.CampaignFactory(topic=topic, status="in_review")

    assert counted(auditor) == {"Campaigns to review": 1}
