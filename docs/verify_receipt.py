#!/usr/bin/env python3
"""Check a consent receipt on your own computer: python3 verify_receipt.py receipt.json key.json

receipt.json is the file you saved from your receipt page; key.json is the sender's published public key, from
/.well-known/sayso-receipt-key.json. Needs Python 3.11 or newer and nothing else: it asks no network, and the
signature (Ed25519, RFC 8032) is checked right here. Says in words what was found, and exits with
0 genuine · 1 not genuine · 2 cannot be read.
"""

import base64
import hashlib
import json
import sys

CONTEXT = b"sayso-receipt-v1\n"

# The curve of RFC 8032 §5.1.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class Unreadable(Exception):
    """It cannot be told what this is."""


class NotGenuine(Exception):
    """It can be read, and is not what it says it is."""


def main(arguments):
    if len(arguments) != 2:
        return say(2, "Use it like this: python3 verify_receipt.py receipt.json key.json")
    try:
        receipt = check(contents(arguments[0]), contents(arguments[1]))
    except Unreadable as problem:
        return say(2, f"CANNOT BE READ. {problem}")
    except NotGenuine as problem:
        return say(1, f"NOT GENUINE. {problem}")
    return say(0, *told(receipt))


def check(receipt_text, key_text):
    """The receipt, if it is signed with one of the keys. Raises Unreadable or NotGenuine."""
    envelope, keys = parsed(receipt_text, "receipt"), known_keys(parsed(key_text, "key"))
    receipt, signature = parts(envelope)
    public = keys.get(signature["key_id"])
    if public is None:
        raise NotGenuine("It was signed with another key than the ones in the key file.")
    signed = CONTEXT + canonical(receipt)
    if not verifies(public, signed, exact_base64(signature["value"])):
        raise NotGenuine("It was changed after it was signed, or was never signed with this key.")
    return receipt


def told(receipt):
    """What a genuine receipt proves, in words."""
    yield "GENUINE. It was signed with the key in the key file, and not one letter of it was changed since."
    yield f"Receipt {receipt.get('receipt_id')}, signed {receipt.get('issued_at')} by {receipt.get('issuer')}."
    for event in receipt.get("events", []):
        about = event.get("purpose_id") or "everything"
        yield f"On {event.get('event_time')}: {event.get('event_type')}, about {about} ({event.get('event_state')})."
    yield "It proves that this was on record then. It does not tell whether it was changed later."


def contents(name):
    try:
        with open(name, "rb") as file:
            return file.read().decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Unreadable(f"{name}: {problem}") from None


def parsed(text, what):
    """JSON, strictly: no name twice in one object, no fractions."""
    try:
        return json.loads(text, object_pairs_hook=once, parse_float=refused, parse_constant=refused)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"The {what} file is not whole: {problem}") from None


def once(pairs):
    names = [name for name, _value in pairs]
    if len(set(names)) != len(names):
        raise Unreadable("It says the same thing twice, which no receipt does.")
    return dict(pairs)


def refused(number):
    raise Unreadable(f"It holds the number {number}, which no receipt does.")


def known_keys(document):
    """The public keys by their id, which is the beginning of their SHA-256."""
    keys = {}
    try:
        for key in document["keys"]:
            if key["kty"] == "OKP" and key["crv"] == "Ed25519":
                raw = base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
                keys[hashlib.sha256(raw).hexdigest()[:16]] = raw
    except (TypeError, KeyError, ValueError):
        raise Unreadable("The key file is not one of ours.") from None
    if not keys:
        raise Unreadable("The key file holds no key.")
    return keys


def parts(envelope):
    """Exactly a receipt and a signature, and in the signature exactly what belongs there."""
    fits = isinstance(envelope, dict) and set(envelope) == {"receipt", "signature"}
    receipt, signature = (envelope["receipt"], envelope["signature"]) if fits else (None, None)
    fits = isinstance(receipt, dict) and isinstance(signature, dict)
    fits = fits and set(signature) == {"alg", "key_id", "value"} and signature["alg"] == "Ed25519"
    if not fits or not all(isinstance(value, str) for value in signature.values()):
        raise NotGenuine("This is no receipt: parts are missing, or there are too many.")
    return receipt, signature


def canonical(receipt):
    """The one way to write a receipt down (RFC 8785, without fractions)."""
    try:
        return json.dumps(receipt, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError:
        raise NotGenuine("It holds half a character, which no receipt does.") from None


def exact_base64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotGenuine("Its signature was changed.") from None
    if base64.b64encode(raw).decode() != text:
        raise NotGenuine("Its signature was changed.")
    return raw


# Ed25519 (RFC 8032 §5.1.7), in extended coordinates.


def verifies(public, message, signature):
    """Is this the signature of that key under the message?"""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = decompressed(public), decompressed(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or s >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(challenge, "little") % ORDER
    return equal(times(s, BASE), plus(commitment, times(h, key)))


def plus(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = plus(result, point)
        point = plus(point, point)
        number >>= 1
    return result


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def decompressed(raw):
    """The point with this encoding, or None when there is none."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recovered(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def recovered(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


BASE = decompressed((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def say(code, *sentences):
    """Only what can be shown: a receipt may hold anything, and a terminal obeys some of it."""
    for sentence in sentences:
        print("".join(letter if letter.isprintable() else "?" for letter in sentence))  # noqa: T201
    return code


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")
    sys.exit(main(sys.argv[1:]))
