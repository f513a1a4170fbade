"""A person moves from one address to another.

Nothing moves before both ends are proven: the change is asked for behind a secure link to the old address, and
confirmed with the link in the letter to the new one, in a browser that also holds a link to the old. Until then
the new address is kept apart from the person, under a contact of its own: it may be mistyped, and whoever reads
there must find nothing of theirs.

Writes: AddressChange.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.consent import ledger, renewal, suppressions
from preferences.consent import service as consent
from preferences.consent.evidence import NO_PROOF, Proof
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.contacts.address_normalization import normalize_address
from preferences.errors import NotAllowed
from preferences.models import (
    Address,
    AddressChange,
    CancelReason,
    Channel,
    ConsentEvent,
    Method,
    Notice,
    Sender,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
)
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

EventKind = ConsentEvent.Kind
SubscriptionStatus = Subscription.Status
SuppressionReason = Suppression.Reason
PERSONAL_SUPPRESSIONS = (SuppressionReason.STOPPED, SuppressionReason.COMPLAINED, SuppressionReason.PERMANENT)


@transaction.atomic
def request(old: Address, channel: str, value: str) -> ServiceMessage | None:
    """The owner of this address wants to be written to elsewhere: ask there, and change nothing yet.

    An address that belongs to somebody else is not touched; its owner is sent their own link, and the door says
    the same. Raises Unreadable for what is no address, NotAllowed when nothing could be sent there.
    """
    old = send_fence.lock_address(old)
    if (old.channel, old.normal_form) == (channel, normalize_address(channel, value)):
        raise NotAllowed(_("This is your current address. Enter the new one."))
    sender = _sender(old, channel)
    _drop_changes(open_changes().filter(old=old))
    known = contacts.find(channel, value)
    if known and not _is_available(known, old):
        return outbox.enqueue_secure_link(known)
    new = known or contacts.add_address(channel, value, language=old.contact.language)
    if consent.has_permanent_opt_out(new):
        erasure.forget_unconfirmed(new)
        return None
    change = AddressChange.objects.create(old=old, new=new, interaction_id=uuid4())
    return outbox.enqueue(new, ServiceMessage.Kind.NEW_ADDRESS, sender=sender, interaction_id=change.interaction_id)


def pending_change(service_message: ServiceMessage) -> AddressChange | None:
    """The change that this letter asked about, while it can still be confirmed."""
    related = ("old__contact", "new__contact")
    return (
        open_changes()
        .filter(interaction_id=service_message.interaction_id, asked_at__gte=_oldest())
        .select_related(*related)
        .first()
    )


def topics_to_move(change: AddressChange) -> tuple[list[Subscription], list[Subscription]]:
    """What the old address gets: what can be had at the new one, and what cannot."""
    gets = change.old.subscriptions.filter(status__in=[SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED])
    rows = list(gets.select_related("topic__sender").order_by("topic__sender__name", "topic__name"))
    there = [row for row in rows if row.topic.offers(change.new.channel) and not row.topic.retired_at]
    return there, [row for row in rows if row not in there]


@transaction.atomic
def confirm(service_message: ServiceMessage, *, notices: Iterable[Notice] = (), proof: Proof = NO_PROOF) -> Address:
    """Both ends are proven: from now on the person is written to at the new address, about what they agreed to.

    Their "no" goes with them, whatever it was about; a "yes" does not, it is given anew. Raises NotAllowed when
    the change is over, or the new address became somebody's meanwhile.
    """
    _lock_both_ends(service_message)
    change = pending_change(service_message)
    if change is None or change.old.erased_at or not _is_available(change.new, change.old):
        raise NotAllowed(
            _(
                "This change of address was completed or has expired. Request it again on the page with "
                "your contact details."
            )
        )
    new = _attach_new_address(change)
    renewal.mark_verified(new)
    _carry_suppressions(change.old, new, change=change, proof=proof)
    _grant(change, new, {notice.topic_id: notice for notice in notices}, service_message.sender, proof)
    _withdraw_old_address(change, service_message.sender, proof)
    change.new, change.confirmed_at = new, timezone.now()
    change.save(update_fields=["new", "confirmed_at"])
    return new


@transaction.atomic
def refuse(service_message: ServiceMessage) -> None:
    """Whoever reads at the new address did not ask for this. Harmless twice."""
    _lock_both_ends(service_message)
    _drop_changes(open_changes().filter(interaction_id=service_message.interaction_id))


def has_moved_away(address: Address) -> bool:
    """Did the person move away from this address, and not come back?"""
    moved = AddressChange.objects.filter(Q(old=address) | Q(new=address)).exclude(confirmed_at=None)
    last = moved.order_by("-confirmed_at", "-pk").first()
    return last is not None and last.old_id == address.pk


def may_be_another_reader(address: Address) -> bool:
    """May it be another person who reads there by now: they moved away, or somebody told us that it is not theirs?"""
    return was_reported_wrong_person(address) or has_moved_away(address)


def was_reported_wrong_person(address: Address) -> bool:
    """Did whoever reads there ever tell us that they are not the person we think?"""
    return Suppression.objects.of(address).filter(reason=SuppressionReason.REASSIGNED).exists()


def overdue_changes() -> QuerySet[AddressChange]:
    """Changes that nobody confirmed in time."""
    return open_changes().filter(asked_at__lt=_oldest()).order_by("pk")


def open_changes() -> QuerySet[AddressChange]:
    """Neither confirmed nor dropped."""
    return AddressChange.objects.filter(confirmed_at=None, dropped_at=None)


@transaction.atomic
def close(change_id: int) -> None:
    """Nobody confirmed it: the change is dropped and the new address forgotten, if that was all. Harmless twice."""
    _drop_changes(overdue_changes().filter(pk=change_id))


def _lock_both_ends(service_message: ServiceMessage) -> None:
    moving = Address.objects.filter(
        Q(changes_from_here__interaction_id=service_message.interaction_id)
        | Q(changes_to_here__interaction_id=service_message.interaction_id)
    )
    send_fence.lock_addresses(moving.values_list("pk", flat=True))


def _sender(old: Address, channel: str) -> Sender:
    """On whose behalf the new address is asked."""
    sender = outbox.latest_sender(old)
    if sender is None:
        raise NotAllowed(_("No sender has contacted you here yet, so there is no address to change. Sign up instead."))
    if channel == Channel.SMS and not sender.text_number:
        raise NotAllowed(_("%(sender)s does not send text messages. Enter an email address.") % {"sender": sender})
    return sender


def _is_available(known: Address, old: Address) -> bool:
    """Theirs already, or nobody's: only ever typed into the form that asks for a change, and never confirmed."""
    if known.contact_id == old.contact_id:
        return True
    silent = not known.verified_at and not known.events.exists() and not known.subscriptions.exists()
    return silent and not known.erased_at and known.changes_to_here.exists()


