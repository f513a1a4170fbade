"""A colleague writes down what somebody said on the phone or on paper."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from preferences.collection import consent_forms
from preferences.models import ConsentForm, Evidence, Subscription
from tests.preferences.admin.admin_urls import page

RECORDING = b"ID3" + b"\0" * 40


@pytest.fixture
def script(topic):
    form = ConsentForm.objects.create(kind="script", slug="front-desk", name="Front desk", sender=topic.sender)
    form.topics.add(topic)
    return consent_forms.publish(
        form, language="en", title="May we write?", intro="I will read this to you.", thank_you="So it is yes."
    )


def where(address, version=None):
    url = reverse("admin:preferences_contact_record_consent", args=[address.contact_id])
    return f"{url}?form={version.pk}" if version else url


def said(address, topic, **more):
    now = timezone.now()
    return {
        "address": address.pk,
        "topics": [topic.pk],
        "said_at_0": now.date().isoformat(),
        "said_at_1": "00:00:00",
        "words": "She called about her appointment.",
        "read_back": "on",
        **more,
    }


def test_first_the_form_is_chosen_and_then_its_words_are_shown(support, address, script):
    choice = support.get(where(address)).content.decode()
    words = support.get(where(address, script)).content.decode()

    assert "May we write?" in choice
    assert "I will read this to you." in words
    assert "One short tip for everyday health." in words
    assert "So it is yes." in words


def test_without_any_form_the_page_says_what_to_do(support, address):
    assert "Create one under Consent forms" in support.get(where(address)).content.decode()


def test_what_was_said_is_written_down_with_its_recording(support, address, topic, script):
    recording = SimpleUploadedFile("call.mp3", RECORDING)

    support.post(where(address, script), said(address, topic, document=recording))

    event = Subscription.objects.get().event
    assert (event.by, event.form) == (support.colleague, script)
    assert event.evidence.document.read() == RECORDING


def test_without_the_read_back_nothing_is_written_down(support, address, topic, script):
    answers = said(address, topic)
    del answers["read_back"]

    shown = support.post(where(address, script), answers).content.decode()

    assert "Read it back first" in shown
    assert not address.events.exists()


def test_a_page_that_calls_itself_a_scan_is_refused(support, address, topic, script):
    page_ = SimpleUploadedFile("scan.pdf", b"<html><script>alert(1)</script>")

    shown = support.post(where(address, script), said(address, topic, document=page_)).content.decode()

    assert "This is not a scan or recording" in shown
    assert not address.events.exists()


def test_somebody_elses_address_cannot_be_chosen(support, address, phone, topic, script):
    support.post(where(address, script), said(phone, topic))

    assert not phone.events.exists()


def test_an_author_of_campaigns_writes_nothing_down(author, client, address, script):
    client.force_login(author)

    assert client.get(where(address, script)).status_code in (302, 403)


@pytest.fixture
def recorded(support, address, topic, script):
    support.post(where(address, script), said(address, topic, document=SimpleUploadedFile("call.mp3", RECORDING)))
    return Evidence.objects.exclude(document="").get()


def test_the_recording_is_saved_as_a_file_and_never_shown(recorded, officer):
    answer = officer.get(reverse("admin:preferences_evidence_document", args=[recorded.pk]))

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == RECORDING


def test_support_may_write_it_down_but_not_listen_to_it(recorded, support):
    assert support.get(reverse("admin:preferences_evidence_document", args=[recorded.pk])).status_code == 403


def test_the_events_page_leads_to_the_file(recorded, officer):
    shown = officer.get(page("consentevent", "change", recorded.pk)).content.decode()

    assert reverse("admin:preferences_evidence_document", args=[recorded.pk]) in shown
