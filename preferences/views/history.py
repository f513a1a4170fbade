"""What a person said to us, and when: the ledger, for its owner to read."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preferences import moments, story
from preferences.views.personal import fresh_only
from preferences.visits import Visitor

LINES_PER_PAGE = 20


@require_safe
@fresh_only
def history(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    contact = visitor.address.contact
    page = Paginator(story.events(contact), LINES_PER_PAGE).get_page(request.GET.get("page"))
    lines = list(story.told(list(page), visiting=visitor.address))
    context = {"visitor": visitor, "page": page, "lines": lines, "zone": moments.zone(contact)}
    return render(request, "preferences/history.html", context)
