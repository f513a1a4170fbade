"""Saying yes again: the clocks begin anew, and the address is proven once more. Offered by service.py.

Writes: Address.
"""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.consent import ledger
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.errors import NotAllowed
from preferences.models import Address, ConsentEvent, Method, Notice, ServiceMessage, Source, Subscription, Topic
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

EventKind = ConsentEvent.Kind
SubscriptionStatus = Subscription.Status
HELD_STATUSES = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)


@transaction.atomic
def renew(
    address: Address,
    topic: Topic,
    *,
    source: Source,
    method: Method,
    notice: Notice | None = None,
    origin: uuid.UUID | None = None,
    proof: Proof = NO_PROOF,
    interaction_id: uuid.UUID | None = None,
) -> Subscription:
    """The person says yes again to what they have: its clocks begin anew. Raises NotAllowed where there is nothing.

    The words they agree to are those they were shown, or else those of the yes it renews. A pause goes on.
    """
    address = send_fence.lock_address(address)
    standing = Subscription.objects.filter(address=address, topic=topic).filter(status__in=HELD_STATUSES).first()
    if standing is None or standing.granted is None:
        raise NotAllowed(_("There is no subscription here that can be renewed. Sign up again instead."))
    mark_verified(address)
    interaction_id, before = interaction_id or uuid.uuid4(), standing.granted
    said = ledger.EventDetails(interaction_id=interaction_id, source=source, method=method, origin=origin)
    words = ledger.EventDetails(**said, notice=notice or before.notice, form=before.form)
    kept = ledger.record(address, topic, EventKind.GRANTED, proof=proof, **words)
    if standing.status == SubscriptionStatus.PAUSED and standing.paused_until:
        pause = ledger.EventDetails(**said, until=standing.paused_until)
        kept = ledger.record(address, topic, EventKind.PAUSED, **pause)
    outbox.enqueue(address, ServiceMessage.Kind.SUBSCRIBED, sender=topic.sender, interaction_id=interaction_id)
    return kept


def mark_verified(address: Address) -> None:
    """The owner of this address has just shown that it is theirs."""
    if address.verified_at is None:
        address.verified_at = timezone.now()
        address.save(update_fields=["verified_at"])
