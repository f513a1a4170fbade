"""The way out by mail: an address that fits, survives the way, and cannot be made up."""

import uuid

import pytest

from preferences.links import mailto, tokens
from preferences.links.tokens import BadLink, LinkPurpose, TokenClaims
from preferences.models import Address, Topic

MESSAGE = uuid.UUID("5b1f0a0e-3c1f-4b62-9d57-4f3a1b0c2d3e").int
CLAIMS = TokenClaims(7, 0, topic=3, message=MESSAGE)
LARGE = TokenClaims(2**34, 0, topic=2**20, message=2**128 - 1)
LARGEST = TokenClaims(2**63 - 1, 0, topic=2**40, message=2**128 - 1)


@pytest.fixture(autouse=True)
def way_out(settings):
    settings.UNSUBSCRIBE_MAILTO = "out@in.example.org"


@pytest.mark.parametrize(
    "claims", [CLAIMS, LARGE, TokenClaims(1, 0), TokenClaims(5, 0, topic=1, service_message=2**40)]
)
@pytest.mark.parametrize("on_the_way", [str, str.upper, str.lower, str.title, str.swapcase])
def test_the_address_says_the_same_in_whatever_capitals_it_comes_back(claims, on_the_way):
    mailbox = mailto.unsubscribe_mailbox(claims)

    assert mailto.claims_from_recipients(on_the_way(mailbox)) == claims


@pytest.mark.parametrize("claims", [CLAIMS, LARGE, LARGEST])
@pytest.mark.parametrize("address", ["out@in.example.org", "abcdefghijklmnop@in.example.org"])
def test_what_stands_before_the_at_fits_into_an_address(settings, claims, address):
    settings.UNSUBSCRIBE_MAILTO = address

    local, _at, domain = mailto.unsubscribe_mailbox(claims).partition("@")

    assert len(local) <= 64
    assert local.startswith(f"{address.partition('@')[0]}+")
    assert domain == "in.example.org"


def test_an_address_without_room_leaves_out_the_message_and_nothing_else():
    found = mailto.claims_from_recipients(mailto.unsubscribe_mailbox(LARGEST))

    assert found == TokenClaims(LARGEST.address, 0, topic=LARGEST.topic)


def test_an_address_that_has_no_room_at_all_is_not_offered(settings):
    settings.UNSUBSCRIBE_MAILTO = "a-very-long-name-before-the-at-sign-of-it-all@in.example.org"

    assert mailto.unsubscribe_mailbox(CLAIMS) == ""


def one_letter_changed(text, at):
    return text[:at] + ("b" if text[at] == "a" else "a") + text[at + 1 :]


@pytest.mark.parametrize("at", range(0, 46, 5))
def test_a_changed_letter_makes_it_nobodys(at):
    token = one_letter_changed(mailto.make_mailto_token(CLAIMS), at)

    with pytest.raises(BadLink):
        mailto.read_mailto_token(token)


@pytest.mark.parametrize(
    "text", ["", "a", "====", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ana", "é" * 30, "0189" * 8]
)
def test_what_we_did_not_sign_is_refused(text):
    with pytest.raises(BadLink):
        mailto.read_mailto_token(text)


def test_a_token_signed_with_an_old_key_still_lets_out(settings):
    token = mailto.make_mailto_token(CLAIMS)
    settings.LINK_KEYS = settings.LINK_KEYS | {"unsubscribe": ["another key", *settings.LINK_KEYS["unsubscribe"]]}

    assert mailto.read_mailto_token(token) == CLAIMS


def test_a_key_that_was_dropped_opens_nothing(settings):
    token = mailto.make_mailto_token(CLAIMS)
    settings.LINK_KEYS = settings.LINK_KEYS | {"unsubscribe": ["another key"]}

    with pytest.raises(BadLink):
        mailto.read_mailto_token(token)


def test_a_tag_that_is_not_ours_does_not_hide_the_one_that_is():
    others = "ana+newsletters-and-offers@example.org, x+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org, "

    assert mailto.claims_from_recipients(others + mailto.unsubscribe_mailbox(CLAIMS)) == CLAIMS


HEADER = mailto.list_unsubscribe_header


def test_the_header_offers_one_click_first_and_mail_second(address, topic):
    first, second = HEADER(address, topic, message=MESSAGE).split(", ")

    assert first.startswith("<http://testserver/o/")
    assert (
        second
        == f"<mailto:{mailto.unsubscribe_mailbox(TokenClaims(address.pk, 0, topic.pk, MESSAGE))}?subject=unsubscribe>"
    )


def test_without_an_address_of_ours_only_one_click_is_offered(settings, address, topic):
    settings.UNSUBSCRIBE_MAILTO = ""

    assert HEADER(address, topic) == f"<{tokens.one_click_url(address, topic)}>"


@pytest.mark.parametrize(
    "harm",
    [
        lambda header: header,
        lambda header: header.replace(", ", ",\r\n\t"),
        lambda header: header[:40] + "\r\n " + header[40:],
        lambda header: header.partition(", ")[0],
        lambda header: header.partition(", ")[2].upper(),
    ],
    ids=["whole", "folded", "cut into lines", "one click alone", "mail alone, in capitals"],
)
def test_a_returned_header_is_recognised_however_it_was_written_again(harm):
    header = HEADER(Address(pk=7), Topic(pk=3), message=MESSAGE)

    found = mailto.claims_from_header(harm(header))

    assert (found.address, found.topic, found.message) == (7, 3, MESSAGE)


@pytest.mark.parametrize("purpose", [LinkPurpose.PREFERENCES, LinkPurpose.SECURE, LinkPurpose.CONFIRM])
def test_a_link_for_another_purpose_is_no_way_out(purpose):
    token = tokens.make_token(purpose, Address(pk=7))

    assert mailto.claims_from_header(f"<http://testserver/o/{token}/>") is None
