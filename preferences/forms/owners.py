"""Whoever holds a forwarded mail can lower what its owner gets. The owner is told, and can put it back."""

from collections.abc import Iterable
from uuid import UUID

from preferences import replies
from preferences.models import Address, ConsentEvent, Reply


def tell(addresses: Iterable[Address], act: UUID) -> None:
    """Owe a word to the first of these addresses that the act was about, unless another letter answers it already."""
    said = set(ConsentEvent.objects.filter(act=act).values_list("address", flat=True))
    address = next((one for one in addresses if one.pk in said), None)
    if address is None or Reply.objects.filter(act=act, address=address).exists():
        return
    if sender := replies.sender_of(address):
        replies.owe(address, Reply.Kind.CHANGED, sender=sender, act=act)
