"""What was stored in one language is told in the language of whoever reads it: timeline, export and admin."""

import json

import pytest
from django.urls import reverse
from django.utils import translation

from compliance.dossier import subject_export
from preferences.consent import service as consent
from preferences.inbound import sms
from preferences.models import InboundMessage, ServiceMessage, Source, Suppression
from tests.compliance.dossier.sample_person import story

LANGUAGES = pytest.mark.parametrize(("stored_in", "read_in"), [("de", "en"), ("en", "de")])
UNSUBSCRIBE_PAGE = {"en": "Unsubscribe page", "de": "Abmeldeseite"}
OPTED_OUT_FIRST = {"en": "The person opted out first.", "de": "Die Person hat sich vorher abgemeldet."}
NEEDS_REVIEW = {"en": "Needs review, because", "de": "Zu prüfen, weil"}


@pytest.fixture
def left(texter, topic):
    """A function: somebody opts out of everything, in this language."""

    def leave(language):
        with translation.override(language):
            consent.withdraw_all(texter, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
        return texter

    return leave


@LANGUAGES
def test_the_timeline_speaks_the_language_of_the_reader(left, stored_in, read_in):
    address = left(stored_in)

    with translation.override(read_in):
        told = {entry.detail for entry in story(address)}

    assert UNSUBSCRIBE_PAGE[read_in] in told
    assert not told & {UNSUBSCRIBE_PAGE[stored_in]}


@LANGUAGES
def test_the_export_speaks_the_language_of_the_reader(left, stored_in, read_in):
    address = left(stored_in)

    with translation.override(read_in):
        tables = json.loads(subject_export.export_json(address))["tables"]

    assert [row["detail"] for row in tables["stops"]] == [UNSUBSCRIBE_PAGE[read_in]]


@LANGUAGES
def test_the_admin_speaks_the_language_of_the_reader(left, stored_in, read_in, admin_client):
    left(stored_in)
    row = Suppression.objects.get()

    shown = admin_client.get(
        reverse("admin:preferences_suppression_change", args=[row.pk]), headers={"accept-language": read_in}
    ).content.decode()

    assert UNSUBSCRIBE_PAGE[read_in] in shown
    assert row.detail == "source:leave"


@LANGUAGES
def test_a_service_message_that_was_not_sent_says_why_in_the_language_of_the_reader(
    texter, topic, stored_in, read_in, admin_client
):
    with translation.override(stored_in):
        row = ServiceMessage.objects.create(
            kind=ServiceMessage.Kind.CONFIRM,
            address=texter,
            sender=topic.sender,
            interaction_id="00000000-0000-4000-8000-000000000001",
            due_at="2026-05-01T09:00Z",
            deadline_at="2026-05-02T09:00Z",
        )
        consent.withdraw_all(texter, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    page = reverse("admin:preferences_servicemessage_change", args=[row.pk])

    shown = admin_client.get(page, headers={"accept-language": read_in}).content.decode()

    assert OPTED_OUT_FIRST[read_in] in shown


@pytest.mark.parametrize("read_in", ["de", "en"])
def test_what_was_done_about_a_text_is_told_in_the_language_of_the_reader(db, read_in, admin_client):
    sms.store_unreadable(provider="test", provider_id="1", text="stop", because="unreadable:“CLINIC” is no number.")
    page = reverse("admin:preferences_inboundmessage_change", args=[InboundMessage.objects.get().pk])

    shown = admin_client.get(page, headers={"accept-language": read_in}).content.decode()

    assert NEEDS_REVIEW[read_in] in shown
