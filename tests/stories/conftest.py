"""One clinic, its topic, its staff, a mail server and a text provider: everything a story needs."""

import email
import email.policy
import json
import re
import time
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from campaigns import audience, lifecycle, sending
from config.demo import carrier
from preferences import tasks
from tests import factories
from tests.preferences.visitors import filled, open_link
from tests.sinks import MailSink, TextSink


@pytest.fixture
def mail_server(settings):
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def text_provider(settings):
    with TextSink() as sink:
        settings.TEXT_PROVIDER_URL, settings.TEXT_PROVIDER_TOKEN = sink.url, "a token the provider gave us"
        yield sink


@pytest.fixture
def staff(author, approver):
    return author, approver


@pytest.fixture
def person(client, topic, mail_server, text_provider):
    return Person(client, topic, mail_server, text_provider)


@pytest.fixture
def send(topic, staff):
    """A function: write, approve, start and send a campaign, as staff and the clock would; the campaign."""

    def send(channel="email", subject="A tip for spring", body="Walk ten minutes today."):
        author, approver = staff
        subject = subject if channel == "email" else ""
        campaign = factories.CampaignFactory(topic=topic, channel=channel, subject=subject, body=body, author=author)
        campaign = lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver)
        campaign = lifecycle.start(campaign, by=approver)
        audience.freeze(campaign)
        while sending.send_batch(campaign):
            continue
        lifecycle.finish_if_done(campaign.pk)
        campaign.refresh_from_db()
        return campaign

    return send


class Person:
    """Somebody with a browser, a mailbox and a phone."""

    email_address = "ana@example.org"
    number = "+12025550143"

    def __init__(self, client, topic, mail_server, text_provider):
        self.client, self.topic = client, topic
        self.mail_server, self.text_provider = mail_server, text_provider

    def signs_up(self, *channels):
        url = reverse("preferences:sign-up", args=[self.topic.sender.slug])
        with time_machine.travel(time.time() - 10):
            form = filled(self.client.get(url), email=self.email_address, phone=self.number)
        ticks = {f"topic-{self.topic.pk}-{channel}": "on" for channel in channels}
        return self.client.post(url, form | ticks, follow=True)

    def looks_at_her_mail(self):
        """Everything owed goes out; her mailbox, oldest first."""
        tasks.deliver_replies()
        return [
            email.message_from_bytes(mail.content, policy=email.policy.default)
            for mail in self.mail_server.messages
            if mail.to == [self.email_address]
        ]

    def looks_at_her_phone(self):
        tasks.deliver_replies()
        return [text.words["body"] for text in self.text_provider.texts if text.words["to"] == self.number]

    def opens(self, link):
        return open_link(self.client, link)

    def presses(self, page, **answers):
        """Send the form on this page back, to where the page is."""
        return self.client.post(page.request["PATH_INFO"], filled(page, **answers), follow=True)

    def texts(self, words):
        """Her phone sends a text; the provider reports it, signed."""
        told = {"id": str(uuid.uuid4()), "from": self.number, "to": self.topic.sender.text_number, "text": words}
        body = json.dumps(told | {"sent_at": timezone.now().isoformat()}).encode()
        headers = {"X-Sayso-Signature": carrier.signature(body, at=int(time.time()))}
        return self.client.post(
            reverse("preferences:inbound-texts"), body, content_type="application/json", headers=headers
        )


def link_in(mail, path):
    """The first link to this part of our pages in a mail's plain text."""
    text = mail.get_body(("plain",)).get_content()
    return re.search(rf"http://testserver/{path}/\S+", text)[0]
