"""What a door saw when somebody spoke in a browser."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from preferences.consent.evidence import Proof


def request_proof(request: HttpRequest) -> Proof:
    """Where from, with which browser, on which page."""
    agent = request.META.get("HTTP_USER_AGENT", "").replace("\x00", "")
    return Proof(ip=client_ip(request), user_agent=agent[:400], page=_page_path(request))


def _page_path(request: HttpRequest) -> str:
    """The path, without the token that a link brought: whoever reads the proof must not be able to use it."""
    path, match = request.path.replace("\x00", ""), request.resolver_match
    token = match.kwargs.get("token", "") if match else ""
    return (path.replace(token, "…") if token else path)[:300]


def client_ip(request: HttpRequest) -> str | None:
    """The visitor's address as the outermost of our own proxies saw it; what a visitor claims counts for nothing.

    Each of our TRUSTED_PROXIES appends whom it heard from to X-Forwarded-For. Without any, only the connection
    itself is believed.
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    seen = [*hops, request.META.get("REMOTE_ADDR", "")]
    trusted = min(settings.TRUSTED_PROXIES, len(seen) - 1)
    return _readable(seen[-1 - trusted])


def client_network(request: HttpRequest) -> str:
    """The neighbourhood that shares a limit: a /24, or a /64 of IPv6."""
    address = client_ip(request)
    if address is None:
        return "unknown"
    bits = 24 if ipaddress.ip_address(address).version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def _readable(hop: str) -> str | None:
    try:
        address = ipaddress.ip_address(hop)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address).partition("%")[0]
