"""Replies as they are read: what each says, by mail and by text, and nothing a stranger typed."""

from email import message_from_bytes, policy

import pytest

from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.models import ServiceMessage, Source
from preferences.presentation import message_templates
from preferences.text import sms_segments
from tests import factories
from tests.conftest import subscribe
from tests.preferences.outbox.service_messages import owed

Kind = ServiceMessage.Kind


def mail(service_message):
    return message_from_bytes(message_templates.compose_message(service_message).content, policy=policy.default)


def parts(message):
    return message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()


@pytest.mark.parametrize("kind", Kind.values)
def test_every_mail_says_who_writes_from_where_and_why(address, topic, kind):
    service_message = owed(address, kind, topic)

    message = mail(service_message)

    plain, html = parts(message)
    sender = topic.sender
    assert str(message["From"]) == f"{sender.name} <{sender.from_email}>"
    assert (message["Reply-To"], message["To"]) == (sender.reply_to, address.value)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{service_message.reference}@testserver>"
    assert all(words in plain and words in html for words in [sender.postal_address, sender.contact_email])
    assert "You get this" in plain
    assert "You get this" in html


SAYS = {
    Kind.CONFIRM: ["http://testserver/c/", "Health tips", "About two a month", "/privacy", "/terms"],
    Kind.SUBSCRIBED: ["http://testserver/u/", "http://testserver/p/", "Health tips", "About two a month", "/terms"],
    Kind.UNSUBSCRIBED: [
        "We will not send anything more to this address",
        "about: Health tips.",
        "http://testserver/sign-up/",
    ],
    Kind.CHANGED: ["Subscribed to Offers.", "http://testserver/z/", "http://testserver/p/"],
    Kind.HELP: ["http://testserver/p/", "care@harbour.example"],
    Kind.SECURE_LINK: ["http://testserver/s/", "30 minutes"],
}


@pytest.mark.parametrize(("kind", "words"), SAYS.items())
def test_each_mail_holds_what_it_is_for(address, topic, kind, words):
    plain, html = parts(mail(owed(address, kind, topic)))

    assert [word for word in words if word not in plain or word not in html] == []
    assert "{" not in plain
    assert "\n\n\n\n" not in plain


TEXTS = {
    Kind.CONFIRM: "Harbour Clinic: Reply YES to agree to texts. Health tips: About two a month. "
    "Msg & data rates may apply. Reply HELP for help, STOP to end.",
    Kind.SUBSCRIBED: "Harbour Clinic: You're subscribed. Health tips: About two a month. "
    "Msg & data rates may apply. Reply HELP for help, STOP to end.",
    Kind.HELP: "Harbour Clinic: Help: care@harbour.example or +1 207 555 0100. Msg frequency varies. "
    "Msg & data rates may apply. Reply STOP to end.",
}


@pytest.mark.parametrize(("kind", "body"), TEXTS.items())
def test_each_text_says_it_all_in_one_segment(phone, topic, kind, body):
    text = message_templates.compose_message(owed(phone, kind, topic))

    assert text.body == body
    assert sms_segments.measure_sms(text.body).segments == 1
    assert (text.sender, text.to) == (topic.sender.text_number, phone.value)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.REMINDER])  # that goes by mail alone
def test_every_text_begins_with_the_brand(phone, topic, kind):
    assert message_templates.compose_message(owed(phone, kind, topic)).body.startswith("Harbour Clinic: ")


def test_a_stop_by_text_is_confirmed_without_marketing(texter, topic):
    consent.withdraw_all(texter, sender=topic.sender, source=Source.SMS)

    text = message_templates.compose_message(texter.service_messages.get(kind=Kind.UNSUBSCRIBED))

    assert text.body == (
        "Harbour Clinic: Unsubscribed. No more texts will be sent to this number. Reply START to rejoin, HELP for help."
    )
    assert sms_segments.measure_sms(text.body).segments == 1


def test_the_mail_after_signing_up_can_be_left_by_one_click(client, address, topic):
    message = mail(owed(address, Kind.SUBSCRIBED, topic))

    url = message["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    client.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not address.subscriptions.active().exists()


@pytest.mark.parametrize(("accent", "shown"), [("", "#0b5c6b"), ("#7a1f5c", "#7a1f5c"), ("#ffe066", "#817134")])
def test_the_button_wears_the_colour_of_the_sender_darkened_until_it_can_be_read(address, topic, accent, shown):
    topic.sender.accent = accent
    topic.sender.save()

    html = parts(mail(owed(address, Kind.CONFIRM, topic)))[1]

    assert f"background:{shown};color:#ffffff" in html


def test_one_click_on_a_summary_leaves_all_it_lists_and_nothing_else(client, topic, subscriber):
    second, third = factories.TopicFactory.create_batch(2, sender=topic.sender)
    subscribe(subscriber, second, third)
    message = mail(subscriber.service_messages.filter(kind=Kind.SUBSCRIBED).latest("pk"))

    url = message["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    client.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert list(subscriber.subscriptions.active().values_list("topic", flat=True)) == [topic.pk]
    assert subscriber.service_messages.filter(kind=Kind.UNSUBSCRIBED).count() == 1


def test_nothing_a_stranger_typed_reaches_the_confirmation(topic):
    spam = "Win at http://evil.example +1 900 555 0000 \u202e"
    address = contacts.add_address("email", "victim@example.org", name=spam)

    content = message_templates.compose_message(owed(address, Kind.CONFIRM, topic)).content

    assert b"evil" not in content


def test_names_in_letters_are_text_and_never_markup_or_headers(address, topic):
    topic.name = "Tips <b>&</b>\r\nBcc: x@evil.example"
    topic.sender.name = "Clinic\r\nBcc: y@evil.example"
    topic.save()
    topic.sender.save()

    message = mail(owed(address, Kind.CONFIRM, topic))

    plain, html = parts(message)
    assert message["Bcc"] is None
    assert "Tips &lt;b&gt;&amp;" in html
    assert "Tips <b>&</b>" in plain


def test_the_links_begin_with_our_own_address_whatever_the_request_said(client, topic, address):
    client.get("/", HTTP_HOST="localhost", HTTP_X_FORWARDED_HOST="evil.example")

    assert b"evil" not in message_templates.compose_message(owed(address, Kind.SECURE_LINK, topic)).content
