"""Everything a person can say, and what it changes. The ledger is written in events.py, stops in suppressions.py.

Every verb locks the Address, checks, records the fact, changes the state, and returns the fresh row.
Whatever ends something also waits, after its commit, until no hand-over to the address is in flight.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.consent import ledger
from preferences.consent.endings import complain, expire, invalidate
from preferences.consent.evidence import NOTHING, Proof
from preferences.consent.ledger import after, fold
from preferences.consent.renewal import keep, mark_verified
from preferences.consent.suppressions import lift, lift_own, suppress, what_stops
from preferences.errors import NotAllowed
from preferences.models import (
    OWN_ACTS,
    Address,
    Basis,
    Channel,
    ConsentEvent,
    ConsentFormVersion,
    Method,
    Notice,
    Reply,
    Sender,
    Source,
    Subscription,
    Suppression,
    Topic,
)
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

__all__ = ["after", "ask", "complain", "confirm", "expire", "fold", "grant", "invalidate", "lift", "refuse"]
__all__ += ["keep", "mark_verified", "never_again", "suppress", "withdraw", "withdraw_all", "withdraw_for_good"]

Kind = ConsentEvent.Kind
Status = Subscription.Status
Reason = Suppression.Reason
NOT_THEIR_OWN = (Source.STAFF, Source.IMPORT)  # whoever is told of a change because they did not make it


@transaction.atomic
def ask(
    address: Address,
    notices: Iterable[Notice],
    *,
    source: Source,
    method: Method = Method.CHECKBOX,
    form: ConsentFormVersion | None = None,
    proof: Proof = NOTHING,
    by: User | None = None,
) -> Reply | None:
    """Somebody asked for these topics for this address: record it, and owe a confirmation.

    Says nothing to the door about what was already so: an address that has everything is sent its link
    instead, an address that must never be written to again gets nothing, and both look the same outside.
    An address that is suppressed is asked anew: confirming is how its owner takes the stop back. After "never
    again" that is asked at most once in 30 days, so that no stranger can make us break the promise.
    """
    notices = list(notices)
    address = send_fence.hold(address)
    standing = what_stops(address)
    if not notices or (Reason.PERMANENT in standing and _asked_lately(address)):
        return None
    act = uuid.uuid4()
    new = [notice for notice in notices if standing or not ledger.holds(address, notice.topic)]
    record = partial(ledger.record, address, act=act, source=source, method=method, form=form, proof=proof, by=by)
    for notice in new:
        record(notice.topic, Kind.ASKED, notice=notice)
    sender = notices[0].topic.sender
    if new and not standing and address.channel == Channel.EMAIL:
        outbox.owe_reminder(address, sender=sender, act=act)
    return outbox.owe(address, Reply.Kind.CONFIRM if new else Reply.Kind.LINK, sender=sender, act=act)


@transaction.atomic
def confirm(
    reply: Reply,
    *,
    source: Source = Source.CONFIRM,
    method: Method = Method.DOUBLE_OPT_IN,
    proof: Proof = NOTHING,
    even_never_again: bool = False,
) -> list[Subscription]:
    """The owner of the address says yes to what was asked in that act; a question since withdrawn stays closed.

    Raises NotAllowed for somebody who said "never again", unless they were warned that this takes it back.
    """
    address = send_fence.hold(reply.address)
    open_questions = ledger.open_questions(reply)
    if not open_questions:
        return []
    if never_again(address) and not even_never_again:
        raise NotAllowed(_("You asked us never to contact you again. Tick the box if you have changed your mind."))
    act = uuid.uuid4()
    mark_verified(address)
    outbox.drop(address, Reply.Kind.REMINDER, reason="They have answered.")
    lift_own(address, because="The person confirmed a new sign-up.", even_never_again=even_never_again)
    subscriptions = [
        ledger.record(
            address,
            event.topic,
            Kind.GRANTED,
            act=act,
            source=source,
            method=method,
            notice=event.notice,
            form=event.form,
            proof=proof,
        )
        for event in open_questions
        if event.topic
    ]
    outbox.owe(address, Reply.Kind.SIGNED_UP, sender=reply.sender, act=act)
    return subscriptions


@transaction.atomic
def grant(
    address: Address,
    topic: Topic,
    *,
    source: Source,
    method: Method,
    notice: Notice | None = None,
    form: ConsentFormVersion | None = None,
    proof: Proof = NOTHING,
    occurred_at: datetime | None = None,
    until: datetime | None = None,
    basis: Basis = Basis.EXPRESS,
    basis_on: date | None = None,
    act: uuid.UUID | None = None,
    by: User | None = None,
) -> Subscription:
    """The person said yes, and there is proof. Raises NotAllowed when this door may not undo an earlier "no".

    `until` is when it ends by itself; `basis` what it rests on, and `basis_on` the day of that purchase, question
    or gift. Whoever was known to us before, and did not do this here, is told of it.
    """
    address = send_fence.hold(address)
    status = ledger.status(address, topic)
    _refuse_overriding(address, status, source=source)
    if source in OWN_ACTS:
        lift_own(address, because="The person said yes again.")
    stands = status == Status.ACTIVE and (source not in OWN_ACTS or ledger.holds(address, topic))
    if stands and (until is not None or not ledger.says_more(address, topic, basis, basis_on)):
        return Subscription.objects.get(address=address, topic=topic)
    if not address.subscriptions.pending().exclude(topic=topic).exists():
        outbox.drop(address, Reply.Kind.REMINDER, reason="They have answered.")
    act = act or uuid.uuid4()
    is_news = status != Status.ACTIVE and until is None and address.events.exclude(act=act).exists()
    if source in NOT_THEIR_OWN and is_news:
        outbox.owe(address, Reply.Kind.CHANGED, sender=topic.sender, act=act)
    return ledger.record(
        address,
        topic,
        Kind.GRANTED,
        act=act,
        source=source,
        method=method,
        notice=notice,
        form=form,
        proof=proof,
        occurred_at=occurred_at,
        until=until,
        basis=basis,
        basis_on=basis_on,
        by=by,
    )


@transaction.atomic
def refuse(
    address: Address, topic: Topic, *, source: Source, notice: Notice | None = None, proof: Proof = NOTHING
) -> Subscription:
    """The person was asked and said no."""
    address = send_fence.hold(address)
    send_fence.wait_after_commit(address)
    outbox.drop(address, Reply.Kind.CONFIRM, Reply.Kind.REMINDER, reason="The person said no first.")
    act = uuid.uuid4()
    return ledger.record(
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
    address = send_fence.hold(address)
    send_fence.wait_after_commit(address)
    if standing := ledger.standing_no(address, topic):
        return standing
    act = act or uuid.uuid4()
    ended = ledger.record(
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
    address = send_fence.hold(address)
    send_fence.wait_after_commit(address)
    stopped = Suppression.objects.of(address).in_force().filter(reason=Reason.STOPPED, scope=Suppression.EVERYTHING)
    if (standing := stopped.first()) and not address.subscriptions.exclude(status=Status.ENDED).exists():
        return standing
    act = act or uuid.uuid4()
    event = ledger.append(
        address, None, Kind.WITHDRAWN, act=act, source=source, method=method, origin=origin, proof=proof, by=by
    )
    for subscription in address.subscriptions.exclude(status=Status.ENDED):
        ledger.apply(subscription, event)
    suppression = suppress(address, Reason.STOPPED, detail=str(Source(source).label))
    outbox.drop(address, Reply.Kind.CHANGED, reason="The person opted out first.")
    _settle(address, sender, act=act)
    return suppression


@transaction.atomic
def withdraw_for_good(address: Address, *, sender: Sender, source: Source, proof: Proof = NOTHING) -> Suppression:
    """Everything off, and never again: only the person can take it back, by a new sign-up and after a warning.

    It is a word of its own, recorded and confirmed once, even if everything was off already.
    """
    address = send_fence.hold(address)
    if not never_again(address):
        act = uuid.uuid4()
        withdraw_all(address, sender=sender, source=source, proof=proof, act=act)
        if not address.events.filter(act=act).exists():
            said = ledger.Said(act=act, source=source, method=Method.BUTTON)
            ledger.append(address, None, Kind.WITHDRAWN, proof=proof, **said)
            _settle(address, sender, act=act)
    return suppress(address, Reason.PERMANENT, detail=str(Source(source).label))


def never_again(address: Address) -> bool:
    """Did this person ask us never to write again?"""
    return Reason.PERMANENT in what_stops(address)


def _asked_lately(address: Address) -> bool:
    """Since they said "never again", was this asked in the last 30 days already?"""
    never = Suppression.objects.of(address).in_force().filter(reason=Reason.PERMANENT).latest("since")
    since = max(never.since, timezone.now() - timedelta(days=30))
    return address.events.filter(kind=Kind.ASKED, recorded_at__gte=since).exists()


def refuse_overriding(address: Address, topic: Topic, *, source: str) -> None:
    """Raises NotAllowed where this door may not undo an earlier "no", before anything is written."""
    _refuse_overriding(address, ledger.status(address, topic), source=source)


def _refuse_overriding(address: Address, status: str | None, *, source: str) -> None:
    """An earlier "no" stands until the person takes it back themselves."""
    standing = what_stops(address)
    if Reason.PERMANENT in standing:
        raise NotAllowed(
            _("This person asked never to be contacted again. Only they can change this, by signing up again.")
        )
    if source in OWN_ACTS:
        return
    if standing or status == Status.ENDED:
        raise NotAllowed(_("This person opted out. Only they can opt in again, by confirming a new sign-up."))


def _settle(address: Address, sender: Sender, *, act: uuid.UUID) -> None:
    """A "no" takes back the questions still on their way, and is confirmed once, to the person who said it."""
    outbox.drop(address, *outbox.INVITING, reason="The person opted out first.")
    outbox.owe(address, Reply.Kind.OPTED_OUT, sender=sender, act=act)
