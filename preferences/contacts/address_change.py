"""A person moves from one address to another. Writes AddressChange.

Nothing moves before both ends are proven: the change is asked for behind a fresh link to the old address, and
confirmed with the link in the letter to the new one, in a browser that also holds a link to the old. Until then
the new address is kept apart from the person, under a contact of its own: it may be mistyped, and whoever reads
there must find nothing of theirs.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.consent import ledger
from preferences.consent import service as consent
from preferences.consent.evidence import NOTHING, Proof
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.contacts.address_normalization import normal_form
from preferences.errors import NotAllowed
from preferences.models import (
    Address,
    AddressChange,
    Channel,
    ConsentEvent,
    Method,
    Notice,
    Reply,
    Sender,
    Source,
    Subscription,
    Suppression,
)
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

Kind = ConsentEvent.Kind
Status = Subscription.Status
Reason = Suppression.Reason
FOLLOWS_THE_PERSON = (Reason.STOPPED, Reason.COMPLAINED, Reason.PERMANENT)


@transaction.atomic
def ask(old: Address, channel: str, value: str) -> Reply | None:
    """The owner of this address wants to be written to elsewhere: ask there, and change nothing yet.

    An address that belongs to somebody else is not touched; its owner is sent their own link, and the door says
    the same. Raises Unreadable for what is no address, NotAllowed when nothing could be sent there.
    """
    old = send_fence.hold(old)
    if (old.channel, old.normal_form) == (channel, normal_form(channel, value)):
        raise NotAllowed(_("This is your current address. Enter the new one."))
    sender = _sender(old, channel)
    _drop(open_now().filter(old=old))
    known = contacts.find(channel, value)
    if known and not _may_be_taken(known, old):
        return outbox.owe_link(known)
    new = known or contacts.add_address(channel, value, language=old.contact.language)
    if consent.never_again(new):
        erasure.forget_unconfirmed(new)
        return None
    change = AddressChange.objects.create(old=old, new=new, act=uuid4())
    return outbox.owe(new, Reply.Kind.NEW_ADDRESS, sender=sender, act=change.act)


def waiting(reply: Reply) -> AddressChange | None:
    """The change that this letter asked about, while it can still be confirmed."""
    related = ("old__contact", "new__contact")
    return open_now().filter(act=reply.act, asked_at__gte=_oldest()).select_related(*related).first()


def topics(change: AddressChange) -> tuple[list[Subscription], list[Subscription]]:
    """What the old address gets: what can be had at the new one, and what cannot."""
    gets = change.old.subscriptions.filter(status__in=[Status.ACTIVE, Status.PAUSED])
    rows = list(gets.select_related("topic__sender").order_by("topic__sender__name", "topic__name"))
    there = [row for row in rows if row.topic.offers(change.new.channel) and not row.topic.retired_at]
    return there, [row for row in rows if row not in there]


@transaction.atomic
def confirm(reply: Reply, *, notices: Iterable[Notice] = (), proof: Proof = NOTHING) -> Address:
    """Both ends are proven: from now on the person is written to at the new address, about what they agreed to.

    Their "no" goes with them, whatever it was about; a "yes" does not, it is given anew. Raises NotAllowed when
    the change is over, or the new address became somebody's meanwhile.
    """
    _lock_both_ends(reply)
    change = waiting(reply)
    if change is None or change.old.erased_at or not _may_be_taken(change.new, change.old):
        raise NotAllowed(
            _(
                "This change of address was completed or has expired. Request it again on the page with "
                "your contact details."
            )
        )
    new = _moved_in(change)
    consent.mark_verified(new)
    _carry_the_no(change.old, new, change=change, proof=proof)
    _grant(change, new, {notice.topic_id: notice for notice in notices}, reply.sender, proof)
    _empty(change, reply.sender, proof)
    change.new, change.confirmed_at = new, timezone.now()
    change.save(update_fields=["new", "confirmed_at"])
    return new


@transaction.atomic
def refuse(reply: Reply) -> None:
    """Whoever reads at the new address did not ask for this. Harmless twice."""
    _lock_both_ends(reply)
    _drop(open_now().filter(act=reply.act))


def was_left(address: Address) -> bool:
    """Did the person move away from this address, and not come back?"""
    moved = AddressChange.objects.filter(Q(old=address) | Q(new=address)).exclude(confirmed_at=None)
    last = moved.order_by("-confirmed_at", "-pk").first()
    return last is not None and last.old_id == address.pk


def reads_somebody_else(address: Address) -> bool:
    """May it be another person who reads there by now: they moved away, or somebody told us that it is not theirs?"""
    return was_given_away(address) or was_left(address)


def was_given_away(address: Address) -> bool:
    """Did whoever reads there ever tell us that they are not the person we think?"""
    return Suppression.objects.of(address).filter(reason=Reason.REASSIGNED).exists()


def overdue() -> QuerySet[AddressChange]:
    """Changes that nobody confirmed in time."""
    return open_now().filter(asked_at__lt=_oldest()).order_by("pk")


def open_now() -> QuerySet[AddressChange]:
    """Neither confirmed nor dropped."""
    return AddressChange.objects.filter(confirmed_at=None, dropped_at=None)


@transaction.atomic
def close(change_id: int) -> None:
    """Nobody confirmed it: the change is dropped and the new address forgotten, if that was all. Harmless twice."""
    _drop(overdue().filter(pk=change_id))


def _lock_both_ends(reply: Reply) -> None:
    moving = Address.objects.filter(Q(moves_away__act=reply.act) | Q(moves_here__act=reply.act))
    send_fence.lock(moving.values_list("pk", flat=True))


def _sender(old: Address, channel: str) -> Sender:
    """On whose behalf the new address is asked."""
    sender = outbox.sender_of(old)
    if sender is None:
        raise NotAllowed(_("No sender has contacted you here yet, so there is no address to change. Sign up instead."))
    if channel == Channel.SMS and not sender.text_number:
        raise NotAllowed(_("%(sender)s does not send text messages. Enter an email address.") % {"sender": sender})
    return sender


def _may_be_taken(known: Address, old: Address) -> bool:
    """Theirs already, or nobody's: only ever typed into the form that asks for a change, and never confirmed."""
    if known.contact_id == old.contact_id:
        return True
    silent = not known.verified_at and not known.events.exists() and not known.subscriptions.exists()
    return silent and not known.erased_at and known.moves_here.exists()


