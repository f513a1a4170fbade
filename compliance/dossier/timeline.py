"""Everything we hold about one contact, in time order. Reads, and writes nothing.

One query per kind of row, however long the story. After erasure the same story is told without the person:
events, subscriptions and messages stay, what was personal is gone, and the entry says so.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.models import DeliveryEvent, Message
from compliance.dossier import history_diff, timeline_labels, timeline_records
from compliance.dossier.timeline_entry import AddressesById, EntryKind, TimelineEntry
from preferences.consent import renewal_markers
from preferences.models import (
    Address,
    ConsentEvent,
    Contact,
    InboundMessage,
    OptOutReason,
    ServiceMessage,
    Subscription,
    Suppression,
)


def build_timeline(contact: Contact) -> list[TimelineEntry]:
    """The whole story of one contact, oldest first."""
    addresses = list(contact.addresses.all())
    places: AddressesById = {address.pk: timeline_labels.address_label(address) for address in addresses}
    entries = [
        *_record_entries(contact, places),
        *_consent_entries(places),
        *_opt_out_reason_entries(places),
        *_subscription_entries(places),
        *_suppression_entries(addresses),
        *_service_message_entries(places),
        *_message_entries(places),
        *_delivery_entries(addresses, places),
        *_inbound_entries(places),
        *timeline_records.record_entries(contact, places),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _record_entries(contact: Contact, places: AddressesById) -> Iterator[TimelineEntry]:
    """Who added, corrected or erased the person's row and addresses; old names and addresses are kept nowhere."""
    for row, changed in history_diff.describe_changes(Contact.history.filter(id=contact.pk), hidden=_("name")):
        detail = timeline_labels.join_parts([changed, row.history_change_reason])
        yield TimelineEntry(
            row.history_date,
            EntryKind.RECORD,
            timeline_labels.row_change_label(row, _("Contact")),
            timeline_labels.actor_label(row),
            "",
            detail,
        )
    for row, detail in history_diff.describe_changes(
        Address.history.filter(contact_id=contact.pk), hidden=_("internal")
    ):
        what = timeline_labels.row_change_label(row, _("Address"))
        yield TimelineEntry(
            row.history_date, EntryKind.RECORD, what, timeline_labels.actor_label(row), places.get(row.id, ""), detail
        )


def _consent_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    rows = renewal_markers.with_renewal_flags(ConsentEvent.objects.filter(address__in=places)).select_related(
        "topic", "notice__topic", "form__form", "by", "evidence"
    )
    for event in rows:
        where = places[event.address_id]
        who = timeline_labels.speaker_label(event)
        kind = _("Renewed") if renewal_markers.is_renewal(event) else event.get_kind_display()
        what = f"{kind} · {event.topic or _('everything')}"
        yield TimelineEntry(
            event.occurred_at, EntryKind.SAID, what, who, where, timeline_labels.event_circumstances(event)
        )
        yield from _evidence_entries(event, who, where)


def _evidence_entries(event: ConsentEvent, who: str, where: str) -> Iterator[TimelineEntry]:
    """The personal part of the proof, as long as it is there."""
    evidence = getattr(event, "evidence", None)
    if evidence is None:
        detail = _("Erased. The hash %(start)s… remains.") % {"start": event.commitment[:12]}
        yield TimelineEntry(event.occurred_at, EntryKind.EVIDENCE, _("Evidence erased"), who, where, detail)
    elif detail := timeline_labels.evidence_label(evidence):
        yield TimelineEntry(event.occurred_at, EntryKind.EVIDENCE, _("Evidence"), who, where, detail, personal=True)


def _opt_out_reason_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    """Why they left, and what a colleague found who looked into it."""
    for row in OptOutReason.objects.filter(address__in=places).select_related("topic", "reviewed_by"):
        about = {"topic": row.topic or _("everything")}
        detail, where = timeline_labels.join_parts([row.get_reason_display(), row.words]), places[row.address_id]
        what = _("Unsubscribe reason · %(topic)s") % about
        yield TimelineEntry(
            row.created_at, EntryKind.SAID, what, _("The person"), where, detail, personal=bool(row.words)
        )
        if row.reviewed_at:
            what, who = (
                _("Investigated · %(topic)s") % about,
                timeline_labels.user_label(row.reviewed_by, timeline_labels.SYSTEM_ACTOR),
            )
            yield TimelineEntry(
                row.reviewed_at, EntryKind.RECORD, what, who, where, row.finding, personal=bool(row.finding)
            )


