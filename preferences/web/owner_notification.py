"""Whoever holds a forwarded mail can lower what its owner gets. The owner is told, and can put it back.

Told of each change, but not of all at once: whoever plays with a forwarded link must not fill somebody's mailbox.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from preferences.models import Address, ConsentEvent, Reply
from preferences.outbox import service as outbox


def tell(addresses: Iterable[Address], act: UUID) -> None:
    """Owe a word to the first of these addresses that the act was about, unless another letter answers it already."""
    said = set(ConsentEvent.objects.filter(act=act).values_list("address", flat=True))
    address = next((one for one in addresses if one.pk in said), None)
    if address is None or Reply.objects.filter(act=act, address=address).exists():
        return
    if sender := outbox.sender_of(address):
        outbox.owe(address, Reply.Kind.CHANGED, sender=sender, act=act, after=_wait(address))


def _wait(address: Address) -> timedelta:
    """As many letters an hour as a stranger may cause by any form; the next ones come in the hours after."""
    told = Reply.objects.filter(address=address, kind=Reply.Kind.CHANGED)
    waiting = told.filter(due_at__gte=timezone.now() - timedelta(hours=1)).count()
    return timedelta(hours=waiting // settings.LINK_REQUESTS_PER_HOUR)
