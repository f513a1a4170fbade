"""One clinic, its topic, its staff, a mail server and a text provider: everything a story needs."""

import email
import email.policy
import json
import re
import time
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from campaigns.audience import service as audience
from campaigns.sending import sender
from campaigns.workflow import lifecycle
from compliance.dossier import timeline
from config.demo import sms_simulator
from preferences import tasks
from preferences.contacts import service as contacts
from tests import factories, roles
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, open_link
from tests.sinks import MailSink, TextSink
from tests.stories.simulated_days import in_new_york, work


@pytest.fixture(autouse=True)
def _what_the_law_itself_asks(request, settings):
    """Two letters on one day are in order, and it is an hour for texts; the strict rulebook has stories of its own."""
    if not request.node.get_closest_marker("strict"):
        settings.RULE_PROFILE = "legal"
        request.getfixturevalue("daytime")


@pytest.fixture
def mail_server(settings):
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def text_provider(settings):
    with TextSink() as sink:
        settings.SMS_PROVIDER_URL, settings.SMS_PROVIDER_TOKEN = sink.url, "a token the provider gave us"
        yield sink


@pytest.fixture
def staff(author, approver):
    return author, approver


@pytest.fixture
def person(client, topic, mail_server, text_provider):
    return Person(client, topic, mail_server, text_provider)


@pytest.fixture
def colleague(db):
    """A function: a colleague with this role, at a desk of their own."""
    return Colleague


@pytest.fixture
def days_pass(time_machine):
    """A function: it is so many days later, and everything that runs by the clock has run.

    It starts from now, because the database has a clock of its own, which stays where it is.
    """
    time_machine.move_to(timezone.now())

    def days_pass(days):
        time_machine.shift(timedelta(days=days))
        tasks.expire_pending_requests()
        tasks.end_pauses_and_expired_consents()
        tasks.deliver_service_messages()

    return days_pass


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
        while sender.send_batch(campaign):
            continue
        lifecycle.finish_if_done(campaign.pk)
        campaign.refresh_from_db()
        return campaign

    return send


@pytest.fixture
def it_is(time_machine):
    """A function: this moment has come. It begins on a Tuesday at eleven in New York, when everybody signs up."""

    def it_is(moment):
        time_machine.move_to(moment, tick=False)

    it_is(in_new_york("2026-10-13T11:00"))
    return it_is


@pytest.fixture
def reader(topic, it_is):
    """A function: somebody with this number reads the topic by text."""

    def reader(number, **person):
        return subscribe(factories.phone_address(number, **person), topic)

    return reader


@pytest.fixture
def ana(reader):
    return reader("+12125550143")


@pytest.fixture
def start(topic, staff):
    """A function: write, approve and start a campaign by text, and write its audience down."""
    author, approver = staff

    def start(name="Spring", channel="sms", **words):
        subject = "A tip for spring" if channel == "email" else ""
        campaign = factories.CampaignFactory(
            topic=topic,
            name=name,
            channel=channel,
            subject=subject,
            body="Walk ten minutes. Questions: care@harbour.example",
            author=author,
            **words,
        )
        campaign = lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver)
        campaign = lifecycle.start(campaign, by=approver)
        audience.freeze(campaign)
        work(campaign)
        return campaign

    return start


def tells(contact, *words):
    """Does the dossier hold these words, each in a later line than the one before? The words that it lacks."""
    with translation.override("en"):
        entries = timeline.build_timeline(contact)
        lines = iter([" · ".join([entry.what, entry.who, entry.where, entry.detail]) for entry in entries])
    return [word for word in words if not any(word in line for line in lines)]


def outcome(campaign):
    """What became of the only message of this campaign: its status, or why it was skipped."""
    message = campaign.messages.get()
    return message.skipped_because or message.status


class Colleague:
    """Somebody in the back office, with one role."""

    def __init__(self, role):
        self.user, self.client = roles.colleague(role), Client()

    def opens(self, page, /, *args, **query):
        self.client.force_login(self.user)
        return self.client.get(reverse(f"admin:{page}", args=args), query)

    def presses(self, button, /, *args, **answers):
        self.client.force_login(self.user)
        return self.client.post(reverse(f"admin:{button}", args=args), answers, follow=True)


BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) Safari/605.1", "HTTP_ACCEPT_LANGUAGE": "en"}


class Person:
    """Somebody with a browser, a mailbox and a phone."""

    email_address = "ana@example.org"
    number = "+12025550143"

    def __init__(self, client, topic, mail_server, text_provider):
        self.client, self.topic = client, topic
        self.mail_server, self.text_provider = mail_server, text_provider
        client.defaults |= BROWSER

    def signs_up(self, *channels):
        url = reverse("preferences:sign-up", args=[self.topic.sender.slug])
        with time_machine.travel(time.time() - 10):
            form = filled(self.client.get(url), email=self.email_address, phone=self.number)
        ticks = {f"topic-{self.topic.pk}-{channel}": "on" for channel in channels}
        return self.client.post(url, form | ticks, follow=True)

    def joins(self, *channels):
        """Sign up, and say yes wherever she is asked; afterwards the welcomes are there."""
        self.signs_up(*channels)
        if "email" in channels:
            self.presses(self.clicks("c"), answer="yes")
        if "sms" in channels:
            self.looks_at_her_phone()
            self.texts("YES")
        tasks.deliver_service_messages()
        return self

    def has_a_known_phone(self):
        """The clinic has her number on her card: a mail and a text to her are to one person."""
        contacts.add_address("sms", self.number, contact=self.contact)
        return self

    @property
    def address(self):
        return contacts.find("email", self.email_address)

    @property
    def phone(self):
        return contacts.find("sms", self.number)

    @property
    def contact(self):
        return (self.address or self.phone).contact

    def looks_at_her_mail(self):
        """Everything owed goes out; her mailbox, oldest first."""
        tasks.deliver_service_messages()
        return [
            email.message_from_bytes(mail.content, policy=email.policy.default)
            for mail in self.mail_server.messages
            if mail.to == [self.email_address]
        ]

    def looks_at_her_phone(self):
        tasks.deliver_service_messages()
        return [text.words["body"] for text in self.text_provider.texts if text.words["to"] == self.number]

    def opens(self, link):
        return open_link(self.client, link)

    def visits(self, page, *args):
        return self.client.get(reverse(page, args=args), follow=True)

    def clicks(self, path):
        """Open the newest link of this kind in her mailbox."""
        mails = [mail for mail in self.looks_at_her_mail() if f"testserver/{path}/" in words_of(mail)]
        return self.opens(link_in(mails[-1], path))

    def asks_for_a_link(self):
        """She has lost her link, has a new one mailed, and opens it."""
        self.client.post(reverse("preferences:secure-link-request"), {"address": self.email_address})
        return self.clicks("s")

    def presses(self, page, **answers):
        """Send back the form on this page that has this button, or this field."""
        buttons = [f'name="{name}" value="{value}"' for name, value in answers.items()]
        return self._sends(page, [*buttons, *(f'name="{name}"' for name in answers)], answers)

    def presses_undo(self, page):
        """The button beside what she has just changed in this browser."""
        return self._sends(page, [f'action="{reverse("preferences:undo-session")}"'], {})

    def _sends(self, page, marks, answers):
        main = page.content.decode().partition("<main")[2].partition("</main>")[0]
        forms = re.findall(r"<form.*?</form>", main, re.DOTALL)
        form = next((form for mark in marks for form in forms if mark in form), main)
        action = re.search(r'<form[^>]*action="([^"]+)"', form)
        where = action[1] if action else page.request["PATH_INFO"]
        return self.client.post(where, filled(SimpleNamespace(content=form.encode()), **answers), follow=True)

    def texts(self, words):
        """Her phone sends a text; the provider reports it, signed."""
        told = {"id": str(uuid.uuid4()), "from": self.number, "to": self.topic.sender.text_number, "text": words}
        body = json.dumps(told | {"sent_at": timezone.now().isoformat()}).encode()
        headers = {"X-Sayso-Signature": sms_simulator.webhook_signature_header(body, at=int(time.time()))}
        return self.client.post(
            reverse("preferences:sms-webhook"), body, content_type="application/json", headers=headers
        )


def words_of(mail):
    return mail.get_body(("plain",)).get_content()


def link_in(mail, path):
    """The first link to this part of our pages in a mail's plain text."""
    return re.search(rf"http://testserver/{path}/\S+", words_of(mail))[0]
