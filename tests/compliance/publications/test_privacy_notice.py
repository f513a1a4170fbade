"""The privacy notice says what is so: every table about people, every topic, everybody who handles the data."""

import datetime

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from compliance.models import Processor
from compliance.publications import privacy_notice
from preferences.consent import service as consent
from preferences.models import Address, ConsentEvent, Contact, Source
from tests import factories

PEOPLE = {Contact, Address, ConsentEvent}
OWN = {"preferences", "campaigns", "compliance"}
# Nobody's data: who wrote a policy, which colleague did what, the seal over all events.
ABOUT_NOBODY = {"LedgerLeaf", "Person"}


def text_of(client, sender):
    return client.get(reverse("compliance:privacy-notice", args=[sender.slug])).content.decode()


def leads_to_people(model):
    return model in PEOPLE or any(field.related_model in PEOPLE for field in model._meta.fields)


def about_people():
    ours = [model for model in apps.get_models() if model._meta.app_label in OWN]
    current = [model for model in ours if not model.__name__.startswith("Historical")]
    return [model for model in current if leads_to_people(model) and model.__name__ not in ABOUT_NOBODY]


@pytest.mark.parametrize("model", about_people(), ids=lambda model: model.__name__)
def test_every_table_that_leads_to_a_person_is_told_of(model):
    assert model in {told for held in privacy_notice.HELD for told in held.models}


@pytest.fixture
def processor(topic):
    row = Processor.objects.create(
        name="Letterbox Ltd",
        purpose="Hands our mails over.",
        data="Your e-mail address and the mail.",
        country="IE",
        safeguard="Standard contractual clauses",
        agreement_on=datetime.date(2026, 1, 15),
    )
    row.senders.add(topic.sender)
    return row


def test_the_notice_names_who_answers_for_it(client, topic):
    shown = text_of(client, topic.sender)

    assert "Harbour Clinic Ltd" in shown
    assert "1 Quay Street, Portland" in shown
    assert "mailto:care@harbour.example" in shown


def test_it_names_each_topic_with_the_right_it_stands_on(client, topic):
    factories.TopicFactory(sender=topic.sender, name="Your order", purpose="transactional")

    shown = text_of(client, topic.sender)

    assert "You gave your consent. You can withdraw it at any time" in shown
    assert "Your order" in shown
    assert "You requested something from us, and we keep you informed about it." in shown


def test_a_topic_that_reveals_health_says_so(client, topic):
    factories.TopicFactory(sender=topic.sender, name="Diabetes evenings", reveals_health=True)

    assert "explicit consent" in text_of(client, topic.sender)


def test_topics_by_invitation_are_not_named_to_everybody(client, topic):
    factories.TopicFactory(sender=topic.sender, name="Ward 3", is_public=False)

    shown = text_of(client, topic.sender)

    assert "Ward 3" not in shown
    assert "only for people who were invited" in shown


def test_a_retired_topic_is_gone(client, topic):
    factories.TopicFactory(sender=topic.sender, name="Old news", retired_at=timezone.now())

    assert "Old news" not in text_of(client, topic.sender)


def test_it_names_everybody_who_handles_the_data(client, topic, processor):
    shown = text_of(client, topic.sender)

    assert "Letterbox Ltd" in shown
    assert "Ireland" in shown
    assert "Standard contractual clauses" in shown


def test_whoever_works_for_another_sender_or_no_longer_is_not_named(client, topic, processor):
    other = factories.SenderFactory()
    assert "Letterbox Ltd" not in text_of(client, other)

    processor.ended_at = timezone.now()
    processor.save()

    assert "Letterbox Ltd" not in text_of(client, topic.sender)


def test_without_any_it_does_not_claim_that_there_are_none(client, topic):
    assert "No other company is listed here at the moment." in text_of(client, topic.sender)


def test_the_times_are_those_that_are_kept(client, topic, settings):
    settings.CONFIRM_LINK_DAYS, settings.SPOKEN_CONSENT_DAYS = 5, 1
    settings.LINK_HIT_DAYS = 90

    shown = text_of(client, topic.sender)

    assert "expires after 5 days" in shown
    assert "expires after 1 day," in shown
    assert "six years after you unsubscribe" in shown
    assert "Records of opened links are deleted after 90 days" in shown
    assert "We answer within 28 days" in shown


@pytest.mark.parametrize(
    ("country", "named"), [("GB", "Information Commissioner&#x27;s Office"), ("US", "Federal Trade Commission")]
)
def test_it_says_where_to_complain(client, db, country, named):
    assert named in text_of(client, factories.SenderFactory(country=country))


def test_where_no_authority_is_known_it_says_so_in_general(client, db):
    shown = text_of(client, factories.SenderFactory(country="XX"))

    assert "data protection authority where you live" in shown
    assert "Where we are based" not in shown


def test_it_says_when_it_last_changed(client, topic, processor, time_machine):
    time_machine.move_to("2027-03-04 12:00")
    processor.safeguard = "Binding rules"
    processor.save()
    time_machine.move_to("2027-05-06 12:00")

    assert "It last changed on 4 March 2027." in text_of(client, topic.sender)


def test_it_leads_to_ones_own_pages(client, topic):
    shown = text_of(client, topic.sender)

    assert reverse("preferences:my-link") in shown
    assert reverse("compliance:my-data") in shown


def test_it_costs_the_same_however_much_there_is(client, topic, processor, django_assert_num_queries):
    url = reverse("compliance:privacy-notice", args=[topic.sender.slug])
    client.get(url)
    with django_assert_num_queries(7):
        client.get(url)
    for name in ["A", "B", "C"]:
        factories.TopicFactory(sender=topic.sender, name=name)
        Processor.objects.create(name=name, purpose="x", data="x", country="US").senders.add(topic.sender)

    with django_assert_num_queries(7):
        client.get(url)


def test_the_list_leads_to_each_sender(client, topic):
    shown = client.get(reverse("compliance:privacy")).content.decode()

    assert reverse("compliance:privacy-notice", args=[topic.sender.slug]) in shown


def test_an_empty_house_says_so(client, db):
    assert "No organization sends messages from here yet" in client.get(reverse("compliance:privacy")).content.decode()


@pytest.mark.parametrize("slug", ["nobody", "x" * 300])
def test_the_notice_of_nobody_is_not_found(client, db, slug):
    assert client.get(f"/privacy/{slug}/").status_code == 404


@pytest.mark.parametrize("name", ["compliance:privacy", "compliance:transparency"])
def test_the_pages_are_only_looked_at(client, db, name):
    assert client.post(reverse(name)).status_code == 405


def test_nobodys_data_is_on_it(client, subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.LEAVE)

    assert subscriber.value not in text_of(client, topic.sender)
