"""What somebody who means ill, or comes late, could try with the doors that everybody has."""

import pytest

from preferences.consent import endings, undo
from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.inbound import mail as inbound_mail
from preferences.inbound import review_outcomes
from preferences.links import tokens
from preferences.models import InboundMessage, LinkOpen, Source, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.inbound import phone
from tests.preferences.web.visitors import filled, fresh, managed, open_link

BACK = {"answer": "back"}


@pytest.fixture
def left_one(subscriber, topic):
    """Somebody who gets two topics left one of them, and holds the message that puts it back."""
    subscribe(subscriber, factories.TopicFactory(sender=topic.sender, name="Offers"))
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    return tokens.undo_url(subscriber, subscriber.events.latest("pk").interaction_id)


def everything_off(address, sender):
    consent.withdraw_all(address, sender=sender, source=Source.PREFERENCES)


def complained(address, sender):
    endings.record_complaint(address, provider="test")


def gets(address):
    return list(address.subscriptions.active().values_list("topic__name", flat=True))


def reasons(address):
    return set(Suppression.objects.of(address).in_force().values_list("reason", flat=True))


@pytest.mark.parametrize(("newer_no", "reason"), [(everything_off, "stopped"), (complained, "complained")])
def test_an_old_undo_link_takes_no_newer_no_about_everything_back(
    client, subscriber, topic, left_one, newer_no, reason
):
    newer_no(subscriber, topic.sender)

    page = open_link(client, left_one)
    client.post("/undo/", filled(page, **BACK))

    assert gets(subscriber) == []
    assert reasons(subscriber) == {reason}


def test_a_press_on_an_old_undo_page_does_not_take_everything_off_back(client, subscriber, topic, left_one):
    form = filled(open_link(client, left_one), **BACK)
    everything_off(subscriber, topic.sender)

    client.post("/undo/", form)

    assert gets(subscriber) == []
    assert reasons(subscriber) == {"stopped"}


def test_the_button_of_this_browser_is_gone_after_a_newer_no_about_everything(client, subscriber, topic):
    other = factories.TopicFactory(sender=topic.sender, name="Offers")
    subscribe(subscriber, other)
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    interaction_id = subscriber.events.latest("pk").interaction_id
    everything_off(subscriber, topic.sender)

    assert not undo.can_undo(subscriber, interaction_id)
    assert undo.undo_act_everywhere(subscriber, interaction_id) == []
    assert reasons(subscriber) == {"stopped"}


def mail(address, words):
    raw = f"From: {address.value}\r\nTo: care@harbour.example\r\nSubject: Hello\r\n\r\n{words}\r\n"
    return inbound_mail.receive_mail(raw.encode(), provider="test")


def test_a_hold_stays_while_another_doubtful_mail_is_unread(subscriber, author):
    not_them = mail(subscriber, "Wrong person, I am not her.")
    perhaps = mail(subscriber, "No thanks")
    assert (not_them.meaning, perhaps.meaning) == ("wrong_person", "review")

    review_outcomes.decide(perhaps, InboundMessage.Decision.NOTHING, by=author)

    assert reasons(subscriber) == {"held"}


def test_where_somebody_opened_our_links_is_forgotten_with_them(client, subscriber, author):
    open_link(client, tokens.preferences_url(subscriber))
    assert LinkOpen.objects.count() == 1

    erasure.erase(subscriber.contact, by=author)

    assert not LinkOpen.objects.exists()


PERSONAL = ["/preferences/history/", "/preferences/details/", "/my-data/", "/my-data/requests/"]


@pytest.mark.parametrize("path", PERSONAL)
def test_whoever_has_the_number_now_learns_nothing_of_who_had_it(client, texter, topic, path):
    texter.contact.name = "Ana Quay"
    texter.contact.save()
    phone.to(topic.sender)("Wrong number", number=texter.value)
    texter.refresh_from_db()
    fresh(client, texter)

    page = client.get(path)

    assert page.status_code == 403
    assert "Ana Quay" not in page.content.decode()


def test_whoever_has_the_number_now_sees_no_other_address_of_who_had_it(client, texter, topic):
    email = contacts.add_address("email", "ana@example.org", contact=texter.contact)
    subscribe(email, topic)
    phone.to(topic.sender)("Wrong number", number=texter.value)

    texter.refresh_from_db()
    page = fresh(client, texter).content.decode()

    assert email.masked not in page


@pytest.fixture
def stranger(texter, topic):
    """Somebody whose new number was Ana's, and who signed up there; Ana gets her messages by mail."""
    email = contacts.add_address("email", "ana@example.org", contact=texter.contact)
    subscribe(email, topic)
    phone.to(topic.sender)("Wrong number", number=texter.value)
    return subscribe(texter, topic)


def test_whoever_has_the_number_now_pauses_nothing_of_who_had_it(client, stranger, topic):
    page = managed(client, stranger)
    client.post("/preferences/", filled(page, **{f"pause-t{topic.pk}": "90", "pause-all": "90", "limit-all": "1"}))

    page = open_link(client, tokens.unsubscribe_url(stranger, topic))
    client.post("/unsubscribe/", filled(page, leave="pause-90"))
    client.post("/unsubscribe/", filled(page, leave="fewer", most="1"))

    before = stranger.contact.addresses.get(channel="email")
    assert before.subscriptions.get().status == "active"
    assert not stranger.contact.frequency_caps.exists()


def test_whoever_has_the_number_now_can_still_leave(client, stranger, topic):
    page = open_link(client, tokens.unsubscribe_url(stranger, topic))
    client.post("/unsubscribe/", filled(page, leave="topic"))

    assert gets(stranger) == []
    assert gets(stranger.contact.addresses.get(channel="email")) == ["Health tips"]
