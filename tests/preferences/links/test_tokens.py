"""Links: what opens what, and what opens nothing."""

import itertools

import pytest
from django.apps import apps
from django.urls import reverse

from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.links.tokens import BadLink, LinkPurpose
from preferences.models import LinkOpen, Source
from preferences.web import link_session
from tests.preferences.web.visitors import open_link, path

LETTER = {
    LinkPurpose.UNSUBSCRIBE: "u",
    LinkPurpose.PREFERENCES: "p",
    LinkPurpose.SECURE: "s",
    LinkPurpose.CONFIRM: "c",
    LinkPurpose.UNDO: "z",
    LinkPurpose.RECEIPT: "r",
    LinkPurpose.RENEWAL: "k",
}


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    return time_machine


@pytest.fixture
def made(subscriber, topic, notice):
    """One good link of each purpose, for one person."""
    service_message = consent.ask(subscriber, [notice], source=Source.SIGN_UP)
    agreed = subscriber.events.get(kind="granted")
    return {
        LinkPurpose.UNSUBSCRIBE: tokens.unsubscribe_url(subscriber, topic),
        LinkPurpose.PREFERENCES: tokens.preferences_url(subscriber),
        LinkPurpose.SECURE: tokens.secure_url(subscriber),
        LinkPurpose.CONFIRM: tokens.confirm_url(service_message),
        LinkPurpose.UNDO: tokens.undo_url(subscriber, agreed.interaction_id),
        LinkPurpose.RECEIPT: tokens.receipt_url(subscriber, agreed.interaction_id),
        LinkPurpose.RENEWAL: tokens.renewal_url(subscriber, topic, agreed.reference.int),
    }


def token_of(url):
    return url.rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_opens_a_page_without_the_token_in_its_address(client, made, purpose):
    answer = client.get(path(made[purpose]))

    assert answer.status_code == 303
    assert token_of(made[purpose]) not in answer["Location"]
    assert token_of(made[purpose]) not in str(answer.cookies)


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, made, purpose):
    client.get(path(made[purpose]))

    cookie = client.cookies[
        link_session.cookie_name(LinkPurpose.PREFERENCES if purpose == LinkPurpose.SECURE else purpose)
    ]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_under_tls_the_cookie_belongs_to_this_host_alone(client, made, settings):
    settings.SESSION_COOKIE_SECURE = True

    client.get(path(made[LinkPurpose.UNSUBSCRIBE]))

    assert client.cookies["__Host-sayso-unsubscribe"]["secure"]


@pytest.mark.parametrize(("purpose", "door"), [p for p in itertools.product(LinkPurpose, LinkPurpose) if p[0] != p[1]])
def test_a_link_of_one_purpose_opens_no_other_door(client, made, purpose, door):
    answer = client.get(f"/{LETTER[door]}/{token_of(made[purpose])}/")

    assert answer.status_code == 404
    assert not any(name.startswith("sayso") for name in answer.cookies)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token[1:],
        lambda token: token + "=",
        lambda token: token + ".",
        lambda token: token + "%20",
        lambda token: token + "%00",
        lambda token: token.swapcase(),
        lambda token: ("3" if token[0] == "2" else "2") + token[1:],
        lambda token: token.replace(".", "٠", 1),
        lambda token: "x",
    ],
)
@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_spoiled_link_gets_a_friendly_page(client, made, purpose, spoil):
    answer = client.get(f"/{LETTER[purpose]}/{spoil(token_of(made[purpose]))}/")

    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()
    assert 'action="/secure-link/"' in answer.content.decode()


def test_every_single_flipped_bit_is_noticed(subscriber):
    token = tokens.make_token(LinkPurpose.PREFERENCES, subscriber)

    flipped = [_flipped(token, place, bit) for place in range(len(token)) for bit in range(8)]

    assert [text for text in flipped if _opens(text)] == []


def _flipped(text, place, bit):
    return text[:place] + chr(ord(text[place]) ^ 1 << bit) + text[place + 1 :]


def _opens(text):
    try:
        tokens.read_token(LinkPurpose.PREFERENCES, text)
    except BadLink:
        return False
    return True


