"""Never again: told what it means, one press, and no way back but her own new sign-up."""

import pytest

from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.models import ConsentEvent, Method, Notice, ServiceMessage, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, managed

PAGE, FOR_GOOD = "/preferences/", "/preferences/do-not-contact/"


@pytest.fixture
def asked(client, subscriber):
    """The page that tells what it means."""
    assert FOR_GOOD in managed(client, subscriber).content.decode()
    return client.get(FOR_GOOD)


def test_the_page_says_what_it_means_and_offers_the_way_back_as_large(asked, subscriber):
    page = asked.content.decode()

    assert "Our staff cannot undo it" in page
    assert "Only a new sign-up that you confirm yourself" in page
    assert page.count('class="btn btn-primary"') == 2
    assert f'href="{PAGE}">No, do not change anything' in page
    assert (subscriber.masked in page, subscriber.value in page) == (True, False)


def test_looking_at_the_page_changes_nothing(client, asked):
    before = ConsentEvent.objects.count()

    client.get(FOR_GOOD, {"sure": "yes"})
    client.head(FOR_GOOD)

    assert ConsentEvent.objects.count() == before
    assert not Suppression.objects.exists()


def test_one_press_stops_every_address_of_the_person_and_nobody_else(client, subscriber, texter, topic):
    phone = subscribe(contacts.add_address("sms", "+12075550181", contact=subscriber.contact), topic)
    managed(client, subscriber)

    done = client.post(FOR_GOOD, filled(client.get(FOR_GOOD), sure="yes"), follow=True)

    assert "You are permanently unsubscribed" in done.content.decode()
    assert (consent.has_permanent_opt_out(subscriber), consent.has_permanent_opt_out(phone)) == (True, True)
    assert (consent.has_permanent_opt_out(texter), texter.subscriptions.get().status) == (False, "active")
    assert not Subscription.objects.active().filter(address__contact=subscriber.contact).exists()


def test_pressing_it_twice_is_pressing_it_once(client, asked, subscriber):
    client.post(FOR_GOOD, filled(asked, sure="yes"))
    client.post(FOR_GOOD, filled(asked, sure="yes"))

    assert Suppression.objects.in_force().filter(reason="permanent").count() == 1
    assert subscriber.events.filter(kind="withdrawn").count() == 1
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1


@pytest.mark.parametrize("answer", [None, "", "no", "YES", "yes\r\n", "🙂", "yes" * 1000])
def test_anything_else_than_the_button_changes_nothing(client, asked, answer):
    client.post(FOR_GOOD, filled(asked, sure=answer))

    assert not Suppression.objects.exists()


def test_a_page_made_for_somebody_else_decides_nothing(client, asked, subscriber, topic):
    other = subscribe(factories.email_address(), topic)
    managed(client, other)

    answer = client.post(FOR_GOOD, filled(asked, sure="yes"))

    assert answer.status_code == 409
    assert not Suppression.objects.exists()


def test_without_a_link_the_page_opens_for_nobody(client, db):
    assert client.get(FOR_GOOD).status_code == 403
    assert client.post(FOR_GOOD, {"sure": "yes"}).status_code == 403


def test_afterwards_the_preferences_page_says_so_and_offers_nothing(client, asked):
    client.post(FOR_GOOD, filled(asked, sure="yes"))

    page = client.get(PAGE).content.decode()

    assert "You asked us never to contact you again." in page
    assert FOR_GOOD not in page
    assert 'name="everything"' not in page


def test_only_a_new_sign_up_confirmed_after_a_warning_takes_it_back(client, asked, subscriber, topic):
    client.post(FOR_GOOD, filled(asked, sure="yes"))
    notice = Notice.objects.current(topic, "en")

    question = consent.ask(subscriber, [notice], source=Source.SIGN_UP, method=Method.CHECKBOX)
    consent.confirm(question, override_permanent=True)

    assert subscriber.subscriptions.get().status == "active"
    assert not consent.has_permanent_opt_out(subscriber)
