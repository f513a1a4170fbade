"""Headers that every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware

from preferences.web import languages

PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


class PrivacyHeadersMiddleware:
    """Nothing of ours is cached, indexed or framed; the admin gets its own content security policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("X-Robots-Tag", "noindex, nofollow, noarchive")
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.path.startswith(settings.ADMIN_PREFIX):
            response.setdefault("Content-Security-Policy", admin_policy())
        return response


class PublicLocaleMiddleware(LocaleMiddleware):
    """The language of public pages; the admin speaks what the browser asks for, as Django does."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if not request.path.startswith(settings.ADMIN_PREFIX):
            languages.activate_language(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not request.path.startswith(settings.ADMIN_PREFIX):
            languages.carry_language(request, response)
        return super().process_response(request, response)


def admin_policy() -> str:
    """The admin's policy as one header line."""
    directives = settings.ADMIN_CONTENT_SECURITY_POLICY
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
