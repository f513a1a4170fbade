"""Consent that ends without the person taking it back here: its time is over, it was never good, they complained.

Called as consent.expire, consent.invalidate, consent.complain.
"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from preferences.consent import ledger
from preferences.consent.evidence import NOTHING, Proof
from preferences.consent.suppressions import suppress
from preferences.models import Address, ConsentEvent, Method, Reply, Source, Subscription, Suppression, Topic
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

Kind = ConsentEvent.Kind
Status = Subscription.Status
Reason = Suppression.Reason


@transaction.atomic
def expire(
    address: Address, topic: Topic, *, source: Source = Source.SYSTEM, method: Method = Method.NONE
) -> Subscription:
    """Nobody spoke, and the time is over: a question unanswered, or a consent past its term."""
    address = send_fence.hold(address)
    return ledger.record(address, topic, Kind.EXPIRED, act=uuid.uuid4(), source=source, method=method)


@transaction.atomic
def invalidate(
    address: Address, topic: Topic, *, source: Source, proof: Proof = NOTHING, by: User | None = None
) -> Subscription:
    """The consent on record was never good: wrong person, wrong number, no proof."""
    address = send_fence.hold(address)
    send_fence.wait_after_commit(address)
    act = uuid.uuid4()
    return ledger.record(
        address, topic, Kind.INVALIDATED, act=act, source=source, method=Method.NONE, proof=proof, by=by
    )


@transaction.atomic
def complain(address: Address, *, provider: str, origin: uuid.UUID | None = None) -> Suppression:
    """A spam complaint is a "no" to everything on this address. Harmless twice."""
    address = send_fence.hold(address)
    send_fence.wait_after_commit(address)
    outbox.drop(address, *outbox.INVITING, Reply.Kind.CHANGED, reason="The person complained.")
    event = None
    for subscription in address.subscriptions.exclude(status=Status.ENDED):
        event = event or ledger.append(
            address,
            None,
            Kind.WITHDRAWN,
            act=uuid.uuid4(),
            source=Source.PROVIDER,
            method=Method.COMPLAINT,
            origin=origin,
        )
        ledger.apply(subscription, event)
    return suppress(address, Reason.COMPLAINED, detail=provider)
