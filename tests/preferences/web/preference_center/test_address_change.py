"""Changing an address in a browser: both ends have to be there, and a link works once."""

from email import message_from_bytes, policy

import pytest

from preferences.channels.sms import SmsMessage
from preferences.contacts import address_change
from preferences.links import tokens
from preferences.models import Address, AddressChange, ConsentEvent, ServiceMessage, Subscription
from preferences.presentation import message_templates
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, fresh, managed, open_link

CHANGE, MOVE = "/preferences/change-address/", "/confirm/address/"
NEW = "new@example.org"


def ask(client, address, value=NEW):
    fresh(client, address)
    return client.post(CHANGE, filled(client.get(CHANGE), address=value), follow=True)


def letter():
    return ServiceMessage.objects.get(kind=ServiceMessage.Kind.NEW_ADDRESS, status=ServiceMessage.Status.QUEUED)


def test_a_person_moves(client, subscriber, topic):
    ask(client, subscriber)
    page = open_link(client, tokens.confirm_url(letter()))

    done = client.post(MOVE, filled(page, answer="use", **{f"t{topic.pk}": "on"}), follow=True)

    new = Address.objects.get(value=NEW)
    assert f"From now on, messages go to {NEW}." in done.content.decode()
    assert done.redirect_chain[-1][0] == "/preferences/"
    assert new.subscriptions.get().status == Subscription.Status.ACTIVE
    assert subscriber.subscriptions.get().status == Subscription.Status.ENDED


def test_nothing_is_ticked_for_them_and_todays_words_are_there(client, subscriber, topic, notice):
    ask(client, subscriber)

    shown = open_link(client, tokens.confirm_url(letter())).content.decode()

    assert " checked" not in shown
    assert notice.how_to_unsubscribe in shown
    assert subscriber.value not in shown


def test_opening_the_link_moves_nothing(client, subscriber):
    ask(client, subscriber)
    before = ConsentEvent.objects.count()

    open_link(client, tokens.confirm_url(letter()))
    client.get(MOVE)
    client.head(MOVE)

    assert ConsentEvent.objects.count() == before
    assert AddressChange.objects.get().confirmed_at is None


@pytest.fixture
def strangers_browser(client):
    return type(client)()


def test_the_link_alone_is_not_enough(client, strangers_browser, subscriber, topic):
    ask(client, subscriber)
    page = open_link(strangers_browser, tokens.confirm_url(letter()))
    answers = filled(page, answer="use", **{f"t{topic.pk}": "on"})

    answer = strangers_browser.post(MOVE, answers)

    assert "One more step" in page.content.decode()
    assert topic.name not in page.content.decode()
    assert answer.status_code == 403
    assert AddressChange.objects.get().confirmed_at is None


def test_another_browser_becomes_theirs_with_a_link_from_an_old_message(client, strangers_browser, subscriber):
    ask(client, subscriber)
    managed(strangers_browser, subscriber)
    page = open_link(strangers_browser, tokens.confirm_url(letter()))

    strangers_browser.post(MOVE, filled(page, answer="use"))

    assert AddressChange.objects.get().confirmed_at is not None


def test_somebody_elses_link_in_the_browser_is_not_enough(client, strangers_browser, subscriber, topic):
    ask(client, subscriber)
    managed(strangers_browser, subscribe(factories.email_address(), topic))

    page = open_link(strangers_browser, tokens.confirm_url(letter()))

    assert "One more step" in page.content.decode()


def test_whoever_did_not_ask_can_say_so(strangers_browser, client, subscriber):
    ask(client, subscriber)
    page = open_link(strangers_browser, tokens.confirm_url(letter()))

    answer = strangers_browser.post(MOVE, filled(page, answer="no"))

    assert "Nothing was changed" in answer.content.decode()
    assert not Address.objects.filter(value=NEW).exists()


def test_after_use_the_link_changes_nothing(client, subscriber, topic):
    ask(client, subscriber)
    url = tokens.confirm_url(letter())
    answers = filled(open_link(client, url), answer="use", **{f"t{topic.pk}": "on"})
    client.post(MOVE, answers)
    before = ConsentEvent.objects.count(), ServiceMessage.objects.count()

    again = open_link(client, url)
    client.post(MOVE, answers)

    assert again.status_code == 404
    assert (ConsentEvent.objects.count(), ServiceMessage.objects.count()) == before


