"""Where links lead: what they prove goes into a cookie, and the browser to a page without the token.

Opening a link twice is opening it once; a mail scanner that opens every link changes nothing.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from preferences.links import tokens
from preferences.links.tokens import BadLink, LinkPurpose, TokenClaims
from preferences.web import link_session
from preferences.web.views import link_opens
from preferences.web.views.bad_links import handle_bad_links


class HttpResponseSeeOther(HttpResponseRedirectBase):
    status_code = 303


@require_safe
@link_opens.record_link_open(LinkPurpose.UNSUBSCRIBE)
@handle_bad_links
def unsubscribe_link(request: HttpRequest, token: str) -> HttpResponse:
    return _enter(LinkPurpose.UNSUBSCRIBE, _read(LinkPurpose.UNSUBSCRIBE, token), "preferences:unsubscribe")


@require_safe
@link_opens.record_link_open(LinkPurpose.CONFIRM)
@handle_bad_links
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    return _enter(LinkPurpose.CONFIRM, _read(LinkPurpose.CONFIRM, token), "preferences:confirm")


@require_safe
@link_opens.record_link_open(LinkPurpose.CONFIRM)
@handle_bad_links
def cancel_link(request: HttpRequest, token: str) -> HttpResponse:
    return _enter(LinkPurpose.CONFIRM, _read(LinkPurpose.CONFIRM, token), "preferences:cancel")


@require_safe
@link_opens.record_link_open(LinkPurpose.PREFERENCES)
@handle_bad_links
def preferences_link(request: HttpRequest, token: str) -> HttpResponse:
    """The right to add things stays only if it belongs to the same person."""
    claims = _read(LinkPurpose.PREFERENCES, token)
    response = _enter(LinkPurpose.PREFERENCES, claims, "preferences:preferences")
    if _has_other_secure_link(request, claims):
        link_session.forget_claims(response, LinkPurpose.SECURE)
    return response


@require_safe
@link_opens.record_link_open(LinkPurpose.SECURE)
@handle_bad_links
def secure_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opens the preferences page for a day, with the right to add things for half an hour after it was made."""
    claims = _read(LinkPurpose.SECURE, token)
    response = _enter(LinkPurpose.PREFERENCES, claims, "preferences:preferences")
    ends = tokens.issued_at(token) + timedelta(minutes=settings.SECURE_LINK_MINUTES)
    link_session.remember_claims(response, LinkPurpose.SECURE, claims, until=ends)
    return response


@require_safe
@link_opens.record_link_open(LinkPurpose.UNDO)
@handle_bad_links
def undo_link(request: HttpRequest, token: str) -> HttpResponse:
    return _enter(LinkPurpose.UNDO, _read(LinkPurpose.UNDO, token), "preferences:undo")


@require_safe
@link_opens.record_link_open(LinkPurpose.RECEIPT)
@handle_bad_links
def receipt_link(request: HttpRequest, token: str) -> HttpResponse:
    return _enter(LinkPurpose.RECEIPT, _read(LinkPurpose.RECEIPT, token), "preferences:receipt")


@require_safe
@link_opens.record_link_open(LinkPurpose.RENEWAL)
@handle_bad_links
def renewal_link(request: HttpRequest, token: str) -> HttpResponse:
    return _enter(LinkPurpose.RENEWAL, _read(LinkPurpose.RENEWAL, token), "preferences:renewal")


def _read(purpose: LinkPurpose, token: str) -> TokenClaims:
    claims = tokens.read_token(purpose, token)
    tokens.address_of(purpose, claims)
    return claims


def _enter(purpose: LinkPurpose, claims: TokenClaims, page: str) -> HttpResponse:
    response = HttpResponseSeeOther(reverse(page))
    link_session.remember_claims(response, purpose, claims)
    return response


def _has_other_secure_link(request: HttpRequest, claims: TokenClaims) -> bool:
    try:
        return link_session.read_claims(request, LinkPurpose.SECURE) != claims
    except BadLink:
        return False
