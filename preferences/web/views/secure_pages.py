"""The pages that show a person what we hold: only behind a link they asked for just now."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from preferences.contacts import address_change
from preferences.links.tokens import Purpose
from preferences.web import link_holder
from preferences.web.forms.preference_center.secure_link import MyLinkForm
from preferences.web.views import bad_links

Page = Callable[..., HttpResponse]


def fresh_only(view: Page) -> Page:
    """The view is called with the visitor, if their link is fresh; everybody else is shown nothing of the person.

    A link to an address that the person has moved away from, or that is not theirs, opens nothing either: whoever
    reads there today may be somebody else.
    """

    @bad_links.friendly
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visitor = link_holder.current(request, Purpose.MANAGE)
        if address_change.was_given_away(visitor.address):
            return _refused(request, "preferences/given_away.html")
        if address_change.was_left(visitor.address):
            return _refused(request, "preferences/moved_away.html")
        if not link_holder.is_fresh(request, visitor):
            return _refused(request, "preferences/ask_fresh.html")
        return view(request, visitor, *args, **kwargs)

    return guarded


def _refused(request: HttpRequest, template: str) -> HttpResponse:
    return render(request, template, {"form": MyLinkForm()}, status=403)
