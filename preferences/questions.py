"""Questions that nobody answered: after some days they are closed, and a stranger's address is forgotten."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from preferences import consent, erasure, events
from preferences.models import Address, Channel, ConsentEvent, Reply, Sender, Subscription


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


def waiting(address: Address, sender: Sender) -> Reply | None:
    """The latest question of this sender to a phone number that a plain "yes" would answer."""
    asked = address.replies.filter(kind=Reply.Kind.CONFIRM, sender=sender, owed_at__gte=_oldest())
    if address.channel != Channel.SMS:
        return None
    return next((reply for reply in asked.order_by("-pk")[:5] if events.open_questions(reply)), None)


def _oldest():
    return timezone.now() - timedelta(days=settings.CONFIRM_LINK_DAYS)
