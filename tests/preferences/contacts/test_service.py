"""People and their addresses."""

import pytest
from django.db import IntegrityError, transaction

from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed
from preferences.models import Address, ConsentEvent, Contact, Evidence, Source, Subscription
from tests import factories
from tests.conftest import subscribe

pytestmark = pytest.mark.django_db


def test_an_address_written_differently_is_the_same_address():
    first = contacts.add_address("email", "Ana@Example.org", name="Ana")

    again = contacts.add_address("email", " ana@EXAMPLE.org", name="Somebody Else")

    assert again == first
    assert Contact.objects.get().name == "Ana"


def test_one_address_belongs_to_one_contact(address):
    stranger = Contact.objects.create(name="Stranger")

    with pytest.raises(NotAllowed, match="somebody else"):
        contacts.add_address("email", address.value, contact=stranger)


def test_the_database_holds_an_address_once(address):
    twin = Address(
        contact=address.contact, channel="email", value="x", normal_form=address.normal_form, fingerprint="f"
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_a_person_can_have_a_mail_address_and_a_number(address):
    phone = contacts.add_address("sms", "+12075550123", contact=address.contact)

    assert phone.contact == address.contact
    assert phone.masked == "+12•••23"


def test_correcting_a_person_leaves_a_trace_without_personal_values(address, author):
    contacts.correct_details(address.contact, by=author, name="Ana María", language="es")

    history = address.contact.history.first()
    assert (history.language, history.history_user) == ("es", author)
    assert not hasattr(history, "name")


def test_an_address_is_not_corrected(address):
    with pytest.raises(NotAllowed, match="value"):
        contacts.correct_details(address.contact, value="other@example.org")


def test_forgetting_a_person_empties_everything_personal_and_keeps_the_events(topic, author):
    address = subscribe(factories.email_address(name="Ana"), topic)
    said = list(address.events.values_list("pk", flat=True))

    erasure.erase(address.contact, by=author)

    address.refresh_from_db()
    address.contact.refresh_from_db()
    assert (address.value, address.normal_form, address.fingerprint, address.contact.name) == ("", None, None, "")
    assert set(said) < set(ConsentEvent.objects.values_list("pk", flat=True))
    assert not Evidence.objects.filter(event__address=address).exists()


def test_forgetting_twice_is_harmless(subscriber, author):
    erasure.erase(subscriber.contact, by=author)

    assert erasure.erase(subscriber.contact, by=author).erased_at


def test_a_forgotten_person_can_sign_up_anew(subscriber, topic, author):
    value = subscriber.value
    erasure.erase(subscriber.contact, by=author)

    again = subscribe(contacts.add_address("email", value), topic)

    assert again.pk != subscriber.pk
    assert again.subscriptions.get().status == Subscription.Status.ACTIVE


def test_a_forgotten_person_cannot_be_spoken_for(subscriber, topic, author):
    erasure.erase(subscriber.contact, by=author)

    with pytest.raises(NotAllowed, match="data was erased"):
        consent.withdraw_all(subscriber, sender=topic.sender, source=Source.STAFF, by=author)
