"""Forgetting a person: their data goes, their "no" stays. Deletes Evidence; calls consent and contacts."""

from functools import partial

from django.contrib.auth.models import User
from django.db import transaction

from preferences import consent, contacts, replies
from preferences.models import Address, Contact, Evidence, Inbound, Reply, Source, Suppression


@transaction.atomic
def erase(contact: Contact, *, by: User) -> Contact:
    """Forget this person. Harmless twice.

    Each address is suppressed under its fingerprint first, so that no later import can write to it again;
    then the personal part of every proof is deleted, and every personal value emptied. Events stay.
    """
    for address in contact.addresses.live():
        _close(address, by=by)
    _delete_evidence(contact)
    Inbound.objects.filter(address__contact=contact).update(raw_text="", normal_text="")
    return contacts.forget(contact, by=by)


def _close(address: Address, *, by: User) -> None:
    for subscription in address.subscriptions.exclude(status="ended").select_related("topic"):
        consent.invalidate(address, subscription.topic, source=Source.STAFF, by=by)
    consent.suppress(address, Suppression.Reason.ERASED, by=by)
    replies.drop(address, *Reply.Kind.values, reason="The person was forgotten.")


def _delete_evidence(contact: Contact) -> None:
    rows = Evidence.objects.filter(event__address__contact=contact)
    for evidence in rows.exclude(document=""):
        transaction.on_commit(partial(evidence.document.delete, save=False))
    rows.delete()
