"""Consent given by voice or on paper, written down by a colleague: proven, confirmed, or over by itself.

It counts from the moment it is written down, for SPOKEN_CONSENT_DAYS. The person is told at once, with a way out
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
from preferences.consent import ledger
from preferences.consent import service as consent
from preferences.consent.evidence import NOTHING, Proof
from preferences.errors import NotAllowed
from preferences.models import (
    Address,
    ConsentEvent,
    ConsentForm,
    ConsentFormVersion,
    Method,
    Notice,
    Reply,
    Source,
    Subscription,
    Topic,
)
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

Kind = ConsentEvent.Kind
METHODS = {ConsentForm.Kind.SCRIPT: Method.VERBAL, ConsentForm.Kind.PAPER: Method.WRITTEN}
OLDEST = timedelta(days=365)


@transaction.atomic
def write_down(
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
    address = send_fence.hold(address)
    method = METHODS.get(ConsentForm.Kind(form.form.kind))
    topics = list(topics)
    if method is None or not topics:
        raise NotAllowed(_("Choose a call script or a paper form, and at least one topic."))
    _check_moment(said_at)
    for topic in topics:
        _check(address, topic, method, form)
    act, until = uuid4(), timezone.now() + timedelta(days=settings.SPOKEN_CONSENT_DAYS)
    grant = partial(consent.grant, address, source=Source.STAFF, method=method, form=form, proof=proof, act=act, by=by)
    rows = [grant(topic, notice=_notice(form, topic), occurred_at=said_at, until=until) for topic in topics]
    written = [row for row in rows if row.event.act == act]
    if not written:
        raise NotAllowed(_("This person already receives all of this. There is nothing to record."))
    outbox.owe(address, Reply.Kind.WRITTEN_DOWN, sender=form.form.sender, act=act)
    return written


@transaction.atomic
def confirm(
    reply: Reply, *, source: Source = Source.CONFIRM, method: Method = Method.DOUBLE_OPT_IN, proof: Proof = NOTHING
) -> list[Subscription]:
    """The person says that what was written down is right: it holds from now on without a term. Harmless twice."""
    address = send_fence.hold(reply.address)
    unconfirmed = waiting(reply)
    if not unconfirmed:
        return []
    consent.mark_verified(address)
    act = uuid4()
    record = partial(ledger.record, address, act=act, source=source, method=method, proof=proof)
    confirmed = [
        record(event.topic, Kind.GRANTED, notice=event.notice, form=event.form) for event in unconfirmed if event.topic
    ]
    outbox.owe(address, Reply.Kind.SIGNED_UP, sender=reply.sender, act=act)
    return confirmed


@transaction.atomic
def deny(reply: Reply, *, proof: Proof = NOTHING) -> list[Subscription]:
    """The person says that this was never said: it was never good, and nothing is sent. Harmless twice."""
    address = send_fence.hold(reply.address)
    return [
        consent.invalidate(address, event.topic, source=Source.CONFIRM, proof=proof)
        for event in waiting(reply)
        if event.topic
    ]


def waiting(reply: Reply) -> list[ConsentEvent]:
    """What was written down in the act that this reply tells of, and still waits for a word of the person."""
    rows = Subscription.objects.filter(address=reply.address_id, event__act=reply.act, expires_at__isnull=False)
    open_ = rows.exclude(status=Subscription.Status.ENDED).select_related(
        "event__topic", "event__notice", "event__form"
    )
    return [row.event for row in open_.order_by("pk") if row.event.kind == Kind.GRANTED]


def _notice(form: ConsentFormVersion, topic: Topic) -> Notice | None:
    """The words about this topic that stand on the form."""
    return Notice.objects.filter(topic=topic, pk__in=form.notices).first()


def _check_moment(said_at: datetime) -> None:
    if said_at > timezone.now():
        raise NotAllowed(_("This time is in the future. Enter when the consent was given."))
    if said_at < timezone.now() - OLDEST:
        raise NotAllowed(_("This consent was given more than a year ago. Ask the person again."))


def _check(address: Address, topic: Topic, method: Method, form: ConsentFormVersion) -> None:
    if not topic.offers(address.channel) or topic.retired_at:
        raise NotAllowed(
            _("%(topic)s is not available on this channel. Choose another address or topic.") % {"topic": topic}
        )
    if _notice(form, topic) is None:
        raise NotAllowed(_("%(topic)s is not on this form. Choose a form that includes it.") % {"topic": topic})
    consent.refuse_overriding(address, topic, source=Source.STAFF)
    if because := offline_rules.refusal(address, topic, method):
        raise NotAllowed(f"{topic}: {because}")