def test_a_double_press_moves_once(client, subscriber, topic):
    ask(client, subscriber)
    answers = filled(open_link(client, tokens.confirm_url(letter())), answer="use", **{f"t{topic.pk}": "on"})
    kept = dict(client.cookies)

    client.post(MOVE, answers)
    client.cookies.update(kept)
    client.post(MOVE, answers)

    assert ConsentEvent.objects.filter(address__value=NEW).count() == 1


def test_the_answer_is_the_same_whoever_the_address_belongs_to(client, subscriber, topic):
    owner = subscribe(factories.email_address("owner@example.org"), topic)

    unknown = ask(client, subscriber, "nobody@example.org")
    known = ask(client, subscriber, "owner@example.org")

    assert unknown.content == known.content
    assert unknown.redirect_chain == known.redirect_chain
    assert owner.service_messages.filter(kind=ServiceMessage.Kind.SECURE_LINK).count() == 1
    assert not owner.changes_to_here.exists()


def test_nobody_is_written_to_without_end(client, subscriber, settings):
    settings.LINK_REQUESTS_PER_HOUR = 2

    answers = [ask(client, subscriber) for _time in range(4)]

    assert len({answer.content for answer in answers}) == 1
    assert ServiceMessage.objects.filter(kind=ServiceMessage.Kind.NEW_ADDRESS).count() == 2


@pytest.mark.parametrize("value", ["", "nobody", "a" * 400 + "@example.org", "ana@\u202eexample.org", "123"])
def test_what_is_no_address_gets_a_sentence(client, subscriber, value):
    answer = ask(client, subscriber, value)

    assert answer.status_code == 422
    assert not AddressChange.objects.exists()


def test_words_that_changed_meanwhile_are_read_first(client, subscriber, topic):
    ask(client, subscriber)
    page = open_link(client, tokens.confirm_url(letter()))
    answers = filled(page, answer="use", words="other", **{f"t{topic.pk}": "on"})

    answer = client.post(MOVE, answers)

    assert answer.status_code == 422
    assert "The wording changed" in answer.content.decode()
    assert AddressChange.objects.get().confirmed_at is None


def test_a_topic_that_was_not_offered_cannot_be_smuggled_in(client, subscriber, topic):
    other = factories.TopicFactory(sender=topic.sender)
    ask(client, subscriber)
    page = open_link(client, tokens.confirm_url(letter()))

    client.post(MOVE, filled(page, answer="use", **{f"t{other.pk}": "on"}))

    assert not Subscription.objects.filter(topic=other).exists()


def test_a_later_question_closes_the_earlier_one(client, subscriber):
    ask(client, subscriber)
    first = tokens.confirm_url(letter())
    address_change.request(subscriber, "email", "third@example.org")

    answer = open_link(client, first)

    assert answer.status_code == 404
    assert not Address.objects.filter(value=NEW).exists()


def test_texts_cannot_go_where_a_topic_has_none(client, subscriber, topic):
    topic.by_sms = False
    topic.save()
    ask(client, subscriber, "+12075550188")

    shown = open_link(client, tokens.confirm_url(letter())).content.decode()

    assert "Cannot be sent to the new address" in shown
    assert topic.name in shown


def text_of(parcel):
    if isinstance(parcel, SmsMessage):
        return parcel.body
    return message_from_bytes(parcel.content, policy=policy.default).get_body(("plain",)).get_content()


@pytest.mark.parametrize("value", [NEW, "+12075550188"])
def test_the_letter_has_the_link_and_says_what_to_do_if_it_was_not_you(client, subscriber, value):
    ask(client, subscriber, value)
    service_message = letter()

    words = text_of(message_templates.compose_message(service_message))

    assert tokens.confirm_url(service_message).rpartition("/c/")[0] in words
    assert "do nothing" in words.lower()
    assert subscriber.value not in words


def test_the_old_address_is_told_in_a_letter_where_to_write(client, subscriber, topic):
    address_change.confirm(address_change.request(subscriber, "email", NEW))
    subscriber.refresh_from_db()

    words = text_of(
        message_templates.compose_message(subscriber.service_messages.get(kind=ServiceMessage.Kind.CHANGED))
    )

    assert topic.sender.contact_email in words
    assert NEW not in words
