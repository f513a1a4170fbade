"""Looks at links are counted here: around the pages that links lead to."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from preferences.links import bot_detection, tokens
from preferences.links.tokens import BadLink, LinkPurpose
from preferences.models import Address
from preferences.web import request_evidence

View = Callable[..., HttpResponse]


def record_link_open(purpose: LinkPurpose) -> Callable[[View], View]:
    """Count each GET and HEAD of a good link of this purpose."""

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, token: str) -> HttpResponse:
            response = view(request, token)
            if request.method in ("GET", "HEAD") and response.status_code < 400:
                _record_open(request, purpose, token)
            return response

        return answer

    return around


def flag_if_suspicious(request: HttpRequest, address: Address, interaction_id: UUID) -> None:
    """Somebody left: mark it, if a machine may have done it."""
    bot_detection.flag_if_suspicious(address, interaction_id, request_traits(request))


def request_traits(request: HttpRequest) -> bot_detection.RequestTraits:
    """What this request tells about who makes it."""
    return bot_detection.RequestTraits(
        method=request.method or "",
        agent=request_evidence.request_proof(request).user_agent,
        network=request_evidence.client_network(request),
        speaks="HTTP_ACCEPT_LANGUAGE" in request.META,
    )


def _record_open(request: HttpRequest, purpose: LinkPurpose, token: str) -> None:
    try:
        address = tokens.address_of(purpose, tokens.read_token(purpose, token))
    except BadLink:
        return
    bot_detection.record_link_open(address, purpose, request_traits(request))
