"""People and their addresses.

Writes: Address, Contact.
"""

from datetime import date

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences import audit
from preferences.contacts.address_normalization import fingerprint, normalize_address
from preferences.errors import NotAllowed
from preferences.models import Address, Channel, Contact
from preferences.outbox import send_fence

CORRECTABLE = ["name", "language", "time_zone", "country", "region", "postal_code", "born_on"]


def find(channel: str, value: str) -> Address | None:
    """The address written in any spelling of it. Raises Unreadable."""
    return (
        Address.objects.select_related("contact")
        .filter(channel=channel, normal_form=normalize_address(channel, value))
        .first()
    )


@transaction.atomic
def add_address(
    channel: str, value: str, *, contact: Contact | None = None, by: User | None = None, **person: str | date
) -> Address:
    """The address, known from now on; a new contact with it unless one is given.

    An address belongs to one contact for good: asking again returns it as it stands, and changes nobody's data.
    Raises Unreadable for what is not an address, NotAllowed when it belongs to somebody else.
    """
    normal = normalize_address(channel, value)
    known = Address.objects.select_related("contact").filter(channel=channel, normal_form=normal).first()
    if known is None:
        return _create(channel, value, normal, contact=contact, by=by, person=person)
    if contact is not None and known.contact_id != contact.pk:
        raise NotAllowed(_("This address already belongs to somebody else."))
    return known


def _create(
    channel: str, value: str, normal: str, *, contact: Contact | None, by: User | None, person: dict[str, str | date]
) -> Address:
    try:
        with transaction.atomic():
            owner = contact or _new_contact(by=by, person=person)
            shown = normal if channel == Channel.SMS else value.strip()
            address = Address(contact=owner, channel=channel, value=shown, normal_form=normal)
            address.fingerprint = fingerprint(channel, normal)
            audit.save_with_history(address, by=by)
            return address
    except IntegrityError:
        return Address.objects.select_related("contact").get(channel=channel, normal_form=normal)


def _new_contact(*, by: User | None, person: dict[str, str | date]) -> Contact:
    contact = Contact(**{name: value for name, value in person.items() if name in CORRECTABLE and value})
    audit.save_with_history(contact, by=by)
    return contact


@transaction.atomic
def correct_details(contact: Contact, *, by: User | None = None, **person: str | date | None) -> Contact:
    """Put right what we know of a person. Addresses are not corrected: a new one is added and confirmed."""
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if unknown := set(person) - set(CORRECTABLE):
        raise NotAllowed(_("These cannot be corrected here: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in person.items():
        setattr(contact, name, value)
    contact.full_clean()
    audit.save_with_history(contact, by=by)
    return contact


@transaction.atomic
def restrict(contact: Contact, *, by: User | None = None) -> Contact:
    """Keep their data and do nothing with it (GDPR Art. 18): nothing is sent any more. Harmless twice."""
    for address in contact.addresses.live().select_for_update(no_key=True).order_by("pk"):
        send_fence.wait_after_commit(address)
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if contact.restricted_at is None:
        contact.restricted_at = timezone.now()
        audit.save_with_history(contact, by=by)
    return contact


@transaction.atomic
def lift_restriction(contact: Contact, *, by: User | None = None) -> Contact:
    """The person wants us to go on. Harmless twice."""
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if contact.restricted_at is not None:
        contact.restricted_at = None
        audit.save_with_history(contact, by=by)
    return contact


@transaction.atomic
def record_sale_opt_out(contact: Contact) -> Contact:
    """Their browser says so (Global Privacy Control): their data is never sold or shared. Kept for good, once."""
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if contact.sale_share_optout_at is None:
        contact.sale_share_optout_at = timezone.now()
        audit.save_with_history(contact, by=None, reason="Global Privacy Control")
    return contact


@transaction.atomic
def revoke_links(address: Address, *, by: User | None = None) -> Address:
    """Every manage and secure link mailed so far stops opening anything; leave links go on working."""
    address = Address.objects.select_for_update(no_key=True).get(pk=address.pk)
    address.link_generation += 1
    audit.save_with_history(address, by=by, update_fields=["link_generation"])
    return address


@transaction.atomic
def anonymize(contact: Contact, *, by: User | None = None) -> Contact:
    """Empty every personal value of this person. erasure.erase calls it, after the "no" is kept elsewhere."""
    now = timezone.now()
    for address in contact.addresses.select_for_update(no_key=True).filter(erased_at=None):
        address.value, address.normal_form, address.fingerprint, address.erased_at = "", None, None, now
        address.link_generation += 1
        audit.save_with_history(address, by=by)
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    contact.name, contact.time_zone, contact.country, contact.region, contact.postal_code = "", "", "", "", ""
    contact.born_on, contact.erased_at = None, now
    audit.save_with_history(contact, by=by)
    return contact
