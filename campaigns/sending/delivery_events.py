"""What providers report, whichever they are. Writes DeliveryEvent, and what the events make of a Message.

Reports repeat themselves, come late and in any order: each is recorded once, and `after` gives the same sum
for every order.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.models import DeliveryEvent, Message
from preferences.channels import outcomes
from preferences.consent import service as consent
from preferences.contacts import address_normalization
from preferences.errors import Unreadable
from preferences.models import Address, Method, Reply, Sender, Source, Suppression

Kind = DeliveryEvent.Kind
Status = Message.Status

SOFT_BOUNCES = 5
SOFT_BOUNCE_DAYS = timedelta(days=30)
OVER = (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.REJECTED)
PERSONAL = re.compile(r"\S+@\S+|\+\d[\d ().-]{6,}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|\d{7,}")


@dataclass(frozen=True)
class Subject:
    """What a report is about, as far as it can be told."""

    message: Message | None = None
    reply: Reply | None = None
    address: Address | None = None

    @property
    def reference(self) -> uuid.UUID | None:
        return self.message.reference if self.message else None


def after(status: str, kind: str) -> str:
    """The status of a message after this report. What failed stays failed; what is not out yet stays where it is."""
    if status not in (Status.SENT, Status.UNKNOWN):
        return status
    return Status.FAILED if kind in OVER else Status.SENT


@transaction.atomic
def record(
    *,
    provider: str,
    event_id: str,
    kind: str,
    occurred_at: datetime | None = None,
    recipient: str = "",
    message_id: str = "",
    reference: uuid.UUID | None = None,
    detail: str = "",
) -> DeliveryEvent:
    """Write down one report and do what it asks for: suppress, end, correct a status. Harmless twice."""
    about = _subject(reference or _reference_in(message_id), message_id, recipient)
    event, is_new = DeliveryEvent.objects.get_or_create(
        provider=provider[:40],
        provider_event_id=event_id[:200],
        defaults={
            "message": about.message,
            "reply": about.reply,
            "fingerprint": _fingerprint(about.address, recipient),
            "kind": kind,
            "detail": impersonal(detail, recipient),
            "occurred_at": occurred_at or timezone.now(),
        },
    )
    if is_new:
        _heed(event, about)
    return event


@transaction.atomic
def settle(message_ids: Iterable[int]) -> None:
    """Apply what was reported about messages while they were still being handed over."""
    for event in DeliveryEvent.objects.filter(message_id__in=list(message_ids)).order_by("pk"):
        _apply(event)


def impersonal(detail: str, recipient: str) -> str:
    """A provider's words without anybody's address or number; the event must outlive an erasure."""
    return PERSONAL.sub("…", outcomes.shown(detail, hide=recipient))[:200]


def _subject(reference: uuid.UUID | None, message_id: str, recipient: str) -> Subject:
    """By our own reference, else by the provider's id, else only the address; never a guess at the message."""
    wanted: list[dict[str, Any]] = [{"reference": reference}] if reference else []
    wanted += [{"provider_id": message_id}] if message_id else []
    for conditions in wanted:
        if message := Message.objects.select_related("address", "campaign__topic").filter(**conditions).first():
            return Subject(message=message, address=message.address)
        if reply := Reply.objects.select_related("address", "sender").filter(**conditions).first():
            return Subject(reply=reply, address=reply.address)
    return Subject(address=_known(recipient))


def _reference_in(message_id: str) -> uuid.UUID | None:
    """Our Message-IDs are a reference at a host."""
    try:
        return uuid.UUID(message_id.strip("<> ").partition("@")[0])
    except ValueError:
        return None


def _known(recipient: str) -> Address | None:
    normal_form = _normal_form(recipient)
    return Address.objects.filter(normal_form=normal_form).first() if normal_form else None


def _normal_form(recipient: str) -> str:
    try:
        return address_normalization.normal_form("email" if "@" in recipient else "sms", recipient) if recipient else ""
    except Unreadable:
        return ""


def _fingerprint(address: Address | None, recipient: str) -> str:
    if address:
        return address.fingerprint or ""
    normal_form = _normal_form(recipient)
    return (
        address_normalization.fingerprint("email" if "@" in normal_form else "sms", normal_form) if normal_form else ""
    )


def _heed(event: DeliveryEvent, about: Subject) -> None:
    """The address first, then the message: the order in which everybody locks them."""
    if about.address and not about.address.erased_at and event.kind in CONSEQUENCES:
        CONSEQUENCES[Kind(event.kind)](event, about, about.address)
    if event.message_id:
        _apply(event)


def _apply(event: DeliveryEvent) -> None:
    message = Message.objects.select_for_update(no_key=True, of=("self",)).get(deliveries=event)
    status = after(message.status, event.kind)
    if status != message.status:
        message.status, message.detail = status, event.detail or message.detail
        message.save(update_fields=["status", "detail"])


def _bounced(event: DeliveryEvent, about: Subject, address: Address) -> None:
    consent.suppress(address, Suppression.Reason.BOUNCED, detail=event.provider)


def _bounced_again(event: DeliveryEvent, about: Subject, address: Address) -> None:
    """A full mailbox may be emptied; one that stays full for weeks is given up."""
    since = event.occurred_at - SOFT_BOUNCE_DAYS
    bounces = DeliveryEvent.objects.filter(
        fingerprint=event.fingerprint, kind=Kind.SOFT_BOUNCE, occurred_at__gt=since, occurred_at__lte=event.occurred_at
    )
    if bounces.count() >= SOFT_BOUNCES:
        detail = f"{event.provider}: {SOFT_BOUNCES} times in {SOFT_BOUNCE_DAYS.days} days"
        consent.suppress(address, Suppression.Reason.BOUNCED, detail=detail)


def _complained(event: DeliveryEvent, about: Subject, address: Address) -> None:
    consent.complain(address, provider=event.provider, origin=about.reference)


def _unsubscribed(event: DeliveryEvent, about: Subject, address: Address) -> None:
    """From one topic if we know which, else from everything."""
    if about.message:
        topic = about.message.campaign.topic
        consent.withdraw(address, topic, source=Source.PROVIDER, method=Method.HEADER, origin=about.reference)
    elif sender := about.reply.sender if about.reply else _a_sender_to(address):
        consent.withdraw_all(address, sender=sender, source=Source.PROVIDER, method=Method.HEADER)
    else:
        consent.suppress(address, Suppression.Reason.STOPPED, detail=event.provider)


def _a_sender_to(address: Address) -> Sender | None:
    subscription = address.subscriptions.select_related("topic__sender").first()
    return subscription.topic.sender if subscription else None


CONSEQUENCES = {
    Kind.HARD_BOUNCE: _bounced,
    Kind.SOFT_BOUNCE: _bounced_again,
    Kind.COMPLAINED: _complained,
    Kind.UNSUBSCRIBED: _unsubscribed,
}
