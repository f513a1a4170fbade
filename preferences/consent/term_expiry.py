"""Consent that was given for a while: when the while is over, it ends."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from preferences.consent import endings
from preferences.models import Address, Subscription

SubscriptionStatus = Subscription.Status


def subscriptions_past_term() -> QuerySet[Subscription]:
    """Subscriptions past their term."""
    running = Subscription.objects.filter(status__in=[SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED])
    return running.filter(expires_at__lte=timezone.now(), address__erased_at=None).order_by("pk")


@transaction.atomic
def end_term(subscription_id: int) -> None:
    """The term is over and nobody confirmed it. Harmless twice."""
    address = Address.objects.select_for_update(no_key=True, of=["self"]).get(subscriptions=subscription_id)
    if row := subscriptions_past_term().select_related("topic").filter(pk=subscription_id).first():
        endings.expire(address, row.topic)
