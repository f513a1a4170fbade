"""Undo, in the browser in which something was changed a moment ago."""

from datetime import timedelta

import pytest
from django.utils import timezone

from preferences.consent import frequency, ledger, undo
from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import ConsentEvent, FrequencyCap, Method, ServiceMessage, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, fresh, managed, open_link

Status = Subscription.Status
PAGE, HERE, LEAVE = "/preferences/", "/preferences/undo/", "/unsubscribe/"


@pytest.fixture
def phone(subscriber, topic):
    return subscribe(contacts.add_address("sms", "+12075550180", contact=subscriber.contact), topic)


def save(client, page, **answers):
    return client.post(PAGE, filled(page, **answers), follow=True)


def undo_button(page):
    """What the Undo button on this page would send."""
    html = page.content.decode()
    form = html[html.index(f'action="{HERE}"') :]
    page._container = [form[: form.index("</form>")].encode()]
    return filled(page)


def put_back(client, page):
    return client.post(HERE, undo_button(page), follow=True)


def status(address):
    return address.subscriptions.get().status


def test_what_was_turned_off_is_put_back_in_the_same_browser(client, subscriber, topic):
    saved = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})

    page = put_back(client, saved)

    assert page.redirect_chain == [(PAGE, 302)]
    assert "Change undone." in page.content.decode()
    assert status(subscriber) == Status.ACTIVE
    assert subscriber.events.last().source == Source.UNDO


def test_everything_turned_off_on_all_addresses_is_put_back_on_all(client, subscriber, phone):
    saved = save(client, managed(client, subscriber), everything="off")

    put_back(client, saved)

    assert Subscription.objects.active().count() == 2
    assert not Suppression.objects.in_force().exists()


def test_a_pause_and_a_limit_are_put_back(client, subscriber, phone, topic):
    saved = save(client, managed(client, subscriber), **{f"pause-t{topic.pk}": "30", "limit-all": "2"})

    put_back(client, saved)

    assert Subscription.objects.active().count() == 2
    assert FrequencyCap.objects.get().most_per_month is None


def test_a_pause_put_back_leaves_the_longer_one_from_before(client, subscriber, topic):
    before = timezone.now() + timedelta(days=10)
    frequency.pause_messages(subscriber, topic, until=before, source=Source.PREFERENCES)
    saved = save(client, managed(client, subscriber), **{"pause-all": "60"})

    put_back(client, saved)

    assert (status(subscriber), subscriber.subscriptions.get().paused_until) == (Status.PAUSED, before)


def test_leaving_while_on_a_break_is_put_back_into_the_break(client, subscriber, topic):
    before = timezone.now() + timedelta(days=10)
    frequency.pause_messages(subscriber, topic, until=before, source=Source.PREFERENCES)
    saved = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})

    put_back(client, saved)

    assert (status(subscriber), subscriber.subscriptions.get().paused_until) == (Status.PAUSED, before)
    assert ledger.fold(subscriber, topic) == Status.PAUSED


def test_consent_given_for_a_while_comes_back_for_no_longer(client, address, topic, author):
    until = timezone.now() + timedelta(days=5)
    consent.grant(address, topic, source=Source.STAFF, method=Method.VERBAL, until=until, by=author)
    saved = save(client, managed(client, address), **{f"a{address.pk}-t{topic.pk}": None})

    put_back(client, saved)

    assert (status(address), address.subscriptions.get().expires_at) == (Status.ACTIVE, until)


def test_pressing_undo_twice_is_pressing_it_once(client, subscriber, topic):
    saved = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})
    button = undo_button(saved)

    client.post(HERE, button)
    again = client.post(HERE, button, follow=True)

    assert subscriber.events.filter(source=Source.UNDO).count() == 1
    assert "There was nothing left to undo." in again.content.decode()


def test_undo_does_not_touch_a_newer_no(client, subscriber, topic):
    saved = save(client, managed(client, subscriber), **{f"pause-t{topic.pk}": "30"})
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.SMS)

    put_back(client, saved)

    assert status(subscriber) == Status.ENDED
    assert Suppression.objects.in_force().filter(reason="stopped").exists()


def test_undo_gives_no_more_than_the_last_act_took(client, subscriber, topic):
    other = factories.TopicFactory(sender=topic.sender)
    subscribe(subscriber, other)
    consent.withdraw(subscriber, other, source=Source.UNSUBSCRIBE_PAGE)
    saved = save(client, managed(client, subscriber), everything="off")

    put_back(client, saved)

    standing = dict(subscriber.subscriptions.values_list("topic", "status"))
    assert standing == {topic.pk: Status.ACTIVE, other.pk: Status.ENDED}


