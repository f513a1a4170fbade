"""A campaign's messages on their way."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.audience import service as audience
from campaigns.decision import send_window
from campaigns.models import Message
from campaigns.sending import leases, sender
from campaigns.workflow import lifecycle
from preferences.channels.outcomes import Outcome, Result
from preferences.consent import service as consent
from preferences.models import InFlight, Source
from tests import factories
from tests.conftest import subscribe

Status = Message.Status


@pytest.fixture
def frozen(started, subscriber):
    audience.freeze(started)
    return started


def test_a_message_arrives_and_is_recorded_with_what_was_said(frozen, subscriber, mail_server):
    assert sender.send_batch(frozen)

    message = frozen.messages.get()
    assert (message.status, message.attempts) == (Status.SENT, 1)
    assert message.body_digest
    assert [mail.to for mail in mail_server.messages] == [[subscriber.value]]
    assert not InFlight.objects.exists()


def test_sending_again_sends_nothing_again(frozen, mail_server):
    sender.send_batch(frozen)

    assert not sender.send_batch(frozen)
    assert len(mail_server.messages) == 1


def test_opting_out_after_the_audience_is_frozen_is_honoured(frozen, subscriber, mail_server):
    consent.withdraw(subscriber, frozen.topic, source=Source.ONE_CLICK)

    sender.send_batch(frozen)

    message = frozen.messages.get()
    assert (message.status, message.skipped_because) == (Status.SKIPPED, "left")
    assert mail_server.messages == []


def test_opting_out_between_the_claim_and_the_window_is_honoured(frozen, subscriber, mail_server):
    claim_id = leases.lease_batch(frozen)
    consent.withdraw_all(subscriber, sender=frozen.sender, source=Source.UNSUBSCRIBE_PAGE)

    window = sender.fence_batch(send_window.send_window_for(frozen), claim_id, leases.leased_message_ids(claim_id))

    assert window.messages == []
    assert frozen.messages.get().skipped_because == "stopped"


def test_what_the_server_refuses_for_good_failed(frozen, subscriber, mail_server):
    mail_server.refusals[subscriber.value] = "550 No such person"

    sender.send_batch(frozen)

    message = frozen.messages.get()
    assert message.status == Status.FAILED
    assert "550" in message.detail


def test_what_the_server_puts_off_is_tried_again_later(frozen, subscriber, mail_server):
    mail_server.refusals[subscriber.value] = "450 Come back later"
    sender.send_batch(frozen)
    put_off = frozen.messages.get()
    mail_server.refusals.clear()

    assert put_off.status == Status.WAITING
    assert not sender.send_batch(frozen)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        sender.send_batch(frozen)
    assert frozen.messages.get().status == Status.SENT


def test_a_server_that_is_down_costs_delay_and_nothing_else(frozen, settings, mail_server):
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    sender.send_batch(frozen)
    settings.EMAIL_PORT = port

    assert frozen.messages.get().status == Status.WAITING
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        sender.send_batch(frozen)
    assert len(mail_server.messages) == 1


def test_a_worker_lost_before_the_hand_over_gives_its_messages_back(frozen):
    leases.lease_batch(frozen)

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        leases.recover_lost_leases()

    assert frozen.messages.get().status == Status.QUEUED


def test_a_worker_lost_in_the_act_leaves_an_unknown_that_is_never_resent(frozen, mail_server):
    claim_id = leases.lease_batch(frozen)
    sender.fence_batch(send_window.send_window_for(frozen), claim_id, leases.leased_message_ids(claim_id))

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        leases.recover_lost_leases()
        sender.send_batch(frozen)

    assert frozen.messages.get().status == Status.UNKNOWN
    assert mail_server.messages == []


def test_a_lost_claim_is_not_sent_by_the_worker_that_lost_it(frozen):
    late = leases.lease_batch(frozen)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        leases.recover_lost_leases()
        leases.lease_batch(frozen)

    assert sender.fence_batch(send_window.send_window_for(frozen), late, [frozen.messages.get().pk]).messages == []
    assert not leases.renew_lease(late)


def test_a_paused_campaign_sends_nothing(frozen, approver, mail_server):
    lifecycle.pause(frozen, by=approver)

    assert not sender.send_batch(frozen)
    assert frozen.messages.get().status == Status.QUEUED


def test_two_campaigns_do_not_have_the_same_address_in_hand_at_once(frozen, approver, author, mail_server):
    other = factories.CampaignFactory(topic=frozen.topic, author=author)
    other = lifecycle.start(lifecycle.approve(lifecycle.submit(other, by=author), by=approver), by=approver)
    audience.freeze(other)
    first, second = leases.lease_batch(frozen), leases.lease_batch(other)

    sender.fence_batch(send_window.send_window_for(frozen), first, leases.leased_message_ids(first))
    sender.fence_batch(send_window.send_window_for(other), second, leases.leased_message_ids(second))

    assert frozen.messages.get().status == Status.SENDING
    assert other.messages.get().status == Status.WAITING


def test_an_outcome_recorded_late_still_counts(frozen):
    claim_id = leases.lease_batch(frozen)
    window = sender.fence_batch(send_window.send_window_for(frozen), claim_id, leases.leased_message_ids(claim_id))
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        leases.recover_lost_leases()

    [message] = window.messages
    sender._conclude(message, Outcome(Result.SENT, provider_id="<1@example.org>"))
    sender.record_outcomes(window, [message])

    assert frozen.messages.get().status == Status.SENT


def test_what_was_fenced_but_not_begun_is_queued_again(frozen):
    claim_id = leases.lease_batch(frozen)
    window = sender.fence_batch(send_window.send_window_for(frozen), claim_id, leases.leased_message_ids(claim_id))

    sender.record_outcomes(window, [])

    assert frozen.messages.get().status == Status.QUEUED
    assert not InFlight.objects.exists()


def test_a_text_campaign_goes_out_by_text(daytime, topic, texter, author, approver, text_provider):
    campaign = factories.CampaignFactory(topic=topic, channel="sms", subject="", body="Walk today.", author=author)
    campaign = lifecycle.start(lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver), by=approver)
    audience.freeze(campaign)

    sender.send_batch(campaign)

    [text] = text_provider.texts
    assert text.words["to"] == texter.value
    assert text.words["body"].startswith("Harbour Clinic: ")
    assert campaign.messages.get().status == Status.SENT


def test_a_windows_statements_do_not_grow_with_its_size(started, topic, mail_server, django_assert_max_num_queries):
    for _person in range(40):
        subscribe(factories.email_address(), topic)
    audience.freeze(started)
    claim_id, prepared_window = leases.lease_batch(started), send_window.send_window_for(started)

    with django_assert_max_num_queries(19):  # four of them only when these terms are used for the first time
        sender.fence_batch(prepared_window, claim_id, leases.leased_message_ids(claim_id))


def test_every_recipient_is_accounted_for_at_the_end(started, topic, subscriber, mail_server):
    gone = subscribe(factories.email_address(), topic)
    audience.freeze(started)
    consent.withdraw(gone, topic, source=Source.UNSUBSCRIBE_PAGE)

    sender.send_batch(started)
    lifecycle.finish_if_done(started.pk)

    started.refresh_from_db()
    assert started.status == "finished"
    assert sorted(started.messages.values_list("status", flat=True)) == [Status.SENT, Status.SKIPPED]


def test_what_is_left_of_a_cancelled_campaign_says_so(frozen, approver, mail_server):
    lifecycle.cancel(frozen, by=approver, reason="The clinic moved.")

    leases.close_cancelled()

    message = frozen.messages.get()
    assert (message.status, message.skipped_because) == (Status.SKIPPED, "campaign_cancelled")
