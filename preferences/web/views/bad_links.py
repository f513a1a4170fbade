"""Friendly pages for links that open nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from preferences.links.tokens import BadLink, ExpiredLink
from preferences.web.forms.preference_center.secure_link import MyLinkForm
from preferences.web.link_holder import OtherPerson
from preferences.web.link_session import NoCookie

# The first that fits: which page, with which status.
PAGES: dict[type[BadLink], tuple[str, int]] = {
    NoCookie: ("preferences/no_cookie.html", 403),
    OtherPerson: ("preferences/other_person.html", 409),
    ExpiredLink: ("preferences/expired_link.html", 410),
    BadLink: ("preferences/bad_link.html", 404),
}


def friendly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A link that is forged, cut off, revoked or over gets a page that says what to do next."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadLink as trouble:
            return page(request, trouble)

    return guarded


def page(request: HttpRequest, trouble: BadLink) -> HttpResponse:
    template, status = next(answer for kind, answer in PAGES.items() if isinstance(trouble, kind))
    return render(request, template, {"form": MyLinkForm()}, status=status)
