"""What a sender's pages load besides their words: one stylesheet, and the logo."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from preferences.errors import NotAllowed
from preferences.models import Sender
from preferences.presentation import logos, theme

CACHE_FOREVER = "public, max-age=31536000, immutable"


@require_safe
def stylesheet_file(request: HttpRequest, name: str) -> HttpResponse:
    """`name` is the sender, if it has colours, and the version. An old version gets today's, and is not kept."""
    slug, _dash, version = name.rpartition("-")
    sender = get_object_or_404(Sender, slug=slug) if slug else None
    response = HttpResponse(theme.stylesheet(sender), content_type="text/css; charset=utf-8")
    return _cached(response, is_current=version == theme.stylesheet_digest(sender))


@require_safe
def logo_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Served as what the file is, whatever it is called."""
    sender = get_object_or_404(Sender.objects.exclude(logo=""), slug=slug)
    try:
        data = sender.logo.read()
        picture = logos.parse_logo(data)
    except (OSError, NotAllowed):
        raise Http404 from None
    response = HttpResponse(data, content_type=picture.media_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _cached(response, is_current=request.GET.get("v") == logos.logo_version(sender))


def _cached(response: HttpResponse, *, is_current: bool) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    if is_current:
        response["Cache-Control"] = CACHE_FOREVER
    return response
