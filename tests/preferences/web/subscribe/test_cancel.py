"""Taking a sign-up back before it counted: the pending data is deleted at once."""

import pytest

from preferences.collection import pending_signups
from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import Address, ConsentEvent, Contact, Evidence, ServiceMessage, Source, Subscription
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, open_link

Status = Subscription.Status


@pytest.fixture
def asked(address, notice):
    return consent.ask(address, [notice], source=Source.SIGN_UP)


def cancel(client, service_message):
    page = open_link(client, tokens.cancel_url(service_message))
    return client.post("/cancel/", filled(page), follow=True)


def test_opening_the_link_shows_what_was_asked_and_deletes_nothing(client, asked, topic):
    page = open_link(client, tokens.cancel_url(asked)).content.decode()

    assert topic.name in page
    assert asked.address.value not in page
    assert asked.address.subscriptions.get().status == Status.PENDING


def test_a_stranger_is_forgotten_at_once(client, asked, address):
    answer = cancel(client, asked)

    address.refresh_from_db()
    assert "The sign-up is cancelled" in answer.content.decode()
    assert (address.value, address.fingerprint) == ("", None)
    assert Contact.objects.get().erased_at
    assert not Evidence.objects.exists()
    assert set(ServiceMessage.objects.values_list("status", flat=True)) == {ServiceMessage.Status.CANCELLED}


def test_forgetting_is_no_no_so_the_owner_can_sign_up_anew(client, asked, address, notice):
    value = address.value
    cancel(client, asked)

    again = contacts.add_address("email", value)

    assert consent.ask(again, [notice], source=Source.SIGN_UP).kind == ServiceMessage.Kind.CONFIRM


def test_the_ledger_says_that_the_owner_cancelled(client, asked, address):
    cancel(client, asked)

    event = address.events.last()
    assert (event.kind, event.source, event.method) == ("expired", Source.CONFIRM, "button")


def test_everything_else_a_stranger_was_asked_is_closed_too(client, asked, address, topic):
    other = factories.TopicFactory(sender=topic.sender)
    consent.ask(address, [other.notices.get()], source=Source.SIGN_UP)

    cancel(client, asked)

    assert set(address.subscriptions.values_list("status", flat=True)) == {Status.ENDED}


def test_somebody_we_know_keeps_what_they_had_agreed_to(client, subscriber, topic):
    other = factories.TopicFactory(sender=topic.sender)
    asked = consent.ask(subscriber, [other.notices.get()], source=Source.SIGN_UP)

    cancel(client, asked)

    subscriber.refresh_from_db()
    assert subscriber.value
    assert subscriber.subscriptions.get(topic=topic).status == Status.ACTIVE
    assert subscriber.subscriptions.get(topic=other).event.kind == ConsentEvent.Kind.REFUSED


def test_the_words_are_the_same_for_people_we_know_and_strangers(client, asked, topic):
    known = subscribe(factories.email_address(), factories.TopicFactory(sender=topic.sender))
    also_asked = consent.ask(known, [topic.notices.get()], source=Source.SIGN_UP)

    answers = [cancel(client, service_message) for service_message in (asked, also_asked)]

    assert answers[0].content == answers[1].content
    assert answers[0].redirect_chain == answers[1].redirect_chain


def test_pressing_twice_is_done_once_and_says_so(client, asked):
    page = open_link(client, tokens.cancel_url(asked))
    cookie = client.cookies["sayso-confirm"].value
    client.post("/cancel/", filled(page))
    client.cookies["sayso-confirm"] = cookie

    again = client.post("/cancel/", filled(page), follow=True)

    assert "The sign-up is cancelled" in again.content.decode()


def test_a_confirm_link_opens_nothing_after_cancelling(client, asked):
    cancel(client, asked)

    assert open_link(client, tokens.confirm_url(asked)).status_code == 404


def test_after_confirming_there_is_nothing_to_cancel(client, asked, address):
    consent.confirm(asked)

    page = open_link(client, tokens.cancel_url(asked))
    client.post("/cancel/", filled(page))

    assert "Nothing to cancel" in page.content.decode()
    assert address.subscriptions.get().status == Status.ACTIVE


def test_a_page_made_for_somebody_else_cancels_nothing(client, asked, notice):
    other = consent.ask(factories.email_address(), [notice], source=Source.SIGN_UP)
    page = open_link(client, tokens.cancel_url(asked))
    open_link(client, tokens.cancel_url(other))

    answer = client.post("/cancel/", filled(page))

    assert answer.status_code == 409
    assert Address.objects.live().count() == 2


@pytest.mark.parametrize("purpose", ["unsubscribe", "preferences", "secure"])
def test_other_links_do_not_cancel(client, asked, purpose):
    token = tokens.make_token(tokens.LinkPurpose(purpose), asked.address, service_message=asked.pk)

    assert client.get(f"/x/{token}/").status_code == 404


def test_without_a_cookie_nothing_happens(client, asked):
    assert client.post("/cancel/", {"for": "anything"}).status_code == 403
    assert Address.objects.live().exists()


def test_cancelling_twice_is_harmless(asked):
    pending_signups.cancel(asked)
    events = ConsentEvent.objects.count()

    pending_signups.cancel(asked)

    assert ConsentEvent.objects.count() == events


def test_an_unanswered_question_runs_out_after_a_week_and_the_address_with_it(address, notice, time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    row = consent.ask(address, [notice], source=Source.SIGN_UP).address.subscriptions.get()
    time_machine.shift(7 * 24 * 3600 - 60)
    before = pending_signups.overdue_signups().exists()
    time_machine.shift(120)

    pending_signups.close(row.pk)

    address.refresh_from_db()
    assert not before
    assert address.value == ""
