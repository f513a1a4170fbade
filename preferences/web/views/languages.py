"""Choosing the language of the pages: it outweighs everything we guess, in this browser, for a year."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from preferences.web import languages


@csrf_exempt
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """The switch stands on every page, also on those that may set no cookie: where it came from is its token."""
    target = request.POST.get("next", "")
    response = redirect(target if languages.is_local_path(target) else "preferences:senders")
    if _comes_from_our_pages(request):
        languages.remember_language(response, request.POST.get("language", ""))
    return response


def _comes_from_our_pages(request: HttpRequest) -> bool:
    """Browsers say so themselves, and no page can make them say otherwise; the oldest say nothing."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", f"https://{request.get_host()}")
    return site == "same-origin" and urlsplit(origin).netloc == request.get_host()
