"""The signature of a receipt: what it holds against, and what every reader makes of it."""

import base64
import importlib.util
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings as conf
from hypothesis import given, settings
from hypothesis import strategies as st

from preferences.proof import receipt_signing, transparency_log
from preferences.proof.receipt_signing import ReceiptCheck

SPEC = importlib.util.spec_from_file_location("verify_receipt", conf.ROOT / "docs" / "verify_receipt.py")
verifier = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(verifier)

RECEIPT = {"receipt_id": "1", "events": [{"event_type": "withdrawn", "about": None, "place": 7, "whole": True}]}
TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
RECEIPTS = st.dictionaries(TEXTS, VALUES, max_size=6)


def signed(receipt=None):
    return receipt_signing.sign_receipt(RECEIPT if receipt is None else receipt)


def both(text):
    """What the page and the program say: genuine or not."""
    page = receipt_signing.check_receipt(text)[0] == ReceiptCheck.GENUINE
    try:
        verifier.check(text, json.dumps(receipt_signing.published_keys()))
    except (verifier.NotGenuine, verifier.Unreadable):
        return page, False
    return page, True


@settings(max_examples=60, deadline=None)
@given(RECEIPTS)
def test_whatever_a_receipt_says_it_is_genuine_in_any_layout(receipt):
    envelope = signed(receipt)

    assert both(json.dumps(envelope, indent=3)) == (True, True)
    assert both(json.dumps(envelope, ensure_ascii=False)) == (True, True)
    assert receipt_signing.check_receipt(json.dumps(envelope))[1] == receipt


@settings(max_examples=60, deadline=None)
@given(RECEIPTS, RECEIPTS)
def test_a_signature_is_good_for_one_receipt_only(receipt, other):
    envelope = signed(receipt) | {"receipt": other}

    same = receipt_signing.canonical_json(receipt) == receipt_signing.canonical_json(other)
    assert both(json.dumps(envelope)) == (same, same)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 511))
def test_the_program_and_the_library_agree_on_every_signature(message, bit):
    key = Ed25519PrivateKey.generate()
    public, whole = key.public_key().public_bytes_raw(), key.sign(message)
    flipped = (int.from_bytes(whole, "little") ^ (1 << bit)).to_bytes(64, "little")

    assert verifier.verifies(public, message, whole)
    assert not verifier.verifies(public, message, flipped)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(flipped, message)


# RFC 8032 §7.1, tests 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_program_knows_the_signatures_of_the_standard(public, message, signature):
    assert verifier.verifies(*map(bytes.fromhex, (public, message, signature)))


def test_a_signature_with_the_order_added_is_refused():
    key, message = Ed25519PrivateKey.generate(), b"x"
    whole = key.sign(message)
    s = int.from_bytes(whole[32:], "little") + verifier.ORDER

    assert not verifier.verifies(key.public_key().public_bytes_raw(), message, whole[:32] + s.to_bytes(32, "little"))


