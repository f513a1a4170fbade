"""Putting a change back from the message that told of it: looking changes nothing, a button decides."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from preferences.consent import frequency
from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import ConsentEvent, Method, ServiceMessage, Source
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, open_link

BACK, KEEP = {"answer": "back"}, {"answer": "keep"}


def last_act(address):
    return address.events.latest("pk").interaction_id


def left(address, topic):
    """The link in the message that confirms a leaving."""
    consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE)
    return tokens.undo_url(address, last_act(address))


def press(client, url, answer):
    return client.post("/undo/", filled(open_link(client, url), **answer), follow=True)


def gets(address):
    return list(address.subscriptions.active().values_list("topic__name", flat=True))


def test_opening_the_link_shows_what_changed_and_changes_nothing(client, subscriber, topic):
    url = left(subscriber, topic)
    before = ConsentEvent.objects.count()

    pages = [open_link(client, url) for _scanner in range(3)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Unsubscribed from Health tips." in pages[0].content.decode()
    assert ConsentEvent.objects.count() == before
    assert gets(subscriber) == []


def test_the_token_is_not_in_the_address_of_the_page(client, subscriber, topic):
    page = open_link(client, left(subscriber, topic))

    assert page.redirect_chain == [("/undo/", 303)]


def test_putting_it_back_brings_back_what_was_left(client, subscriber, topic):
    page = press(client, left(subscriber, topic), BACK)

    assert "Change undone" in page.content.decode()
    assert gets(subscriber) == ["Health tips"]
    assert subscriber.events.latest("pk").source == Source.UNDO


def test_keeping_it_changes_nothing_and_says_so(client, subscriber, topic):
    page = press(client, left(subscriber, topic), KEEP)

    assert "The change was kept" in page.content.decode()
    assert gets(subscriber) == []


def test_whoever_kept_it_can_still_put_it_back(client, subscriber, topic):
    url = left(subscriber, topic)
    press(client, url, KEEP)
    press(client, url, BACK)

    assert gets(subscriber) == ["Health tips"]


def test_both_buttons_weigh_the_same(client, subscriber, topic):
    page = open_link(client, left(subscriber, topic)).content.decode()

    assert page.count('class="btn btn-primary" name="answer"') == 2


def test_pressing_twice_is_pressing_once(client, subscriber, topic):
    form = filled(open_link(client, left(subscriber, topic)), **BACK)
    client.post("/undo/", form)
    events = ConsentEvent.objects.count()

    again = client.post("/undo/", form, follow=True)

    assert "Change undone" in again.content.decode()
    assert ConsentEvent.objects.count() == events


def test_everything_off_comes_back_and_each_topic_is_named_first(client, subscriber, topic):
    subscribe(subscriber, factories.TopicFactory(sender=topic.sender, name="Offers"))
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    url = tokens.undo_url(subscriber, last_act(subscriber))

    shown = open_link(client, url).content.decode()
    press(client, url, BACK)

    assert all(words in shown for words in ["Unsubscribed from everything.", "Health tips", "Offers"])
    assert sorted(gets(subscriber)) == ["Health tips", "Offers"]


def test_a_pause_and_a_limit_are_shown_with_their_terms_and_put_back(client, topic):
    address = subscribe(factories.email_address(time_zone="Pacific/Auckland"), topic)
    interaction_id, said = uuid4(), {"source": Source.PREFERENCES}
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False):
        until = timezone.now() + timedelta(days=30)
        frequency.pause_messages(address, topic, until=until, interaction_id=interaction_id, **said)
        frequency.set_frequency_cap(address, None, most_per_month=2, interaction_id=interaction_id, **said)
        url = tokens.undo_url(address, interaction_id)

        shown = open_link(client, url).content.decode()
        press(client, url, BACK)

    assert "Health tips is paused until 2 December 2026." in shown
    assert "All topics: at most 2 messages in 30 days." in shown
    assert gets(address) == ["Health tips"]
    assert list(address.contact.frequency_caps.values_list("most_per_month", flat=True)) == [None]


def test_what_staff_turned_on_can_be_turned_off_again(client, subscriber, topic, author):
    other = factories.TopicFactory(sender=topic.sender, name="Offers")
    consent.grant(subscriber, other, source=Source.STAFF, method=Method.VERBAL, by=author)
    url = tokens.undo_url(subscriber, last_act(subscriber))

    shown = open_link(client, url).content.decode()
    press(client, url, BACK)

    assert "Subscribed to Offers." in shown
    assert "our staff" in shown
    assert author.username not in shown
    assert gets(subscriber) == ["Health tips"]


def test_a_newer_word_stands(client, subscriber, topic):
    url = left(subscriber, topic)
    subscribe(subscriber, topic)
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    page = open_link(client, url)

    assert page.status_code == 200
    assert "Nothing to undo" in page.content.decode()
    assert "<form" not in page.content.decode().split("<footer")[0]


def test_a_press_on_an_old_page_does_not_take_back_a_newer_no(client, subscriber, topic):
    url = left(subscriber, topic)
    form = filled(open_link(client, url), **BACK)
    subscribe(subscriber, topic)
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    client.post("/undo/", form)

    assert gets(subscriber) == []


def test_for_good_is_for_good_and_the_page_says_how_to_take_it_back(client, subscriber, topic):
    consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)
    url = tokens.undo_url(subscriber, last_act(subscriber))

    page = open_link(client, url).content.decode()

    assert "You asked us never to contact you again" in page
    assert f"/sign-up/{topic.sender.slug}/" in page
    assert 'name="answer"' not in page


def test_for_good_said_while_the_page_was_open_wins(client, subscriber, topic):
    form = filled(open_link(client, left(subscriber, topic)), **BACK)
    consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)

    page = client.post("/undo/", form, follow=True)

    assert "You asked us never to contact you again" in page.content.decode()
    assert gets(subscriber) == []


def test_after_thirty_days_the_link_is_over(client, subscriber, topic):
    url = left(subscriber, topic)

    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)):
        page = open_link(client, url)

    assert page.status_code == 410
    assert "This link has expired" in page.content.decode()


def test_on_the_thirtieth_day_it_still_works(client, subscriber, topic):
    url = left(subscriber, topic)

    with time_machine.travel(timezone.now() + timedelta(days=29, hours=23)):
        assert open_link(client, url).status_code == 200


def test_a_page_made_for_another_act_is_refused(client, subscriber, topic):
    form = filled(open_link(client, left(subscriber, topic)), **BACK)
    somebody = subscribe(factories.email_address(), topic)
    open_link(client, left(somebody, topic))

    page = client.post("/undo/", form)

    assert page.status_code == 409
    assert gets(subscriber) == gets(somebody) == []


ANSWERS = [{}, {"answer": ""}, {"answer": "back\r\nX: y"}, {"answer": "😀"}, {"answer": ["keep", "rubbish"]}]


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_unclear_answer_is_no_answer(client, subscriber, topic, answer):
    form = filled(open_link(client, left(subscriber, topic)))

    page = client.post("/undo/", form | answer)

    assert page.status_code == 422
    assert gets(subscriber) == []


@pytest.mark.parametrize("purpose", [p for p in tokens.LinkPurpose if p != tokens.LinkPurpose.UNDO])
def test_no_other_link_puts_anything_back(client, subscriber, topic, purpose):
    left(subscriber, topic)
    token = tokens.make_token(purpose, subscriber, interaction_id=last_act(subscriber).int)

    assert client.get(f"/z/{token}/").status_code == 404


def test_a_link_for_somebody_elses_act_puts_nothing_back(client, subscriber, address, topic):
    left(subscriber, topic)
    url = tokens.undo_url(address, last_act(subscriber))

    page = open_link(client, url)

    assert "Nothing to undo" in page.content.decode()
    assert "Health tips" not in page.content.decode()


def test_a_link_about_nothing_is_a_bad_link(client, subscriber):
    assert open_link(client, f"/z/{tokens.make_token(tokens.LinkPurpose.UNDO, subscriber)}/").status_code == 404


def test_a_revoked_link_puts_nothing_back(client, subscriber, topic):
    url = left(subscriber, topic)
    contacts.revoke_links(subscriber)

    assert open_link(client, url).status_code == 404


def test_without_a_link_the_page_says_how_to_get_one(client, db):
    assert [client.get(url).status_code for url in ("/undo/", "/undo/declined/")] == [403, 403]


def test_what_was_put_back_is_confirmed_once_with_its_ways_out(client, subscriber, topic):
    press(client, left(subscriber, topic), BACK)

    put_back = subscriber.service_messages.filter(interaction_id=last_act(subscriber))

    assert [service_message.kind for service_message in put_back] == [ServiceMessage.Kind.SUBSCRIBED]
