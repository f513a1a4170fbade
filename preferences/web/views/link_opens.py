"""Looks at links are counted here: around the pages that links lead to."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from preferences.links import bot_detection, tokens
from preferences.links.tokens import BadLink, Purpose
from preferences.models import Address
from preferences.web import request_evidence

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
    bot_detection.doubt(address, act, seen(request))


def seen(request: HttpRequest) -> bot_detection.Seen:
    """What this request tells about who makes it."""
    return bot_detection.Seen(
        verb=request.method or "",
        agent=request_evidence.proof(request).user_agent,
        network=request_evidence.network(request),
        speaks="HTTP_ACCEPT_LANGUAGE" in request.META,
    )


def _note(request: HttpRequest, purpose: Purpose, token: str) -> None:
    try:
        address = tokens.address_of(purpose, tokens.read(purpose, token))
    except BadLink:
        return
    bot_detection.note(address, purpose, seen(request))
