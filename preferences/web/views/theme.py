"""What a sender's pages load besides their words: one stylesheet, and the logo."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from preferences.errors import NotAllowed
from preferences.models import Sender
from preferences.presentation import logos, theme

FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def style(request: HttpRequest, name: str) -> HttpResponse:
    """`name` is the sender, if it has colours, and the version. An old version gets today's, and is not kept."""
    slug, _dash, version = name.rpartition("-")
    sender = get_object_or_404(Sender, slug=slug) if slug else None
    response = HttpResponse(theme.stylesheet(sender), content_type="text/css; charset=utf-8")
    return _kept(response, is_current=version == theme.digest(sender))


@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """Served as what the file is, whatever it is called."""
    sender = get_object_or_404(Sender.objects.exclude(logo=""), slug=slug)
    try:
        data = sender.logo.read()
        picture = logos.read(data)
    except (OSError, NotAllowed):
        raise Http404 from None
    response = HttpResponse(data, content_type=picture.media_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _kept(response, is_current=request.GET.get("v") == logos.version(sender))


def _kept(response: HttpResponse, *, is_current: bool) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    if is_current:
        response["Cache-Control"] = FOR_GOOD
    return response
