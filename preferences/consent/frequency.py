"""Less, or later: at most so many a month, or nothing until a date. Each change is recorded in the ledger.

A wish belongs to the person, so it holds on all their addresses and both channels together. It is honoured
wherever the eligibility check is asked; a pause ends by itself.

Writes: FrequencyCap.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences import audit
from preferences.consent import ledger
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.errors import NotAllowed
from preferences.models import Address, ConsentEvent, FrequencyCap, Method, Source, Subscription, Topic
from preferences.outbox import send_fence

EventKind = ConsentEvent.Kind
SubscriptionStatus = Subscription.Status
MAX_PAUSE = timedelta(days=366)
MAX_PER_MONTH = 99


@transaction.atomic
def pause_messages(
    address: Address,
    topic: Topic | None,
    *,
    until: datetime,
    source: Source,
    proof: Proof = NO_PROOF,
    interaction_id: uuid.UUID | None = None,
) -> list[Subscription]:
    """Nothing about this topic (or at all) until that moment. Raises NotAllowed for a moment past or too far away.

    Said again with another moment, it holds until that one. What is not active is left as it is.
    """
    if not timezone.now() < until <= timezone.now() + MAX_PAUSE:
        raise NotAllowed(_("Choose a day between tomorrow and a year from now."))
    interaction_id = interaction_id or uuid.uuid4()
    said = ledger.EventDetails(interaction_id=interaction_id, source=source, method=Method.BUTTON, until=until)
    paused = []
    for one in lock_all_addresses(address):
        send_fence.wait_after_commit(one)
        if rows := list(_subscriptions_of(one, topic, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)):
            event = ledger.append(one, topic, EventKind.PAUSED, proof=proof, **said)
            paused += [ledger.apply(row, event) for row in rows]
    return paused


@transaction.atomic
def resume_messages(
    address: Address,
    topic: Topic | None,
    *,
    source: Source,
    proof: Proof = NO_PROOF,
    interaction_id: uuid.UUID | None = None,
) -> list[Subscription]:
    """The pause is over, now. What was not paused is left as it is."""
    interaction_id = interaction_id or uuid.uuid4()
    rows = [
        row for one in lock_all_addresses(address) for row in _subscriptions_of(one, topic, SubscriptionStatus.PAUSED)
    ]
    method = Method.NONE if source == Source.SYSTEM else Method.BUTTON
    return [
        ledger.record(
            row.address,
            row.topic,
            EventKind.RESUMED,
            interaction_id=interaction_id,
            source=source,
            method=method,
            proof=proof,
        )
        for row in rows
    ]


def finished_pauses() -> QuerySet[Subscription]:
    """Pauses whose time has come."""
    return Subscription.objects.filter(status=SubscriptionStatus.PAUSED, paused_until__lte=timezone.now()).order_by(
        "pk"
    )


@transaction.atomic
def end_pause(subscription_id: int) -> None:
    """A pause ends by itself. Harmless twice."""
    address = Address.objects.select_for_update(no_key=True, of=["self"]).get(subscriptions=subscription_id)
    row = finished_pauses().select_related("topic").filter(pk=subscription_id).first()
    if row and not address.erased_at:
        interaction_id = uuid.uuid4()
        ledger.record(
            address,
            row.topic,
            EventKind.RESUMED,
            interaction_id=interaction_id,
            source=Source.SYSTEM,
            method=Method.NONE,
        )


@transaction.atomic
def set_frequency_cap(
    address: Address,
    topic: Topic | None,
    *,
    most_per_month: int | None,
    source: Source,
    proof: Proof = NO_PROOF,
    interaction_id: uuid.UUID | None = None,
) -> FrequencyCap | None:
    """At most so many messages in any 30 days about this topic (or overall); None takes the limit away.

    Harmless twice. Raises NotAllowed for a number below 1 or above HIGHEST_LIMIT.
    """
    if most_per_month is not None and not 1 <= most_per_month <= MAX_PER_MONTH:
        raise NotAllowed(_("Choose a number from 1 to 99."))
    for one in lock_all_addresses(address):
        send_fence.wait_after_commit(one)
    standing = FrequencyCap.objects.filter(contact=address.contact, topic=topic).first()
    if (standing.most_per_month if standing else None) == most_per_month:
        return standing
    said = ledger.EventDetails(
        interaction_id=interaction_id or uuid.uuid4(),
        source=source,
        method=Method.BUTTON,
        most_per_month=most_per_month,
    )
    row = standing or FrequencyCap(contact=address.contact, topic=topic)
    row.event = ledger.append(address, topic, EventKind.LIMITED, proof=proof, **said)
    row.most_per_month = most_per_month
    audit.save_with_history(row, by=None)
    return row


def lock_all_addresses(address: Address) -> list[Address]:
    """Every address of the same person, locked in id order."""
    send_fence.lock_addresses(Address.objects.live().filter(contact=address.contact_id).values_list("pk", flat=True))
    return list(Address.objects.live().filter(contact=address.contact_id).select_related("contact").order_by("pk"))


def _subscriptions_of(address: Address, topic: Topic | None, *statuses: str) -> QuerySet[Subscription]:
    rows = address.subscriptions.filter(status__in=statuses).select_related("topic", "address")
    return rows.filter(topic=topic) if topic else rows
