"""Sample data for a newcomer, made by the same services as everything else. Harmless twice."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from compliance.models import Processor
from config.demo import staff
from preferences.collection import consent_forms, notices
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import service as contacts
from preferences.models import Address, Channel, ConsentForm, Contact, Method, Notice, Sender, Source, Topic

PAPER = Proof(words="Ticked and signed on the paper form at reception; form kept in the blue folder.")
LINK = Proof(words="Ticked on the charity's own page, and confirmed by the link in the mail that followed.")
TEXT = Proof(words="Texted JOIN and the topic's word to the sender's number.")
CONSENT_AGE = timedelta(days=40)


@transaction.atomic
def add_sample_data() -> dict[str, str]:
    """Add whatever is missing; returns the passwords of the staff accounts made just now."""
    words = tomllib.loads(Path(__file__).with_name("sample.toml").read_text("utf-8"))
    passwords = staff.add_staff_accounts()
    topics: dict[str, Topic] = {}
    for sender in words["senders"]:
        topics |= add_sender(**sender)
    for processor in words["processors"]:
        add_processor(**processor)
    for form in words["forms"]:
        add_form(**form, known=topics)
    if not Contact.objects.exists():
        add_people(words, topics)
    draft(**words["campaign"], known=topics)
    return passwords


def add_people(words: dict[str, Any], known: dict[str, Topic]) -> None:
    """Once: whoever left, moved or was forgotten since is not brought back."""
    for person in words["people"]["rows"]:
        add_person(*person, known=known)
    for email in words["left"]["emails"]:
        unsubscribe(email)
    request_sign_up(**words["waiting"], known=known)


def add_sender(*, slug: str, topics: list[dict], **about: str) -> dict[str, Topic]:
    """A sender and its topics, each with a published notice."""
    sender, _made = Sender.objects.get_or_create(slug=slug, defaults=about)
    return {topic["slug"]: add_topic(sender, **topic) for topic in topics}


def add_topic(sender: Sender, *, slug: str, **about: str) -> Topic:
    both = {"by_email": True, "by_sms": True}
    topic, _made = Topic.objects.get_or_create(sender=sender, slug=slug, defaults=about | both)
    if not Notice.objects.current(topic, settings.LANGUAGE_CODE):
        notices.publish(topic)
    return topic


def add_processor(*, name: str, **about: str) -> None:
    """Who handles data for every sender here."""
    processor, made = Processor.objects.get_or_create(name=name, defaults=about)
    if made:
        processor.senders.set(Sender.objects.all())


def add_form(*, slug: str, name: str, kind: str, topics: list[str], known: dict[str, Topic], **words: str) -> None:
    """A sign-up page or a paper as staff compose them, published."""
    about = {"name": name, "kind": kind, "sender": known[topics[0]].sender}
    form, _made = ConsentForm.objects.get_or_create(slug=slug, defaults=about)
    if not form.versions.exists():
        form.topics.set([known[topic] for topic in topics])
        title, intro, thank_you = words["title"], words["intro"], words["thank_you"]
        consent_forms.publish(form, language=settings.LANGUAGE_CODE, title=title, intro=intro, thank_you=thank_you)


def add_person(
    name: str, email: str, phone: str, language: str, country: str, slugs: list[str], *, known: dict[str, Topic]
) -> None:
    """A person who said yes, by email and (if they gave a number) by text."""
    address = contacts.add_address(Channel.EMAIL, email, name=name, language=language, country=country)
    wanted = [known[slug] for slug in slugs]
    grant(address, wanted)
    if phone:
        grant(contacts.add_address(Channel.SMS, phone, contact=address.contact), wanted)


def grant(address: Address, topics: list[Topic]) -> None:
    """What the paper, the link or the text says, unless this address has said anything already."""
    if address.events.exists():
        return
    interaction_id = uuid4()
    for topic in topics:
        method, proof = consent_method(address, topic)
        consent.grant(
            address,
            topic,
            source=Source.IMPORT,
            method=method,
            notice=Notice.objects.current(topic, settings.LANGUAGE_CODE),
            proof=proof,
            occurred_at=timezone.now() - CONSENT_AGE,
            interaction_id=interaction_id,
        )


def consent_method(address: Address, topic: Topic) -> tuple[Method, Proof]:
    """How they said it: a phone by its own text, on paper at the clinic, elsewhere by a link."""
    if address.channel == Channel.SMS:
        return Method.KEYWORD, TEXT
    return (Method.WRITTEN, PAPER) if topic.sender.country == "US" else (Method.DOUBLE_OPT_IN, LINK)


def unsubscribe(email: str) -> None:
    """This person left everything they had said yes to."""
    address = contacts.add_address(Channel.EMAIL, email)
    for subscription in address.subscriptions.active():
        consent.withdraw(address, subscription.topic, source=Source.UNSUBSCRIBE_PAGE)


def request_sign_up(*, name: str, email: str, topics: list[str], known: dict[str, Topic]) -> None:
    """This person filled in the sign-up page and has not confirmed yet."""
    address = contacts.add_address(Channel.EMAIL, email, name=name)
    if not address.events.exists():
        wanted = [notice for slug in topics if (notice := Notice.objects.current(known[slug], settings.LANGUAGE_CODE))]
        consent.ask(address, wanted, source=Source.SIGN_UP, method=Method.CHECKBOX)


def draft(*, name: str, topic: str, known: dict[str, Topic], **text: str) -> None:
    """A campaign to start from."""
    author = User.objects.get(username="author")
    Campaign.objects.get_or_create(name=name, defaults={"topic": known[topic], "author": author, **text})
