"""Consent given by voice or on paper, written down by a colleague: proven, confirmed, or over by itself.

It counts from the moment it is written down, for OFFLINE_CONSENT_DAYS. The person is told at once, with a way out
and a way to confirm; unconfirmed, it ends.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.collection import offline_rules
from preferences.consent import endings, ledger, renewal
from preferences.consent import service as consent
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.errors import NotAllowed
from preferences.models import (
    Address,
    ConsentEvent,
    ConsentForm,
    ConsentFormVersion,
    Method,
    Notice,
    ServiceMessage,
    Source,
    Subscription,
    Topic,
)
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

EventKind = ConsentEvent.Kind
METHODS = {ConsentForm.Kind.SCRIPT: Method.VERBAL, ConsentForm.Kind.PAPER: Method.WRITTEN}
MAX_AGE = timedelta(days=365)


@transaction.atomic
def record_consent(
    address: Address,
    topics: Iterable[Topic],
    *,
    form: ConsentFormVersion,
    said_at: datetime,
    proof: Proof,
    by: User,
) -> list[Subscription]:
    """Somebody said yes on the phone or on paper, under the words of this form. Raises NotAllowed with the reason.

    All topics or none: one that may not be taken in this way refuses the whole.
    """
    address = send_fence.lock_address(address)
    method = METHODS.get(ConsentForm.Kind(form.form.kind))
    topics = list(topics)
    if method is None or not topics:
        raise NotAllowed(_("Choose a call script or a paper form, and at least one topic."))
    _check_moment(said_at)
    for topic in topics:
        _check(address, topic, method, form)
    interaction_id, until = uuid4(), timezone.now() + timedelta(days=settings.OFFLINE_CONSENT_DAYS)
    grant = partial(
        consent.grant,
        address,
        source=Source.STAFF,
        method=method,
        form=form,
        proof=proof,
        interaction_id=interaction_id,
        by=by,
    )
    rows = [grant(topic, notice=_notice(form, topic), occurred_at=said_at, until=until) for topic in topics]
    written = [row for row in rows if row.event.interaction_id == interaction_id]
    if not written:
        raise NotAllowed(_("This person already receives all of this. There is nothing to record."))
    outbox.enqueue(address, ServiceMessage.Kind.OFFLINE_CONSENT, sender=form.form.sender, interaction_id=interaction_id)
    return written


@transaction.atomic
def confirm(
    service_message: ServiceMessage,
    *,
    source: Source = Source.CONFIRM,
    method: Method = Method.DOUBLE_OPT_IN,
    proof: Proof = NO_PROOF,
) -> list[Subscription]:
    """The person says that what was written down is right: it holds from now on without a term. Harmless twice."""
    address = send_fence.lock_address(service_message.address)
    unconfirmed = pending_offline_consent(service_message)
    if not unconfirmed:
        return []
    renewal.mark_verified(address)
    interaction_id = uuid4()
    record = partial(ledger.record, address, interaction_id=interaction_id, source=source, method=method, proof=proof)
    confirmed = [
        record(event.topic, EventKind.GRANTED, notice=event.notice, form=event.form)
        for event in unconfirmed
        if event.topic
    ]
    outbox.enqueue(
        address, ServiceMessage.Kind.SUBSCRIBED, sender=service_message.sender, interaction_id=interaction_id
    )
    return confirmed


@transaction.atomic
def deny(service_message: ServiceMessage, *, proof: Proof = NO_PROOF) -> list[Subscription]:
    """The person says that this was never said: it was never good, and nothing is sent. Harmless twice."""
    address = send_fence.lock_address(service_message.address)
    return [
        endings.invalidate(address, event.topic, source=Source.CONFIRM, proof=proof)
        for event in pending_offline_consent(service_message)
        if event.topic
    ]


def pending_offline_consent(service_message: ServiceMessage) -> list[ConsentEvent]:
    """What was written down in the act that this reply tells of, and still waits for a word of the person."""
    rows = Subscription.objects.filter(
        address=service_message.address_id,
        event__interaction_id=service_message.interaction_id,
        expires_at__isnull=False,
    )
    open_ = rows.exclude(status=Subscription.Status.ENDED).select_related(
        "event__topic", "event__notice", "event__form"
    )
    return [row.event for row in open_.order_by("pk") if row.event.kind == EventKind.GRANTED]


def _notice(form: ConsentFormVersion, topic: Topic) -> Notice | None:
    """The words about this topic that stand on the form."""
    return Notice.objects.filter(topic=topic, pk__in=form.notices).first()


def _check_moment(said_at: datetime) -> None:
    if said_at > timezone.now():
        raise NotAllowed(_("This time is in the future. Enter when the consent was given."))
    if said_at < timezone.now() - MAX_AGE:
        raise NotAllowed(_("This consent was given more than a year ago. Ask the person again."))


def _check(address: Address, topic: Topic, method: Method, form: ConsentFormVersion) -> None:
    if not topic.offers(address.channel) or topic.retired_at:
        raise NotAllowed(
            _("%(topic)s is not available on this channel. Choose another address or topic.") % {"topic": topic}
        )
    if _notice(form, topic) is None:
        raise NotAllowed(_("%(topic)s is not on this form. Choose a form that includes it.") % {"topic": topic})
    consent.refuse_if_opted_out(address, topic, source=Source.STAFF)
    if because := offline_rules.offline_refusal(address, topic, method):
        raise NotAllowed(f"{topic}: {because}")
