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
from preferences.links.tokens import BadLink, Claims, Purpose
from preferences.web import link_session
from preferences.web.views import link_opens
from preferences.web.views.bad_links import friendly


class SeeOther(HttpResponseRedirectBase):
    status_code = 303


@require_safe
@link_opens.noted(Purpose.LEAVE)
@friendly
def leave_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.LEAVE, _read(Purpose.LEAVE, token), "preferences:leave")


@require_safe
@link_opens.noted(Purpose.CONFIRM)
@friendly
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.CONFIRM, _read(Purpose.CONFIRM, token), "preferences:confirm")


@require_safe
@link_opens.noted(Purpose.CONFIRM)
@friendly
def cancel_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.CONFIRM, _read(Purpose.CONFIRM, token), "preferences:cancel")


@require_safe
@link_opens.noted(Purpose.MANAGE)
@friendly
def manage_link(request: HttpRequest, token: str) -> HttpResponse:
    """The right to add things stays only if it belongs to the same person."""
    claims = _read(Purpose.MANAGE, token)
    response = _arrive(Purpose.MANAGE, claims, "preferences:preferences")
    if _fresh_of_somebody_else(request, claims):
        link_session.forget(response, Purpose.FRESH)
    return response


@require_safe
@link_opens.noted(Purpose.FRESH)
@friendly
def fresh_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opens the preferences page for a day, with the right to add things for half an hour after it was made."""
    claims = _read(Purpose.FRESH, token)
    response = _arrive(Purpose.MANAGE, claims, "preferences:preferences")
    ends = tokens.made_at(token) + timedelta(minutes=settings.FRESH_LINK_MINUTES)
    link_session.keep(response, Purpose.FRESH, claims, until=ends)
    return response


@require_safe
@link_opens.noted(Purpose.UNDO)
@friendly
def undo_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.UNDO, _read(Purpose.UNDO, token), "preferences:undo")


@require_safe
@link_opens.noted(Purpose.RECEIPT)
@friendly
def receipt_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.RECEIPT, _read(Purpose.RECEIPT, token), "preferences:receipt")


@require_safe
@link_opens.noted(Purpose.KEEP)
@friendly
def keep_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.KEEP, _read(Purpose.KEEP, token), "preferences:keep")


def _read(purpose: Purpose, token: str) -> Claims:
    claims = tokens.read(purpose, token)
    tokens.address_of(purpose, claims)
    return claims


def _arrive(purpose: Purpose, claims: Claims, page: str) -> HttpResponse:
    response = SeeOther(reverse(page))
    link_session.keep(response, purpose, claims)
    return response


def _fresh_of_somebody_else(request: HttpRequest, claims: Claims) -> bool:
    try:
        return link_session.read(request, Purpose.FRESH) != claims
    except BadLink:
        return False
