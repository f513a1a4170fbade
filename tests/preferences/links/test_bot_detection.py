"""Machines open links: they change nothing, they are counted, and what they may have pressed is marked."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from preferences.consent import eligibility, undo
from preferences.consent import service as consent
from preferences.errors import NotAllowed
from preferences.links import bot_detection, tokens
from preferences.models import ConsentEvent, LinkOpen, ServiceMessage, SuspiciousOptOut
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import open_link, path

PERSON = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) Safari/605.1", "HTTP_ACCEPT_LANGUAGE": "en"}
BARRACUDA = {"HTTP_USER_AGENT": "BarracudaCentral/1.0", "HTTP_ACCEPT_LANGUAGE": "en"}
ROBOTS = {
    "asks for headers": ("head", PERSON),
    "follows every link": ("get", {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Proofpoint)"}),
    "program": ("get", {"HTTP_USER_AGENT": "python-requests/2.31"}),
    "window-less browser": ("get", {"HTTP_USER_AGENT": "Mozilla/5.0 HeadlessChrome/120", "HTTP_ACCEPT_LANGUAGE": "en"}),
    "names nothing": ("get", {}),
}


@pytest.fixture
def crowd(topic):
    """Twenty people of one firm."""
    return [subscribe(factories.email_address(f"p{n}@firm.example"), topic) for n in range(20)]


def leave(client, address, topic, **headers):
    """Open the link in a mail and press the button, as slowly as a person."""
    page = client.get(path(tokens.unsubscribe_url(address, topic)), follow=True, **headers)
    with time_machine.travel(time.time() + 5):
        return client.post("/unsubscribe/", {"for": page.context["visitor"].page_binding, "leave": "topic"}, **headers)


def one_click(client, address, topic, **headers):
    return client.post(path(tokens.one_click_url(address, topic)), {"List-Unsubscribe": "One-Click"}, **headers)


@pytest.mark.parametrize(("method", "headers"), ROBOTS.values(), ids=ROBOTS)
def test_a_robot_that_opens_every_link_changes_nothing_and_is_seen(client, subscriber, topic, method, headers):
    events = ConsentEvent.objects.count()
    urls = [
        tokens.unsubscribe_url(subscriber, topic),
        tokens.one_click_url(subscriber, topic),
        tokens.preferences_url(subscriber),
        tokens.secure_url(subscriber),
    ]

    answers = [getattr(client, method)(path(url), follow=True, **headers) for url in urls]

    assert {answer.status_code for answer in answers} == {200}
    assert ConsentEvent.objects.count() == events
    assert list(LinkOpen.objects.values_list("opener", flat=True)) == ["scanner"] * 4


def test_a_person_is_counted_as_a_person(client, subscriber):
    client.get(path(tokens.preferences_url(subscriber)), **PERSON)

    hit = LinkOpen.objects.get()
    assert (hit.opener, hit.purpose, hit.mail_domain) == ("person", "preferences", "example.org")


def test_a_forged_link_is_not_counted(client, db):
    client.get("/p/nonsense/", **PERSON)

    assert not LinkOpen.objects.exists()


def test_many_people_of_one_firm_at_once_are_a_burst(client, crowd):
    [client.get(path(tokens.preferences_url(address)), **PERSON) for address in crowd]

    assert LinkOpen.objects.order_by("pk").last().opener == "burst"


def test_many_people_of_one_big_provider_are_just_many_people(client, topic, settings):
    settings.BOT_BURST = 3
    people = [subscribe(factories.email_address(f"p{n}@gmail.com"), topic) for n in range(4)]

    [client.get(path(tokens.preferences_url(address)), **PERSON) for address in people]

    assert set(LinkOpen.objects.values_list("opener", flat=True)) == {"person"}


def test_a_person_who_leaves_is_believed(client, subscriber, topic):
    leave(client, subscriber, topic, **PERSON)

    assert eligibility.first_objection(subscriber, topic) == "left"
    assert not SuspiciousOptOut.objects.exists()


def test_a_robot_that_submits_the_form_is_out_and_marked_every_time(client, crowd, topic):
    for address in crowd:
        page = client.get(path(tokens.unsubscribe_url(address, topic)), follow=True, **PERSON)
        client.post("/unsubscribe/", {"for": page.context["visitor"].page_binding, "leave": "topic"}, **PERSON)

    assert {eligibility.first_objection(address, topic) for address in crowd} == {"left"}
    assert SuspiciousOptOut.objects.count() == len(crowd)


def test_a_known_scanner_that_presses_the_button_is_marked(client, subscriber, topic):
    one_click(client, subscriber, topic, **BARRACUDA)

    assert SuspiciousOptOut.objects.get().because == "Barracuda"


def test_a_mail_provider_that_unsubscribes_for_its_user_is_believed(client, subscriber, topic):
    one_click(client, subscriber, topic, **PERSON)

    assert not SuspiciousOptOut.objects.exists()


def test_a_whole_firm_that_leaves_within_a_minute_is_marked_from_the_first(client, crowd, topic):
    [one_click(client, address, topic, **PERSON) for address in crowd]

    assert SuspiciousOptOut.objects.count() == len(crowd)


def test_pressed_a_hundred_times_it_is_marked_once(client, subscriber, topic):
    [one_click(client, subscriber, topic, **BARRACUDA) for _time in range(5)]

    assert SuspiciousOptOut.objects.count() == 1


@pytest.fixture
def doubtful(client, subscriber, topic):
    one_click(client, subscriber, topic, **BARRACUDA)
    return SuspiciousOptOut.objects.get()


def test_staff_offer_undo_once_and_the_person_takes_it(doubtful, subscriber, topic, author):
    bot_detection.offer_undo(doubtful, by=author)

    with pytest.raises(NotAllowed, match="already resolved this"):
        bot_detection.offer_undo(doubtful, by=author)
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.CHANGED).count() == 1
    assert eligibility.first_objection(subscriber, topic) == "left"

    undo.undo_act(subscriber, doubtful.interaction_id)

    assert eligibility.first_objection(subscriber, topic) == ""


def test_staff_believe_it_and_nothing_is_sent(doubtful, subscriber, author):
    bot_detection.accept_opt_out(doubtful, by=author)

    doubtful.refresh_from_db()
    assert (doubtful.resolved_by, doubtful.offered_at) == (author, None)
    assert not subscriber.service_messages.filter(kind=ServiceMessage.Kind.CHANGED).exists()


def test_looks_at_links_are_forgotten_after_some_weeks(client, subscriber):
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        open_link(client, tokens.preferences_url(subscriber))
    open_link(client, tokens.preferences_url(subscriber))

    bot_detection.delete_old_link_opens()

    assert LinkOpen.objects.count() == 1


def test_leaving_elsewhere_is_no_business_of_scanners(subscriber, topic):
    event = consent.withdraw(subscriber, topic, source="staff", by=factories.UserFactory()).event

    assert (
        bot_detection.flag_if_suspicious(
            subscriber, event.interaction_id, bot_detection.RequestTraits("POST", "curl/8", "", False)
        )
        is None
    )
