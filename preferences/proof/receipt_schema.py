"""What stands in a receipt: codes and exact words, for people and machines of any language. Reads only.

The names are those of ISO/IEC TS 27560 and of the W3C's Data Privacy Vocabulary (dpv:).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from preferences.models import Address, Channel, ConsentEvent, Notice, Sender, Source, Subscription, Topic
from preferences.outbox import service as outbox
from preferences.proof import transparency_log

EventKind = ConsentEvent.Kind
SCHEMA = "ISO/IEC TS 27560:2023, Sayso 1"

# How consent stands after the event. Later or less is still consent.
STATE_CODES = {
    EventKind.ASKED: "dpv:ConsentRequested",
    EventKind.GRANTED: "dpv:ConsentGiven",
    EventKind.REFUSED: "dpv:ConsentRefused",
    EventKind.WITHDRAWN: "dpv:ConsentWithdrawn",
    EventKind.PAUSED: "dpv:ConsentGiven",
    EventKind.RESUMED: "dpv:ConsentGiven",
    EventKind.LIMITED: "dpv:ConsentGiven",
    EventKind.EXPIRED: "dpv:ConsentExpired",
    EventKind.INVALIDATED: "dpv:ConsentInvalidated",
}
PURPOSES = {
    Topic.Purpose.MARKETING: "dpv:DirectMarketing",
    Topic.Purpose.INFORMATIONAL: "dpv:CommunicationManagement",
    Topic.Purpose.TRANSACTIONAL: "dpv:ServiceProvision",
    Topic.Purpose.COMPLIANCE: "dpv:LegalCompliance",
}
CATEGORIES = {
    Channel.EMAIL: ["pd:EmailAddress", "pd:Language"],
    Channel.SMS: ["pd:TelephoneNumber", "pd:Language"],
}


def build_receipt(
    address: Address, interaction_id: UUID, events: list[ConsentEvent], *, reference: UUID
) -> dict[str, Any]:
    """The whole receipt, unsigned. The events are those of the act, with their topics, notices and leaves."""
    topics = _topics(events)
    senders = list(dict.fromkeys(topic.sender for topic in topics)) or _sender_of(address)
    notices = {event.notice.digest: event.notice for event in events if event.notice}
    return {
        "schema_version": SCHEMA,
        "receipt_id": str(reference),
        "record_id": str(interaction_id),
        "issued_at": _moment(timezone.now()),
        "issuer": settings.BASE_URL,
        "verification_key_url": settings.BASE_URL + reverse("preferences:receipt-key"),
        "pii_principal_id": str(address.reference),
        "channel": address.channel,
        "language": address.contact.language,
        "pii_controllers": [_controller(sender) for sender in senders],
        "privacy_notices": [_notice(notice) for notice in notices.values()],
        "purposes": [_purpose(topic, address) for topic in topics],
        "events": [_event(event) for event in events],
        "withdrawal_methods": [method for sender in senders for method in _ways_out(sender, address)],
    }


def _topics(events: Iterable[ConsentEvent]) -> list[Topic]:
    """What the act was about; what was said about everything was about whatever it changed."""
    events = list(events)
    changed = Subscription.objects.filter(event__in=[event for event in events if event.topic is None])
    named = [event.topic for event in events if event.topic]
    return list(dict.fromkeys([*named, *(row.topic for row in changed.select_related("topic__sender").order_by("pk"))]))


def _sender_of(address: Address) -> list[Sender]:
    sender = outbox.latest_sender(address)
    return [sender] if sender else []


def _controller(sender: Sender) -> dict[str, Any]:
    return {
        "party_id": sender.slug,
        "party_type": "pii-controller",
        "party_name": sender.legal_name,
        "brand": sender.name,
        "party_address": sender.postal_address,
        "country": sender.country,
        "party_contact": {"email": sender.contact_email, "phone": sender.contact_phone},
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "notice_id": notice.digest,
        "purpose_id": _purpose_id(notice.topic),
        "version": notice.version,
        "language": notice.language,
        "published_at": _moment(notice.published_at),
        "text": notice.text,
        "privacy_policy_url": notice.privacy_url,
        "terms_url": notice.terms_url,
    }


def _purpose(topic: Topic, address: Address) -> dict[str, Any]:
    see_notice = f"As the privacy notice says: {topic.sender.privacy_url}"
    return {
        "purpose_id": _purpose_id(topic),
        "pii_controller": topic.sender.slug,
        "name": topic.name,
        "description": topic.description,
        "expected_frequency": topic.frequency,
        "purpose": PURPOSES[Topic.Purpose(topic.purpose)],
        "lawful_basis": "dpv:Consent",
        "pii_information": CATEGORIES[Channel(address.channel)],
        "special_category": topic.reveals_health,
        "jurisdiction": topic.sender.country,
        "collection_method": "from the person",
        "processing_method": "sending messages",
        "storage_locations": [see_notice],
        "retention_period": "While the consent stands. The proof of it afterwards as the privacy notice says.",
        "recipient_third_parties": [see_notice],
        "privacy_rights": settings.BASE_URL + reverse("preferences:secure-link-request"),
    }


def _event(event: ConsentEvent) -> dict[str, Any]:
    return {
        "event_id": str(event.reference),
        "event_type": event.kind,
        "event_state": STATE_CODES[EventKind(event.kind)],
        "purpose_id": _purpose_id(event.topic) if event.topic else None,
        "about_everything": event.topic is None,
        "event_time": _moment(event.occurred_at),
        "recorded_at": _moment(event.recorded_at),
        "validity_until": _moment(event.until) if event.kind in (EventKind.GRANTED, EventKind.ASKED) else None,
        "paused_until": _moment(event.until) if event.kind == EventKind.PAUSED else None,
        "most_in_30_days": event.most_per_month,
        "rests_on": event.basis,
        "rests_on_day": event.basis_on.isoformat() if event.basis_on else None,
        "entity_id": Source(event.source).traits.receipt_entity,
        "source": event.source,
        "method": event.method,
        "notice_id": event.notice.digest if event.notice else None,
        "form_id": event.form.digest if event.form else None,
        "ledger": _place(event),
    }


def _place(event: ConsentEvent) -> dict[str, Any]:
    """The hash by which the event stands in the sealed ledger, and where, if it was sealed by then."""
    leaf = getattr(event, "leaf", None)
    return {"leaf": transparency_log.event_leaf_hash(event).hex(), "index": leaf.index if leaf else None}


def _ways_out(sender: Sender, address: Address) -> list[dict[str, str]]:
    by_text = address.channel == Channel.SMS and sender.text_number
    return [
        {"method": "page", "url": settings.BASE_URL + reverse("preferences:secure-link-request")},
        *([{"method": "text", "to": sender.text_number, "words": "STOP"}] if by_text else []),
        {"method": "mail", "to": sender.contact_email},
    ]


def _purpose_id(topic: Topic) -> str:
    return f"{topic.sender.slug}/{topic.slug}"


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
