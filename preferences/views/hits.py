"""Looks at links are counted here: around the pages that links lead to."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from preferences import links, scanners, witness
from preferences.links import BadLink, Purpose
from preferences.models import Address

View = Callable[..., HttpResponse]


def noted(purpose: Purpose) -> Callable[[View], View]:
    """Count each GET and HEAD of a good link of this purpose."""

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, token: str) -> HttpResponse:
            response = view(request, token)
            if request.method in ("GET", "HEAD") and response.status_code < 400:
                _note(request, purpose, token)
            return response

        return answer

    return around


def doubt(request: HttpRequest, address: Address, act: UUID) -> None:
    """Somebody left: mark it, if a machine may have done it."""
    scanners.doubt(address, act, seen(request))


def seen(request: HttpRequest) -> scanners.Seen:
    """What this request tells about who makes it."""
    return scanners.Seen(
        verb=request.method or "",
        agent=witness.proof(request).user_agent,
        network=witness.network(request),
        speaks="HTTP_ACCEPT_LANGUAGE" in request.META,
    )


def _note(request: HttpRequest, purpose: Purpose, token: str) -> None:
    try:
        address = links.address_of(purpose, links.read(purpose, token))
    except BadLink:
        return
    scanners.note(address, purpose, seen(request))