@pytest.mark.parametrize(
    ("purpose", "minutes", "status"),
    [
        (LinkPurpose.SECURE, 29, 303),
        (LinkPurpose.SECURE, 31, 410),
        (LinkPurpose.CONFIRM, 7 * 24 * 60 - 1, 303),
        (LinkPurpose.CONFIRM, 7 * 24 * 60 + 1, 410),
        (LinkPurpose.PREFERENCES, 5 * 365 * 24 * 60, 303),
    ],
)
def test_links_live_as_long_as_they_say(clock, client, made, purpose, minutes, status):
    clock.shift(minutes * 60)

    assert client.get(path(made[purpose])).status_code == status


def test_an_expired_link_offers_a_new_one(clock, client, made):
    clock.shift(31 * 60)

    page = client.get(path(made[LinkPurpose.SECURE])).content.decode()

    assert "This link has expired" in page
    assert 'action="/secure-link/"' in page


@pytest.mark.parametrize("purpose", [LinkPurpose.PREFERENCES, LinkPurpose.SECURE, LinkPurpose.CONFIRM])
def test_revoked_links_open_nothing_any_more(client, made, subscriber, purpose):
    contacts.revoke_links(subscriber)

    assert client.get(path(made[purpose])).status_code == 404


def test_revoking_links_ends_visits_that_already_began(client, made, subscriber):
    open_link(client, made[LinkPurpose.PREFERENCES])
    contacts.revoke_links(subscriber)

    assert client.get("/preferences/").status_code == 404


def test_old_keys_still_verify_and_removed_ones_do_not(client, made, settings):
    fresh_key = "another-leave-link-key-0123456789abcdef"
    settings.LINK_KEYS = settings.LINK_KEYS | {"unsubscribe": [fresh_key, *settings.LINK_KEYS["unsubscribe"]]}
    assert client.get(path(made[LinkPurpose.UNSUBSCRIBE])).status_code == 303

    settings.LINK_KEYS = settings.LINK_KEYS | {"unsubscribe": [fresh_key]}
    assert client.get(path(made[LinkPurpose.UNSUBSCRIBE])).status_code == 404


@pytest.mark.parametrize("value", ["", "x", "1-1-0-0-0_99999999999:x", "\x00"])
def test_a_forged_cookie_opens_nothing(client, subscriber, value):
    client.cookies["sayso-preferences"] = value

    assert client.get("/preferences/").status_code in (403, 404)


def test_a_cookie_of_one_purpose_is_worth_nothing_as_another(client, made):
    open_link(client, made[LinkPurpose.UNSUBSCRIBE])
    client.cookies["sayso-preferences"] = client.cookies["sayso-unsubscribe"].value

    assert client.get("/preferences/").status_code == 404


def test_a_cookie_does_not_outlive_its_day(clock, client, made):
    open_link(client, made[LinkPurpose.PREFERENCES])
    value = client.cookies["sayso-preferences"].value
    clock.shift(24 * 60 * 60 + 1)
    client.cookies["sayso-preferences"] = value

    assert client.get("/preferences/").status_code == 410


def test_nobody_writes_by_looking(client, made, subscriber, topic):
    pages = [*map(path, made.values()), path(tokens.one_click_url(subscriber, topic))]
    pages += [reverse(f"preferences:{name}") for name in ("senders", "secure-link-request", "secure-link-sent")]
    pages += [reverse(f"preferences:{name}", args=[topic.sender.slug]) for name in ("sign-up", "check-inbox")]
    pages += [reverse(f"preferences:{name}") for name in ("confirm", "preferences", "unsubscribe", "unsubscribe-done")]
    pages += [reverse(f"preferences:{name}") for name in ("undo", "receipt", "consent-history", "contact-details")]
    before = _rows()

    statuses = {getattr(client, method)(page).status_code for page in pages for method in ("get", "head", "options")}

    assert _rows() == before
    assert statuses <= {200, 302, 303, 405}


def _rows():
    """Everything there is, but for the count of looks at links."""
    kept = [model for model in apps.get_models() if model is not LinkOpen]
    return {model._meta.label: list(model.objects.values_list()) for model in kept}
