"""The way out by mail: an address of ours that says who leaves what, for the List-Unsubscribe header (RFC 2369).

It is a unsubscribe link in another spelling. The part before the @ has room for 64 letters, and mail servers on the way
may change capitals, so the same claims are packed into bytes, signed with the leave key, and written in base32.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from preferences.contacts import address_normalization
from preferences.links import tokens
from preferences.links.tokens import BadLink, LinkPurpose, TokenClaims
from preferences.models import Address, ConsentEvent, ServiceMessage, Topic

SIGNATURE_BYTES = 10  # whoever guesses has to send 2^80 mails
MESSAGE_BYTES = 16
SALT = b"sayso.mail.leave:"
TAGGED_ADDRESS = re.compile(r"\+([a-z2-7]{20,60})@", re.IGNORECASE)
BLANK = re.compile(r"\s+")


def list_unsubscribe_header(address: Address, topic: Topic, *, message: int = 0, service_message: int = 0) -> str:
    """The ways out that a mail program offers, the better one first."""
    one_click = f"<{tokens.one_click_url(address, topic, message=message, service_message=service_message)}>"
    by_mail = unsubscribe_mailbox(
        TokenClaims(address.pk, 0, topic=topic.pk, message=message, service_message=service_message)
    )
    return f"{one_click}, <mailto:{by_mail}?subject=unsubscribe>" if by_mail else one_click


def unsubscribe_mailbox(claims: TokenClaims) -> str:
    """The address to which somebody writes to leave; empty when the operator named none.

    An address that is too long to hold everything leaves out which message it came in.
    """
    local, _at, domain = settings.UNSUBSCRIBE_MAILTO.rpartition("@")
    if not local:
        return ""
    unknown_message = TokenClaims(claims.address, 0, topic=claims.topic, service_message=claims.service_message)
    tagged = (f"{local}+{make_mailto_token(wanted)}" for wanted in (claims, unknown_message))
    fitting = next((part for part in tagged if len(part) <= address_normalization.MAX_LOCAL_PART_LENGTH), "")
    return f"{fitting}@{domain}" if fitting else ""


def topics_to_unsubscribe(claims: TokenClaims) -> QuerySet[Topic]:
    """What a way out leaves: the topic of the message; or all that one sign-up was about, if it came in its summary."""
    granted = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.GRANTED, address=claims.address)
    summed_up = granted.filter(
        interaction_id__in=ServiceMessage.objects.filter(pk=claims.service_message).values("interaction_id")
    )
    return Topic.objects.filter(Q(pk=claims.topic) | Q(pk__in=summed_up.values("topic"))).select_related("sender")


def make_mailto_token(claims: TokenClaims) -> str:
    """The claims in small letters and digits, signed."""
    packed = _pack(claims)
    signed = _signature(settings.LINK_KEYS[LinkPurpose.UNSUBSCRIBE][0], packed) + packed
    return base64.b32encode(signed).decode().rstrip("=").lower()


def read_mailto_token(text: str) -> TokenClaims:
    """What a token says, in whatever capitals it came back. Raises BadLink; does not touch the database."""
    try:
        content = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        raise BadLink from None
    signature, packed = content[:SIGNATURE_BYTES], content[SIGNATURE_BYTES:]
    if not any(
        hmac.compare_digest(signature, _signature(key, packed)) for key in settings.LINK_KEYS[LinkPurpose.UNSUBSCRIBE]
    ):
        raise BadLink
    return _unpack(packed)


def claims_from_recipients(recipients: str) -> TokenClaims | None:
    """The claims in the first of these addresses that is a way out of ours."""
    return next(_first_readable_claims(read_mailto_token, TAGGED_ADDRESS.findall(recipients)), None)


def claims_from_header(header: str) -> TokenClaims | None:
    """The claims in a List-Unsubscribe header of ours, in whichever of its links they survived."""
    whole = BLANK.sub("", header)
    before, after = reverse("preferences:one-click", args=["TOKEN"]).split("TOKEN")
    pressed = re.findall(re.escape(before) + "([^/<>,]+)" + re.escape(after), whole)
    return next(
        _first_readable_claims(lambda text: tokens.read_token(LinkPurpose.UNSUBSCRIBE, text), pressed), None
    ) or claims_from_recipients(whole)


def _first_readable_claims(reader: Callable[[str], TokenClaims], texts: list[str]) -> Iterator[TokenClaims]:
    for text in texts:
        try:
            yield reader(text)
        except BadLink:
            continue


def _signature(key: str, packed: bytes) -> bytes:
    return hmac.digest(key.encode(), SALT + packed, hashlib.sha256)[:SIGNATURE_BYTES]


def _pack(claims: TokenClaims) -> bytes:
    message = claims.message.to_bytes(MESSAGE_BYTES, "big") if claims.message else b""
    return (
        _encode_number(claims.address) + _encode_number(claims.topic) + _encode_number(claims.service_message) + message
    )


def _unpack(packed: bytes) -> TokenClaims:
    """What was signed was packed by us, so it is whole."""
    address, rest = _decode_number(packed)
    topic, rest = _decode_number(rest)
    service_message, rest = _decode_number(rest)
    return TokenClaims(address, 0, topic=topic, service_message=service_message, message=int.from_bytes(rest, "big"))


def _encode_number(value: int) -> bytes:
    """Seven bits to the byte, the low ones first; the eighth says that more follow."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _encode_number(rest) if rest else bytes([low])


def _decode_number(packed: bytes) -> tuple[int, bytes]:
    value = shift = 0
    for position, byte in enumerate(packed):
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, packed[position + 1 :]
    raise BadLink