def _drop_changes(changes: QuerySet[AddressChange]) -> None:
    for change in changes.select_related("old", "new__contact"):
        change.dropped_at = timezone.now()
        change.save(update_fields=["dropped_at"])
        outbox.cancel_queued(change.new, ServiceMessage.Kind.NEW_ADDRESS, reason=CancelReason.ADDRESS_CHANGE_OVER)
        if not open_changes().filter(new=change.new).exists() and _is_available(change.new, change.old):
            erasure.forget_unconfirmed(change.new)


def _attach_new_address(change: AddressChange) -> Address:
    """The new address under the person it belongs to. Which row is whose never changes, so this is another row."""
    kept_apart = change.new
    if kept_apart.contact_id == change.old.contact_id:
        return kept_apart
    channel, value = kept_apart.channel, kept_apart.value
    open_changes().filter(new=kept_apart).exclude(pk=change.pk).update(dropped_at=timezone.now())
    contacts.anonymize(kept_apart.contact)
    return contacts.add_address(channel, value, contact=change.old.contact)


def _carry_suppressions(old: Address, new: Address, *, change: AddressChange, proof: Proof) -> None:
    for stop in Suppression.objects.of(old).in_force().filter(reason__in=PERSONAL_SUPPRESSIONS):
        suppressions.suppress(new, stop.reason, scope=stop.scope, detail=stop.detail)
    left = old.subscriptions.filter(
        status=SubscriptionStatus.ENDED, event__kind__in=[EventKind.WITHDRAWN, EventKind.REFUSED]
    )
    known = new.subscriptions.values("topic")
    for row in left.exclude(topic__in=known).select_related("topic"):
        ledger.record(new, row.topic, EventKind.WITHDRAWN, proof=proof, **_event_details(change))


def _grant(change: AddressChange, new: Address, agreed: dict[int, Notice], sender: Sender, proof: Proof) -> None:
    """What was ticked, as far as the old address still gets it; a pause goes on. One letter greets them there."""
    interaction_id, ticked = change.interaction_id, Method.CHECKBOX
    for row in topics_to_move(change)[0]:
        if notice := agreed.get(row.topic_id):
            consent.grant(
                new,
                row.topic,
                source=Source.CONFIRM,
                method=ticked,
                notice=notice,
                proof=proof,
                interaction_id=interaction_id,
            )
            outbox.enqueue(new, ServiceMessage.Kind.SUBSCRIBED, sender=row.topic.sender, interaction_id=interaction_id)
            if row.paused_until:
                ledger.record(
                    new, row.topic, EventKind.PAUSED, proof=proof, **_event_details(change, until=row.paused_until)
                )
    if not new.service_messages.filter(interaction_id=interaction_id, kind=ServiceMessage.Kind.SUBSCRIBED).exists():
        outbox.enqueue(new, ServiceMessage.Kind.SECURE_LINK, sender=sender, interaction_id=interaction_id)


def _withdraw_old_address(change: AddressChange, sender: Sender, proof: Proof) -> None:
    """Nothing more goes to the old address but the news of it, so that nobody is moved unawares."""
    consent.withdraw_all(
        change.old, sender=sender, source=Source.PREFERENCES, proof=proof, interaction_id=change.interaction_id
    )
    outbox.cancel_queued(change.old, ServiceMessage.Kind.UNSUBSCRIBED, reason=CancelReason.ADDRESS_CHANGED)
    if change.old.channel == Channel.EMAIL or sender.text_number:
        outbox.enqueue(change.old, ServiceMessage.Kind.CHANGED, sender=sender, interaction_id=change.interaction_id)
    contacts.revoke_links(change.old)


def _event_details(change: AddressChange, until: datetime | None = None) -> ledger.EventDetails:
    return ledger.EventDetails(
        interaction_id=change.interaction_id, source=Source.CONFIRM, method=Method.BUTTON, until=until
    )


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=settings.CONFIRM_LINK_DAYS)
