"""Who is at the door? Signed links, one purpose and key each; nothing personal inside.

leave    in every mail, lives for years, may only reduce consent
manage   in every mail, opens the preferences page, may reduce at once
fresh    mailed or texted on request, 30 minutes, may raise consent
confirm  in the confirmation of a sign-up, 7 days, grants just what was asked there
undo     in the message that tells of a change, 30 days, puts back just that change
receipt  in the same message, lives for years, shows the receipt of that change and changes nothing
keep     in the message that asks again before a permission ends, keeps just that topic or leaves it
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from preferences.models import Address, ServiceMessage, Topic

SEPARATOR = "."


class LinkPurpose(StrEnum):
    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    SECURE = "secure"
    CONFIRM = "confirm"
    UNDO = "undo"
    RECEIPT = "receipt"
    RENEWAL = "renewal"


class BadLink(Exception):
    """The link is forged, cut off, or was revoked."""


class ExpiredLink(BadLink):
    """The link was ours, and its time is over."""


@dataclass(frozen=True)
class TokenClaims:
    """What a link says: for whom, about what, from which message. All of it is signed.

    `message` and `act` are a message's and an act's reference as a number (`reference.int`), 0 when there is none.
    """

    address: int
    generation: int
    topic: int = 0
    message: int = 0
    service_message: int = 0
    interaction_id: int = 0

    def pack(self) -> str:
        return "-".join(format(getattr(self, field.name), "x") for field in fields(self))

    @classmethod
    def unpack(cls, text: str) -> Self:
        numbers = [int(part, 16) for part in text.split("-")]
        if len(numbers) != len(fields(cls)):
            raise BadLink
        return cls(*numbers)


LINK_LIFETIMES: dict[LinkPurpose, Callable[[], timedelta | None]] = {
    LinkPurpose.UNSUBSCRIBE: lambda: None,
    LinkPurpose.PREFERENCES: lambda: None,
    LinkPurpose.SECURE: lambda: timedelta(minutes=settings.SECURE_LINK_MINUTES),
    LinkPurpose.CONFIRM: lambda: timedelta(days=settings.CONFIRM_LINK_DAYS),
    LinkPurpose.UNDO: lambda: timedelta(days=settings.UNDO_LINK_DAYS),
    LinkPurpose.RECEIPT: lambda: None,
    LinkPurpose.RENEWAL: lambda: timedelta(days=settings.RENEWAL_LINK_DAYS),
}

# A kept permission is a confirmed one: the same key, under another salt, so that neither link opens the other's door.
KEYS = {LinkPurpose.RENEWAL: LinkPurpose.CONFIRM}


def make_token(purpose: LinkPurpose, address: Address, **about: int) -> str:
    """A signed, URL-safe token for this purpose alone; `about` is any other part of Claims."""
    claims = TokenClaims(address.pk, address.link_generation, **about)
    return _signer(purpose).sign(claims.pack())


def message_reference(claims: TokenClaims) -> UUID | None:
    """The reference of the message that the link came in."""
    return UUID(int=claims.message) if claims.message else None


def issued_at(text: str) -> datetime:
    """When a link that was read successfully was made."""
    return datetime.fromtimestamp(signing.b62_decode(text.split(SEPARATOR)[1]), tz=UTC)


def read_token(purpose: LinkPurpose, text: str) -> TokenClaims:
    """What the token says. Raises ExpiredLink or BadLink; does not touch the database."""
    try:
        return TokenClaims.unpack(_signer(purpose).unsign(text, max_age=LINK_LIFETIMES[purpose]()))
    except signing.SignatureExpired:
        raise ExpiredLink from None
    except (signing.BadSignature, ValueError):
        raise BadLink from None


def address_of(purpose: LinkPurpose, claims: TokenClaims) -> Address:
    """The address behind the claims. A revoked link opens nothing, but may always be used to leave."""
    address = Address.objects.live().select_related("contact").filter(pk=claims.address).first()
    revoked = address and purpose != LinkPurpose.UNSUBSCRIBE and address.link_generation != claims.generation
    if address is None or revoked:
        raise BadLink
    return address


def _signer(purpose: LinkPurpose) -> signing.TimestampSigner:
    current, *old = settings.LINK_KEYS[KEYS.get(purpose, purpose)]
    return signing.TimestampSigner(key=current, fallback_keys=[*old], salt=f"sayso.link.{purpose}", sep=SEPARATOR)


def unsubscribe_url(address: Address, topic: Topic, message: int = 0) -> str:
    """The link in the body of a message: a page with one obvious button."""
    return _absolute_url(
        "preferences:unsubscribe-link", make_token(LinkPurpose.UNSUBSCRIBE, address, topic=topic.pk, message=message)
    )


def one_click_url(address: Address, topic: Topic, message: int = 0, service_message: int = 0) -> str:
    """The link in the List-Unsubscribe header (RFC 8058). A reply may have been about several topics: it ends all."""
    claims = {"topic": topic.pk, "message": message, "service_message": service_message}
    return _absolute_url("preferences:one-click", make_token(LinkPurpose.UNSUBSCRIBE, address, **claims))


def preferences_url(address: Address) -> str:
    return _absolute_url("preferences:preferences-link", make_token(LinkPurpose.PREFERENCES, address))


def secure_url(address: Address) -> str:
    return _absolute_url("preferences:secure-link", make_token(LinkPurpose.SECURE, address))


def confirm_url(service_message: ServiceMessage) -> str:
    """The link that turns what was asked in one act into consent."""
    return _absolute_url(
        "preferences:confirm-link",
        make_token(LinkPurpose.CONFIRM, service_message.address, service_message=service_message.pk),
    )


def cancel_url(service_message: ServiceMessage) -> str:
    """The link that takes a sign-up back before it was confirmed, and the address with it."""
    return _absolute_url(
        "preferences:cancel-link",
        make_token(LinkPurpose.CONFIRM, service_message.address, service_message=service_message.pk),
    )


def renewal_url(address: Address, topic: Topic, message: int) -> str:
    """The link to the page that asks whether a permission is to go on."""
    return _absolute_url(
        "preferences:renewal-link", make_token(LinkPurpose.RENEWAL, address, topic=topic.pk, message=message)
    )


def undo_url(address: Address, interaction_id: UUID) -> str:
    """The link that shows what one act changed, and a button that puts it back."""
    return _absolute_url(
        "preferences:undo-link", make_token(LinkPurpose.UNDO, address, interaction_id=interaction_id.int)
    )


def receipt_url(address: Address, interaction_id: UUID) -> str:
    """The link to the signed receipt of one act."""
    return _absolute_url(
        "preferences:receipt-link", make_token(LinkPurpose.RECEIPT, address, interaction_id=interaction_id.int)
    )


def _absolute_url(name: str, text: str) -> str:
    return settings.BASE_URL + reverse(name, args=[text])
