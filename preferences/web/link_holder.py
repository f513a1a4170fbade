"""Who is looking at a page: read from the cookie that a link left, and checked on every request."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from preferences.links import tokens
from preferences.links.tokens import BadLink, Claims, Purpose
from preferences.models import Address, Reply, Topic
from preferences.web import languages, link_session


class OtherPerson(BadLink):
    """The page was made for somebody else than the cookie now names: another link was opened meanwhile."""


@dataclass(frozen=True)
class Visitor:
    """The owner of an address, as far as a link proves it."""

    address: Address
    claims: Claims
    stamp: str

    @property
    def topic(self) -> Topic:
        """The topic that a leave link is about."""
        if topic := Topic.objects.select_related("sender").filter(pk=self.claims.topic).first():
            return topic
        raise BadLink

    @property
    def act(self) -> UUID:
        """The act that an undo link or a receipt link is about."""
        if self.claims.act:
            return UUID(int=self.claims.act)
        raise BadLink

    @property
    def reply(self) -> Reply:
        """The question that a confirm link answers."""
        replies = Reply.objects.select_related("address__contact", "sender")
        if reply := replies.filter(pk=self.claims.reply, address=self.address).first():
            return reply
        raise BadLink


def current(request: HttpRequest, purpose: Purpose) -> Visitor:
    """The visitor, spoken to in their language. Raises BadLink in all its kinds.

    What is posted must come from a page that was made for the same visitor.
    """
    claims = link_session.read(request, purpose)
    if request.method == "POST" and not link_session.fits(purpose, claims, request.POST.get("for", "")):
        raise OtherPerson
    address = tokens.address_of(purpose, claims)
    languages.activate(request, contact=address.contact.language)
    return Visitor(address, claims, link_session.stamp(purpose, claims))


def is_fresh(request: HttpRequest, visitor: Visitor) -> bool:
    """Did this visitor ask for a link within the last half hour, and open it in this browser?"""
    try:
        claims = link_session.read(request, Purpose.FRESH)
    except BadLink:
        return False
    return (claims.address, claims.generation) == (visitor.address.pk, visitor.address.link_generation)
