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
from preferences.consent.evidence import NOTHING, Proof
from preferences.errors import NotAllowed
from preferences.models import Address, ConsentEvent, Limit, Method, Reply, Source, Subscription, Suppression, Topic
from preferences.outbox import service as outbox

Kind = ConsentEvent.Kind
Status = Subscription.Status
AGAINST = (Kind.WITHDRAWN, Kind.REFUSED)


def changes(address: Address, act: uuid.UUID) -> list[ConsentEvent]:
    """What that act changed for this address and has not been changed again since."""
    said = ConsentEvent.objects.filter(address=address, act=act).select_related("topic__sender", "notice", "address")
    return [event for event in said.order_by("pk") if _still_stands(event)]


def is_possible(address: Address, act: uuid.UUID) -> bool:
    """Is anything of that act left to be put back, on any address of the person? As many queries, however large."""
    if consent.never_again(address):
        return False
    rows = _not_overruled(
        Subscription.objects.filter(address__contact=address.contact_id, address__erased_at=None, event__act=act)
    )
    limits = Limit.objects.filter(contact=address.contact_id, event__act=act)
    return rows.filter(event__kind__in=[*AGAINST, Kind.GRANTED, Kind.PAUSED]).exists() or limits.exists()


@transaction.atomic
def put_back(address: Address, act: uuid.UUID, *, proof: Proof = NOTHING) -> list[ConsentEvent]:
    """Everything as it was before that act. Harmless twice. Raises NotAllowed after "never again"."""
    frequency.lock_all(address)
    return _put_back(Address.objects.get(pk=address.pk), act, uuid.uuid4(), proof)


@transaction.atomic
def put_back_everywhere(address: Address, act: uuid.UUID, *, proof: Proof = NOTHING) -> list[ConsentEvent]:
    """The same on every address of the person, for the browser in which that act was done. Raises NotAllowed."""
    new_act = uuid.uuid4()
    theirs = [one for one in frequency.lock_all(address) if one == address or not consent.never_again(one)]
    return [event for one in theirs for event in _put_back(one, act, new_act, proof)]


def _put_back(address: Address, act: uuid.UUID, new_act: uuid.UUID, proof: Proof) -> list[ConsentEvent]:
    if consent.never_again(address):
        raise NotAllowed(_("You asked us never to contact you again. Sign up again if you have changed your mind."))
    standing = changes(address, act)
    for event in standing:
        _reverse(event, new_act, proof)
    if any(event.kind in AGAINST for event in standing):
        _tell(address, act, new_act)
    return standing


def _reverse(event: ConsentEvent, act: uuid.UUID, proof: Proof) -> None:
    address, topic = event.address, event.topic
    if event.kind in AGAINST:
        _restore(event, act, proof)
    elif event.kind == Kind.PAUSED:
        _unpause(event, act, proof)
    elif event.kind == Kind.LIMITED:
        before = _limit_before(event)
        frequency.limit(address, topic, most_per_month=before, source=Source.UNDO, proof=proof, act=act)
    elif topic and event.kind in (Kind.GRANTED, Kind.ASKED):
        consent.withdraw(address, topic, source=Source.UNDO, proof=proof, act=act)


def _restore(event: ConsentEvent, act: uuid.UUID, proof: Proof) -> None:
    """Give back the topics that this "no" ended: under the words agreed to then, and for no longer than then."""
    if event.topic is None:
        suppressions.lift_since(event.address, event.recorded_at, because="The person put it back.")
    ended = event.address.subscriptions.filter(event=event, status=Status.ENDED).select_related("topic", "address")
    for row in ended:
        if ledger.fold(event.address, row.topic, before=event) in (Status.ACTIVE, Status.PAUSED) and not _is_over(row):
            agreed, pause = _agreed(event, row.topic), _pause_before(row, event.act)
            said = ledger.Said(act=act, source=Source.UNDO, method=Method.BUTTON, until=row.expires_at)
            said["notice"] = agreed.notice if agreed else None
            ledger.record(event.address, row.topic, Kind.GRANTED, proof=proof, **said)
            if pause:
                _pause_again(row, pause, act, proof)


def _unpause(event: ConsentEvent, act: uuid.UUID, proof: Proof) -> None:
    """A wish holds for the person, so on all their addresses: each goes on, or is in the pause it was in before."""
    paused = Subscription.objects.filter(
        address__contact=event.address.contact_id, event__act=event.act, status=Status.PAUSED
    )
    rows = paused.filter(topic=event.topic) if event.topic else paused
    said = ledger.Said(act=act, source=Source.UNDO, method=Method.BUTTON)
    for row in rows.select_related("topic", "address"):
        if pause := _pause_before(row, event.act):
            _pause_again(row, pause, act, proof)
        else:
            ledger.record(row.address, row.topic, Kind.RESUMED, proof=proof, **said)


def _pause_again(row: Subscription, pause: ConsentEvent, act: uuid.UUID, proof: Proof) -> None:
    said = ledger.Said(act=act, source=Source.UNDO, method=Method.BUTTON, until=pause.until)
    ledger.record(row.address, row.topic, Kind.PAUSED, proof=proof, **said)


def _pause_before(row: Subscription, act: uuid.UUID) -> ConsentEvent | None:
    """The pause in which this topic was before that act, if its time is still to come."""
    first = ConsentEvent.objects.filter(address=row.address, act=act).earliest("pk")
    if ledger.fold(row.address, row.topic, before=first) != Status.PAUSED:
        return None
    said = ConsentEvent.objects.filter(Q(topic=row.topic) | Q(topic=None), address=row.address, pk__lt=first.pk)
    pause = said.filter(kind=Kind.PAUSED).order_by("-pk").first()
    return pause if pause and pause.until and pause.until > timezone.now() else None


def _is_over(row: Subscription) -> bool:
    """Was it given for a while that has passed?"""
    return bool(row.expires_at and row.expires_at <= timezone.now())


def _agreed(event: ConsentEvent, topic: Topic) -> ConsentEvent | None:
    """The yes that stood before."""
    granted = ConsentEvent.objects.filter(address=event.address, topic=topic, kind=Kind.GRANTED, pk__lt=event.pk)
    return granted.select_related("notice").order_by("-pk").first()


def _limit_before(event: ConsentEvent) -> int | None:
    earlier = ConsentEvent.objects.filter(
        address__contact=event.address.contact_id, topic=event.topic, kind=Kind.LIMITED, pk__lt=event.pk
    ).exclude(act=event.act)
    return earlier.order_by("-pk").values_list("most_per_month", flat=True).first()


def _still_stands(event: ConsentEvent) -> bool:
    if event.kind == Kind.LIMITED:
        return Limit.objects.filter(event=event).exists()
    rows = _not_overruled(Subscription.objects.filter(address=event.address, event=event))
    return rows.exists() or (event.topic is None and event.kind == Kind.WITHDRAWN and ledger.is_last_word(event))


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
    return rows.exclude(Q(event__kind__in=AGAINST) & (Q(Exists(everything)) | Q(Exists(complained))))


def _tell(address: Address, act: uuid.UUID, new_act: uuid.UUID) -> None:
    """What was not said yet need not be said any more; the yes that stands again is confirmed with its ways out."""
    outbox.drop(address, Reply.Kind.OPTED_OUT, reason="The person put it back first.")
    restored = address.events.filter(act=new_act, kind=Kind.GRANTED).select_related("topic__sender").first()
    if restored and restored.topic:
        outbox.owe(address, Reply.Kind.SIGNED_UP, sender=restored.topic.sender, act=new_act)
