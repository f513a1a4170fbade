"""The links, addresses and numbers that stand in a text, and whose they are. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from preferences.models import Sender
from preferences.text import lexicons

# What phones turn into a link: an address with its scheme, www, a host with a path, or with an ending everybody knows.
_ENDINGS = (
    "com|net|org|info|biz|io|co|ly|link|app|dev|shop|store|online|site|xyz|top|click|me|eu|uk|de|fr|es|ca|us|example"
)
# Bounded everywhere, so that no text takes long: a label has 63 characters, RFC 1035.
_LABELS = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}"
_HOST = rf"{_LABELS}[^\W\d_]{{2,63}}"
_LINK = re.compile(
    rf"(?:https?://(?:[^\s/@]{{0,200}}@)?(?P<full>[^\s/:?#]{{1,255}})|(?<![\w@.-])(?P<www>www\.{_HOST})"
    rf"|(?<![\w@.-])(?P<path>{_HOST})(?=/)|(?<![\w@.-])(?P<bare>{_LABELS}(?:{_ENDINGS}))(?![\w@-]))",
    re.IGNORECASE,
)
_MAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}@{_HOST}")
_PHONE = re.compile(r"(?<![\w+])\+?\(?\d(?:[\s().-]{0,2}\d){6,14}(?!\w)")


def linked_hosts(text: str) -> list[str]:
    """The hosts of the links in a text, in small type, each once."""
    found = (match[match.lastgroup or 0] for match in _LINK.finditer(_visible_text(text)))
    return list(dict.fromkeys(host.casefold().strip(".,;:!?)'\"").removeprefix("www.") for host in found))


def foreign_hosts(text: str, sender: Sender) -> tuple[str, ...]:
    """The hosts in it that are not the sender's own."""
    own = set(_own_hosts(sender))
    return tuple(
        host for host in linked_hosts(text) if not any(host == name or host.endswith(f".{name}") for name in own)
    )


def shortener_hosts(text: str) -> tuple[str, ...]:
    """The hosts in it that hide where a link leads to."""
    return tuple(host for host in linked_hosts(text) if host in _shorteners())


def has_contact_details(text: str) -> bool:
    """Is there a phone number, an email address or a page?"""
    seen = _visible_text(text)
    return bool(_PHONE.search(seen) or _MAIL.search(seen) or _LINK.search(seen))


def _own_hosts(sender: Sender) -> Iterator[str]:
    for url in (sender.privacy_url, sender.terms_url, settings.BASE_URL):
        yield from [host.removeprefix("www.")] if (host := urlsplit(url).hostname) else []
    for address in (sender.from_email, sender.reply_to, sender.contact_email):
        yield from [host.casefold()] if (host := address.rpartition("@")[2]) else []


def _visible_text(text: str) -> str:
    """As a phone reads it: wide letters are letters, and what cannot be seen is not there."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cf", "Me"))


@cache
def _shorteners() -> frozenset[str]:
    return frozenset(lexicons.load_word_list("shorteners")["hosts"])
