"""No more than a person wants, over all campaigns and both channels."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from campaigns.audience import service as audience
from campaigns.decision import reason_labels, send_window
from campaigns.eligibility import frequency_caps
from campaigns.models import Message
from campaigns.sending import leases, sender
from campaigns.workflow import lifecycle
from preferences.consent import frequency
from preferences.contacts import service as contacts
from preferences.models import Channel, Source
from tests import factories
from tests.conftest import subscribe

Status = Message.Status


@pytest.fixture(autouse=True)
def _only_their_own_limits(settings, daytime):
    """The law alone has no cap for mail, and it is an hour for texts: what is held back here, the person held back."""
    settings.RULE_PROFILE = "legal"


@pytest.fixture
def person(topic):
    """Somebody who reads the topic at two e-mail addresses and one number."""
    first = subscribe(factories.email_address(), topic)
    subscribe(contacts.add_address(Channel.EMAIL, "second@example.org", contact=first.contact), topic)
    subscribe(contacts.add_address(Channel.SMS, "+12075550177", contact=first.contact), topic)
    return first


@pytest.fixture
def start(author, approver):
    """A campaign of this topic that was approved, started and frozen."""

    def begin(topic, channel="email"):
        draft = factories.CampaignFactory(topic=topic, channel=channel, author=author)
        campaign = lifecycle.start(lifecycle.approve(lifecycle.submit(draft, by=author), by=approver), by=approver)
        audience.freeze(campaign)
        return campaign

    return begin


def at_most(person, number, topic=None):
    return frequency.set_frequency_cap(person, topic, most_per_month=number, source=Source.PREFERENCES)


def fates(campaign):
    return sorted(campaign.messages.values_list("status", "skipped_because"))


def test_without_a_limit_every_address_gets_it(person, topic, start, mail_server):
    campaign = start(topic)

    sender.send_batch(campaign)

    assert fates(campaign) == [("sent", ""), ("sent", "")]


def test_two_addresses_of_one_person_share_the_limit_within_one_window(person, topic, start, mail_server):
    at_most(person, 1)
    campaign = start(topic)

    sender.send_batch(campaign)

    assert fates(campaign) == [("sent", ""), ("skipped", "over_limit")]
    assert len(mail_server.messages) == 1


def test_a_mail_counts_against_the_texts_that_follow(person, topic, start, mail_server, text_provider):
    at_most(person, 2, topic)
    sender.send_batch(start(topic))
    texts = start(topic, "sms")

    sender.send_batch(texts)

    assert fates(texts) == [("skipped", "over_limit")]
    assert text_provider.texts == []


def test_another_topic_counts_only_against_an_overall_limit(person, topic, start, mail_server):
    other = factories.TopicFactory(sender=topic.sender)
    subscribe(person, other)
    at_most(person, 1, other)
    sender.send_batch(start(topic))

    sender.send_batch(campaign := start(other))

    assert fates(campaign) == [("sent", "")]


def test_what_is_frozen_before_the_limit_is_held_back_at_the_hand_over(person, topic, start, mail_server):
    first, second = start(topic), start(topic)
    at_most(person, 2)
    sender.send_batch(first)

    sender.send_batch(second)

    assert fates(second) == [("skipped", "over_limit"), ("skipped", "over_limit")]


def test_after_thirty_days_there_is_room_again(person, topic, start, mail_server):
    at_most(person, 2)
    sender.send_batch(start(topic))

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        sender.send_batch(campaign := start(topic))

    assert fates(campaign) == [("sent", ""), ("sent", "")]


def test_a_limit_taken_away_holds_nothing_back(person, topic, start, mail_server):
    at_most(person, 1)
    at_most(person, None)

    sender.send_batch(campaign := start(topic))

    assert fates(campaign) == [("sent", ""), ("sent", "")]


def test_the_account_is_written_to_although_news_are_limited(person, start, mail_server):
    account = factories.TopicFactory(purpose="transactional")
    subscribe(person, account)
    at_most(person, 1)
    sender.send_batch(start(account))

    sender.send_batch(campaign := start(account))

    assert fates(campaign) == [("sent", "")]


def test_the_preview_counts_who_has_had_enough(person, topic, start, mail_server):
    at_most(person, 2)
    sender.send_batch(campaign := start(topic))

    assert audience.count_by_objection(campaign)["over_limit"] == 2


def test_a_pause_keeps_every_address_and_channel_out_until_it_ends(person, topic, start, mail_server):
    campaign = start(topic)
    frequency.pause_messages(person, None, until=timezone.now() + timedelta(days=30), source=Source.PREFERENCES)

    sender.send_batch(campaign)

    assert fates(campaign) == [("skipped", "paused"), ("skipped", "paused")]
    assert reason_labels.reason_label("paused") == "paused until the date they chose"


@pytest.mark.django_db(transaction=True)
def test_two_campaigns_at_once_do_not_both_take_the_last_place(start, mail_server, text_provider):
    topic = factories.TopicFactory()
    person = subscribe(factories.email_address(), topic)
    subscribe(contacts.add_address(Channel.SMS, "+12075550177", contact=person.contact), topic)
    at_most(person, 1)
    campaigns = [start(topic), start(topic, "sms")]
    together = threading.Barrier(2)

    def open_one(campaign):
        claim_id = leases.lease_batch(campaign)
        together.wait()
        sender.fence_batch(send_window.send_window_for(campaign), claim_id, leases.leased_message_ids(claim_id))
        connection.close()

    threads = [threading.Thread(target=open_one, args=[campaign]) for campaign in campaigns]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    statuses = sorted(Message.objects.values_list("status", flat=True))
    assert statuses == ["sending", "skipped"]
    assert Message.objects.get(status="skipped").skipped_because == frequency_caps.OVER_CAP
