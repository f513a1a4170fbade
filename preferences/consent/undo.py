"""Putting a change back: everything that one act changed, and nothing else.

Who may press it is the door's business: the browser in which the change was made a moment ago, or whoever holds
the link in the message that told of it. What was said since stands: only a last word is taken back.
"""

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.consent import frequency, ledger, suppressions
from preferences.consent import service as consent
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.errors import NotAllowed
from preferences.models import (
    Address,
    CancelReason,
    ConsentEvent,
    FrequencyCap,
    LiftReason,
    Method,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
    Topic,
)
from preferences.outbox import service as outbox

EventKind = ConsentEvent.Kind
SubscriptionStatus = Subscription.Status
OPPOSITES = (EventKind.WITHDRAWN, EventKind.REFUSED)


def undoable_events(address: Address, interaction_id: uuid.UUID) -> list[ConsentEvent]:
    """What that act changed for this address and has not been changed again since."""
    said = ConsentEvent.objects.filter(address=address, interaction_id=interaction_id).select_related(
        "topic__sender", "notice", "address"
    )
    return [event for event in said.order_by("pk") if _still_stands(event)]


def can_undo(address: Address, interaction_id: uuid.UUID) -> bool:
    """Is anything of that act left to be put back, on any address of the person? As many queries, however large."""
    if consent.has_permanent_opt_out(address):
        return False
    rows = _not_overruled(
        Subscription.objects.filter(
            address__contact=address.contact_id, address__erased_at=None, event__interaction_id=interaction_id
        )
    )
    frequency_caps = FrequencyCap.objects.filter(contact=address.contact_id, event__interaction_id=interaction_id)
    return (
        rows.filter(event__kind__in=[*OPPOSITES, EventKind.GRANTED, EventKind.PAUSED]).exists()
        or frequency_caps.exists()
    )


@transaction.atomic
def undo_act(address: Address, interaction_id: uuid.UUID, *, proof: Proof = NO_PROOF) -> list[ConsentEvent]:
    """Everything as it was before that act. Harmless twice. Raises NotAllowed after "never again"."""
    frequency.lock_all_addresses(address)
    return _undo_events(Address.objects.get(pk=address.pk), interaction_id, uuid.uuid4(), proof)


@transaction.atomic
def undo_act_everywhere(address: Address, interaction_id: uuid.UUID, *, proof: Proof = NO_PROOF) -> list[ConsentEvent]:
    """The same on every address of the person, for the browser in which that act was done. Raises NotAllowed."""
    new_act = uuid.uuid4()
    theirs = [
        one for one in frequency.lock_all_addresses(address) if one == address or not consent.has_permanent_opt_out(one)
    ]
    return [event for one in theirs for event in _undo_events(one, interaction_id, new_act, proof)]


def _undo_events(address: Address, interaction_id: uuid.UUID, new_act: uuid.UUID, proof: Proof) -> list[ConsentEvent]:
    if consent.has_permanent_opt_out(address):
        raise NotAllowed(_("You asked us never to contact you again. Sign up again if you have changed your mind."))
    standing = undoable_events(address, interaction_id)
    for event in standing:
        _reverse(event, new_act, proof)
    if any(event.kind in OPPOSITES for event in standing):
        _notify_person(address, interaction_id, new_act)
    return standing


def _reverse(event: ConsentEvent, interaction_id: uuid.UUID, proof: Proof) -> None:
    address, topic = event.address, event.topic
    if event.kind in OPPOSITES:
        _restore(event, interaction_id, proof)
    elif event.kind == EventKind.PAUSED:
        _unpause(event, interaction_id, proof)
    elif event.kind == EventKind.LIMITED:
        before = _cap_before(event)
        frequency.set_frequency_cap(
            address, topic, most_per_month=before, source=Source.UNDO, proof=proof, interaction_id=interaction_id
        )
    elif topic and event.kind in (EventKind.GRANTED, EventKind.ASKED):
        consent.withdraw(address, topic, source=Source.UNDO, proof=proof, interaction_id=interaction_id)


def _restore(event: ConsentEvent, interaction_id: uuid.UUID, proof: Proof) -> None:
    """Give back the topics that this "no" ended: under the words agreed to then, and for no longer than then."""
    if event.topic is None:
        suppressions.lift_since(event.address, event.recorded_at, because=LiftReason.UNDONE)
    ended = event.address.subscriptions.filter(event=event, status=SubscriptionStatus.ENDED).select_related(
        "topic", "address"
    )
    for row in ended:
        if ledger.fold(event.address, row.topic, before=event) in (
            SubscriptionStatus.ACTIVE,
            SubscriptionStatus.PAUSED,
        ) and not _is_over(row):
            agreed, pause = _previous_grant(event, row.topic), _pause_before(row, event.interaction_id)
            said = ledger.EventDetails(
                interaction_id=interaction_id, source=Source.UNDO, method=Method.BUTTON, until=row.expires_at
            )
            said["notice"] = agreed.notice if agreed else None
            ledger.record(event.address, row.topic, EventKind.GRANTED, proof=proof, **said)
            if pause:
                _pause_again(row, pause, interaction_id, proof)


