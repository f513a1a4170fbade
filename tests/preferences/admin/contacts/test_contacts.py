"""People and their addresses: found, shown, corrected, taken out and forgotten."""

import pytest
from django.urls import reverse

from preferences.consent import service as consent
from preferences.links import tokens
from preferences.models import Address, ConsentEvent, Contact, Source, Suppression
from tests import factories
from tests.preferences.admin.admin_urls import page


@pytest.mark.parametrize("written", ["Ana@Example.org", " ana@example.ORG ", "ana@ex", "Ferreira"])
def test_people_are_found_by_address_in_any_spelling_or_by_name(support, written):
    factories.email_address("ana@example.org", name="Ana Ferreira")
    factories.email_address("bo@example.org", name="Bo Lind")

    listed = support.get(page("contact"), {"q": written}).content.decode()

    assert "Ana Ferreira" in listed
    assert "Bo Lind" not in listed


def test_a_phone_number_is_found_as_people_write_it(support):
    factories.phone_address("+442079460123", name="Ana Ferreira")

    assert "Ana Ferreira" in support.get(page("contact"), {"q": "+44 (0)20 7946 0123"}).content.decode()


def test_a_contact_shows_what_they_get_and_what_stops_it(support, subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    shown = support.get(page("contact", "change", subscriber.contact_id)).content.decode()

    assert subscriber.value in shown
    assert "Ended" in shown
    assert "Opted out" in shown


def test_correcting_a_name_keeps_everything_else(support, subscriber):
    said = {"name": "Ana Ferreira", "language": "es", "country": "US", "region": "", "time_zone": ""}

    support.post(page("contact", "change", subscriber.contact_id), {**said, **inline()})

    contact = Contact.objects.get()
    assert (contact.name, contact.language) == ("Ana Ferreira", "es")
    assert contact.history.first().history_user == support.colleague


def inline():
    return {"addresses-TOTAL_FORMS": 0, "addresses-INITIAL_FORMS": 0}


def test_a_new_person_comes_with_an_address_and_without_consent(support):
    said = {"address": "Ana@Example.org", "name": "Ana", "language": "en"}

    answer = support.post(page("contact", "add"), said)

    assert answer.status_code == 302
    assert Address.objects.get().contact.name == "Ana"
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(
    ("written", "sentence"), [("ana@", "not an email address"), ("ana@example.org", "This address already exists")]
)
def test_an_address_that_is_none_or_is_known_is_not_added(support, written, sentence):
    factories.email_address("ana@example.org")

    answer = support.post(page("contact", "add"), {"address": written, "language": "en"})

    assert sentence in answer.content.decode()
    assert Contact.objects.count() == 1


def test_a_no_on_the_phone_turns_everything_off_in_the_colleagues_name(support, subscriber, topic):
    button = reverse("admin:preferences_contact_record_opt_out", args=[subscriber.contact_id])
    said = {"address": subscriber.pk, "method": "verbal", "sender": topic.sender_id, "words": "Never again!"}

    asked = support.get(button)
    assert not Suppression.objects.exists()
    support.post(button, said)

    event = subscriber.events.last()
    assert asked.status_code == 200
    assert (event.kind, event.source, event.method, event.by) == ("withdrawn", "staff", "verbal", support.colleague)
    assert event.evidence.words == "Never again!"
    assert Suppression.objects.get().reason == "stopped"


def test_somebody_elses_address_cannot_be_slipped_into_the_form(support, subscriber, topic):
    stranger = factories.email_address()
    button = reverse("admin:preferences_contact_record_opt_out", args=[subscriber.contact_id])

    support.post(button, {"address": stranger.pk, "method": "verbal", "sender": topic.sender_id})

    assert not Suppression.objects.exists()


def test_erasing_asks_first_and_then_forgets(officer, subscriber):
    button = reverse("admin:preferences_contact_erase", args=[subscriber.contact_id])

    assert "cannot be undone" in officer.get(button).content.decode()
    assert Address.objects.live().exists()
    officer.post(button)

    assert not Address.objects.live().exists()
    assert Contact.objects.get().erased_at


def test_support_cannot_erase(support, subscriber):
    button = reverse("admin:preferences_contact_erase", args=[subscriber.contact_id])

    assert support.post(button).status_code == 403
    assert button not in support.get(page("contact", "change", subscriber.contact_id)).content.decode()
    assert Address.objects.live().exists()


def test_support_revokes_the_links_of_an_address(support, client, subscriber):
    link = tokens.preferences_url(subscriber).removeprefix("http://testserver")

    support.post(reverse("admin:preferences_address_revoke_links", args=[subscriber.pk]))

    assert client.get(link).status_code == 404


def test_an_address_page_says_for_each_topic_whether_we_may_write(support, subscriber, topic):
    factories.TopicFactory(name="Appeals")

    shown = support.get(page("address", "change", subscriber.pk)).content.decode()

    assert "Yes" in shown
    assert "No: never subscribed" in shown
