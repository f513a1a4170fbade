"""What a person said to us, and when: the ledger, for its owner to read."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preferences.geo import local_time
from preferences.presentation import consent_history_text
from preferences.web.link_holder import LinkHolder
from preferences.web.views.secure_pages import require_secure_link

EVENTS_PER_PAGE = 20


@require_safe
@require_secure_link
def consent_history(request: HttpRequest, visitor: LinkHolder) -> HttpResponse:
    contact = visitor.address.contact
    page = Paginator(consent_history_text.events_of(contact), EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    lines = list(consent_history_text.history_lines(list(page), visiting=visitor.address))
    context = {"visitor": visitor, "page": page, "lines": lines, "zone": local_time.time_zone_of(contact)}
    return render(request, "preferences/preference_center/consent_history.html", context)
