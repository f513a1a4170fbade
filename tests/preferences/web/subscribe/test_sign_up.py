"""Signing up and confirming: nothing is ticked for anybody, and nothing counts before the owner says yes."""

import pytest
from django.test import Client

from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import Address, Contact, Method, ServiceMessage, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, open_link

Status = Subscription.Status


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    return time_machine


@pytest.fixture
def url(topic):
    return f"/sign-up/{topic.sender.slug}/"


@pytest.fixture
def form(clock, client, url):
    """The page as somebody sees it who then takes ten seconds to fill it in."""
    page = client.get(url)
    clock.shift(10)
    return page


def by_email(topic):
    return f"topic-{topic.pk}-email"


def by_text(topic):
    return f"topic-{topic.pk}-sms"


def test_nothing_is_ticked_and_the_whole_notice_is_shown(form, notice):
    page = form.content.decode()

    assert " checked" not in page
    assert "<details" not in page
    assert all(words in page for words in [notice.kind_of_messages, notice.frequency, notice.how_to_unsubscribe])
    assert notice.privacy_url in page


def test_signing_up_by_mail_asks_the_owner_and_keeps_the_proof(client, form, url, topic, notice):
    answers = filled(form, email="ana@example.org", **{by_email(topic): "on"})

    answer = client.post(url, answers, HTTP_USER_AGENT="Firefox", REMOTE_ADDR="203.0.113.7")

    event = contacts.find("email", "ana@example.org").events.get()
    assert (event.kind, event.notice, event.source, event.method) == ("asked", notice, Source.SIGN_UP, Method.CHECKBOX)
    assert (event.evidence.ip, event.evidence.user_agent, event.evidence.page) == ("203.0.113.7", "Firefox", url)
    assert answer.url == f"{url}sent/"


def test_mail_and_text_are_asked_for_apart(client, form, url, topic):
    boxes = {by_email(topic): "on", by_text(topic): "on"}

    client.post(url, filled(form, email="ana@example.org", phone="+1 207 555 0123", **boxes))

    assert {service_message.address.value for service_message in ServiceMessage.objects.all()} == {
        "ana@example.org",
        "+12075550123",
    }
    assert Contact.objects.count() == 2


@pytest.mark.parametrize("known", ["new", "known", "stopped", "never"])
def test_the_answer_is_the_same_for_everybody(client, form, url, topic, known):
    subscriber = factories.email_address("ana@example.org") if known != "new" else None
    KNOWN[known](subscriber, topic)

    answer = client.post(url, filled(form, email="ana@example.org", **{by_email(topic): "on"}), follow=True)

    assert answer.redirect_chain == [(f"{url}sent/", 302)]
    assert "Check your inbox to confirm" in answer.content.decode()


KNOWN = {
    "new": lambda address, topic: None,
    "known": lambda address, topic: subscribe(address, topic),
    "stopped": lambda address, topic: consent.withdraw_all(
        address, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE
    ),
    "never": lambda address, topic: suppressions.suppress(address, Suppression.Reason.PERMANENT),
}


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"email": "ana@example.org"}, "Tick at least one box"),
        ({"BOX": "on"}, "Enter your email address"),
        ({"BOX": "on", "email": "ana at example"}, "This is not an email address"),
        ({"BOX": "on", "email": "a@x.org,b@y.org"}, "This is not an email address"),
        ({"BOX": "on", "email": "a@x.org\nBcc: b@y.org"}, "This is not an email address"),
        ({"BOX": "on", "email": "ana@example.org", "phone": "555 0123"}, "country code"),
        ({"BOX": "on", "email": "x" * 400 + "@example.org"}, "320"),
    ],
)
def test_what_is_missing_or_unreadable_gets_a_sentence(client, form, url, topic, answers, sentence):
    answers = {name.replace("BOX", by_email(topic)): value for name, value in answers.items()}

    page = client.post(url, filled(form, **answers))

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Address.objects.exists()


def test_a_likely_slip_is_asked_about_once(client, form, url, topic):
    answers = {"email": "ana@gmial.com", by_email(topic): "on"}
    doubt = client.post(url, filled(form, **answers))
    assert "Did you mean ana@gmail.com?" in doubt.content.decode()

    client.post(url, filled(doubt))

    assert Address.objects.get().value == "ana@gmial.com"


