"""Everything a person can say, and what it changes. The ledger is written in events.py, stops in suppressions.py.

Every verb locks the Address, checks, records the fact, changes the state, and returns the fresh row.
Whatever ends something also waits, after its commit, until no hand-over to the address is in flight.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences import events, fence, replies
from preferences.errors import NotAllowed
from preferences.events import after, fold
from preferences.evidence import NOTHING, Proof
from preferences.models import (
    OWN_ACTS,
    Address,
    ConsentEvent,
    Method,
    Notice,
    Reply,
    Sender,
    Source,
    Subscription,
    Suppression,
    Topic,
)
from preferences.suppressions import lift, lift_own, suppress

__all__ = ["after", "ask", "complain", "confirm", "expire", "fold", "grant", "invalidate", "lift", "refuse"]
__all__ += ["suppress", "withdraw", "withdraw_all"]

Kind = ConsentEvent.Kind
Status = Subscription.Status
Reason = Suppression.Reason


@transaction.atomic
def ask(
    address: Address,
    notices: Iterable[Notice],
    *,
    source: Source,
    method: Method = Method.CHECKBOX,
    proof: Proof = NOTHING,
    by: User | None = None,
) -> Reply | None:
    """Somebody asked for these topics for this address: record it, and owe a confirmation.

    Says nothing to the door about what was already so: an address that has everything is sent its link
    instead, an address that must never be written to again gets nothing, and both look the same outside.
    An address that is suppressed is asked anew: confirming is how its owner takes the stop back.
    """
    notices = list(notices)
    address = _locked(address)
    standing = _what_stops(address)
    if Reason.PERMANENT in standing or not notices:
        return None
    act = uuid.uuid4()
    new = [notice for notice in notices if standing or events.status(address, notice.topic) != Status.ACTIVE]
    for notice in new:
        events.record(
            address, notice.topic, Kind.ASKED, act=act, source=source, method=method, notice=notice, proof=proof, by=by
        )
    kind = Reply.Kind.CONFIRM if new else Reply.Kind.LINK
    return replies.owe(address, kind, sender=notices[0].topic.sender, act=act)


@transaction.atomic
def confirm(
    reply: Reply,
    *,
    source: Source = Source.CONFIRM,
    method: Method = Method.DOUBLE_OPT_IN,
    proof: Proof = NOTHING,
) -> list[Subscription]:
    """The owner of the address says yes to what was asked in that act; a question since withdrawn stays closed."""
    address = _locked(reply.address)
    open_questions = events.open_questions(reply)
    if not open_questions:
        return []
    act = uuid.uuid4()
    _mark_verified(address)
    lift_own(address, because="The person confirmed a new sign-up.")
    subscriptions = [
        events.record(
            address, event.topic, Kind.GRANTED, act=act, source=source, method=method, notice=event.notice, proof=proof
        )
        for event in open_questions
        if event.topic
    ]
    replies.owe(address, Reply.Kind.SIGNED_UP, sender=reply.sender, act=act)
    return subscriptions


@transaction.atomic
def grant(
    address: Address,
    topic: Topic,
    *,
    source: Source,
    method: Method,
    notice: Notice | None = None,
    proof: Proof = NOTHING,
    occurred_at: datetime | None = None,
    act: uuid.UUID | None = None,
    by: User | None = None,
) -> Subscription:
    """The person said yes, and there is proof. Raises NotAllowed when this door may not undo an earlier "no"."""
    address = _locked(address)
    status = events.status(address, topic)
    _refuse_overriding(address, status, source=source)
    if source in OWN_ACTS:
        lift_own(address, because="The person said yes again.")
    if status == Status.ACTIVE:
        return Subscription.objects.get(address=address, topic=topic)
    return events.record(
        address,
        topic,
        Kind.GRANTED,
        act=act or uuid.uuid4(),
        source=source,
        method=method,
        notice=notice,
        proof=proof,
        occurred_at=occurred_at,
        by=by,
    )


@transaction.atomic
def refuse(
    address: Address, topic: Topic, *, source: Source, notice: Notice | None = None, proof: Proof = NOTHING
) -> Subscription:
    """The person was asked and said no."""
    address = _locked(address)
    fence.wait_after_commit(address)
    replies.drop(address, Reply.Kind.CONFIRM, reason="The person said no first.")
    act = uuid.uuid4()
    return events.record(
        address, topic, Kind.REFUSED, act=act, source=source, method=Method.BUTTON, notice=notice, proof=proof
    )


@transaction.atomic
def withdraw(
    address: Address,
    topic: Topic,
    *,
    source: Source,
    method: Method = Method.BUTTON,
    origin: uuid.UUID | None = None,
    proof: Proof = NOTHING,
    act: uuid.UUID | None = None,
    by: User | None = None,
) -> Subscription:
    """The person wants nothing more about this topic here. Harmless twice: one event, one confirmation."""
    address = _locked(address)
    fence.wait_after_commit(address)
    if standing := events.standing_no(address, topic):
        return standing
    act = act or uuid.uuid4()
    ended = events.record(
        address, topic, Kind.WITHDRAWN, act=act, source=source, method=method, origin=origin, proof=proof, by=by
    )
    _settle(address, topic.sender, act=act)
    return ended


@transaction.atomic
def withdraw_all(
    address: Address,
    *,
    sender: Sender,
    source: Source,
    method: Method = Method.BUTTON,
    origin: uuid.UUID | None = None,
    proof: Proof = NOTHING,
    act: uuid.UUID | None = None,
    by: User | None = None,
) -> Suppression:
    """Everything off for this address: one event about everything, all topics ended, and a stop. Harmless twice.

    `sender` is on whose behalf the one confirmation goes out.
    """
    address = _locked(address)
    fence.wait_after_commit(address)
    stopped = Suppression.objects.of(address).in_force().filter(reason=Reason.STOPPED, scope=Suppression.EVERYTHING)
    if (standing := stopped.first()) and not address.subscriptions.exclude(status=Status.ENDED).exists():
        return standing
    act = act or uuid.uuid4()
    event = events.append(
        address, None, Kind.WITHDRAWN, act=act, source=source, method=method, origin=origin, proof=proof, by=by
    )
    for subscription in address.subscriptions.exclude(status=Status.ENDED):
        events.apply(subscription, event)
    suppression = suppress(address, Reason.STOPPED, detail=str(Source(source).label))
    _settle(address, sender, act=act)
    return suppression


@transaction.atomic
def expire(address: Address, topic: Topic) -> Subscription:
    """Nobody spoke, and the time is over: a question unanswered, or a consent past its term."""
    address = _locked(address)
    return events.record(address, topic, Kind.EXPIRED, act=uuid.uuid4(), source=Source.SYSTEM, method=Method.NONE)


@transaction.atomic
def invalidate(
    address: Address, topic: Topic, *, source: Source, proof: Proof = NOTHING, by: User | None = None
) -> Subscription:
    """The consent on record was never good: wrong person, wrong number, no proof."""
    address = _locked(address)
    fence.wait_after_commit(address)
    act = uuid.uuid4()
    return events.record(
        address, topic, Kind.INVALIDATED, act=act, source=source, method=Method.NONE, proof=proof, by=by
    )


@transaction.atomic
def complain(address: Address, *, provider: str, origin: uuid.UUID | None = None) -> Suppression:
    """A spam complaint is a "no" to everything on this address. Harmless twice."""
    address = _locked(address)
    fence.wait_after_commit(address)
    replies.drop(address, Reply.Kind.CONFIRM, Reply.Kind.SIGNED_UP, reason="The person complained.")
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


def _locked(address: Address) -> Address:
    """The fresh row, ours until the transaction ends. Whoever sends to it waits, or has already sent."""
    return Address.objects.select_for_update(no_key=True).get(pk=address.pk)


def _what_stops(address: Address) -> set[str]:
    """The reasons for which nothing is sent here now."""
    return set(Suppression.objects.of(address).in_force().values_list("reason", flat=True))


def _refuse_overriding(address: Address, status: str | None, *, source: str) -> None:
    """An earlier "no" stands until the person takes it back themselves."""
    standing = _what_stops(address)
    if Reason.PERMANENT in standing:
        raise NotAllowed(_("This address must never be written to again."))
    if source in OWN_ACTS:
        return
    if standing or status == Status.ENDED:
        raise NotAllowed(_("This person opted out. Only they can opt in again, by confirming a new sign-up."))


def _mark_verified(address: Address) -> None:
    if address.verified_at is None:
        address.verified_at = timezone.now()
        address.save(update_fields=["verified_at"])


def _settle(address: Address, sender: Sender, *, act: uuid.UUID) -> None:
    """A "no" takes back the questions still on their way, and is confirmed once, to the person who said it."""
    replies.drop(address, Reply.Kind.CONFIRM, Reply.Kind.SIGNED_UP, reason="The person opted out first.")
    replies.owe(address, Reply.Kind.OPTED_OUT, sender=sender, act=act)
