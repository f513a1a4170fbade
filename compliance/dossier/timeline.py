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
from compliance.dossier.timeline_entry import Entry, Kind, Places
from preferences.consent import renewal_markers
from preferences.models import Address, ConsentEvent, Contact, Inbound, LeaveReason, Reply, Subscription, Suppression


def dossier(contact: Contact) -> list[Entry]:
    """The whole story of one contact, oldest first."""
    addresses = list(contact.addresses.all())
    places: Places = {address.pk: timeline_labels.place(address) for address in addresses}
    entries = [
        *_record(contact, places),
        *_said(places),
        *_left_because(places),
        *_subscriptions(places),
        *_suppressions(addresses),
        *_replies(places),
        *_messages(places),
        *_deliveries(addresses, places),
        *_inbound(places),
        *timeline_records.entries(contact, places),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _record(contact: Contact, places: Places) -> Iterator[Entry]:
    """Who added, corrected or erased the person's row and addresses; old names and addresses are kept nowhere."""
    for row, changed in history_diff.told(Contact.history.filter(id=contact.pk), hidden=_("name")):
        detail = timeline_labels.joined([changed, row.history_change_reason])
        yield Entry(
            row.history_date,
            Kind.RECORD,
            timeline_labels.change(row, _("Contact")),
            timeline_labels.who(row),
            "",
            detail,
        )
    for row, detail in history_diff.told(Address.history.filter(contact_id=contact.pk), hidden=_("internal")):
        what = timeline_labels.change(row, _("Address"))
        yield Entry(row.history_date, Kind.RECORD, what, timeline_labels.who(row), places.get(row.id, ""), detail)


def _said(places: Places) -> Iterator[Entry]:
    rows = renewal_markers.marked(ConsentEvent.objects.filter(address__in=places)).select_related(
        "topic", "notice__topic", "form__form", "by", "evidence"
    )
    for event in rows:
        where = places[event.address_id]
        who = timeline_labels.speaker(event)
        kind = _("Renewed") if renewal_markers.is_kept(event) else event.get_kind_display()
        what = f"{kind} · {event.topic or _('everything')}"
        yield Entry(event.occurred_at, Kind.SAID, what, who, where, timeline_labels.circumstances(event))
        yield from _evidence(event, who, where)


def _evidence(event: ConsentEvent, who: str, where: str) -> Iterator[Entry]:
    """The personal part of the proof, as long as it is there."""
    evidence = getattr(event, "evidence", None)
    if evidence is None:
        detail = _("Erased. The hash %(start)s… remains.") % {"start": event.commitment[:12]}
        yield Entry(event.occurred_at, Kind.EVIDENCE, _("Evidence erased"), who, where, detail)
    elif detail := timeline_labels.proof(evidence):
        yield Entry(event.occurred_at, Kind.EVIDENCE, _("Evidence"), who, where, detail, personal=True)


def _left_because(places: Places) -> Iterator[Entry]:
    """Why they left, and what a colleague found who looked into it."""
    for row in LeaveReason.objects.filter(address__in=places).select_related("topic", "reviewed_by"):
        about = {"topic": row.topic or _("everything")}
        detail, where = timeline_labels.joined([row.get_reason_display(), row.words]), places[row.address_id]
        what = _("Unsubscribe reason · %(topic)s") % about
        yield Entry(row.created_at, Kind.SAID, what, _("The person"), where, detail, personal=bool(row.words))
        if row.reviewed_at:
            what, who = (
                _("Investigated · %(topic)s") % about,
                timeline_labels.name(row.reviewed_by, timeline_labels.OURSELVES),
            )
            yield Entry(row.reviewed_at, Kind.RECORD, what, who, where, row.finding, personal=bool(row.finding))


def _subscriptions(places: Places) -> Iterator[Entry]:
    rows = Subscription.history.filter(address_id__in=places).select_related("topic", "event", "history_user")
    for row in rows:
        detail = _("Because of: %(event)s") % {"event": row.event.get_kind_display()}
        what = f"{row.topic} · {row.get_status_display()}"
        yield Entry(row.history_date, Kind.SUBSCRIPTION, what, timeline_labels.who(row), places[row.address_id], detail)


def _suppressions(addresses: Iterable[Address]) -> Iterator[Entry]:
    """Found by fingerprint, so an erased address has none to show: its stop stands without leading back to it."""
    places = {address.fingerprint: timeline_labels.place(address) for address in addresses if address.fingerprint}
    history = Suppression.history.filter(fingerprint__in=places, history_type="+").select_related("history_user")
    first = {row.id: row for row in history}
    for row in Suppression.objects.filter(fingerprint__in=places).select_related("lifted_by"):
        where = places[row.fingerprint]
        what = _("Suppressed · %(reason)s") % {"reason": row}
        yield Entry(row.since, Kind.SUPPRESSION, what, timeline_labels.who(first.get(row.pk)), where, row.detail)
        if row.lifted_at:
            what = _("Lifted · %(reason)s") % {"reason": row}
            who = timeline_labels.name(row.lifted_by, _("The person"))
            yield Entry(row.lifted_at, Kind.SUPPRESSION, what, who, where, row.lifted_because)


def _replies(places: Places) -> Iterator[Entry]:
    for reply in Reply.objects.filter(address__in=places).select_related("sender"):
        detail = timeline_labels.joined([reply.sender, reply.reason])
        where = places[reply.address_id]
        yield Entry(reply.sent_at or reply.owed_at, Kind.REPLY, str(reply), timeline_labels.OURSELVES, where, detail)


def _messages(places: Places) -> Iterator[Entry]:
    for message in Message.objects.filter(address__in=places).select_related("campaign"):
        what = f"{message.campaign} · {message.get_status_display()}"
        detail = timeline_labels.joined([timeline_labels.skipped(message.skipped_because), message.detail])
        where = places[message.address_id]
        yield Entry(_moment(message), Kind.MESSAGE, what, timeline_labels.OURSELVES, where, detail)


def _moment(message: Message) -> datetime:
    campaign = message.campaign
    reached = message.finished_at or message.handed_over_at
    return reached or campaign.frozen_at or campaign.started_at or campaign.created_at


def _deliveries(addresses: list[Address], places: Places) -> Iterator[Entry]:
    ours = Q(message__address__in=places) | Q(reply__address__in=places)
    labels: dict[str | None, str] = {
        address.fingerprint: places[address.pk] for address in addresses if address.fingerprint
    }
    rows = DeliveryEvent.objects.filter(ours | Q(fingerprint__in=labels)).select_related("message__campaign", "reply")
    for event in rows:
        about = event.message or event.reply
        what = f"{event.get_kind_display()} · {timeline_labels.subject(event)}"
        where = places[about.address_id] if about else labels[event.fingerprint]
        yield Entry(event.occurred_at, Kind.DELIVERY, what, event.provider, where, event.detail)


def _inbound(places: Places) -> Iterator[Entry]:
    """What they wrote, how it was understood, and what a colleague decided where that was in doubt."""
    for inbound in Inbound.objects.filter(address__in=places).select_related("decided_by"):
        told = _("“%(text)s”") % {"text": inbound.raw_text} if inbound.raw_text else ""
        understood = _("matched by %(rule)s") % {"rule": inbound.matched_by} if inbound.matched_by else ""
        detail, where = timeline_labels.joined([told, understood, inbound.outcome]), places[inbound.address_id]
        what, personal = inbound.get_meaning_display(), bool(inbound.raw_text)
        yield Entry(inbound.received_at, Kind.INBOUND, what, _("The person"), where, detail, personal=personal)
        if inbound.decided_at:
            what = _("Decided · %(decision)s") % {"decision": inbound.get_decision_display()}
            who = timeline_labels.name(inbound.decided_by, timeline_labels.OURSELVES)
            yield Entry(inbound.decided_at, Kind.INBOUND, what, who, where)
