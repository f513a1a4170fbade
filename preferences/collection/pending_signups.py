"""Questions that nobody answered: after some days, or when their owner cancels them, they are closed, and a stranger's
address is forgotten."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from preferences.consent import ledger
from preferences.consent import service as consent
from preferences.consent.evidence import NOTHING, Proof
from preferences.contacts import erasure
from preferences.models import Address, Channel, ConsentEvent, Method, Reply, Sender, Source, Subscription, Topic
from preferences.outbox import send_fence


def overdue() -> QuerySet[Subscription]:
    """Sign-ups still waiting though every question about them is too old to be answered."""
    recent = ConsentEvent.objects.filter(
        address=OuterRef("address"), topic=OuterRef("topic"), kind=ConsentEvent.Kind.ASKED, occurred_at__gte=_oldest()
    )
    return Subscription.objects.pending().filter(~Exists(recent)).order_by("pk")


@transaction.atomic
def close(subscription_id: int) -> None:
    """Nobody answered: the question runs out, and with it the address, if this was all we knew. Harmless twice."""
    address = Address.objects.select_for_update(no_key=True, of=["self"]).get(subscriptions=subscription_id)
    subscription = overdue().select_related("topic").filter(pk=subscription_id).first()
    if subscription is None:
        return
    consent.expire(address, subscription.topic)
    erasure.forget_unconfirmed(address)


def cancellable(reply: Reply) -> list[Topic]:
    """What cancelling would close: all that was asked for an address we know from nothing else, or just these."""
    if erasure.only_asked(reply.address):
        return [row.topic for row in reply.address.subscriptions.pending().select_related("topic")]
    return [question.topic for question in ledger.open_questions(reply) if question.topic]


@transaction.atomic
def cancel(reply: Reply, *, proof: Proof = NOTHING) -> None:
    """The owner of the address takes the sign-up back before it counted. Harmless twice.

    If we know the address from unanswered questions alone, it is forgotten at once; else just these are refused.
    """
    address = send_fence.hold(reply.address)
    if not erasure.only_asked(address):
        for topic in cancellable(reply):
            consent.refuse(address, topic, source=Source.CONFIRM, proof=proof)
        return
    for subscription in address.subscriptions.pending().select_related("topic"):
        consent.expire(address, subscription.topic, source=Source.CONFIRM, method=Method.BUTTON)
    send_fence.wait_after_commit(address)
    erasure.forget_unconfirmed(address)


def waiting(address: Address, sender: Sender) -> Reply | None:
    """The latest question of this sender to a phone number that a plain "yes" would answer."""
    asked = address.replies.filter(kind=Reply.Kind.CONFIRM, sender=sender, owed_at__gte=_oldest())
    if address.channel != Channel.SMS:
        return None
    return next((reply for reply in asked.order_by("-pk")[:5] if ledger.open_questions(reply)), None)


def _oldest():
    return timezone.now() - timedelta(days=settings.CONFIRM_LINK_DAYS)
