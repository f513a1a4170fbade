"""Consent that ends without the person taking it back here: its time is over, it was never good, they complained.

Called as consent.expire, consent.invalidate, consent.complain.
"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from preferences.consent import ledger
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.consent.suppressions import suppress
from preferences.models import (
    Address,
    CancelReason,
    ConsentEvent,
    Method,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
    Topic,
)
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

EventKind = ConsentEvent.Kind
SubscriptionStatus = Subscription.Status
SuppressionReason = Suppression.Reason


@transaction.atomic
def expire(
    address: Address, topic: Topic, *, source: Source = Source.SYSTEM, method: Method = Method.NONE
) -> Subscription:
    """Nobody spoke, and the time is over: a question unanswered, or a consent past its term."""
    address = send_fence.lock_address(address)
    return ledger.record(address, topic, EventKind.EXPIRED, interaction_id=uuid.uuid4(), source=source, method=method)


@transaction.atomic
def invalidate(
    address: Address, topic: Topic, *, source: Source, proof: Proof = NO_PROOF, by: User | None = None
) -> Subscription:
    """The consent on record was never good: wrong person, wrong number, no proof."""
    address = send_fence.lock_address(address)
    send_fence.wait_after_commit(address)
    interaction_id = uuid.uuid4()
    return ledger.record(
        address,
        topic,
        EventKind.INVALIDATED,
        interaction_id=interaction_id,
        source=source,
        method=Method.NONE,
        proof=proof,
        by=by,
    )


@transaction.atomic
def record_complaint(address: Address, *, provider: str, origin: uuid.UUID | None = None) -> Suppression:
    """A spam complaint is a "no" to everything on this address. Harmless twice."""
    address = send_fence.lock_address(address)
    send_fence.wait_after_commit(address)
    outbox.cancel_queued(address, *outbox.INVITING_KINDS, ServiceMessage.Kind.CHANGED, reason=CancelReason.COMPLAINED)
    event = None
    for subscription in address.subscriptions.exclude(status=SubscriptionStatus.ENDED):
        event = event or ledger.append(
            address,
            None,
            EventKind.WITHDRAWN,
            interaction_id=uuid.uuid4(),
            source=Source.PROVIDER,
            method=Method.COMPLAINT,
            origin=origin,
        )
        ledger.apply(subscription, event)
    return suppress(address, SuppressionReason.COMPLAINED, detail=provider)