def _subscription_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    rows = Subscription.history.filter(address_id__in=places).select_related("topic", "event", "history_user")
    for row in rows:
        detail = _("Because of: %(event)s") % {"event": row.event.get_kind_display()}
        what = f"{row.topic} · {row.get_status_display()}"
        yield TimelineEntry(
            row.history_date,
            EntryKind.SUBSCRIPTION,
            what,
            timeline_labels.actor_label(row),
            places[row.address_id],
            detail,
        )


def _suppression_entries(addresses: Iterable[Address]) -> Iterator[TimelineEntry]:
    """Found by fingerprint, so an erased address has none to show: its stop stands without leading back to it."""
    places = {
        address.fingerprint: timeline_labels.address_label(address) for address in addresses if address.fingerprint
    }
    history = Suppression.history.filter(fingerprint__in=places, history_type="+").select_related("history_user")
    first = {row.id: row for row in history}
    for row in Suppression.objects.filter(fingerprint__in=places).select_related("lifted_by"):
        where = places[row.fingerprint]
        what = _("Suppressed · %(reason)s") % {"reason": row}
        yield TimelineEntry(
            row.since,
            EntryKind.SUPPRESSION,
            what,
            timeline_labels.actor_label(first.get(row.pk)),
            where,
            row.detail_label,
        )
        if row.lifted_at:
            what = _("Lifted · %(reason)s") % {"reason": row}
            who = timeline_labels.user_label(row.lifted_by, _("The person"))
            yield TimelineEntry(row.lifted_at, EntryKind.SUPPRESSION, what, who, where, row.lifted_because_label)


def _service_message_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    for service_message in ServiceMessage.objects.filter(address__in=places).select_related("sender"):
        detail = timeline_labels.join_parts([service_message.sender, service_message.reason_label])
        where = places[service_message.address_id]
        yield TimelineEntry(
            service_message.sent_at or service_message.queued_at,
            EntryKind.REPLY,
            str(service_message),
            timeline_labels.SYSTEM_ACTOR,
            where,
            detail,
        )


def _message_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    for message in Message.objects.filter(address__in=places).select_related("campaign"):
        what = f"{message.campaign} · {message.get_status_display()}"
        detail = timeline_labels.join_parts(
            [timeline_labels.skip_reason_label(message.skipped_because), message.detail_label]
        )
        where = places[message.address_id]
        yield TimelineEntry(_moment(message), EntryKind.MESSAGE, what, timeline_labels.SYSTEM_ACTOR, where, detail)


def _moment(message: Message) -> datetime:
    campaign = message.campaign
    reached = message.finished_at or message.sent_to_provider_at
    return reached or campaign.audience_locked_at or campaign.started_at or campaign.created_at


def _delivery_entries(addresses: list[Address], places: AddressesById) -> Iterator[TimelineEntry]:
    ours = Q(message__address__in=places) | Q(service_message__address__in=places)
    labels: dict[str | None, str] = {
        address.fingerprint: places[address.pk] for address in addresses if address.fingerprint
    }
    rows = DeliveryEvent.objects.filter(ours | Q(fingerprint__in=labels)).select_related(
        "message__campaign", "service_message"
    )
    for event in rows:
        about = event.message or event.service_message
        what = f"{event.get_kind_display()} · {timeline_labels.report_subject_label(event)}"
        where = places[about.address_id] if about else labels[event.fingerprint]
        yield TimelineEntry(event.occurred_at, EntryKind.DELIVERY, what, event.provider, where, event.detail)


def _inbound_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    """What they wrote, how it was understood, and what a colleague decided where that was in doubt."""
    for inbound in InboundMessage.objects.filter(address__in=places).select_related("decided_by"):
        told = _("“%(text)s”") % {"text": inbound.raw_text} if inbound.raw_text else ""
        understood = _("matched by %(rule)s") % {"rule": inbound.matched_by} if inbound.matched_by else ""
        detail, where = (
            timeline_labels.join_parts([told, understood, inbound.outcome_label]),
            places[inbound.address_id],
        )
        what, personal = inbound.get_meaning_display(), bool(inbound.raw_text)
        yield TimelineEntry(
            inbound.received_at, EntryKind.INBOUND, what, _("The person"), where, detail, personal=personal
        )
        if inbound.decided_at:
            what = _("Decided · %(decision)s") % {"decision": inbound.get_decision_display()}
            who = timeline_labels.user_label(inbound.decided_by, timeline_labels.SYSTEM_ACTOR)
            yield TimelineEntry(inbound.decided_at, EntryKind.INBOUND, what, who, where)