def leaves(value, path=()):
    """Every place in a receipt where something stands."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [*([path] if path else []), *(place for name, one in inner for place in leaves(one, (*path, name)))]


def altered(envelope, path):
    copy = json.loads(json.dumps(envelope))
    holder = copy
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = "another value"
    return copy


@pytest.mark.parametrize("path", leaves(signed()), ids=str)
def test_not_one_field_can_be_changed_unseen(path):
    assert both(json.dumps(altered(signed(), path))) == (False, False)


def test_not_one_bit_of_the_signature_can_be_flipped_unseen():
    raw = base64.b64decode(signed()["signature"]["value"])
    flips = [(int.from_bytes(raw, "big") ^ (1 << bit)).to_bytes(64, "big") for bit in range(0, 512, 7)]
    shown = [signed() | {"signature": signed()["signature"] | {"value": base64.b64encode(f).decode()}} for f in flips]

    assert {both(json.dumps(envelope)) for envelope in shown} == {(False, False)}


def with_signature(**parts):
    return json.dumps(signed() | {"signature": signed()["signature"] | parts})


GOOD = json.dumps(signed())
VALUE = signed()["signature"]["value"]
BAD = {
    "nothing": ("", ReceiptCheck.NOT_JSON),
    "cut off": (GOOD[:-20], ReceiptCheck.NOT_JSON),
    "two at once": (GOOD + GOOD, ReceiptCheck.NOT_JSON),
    "not JSON": ("Dear Sir or Madam", ReceiptCheck.NOT_JSON),
    "a fraction": (GOOD.replace('"place": 7', '"place": 7.0'), ReceiptCheck.NOT_JSON),
    "no number": (GOOD.replace('"place": 7', '"place": NaN'), ReceiptCheck.NOT_JSON),
    "nested deeply": ("[" * 60_000, ReceiptCheck.NOT_JSON),
    "a huge number": (GOOD.replace('"place": 7', '"place": ' + "9" * 5_000), ReceiptCheck.NOT_JSON),
    "a name twice": (GOOD.replace('"receipt_id": "1"', '"receipt_id": "2", "receipt_id": "1"'), ReceiptCheck.REPEATED),
    "receipt twice": ('{"receipt": {}, ' + GOOD[1:], ReceiptCheck.REPEATED),
    "a list": ("[]", ReceiptCheck.NOT_A_RECEIPT),
    "a text": ('"receipt"', ReceiptCheck.NOT_A_RECEIPT),
    "unsigned": (json.dumps({"receipt": RECEIPT}), ReceiptCheck.NOT_A_RECEIPT),
    "something beside it": (json.dumps(signed() | {"note": "trust me"}), ReceiptCheck.NOT_A_RECEIPT),
    "something in the signature": (with_signature(note="trust me"), ReceiptCheck.NOT_A_RECEIPT),
    "another algorithm": (with_signature(alg="none"), ReceiptCheck.NOT_A_RECEIPT),
    "signature is no text": (with_signature(value=None), ReceiptCheck.NOT_A_RECEIPT),
    "somebody else's key": (with_signature(key_id="0" * 16), ReceiptCheck.OTHER_KEY),
    "no signature": (with_signature(value=""), ReceiptCheck.ALTERED),
    "half a signature": (with_signature(value=VALUE[:44]), ReceiptCheck.ALTERED),
    "spaces in it": (with_signature(value=f" {VALUE}"), ReceiptCheck.ALTERED),
    "another spelling": (with_signature(value=VALUE[:-3] + chr(ord(VALUE[-3]) + 1) + "=="), ReceiptCheck.ALTERED),
    "half a character": (GOOD.replace('"withdrawn"', '"\\ud800"'), ReceiptCheck.ALTERED),
    "an invisible letter": (GOOD.replace('"withdrawn"', '"with\\u200bdrawn"'), ReceiptCheck.ALTERED),
    "right to left": (GOOD.replace('"withdrawn"', '"\\u202enwardhtiw"'), ReceiptCheck.ALTERED),
}


@pytest.mark.parametrize(("text", "finding"), BAD.values(), ids=BAD)
def test_each_way_of_being_wrong_is_told_apart_and_never_genuine(text, finding):
    assert receipt_signing.check_receipt(text) == (finding, {})
    assert both(text) == (False, False)


def test_a_receipt_stays_genuine_when_the_key_is_changed(settings):
    envelope = json.dumps(signed())
    settings.LEDGER_KEY_OLD, settings.LEDGER_KEY = [settings.LEDGER_KEY], "another-ledger-key-0123456789abcdef"

    assert both(envelope) == (True, True)
    assert len(receipt_signing.published_keys()["keys"]) == 2


def test_a_receipt_of_another_house_is_not_ours(settings):
    envelope = json.dumps(signed())
    settings.LEDGER_KEY = "another-ledger-key-0123456789abcdef"

    assert receipt_signing.check_receipt(envelope) == (ReceiptCheck.OTHER_KEY, {})


def test_the_key_of_receipts_is_not_the_key_of_the_ledger():
    published = receipt_signing.published_keys()["keys"][0]["x"]

    assert base64.urlsafe_b64decode(published + "=") != base64.b64decode(transparency_log.public_key())
