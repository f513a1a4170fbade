"""On what the yes of an import rests: the person's own word, or a purchase, a question, a membership with its day."""

from datetime import UTC, date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.errors import Unreadable
from preferences.models import Basis

BASES = {
    "": Basis.EXPRESS,
    "express": Basis.EXPRESS,
    "expressconsent": Basis.EXPRESS,
    "explicit": Basis.EXPRESS,
    "consent": Basis.EXPRESS,
    "optin": Basis.EXPRESS,
    "optedin": Basis.EXPRESS,
    "softoptin": Basis.SOFT_OPT_IN,
    "softopt": Basis.SOFT_OPT_IN,
    "purchase": Basis.PURCHASE,
    "bought": Basis.PURCHASE,
    "sale": Basis.PURCHASE,
    "order": Basis.PURCHASE,
    "customer": Basis.PURCHASE,
    "contract": Basis.PURCHASE,
    "existingbusinessrelationship": Basis.PURCHASE,
    "inquiry": Basis.INQUIRY,
    "enquiry": Basis.INQUIRY,
    "question": Basis.INQUIRY,
    "application": Basis.INQUIRY,
    "quote": Basis.INQUIRY,
    "membership": Basis.MEMBERSHIP,
    "member": Basis.MEMBERSHIP,
    "donation": Basis.MEMBERSHIP,
    "gift": Basis.MEMBERSHIP,
    "volunteer": Basis.MEMBERSHIP,
    "nonbusiness": Basis.MEMBERSHIP,
    "existingnonbusinessrelationship": Basis.MEMBERSHIP,
    "published": Basis.PUBLISHED,
    "publication": Basis.PUBLISHED,
    "conspicuouspublication": Basis.PUBLISHED,
    "disclosed": Basis.PUBLISHED,
}
EARLIEST = date(1990, 1, 1)


def parse_basis(basis: str, day: str) -> tuple[Basis, date | None]:
    """What it rests on, and since when. Raises Unreadable where the file does not prove it."""
    bare = "".join(character for character in basis.casefold() if character.isalnum())
    if bare not in BASES:
        raise Unreadable(
            _("The consent basis is not known. Use express, soft opt-in, purchase, inquiry, membership or published.")
        )
    found = BASES[bare]
    if found == Basis.EXPRESS:
        if day and not bare:
            raise Unreadable(_("There is a basis date, but no basis. Say what happened on that day, like purchase."))
        return found, None
    return found, _day(day)


def start_of_day(day: date) -> datetime:
    """The first moment of that day."""
    return datetime.combine(day, datetime.min.time(), UTC)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unreadable(
            _("The basis date is missing or unclear: the period starts on this date. Write it like 2026-03-01.")
        ) from None
    if day > timezone.localdate():
        raise Unreadable(_("The basis date is in the future."))
    if day < EARLIEST:
        raise Unreadable(_("The basis date is too long ago to be right."))
    return day
