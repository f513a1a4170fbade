"""Everything a person can say, and what it changes. The ledger is written in ledger.py, stops in suppressions.py.

Every service locks the Address, checks, records the fact, changes the state, and returns the fresh row.
Whatever ends something also waits, after its commit, until no sending to the address is in flight.
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
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.consent.renewal import mark_verified
from preferences.consent.suppressions import active_reasons, lift_by_person, suppress
from preferences.errors import NotAllowed
from preferences.models import (
    OWN_ACTS,
    RECORDED_BY_STAFF,
    Address,
    Basis,
    CancelReason,
    Channel,
    ConsentEvent,
    ConsentFormVersion,
    LiftReason,
    Method,
    Notice,
    Sender,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
    SuppressionDetail,
    Topic,
)
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

EventKind = ConsentEvent.Kind
SubscriptionStatus = Subscription.Status
SuppressionReason = Suppression.Reason


@transaction.atomic
def ask(
    address: Address,
    notices: Iterable[Notice],
    *,
    source: Source,
    method: Method = Method.CHECKBOX,
    form: ConsentFormVersion | None = None,
    proof: Proof = NO_PROOF,
    by: User | None = None,
) -> ServiceMessage | None:
    """Somebody asked for these topics for this address: record it, and owe a confirmation.

    Says nothing to the door about what was already so: an address that has everything is sent its link
    instead, an address that must never be written to again gets nothing, and both look the same outside.
    An address that is suppressed is asked anew: confirming is how its owner takes the stop back. After "never
    again" that is asked at most once in 30 days, so that no stranger can make us break the promise.
    """
    notices = list(notices)
    address = send_fence.lock_address(address)
    standing = active_reasons(address)
    if not notices or (SuppressionReason.PERMANENT in standing and _asked_recently(address)):
        return None
    interaction_id = uuid.uuid4()
    new = [notice for notice in notices if standing or not ledger.has_lasting_consent(address, notice.topic)]
    record = partial(
        ledger.record,
        address,
        interaction_id=interaction_id,
        source=source,
        method=method,
        form=form,
        proof=proof,
        by=by,
    )
    for notice in new:
        record(notice.topic, EventKind.ASKED, notice=notice)
    sender = notices[0].topic.sender
    if new and not standing and address.channel == Channel.EMAIL:
        outbox.enqueue_reminder(address, sender=sender, interaction_id=interaction_id)
    return outbox.enqueue(
        address,
        ServiceMessage.Kind.CONFIRM if new else ServiceMessage.Kind.SECURE_LINK,
        sender=sender,
        interaction_id=interaction_id,
    )


@transaction.atomic
def confirm(
    service_message: ServiceMessage,
    *,
    source: Source = Source.CONFIRM,
    method: Method = Method.DOUBLE_OPT_IN,
    proof: Proof = NO_PROOF,
    override_permanent: bool = False,
) -> list[Subscription]:
    """The owner of the address says yes to what was asked in that act; a question since withdrawn stays closed.

    Raises NotAllowed for somebody who said "never again", unless they were warned that this takes it back.
    """
    address = send_fence.lock_address(service_message.address)
    open_questions = ledger.unanswered_requests(service_message)
    if not open_questions:
        return []
    if has_permanent_opt_out(address) and not override_permanent:
        raise NotAllowed(_("You asked us never to contact you again. Tick the box if you have changed your mind."))
    interaction_id = uuid.uuid4()
    mark_verified(address)
    outbox.cancel_queued(address, ServiceMessage.Kind.REMINDER, reason=CancelReason.ANSWERED)
    lift_by_person(address, because=LiftReason.CONFIRMED, override_permanent=override_permanent)
    subscriptions = [
        ledger.record(
            address,
            event.topic,
            EventKind.GRANTED,
            interaction_id=interaction_id,
            source=source,
            method=method,
            notice=event.notice,
            form=event.form,
            proof=proof,
        )
        for event in open_questions
        if event.topic
    ]
    outbox.enqueue(
        address, ServiceMessage.Kind.SUBSCRIBED, sender=service_message.sender, interaction_id=interaction_id
    )
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
    proof: Proof = NO_PROOF,
    occurred_at: datetime | None = None,
    until: datetime | None = None,
    basis: Basis = Basis.EXPRESS,
    basis_on: date | None = None,
    interaction_id: uuid.UUID | None = None,
    by: User | None = None,
) -> Subscription:
    """The person said yes, and there is proof. Raises NotAllowed when this door may not undo an earlier "no".

    `until` is when it ends by itself; `basis` what it rests on, and `basis_on` the day of that purchase, question
    or gift. Whoever was known to us before, and did not do this here, is told of it.
    """
    address = send_fence.lock_address(address)
    status = ledger.subscription_status(address, topic)
    _refuse_if_status_opted_out(address, status, source=source)
    if source in OWN_ACTS:
        lift_by_person(address, because=LiftReason.SUBSCRIBED_AGAIN)
    stands = status == SubscriptionStatus.ACTIVE and (
        source not in OWN_ACTS or ledger.has_lasting_consent(address, topic)
    )
    if stands and (until is not None or not ledger.is_stronger_consent(address, topic, basis, basis_on)):
        return Subscription.objects.get(address=address, topic=topic)
    if not address.subscriptions.pending().exclude(topic=topic).exists():
        outbox.cancel_queued(address, ServiceMessage.Kind.REMINDER, reason=CancelReason.ANSWERED)
    interaction_id = interaction_id or uuid.uuid4()
    is_news = (
        status != SubscriptionStatus.ACTIVE
        and until is None
        and address.events.exclude(interaction_id=interaction_id).exists()
    )
    if source in RECORDED_BY_STAFF and is_news:
        outbox.enqueue(address, ServiceMessage.Kind.CHANGED, sender=topic.sender, interaction_id=interaction_id)
    return ledger.record(
        address,
        topic,
        EventKind.GRANTED,
        interaction_id=interaction_id,
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
    address: Address, topic: Topic, *, source: Source, notice: Notice | None = None, proof: Proof = NO_PROOF
) -> Subscription:
    """The person was asked and said no."""
    address = send_fence.lock_address(address)
    send_fence.wait_after_commit(address)
    outbox.cancel_queued(
        address, ServiceMessage.Kind.CONFIRM, ServiceMessage.Kind.REMINDER, reason=CancelReason.DECLINED
    )
    interaction_id = uuid.uuid4()
    return ledger.record(
        address,
        topic,
        EventKind.REFUSED,
        interaction_id=interaction_id,
        source=source,
        method=Method.BUTTON,
        notice=notice,
        proof=proof,
    )


@transaction.atomic
def withdraw(
    address: Address,
    topic: Topic,
    *,
    source: Source,
    method: Method = Method.BUTTON,
    origin: uuid.UUID | None = None,
    proof: Proof = NO_PROOF,
    interaction_id: uuid.UUID | None = None,
    by: User | None = None,
) -> Subscription:
    """The person wants nothing more about this topic here. Harmless twice: one event, one confirmation."""
    address = send_fence.lock_address(address)
    send_fence.wait_after_commit(address)
    if standing := ledger.standing_withdrawal(address, topic):
        return standing
    interaction_id = interaction_id or uuid.uuid4()
    ended = ledger.record(
        address,
        topic,
        EventKind.WITHDRAWN,
        interaction_id=interaction_id,
        source=source,
        method=method,
        origin=origin,
        proof=proof,
        by=by,
    )
    _cancel_open_questions(address, topic.sender, interaction_id=interaction_id)
    return ended


@transaction.atomic
def withdraw_all(
    address: Address,
    *,
    sender: Sender,
    source: Source,
    method: Method = Method.BUTTON,
    origin: uuid.UUID | None = None,
    proof: Proof = NO_PROOF,
    interaction_id: uuid.UUID | None = None,
    by: User | None = None,
) -> Suppression:
    """Everything off for this address: one event about everything, all topics ended, and a stop. Harmless twice.

    `sender` is on whose behalf the one confirmation goes out.
    """
    address = send_fence.lock_address(address)
    send_fence.wait_after_commit(address)
    stopped = (
        Suppression.objects.of(address)
        .in_force()
        .filter(reason=SuppressionReason.STOPPED, scope=Suppression.EVERYTHING)
    )
    if (standing := stopped.first()) and not address.subscriptions.exclude(status=SubscriptionStatus.ENDED).exists():
        return standing
    interaction_id = interaction_id or uuid.uuid4()
    event = ledger.append(
        address,
        None,
        EventKind.WITHDRAWN,
        interaction_id=interaction_id,
        source=source,
        method=method,
        origin=origin,
        proof=proof,
        by=by,
    )
    for subscription in address.subscriptions.exclude(status=SubscriptionStatus.ENDED):
        ledger.apply(subscription, event)
    suppression = suppress(address, SuppressionReason.STOPPED, detail=SuppressionDetail.SOURCE.filled(source))
    outbox.cancel_queued(address, ServiceMessage.Kind.CHANGED, reason=CancelReason.OPTED_OUT)
    _cancel_open_questions(address, sender, interaction_id=interaction_id)
    return suppression


@transaction.atomic
def withdraw_permanently(address: Address, *, sender: Sender, source: Source, proof: Proof = NO_PROOF) -> Suppression:
    """Everything off, and never again: only the person can take it back, by a new sign-up and after a warning.

    It is a word of its own, recorded and confirmed once, even if everything was off already.
    """
    address = send_fence.lock_address(address)
    if not has_permanent_opt_out(address):
        interaction_id = uuid.uuid4()
        withdraw_all(address, sender=sender, source=source, proof=proof, interaction_id=interaction_id)
        if not address.events.filter(interaction_id=interaction_id).exists():
            said = ledger.EventDetails(interaction_id=interaction_id, source=source, method=Method.BUTTON)
            ledger.append(address, None, EventKind.WITHDRAWN, proof=proof, **said)
            _cancel_open_questions(address, sender, interaction_id=interaction_id)
    return suppress(address, SuppressionReason.PERMANENT, detail=SuppressionDetail.SOURCE.filled(source))


def has_permanent_opt_out(address: Address) -> bool:
    """Did this person ask us never to write again?"""
    return SuppressionReason.PERMANENT in active_reasons(address)


def _asked_recently(address: Address) -> bool:
    """Since they said "never again", was this asked in the last 30 days already?"""
    never = Suppression.objects.of(address).in_force().filter(reason=SuppressionReason.PERMANENT).latest("since")
    since = max(never.since, timezone.now() - timedelta(days=30))
    return address.events.filter(kind=EventKind.ASKED, recorded_at__gte=since).exists()


def refuse_if_opted_out(address: Address, topic: Topic, *, source: str) -> None:
    """Raises NotAllowed where this door may not undo an earlier "no", before anything is written."""
    _refuse_if_status_opted_out(address, ledger.subscription_status(address, topic), source=source)


def _refuse_if_status_opted_out(address: Address, status: str | None, *, source: str) -> None:
    """An earlier "no" stands until the person takes it back themselves."""
    standing = active_reasons(address)
    if SuppressionReason.PERMANENT in standing:
        raise NotAllowed(
            _("This person asked never to be contacted again. Only they can change this, by signing up again.")
        )
    if source in OWN_ACTS:
        return
    if standing or status == SubscriptionStatus.ENDED:
        raise NotAllowed(_("This person opted out. Only they can opt in again, by confirming a new sign-up."))


def _cancel_open_questions(address: Address, sender: Sender, *, interaction_id: uuid.UUID) -> None:
    """A "no" takes back the questions still on their way, and is confirmed once, to the person who said it."""
    outbox.cancel_queued(address, *outbox.INVITING_KINDS, reason=CancelReason.OPTED_OUT)
    outbox.enqueue(address, ServiceMessage.Kind.UNSUBSCRIBED, sender=sender, interaction_id=interaction_id)
