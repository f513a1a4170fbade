"""The signature of receipts: made here, and checked by anybody with nothing but the published key.

The key is derived from the ledger's, for this one purpose: a signature under a receipt can never pass for one
under a checkpoint. What is signed is a context line and the canonical JSON of the receipt (RFC 8785: keys sorted,
no spaces, UTF-8; receipts hold no fractions), so that it may be stored and sent in any layout.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

CONTEXT = b"sayso-receipt-v1\n"
ALGORITHM = "Ed25519"


class ReceiptCheck(TextChoices):
    """What can be said of something that is shown to us as a receipt."""

    GENUINE = "genuine", _("This receipt is genuine: we signed it, and it has not been changed since.")
    NOT_JSON = "not_json", _("This receipt is incomplete. Copy the whole file, from the first { to the last }.")
    REPEATED = "repeated", _("This contains the same entry twice, which none of our receipts do. Do not trust it.")
    NOT_A_RECEIPT = (
        "not_a_receipt",
        _("This is not one of our receipts: some parts are missing, or there are too many."),
    )
    OTHER_KEY = "other_key", _("We did not sign this: it has somebody else's key. Do not trust it.")
    ALTERED = "altered", _("This was changed after it was signed, or was never issued by us. Do not trust it.")


class DuplicateName(ValueError):
    """The same name twice in one JSON object: two readers could read two different things."""


def canonical_json(receipt: dict[str, Any]) -> bytes:
    """The one way to write a receipt down."""
    return json.dumps(receipt, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sign_receipt(receipt: dict[str, Any]) -> dict[str, Any]:
    """The receipt and its signature, as they are given away."""
    key = _private(settings.LEDGER_KEY)
    value = base64.b64encode(key.sign(CONTEXT + canonical_json(receipt))).decode()
    return {"receipt": receipt, "signature": {"alg": ALGORITHM, "key_id": _id(key), "value": value}}


def published_keys() -> dict[str, list[dict[str, str]]]:
    """Today's public key and the old ones (RFC 8037): all that a stranger needs to check a receipt."""
    keys = [_private(secret) for secret in (settings.LEDGER_KEY, *settings.LEDGER_KEY_OLD)]
    return {"keys": [_as_jwk(key) for key in keys]}


def check_receipt(text: str) -> tuple[ReceiptCheck, dict[str, Any]]:
    """Is this a receipt of ours, unaltered? And what it says, if it is. Asks no database."""
    try:
        envelope = parse_strict_json(text)
    except DuplicateName:
        return ReceiptCheck.REPEATED, {}
    except (ValueError, RecursionError):
        return ReceiptCheck.NOT_JSON, {}
    if not _is_signed(envelope):
        return ReceiptCheck.NOT_A_RECEIPT, {}
    finding = _check_envelope(envelope)
    return finding, envelope["receipt"] if finding == ReceiptCheck.GENUINE else {}


def parse_strict_json(text: str) -> Any:
    """JSON, read strictly: no name twice, no fractions."""
    return json.loads(
        text, object_pairs_hook=_unique_pairs, parse_float=_refuse_fraction, parse_constant=_refuse_fraction
    )


def _unique_pairs(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(pairs)
    if len({name for name, _value in pairs}) != len(pairs):
        raise DuplicateName
    return dict(pairs)


def _refuse_fraction(number: str) -> float:
    raise ValueError(number)


def _is_signed(envelope: Any) -> bool:
    """Exactly a receipt and a signature, and in the signature exactly what belongs there."""
    if not isinstance(envelope, dict) or set(envelope) != {"receipt", "signature"}:
        return False
    receipt, signature = envelope["receipt"], envelope["signature"]
    if not isinstance(receipt, dict) or not isinstance(signature, dict):
        return False
    texts = all(isinstance(value, str) for value in signature.values())
    return texts and set(signature) == {"alg", "key_id", "value"} and signature["alg"] == ALGORITHM


def _check_envelope(envelope: dict[str, Any]) -> ReceiptCheck:
    known = {key["kid"]: key["x"] for key in published_keys()["keys"]}
    if envelope["signature"]["key_id"] not in known:
        return ReceiptCheck.OTHER_KEY
    public = Ed25519PublicKey.from_public_bytes(_unwrapped(known[envelope["signature"]["key_id"]]))
    try:
        public.verify(_signature(envelope["signature"]["value"]), CONTEXT + canonical_json(envelope["receipt"]))
    except (InvalidSignature, ValueError):  # half a character is a ValueError, and so is bad base64
        return ReceiptCheck.ALTERED
    return ReceiptCheck.GENUINE


def _signature(value: str) -> bytes:
    """Base64 in its one exact spelling."""
    raw = base64.b64decode(value, validate=True)
    if base64.b64encode(raw).decode() != value:
        raise binascii.Error("Another spelling of the same bytes.")
    return raw


def _private(secret: str) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sayso receipt key v1").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(derived)


def _as_jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    public = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=")
    return {"kty": "OKP", "crv": ALGORITHM, "use": "sig", "kid": _id(key), "x": public}


def _id(key: Ed25519PrivateKey) -> str:
    return hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()[:16]


def _unwrapped(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