def _drop(changes: QuerySet[AddressChange]) -> None:
    for change in changes.select_related("old", "new__contact"):
        change.dropped_at = timezone.now()
        change.save(update_fields=["dropped_at"])
        outbox.drop(change.new, Reply.Kind.NEW_ADDRESS, reason="The change of address is over.")
        if not open_now().filter(new=change.new).exists() and _may_be_taken(change.new, change.old):
            erasure.forget_unconfirmed(change.new)


def _moved_in(change: AddressChange) -> Address:
    """The new address under the person it belongs to. Which row is whose never changes, so this is another row."""
    kept_apart = change.new
    if kept_apart.contact_id == change.old.contact_id:
        return kept_apart
    channel, value = kept_apart.channel, kept_apart.value
    open_now().filter(new=kept_apart).exclude(pk=change.pk).update(dropped_at=timezone.now())
    contacts.forget(kept_apart.contact)
    return contacts.add_address(channel, value, contact=change.old.contact)


def _carry_the_no(old: Address, new: Address, *, change: AddressChange, proof: Proof) -> None:
    for stop in Suppression.objects.of(old).in_force().filter(reason__in=FOLLOWS_THE_PERSON):
        consent.suppress(new, stop.reason, scope=stop.scope, detail=stop.detail)
    left = old.subscriptions.filter(status=Status.ENDED, event__kind__in=[Kind.WITHDRAWN, Kind.REFUSED])
    known = new.subscriptions.values("topic")
    for row in left.exclude(topic__in=known).select_related("topic"):
        ledger.record(new, row.topic, Kind.WITHDRAWN, proof=proof, **_said(change))


def _grant(change: AddressChange, new: Address, agreed: dict[int, Notice], sender: Sender, proof: Proof) -> None:
    """What was ticked, as far as the old address still gets it; a pause goes on. One letter greets them there."""
    act, ticked = change.act, Method.CHECKBOX
    for row in topics(change)[0]:
        if notice := agreed.get(row.topic_id):
            consent.grant(new, row.topic, source=Source.CONFIRM, method=ticked, notice=notice, proof=proof, act=act)
            outbox.owe(new, Reply.Kind.SIGNED_UP, sender=row.topic.sender, act=act)
            if row.paused_until:
                ledger.record(new, row.topic, Kind.PAUSED, proof=proof, **_said(change, until=row.paused_until))
    if not new.replies.filter(act=act, kind=Reply.Kind.SIGNED_UP).exists():
        outbox.owe(new, Reply.Kind.LINK, sender=sender, act=act)


def _empty(change: AddressChange, sender: Sender, proof: Proof) -> None:
    """Nothing more goes to the old address but the news of it, so that nobody is moved unawares."""
    consent.withdraw_all(change.old, sender=sender, source=Source.PREFERENCES, proof=proof, act=change.act)
    outbox.drop(change.old, Reply.Kind.OPTED_OUT, reason="They are told that they moved.")
    if change.old.channel == Channel.EMAIL or sender.text_number:
        outbox.owe(change.old, Reply.Kind.CHANGED, sender=sender, act=change.act)
    contacts.revoke_links(change.old)


def _said(change: AddressChange, until: datetime | None = None) -> ledger.Said:
    return ledger.Said(act=change.act, source=Source.CONFIRM, method=Method.BUTTON, until=until)


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=settings.CONFIRM_LINK_DAYS)
