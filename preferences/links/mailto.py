"""The way out by mail: an address of ours that says who leaves what, for the List-Unsubscribe header (RFC 2369).

It is a leave link in another spelling. The part before the @ has room for 64 letters, and mail servers on the way
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
from preferences.links.tokens import BadLink, Claims, Purpose
from preferences.models import Address, ConsentEvent, Reply, Topic

SIGNATURE_BYTES = 10  # whoever guesses has to send 2^80 mails
MESSAGE_BYTES = 16
SALT = b"sayso.mail.leave:"
TAGGED = re.compile(r"\+([a-z2-7]{20,60})@", re.IGNORECASE)
BLANK = re.compile(r"\s+")


def list_unsubscribe(address: Address, topic: Topic, *, message: int = 0, reply: int = 0) -> str:
    """The ways out that a mail program offers, the better one first."""
    one_click = f"<{tokens.one_click_url(address, topic, message=message, reply=reply)}>"
    by_mail = mailbox(Claims(address.pk, 0, topic=topic.pk, message=message, reply=reply))
    return f"{one_click}, <mailto:{by_mail}?subject=unsubscribe>" if by_mail else one_click


def mailbox(claims: Claims) -> str:
    """The address to which somebody writes to leave; empty when the operator named none.

    An address that is too long to hold everything leaves out which message it came in.
    """
    local, _at, domain = settings.UNSUBSCRIBE_MAILTO.rpartition("@")
    if not local:
        return ""
    unknown_message = Claims(claims.address, 0, topic=claims.topic, reply=claims.reply)
    tagged = (f"{local}+{token(wanted)}" for wanted in (claims, unknown_message))
    fitting = next((part for part in tagged if len(part) <= address_normalization.LONGEST_LOCAL), "")
    return f"{fitting}@{domain}" if fitting else ""


def topics(claims: Claims) -> QuerySet[Topic]:
    """What a way out leaves: the topic of the message; or all that one sign-up was about, if it came in its summary."""
    granted = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.GRANTED, address=claims.address)
    summed_up = granted.filter(act__in=Reply.objects.filter(pk=claims.reply).values("act"))
    return Topic.objects.filter(Q(pk=claims.topic) | Q(pk__in=summed_up.values("topic"))).select_related("sender")


def token(claims: Claims) -> str:
    """The claims in small letters and digits, signed."""
    packed = _pack(claims)
    signed = _signature(settings.LINK_KEYS[Purpose.LEAVE][0], packed) + packed
    return base64.b32encode(signed).decode().rstrip("=").lower()


def read(text: str) -> Claims:
    """What a token says, in whatever capitals it came back. Raises BadLink; does not touch the database."""
    try:
        content = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        raise BadLink from None
    signature, packed = content[:SIGNATURE_BYTES], content[SIGNATURE_BYTES:]
    if not any(hmac.compare_digest(signature, _signature(key, packed)) for key in settings.LINK_KEYS[Purpose.LEAVE]):
        raise BadLink
    return _unpack(packed)


def written_to(recipients: str) -> Claims | None:
    """The claims in the first of these addresses that is a way out of ours."""
    return next(_readable(read, TAGGED.findall(recipients)), None)


def offered(header: str) -> Claims | None:
    """The claims in a List-Unsubscribe header of ours, in whichever of its links they survived."""
    whole = BLANK.sub("", header)
    before, after = reverse("preferences:one-click", args=["TOKEN"]).split("TOKEN")
    pressed = re.findall(re.escape(before) + "([^/<>,]+)" + re.escape(after), whole)
    return next(_readable(lambda text: tokens.read(Purpose.LEAVE, text), pressed), None) or written_to(whole)


def _readable(reader: Callable[[str], Claims], texts: list[str]) -> Iterator[Claims]:
    for text in texts:
        try:
            yield reader(text)
        except BadLink:
            continue


def _signature(key: str, packed: bytes) -> bytes:
    return hmac.digest(key.encode(), SALT + packed, hashlib.sha256)[:SIGNATURE_BYTES]


def _pack(claims: Claims) -> bytes:
    message = claims.message.to_bytes(MESSAGE_BYTES, "big") if claims.message else b""
    return _number(claims.address) + _number(claims.topic) + _number(claims.reply) + message


def _unpack(packed: bytes) -> Claims:
    """What was signed was packed by us, so it is whole."""
    address, rest = _read_number(packed)
    topic, rest = _read_number(rest)
    reply, rest = _read_number(rest)
    return Claims(address, 0, topic=topic, reply=reply, message=int.from_bytes(rest, "big"))


def _number(value: int) -> bytes:
    """Seven bits to the byte, the low ones first; the eighth says that more follow."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _number(rest) if rest else bytes([low])


def _read_number(packed: bytes) -> tuple[int, bytes]:
    value = shift = 0
    for position, byte in enumerate(packed):
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, packed[position + 1 :]
    raise BadLink
