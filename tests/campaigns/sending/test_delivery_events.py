"""What providers report is recorded once, and adds up to the same in any order."""

import uuid
from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from campaigns.audience import service as audience
from campaigns.content import rendering
from campaigns.decision import send_window
from campaigns.models import DeliveryEvent, Message
from campaigns.sending import delivery_events, leases, sender
from preferences.channels import connection as channels
from preferences.consent import eligibility
from preferences.contacts import erasure
from preferences.models import ConsentEvent, ServiceMessage, Source, Suppression
from preferences.outbox import service as outbox

Kind = DeliveryEvent.Kind
Status = Message.Status


@pytest.fixture
def sent(started, subscriber, mail_server):
    """A message that the mail server took."""
    audience.freeze(started)
    sender.send_batch(started)
    return started.messages.get()


@pytest.fixture
def in_hand(started, subscriber):
    """A window with one message, about to be handed over."""
    audience.freeze(started)
    lease = leases.lease_batch(started)
    return sender.fence_batch(send_window.send_window_for(started), lease, leases.leased_message_ids(lease))


@pytest.fixture
def unknown(in_hand, time_machine):
    """A message whose worker was lost while it was being handed over."""
    lose_the_worker(time_machine)
    return Message.objects.get(pk=in_hand.messages[0].pk)


