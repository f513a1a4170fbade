"""The door for mail programs: RFC 8058 to the letter."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from preferences.contacts import erasure
from preferences.links import tokens
from preferences.models import InFlight, Method, ServiceMessage, Source, Subscription
from tests.preferences.web.visitors import path

BODY = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
Status = Subscription.Status


@pytest.fixture
def url(subscriber, topic):
    return path(tokens.one_click_url(subscriber, topic))


@pytest.fixture
def strict():
    """A client that insists on CSRF protection where a page has it."""
    return Client(enforce_csrf_checks=True)


def test_one_post_leaves_without_cookie_redirect_or_question(strict, url, subscriber):
    answer = strict.post(url, BODY, content_type=FORM)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert len(answer.content) < 200
    assert not answer.cookies
    assert subscriber.subscriptions.get().status == Status.ENDED


def test_multipart_is_taken_too(strict, url, subscriber):
    assert strict.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert subscriber.subscriptions.get().status == Status.ENDED


def test_it_is_recorded_as_one_click_from_that_message(strict, subscriber, topic):
    message = uuid4()

    strict.post(path(tokens.one_click_url(subscriber, topic, message=message.int)), BODY, content_type=FORM)

    event = subscriber.events.last()
    assert (event.source, event.method, event.origin) == (Source.ONE_CLICK, Method.HEADER, message)


def test_a_hundred_posts_are_one_event_and_one_confirmation(strict, url, subscriber):
    answers = {strict.post(url, BODY, content_type=FORM).status_code for _time in range(100)}

    assert answers == {200}
    assert subscriber.events.filter(kind="withdrawn").count() == 1
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1


@pytest.mark.parametrize(
    "body",
    ["", "List-Unsubscribe=", "List-Unsubscribe=one-click", f"{BODY}&List-Unsubscribe=No", "leave=topic", "\x00"],
)
def test_any_other_body_shows_the_page_and_changes_nothing(strict, url, subscriber, body):
    answer = strict.post(url, body, content_type=FORM)

    assert answer.status_code == 200
    assert "</button>" in answer.content.decode()
    assert not answer.cookies
    assert subscriber.subscriptions.get().status == Status.ACTIVE


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(strict, url, subscriber, method):
    answer = getattr(strict, method)(url)

    assert answer.status_code in (200, 405)
    assert not answer.cookies
    assert subscriber.subscriptions.get().status == Status.ACTIVE


def test_the_page_has_one_button_that_needs_no_cookie(strict, url, topic):
    page = strict.get(url).content.decode()

    assert page.count("<button") == 1
    assert 'name="List-Unsubscribe" value="One-Click"' in page
    assert topic.name in page


def test_somebody_who_was_forgotten_gets_the_same_answer(strict, url, subscriber, author):
    before = strict.post(url, BODY, content_type=FORM)
    erasure.erase(subscriber.contact, by=author)

    after = strict.post(url, BODY, content_type=FORM)

    assert (after.status_code, after.content) == (before.status_code, before.content)


@pytest.mark.parametrize("wrong", ["x", "1-1-1-0-0.abc.def", "%00", "٣", "a" * 4000])
def test_a_forged_link_is_not_found(strict, db, wrong):
    answer = strict.post(f"/o/{wrong}/", BODY, content_type=FORM)

    assert answer.status_code == 404
    assert not answer.cookies


def test_the_answer_is_not_kept_by_caches(strict, url):
    assert strict.post(url, BODY, content_type=FORM)["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_the_answer_waits_until_nobody_is_handing_over_to_the_address(client, url, subscriber):
    InFlight.objects.create(address=subscriber, window=uuid4(), until=timezone.now() + timedelta(seconds=0.4))
    began = time.monotonic()

    client.post(url, BODY, content_type=FORM)

    assert time.monotonic() - began > 0.3
