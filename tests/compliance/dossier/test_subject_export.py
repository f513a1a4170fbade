"""What a person takes along: everything about them, nobody else, and nothing that runs."""

import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.db import models

from campaigns.models import Message
from compliance.dossier import export_schema, subject_export
from compliance.models import Processor, SubjectRequest
from compliance.requests import service as requests
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import address_change
from preferences.contacts import service as contacts
from preferences.models import Address, Contact, Method, Source
from tests import factories
from tests.conftest import subscribe


@pytest.fixture
def olga(db):
    return factories.UserFactory(username="olga.owner", first_name="Olga", last_name="Owner")


@pytest.fixture
def ana(topic):
    return subscribe(factories.email_address("ana@example.org", name="Ana Silva"), topic)


def packed(address):
    return zipfile.ZipFile(io.BytesIO(subject_export.archive(address)))


def test_the_document_says_its_schema_and_what_each_field_means(ana):
    document = json.loads(subject_export.as_json(ana))

    assert document["schema"] == "sayso-takeout/1"
    assert set(document["guide"]) == set(document["tables"])
    assert document["guide"]["said"]["fields"]["occurred_at"] == "occurred at"


def test_what_was_said_is_there_with_the_words_that_were_shown(ana, topic, notice):
    document = json.loads(subject_export.as_json(ana))

    said = document["tables"]["said"]
    assert [(row["kind"], row["topic"], row["address"]) for row in said] == [
        ("asked", topic.name, ana.value),
        ("granted", topic.name, ana.value),
    ]
    assert document["tables"]["notices"][0]["how_to_leave"] == notice.how_to_leave
    assert document["person"]["name"] == "Ana Silva"


def test_messages_are_there_with_their_text(ana, topic):
    campaign = factories.CampaignFactory(topic=topic)
    Message.objects.create(campaign=campaign, address=ana, status="sent")

    row = subject_export.rows("messages", ana)[0]

    assert (row["campaign_subject"], row["campaign_body"]) == (campaign.subject, campaign.body)


def test_nobody_else_is_in_it(ana, topic, olga):
    bob = subscribe(factories.email_address("bob@example.net", name="Bob Other"), topic)
    consent.withdraw(bob, topic, source=Source.STAFF, method=Method.VERBAL, by=olga)

    text = subject_export.as_json(ana)

    assert not any(name in text for name in ("bob@", "Bob", str(bob.reference)))


def test_colleagues_are_not_named(ana, topic, olga):
    contacts.correct(ana.contact, by=olga, country="PT")
    consent.withdraw(ana, topic, source=Source.STAFF, method=Method.VERBAL, by=olga)

    text = subject_export.as_json(ana)

    assert "one of our staff" in text
    assert not any(name in text for name in ("Olga", "Owner", "olga.owner"))


def test_no_table_has_a_field_that_leads_to_a_colleague():
    paths = [(table.model, path) for table in export_schema.TABLES.values() for path in table.paths]

    assert not [path for model, path in paths if "user" in str(model._meta.get_field(path.split(".")[0]).related_model)]


def test_another_address_of_theirs_is_masked_everywhere(ana, topic):
    other = subscribe(contacts.add_address("email", "private@example.net", contact=ana.contact), topic)

    text = subject_export.as_json(ana)

    assert other.value not in text
    assert other.masked in text
    assert ana.value in text


def test_an_address_somebody_only_typed_is_masked(ana):
    address_change.ask(ana, "email", "stranger@example.net")

    assert "stranger@" not in subject_export.as_json(ana)


@pytest.mark.parametrize("words", ['=HYPERLINK("http://evil.example")', "+1+1", "@SUM(A1)", "-2", "＝1+1", "\t=1"])
def test_nothing_runs_in_a_spreadsheet(ana, topic, words):
    consent.withdraw(ana, topic, source=Source.PREFERENCES, proof=Proof(words=words))

    table = subject_export.as_csv("proofs", ana)

    assert "\"'" + words.replace('"', '""') in table


@pytest.mark.parametrize("name", export_schema.TABLES)
def test_each_table_costs_one_query_however_long(ana, topic, name, django_assert_max_num_queries):
    subscribe(ana, *(factories.TopicFactory(sender=topic.sender) for _number in range(5)))
    assert ana.contact.name

    with django_assert_max_num_queries(1):
        subject_export.rows(name, ana)


def test_the_zip_holds_everything_and_safe_names(ana, topic, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    scan = ContentFile(b"a scan", name="evil <b>=1.PDF")
    consent.withdraw(ana, topic, source=Source.PREFERENCES, proof=Proof(document=scan))

    pack = packed(ana)

    event = ana.events.last()
    assert pack.read(f"files/{event.reference}.pdf") == b"a scan"
    assert {"everything.json", "tables/said.csv"} < set(pack.namelist())
    assert not any(".." in name or "<" in name for name in pack.namelist())


def test_markup_travels_as_text(ana, topic):
    consent.withdraw(ana, topic, source=Source.PREFERENCES, proof=Proof(words="<script>alert(1)</script>"))

    pack = packed(ana)

    assert not [name for name in pack.namelist() if name.endswith((".html", ".svg", ".xml"))]


def test_processors_of_their_senders_are_named_and_no_others(ana, topic):
    ours = Processor.objects.create(name="Post & Co", purpose="Sends mail", data="Address", country="US")
    ours.senders.add(topic.sender)
    theirs = Processor.objects.create(name="Elsewhere", purpose="Sends mail", data="Address", country="US")
    theirs.senders.add(factories.SenderFactory())

    document = json.loads(subject_export.as_json(ana))

    assert [one["name"] for one in document["processors"]] == ["Post & Co"]


def test_the_same_story_after_a_move_shows_only_the_visitor_in_full(ana):
    new = address_change.confirm(address_change.ask(ana, "email", "new@example.org"))

    text = subject_export.as_json(new)

    assert new.value in text
    assert ana.value not in text


def test_every_table_about_a_person_is_in_it():
    """A new table that leads to a person belongs into what they take along, or is named here with its reason."""
    not_theirs = {
        "HandOver",  # lives for seconds
        "DoubtfulLeave",  # told by the opt-out itself and by links_opened
        "LedgerLeaf",
        "Person",
    }
    leads = {Contact, Address}
    models_of_people = {
        model.__name__
        for model in [rel.related_model for lead in leads for rel in lead._meta.related_objects]
        if issubclass(model, models.Model) and "istorical" not in model.__name__
    }

    told = {table.model.__name__ for table in export_schema.TABLES.values()}

    assert models_of_people - told - not_theirs == set()


def test_fetching_a_copy_is_a_request_that_is_in_the_copy(ana):
    requests.ask(ana, SubjectRequest.Kind.ACCESS)

    assert subject_export.rows("requests", ana)[0]["kind"] == "access"
