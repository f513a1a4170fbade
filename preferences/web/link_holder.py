"""Who is looking at a page: read from the cookie that a link left, and checked on every request."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from preferences.links import tokens
from preferences.links.tokens import BadLink, LinkPurpose, TokenClaims
from preferences.models import Address, ServiceMessage, Topic
from preferences.web import languages, link_session


class HolderMismatch(BadLink):
    """The page was made for somebody else than the cookie now names: another link was opened meanwhile."""


@dataclass(frozen=True)
class LinkHolder:
    """The owner of an address, as far as a link proves it."""

    address: Address
    claims: TokenClaims
    page_binding: str

    @property
    def topic(self) -> Topic:
        """The topic that a unsubscribe link is about."""
        if topic := Topic.objects.select_related("sender").filter(pk=self.claims.topic).first():
            return topic
        raise BadLink

    @property
    def interaction_id(self) -> UUID:
        """The act that an undo link or a receipt link is about."""
        if self.claims.interaction_id:
            return UUID(int=self.claims.interaction_id)
        raise BadLink

    @property
    def service_message(self) -> ServiceMessage:
        """The question that a confirm link answers."""
        service_messages = ServiceMessage.objects.select_related("address__contact", "sender")
        if service_message := service_messages.filter(pk=self.claims.service_message, address=self.address).first():
            return service_message
        raise BadLink


def current_holder(request: HttpRequest, purpose: LinkPurpose) -> LinkHolder:
    """The visitor, spoken to in their language. Raises BadLink in all its kinds.

    What is posted must come from a page that was made for the same visitor.
    """
    claims = link_session.read_claims(request, purpose)
    if request.method == "POST" and not link_session.matches_page_binding(purpose, claims, request.POST.get("for", "")):
        raise HolderMismatch
    address = tokens.address_of(purpose, claims)
    languages.activate_language(request, contact=address.contact.language)
    return LinkHolder(address, claims, link_session.page_binding(purpose, claims))


def has_secure_link(request: HttpRequest, visitor: LinkHolder) -> bool:
    """Did this visitor ask for a link within the last half hour, and open it in this browser?"""
    try:
        claims = link_session.read_claims(request, LinkPurpose.SECURE)
    except BadLink:
        return False
    return (claims.address, claims.generation) == (visitor.address.pk, visitor.address.link_generation)
