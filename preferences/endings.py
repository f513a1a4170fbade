"""Consent that ends without the person taking it back here: its time is over, it was never good, they complained.

Called as consent.expire, consent.invalidate, consent.complain.
"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from preferences import events, fence, replies
from preferences.evidence import NOTHING, Proof
from preferences.models import Address, ConsentEvent, Method, Reply, Source, Subscription, Suppression, Topic
from preferences.suppressions import suppress

Kind = ConsentEvent.Kind
Status = Subscription.Status
Reason = Suppression.Reason


@transaction.atomic
def expire(
    address: Address, topic: Topic, *, source: Source = Source.SYSTEM, method: Method = Method.NONE
) -> Subscription:
    """Nobody spoke, and the time is over: a question unanswered, or a consent past its term."""
    address = fence.hold(address)
    return events.record(address, topic, Kind.EXPIRED, act=uuid.uuid4(), source=source, method=method)


@transaction.atomic
def invalidate(
    address: Address, topic: Topic, *, source: Source, proof: Proof = NOTHING, by: User | None = None
) -> Subscription:
    """The consent on record was never good: wrong person, wrong number, no proof."""
    address = fence.hold(address)
    fence.wait_after_commit(address)
    act = uuid.uuid4()
    return events.record(
        address, topic, Kind.INVALIDATED, act=act, source=source, method=Method.NONE, proof=proof, by=by
    )


@transaction.atomic
def complain(address: Address, *, provider: str, origin: uuid.UUID | None = None) -> Suppression:
    """A spam complaint is a "no" to everything on this address. Harmless twice."""
    address = fence.hold(address)
    fence.wait_after_commit(address)
    replies.drop(address, *replies.INVITING, Reply.Kind.CHANGED, reason="The person complained.")
    event = None
    for subscription in address.subscriptions.exclude(status=Status.ENDED):
        event = event or events.append(
            address,
            None,
            Kind.WITHDRAWN,
            act=uuid.uuid4(),
            source=Source.PROVIDER,
            method=Method.COMPLAINT,
            origin=origin,
        )
        events.apply(subscription, event)
    return suppress(address, Reason.COMPLAINED, detail=provider)
