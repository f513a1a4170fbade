"""A stranger can make us write to somebody, but not often; and a flood of sign-ups is slowed, not lost."""

import email
import email.policy
import logging

import pytest
from django.utils import timezone

from preferences.collection import consent_forms
from preferences.consent import service as consent
from preferences.links import tokens
from preferences.models import Notice, ServiceMessage, Source
from preferences.outbox import send_budget
from preferences.outbox import service as outbox
from preferences.presentation import message_templates
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, fresh, path

HOUR = 60 * 60


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    return time_machine


@pytest.fixture
def flood(topic, settings, clock):
    """A budget of three an hour, and how to ask for so many addresses at once."""
    settings.CONFIRMATIONS_PER_HOUR = 3
    notice = Notice.objects.current(topic, "en")

    def ask(count, domain="example.org"):
        people = [factories.email_address(f"v{n}.{count}@{domain}") for n in range(count)]
        return [consent.ask(person, [notice], source=Source.SIGN_UP) for person in people]

    return ask


def minutes(owed):
    """After how many minutes each is due."""
    return [round((service_message.due_at - timezone.now()).total_seconds() / 60) for service_message in owed]


def test_one_address_is_written_to_three_times_an_hour_over_all_forms(client, clock, topic):
    page = factories.ConsentFormFactory(sender=topic.sender, topics=[topic], slug="welcome")
    consent_forms.publish(page, language="en", title="Hello", intro="Hello.", thank_you="Thanks.")
    subscribe(factories.email_address("ana@example.org"), topic)
    mover = subscribe(factories.email_address("eve@example.org"), topic)
    before = ServiceMessage.objects.count()

    _sign_up(client, clock, f"/sign-up/{topic.sender.slug}/", topic)
    _sign_up(client, clock, "/forms/welcome/", topic)
    client.post("/secure-link/", {"address": "ana@example.org"})
    client.post("/secure-link/", {"address": "ANA@example.org"})
    fresh(client, mover)
    move = client.get("/preferences/change-address/")
    client.post("/preferences/change-address/", filled(move, address="ana@example.org"))

    assert ServiceMessage.objects.count() - before == 3


def _sign_up(client, clock, url, topic):
    page = client.get(url)
    clock.shift(10)
    client.post(url, filled(page, email="ana@example.org", **{f"topic-{topic.pk}-email": "on"}))


def test_within_the_budget_nobody_waits(flood):
    assert minutes(flood(3)) == [0, 0, 0]


def test_over_the_budget_each_waits_for_the_next_hours_and_none_is_lost(flood):
    owed = flood(8)

    assert minutes(owed) == [0, 0, 0, 60, 60, 60, 120, 120]
    assert {service_message.status for service_message in owed} == {ServiceMessage.Status.QUEUED}
    assert all(service_message.deadline_at > service_message.due_at for service_message in owed)


def test_after_an_hour_there_is_a_new_budget(flood, clock):
    flood(3)
    clock.shift(HOUR + 1)

    assert minutes(flood(2)) == [0, 0]


def test_what_is_held_back_goes_out_in_its_hour(flood, clock):
    flood(5)
    now = len(outbox.due_message_ids())
    clock.shift(HOUR + 1)

    assert (now, len(outbox.due_message_ids())) == (3, 5)


def test_links_and_confirmations_share_one_budget(flood, topic):
    known = subscribe(factories.email_address("ana@example.org"), topic)
    flood(3)

    assert minutes([outbox.enqueue_secure_link(known)]) == [60]


@pytest.mark.parametrize(
    "kind", [ServiceMessage.Kind.UNSUBSCRIBED, ServiceMessage.Kind.HELP, ServiceMessage.Kind.SUBSCRIBED]
)
def test_answers_to_people_themselves_never_wait(flood, address, topic, kind):
    flood(5)

    assert minutes([outbox.enqueue(address, kind, sender=topic.sender, interaction_id=address.reference)]) == [0]


