"""Consent that was given for a while: when the while is over, it ends."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from preferences.consent import service as consent
from preferences.models import Address, Subscription

Status = Subscription.Status


def over() -> QuerySet[Subscription]:
    """Subscriptions past their term."""
    running = Subscription.objects.filter(status__in=[Status.ACTIVE, Status.PAUSED])
    return running.filter(expires_at__lte=timezone.now(), address__erased_at=None).order_by("pk")


@transaction.atomic
def end(subscription_id: int) -> None:
    """The term is over and nobody confirmed it. Harmless twice."""
    address = Address.objects.select_for_update(no_key=True, of=["self"]).get(subscriptions=subscription_id)
    if row := over().select_related("topic").filter(pk=subscription_id).first():
        consent.expire(address, row.topic)
