"""One spelling for each address: what we compare, keep unique and fingerprint. Ambiguous ones are refused.

No dots or +tags are merged: two spellings that a mail provider may tell apart are two addresses.
"""

import difflib
import hashlib
import hmac
import unicodedata

import idna
import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from preferences.errors import Unreadable
from preferences.models import Channel

MAX_EMAIL_LENGTH, MAX_LOCAL_PART_LENGTH = 254, 64  # RFC 5321 §4.5.3.1
COMMON_DOMAINS = ["gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "gmx.de"]


def normalize_address(channel: str, value: str) -> str:
    """The one spelling of this address. Raises Unreadable with a sentence for the person who typed it."""
    return normalize_phone(value) if channel == Channel.SMS else normalize_email(value)


def normalize_email(value: str) -> str:
    """Trimmed, NFC, case-folded, domain in its ASCII form (IDNA 2008)."""
    local, domain = _split(unicodedata.normalize("NFC", value.strip()))
    spelled = f"{local.casefold()}@{_ascii_domain(domain)}"
    try:
        validate_email(spelled)
    except ValidationError:
        raise Unreadable(_not_an_address()) from None
    if '"' in local or len(local) > MAX_LOCAL_PART_LENGTH or len(spelled) > MAX_EMAIL_LENGTH:
        raise Unreadable(_not_an_address())
    return spelled


def _split(value: str) -> tuple[str, str]:
    local, at, domain = value.rpartition("@")
    if not (local and at and domain):
        raise Unreadable(_not_an_address())
    return local, domain


def _ascii_domain(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise Unreadable(_not_an_address()) from None


def _not_an_address() -> str:
    return _("This is not an email address. Write it like name@example.org.")


def suggest_correction(value: str) -> str:
    """The address probably meant, when the domain is one slip away from a very common one; else empty."""
    local, _at, domain = value.strip().rpartition("@")
    close = difflib.get_close_matches(domain.casefold(), COMMON_DOMAINS, n=1, cutoff=0.85)
    return f"{local}@{close[0]}" if close and close[0] != domain.casefold() else ""


def normalize_phone(value: str, region: str = "") -> str:
    """E.164, like +15550100. A number without its country code is refused, not guessed."""
    region = region or settings.DEFAULT_PHONE_REGION
    text = unicodedata.normalize("NFKC", value).strip()
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        raise Unreadable(_("Write the number with its country code, like +1 207 555 0123.")) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise Unreadable(
            _("This number cannot receive text messages. Check its digits and the country code, like +44.")
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def fingerprint(channel: str, normal: str) -> str:
    """A keyed fingerprint (HMAC-SHA256): recognises an address again without keeping it."""
    return hmac.digest(settings.FINGERPRINT_KEY.encode(), f"{channel}:{normal}".encode(), hashlib.sha256).hex()
