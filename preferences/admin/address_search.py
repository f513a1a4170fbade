"""Finding people by their address, in any spelling of it, without reading every row."""

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from preferences.contacts import address_normalization
from preferences.errors import Unreadable
from preferences.models import Address


class AddressSearchAdmin:
    """Searches by the whole address or its beginning. Mix in before StaffAdmin."""

    address_path = "address__in"
    search_fields = ["pk"]
    search_help_text = _("An email address or phone number, complete or its first characters.")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, term: str) -> tuple[QuerySet[Model], bool]:
        if not term.strip():
            return queryset, False
        return queryset.filter(self.found(term.strip())), False

    def found(self, term: str) -> Q:
        return Q(**{self.address_path: addresses_matching(term)})


def addresses_matching(term: str) -> QuerySet[Address]:
    """The addresses written like this, or beginning like this."""
    return Address.objects.filter(
        Q(normal_form__in=_possible_normal_forms(term)) | Q(normal_form__startswith=term.casefold())
    )


def _possible_normal_forms(term: str) -> list[str]:
    found = []
    for read in (address_normalization.normalize_email, address_normalization.normalize_phone):
        try:
            found.append(read(term))
        except Unreadable:
            continue
    return found
