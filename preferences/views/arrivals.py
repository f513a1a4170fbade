"""Where links lead: what they prove goes into a cookie, and the browser to a page without the token.

Opening a link twice is opening it once; a mail scanner that opens every link changes nothing.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from preferences import cookies, links
from preferences.links import BadLink, Claims, Purpose
from preferences.views import hits
from preferences.views.trouble import friendly


class SeeOther(HttpResponseRedirectBase):
    status_code = 303


@require_safe
@hits.noted(Purpose.LEAVE)
@friendly
def leave_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.LEAVE, _read(Purpose.LEAVE, token), "preferences:leave")


@require_safe
@hits.noted(Purpose.CONFIRM)
@friendly
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.CONFIRM, _read(Purpose.CONFIRM, token), "preferences:confirm")


@require_safe
@hits.noted(Purpose.CONFIRM)
@friendly
def cancel_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.CONFIRM, _read(Purpose.CONFIRM, token), "preferences:cancel")


@require_safe
@hits.noted(Purpose.MANAGE)
@friendly
def manage_link(request: HttpRequest, token: str) -> HttpResponse:
    """The right to add things stays only if it belongs to the same person."""
    claims = _read(Purpose.MANAGE, token)
    response = _arrive(Purpose.MANAGE, claims, "preferences:preferences")
    if _fresh_of_somebody_else(request, claims):
        cookies.forget(response, Purpose.FRESH)
    return response


@require_safe
@hits.noted(Purpose.FRESH)
@friendly
def fresh_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opens the preferences page for a day, with the right to add things for half an hour after it was made."""
    claims = _read(Purpose.FRESH, token)
    response = _arrive(Purpose.MANAGE, claims, "preferences:preferences")
    ends = links.made_at(token) + timedelta(minutes=settings.FRESH_LINK_MINUTES)
    cookies.keep(response, Purpose.FRESH, claims, until=ends)
    return response


@require_safe
@hits.noted(Purpose.UNDO)
@friendly
def undo_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.UNDO, _read(Purpose.UNDO, token), "preferences:undo")


@require_safe
@hits.noted(Purpose.RECEIPT)
@friendly
def receipt_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.RECEIPT, _read(Purpose.RECEIPT, token), "preferences:receipt")


@require_safe
@hits.noted(Purpose.KEEP)
@friendly
def keep_link(request: HttpRequest, token: str) -> HttpResponse:
    return _arrive(Purpose.KEEP, _read(Purpose.KEEP, token), "preferences:keep")


def _read(purpose: Purpose, token: str) -> Claims:
    claims = links.read(purpose, token)
    links.address_of(purpose, claims)
    return claims


def _arrive(purpose: Purpose, claims: Claims, page: str) -> HttpResponse:
    response = SeeOther(reverse(page))
    cookies.keep(response, purpose, claims)
    return response


def _fresh_of_somebody_else(request: HttpRequest, claims: Claims) -> bool:
    try:
        return cookies.read(request, Purpose.FRESH) != claims
    except BadLink:
        return False