def _unpause(event: ConsentEvent, interaction_id: uuid.UUID, proof: Proof) -> None:
    """A wish holds for the person, so on all their addresses: each goes on, or is in the pause it was in before."""
    paused = Subscription.objects.filter(
        address__contact=event.address.contact_id,
        event__interaction_id=event.interaction_id,
        status=SubscriptionStatus.PAUSED,
    )
    rows = paused.filter(topic=event.topic) if event.topic else paused
    said = ledger.EventDetails(interaction_id=interaction_id, source=Source.UNDO, method=Method.BUTTON)
    for row in rows.select_related("topic", "address"):
        if pause := _pause_before(row, event.interaction_id):
            _pause_again(row, pause, interaction_id, proof)
        else:
            ledger.record(row.address, row.topic, EventKind.RESUMED, proof=proof, **said)


def _pause_again(row: Subscription, pause: ConsentEvent, interaction_id: uuid.UUID, proof: Proof) -> None:
    said = ledger.EventDetails(
        interaction_id=interaction_id, source=Source.UNDO, method=Method.BUTTON, until=pause.until
    )
    ledger.record(row.address, row.topic, EventKind.PAUSED, proof=proof, **said)


def _pause_before(row: Subscription, interaction_id: uuid.UUID) -> ConsentEvent | None:
    """The pause in which this topic was before that act, if its time is still to come."""
    first = ConsentEvent.objects.filter(address=row.address, interaction_id=interaction_id).earliest("pk")
    if ledger.fold(row.address, row.topic, before=first) != SubscriptionStatus.PAUSED:
        return None
    said = ConsentEvent.objects.filter(Q(topic=row.topic) | Q(topic=None), address=row.address, pk__lt=first.pk)
    pause = said.filter(kind=EventKind.PAUSED).order_by("-pk").first()
    return pause if pause and pause.until and pause.until > timezone.now() else None


def _is_over(row: Subscription) -> bool:
    """Was it given for a while that has passed?"""
    return bool(row.expires_at and row.expires_at <= timezone.now())


def _previous_grant(event: ConsentEvent, topic: Topic) -> ConsentEvent | None:
    """The yes that stood before."""
    granted = ConsentEvent.objects.filter(address=event.address, topic=topic, kind=EventKind.GRANTED, pk__lt=event.pk)
    return granted.select_related("notice").order_by("-pk").first()


def _cap_before(event: ConsentEvent) -> int | None:
    earlier = ConsentEvent.objects.filter(
        address__contact=event.address.contact_id, topic=event.topic, kind=EventKind.LIMITED, pk__lt=event.pk
    ).exclude(interaction_id=event.interaction_id)
    return earlier.order_by("-pk").values_list("most_per_month", flat=True).first()


def _still_stands(event: ConsentEvent) -> bool:
    if event.kind == EventKind.LIMITED:
        return FrequencyCap.objects.filter(event=event).exists()
    rows = _not_overruled(Subscription.objects.filter(address=event.address, event=event))
    return rows.exists() or (
        event.topic is None and event.kind == EventKind.WITHDRAWN and ledger.is_latest_event(event)
    )


def _not_overruled(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """What was ended keeps its first "no" on record. A later one about everything stands all the same."""
    everything = ConsentEvent.objects.filter(
        address=OuterRef("address"), topic=None, kind__in=ledger.ENDING, pk__gt=OuterRef("event")
    )
    complained = Suppression.objects.in_force().filter(
        fingerprint=OuterRef("address__fingerprint"),
        reason=Suppression.Reason.COMPLAINED,
        since__gt=OuterRef("event__recorded_at"),
    )
    return rows.exclude(Q(event__kind__in=OPPOSITES) & (Q(Exists(everything)) | Q(Exists(complained))))


def _notify_person(address: Address, interaction_id: uuid.UUID, new_act: uuid.UUID) -> None:
    """What was not said yet need not be said any more; the yes that stands again is confirmed with its ways out."""
    outbox.cancel_queued(address, ServiceMessage.Kind.UNSUBSCRIBED, reason=CancelReason.UNDONE)
    restored = (
        address.events.filter(interaction_id=new_act, kind=EventKind.GRANTED).select_related("topic__sender").first()
    )
    if restored and restored.topic:
        outbox.enqueue(address, ServiceMessage.Kind.SUBSCRIBED, sender=restored.topic.sender, interaction_id=new_act)
