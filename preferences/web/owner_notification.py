"""Whoever holds a forwarded mail can lower what its owner gets. The owner is told, and can put it back.

Told of each change, but not of all at once: whoever plays with a forwarded link must not fill somebody's mailbox.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from preferences.models import Address, ConsentEvent, ServiceMessage
from preferences.outbox import service as outbox


def notify_owner(addresses: Iterable[Address], interaction_id: UUID) -> None:
    """Owe a word to the first of these addresses that the act was about, unless another letter answers it already."""
    said = set(ConsentEvent.objects.filter(interaction_id=interaction_id).values_list("address", flat=True))
    address = next((one for one in addresses if one.pk in said), None)
    if address is None or ServiceMessage.objects.filter(interaction_id=interaction_id, address=address).exists():
        return
    if sender := outbox.latest_sender(address):
        outbox.enqueue(
            address,
            ServiceMessage.Kind.CHANGED,
            sender=sender,
            interaction_id=interaction_id,
            after=_notification_delay(address),
        )


def _notification_delay(address: Address) -> timedelta:
    """As many letters an hour as a stranger may cause by any form; the next ones come in the hours after."""
    told = ServiceMessage.objects.filter(address=address, kind=ServiceMessage.Kind.CHANGED)
    waiting = told.filter(due_at__gte=timezone.now() - timedelta(hours=1)).count()
    return timedelta(hours=waiting // settings.LINK_REQUESTS_PER_HOUR)