@pytest.mark.parametrize("sign", [{"website": "http://spam.example"}, {"started": "forged"}, {"started": None}])
def test_a_robot_gets_the_same_answer_and_nothing_happens(client, form, url, topic, sign):
    answers = filled(form, email="ana@example.org", **{by_email(topic): "on"}, **sign)

    answer = client.post(url, answers)

    assert answer.url == f"{url}sent/"
    assert not Address.objects.exists()


def test_nobody_fills_the_form_in_a_second(clock, client, url, topic):
    page = client.get(url)
    clock.shift(1)

    client.post(url, filled(page, email="ana@example.org", **{by_email(topic): "on"}))

    assert not Address.objects.exists()


@pytest.mark.parametrize("hidden", [{"is_public": False}, {"retired_at": "2026-01-01T00:00Z"}, {"notice": False}])
def test_topics_that_are_not_offered_cannot_be_asked_for(client, form, url, topic, hidden):
    secret = factories.TopicFactory(sender=topic.sender, name="Secret", **hidden)

    answer = client.post(url, filled(form, email="ana@example.org", **{by_email(secret): "on"}))

    assert answer.status_code == 422
    assert not Address.objects.exists()
    assert "Secret" not in client.get(url).content.decode()


def test_topics_of_another_sender_cannot_be_asked_for(client, form, url):
    other = factories.TopicFactory()

    client.post(url, filled(form, email="ana@example.org", **{by_email(other): "on"}))

    assert not Address.objects.exists()


def test_a_sender_without_a_number_offers_no_texts(client, topic):
    topic.sender.text_number = ""
    topic.sender.save()

    assert "by text" not in client.get(f"/sign-up/{topic.sender.slug}/").content.decode()


def test_a_new_wording_is_shown_before_it_is_agreed_to(client, form, url, topic):
    factories.notices.publish(topic, frequency="Every day")

    page = client.post(url, filled(form, email="ana@example.org", **{by_email(topic): "on"}))

    assert "The wording changed" in page.content.decode()
    assert not Address.objects.exists()


def test_a_form_without_its_csrf_token_is_refused_with_a_sentence(url, db):
    answer = Client(enforce_csrf_checks=True).post(url, {"email": "ana@example.org"})

    assert answer.status_code == 403
    assert "Allow cookies for this site" in answer.content.decode()


def test_an_unknown_sender_is_not_found(client, db):
    assert client.get("/sign-up/nobody/").status_code == 404


def test_the_first_page_lists_who_has_something_to_offer(client, topic):
    factories.SenderFactory(name="Nothing to say")

    page = client.get("/").content.decode()

    assert f"/sign-up/{topic.sender.slug}/" in page
    assert "Nothing to say" not in page


def test_a_form_sent_empty_says_what_is_missing_however_quickly(client, clock, url):
    answer = client.post(url, filled(client.get(url)))

    assert answer.status_code == 422
    assert "Tick at least one box" in answer.content.decode()


def test_a_number_is_confirmed_by_its_own_text_and_never_by_the_mail(client, form, url, topic):
    boxes = {by_email(topic): "on", by_text(topic): "on"}
    client.post(url, filled(form, email="ana@example.org", phone="+1 207 555 0123", **boxes))
    mail = ServiceMessage.objects.get(kind=ServiceMessage.Kind.CONFIRM, address__channel="email")
    page = open_link(client, tokens.confirm_url(mail))

    client.post("/confirm/", filled(page, answer="yes"))

    phone = contacts.find("sms", "+1 207 555 0123")
    assert (phone.subscriptions.get().status, phone.verified_at) == (Status.PENDING, None)
    assert contacts.find("email", "ana@example.org").subscriptions.get().status == Status.ACTIVE


@pytest.mark.parametrize("name", ["🌊 Ana", "آنا", "Ana\u202eanA", "A\r\nB", "x" * 200])
def test_names_of_all_kinds_are_kept_as_one_visible_line(client, form, url, topic, name):
    client.post(url, filled(form, email="ana@example.org", name=name, **{by_email(topic): "on"}))

    assert Contact.objects.get().name == name.replace("\u202e", "").replace("\r\n", " ")


def test_other_fields_in_the_form_change_nothing(client, form, url, topic):
    extra = {"verified_at": "2026-01-01", "status": "active", "contact": "1", "erased_at": "", "language": "de"}

    client.post(url, filled(form, email="ana@example.org", **{by_email(topic): "on"}, **extra))

    address = Address.objects.get()
    assert (address.verified_at, address.contact.language) == (None, "en")
    assert address.subscriptions.get().status == Status.PENDING
