"""Data that has served its time: six years after somebody left, they are forgotten by themselves.

So long a proof may be asked for (limitation periods of four to six years; the privacy notice says the same). Their
"no" stays under a fingerprint, as for everybody who asks to be forgotten.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from preferences.contacts import erasure
from preferences.models import ConsentEvent as Event
from preferences.models import Contact, InboundMessage, ServiceMessage, Subscription

RETENTION_PERIOD = timedelta(days=6 * 366)


def contacts_to_erase() -> QuerySet[Contact]:
    """People who get nothing, and whom nobody has heard of or written to for six years."""
    since = timezone.now() - RETENTION_PERIOD
    theirs = {"address__contact": OuterRef("pk")}
    gets = Subscription.objects.exclude(status=Subscription.Status.ENDED).filter(**theirs)
    heard = [
        Event.objects.filter(recorded_at__gte=since, **theirs),
        InboundMessage.objects.filter(received_at__gte=since, **theirs),
        ServiceMessage.objects.filter(queued_at__gte=since, **theirs),
    ]
    quiet = Contact.objects.filter(erased_at=None, created_at__lt=since).exclude(Exists(gets))
    for rows in heard:
        quiet = quiet.exclude(Exists(rows))
    return quiet.order_by("pk")


@transaction.atomic
def erase_contact(contact_id: int) -> Contact | None:
    """Forget one of them, if it is still time. Harmless twice."""
    Contact.objects.select_for_update(no_key=True).filter(pk=contact_id).first()
    contact = contacts_to_erase().filter(pk=contact_id).first()
    return erasure.erase(contact, by=None) if contact else None
