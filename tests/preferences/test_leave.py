"""Leaving by page: one button, done at once, and a reason only afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from preferences import consent, contacts, erasure, links
from preferences.models import HandOver, LeaveReason, Reply, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.visitors import filled, open_link

LEAVE, DONE = "/leave/", "/leave/done/"


@pytest.fixture
def leaving(client, subscriber, topic):
    """The page that the link in a message opened."""
    return open_link(client, links.leave_url(subscriber, topic))


def test_opening_the_link_shows_one_obvious_button_and_changes_nothing(leaving, subscriber, topic):
    assert leaving.redirect_chain == [(LEAVE, 303)]
    assert f"Leave {topic.name}</button>" in leaving.content.decode()
    assert subscriber.subscriptions.get().status == Subscription.Status.ACTIVE


def test_one_press_leaves_the_topic_and_names_the_message(client, subscriber, topic):
    message = uuid4()
    page = open_link(client, links.leave_url(subscriber, topic, message=message.int))

    answer = client.post(LEAVE, filled(page, leave="topic"))

    assert (answer.status_code, answer.url) == (302, DONE)
    assert subscriber.subscriptions.get().status == Subscription.Status.ENDED
    event = subscriber.events.last()
    assert (event.source, event.origin) == (Source.LEAVE, message)


def test_one_press_leaves_everything(client, leaving, subscriber, topic):
    subscribe(subscriber, factories.TopicFactory(sender=topic.sender))

    page = client.post(LEAVE, filled(leaving, leave="everything"), follow=True)

    assert not subscriber.subscriptions.active().exists()
    assert "Everything is off" in page.content.decode()


def test_leaving_twice_is_leaving_once(client, leaving, subscriber):
    client.post(LEAVE, filled(leaving, leave="topic"))
    client.post(LEAVE, filled(leaving, leave="topic"))

    assert subscriber.events.filter(kind="withdrawn").count() == 1
    assert subscriber.replies.filter(kind=Reply.Kind.OPTED_OUT).count() == 1


def test_opening_the_link_again_says_it_is_done(client, leaving, subscriber, topic):
    client.post(LEAVE, filled(leaving, leave="topic"))

    page = open_link(client, links.leave_url(subscriber, topic))

    assert "You are out" in page.content.decode()


def test_the_rest_can_be_left_from_the_last_page(client, leaving, subscriber, topic):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)

    client.post(LEAVE, filled(done, leave="everything"))

    assert Suppression.objects.in_force().get().reason == "stopped"


def test_a_reason_is_asked_afterwards_and_kept(client, leaving, subscriber, topic):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)
    assert "Why did you leave?" in done.content.decode()

    page = client.post(DONE, filled(done, reason="too_often", words="Twice a day!"), follow=True)

    kept = LeaveReason.objects.get()
    assert (kept.address, kept.topic, kept.reason, kept.words) == (subscriber, topic, "too_often", "Twice a day!")
    assert "Thank you" in page.content.decode()
    assert "Why did you leave?" not in page.content.decode()


def test_no_reason_is_no_reason(client, leaving):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)

    client.post(DONE, filled(done, reason=None, words=" "))

    assert not LeaveReason.objects.exists()


def test_the_words_of_a_reason_are_forgotten_with_the_person(client, leaving, subscriber, author):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)
    client.post(DONE, filled(done, reason="other", words="I moved to Bergen."))

    erasure.erase(subscriber.contact, by=author)

    assert LeaveReason.objects.get().words == ""


def test_a_message_still_on_its_way_is_admitted(client, leaving, subscriber):
    client.post(LEAVE, filled(leaving, leave="topic"))
    HandOver.objects.create(address=subscriber, window=uuid4(), until=timezone.now() + timedelta(seconds=20))

    assert "already on its way" in client.get(DONE).content.decode()


def test_two_links_in_one_browser_never_leave_the_wrong_topic(client, leaving, subscriber, topic):
    other = subscribe(factories.email_address(), topic)
    open_link(client, links.leave_url(other, topic))

    answer = client.post(LEAVE, filled(leaving, leave="topic"))

    assert answer.status_code == 409
    assert not Subscription.objects.filter(status="ended").exists()


def test_a_leave_link_works_after_links_were_revoked(client, subscriber, topic):
    link = links.leave_url(subscriber, topic)
    contacts.revoke_links(subscriber)

    client.post(LEAVE, filled(open_link(client, link), leave="topic"))

    assert subscriber.subscriptions.get().status == Subscription.Status.ENDED


def test_a_leave_link_from_years_ago_still_works(client, subscriber, topic, time_machine):
    time_machine.move_to("2026-01-01")
    link = links.leave_url(subscriber, topic)
    time_machine.move_to("2031-01-01")

    assert open_link(client, link).redirect_chain == [(LEAVE, 303)]


def test_somebody_who_never_signed_up_can_still_say_no(client, address, topic):
    page = open_link(client, links.leave_url(address, topic))

    client.post(LEAVE, filled(page, leave="topic"))

    assert consent.fold(address, topic) == Subscription.Status.ENDED