def test_after_half_an_hour_there_is_no_undo(client, subscriber, topic, time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    saved = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})
    button = undo_button(saved)
    time_machine.shift(31 * 60)

    answer = client.post(HERE, button)

    assert answer.status_code == 410
    assert status(subscriber) == Status.ENDED
    assert HERE not in client.get(PAGE).content.decode()


def test_another_browser_has_no_undo(client, subscriber, topic):
    saved = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})
    button = undo_button(saved)
    client.cookies.clear()

    assert client.post(HERE, button).status_code == 403
    assert status(subscriber) == Status.ENDED


def test_two_people_in_one_browser_do_not_undo_for_each_other(client, subscriber, topic):
    theirs = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})
    button = undo_button(theirs)
    other = subscribe(factories.email_address(), topic)
    mine = managed(client, other)
    assert HERE not in mine.content.decode()
    save(client, mine, **{f"a{other.pk}-t{topic.pk}": None})

    answer = client.post(HERE, button)

    assert answer.status_code == 409
    assert (status(subscriber), status(other)) == (Status.ENDED, Status.ENDED)


def test_an_undo_link_from_a_mail_is_not_the_button_of_this_browser(client, subscriber, phone, topic):
    save(client, managed(client, subscriber), everything="off")
    interaction_id = subscriber.events.last().interaction_id
    client.cookies.clear()
    opened = open_link(client, tokens.undo_url(subscriber, interaction_id))

    answer = client.post(HERE, filled(opened))

    assert answer.status_code == 404
    assert HERE not in managed(client, subscriber).content.decode()
    assert status(phone) == Status.ENDED


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_a_press_undoes(client, subscriber, topic, method):
    save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})

    assert getattr(client, method)(HERE).status_code == 405
    assert status(subscriber) == Status.ENDED


@pytest.mark.parametrize("page", ["https://evil.example/", "senders", "", "undo-here", "\x00", "leave\r\n"])
def test_undo_leads_nowhere_else(client, subscriber, topic, page):
    saved = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})

    answer = client.post(HERE, undo_button(saved) | {"page": page})

    assert answer.url == PAGE


def test_nothing_changed_is_nothing_to_undo(client, subscriber):
    saved = save(client, managed(client, subscriber))

    assert HERE not in saved.content.decode()
    assert "sayso-undo" not in client.cookies


def test_what_was_added_can_be_taken_back(client, subscriber, topic):
    other = factories.TopicFactory(sender=topic.sender)
    saved = save(client, fresh(client, subscriber), **{f"a{subscriber.pk}-t{other.pk}": "on"})

    put_back(client, saved)

    assert subscriber.subscriptions.get(topic=other).status == Status.ENDED


def test_the_opt_out_is_not_confirmed_after_it_was_put_back(client, subscriber, topic):
    saved = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})

    put_back(client, saved)

    assert (
        subscriber.service_messages.get(kind=ServiceMessage.Kind.UNSUBSCRIBED).status == ServiceMessage.Status.CANCELLED
    )


def test_leaving_by_the_link_in_a_message_is_put_back_on_the_last_page(client, subscriber, topic):
    page = open_link(client, tokens.unsubscribe_url(subscriber, topic))
    done = client.post(LEAVE, filled(page, leave="topic"), follow=True)

    back = put_back(client, done)

    assert back.redirect_chain == [(LEAVE, 302)]
    assert status(subscriber) == Status.ACTIVE


def test_after_never_again_nothing_is_offered_and_nothing_put_back(client, subscriber, topic):
    saved = save(client, managed(client, subscriber), **{f"a{subscriber.pk}-t{topic.pk}": None})
    button, cookie = undo_button(saved), client.cookies["sayso-undo"].value
    client.post("/preferences/do-not-contact/", filled(client.get("/preferences/do-not-contact/"), sure="yes"))
    client.cookies["sayso-undo"] = cookie

    answer = client.post(HERE, button, follow=True)

    assert "Sign up again if you have changed your mind." in answer.content.decode()
    assert HERE not in answer.content.decode()
    assert status(subscriber) == Status.ENDED


def test_a_change_of_many_topics_asks_the_database_no_more_for_its_undo(
    client, subscriber, topic, django_assert_num_queries
):
    subscribe(subscriber, *factories.TopicFactory.create_batch(6, sender=topic.sender))
    save(client, managed(client, subscriber), everything="off")

    with django_assert_num_queries(13):
        client.get(PAGE)


def test_putting_back_one_address_leaves_no_other_in_a_pause_of_the_same_act(subscriber, phone, topic):
    until = timezone.now() + timedelta(days=9)
    frequency.pause_messages(subscriber, topic, until=until, source=Source.PREFERENCES)
    interaction_id = ConsentEvent.objects.filter(kind="paused").first().interaction_id

    undo.undo_act(phone, interaction_id)

    assert Subscription.objects.active().count() == 2
