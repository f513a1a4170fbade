"""The door for email providers: Anymail checks who knocks and reads each dialect; we record what was said."""

import hashlib
import re
import uuid

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.dispatch import receiver

from campaigns.models import DeliveryEvent
from campaigns.sending import delivery_events

DeliveryKind = DeliveryEvent.Kind

KINDS = {
    EventType.DELIVERED: DeliveryKind.DELIVERED,
    EventType.DEFERRED: DeliveryKind.DEFERRED,
    EventType.BOUNCED: DeliveryKind.HARD_BOUNCE,
    EventType.REJECTED: DeliveryKind.REJECTED,
    EventType.FAILED: DeliveryKind.REJECTED,
    EventType.COMPLAINED: DeliveryKind.COMPLAINED,
    EventType.UNSUBSCRIBED: DeliveryKind.UNSUBSCRIBED,
}
PERMANENT_CODES = {None, RejectReason.BOUNCED, RejectReason.INVALID}
NO_SUCH_MAILBOX = re.compile(r"(?<![\d.])5\.1\.\d{1,3}(?![\d.])")
TEMPORARY_REASONS = re.compile(r"(?<![\d.])(?:4\.\d{1,3}\.\d{1,3}|5\.2\.2|5\.7\.\d{1,3})(?![\d.])")


@receiver(tracking, dispatch_uid="campaigns.sending.anymail_receiver")
def receive_report(sender: type, event: AnymailTrackingEvent, esp_name: str, **kwargs: object) -> None:
    """One report. Opens and clicks are none of our business and are not kept."""
    if kind := report_kind(event):
        delivery_events.record_report(
            provider=esp_name.lower(),
            event_id=event.event_id or _fingerprint(event),
            kind=kind,
            occurred_at=event.timestamp,
            recipient=event.recipient or "",
            message_id=event.message_id or "",
            reference=_reference(event),
            detail=event.mta_response or event.description or "",
        )


def report_kind(event: AnymailTrackingEvent) -> str | None:
    """Our word for the report."""
    kind = KINDS.get(event.event_type)
    if kind == DeliveryKind.REJECTED and event.reject_reason in (RejectReason.BOUNCED, RejectReason.INVALID):
        return DeliveryKind.HARD_BOUNCE
    if kind == DeliveryKind.HARD_BOUNCE and _is_soft(event):
        return DeliveryKind.SOFT_BOUNCE
    return kind


def _is_soft(event: AnymailTrackingEvent) -> bool:
    """A bounce is for good unless its code, or else its reason, says that the mailbox stands."""
    said = event.mta_response or ""
    if NO_SUCH_MAILBOX.search(said):
        return False
    calls_it_soft = "soft" in str(event.esp_event.get("Type", "")).lower()
    return calls_it_soft or bool(TEMPORARY_REASONS.search(said)) or event.reject_reason not in PERMANENT_CODES


def _reference(event: AnymailTrackingEvent) -> uuid.UUID | None:
    """Providers that replace our Message-ID hand back the metadata we gave them."""
    try:
        return uuid.UUID(str((event.metadata or {})["reference"]))
    except (KeyError, ValueError):
        return None


def _fingerprint(event: AnymailTrackingEvent) -> str:
    """Some reports have no number of their own: the same report is then the one that says the same."""
    said = (event.event_type, event.message_id, event.recipient, event.timestamp)
    return hashlib.sha256(repr(said).encode()).hexdigest()
