"""The pages that show a person what we hold: only behind a link they asked for just now."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from preferences.contacts import address_change
from preferences.links.tokens import LinkPurpose
from preferences.web import link_holder
from preferences.web.forms.preference_center.secure_link import SecureLinkForm
from preferences.web.views import bad_links

SecureView = Callable[..., HttpResponse]


def require_secure_link(view: SecureView) -> SecureView:
    """The view is called with the visitor, if their link is fresh; everybody else is shown nothing of the person.

    A link to an address that the person has moved away from, or that is not theirs, opens nothing either: whoever
    reads there today may be somebody else.
    """

    @bad_links.handle_bad_links
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visitor = link_holder.current_holder(request, LinkPurpose.PREFERENCES)
        if address_change.was_reported_wrong_person(visitor.address):
            return _refused(request, "preferences/address_change/wrong_person.html")
        if address_change.has_moved_away(visitor.address):
            return _refused(request, "preferences/address_change/moved_away.html")
        if not link_holder.has_secure_link(request, visitor):
            return _refused(request, "preferences/links/secure_link_needed.html")
        return view(request, visitor, *args, **kwargs)

    return guarded


def _refused(request: HttpRequest, template: str) -> HttpResponse:
    return render(request, template, {"form": SecureLinkForm()}, status=403)
