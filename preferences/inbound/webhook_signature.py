"""Proof that an incoming request comes from the provider: a signature over its time and its raw body."""

import hashlib
import hmac
import re
import time

from django.utils.crypto import constant_time_compare

HEADER = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


class BadSignature(Exception):
    """It does not come from the provider, or was changed on the way."""


def signature_age(header: str, body: bytes, *, secret: str) -> int:
    """How many seconds ago this was signed. Raises BadSignature."""
    parts = HEADER.fullmatch(header)
    if not parts:
        raise BadSignature
    expected = hmac.digest(secret.encode(), f"{parts[1]}.".encode() + body, hashlib.sha256).hex()
    if not constant_time_compare(parts[2], expected):
        raise BadSignature
    return abs(int(time.time()) - int(parts[1]))
