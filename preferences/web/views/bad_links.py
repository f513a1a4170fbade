"""Friendly pages for links that open nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from preferences.links.tokens import BadLink, ExpiredLink
from preferences.web.forms.preference_center.secure_link import SecureLinkForm
from preferences.web.link_holder import HolderMismatch
from preferences.web.link_session import NoCookie

# The first that fits: which page, with which status.
PAGES: dict[type[BadLink], tuple[str, int]] = {
    NoCookie: ("preferences/links/no_cookie.html", 403),
    HolderMismatch: ("preferences/links/other_holder.html", 409),
    ExpiredLink: ("preferences/links/expired_link.html", 410),
    BadLink: ("preferences/links/bad_link.html", 404),
}


def handle_bad_links(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A link that is forged, cut off, revoked or over gets a page that says what to do next."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadLink as trouble:
            return bad_link_page(request, trouble)

    return guarded


def bad_link_page(request: HttpRequest, trouble: BadLink) -> HttpResponse:
    template, status = next(answer for kind, answer in PAGES.items() if isinstance(trouble, kind))
    return render(request, template, {"form": SecureLinkForm()}, status=status)
