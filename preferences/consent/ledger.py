"""The sum of what a person said.

Events are facts; a Subscription is what they add up to: `after` is the one rule of that sum, `record`
applies it as things happen, and `fold` replays it from the beginning.

Writes: ConsentEvent, Evidence, Subscription.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Required, TypedDict, Unpack
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences import audit
from preferences.consent import evidence
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.errors import NotAllowed
from preferences.models import (
    Address,
    Basis,
    ConsentEvent,
    ConsentFormVersion,
    Evidence,
    Notice,
    ServiceMessage,
    Subscription,
    Topic,
)
from preferences.rulebook import consent_requirements

EventKind = ConsentEvent.Kind
SubscriptionStatus = Subscription.Status

# What an event makes of a subscription. A pair that is not here leaves it as it was.
STATUS_AFTER: dict[tuple[str | None, str], str] = {
    (None, EventKind.ASKED): SubscriptionStatus.PENDING,
    (SubscriptionStatus.ENDED, EventKind.ASKED): SubscriptionStatus.PENDING,
    (SubscriptionStatus.PENDING, EventKind.EXPIRED): SubscriptionStatus.ENDED,
    (SubscriptionStatus.ACTIVE, EventKind.EXPIRED): SubscriptionStatus.ENDED,
    (SubscriptionStatus.PAUSED, EventKind.EXPIRED): SubscriptionStatus.ENDED,
    (SubscriptionStatus.ACTIVE, EventKind.PAUSED): SubscriptionStatus.PAUSED,
    (SubscriptionStatus.PAUSED, EventKind.RESUMED): SubscriptionStatus.ACTIVE,
} | {(status, EventKind.GRANTED): SubscriptionStatus.ACTIVE for status in [None, *SubscriptionStatus]}
ENDING = (EventKind.REFUSED, EventKind.WITHDRAWN, EventKind.INVALIDATED)
TERMS = (EventKind.GRANTED, EventKind.PAUSED)  # said again, they bring a new term with them


class EventDetails(TypedDict, total=False):
    """How something was said: in which act, by which door, under which words, and who wrote it down."""

    interaction_id: Required[UUID]
    source: Required[str]
    method: Required[str]
    notice: Notice | None
    origin: UUID | None
    by: User | None
    until: datetime | None
    most_per_month: int | None
    form: ConsentFormVersion | None
    basis: str
    basis_on: date | None


def status_after(status: str | None, kind: str) -> str | None:
    """The status of a subscription after this event."""
    if kind in ENDING:
        return SubscriptionStatus.ENDED
    return STATUS_AFTER.get((status, kind), status)


def fold(address: Address, topic: Topic, *, before: ConsentEvent | None = None) -> str | None:
    """What the ledger adds up to for this address and topic, computed afresh; None when nothing was said."""
    status = None
    for kind, about in _events_before(address, topic, before):
        if about is None and status is None:
            continue
        status = status_after(status, kind)
    return status


def _events_before(address: Address, topic: Topic, before: ConsentEvent | None) -> Iterable[tuple[str, int | None]]:
    said = ConsentEvent.objects.filter(Q(topic=topic) | Q(topic=None), address=address)
    said = said.filter(pk__lt=before.pk) if before else said
    return said.order_by("pk").values_list("kind", "topic_id")


def subscription_status(address: Address, topic: Topic) -> str | None:
    """How this address stands to this topic; None when nothing was said."""
    return Subscription.objects.filter(address=address, topic=topic).values_list("status", flat=True).first()


def has_lasting_consent(address: Address, topic: Topic) -> bool:
    """Is there a yes of their own that does not run out by itself?"""
    rows = Subscription.objects.filter(address=address, topic=topic, status=SubscriptionStatus.ACTIVE, expires_at=None)
    return rows.filter(granted__basis=Basis.EXPRESS).exists()


def is_stronger_consent(address: Address, topic: Topic, basis: str, basis_on: date | None) -> bool:
    """Would this yes be stronger than the implied one that stands?"""
    rows = Subscription.objects.filter(
        address=address, topic=topic, status=SubscriptionStatus.ACTIVE, granted__isnull=False
    )
    standing = rows.values_list("granted__basis", "granted__basis_on").first()
    return standing is not None and consent_requirements.is_stronger_basis(
        basis, basis_on, than=standing[0], since=standing[1]
    )


def standing_withdrawal(address: Address, topic: Topic) -> Subscription | None:
    """The subscription, if the person themselves ended it; one that ran out was never a "no"."""
    ended = Subscription.objects.filter(address=address, topic=topic, status=SubscriptionStatus.ENDED)
    return ended.filter(event__kind__in=[EventKind.REFUSED, EventKind.WITHDRAWN]).first()


def is_latest_event(event: ConsentEvent) -> bool:
    """Nothing was said about this topic, or about everything, since the question."""
    later = ConsentEvent.objects.filter(address=event.address, pk__gt=event.pk)
    return not later.filter(Q(topic=event.topic) | Q(topic=None)).exists()


def unanswered_requests(service_message: ServiceMessage) -> list[ConsentEvent]:
    """What was asked in the act that this reply answers, as far as nothing was said about it since."""
    asked = ConsentEvent.objects.filter(
        interaction_id=service_message.interaction_id, address=service_message.address_id, kind=EventKind.ASKED
    )
    return [event for event in asked.select_related("topic", "notice") if is_latest_event(event)]


def record(
    address: Address,
    topic: Topic,
    kind: str,
    *,
    proof: Proof = NO_PROOF,
    occurred_at: datetime | None = None,
    **said: Unpack[EventDetails],
) -> Subscription:
    """Write the event, and change the subscription to what it makes of it."""
    event = append(address, topic, kind, proof=proof, occurred_at=occurred_at, **said)
    subscription = Subscription.objects.filter(address=address, topic=topic).first()
    return apply(subscription or Subscription(address=address, topic=topic), event)


def append(
    address: Address,
    topic: Topic | None,
    kind: str,
    *,
    proof: Proof = NO_PROOF,
    occurred_at: datetime | None = None,
    **said: Unpack[EventDetails],
) -> ConsentEvent:
    """Write one fact, and its evidence beside it. Raises NotAllowed for a forgotten person."""
    if address.erased_at:
        raise NotAllowed(_("This person's data was erased at their request. A new sign-up starts a new record."))
    personal: Evidence
    commitment, personal = evidence.prepare_evidence(address, proof)
    event = ConsentEvent.objects.create(
        address=address,
        topic=topic,
        kind=kind,
        occurred_at=occurred_at or timezone.now(),
        commitment=commitment,
        **said,
    )
    personal.event = event
    personal.save(force_insert=True)
    return event


def apply(subscription: Subscription, event: ConsentEvent) -> Subscription:
    """Change the subscription to what the event makes of it; an ending also becomes the reason on record."""
    status = status_after(subscription.status or None, event.kind)
    if status is None:
        raise NotAllowed(_("There is no consent history for this topic here. Ask for consent first."))
    if subscription.pk and status == subscription.status and event.kind not in (*ENDING, *TERMS):
        return subscription
    subscription.status, subscription.event = status, event
    subscription.paused_until = event.until if status == SubscriptionStatus.PAUSED else None
    if event.kind in (EventKind.ASKED, EventKind.GRANTED):
        subscription.expires_at = event.until
    if event.kind == EventKind.GRANTED:
        subscription.granted = event
    audit.save_with_history(subscription, by=event.by)
    return subscription