def lose_the_worker(time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    leases.recover_lost_leases()


def report(kind, message=None, **said):
    facts = {"provider": "postmark", "event_id": uuid.uuid4().hex, "kind": kind}
    facts |= {"reference": message.reference} if message else {}
    return delivery_events.record_report(**(facts | said))


def soft_bounces(message, moments):
    for moment in moments:
        report(Kind.SOFT_BOUNCE, message, occurred_at=moment)


def status(message):
    return Message.objects.get(pk=message.pk).status


def reasons(address):
    return set(Suppression.objects.of(address).in_force().values_list("reason", flat=True))


@pytest.mark.parametrize(
    ("before", "kind", "then"),
    [
        (Status.SENT, Kind.DELIVERED, Status.SENT),
        (Status.UNKNOWN, Kind.DELIVERED, Status.SENT),
        (Status.UNKNOWN, Kind.COMPLAINED, Status.SENT),
        (Status.UNKNOWN, Kind.DEFERRED, Status.SENT),
        (Status.SENT, Kind.HARD_BOUNCE, Status.FAILED),
        (Status.UNKNOWN, Kind.HARD_BOUNCE, Status.FAILED),
        (Status.SENT, Kind.SOFT_BOUNCE, Status.FAILED),
        (Status.SENT, Kind.REJECTED, Status.FAILED),
        (Status.FAILED, Kind.DELIVERED, Status.FAILED),
        (Status.SENDING, Kind.DELIVERED, Status.SENDING),
        (Status.QUEUED, Kind.HARD_BOUNCE, Status.QUEUED),
        (Status.SKIPPED, Kind.DELIVERED, Status.SKIPPED),
    ],
)
def test_what_a_report_makes_of_a_message(before, kind, then):
    assert delivery_events.status_after(before, kind) == then


@pytest.mark.parametrize("start", [Status.SENT, Status.UNKNOWN])
@pytest.mark.parametrize("kinds", [(Kind.DELIVERED, Kind.HARD_BOUNCE, Kind.DEFERRED), (Kind.COMPLAINED, Kind.REJECTED)])
def test_any_order_adds_up_to_the_same(start, kinds):
    sums = {_fold(start, order) for order in permutations(kinds)}

    assert sums == {Status.FAILED}


def _fold(status, kinds):
    for kind in kinds:
        status = delivery_events.status_after(status, kind)
    return status


def test_a_delivery_settles_what_was_unknown(unknown):
    assert unknown.status == Status.UNKNOWN

    report(Kind.DELIVERED, unknown)

    assert status(unknown) == Status.SENT


def test_a_hard_bounce_fails_the_message_and_stops_the_address(sent, subscriber):
    report(Kind.HARD_BOUNCE, sent)

    assert status(sent) == Status.FAILED
    assert reasons(subscriber) == {"bounced"}


def test_a_bounce_is_no_opinion_about_the_topic(sent, subscriber):
    report(Kind.HARD_BOUNCE, sent)

    assert not ConsentEvent.objects.filter(address=subscriber, kind="withdrawn").exists()
    assert eligibility.first_objection(subscriber, sent.campaign.topic) == "bounced"


def test_a_complaint_is_a_no_to_everything_from_that_message(sent, subscriber):
    report(Kind.COMPLAINED, sent)

    said = ConsentEvent.objects.get(address=subscriber, kind="withdrawn")
    assert said.origin == sent.reference
    assert said.topic is None
    assert reasons(subscriber) == {"complained"}


def test_a_rejection_fails_the_message_and_says_nothing_about_the_address(sent, subscriber):
    report(Kind.REJECTED, sent)

    assert status(sent) == Status.FAILED
    assert reasons(subscriber) == set()


def test_unsubscribing_at_the_provider_ends_the_topic_of_that_message(sent, subscriber):
    report(Kind.UNSUBSCRIBED, sent)

    said = ConsentEvent.objects.get(address=subscriber, kind="withdrawn")
    assert (said.topic, said.source, said.origin) == (sent.campaign.topic, Source.PROVIDER, sent.reference)


def test_unsubscribing_from_we_know_not_what_ends_everything(subscriber):
    report(Kind.UNSUBSCRIBED, recipient=subscriber.value)

    assert reasons(subscriber) == {"stopped"}
    assert ConsentEvent.objects.get(address=subscriber, kind="withdrawn").topic is None


def test_unsubscribing_without_ever_subscribing_stops_the_address(address):
    report(Kind.UNSUBSCRIBED, recipient=address.value)

    assert reasons(address) == {"stopped"}


def test_the_same_report_twice_is_one(sent, subscriber):
    report(Kind.COMPLAINED, sent, event_id="e-1")
    report(Kind.COMPLAINED, sent, event_id="e-1")

    assert DeliveryEvent.objects.count() == 1
    assert ConsentEvent.objects.filter(address=subscriber, kind="withdrawn").count() == 1


def test_two_providers_may_count_alike(sent):
    report(Kind.DELIVERED, sent, event_id="1", provider="postmark")
    report(Kind.DELIVERED, sent, event_id="1", provider="sendgrid")

    assert DeliveryEvent.objects.count() == 2


@pytest.mark.parametrize("bounces", [4, 5])
def test_a_mailbox_full_for_weeks_is_given_up_at_the_fifth_time(bounces, sent, subscriber):
    now = timezone.now()
    days = [now - timedelta(days=day) for day in range(bounces)]

    soft_bounces(sent, reversed(days))

    assert ("bounced" in reasons(subscriber)) == (bounces == 5)


def test_soft_bounces_of_long_ago_do_not_count(sent, subscriber):
    now = timezone.now()
    days = [now - timedelta(days=31 + day) for day in range(4)]

    soft_bounces(sent, [*reversed(days), now])

    assert reasons(subscriber) == set()


def test_a_message_is_found_by_its_message_id(sent):
    assert report(Kind.DELIVERED, message_id=f"<{sent.reference}@testserver>").message == sent


def test_a_message_is_found_by_the_providers_id(sent):
    Message.objects.filter(pk=sent.pk).update(provider_id="pm-77")

    assert report(Kind.DELIVERED, message_id="pm-77").message == sent


def test_an_answer_of_ours_is_found_too(topic, address):
    service_message = outbox.enqueue(
        address, ServiceMessage.Kind.HELP, sender=topic.sender, interaction_id=uuid.uuid4()
    )

    event = report(Kind.HARD_BOUNCE, reference=service_message.reference)

    assert event.service_message == service_message
    assert reasons(address) == {"bounced"}


def test_an_address_alone_is_never_taken_for_its_last_message(sent, subscriber):
    event = report(Kind.HARD_BOUNCE, recipient=subscriber.value.upper())

    assert event.message is None
    assert reasons(subscriber) == {"bounced"}
    assert status(sent) == Status.SENT


@pytest.mark.parametrize("recipient", ["nobody@nowhere.example", "not an address", "+12", ""])
def test_a_report_about_a_stranger_is_kept_and_changes_nothing(recipient, db):
    event = report(Kind.COMPLAINED, recipient=recipient)

    assert event.message is None
    assert not Suppression.objects.exists()


def test_a_report_about_a_forgotten_person_changes_nothing(sent, subscriber, approver):
    erasure.erase(subscriber.contact, by=approver)

    event = report(Kind.HARD_BOUNCE, sent, recipient=subscriber.value)

    assert event.message == sent
    assert event.fingerprint == ""
    assert not Suppression.objects.filter(reason="bounced").exists()


def test_what_is_kept_holds_nothing_personal(sent, subscriber):
    words = f"550 5.1.1 <{subscriber.value}> unknown; call +1 207 555 0100 or mail postmaster@example.org"

    event = report(Kind.HARD_BOUNCE, sent, detail=words, recipient=subscriber.value)

    assert event.detail == "550 5.1.1 <…> unknown; call … or mail …"


def test_what_was_reported_during_the_hand_over_counts_after_it(in_hand, started, mail_server):
    message = in_hand.messages[0]
    report(Kind.HARD_BOUNCE, message)
    assert status(message) == Status.SENDING

    with channels.connect("email") as out:
        sender.send_fenced_batch(in_hand, rendering.prepare(started), out)

    assert status(message) == Status.FAILED


def test_what_was_reported_before_the_worker_was_missed_counts(in_hand, time_machine):
    report(Kind.DELIVERED, in_hand.messages[0])

    lose_the_worker(time_machine)

    assert status(in_hand.messages[0]) == Status.SENT
