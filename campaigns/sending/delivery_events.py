"""What providers report, whichever they are.

Reports repeat themselves, come late and in any order: each is recorded once, and `after` gives the same sum
for every order.

Writes: DeliveryEvent, Message.
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
from preferences.consent import endings, suppressions
from preferences.consent import service as consent
from preferences.contacts import address_normalization
from preferences.errors import Unreadable
from preferences.models import Address, Method, Sender, ServiceMessage, Source, Suppression, SuppressionDetail

DeliveryKind = DeliveryEvent.Kind
MessageStatus = Message.Status

SOFT_BOUNCES = 5
SOFT_BOUNCE_DAYS = timedelta(days=30)
OVER = (DeliveryKind.HARD_BOUNCE, DeliveryKind.SOFT_BOUNCE, DeliveryKind.REJECTED)
PERSONAL = re.compile(r"\S+@\S+|\+\d[\d ().-]{6,}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|\d{7,}")


@dataclass(frozen=True)
class ReportSubject:
    """What a report is about, as far as it can be told."""

    message: Message | None = None
    service_message: ServiceMessage | None = None
    address: Address | None = None

    @property
    def reference(self) -> uuid.UUID | None:
        return self.message.reference if self.message else None


def status_after(status: str, kind: str) -> str:
    """The status of a message after this report. What failed stays failed; what is not out yet stays where it is."""
    if status not in (MessageStatus.SENT, MessageStatus.UNKNOWN):
        return status
    return MessageStatus.FAILED if kind in OVER else MessageStatus.SENT


@transaction.atomic
def record_report(
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
    about = _find_subject(reference or _reference_in(message_id), message_id, recipient)
    event, is_new = DeliveryEvent.objects.get_or_create(
        provider=provider[:40],
        provider_event_id=event_id[:200],
        defaults={
            "message": about.message,
            "service_message": about.service_message,
            "fingerprint": _fingerprint(about.address, recipient),
            "kind": kind,
            "detail": redact_recipient(detail, recipient),
            "occurred_at": occurred_at or timezone.now(),
        },
    )
    if is_new:
        _act_on(event, about)
    return event


@transaction.atomic
def apply_pending_reports(message_ids: Iterable[int]) -> None:
    """Apply what was reported about messages while they were still being handed over."""
    for event in DeliveryEvent.objects.filter(message_id__in=list(message_ids)).order_by("pk"):
        _apply_to_message(event)


def redact_recipient(detail: str, recipient: str) -> str:
    """A provider's words without anybody's address or number; the event must outlive an erasure."""
    return PERSONAL.sub("…", outcomes.printable_detail(detail, hide=recipient))[:200]


def _find_subject(reference: uuid.UUID | None, message_id: str, recipient: str) -> ReportSubject:
    """By our own reference, else by the provider's id, else only the address; never a guess at the message."""
    wanted: list[dict[str, Any]] = [{"reference": reference}] if reference else []
    wanted += [{"provider_id": message_id}] if message_id else []
    for conditions in wanted:
        if message := Message.objects.select_related("address", "campaign__topic").filter(**conditions).first():
            return ReportSubject(message=message, address=message.address)
        if service_message := ServiceMessage.objects.select_related("address", "sender").filter(**conditions).first():
            return ReportSubject(service_message=service_message, address=service_message.address)
    return ReportSubject(address=_known(recipient))


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
        return (
            address_normalization.normalize_address("email" if "@" in recipient else "sms", recipient)
            if recipient
            else ""
        )
    except Unreadable:
        return ""


def _fingerprint(address: Address | None, recipient: str) -> str:
    if address:
        return address.fingerprint or ""
    normal_form = _normal_form(recipient)
    return (
        address_normalization.fingerprint("email" if "@" in normal_form else "sms", normal_form) if normal_form else ""
    )


def _act_on(event: DeliveryEvent, about: ReportSubject) -> None:
    """The address first, then the message: the order in which everybody locks them."""
    if about.address and not about.address.erased_at and event.kind in CONSEQUENCES:
        CONSEQUENCES[DeliveryKind(event.kind)](event, about, about.address)
    if event.message_id:
        _apply_to_message(event)


def _apply_to_message(event: DeliveryEvent) -> None:
    message = Message.objects.select_for_update(no_key=True, of=("self",)).get(deliveries=event)
    status = status_after(message.status, event.kind)
    if status != message.status:
        message.status, message.detail = status, event.detail or message.detail
        message.save(update_fields=["status", "detail"])


def _bounced(event: DeliveryEvent, about: ReportSubject, address: Address) -> None:
    suppressions.suppress(address, Suppression.Reason.BOUNCED, detail=event.provider)


def _bounced_again(event: DeliveryEvent, about: ReportSubject, address: Address) -> None:
    """A full mailbox may be emptied; one that stays full for weeks is given up."""
    since = event.occurred_at - SOFT_BOUNCE_DAYS
    bounces = DeliveryEvent.objects.filter(
        fingerprint=event.fingerprint,
        kind=DeliveryKind.SOFT_BOUNCE,
        occurred_at__gt=since,
        occurred_at__lte=event.occurred_at,
    )
    if bounces.count() >= SOFT_BOUNCES:
        detail = SuppressionDetail.SOFT_BOUNCES.filled(SOFT_BOUNCES, SOFT_BOUNCE_DAYS.days, event.provider)
        suppressions.suppress(address, Suppression.Reason.BOUNCED, detail=detail)


def _complained(event: DeliveryEvent, about: ReportSubject, address: Address) -> None:
    endings.record_complaint(address, provider=event.provider, origin=about.reference)


def _unsubscribed(event: DeliveryEvent, about: ReportSubject, address: Address) -> None:
    """From one topic if we know which, else from everything."""
    if about.message:
        topic = about.message.campaign.topic
        consent.withdraw(address, topic, source=Source.PROVIDER, method=Method.HEADER, origin=about.reference)
    elif sender := about.service_message.sender if about.service_message else _a_sender_to(address):
        consent.withdraw_all(address, sender=sender, source=Source.PROVIDER, method=Method.HEADER)
    else:
        suppressions.suppress(address, Suppression.Reason.STOPPED, detail=event.provider)


def _a_sender_to(address: Address) -> Sender | None:
    subscription = address.subscriptions.select_related("topic__sender").first()
    return subscription.topic.sender if subscription else None


CONSEQUENCES = {
    DeliveryKind.HARD_BOUNCE: _bounced,
    DeliveryKind.SOFT_BOUNCE: _bounced_again,
    DeliveryKind.COMPLAINED: _complained,
    DeliveryKind.UNSUBSCRIBED: _unsubscribed,
}
