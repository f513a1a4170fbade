"""Questions that nobody answered: after some days, or when their owner cancels them, they are closed, and a stranger's
address is forgotten."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from preferences.consent import endings, ledger
from preferences.consent import service as consent
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.contacts import erasure
from preferences.models import (
    Address,
    Channel,
    ConsentEvent,
    Method,
    Sender,
    ServiceMessage,
    Source,
    Subscription,
    Topic,
)
from preferences.outbox import send_fence


def overdue_signups() -> QuerySet[Subscription]:
    """Sign-ups still waiting though every question about them is too old to be answered."""
    recent = ConsentEvent.objects.filter(
        address=OuterRef("address"),
        topic=OuterRef("topic"),
        kind=ConsentEvent.Kind.ASKED,
        occurred_at__gte=_oldest_valid(),
    )
    return Subscription.objects.pending().filter(~Exists(recent)).order_by("pk")


@transaction.atomic
def close(subscription_id: int) -> None:
    """Nobody answered: the question runs out, and with it the address, if this was all we knew. Harmless twice."""
    address = Address.objects.select_for_update(no_key=True, of=["self"]).get(subscriptions=subscription_id)
    subscription = overdue_signups().select_related("topic").filter(pk=subscription_id).first()
    if subscription is None:
        return
    endings.expire(address, subscription.topic)
    erasure.forget_unconfirmed(address)


def cancellable_signups(service_message: ServiceMessage) -> list[Topic]:
    """What cancelling would close: all that was asked for an address we know from nothing else, or just these."""
    if erasure.has_only_pending_signups(service_message.address):
        return [row.topic for row in service_message.address.subscriptions.pending().select_related("topic")]
    return [question.topic for question in ledger.unanswered_requests(service_message) if question.topic]


@transaction.atomic
def cancel(service_message: ServiceMessage, *, proof: Proof = NO_PROOF) -> None:
    """The owner of the address takes the sign-up back before it counted. Harmless twice.

    If we know the address from unanswered questions alone, it is forgotten at once; else just these are refused.
    """
    address = send_fence.lock_address(service_message.address)
    if not erasure.has_only_pending_signups(address):
        for topic in cancellable_signups(service_message):
            consent.refuse(address, topic, source=Source.CONFIRM, proof=proof)
        return
    for subscription in address.subscriptions.pending().select_related("topic"):
        endings.expire(address, subscription.topic, source=Source.CONFIRM, method=Method.BUTTON)
    send_fence.wait_after_commit(address)
    erasure.forget_unconfirmed(address)


def latest_pending_signup(address: Address, sender: Sender) -> ServiceMessage | None:
    """The latest question of this sender to a phone number that a plain "yes" would answer."""
    asked = address.service_messages.filter(
        kind=ServiceMessage.Kind.CONFIRM, sender=sender, queued_at__gte=_oldest_valid()
    )
    if address.channel != Channel.SMS:
        return None
    return next(
        (
            service_message
            for service_message in asked.order_by("-pk")[:5]
            if ledger.unanswered_requests(service_message)
        ),
        None,
    )


def _oldest_valid():
    return timezone.now() - timedelta(days=settings.CONFIRM_LINK_DAYS)
