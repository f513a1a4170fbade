"""Global Privacy Control: a browser asks that its owner's data is never sold or shared.

We sell and share nothing, so there is nothing to switch off; the wish is shown to be heard, and kept for whoever
opened a link of theirs. It is not a "no" to messages, and nothing takes it back (docs/decisions/0017).
"""

import logging
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.links.tokens import BadLink, LinkPurpose
from preferences.models import Contact
from preferences.web import link_session

logger = logging.getLogger(__name__)
PUBLISHED_ON = date(2026, 11, 22)
COOKIE_PURPOSES = (LinkPurpose.PREFERENCES, LinkPurpose.SECURE, LinkPurpose.UNSUBSCRIBE)


def has_signal(request: HttpRequest) -> bool:
    """Only exactly "1" says so; of several headers, one is enough."""
    return "1" in [value.strip() for value in request.META.get("HTTP_SEC_GPC", "").split(",")]


class GlobalPrivacyControlMiddleware:
    """Middleware: keeps the wish of whoever is known to this browser, and never stands in the way of a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_signal(request) and not request.path.startswith(settings.ADMIN_PREFIX):
            _record_signal(request)
        return self.get_response(request)


def is_on_record(request: HttpRequest) -> bool:
    """Is this visitor's wish kept with their data?"""
    return getattr(request, "gpc_on_record", False)


@require_safe
def well_known_gpc(request: HttpRequest) -> JsonResponse:
    """/.well-known/gpc.json: what we promise to every browser that asks."""
    return JsonResponse({"gpc": True, "lastUpdate": PUBLISHED_ON.isoformat()})


def _record_signal(request: HttpRequest) -> None:
    for contact in filter(None, (_owner(request, purpose) for purpose in COOKIE_PURPOSES)):
        try:
            if contact.sale_share_optout_at is None:
                contacts.record_sale_opt_out(contact)
        except DatabaseError:
            logger.exception("A visitor's Global Privacy Control could not be kept; the next page tries again.")
            return
        request.gpc_on_record = True  # type: ignore[attr-defined]


def _owner(request: HttpRequest, purpose: LinkPurpose) -> Contact | None:
    """Whose link was opened in this browser, if the link is good."""
    try:
        return tokens.address_of(purpose, link_session.read_claims(request, purpose)).contact
    except BadLink:
        return None
