"""Forgetting a person: their data goes, their "no" stays. Deletes Evidence and LinkHit, empties Inbound
and LeaveReason.

Writes: Evidence, InboundMessage, LinkOpen, OptOutReason.
"""

from functools import partial

from django.contrib.auth.models import User
from django.db import transaction

from preferences.consent import endings, suppressions
from preferences.contacts import service as contacts
from preferences.models import (
    Address,
    CancelReason,
    ConsentEvent,
    Contact,
    Evidence,
    InboundMessage,
    LinkOpen,
    OptOutReason,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
)
from preferences.outbox import service as outbox


@transaction.atomic
def erase(contact: Contact, *, by: User | None) -> Contact:
    """Forget this person; by nobody, when their time has come. Harmless twice.

    Each address is suppressed under its fingerprint first, so that no later import can write to it again;
    then the personal part of every proof is deleted, and every personal value emptied. Events stay.
    """
    for address in contact.addresses.live():
        _close_address(address, by=by)
    _delete_evidence(contact)
    _clear_personal_texts(contact)
    return contacts.anonymize(contact, by=by)


@transaction.atomic
def forget_unconfirmed(address: Address) -> bool:
    """Somebody typed this address and nobody ever confirmed it: forget it again. It is not suppressed, for its
    owner said nothing. Anybody we know more about stays as they are; says whether it was forgotten.
    """
    address = Address.objects.select_for_update(no_key=True, of=["self"]).select_related("contact").get(pk=address.pk)
    if (
        not has_only_pending_signups(address)
        or address.subscriptions.exclude(status=Subscription.Status.ENDED).exists()
    ):
        return False
    outbox.cancel_queued(address, *ServiceMessage.Kind.values, reason=CancelReason.NEVER_CONFIRMED)
    _delete_evidence(address.contact)
    _clear_personal_texts(address.contact)
    contacts.anonymize(address.contact)
    return True


def has_only_pending_signups(address: Address) -> bool:
    """Do we know nothing of this person but questions nobody answered?"""
    silent = [ConsentEvent.Kind.ASKED, ConsentEvent.Kind.EXPIRED]
    if address.erased_at or address.verified_at or address.events.exclude(kind__in=silent).exists():
        return False
    return address.contact.addresses.live().count() == 1


def _clear_personal_texts(contact: Contact) -> None:
    InboundMessage.objects.filter(address__contact=contact).update(raw_text="", normal_text="")
    OptOutReason.objects.filter(address__contact=contact).update(words="", finding="")
    LinkOpen.objects.filter(address__contact=contact).delete()


def _close_address(address: Address, *, by: User | None) -> None:
    for subscription in address.subscriptions.exclude(status="ended").select_related("topic"):
        endings.invalidate(address, subscription.topic, source=Source.STAFF, by=by)
    suppressions.suppress(address, Suppression.Reason.ERASED, by=by)
    outbox.cancel_queued(address, *ServiceMessage.Kind.values, reason=CancelReason.ERASED)


def _delete_evidence(contact: Contact) -> None:
    rows = Evidence.objects.filter(event__address__contact=contact)
    for evidence in rows.exclude(document=""):
        transaction.on_commit(partial(evidence.document.delete, save=False))
    rows.delete()
