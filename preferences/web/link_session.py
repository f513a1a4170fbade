"""What a browser remembers after a link was opened: for whom and what it may do. Signed, and never the link itself.

The pages behind a link carry a `stamp` of whom they were made for. Two links of two people in one browser share
a cookie, so a form is taken only while its stamp still fits the cookie.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from preferences.links.tokens import BadLink, ExpiredLink, LinkPurpose, TokenClaims

DAY = timedelta(hours=24)


class NoCookie(BadLink):
    """Nobody opened a link in this browser, or it keeps no cookies."""


def remember_claims(
    response: HttpResponse, purpose: LinkPurpose, claims: TokenClaims, *, until: datetime | None = None
) -> None:
    """Remember the claims for a day, or until the moment given."""
    ends = int((until or timezone.now() + DAY).timestamp())
    response.set_cookie(
        cookie_name(purpose),
        _signer(purpose).sign(f"{claims.pack()}_{ends}"),
        max_age=max(0, ends - int(time.time())),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_claims(response: HttpResponse, purpose: LinkPurpose) -> None:
    """Opening somebody else's link must not leave the first person's rights behind."""
    response.set_cookie(
        cookie_name(purpose), max_age=0, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def read_claims(request: HttpRequest, purpose: LinkPurpose) -> TokenClaims:
    """What this browser may do. Raises NoCookie, ExpiredLink, BadLink."""
    value = request.COOKIES.get(cookie_name(purpose))
    if not value:
        raise NoCookie
    try:
        packed, _mark, ends = _signer(purpose).unsign(value).rpartition("_")
        claims = TokenClaims.unpack(packed)
    except (signing.BadSignature, ValueError):
        raise BadLink from None
    if int(ends) <= time.time():
        raise ExpiredLink
    return claims


def cookie_name(purpose: LinkPurpose) -> str:
    return f"{'__Host-' if settings.SESSION_COOKIE_SECURE else ''}sayso-{purpose}"


def page_binding(purpose: LinkPurpose, claims: TokenClaims) -> str:
    """Whom a page was made for, unreadable and unforgeable."""
    return salted_hmac("sayso.stamp", f"{purpose}:{claims.pack()}", algorithm="sha256").hexdigest()[:32]


def matches_page_binding(purpose: LinkPurpose, claims: TokenClaims, given: str) -> bool:
    """Was the page that sent this made for the person whom the cookie now names?"""
    return constant_time_compare(given, page_binding(purpose, claims))


def _signer(purpose: LinkPurpose) -> signing.Signer:
    return signing.Signer(salt=f"sayso.cookie.{purpose}")
