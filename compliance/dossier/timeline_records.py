"""The contact record's quieter lines: limits, moves, receipts, requests, links opened. Reads, and writes nothing.

One query per kind of row. Of somebody who was forgotten only the facts are told, never their words.
"""

from collections.abc import Iterator

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.dossier import timeline_labels
from compliance.dossier.timeline_entry import AddressesById, EntryKind, TimelineEntry
from compliance.models import SubjectRequest
from preferences.models import Address, AddressChange, Contact, FrequencyCap, LinkOpen, Receipt, SuspiciousOptOut


def record_entries(contact: Contact, places: AddressesById) -> Iterator[TimelineEntry]:
    yield from _frequency_cap_entries(contact)
    yield from _address_change_entries(places)
    yield from _receipt_entries(places)
    yield from _subject_request_entries(contact, places)
    yield from _link_open_entries(places)
    yield from _suspicious_opt_out_entries(places)


def _frequency_cap_entries(contact: Contact) -> Iterator[TimelineEntry]:
    """What stood as their limit, turn by turn; it is the person's, so it has no address."""
    for row in FrequencyCap.history.filter(contact_id=contact.pk).select_related("topic", "history_user"):
        what = _("Frequency cap · %(topic)s") % {"topic": row.topic or _("everything")}
        yield TimelineEntry(
            row.history_date,
            EntryKind.RECORD,
            what,
            timeline_labels.actor_label(row),
            "",
            timeline_labels.cap_label(row.most_per_month),
        )


def _address_change_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    rows = AddressChange.objects.filter(Q(old__in=places) | Q(new__in=places)).select_related("old", "new")
    for row in rows:
        detail = _("from %(old)s to %(new)s") % {"old": _end(row.old, places), "new": _end(row.new, places)}
        where = places.get(row.old_id) or places[row.new_id]
        yield TimelineEntry(row.asked_at, EntryKind.REQUEST, _("Change of address requested"), _person(), where, detail)
        if row.confirmed_at:
            yield TimelineEntry(row.confirmed_at, EntryKind.RECORD, _("Address changed"), _person(), where, detail)
        if row.dropped_at:
            what = _("Change of address not completed: the new address was not confirmed")
            yield TimelineEntry(row.dropped_at, EntryKind.RECORD, what, timeline_labels.SYSTEM_ACTOR, where, detail)


def _end(address: Address, places: AddressesById) -> str:
    """Where they moved from or to; an address that is not theirs, or not yet, is not shown whole."""
    return places.get(address.pk) or (address.masked if not address.erased_at else str(address))


def _receipt_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    for row in Receipt.objects.filter(address__in=places).defer("document"):
        detail = _("Number %(number)s") % {"number": row.reference}
        what = _("Signed receipt issued")
        yield TimelineEntry(
            row.issued_at, EntryKind.RECEIPT, what, timeline_labels.SYSTEM_ACTOR, places[row.address_id], detail
        )


def _subject_request_entries(contact: Contact, places: AddressesById) -> Iterator[TimelineEntry]:
    for row in SubjectRequest.objects.filter(contact=contact).select_related("answered_by"):
        words, answer = ("", "") if contact.erased_at else (row.words, row.answer)
        where = places.get(row.address_id, "")
        due = _("due on %(day)s") % {"day": row.due_at.date()}
        told = _("“%(words)s”") % {"words": words} if words else ""
        what = _("Asked for: %(right)s") % {"right": row.get_kind_display()}
        detail = timeline_labels.join_parts([told, due])
        yield TimelineEntry(row.received_at, EntryKind.REQUEST, what, _person(), where, detail, personal=bool(words))
        if row.answered_at:
            what = f"{row.get_kind_display()} · {row.get_status_display()}"
            who = timeline_labels.user_label(row.answered_by, _closed_by(row))
            yield TimelineEntry(row.answered_at, EntryKind.REQUEST, what, who, where, answer, personal=bool(answer))


def _closed_by(row: SubjectRequest) -> str:
    return _person() if row.status == SubjectRequest.Status.TAKEN_BACK else timeline_labels.SYSTEM_ACTOR


def _link_open_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    """How often links of theirs were opened on one day: a count, and nothing of what we saw."""
    machines = Count("pk", filter=~Q(opener=LinkOpen.Opener.PERSON))
    days = LinkOpen.objects.filter(address__in=places).annotate(day=TruncDate("seen_at")).order_by()
    counted = days.values("address", "day").annotate(times=Count("pk"), machines=machines, last=Max("seen_at"))
    for row in counted:
        what = ngettext("%(count)d link opened", "%(count)d links opened", row["times"]) % {"count": row["times"]}
        detail = _("%(count)d of them automated") % {"count": row["machines"]} if row["machines"] else ""
        yield TimelineEntry(
            row["last"], EntryKind.LINK, what, _("Person or automated program"), places[row["address"]], detail
        )


def _suspicious_opt_out_entries(places: AddressesById) -> Iterator[TimelineEntry]:
    """Opt-outs that may have been a machine's: they stand, and the person is offered a way back."""
    for row in SuspiciousOptOut.objects.filter(address__in=places).select_related("resolved_by"):
        where, ours = places[row.address_id], timeline_labels.SYSTEM_ACTOR
        yield TimelineEntry(row.seen_at, EntryKind.LINK, _("Suspicious opt-out"), ours, where, row.because_label)
        if row.offered_at:
            yield TimelineEntry(row.offered_at, EntryKind.REPLY, _("Undo offered"), _settler(row), where)
        if row.resolved_at:
            yield TimelineEntry(
                row.resolved_at, EntryKind.RECORD, _("Suspicious opt-out resolved"), _settler(row), where
            )


def _settler(row: SuspiciousOptOut) -> str:
    return timeline_labels.user_label(row.resolved_by, timeline_labels.SYSTEM_ACTOR)


def _person() -> str:
    return _("The person")
