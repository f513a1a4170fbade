"""What a person said to us, and when: the ledger, for its owner to read."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preferences.geo import local_time
from preferences.presentation import consent_history_text
from preferences.web.link_holder import Visitor
from preferences.web.views.secure_pages import fresh_only

LINES_PER_PAGE = 20


@require_safe
@fresh_only
def history(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    contact = visitor.address.contact
    page = Paginator(consent_history_text.events(contact), LINES_PER_PAGE).get_page(request.GET.get("page"))
    lines = list(consent_history_text.told(list(page), visiting=visitor.address))
    context = {"visitor": visitor, "page": page, "lines": lines, "zone": local_time.zone(contact)}
    return render(request, "preferences/history.html", context)
