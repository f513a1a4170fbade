"""History and details: only behind a fresh link, and only one's own."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import address_change
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import Method, Source
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, fresh, managed, open_link

HISTORY, DETAILS, CHANGE = "/preferences/history/", "/preferences/details/", "/preferences/change-address/"
PAGES = [HISTORY, DETAILS, CHANGE, "/preferences/change-address/sent/"]


@pytest.fixture
def ana(topic):
    return subscribe(factories.email_address("ana@example.org", name="Ana Silva"), topic)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_link_nothing_is_shown(client, ana, page):
    answer = client.get(page)

    assert answer.status_code == 403
    assert "open your link again" in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_an_old_link_shows_nothing_of_the_person_and_offers_a_fresh_one(client, ana, topic, page):
    managed(client, ana)

    answer = client.get(page)

    shown = answer.content.decode()
    assert answer.status_code == 403
    assert "Send me a secure link" in shown
    assert 'action="/secure-link/"' in shown
    assert not any(secret in shown for secret in ("ana@", "Ana", ana.masked, topic.name))


@pytest.mark.parametrize("page", [DETAILS, CHANGE])
def test_nothing_is_changed_without_a_fresh_link(client, ana, page):
    answer = fresh(client, ana)
    stamped = filled(client.get(page), name="Eve", address="eve@example.org")
    client.cookies.pop("sayso-secure")

    answer = client.post(page, stamped)

    ana.contact.refresh_from_db()
    assert answer.status_code == 403
    assert ana.contact.name == "Ana Silva"
    assert not ana.changes_from_here.exists()


def test_half_an_hour_later_it_is_closed_again(client, ana):
    fresh(client, ana)

    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert client.get(HISTORY).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_an_address_they_moved_away_from_opens_nothing(client, ana, page):
    address_change.confirm(address_change.request(ana, "email", "new@example.org"))
    ana.refresh_from_db()
    fresh(client, ana)

    answer = client.get(page)

    assert answer.status_code == 403
    assert "This address was replaced" in answer.content.decode()
    assert "new@" not in answer.content.decode()


def test_the_history_shows_what_was_said_with_words_and_proof(client, ana, topic, notice):
    consent.withdraw(ana, topic, source=Source.UNSUBSCRIBE_PAGE, proof=Proof(ip="192.0.2.9", words="<b>Enough</b>"))
    fresh(client, ana)

    shown = client.get(HISTORY).content.decode()

    assert f"You unsubscribed from {topic}, by email" in shown
    assert notice.how_to_unsubscribe in shown
    assert notice.digest in shown
    assert "192.0.2.9" in shown
    assert "&lt;b&gt;Enough" in shown


def test_the_history_names_the_time_zone_and_uses_it(client, ana, topic):
    contacts.correct_details(ana.contact, time_zone="Asia/Tokyo")
    with time_machine.travel("2026-05-01T20:30:00Z", tick=False):
        consent.withdraw(ana, topic, source=Source.UNSUBSCRIBE_PAGE)
    fresh(client, ana)

    shown = client.get(HISTORY).content.decode()

    assert "Asia/Tokyo" in shown
    assert "2 May 2026, 05:30" in shown


def test_other_people_are_not_in_it(client, ana, topic):
    other = subscribe(factories.email_address("bob@example.org"), factories.TopicFactory(name="Bob's topic"))
    fresh(client, ana)

    shown = client.get(HISTORY).content.decode()

    assert "Bob" not in shown
    assert other.value not in shown


@pytest.mark.parametrize("page", ["2", "999", "x", "-1", "٣"])
def test_a_strange_page_number_is_a_page(client, ana, page):
    fresh(client, ana)

    assert client.get(HISTORY, {"page": page}).status_code == 200


def test_a_long_history_costs_no_more_queries(client, ana, topic, django_assert_max_num_queries):
    topics = [factories.TopicFactory(sender=topic.sender) for _number in range(12)]
    subscribe(ana, *topics)
    fresh(client, ana)

    with django_assert_max_num_queries(9):
        shown = client.get(HISTORY).content.decode()

    assert "Page 1 of 2" in shown


def test_each_line_leads_to_its_receipt(client, ana):
    fresh(client, ana)
    event = ana.events.last()

    shown = client.get(HISTORY).content.decode()

    assert tokens.receipt_url(ana, event.interaction_id).rpartition("/r/")[0] in shown


def test_details_are_put_right(client, ana):
    fresh(client, ana)
    answers = {"name": "Ana Souza", "language": "es", "time_zone": "America/Sao_Paulo", "country": "BR"}

    answer = client.post(DETAILS, filled(client.get(DETAILS), **answers))

    ana.contact.refresh_from_db()
    assert answer.status_code == 302
    assert {name: getattr(ana.contact, name) for name in answers} == answers


def test_a_new_country_has_no_old_region(client, ana):
    contacts.correct_details(ana.contact, country="US", region="ME")
    fresh(client, ana)

    client.post(DETAILS, filled(client.get(DETAILS), country="CA", language="en", time_zone=""))

    ana.contact.refresh_from_db()
    assert (ana.contact.country, ana.contact.region) == ("CA", "")


def test_an_unchanged_form_says_nothing(client, ana):
    fresh(client, ana)
    before = ana.contact.history.count()

    saved = client.post(DETAILS, {**filled(client.get(DETAILS)), "language": "en"}, follow=True)

    assert "Nothing was changed." in saved.content.decode()
    assert ana.contact.history.count() == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Ana\u202egro.live", "an invisible character"),
        ("Ana\u2066x", "an invisible character"),
        ("Ana\u200bSilva", "an invisible character"),
        ("Ana\x07Silva", "an invisible character"),
        ("Ana\r\nBcc: x", "an invisible character"),
        ("https://evil.example/x", "without links"),
        ("www.evil.example", "without links"),
        ("win at evil.com now", "without links"),
        ("ana@evil.example", "without links"),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_a_hostile_name_is_refused_with_a_sentence(client, ana, name, sentence):
    fresh(client, ana)

    answer = client.post(DETAILS, {**filled(client.get(DETAILS)), "language": "en", "name": name})

    ana.contact.refresh_from_db()
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert ana.contact.name == "Ana Silva"


@pytest.mark.parametrize(
    "name", ["", "Łukasz Żółć", "محمد", "می‌خواهم", "李小龍", "O'Brien-Smith Jr.", "J. R. R. Tolkien", "Zoë 🌿"]
)
def test_a_name_as_people_have_them_is_taken(client, ana, name):
    fresh(client, ana)

    answer = client.post(DETAILS, {**filled(client.get(DETAILS)), "language": "en", "name": name})

    ana.contact.refresh_from_db()
    assert answer.status_code == 302
    assert ana.contact.name == name


@pytest.mark.parametrize(("field", "value"), [("language", "xx"), ("time_zone", "Mars/Olympus"), ("country", "ZZ")])
def test_what_is_not_in_the_list_is_refused(client, ana, field, value):
    fresh(client, ana)

    answer = client.post(DETAILS, {**filled(client.get(DETAILS)), "language": "en", field: value})

    assert answer.status_code == 422
    assert "Choose one of the" in answer.content.decode()


def test_another_address_of_theirs_is_masked(client, ana):
    other = contacts.add_address("email", "private@example.net", contact=ana.contact)
    fresh(client, ana)

    shown = client.get(DETAILS).content.decode()

    assert other.value not in shown
    assert other.masked in shown


def test_a_page_of_somebody_else_in_the_same_browser_changes_nothing(client, ana):
    fresh(client, ana)
    of_ana = filled(client.get(DETAILS), name="Eve", language="en")
    bob = factories.email_address("bob@example.org", name="Bob")
    fresh(client, bob)

    answer = client.post(DETAILS, of_ana)

    bob.contact.refresh_from_db()
    assert answer.status_code == 409
    assert bob.contact.name == "Bob"


def test_an_import_is_told_without_a_name(client, ana, topic):
    officer = factories.UserFactory(first_name="Olga", last_name="Owner")
    other = factories.TopicFactory(sender=topic.sender)
    consent.grant(ana, other, source=Source.IMPORT, method=Method.WRITTEN, by=officer)
    fresh(client, ana)

    shown = client.get(HISTORY).content.decode()

    assert "Olga" not in shown
    assert "one of our staff" in shown


def test_a_link_that_opens_the_history_is_opened_by_looking_and_nothing_is_said(client, ana):
    before = ana.events.count()
    open_link(client, tokens.secure_url(ana))

    client.head(HISTORY)
    client.get(HISTORY)

    assert ana.events.count() == before
