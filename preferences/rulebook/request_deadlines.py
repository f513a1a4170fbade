"""How long the rulebook gives us to answer what people ask about their own data."""

from django.utils import timezone

from preferences.geo import jurisdictions as geo_jurisdictions
from preferences.models import Channel, Contact
from preferences.models.rules import ANY, RIGHTS
from preferences.rulebook import book as rulebook


def response_days_for(contact: Contact) -> int:
    """Days until this person must have their answer: the shortest of everywhere they may be."""
    numbers = contact.addresses.filter(channel=Channel.SMS, erased_at=None).values_list("normal_form", flat=True)
    places = [
        geo_jurisdictions.locate_contact(contact),
        *(geo_jurisdictions.locate_contact(contact, number=number or "") for number in numbers),
    ]
    return response_days_in(frozenset().union(*(place.jurisdictions for place in places)))


def response_days_in(jurisdictions: frozenset[str]) -> int:
    """The same for places; where nobody knows the place, the strict default."""
    where = jurisdictions or frozenset({rulebook.ELSEWHERE})
    asked = rulebook.current_rulebook().terms(where, ANY, RIGHTS, timezone.now().date()).requests
    return dict(asked or ())["complete_days"]
