"""The dossier's quieter lines: limits, moves, receipts, requests, links opened. Reads, and writes nothing.

One query per kind of row. Of somebody who was forgotten only the facts are told, never their words.
"""

from collections.abc import Iterator

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.dossier import timeline_labels
from compliance.dossier.timeline_entry import Entry, Kind, Places
from compliance.models import SubjectRequest
from preferences.models import Address, AddressChange, Contact, DoubtfulLeave, Limit, LinkHit, Receipt


def entries(contact: Contact, places: Places) -> Iterator[Entry]:
    yield from _limits(contact)
    yield from _moves(places)
    yield from _receipts(places)
    yield from _requests(contact, places)
    yield from _links(places)
    yield from _doubts(places)


def _limits(contact: Contact) -> Iterator[Entry]:
    """What stood as their limit, turn by turn; it is the person's, so it has no address."""
    for row in Limit.history.filter(contact_id=contact.pk).select_related("topic", "history_user"):
        what = _("Frequency cap · %(topic)s") % {"topic": row.topic or _("everything")}
        yield Entry(
            row.history_date,
            Kind.RECORD,
            what,
            timeline_labels.who(row),
            "",
            timeline_labels.at_most(row.most_per_month),
        )


def _moves(places: Places) -> Iterator[Entry]:
    rows = AddressChange.objects.filter(Q(old__in=places) | Q(new__in=places)).select_related("old", "new")
    for row in rows:
        detail = _("from %(old)s to %(new)s") % {"old": _end(row.old, places), "new": _end(row.new, places)}
        where = places.get(row.old_id) or places[row.new_id]
        yield Entry(row.asked_at, Kind.REQUEST, _("Change of address requested"), _person(), where, detail)
        if row.confirmed_at:
            yield Entry(row.confirmed_at, Kind.RECORD, _("Address changed"), _person(), where, detail)
        if row.dropped_at:
            what = _("Change of address not completed: the new address was not confirmed")
            yield Entry(row.dropped_at, Kind.RECORD, what, timeline_labels.OURSELVES, where, detail)


def _end(address: Address, places: Places) -> str:
    """Where they moved from or to; an address that is not theirs, or not yet, is not shown whole."""
    return places.get(address.pk) or (address.masked if not address.erased_at else str(address))


def _receipts(places: Places) -> Iterator[Entry]:
    for row in Receipt.objects.filter(address__in=places).defer("document"):
        detail = _("Number %(number)s") % {"number": row.reference}
        what = _("Signed receipt issued")
        yield Entry(row.issued_at, Kind.RECEIPT, what, timeline_labels.OURSELVES, places[row.address_id], detail)


def _requests(contact: Contact, places: Places) -> Iterator[Entry]:
    for row in SubjectRequest.objects.filter(contact=contact).select_related("answered_by"):
        words, answer = ("", "") if contact.erased_at else (row.words, row.answer)
        where = places.get(row.address_id, "")
        due = _("due on %(day)s") % {"day": row.due_at.date()}
        told = _("“%(words)s”") % {"words": words} if words else ""
        what = _("Asked for: %(right)s") % {"right": row.get_kind_display()}
        detail = timeline_labels.joined([told, due])
        yield Entry(row.received_at, Kind.REQUEST, what, _person(), where, detail, personal=bool(words))
        if row.answered_at:
            what = f"{row.get_kind_display()} · {row.get_status_display()}"
            who = timeline_labels.name(row.answered_by, _closed_by(row))
            yield Entry(row.answered_at, Kind.REQUEST, what, who, where, answer, personal=bool(answer))


def _closed_by(row: SubjectRequest) -> str:
    return _person() if row.status == SubjectRequest.Status.TAKEN_BACK else timeline_labels.OURSELVES


def _links(places: Places) -> Iterator[Entry]:
    """How often links of theirs were opened on one day: a count, and nothing of what we saw."""
    machines = Count("pk", filter=~Q(looks=LinkHit.Looks.PERSON))
    days = LinkHit.objects.filter(address__in=places).annotate(day=TruncDate("seen_at")).order_by()
    counted = days.values("address", "day").annotate(times=Count("pk"), machines=machines, last=Max("seen_at"))
    for row in counted:
        what = ngettext("%(count)d link opened", "%(count)d links opened", row["times"]) % {"count": row["times"]}
        detail = _("%(count)d of them automated") % {"count": row["machines"]} if row["machines"] else ""
        yield Entry(row["last"], Kind.LINK, what, _("Person or automated program"), places[row["address"]], detail)


def _doubts(places: Places) -> Iterator[Entry]:
    """Opt-outs that may have been a machine's: they stand, and the person is offered a way back."""
    for row in DoubtfulLeave.objects.filter(address__in=places).select_related("settled_by"):
        where, ours = places[row.address_id], timeline_labels.OURSELVES
        yield Entry(row.seen_at, Kind.LINK, _("Suspicious opt-out"), ours, where, row.because)
        if row.offered_at:
            yield Entry(row.offered_at, Kind.REPLY, _("Undo offered"), _settler(row), where)
        if row.settled_at:
            yield Entry(row.settled_at, Kind.RECORD, _("Suspicious opt-out resolved"), _settler(row), where)


def _settler(row: DoubtfulLeave) -> str:
    return timeline_labels.name(row.settled_by, timeline_labels.OURSELVES)


def _person() -> str:
    return _("The person")
