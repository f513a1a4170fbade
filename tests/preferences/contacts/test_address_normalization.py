"""One spelling for each address; ambiguous ones are refused, not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preferences.contacts import address_normalization
from preferences.errors import Unreadable


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Ana@Example.org", "ana@example.org"),
        ("  ana@example.org \n", "ana@example.org"),
        ("ana+news@example.org", "ana+news@example.org"),
        ("a.n.a@gmail.com", "a.n.a@gmail.com"),
        ("ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("ana@bu\u0308cher.example", "ana@xn--bcher-kva.example"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("ana@例え.example", "ana@xn--r8jz45g.example"),
    ],
)
def test_every_spelling_of_an_email_address_is_the_same_address(typed, normal):
    assert address_normalization.normalize_email(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "", "ana", "ana@", "@example.org", "ana@example", "ana@@example.org", "a@x.org,b@y.org",
        "ana@x.org\nBcc: b@y.org",
        "ana @example.org", "<ana@example.org>", '"ana maria"@example.org', "ana@exa mple.org", "ana@-example.org",
        "a" * 65 + "@example.org", "ana@" + "a" * 250 + ".org", "ana@[127.0.0.1]", "ana@[IPv6:::1]",
        "ana\x00@example.org",
        "аna@example.org", "ana@example.org.", "ana\u200b@example.org", "@a:ana@example.org",
    ],
)  # fmt: skip
def test_what_is_not_one_email_address_is_refused_with_a_sentence(typed):
    with pytest.raises(Unreadable, match="name@example"):
        address_normalization.normalize_email(typed)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("+44 7400 123456", "+447400123456"),
        ("+44 (0)7400 123-456", "+447400123456"),
        ("+1 (207) 555-0123", "+12075550123"),
        ("＋４４７４００１２３４５６", "+447400123456"),
        ("+49 151 23456789", "+4915123456789"),
        ("+33 6 12 34 56 78", "+33612345678"),
    ],
)
def test_every_way_to_write_a_number_is_the_same_number(typed, normal):
    assert address_normalization.normalize_phone(typed) == normal


@pytest.mark.parametrize(
    "typed", ["07400 123456", "555-0123", "", "abc", "+44", "+44 7400 123456 ext 4", "+1 207", "00447400123456"]
)
def test_an_ambiguous_number_is_refused_not_guessed(typed):
    with pytest.raises(Unreadable, match="country code"):
        address_normalization.normalize_phone(typed)


def test_a_number_with_its_country_named_beside_it_is_not_ambiguous():
    assert address_normalization.normalize_phone("07400 123456", region="GB") == "+447400123456"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
        ("ana@gmail.com", ""),
        ("ana@harbour.example", ""),
    ],
)
def test_a_slip_in_a_common_domain_is_noticed(typed, meant):
    assert address_normalization.suggest_correction(typed) == meant


@given(st.text(max_size=300))
def test_any_text_at_all_is_an_address_or_a_sentence(text):
    try:
        normal = address_normalization.normalize_email(text)
    except Unreadable:
        return
    assert address_normalization.normalize_email(normal) == normal


def test_a_fingerprint_depends_on_the_key_and_the_channel(settings):
    before = address_normalization.fingerprint("email", "ana@example.org")
    other_channel = address_normalization.fingerprint("sms", "ana@example.org")
    settings.FINGERPRINT_KEY = "another key, just as long as the first"

    assert len({before, other_channel, address_normalization.fingerprint("email", "ana@example.org")}) == 3
