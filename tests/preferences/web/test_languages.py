"""The language of a page: chosen there, else the contact's, the link's, the browser's, English."""

import re

import pytest
from django.test import Client

from preferences.contacts import service as contacts
from preferences.links import tokens
from tests.preferences.web.visitors import open_link, path


@pytest.fixture
def german(subscriber):
    """A subscriber who wants German."""
    contacts.correct_details(subscriber.contact, language="de")
    subscriber.refresh_from_db()
    return subscriber


def language_of(page):
    return re.search(r'<html lang="(\w+)"', page.content.decode())[1]


def choose(client, name, **given):
    return client.post("/language/", {"language": name, "next": "/secure-link/"} | given)


def test_a_browser_is_spoken_to_in_its_language(client, db):
    page = client.get("/secure-link/", headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})

    assert (language_of(page), page["Content-Language"]) == ("fr", "fr")


@pytest.mark.parametrize("wish", ["", "tlh", "*", "x" * 5000, "de;q=", "\u202eed"])
def test_a_browser_we_do_not_understand_gets_english(client, db, wish):
    page = client.get("/secure-link/", headers={"Accept-Language": wish.encode("ascii", "ignore").decode()})

    assert language_of(page) == "en"


def test_a_link_outweighs_the_browser(client, db):
    page = client.get("/secure-link/?language=es", headers={"Accept-Language": "fr"})

    assert language_of(page) == "es"
    assert "sayso-language" not in page.cookies


@pytest.mark.parametrize("code", ["tlh", "", "EN'", "es-x", "../en", "😀"])
def test_a_link_in_no_language_of_ours_says_nothing(client, db, code):
    page = client.get("/secure-link/", {"language": code}, headers={"Accept-Language": "fr"})

    assert language_of(page) == "fr"


def test_a_link_leads_on_in_its_language(client, german):
    contacts.correct_details(german.contact, language="en")

    answer = client.post("/secure-link/?language=es", {"address": german.value})

    assert answer["Location"] == "/secure-link/sent/?language=es"


def test_the_contact_outweighs_link_and_browser(client, german):
    url = path(tokens.preferences_url(german))

    page = client.get(f"{url}?language=es", headers={"Accept-Language": "fr"}, follow=True)

    assert language_of(page) == "de"


def test_what_was_chosen_on_a_page_outweighs_everything(client, german):
    choose(client, "العربية")

    page = open_link(client, tokens.preferences_url(german))

    assert language_of(page) == "ar"
    assert 'dir="rtl"' in page.content.decode()


def test_choosing_leads_back_to_the_page(client, db):
    answer = choose(client, "Deutsch")

    assert answer["Location"] == "/secure-link/"
    assert language_of(client.get("/secure-link/")) == "de"
    cookie = answer.cookies["sayso-language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("de", True, "Lax")


def test_every_page_offers_every_language_in_its_own_name(client, db):
    page = client.get("/secure-link/?language=fr&a=1").content.decode()

    offered = re.findall(r'name="language" value="([^"]+)" lang="(\w+)"', page)
    assert offered == [
        ("English", "en"),
        ("Español", "es"),
        ("Français", "fr"),
        ("Deutsch", "de"),
        ("العربية", "ar"),
    ]
    assert re.findall(r'lang="(\w+)" aria-current', page) == ["fr"]
    assert 'name="next" value="/secure-link/?a=1"' in page


def test_the_switch_alone_sets_no_cookie(client, db):
    assert not client.get("/").cookies


@pytest.mark.parametrize(
    "target",
    [
        "",
        "//evil.example",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "http:///evil.example",
        "javascript:alert(1)",
        "%2f%2fevil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: a=b",
        "\u202e/moc.live//",
        "/" + "a" * 3000,
        "secure-link-request",
    ],
)
def test_choosing_never_leads_to_another_site(client, db, target):
    answer = choose(client, "Deutsch", next=target)

    assert answer["Location"] == "/"
    assert "Set-Cookie" not in answer["Location"]


@pytest.mark.parametrize("name", ["", "Klingon", "de", "😀", "Deutsch\r\nx", "x" * 9999])
def test_choosing_no_language_of_ours_changes_nothing(client, db, name):
    assert not choose(client, name).cookies


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_no_other_site_chooses_for_anybody(db, headers):
    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "Deutsch"}, headers=headers)

    assert not answer.cookies


def test_our_own_pages_choose_with_what_browsers_say_of_themselves(db):
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "https://testserver"}

    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "Deutsch"}, headers=headers)

    assert answer.cookies["sayso-language"].value == "de"


def test_looking_chooses_nothing(client, db):
    answer = client.get("/language/", {"language": "Deutsch"})

    assert answer.status_code == 405
    assert not answer.cookies


def test_the_back_office_does_not_hear_a_links_language(client, db):
    answer = client.get("/admin/login/", {"language": "es", "next": "/admin/"}, headers={"Accept-Language": "fr"})

    assert answer["Content-Language"] == "fr"


def test_a_notice_in_another_language_than_the_page_is_marked(client, topic):
    page = client.get(f"/sign-up/{topic.sender.slug}/?language=fr").content.decode()

    assert '<html lang="fr">' in page
    assert '<dl lang="fr">' in page
    assert f'<dd lang="en" dir="auto">{topic.description}</dd>' in page
