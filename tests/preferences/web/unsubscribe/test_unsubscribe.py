"""Leaving by page: one button, done at once, and a reason only afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from preferences.consent import frequency, ledger
from preferences.contacts import address_change, erasure
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import FrequencyCap, InFlight, OptOutReason, ServiceMessage, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, open_link

LEAVE, DONE = "/unsubscribe/", "/unsubscribe/done/"


@pytest.fixture
def leaving(client, subscriber, topic):
    """The page that the link in a message opened."""
    return open_link(client, tokens.unsubscribe_url(subscriber, topic))


def test_opening_the_link_shows_one_obvious_button_and_changes_nothing(leaving, subscriber, topic):
    assert leaving.redirect_chain == [(LEAVE, 303)]
    assert f"Unsubscribe from {topic.name}</button>" in leaving.content.decode()
    assert subscriber.subscriptions.get().status == Subscription.Status.ACTIVE


def test_one_press_leaves_the_topic_and_names_the_message(client, subscriber, topic):
    message = uuid4()
    page = open_link(client, tokens.unsubscribe_url(subscriber, topic, message=message.int))

    answer = client.post(LEAVE, filled(page, leave="topic"))

    assert (answer.status_code, answer.url) == (302, DONE)
    assert subscriber.subscriptions.get().status == Subscription.Status.ENDED
    event = subscriber.events.last()
    assert (event.source, event.origin) == (Source.UNSUBSCRIBE_PAGE, message)


def test_one_press_leaves_everything(client, leaving, subscriber, topic):
    subscribe(subscriber, factories.TopicFactory(sender=topic.sender))

    page = client.post(LEAVE, filled(leaving, leave="everything"), follow=True)

    assert not subscriber.subscriptions.active().exists()
    assert "You are unsubscribed from all messages" in page.content.decode()


def test_leaving_twice_is_leaving_once(client, leaving, subscriber):
    client.post(LEAVE, filled(leaving, leave="topic"))
    client.post(LEAVE, filled(leaving, leave="topic"))

    assert subscriber.events.filter(kind="withdrawn").count() == 1
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1


def test_opening_the_link_again_says_it_is_done(client, leaving, subscriber, topic):
    client.post(LEAVE, filled(leaving, leave="topic"))

    page = open_link(client, tokens.unsubscribe_url(subscriber, topic))

    assert "You are unsubscribed" in page.content.decode()


def test_the_rest_can_be_left_from_the_last_page(client, leaving, subscriber, topic):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)

    client.post(LEAVE, filled(done, leave="everything"))

    assert Suppression.objects.in_force().get().reason == "stopped"


def test_a_reason_is_asked_afterwards_and_kept(client, leaving, subscriber, topic):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)
    assert "Why did you unsubscribe?" in done.content.decode()

    page = client.post(DONE, filled(done, reason="too_often", words="Twice a day!"), follow=True)

    kept = OptOutReason.objects.get()
    assert (kept.address, kept.topic, kept.reason, kept.words) == (subscriber, topic, "too_often", "Twice a day!")
    assert "Thank you" in page.content.decode()
    assert "Why did you unsubscribe?" not in page.content.decode()


def test_no_reason_is_no_reason(client, leaving):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)

    client.post(DONE, filled(done, reason=None, words=" "))

    assert not OptOutReason.objects.exists()


def test_the_words_of_a_reason_are_forgotten_with_the_person(client, leaving, subscriber, author):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)
    client.post(DONE, filled(done, reason="other", words="I moved to Bergen."))

    erasure.erase(subscriber.contact, by=author)

    assert OptOutReason.objects.get().words == ""


def test_a_message_still_on_its_way_is_admitted(client, leaving, subscriber):
    client.post(LEAVE, filled(leaving, leave="topic"))
    InFlight.objects.create(address=subscriber, window=uuid4(), until=timezone.now() + timedelta(seconds=20))

    assert "already on its way" in client.get(DONE).content.decode()


def test_two_links_in_one_browser_never_leave_the_wrong_topic(client, leaving, subscriber, topic):
    other = subscribe(factories.email_address(), topic)
    open_link(client, tokens.unsubscribe_url(other, topic))

    answer = client.post(LEAVE, filled(leaving, leave="topic"))

    assert answer.status_code == 409
    assert not Subscription.objects.filter(status="ended").exists()


def test_a_leave_link_works_after_links_were_revoked(client, subscriber, topic):
    link = tokens.unsubscribe_url(subscriber, topic)
    contacts.revoke_links(subscriber)

    client.post(LEAVE, filled(open_link(client, link), leave="topic"))

    assert subscriber.subscriptions.get().status == Subscription.Status.ENDED


def test_a_leave_link_from_years_ago_still_works(client, subscriber, topic, time_machine):
    time_machine.move_to("2026-01-01")
    link = tokens.unsubscribe_url(subscriber, topic)
    time_machine.move_to("2031-01-01")

    assert open_link(client, link).redirect_chain == [(LEAVE, 303)]


def test_somebody_who_never_signed_up_can_still_say_no(client, address, topic):
    page = open_link(client, tokens.unsubscribe_url(address, topic))

    client.post(LEAVE, filled(page, leave="topic"))

    assert ledger.fold(address, topic) == Subscription.Status.ENDED


def test_rather_a_break_pauses_the_topic_and_ends_by_itself(client, leaving, subscriber):
    page = client.post(LEAVE, filled(leaving, leave="pause-60"), follow=True)

    row = subscriber.subscriptions.get()
    assert (row.status, row.event.source) == (Subscription.Status.PAUSED, Source.UNSUBSCRIBE_PAGE)
    assert 59 <= (row.paused_until - timezone.now()).days <= 60
    assert "Health tips is paused until" in page.content.decode()
    assert page.redirect_chain == [(LEAVE, 302)]


def test_a_break_is_offered_as_large_as_leaving(leaving):
    page = leaving.content.decode()

    assert "Would you prefer a pause or fewer messages?" in page
    assert page.count('class="btn btn-primary" name="leave"') == 6


def test_a_break_by_a_link_in_a_mail_is_told_to_the_owner_and_asked_for_once(client, leaving, subscriber):
    client.post(LEAVE, filled(leaving, leave="pause-30"))
    client.post(LEAVE, filled(leaving, leave="pause-30"))

    assert subscriber.events.filter(kind="paused").count() == 1
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.CHANGED).count() == 1


def test_a_leave_link_never_shortens_a_break(client, leaving, subscriber, topic):
    until = timezone.now() + timedelta(days=200)
    frequency.pause_messages(subscriber, topic, until=until, source=Source.PREFERENCES)

    client.post(LEAVE, filled(leaving, leave="pause-30"))

    assert subscriber.subscriptions.get().paused_until == until
    assert "Pause for" not in client.get(LEAVE).content.decode()


def test_rather_fewer_of_it(client, leaving, subscriber, topic):
    client.post(LEAVE, filled(leaving, leave="fewer", most="2"))

    assert FrequencyCap.objects.get(contact=subscriber.contact, topic=topic).most_per_month == 2
    assert subscriber.subscriptions.get().status == Subscription.Status.ACTIVE


@pytest.mark.parametrize("more", ["3", "", "0", "100", "many", "🙂"])
def test_a_leave_link_never_asks_for_more(client, leaving, subscriber, topic, more):
    frequency.set_frequency_cap(subscriber, topic, most_per_month=2, source=Source.PREFERENCES)

    answer = client.post(LEAVE, filled(leaving, leave="fewer", most=more))

    assert answer.status_code == 422
    assert FrequencyCap.objects.get().most_per_month == 2


@pytest.mark.parametrize("answer", ["", "pause-31", "pause-", "resume", "all", "topic\r\n", "topic,everything"])
def test_an_answer_that_is_no_button_changes_nothing(client, leaving, subscriber, answer):
    assert client.post(LEAVE, filled(leaving, leave=answer)).status_code == 422
    assert subscriber.subscriptions.get().status == Subscription.Status.ACTIVE


def test_nothing_wrong_in_the_other_fields_stands_in_the_way_of_leaving(client, leaving, subscriber):
    answer = client.post(LEAVE, filled(leaving, leave="topic", most="rubbish"))

    assert answer.url == DONE
    assert subscriber.subscriptions.get().status == Subscription.Status.ENDED


def test_who_does_not_get_it_is_offered_no_break(client, address, topic):
    page = open_link(client, tokens.unsubscribe_url(address, topic))

    assert "Would you prefer a pause" not in page.content.decode()


def test_a_leave_link_to_an_address_she_moved_away_from_limits_nothing(client, subscriber, topic, notice):
    link = tokens.unsubscribe_url(subscriber, topic)
    new = address_change.confirm(address_change.request(subscriber, "email", "ana.new@example.org"), notices=[notice])
    page = open_link(client, link)

    client.post(LEAVE, filled(page, leave="fewer", most="1"))
    client.post(LEAVE, filled(page, leave="pause-90"))

    assert not FrequencyCap.objects.exists()
    assert new.subscriptions.get(topic=topic).status == Subscription.Status.ACTIVE


def test_a_reason_of_a_thousand_and_one_letters_is_asked_to_be_shorter(client, leaving):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)

    answer = client.post(DONE, filled(done, reason="other", words="x" * 1001))

    assert answer.status_code == 422
    assert not OptOutReason.objects.exists()


@pytest.mark.parametrize(
    "words", ["🙂" * 900, "\u202eemoclew", "one\r\nBcc: two@example.org", "<script>alert(1)</script>"]
)
def test_any_words_are_kept_as_they_are(client, leaving, words):
    done = client.post(LEAVE, filled(leaving, leave="topic"), follow=True)

    client.post(DONE, filled(done, reason="other", words=words))

    assert OptOutReason.objects.get().words.splitlines() == words.splitlines()


def test_the_reason_names_the_message_it_came_from(client, subscriber, topic):
    message = uuid4()
    page = open_link(client, tokens.unsubscribe_url(subscriber, topic, message=message.int))
    done = client.post(LEAVE, filled(page, leave="topic"), follow=True)

    client.post(DONE, filled(done, reason="never_signed_up"))

    assert OptOutReason.objects.get().origin == message