def test_reminders_of_a_flood_are_spread_like_the_flood(flood):
    flood(5)
    due = ServiceMessage.objects.filter(kind=ServiceMessage.Kind.REMINDER).order_by("due_at")

    assert [hours // 60 for hours in minutes(due)] == [72, 72, 72, 73, 73]


def test_a_flood_at_one_mail_domain_only_slows(flood, clock):
    flood(4, domain="victim.example")

    assert minutes(flood(1)) == [60]


def test_the_page_answers_the_same_while_sign_ups_are_held_back(client, clock, flood, topic):
    url = f"/sign-up/{topic.sender.slug}/"
    page = client.get(url)
    clock.shift(10)
    flood(5)

    answer = client.post(url, filled(page, email="ana@example.org", **{f"topic-{topic.pk}-email": "on"}))

    assert answer.url == f"{url}sent/"
    assert ServiceMessage.objects.filter(address__value="ana@example.org", kind=ServiceMessage.Kind.CONFIRM).exists()


def test_a_flood_from_one_network_leaves_the_others_their_turn(client, clock, topic, settings):
    settings.FORMS_PER_NETWORK_PER_HOUR = 2
    url = f"/sign-up/{topic.sender.slug}/"
    page = client.get(url)
    clock.shift(10)

    for n, network in enumerate(["203.0.113.1", "203.0.113.2", "203.0.113.3", "198.51.100.1"]):
        answers = filled(page, email=f"v{n}@example.org", **{f"topic-{topic.pk}-email": "on"})
        client.post(url, answers, REMOTE_ADDR=network)

    written = (
        ServiceMessage.objects.filter(kind=ServiceMessage.Kind.CONFIRM)
        .order_by("pk")
        .values_list("address__value", flat=True)
    )
    assert list(written) == ["v0@example.org", "v1@example.org", "v3@example.org"]


def test_the_alarm_is_raised_once_an_hour(flood, clock, caplog):
    with caplog.at_level(logging.ERROR):
        flood(6)
        first = len(caplog.records)
        clock.shift(HOUR)
        flood(7)

    assert (first, len(caplog.records)) == (1, 2)
    assert "held back" in caplog.text


def test_what_is_held_back_can_be_counted(flood, clock):
    flood(5)
    counted = send_budget.deferred_messages().count()
    clock.shift(HOUR + 1)

    assert (counted, send_budget.deferred_messages().count()) == (2, 0)


# Confirmation mails say nothing that a stranger typed (C19), and their links prove nothing else (C20).


@pytest.mark.parametrize(
    "name",
    [
        "Buy at https://evil.example now",
        "call +1 900 555 0199",
        "evil " * 39,
        "\u202eevil\u202c",
        "evil\r\nBcc: victim@example.org",
        "=?utf-8?q?evil?=",
        "{{ evil }} {% evil %}",
    ],
)
def test_no_word_of_a_stranger_is_in_the_confirmation(client, clock, topic, name):
    url = f"/sign-up/{topic.sender.slug}/"
    page = client.get(url)
    clock.shift(10)
    client.post(url, filled(page, email="ana@example.org", name=name, **{f"topic-{topic.pk}-email": "on"}))

    mails = [_mail(service_message) for service_message in ServiceMessage.objects.all()]

    assert len(mails) == 2
    assert all("evil" not in mail and "555 0199" not in mail for mail in mails)
    assert all("Bcc" not in mail and "\u202e" not in mail for mail in mails)


def _mail(service_message):
    mail = email.message_from_bytes(
        message_templates.compose_message(service_message).content, policy=email.policy.default
    )
    return "\n".join([mail.as_string(), *(part.get_content() for part in mail.walk() if not part.is_multipart())])


def test_a_link_for_one_address_is_worth_nothing_at_another(client, topic, address):
    notice = Notice.objects.current(topic, "en")
    mine = consent.ask(address, [notice], source=Source.SIGN_UP)
    theirs = consent.ask(factories.email_address(), [notice], source=Source.SIGN_UP)
    forged = tokens.make_token(tokens.LinkPurpose.CONFIRM, mine.address, service_message=theirs.pk)

    assert client.get(f"/c/{forged}/", follow=True).status_code == 404
    assert theirs.address.subscriptions.get().status == "pending"


@pytest.mark.parametrize("verb", ["get", "head"])
def test_a_scanner_that_opens_the_link_confirms_nothing(client, topic, address, verb):
    asked = consent.ask(address, [Notice.objects.current(topic, "en")], source=Source.SIGN_UP)

    getattr(client, verb)(path(tokens.confirm_url(asked)), follow=True)
    getattr(client, verb)(path(tokens.cancel_url(asked)), follow=True)

    assert address.subscriptions.get().status == "pending"
