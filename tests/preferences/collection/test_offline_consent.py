"""Consent given by voice or on paper: proven, told, confirmed, or over by itself."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils import timezone

from preferences.collection import attachments, consent_forms, offline_consent
from preferences.consent import eligibility, term_expiry
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.errors import NotAllowed
from preferences.links import tokens
from preferences.models import ConsentForm, ConsentFormVersion, Evidence, ServiceMessage, Source, Subscription
from tests import factories
from tests.preferences.web.visitors import open_link

WORDS = Proof(words="Called about her appointment and asked for the tips.")


def published(topic, kind="script") -> ConsentFormVersion:
    form = ConsentForm.objects.create(kind=kind, slug=f"{kind}-{topic.pk}", name="Front desk", sender=topic.sender)
    form.topics.add(topic)
    return consent_forms.publish(
        form, language="en", title="May we write to you?", intro="Let me read this to you.", thank_you="So it is yes."
    )


@pytest.fixture
def script(topic):
    return published(topic)


@pytest.fixture
def write_down(topic, script, author):
    """A colleague writes down what somebody said a minute ago."""

    def write(address, form=script, topics=(topic,), ago=timedelta(minutes=1), proof=WORDS):
        return offline_consent.record_consent(
            address, topics, form=form, said_at=timezone.now() - ago, proof=proof, by=author
        )

    return write


def test_it_counts_at_once_for_a_while_and_the_person_is_told(write_down, address, topic, script):
    [subscription] = write_down(address)

    event = subscription.event
    assert eligibility.first_objection(address, topic) == ""
    assert (event.source, event.method, event.form) == (Source.STAFF, "verbal", script)
    assert (subscription.expires_at - timezone.now()).days == 29
    assert address.service_messages.get().kind == ServiceMessage.Kind.OFFLINE_CONSENT


def test_unconfirmed_it_ends_by_itself(write_down, address, topic):
    write_down(address)

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        [term_expiry.end_term(pk) for pk in term_expiry.subscriptions_past_term().values_list("pk", flat=True)]

        assert eligibility.first_objection(address, topic) == "expired"
    assert address.events.last().kind == "expired"


def test_past_its_term_nothing_is_sent_even_before_anybody_ends_it(write_down, address, topic):
    write_down(address)
    Subscription.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert eligibility.first_objection(address, topic) == "expired"


def test_confirmed_it_holds_without_a_term(write_down, address, topic):
    write_down(address)
    service_message = address.service_messages.get()

    offline_consent.confirm(service_message)

    subscription = address.subscriptions.get()
    address.refresh_from_db()
    assert subscription.expires_at is None
    assert address.verified_at
    assert offline_consent.confirm(service_message) == []


def test_never_said_means_never_good(write_down, address, topic):
    write_down(address)

    offline_consent.deny(address.service_messages.get())

    assert address.subscriptions.get().event.kind == "invalidated"


def test_the_page_behind_the_link_shows_it_and_only_a_button_answers(write_down, address, client, topic):
    write_down(address)
    page = open_link(client, tokens.confirm_url(address.service_messages.get()))

    assert "Did you agree to these messages?" in page.content.decode()
    assert address.subscriptions.get().expires_at

    page_binding = page.context["visitor"].page_binding
    answered = client.post("/confirm/offline-consent/", {"for": page_binding, "answer": "yes"}, follow=True)

    assert "Thank you" in answered.content.decode()
    assert address.subscriptions.get().expires_at is None


def test_somebody_who_opted_out_is_not_brought_back_by_a_colleague(write_down, subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    with pytest.raises(NotAllowed, match="Only they can opt in again"):
        write_down(subscriber)


def test_marketing_texts_to_the_united_states_need_a_signature(write_down, author, phone):
    offers = factories.TopicFactory(purpose="marketing")

    with pytest.raises(NotAllowed, match=r"need a signature.*47 CFR 64\.1200"):
        write_down(phone, published(offers), [offers])

    assert not phone.events.exists()


def test_on_signed_paper_the_same_texts_are_allowed(write_down, phone):
    offers = factories.TopicFactory(purpose="marketing")

    write_down(phone, published(offers, "paper"), [offers])

    assert phone.subscriptions.get().event.method == "written"


def test_what_reveals_health_is_not_taken_by_voice(write_down, address):
    evenings = factories.TopicFactory(reveals_health=True, purpose="informational")

    with pytest.raises(NotAllowed, match="paper form"):
        write_down(address, published(evenings), [evenings])


def test_one_topic_that_is_refused_refuses_the_whole(write_down, address, topic, script):
    other = factories.TopicFactory(sender=topic.sender)

    with pytest.raises(NotAllowed, match="not on this form"):
        write_down(address, script, [topic, other])

    assert not address.events.exists()


@pytest.mark.parametrize(("ago", "sentence"), [(-1, "in the future"), (366, "more than a year")])
def test_a_moment_nobody_can_mean_is_refused(write_down, address, ago, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        write_down(address, ago=timedelta(days=ago))


def test_what_is_so_already_is_not_written_down_again(write_down, subscriber):
    with pytest.raises(NotAllowed, match="already"):
        write_down(subscriber)

    assert not subscriber.service_messages.filter(kind=ServiceMessage.Kind.OFFLINE_CONSENT).exists()


def test_the_recording_is_kept_under_a_name_of_our_own_and_proves_itself(write_down, address, topic):
    recording = attachments.validated_attachment(File(BytesIO(b"ID3" + b"\0" * 50), name="../../Ana Ferreira.html"))

    write_down(address, proof=Proof(words="Yes.", document=recording))

    kept = Evidence.objects.get(event__address=address).document.name
    assert "Ana" not in kept
    assert kept.endswith(".mp3")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>",
        b"<svg xmlns='x'>",
        b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR",
        b"MZ\x90\0",
        b"GIF89a",
        b"PK\3\4",
    ],
)
def test_what_is_neither_scan_nor_recording_is_refused(content):
    with pytest.raises(NotAllowed):
        attachments.validated_attachment(ContentFile(content, name="scan.pdf"))


def test_a_file_too_large_is_refused():
    huge = ContentFile(b"%PDF-1.7", name="scan.pdf")
    huge.size = attachments.MAX_BYTES + 1

    with pytest.raises(NotAllowed, match="25 MB"):
        attachments.validated_attachment(huge)


def test_no_recording_is_left_behind_when_nothing_is_written_down(write_down, address, topic, author):
    other = factories.TopicFactory(sender=topic.sender, name="Offers")
    form = ConsentForm.objects.create(kind="script", slug="both", name="Both", sender=topic.sender)
    form.topics.add(topic, other)
    both = consent_forms.publish(form, language="en", title="May we?", intro="Listen.", thank_you="Thank you.")
    consent.refuse(address, other, source=Source.CONFIRM)
    before = set(Path(settings.MEDIA_ROOT).rglob("*.mp3"))

    with pytest.raises(NotAllowed):
        write_down(address, form=both, topics=(topic, other), proof=Proof(document=ContentFile(b"ID3", name="a.mp3")))

    assert set(Path(settings.MEDIA_ROOT).rglob("*.mp3")) == before


def test_the_persons_own_new_yes_outlasts_the_one_that_was_written_down(write_down, address, topic, notice):
    write_down(address)

    service_message = consent.ask(address, [notice], source=Source.SIGN_UP)
    consent.confirm(service_message)

    assert service_message.kind == ServiceMessage.Kind.CONFIRM
    assert address.subscriptions.get().expires_at is None


def test_a_keyword_of_their_own_makes_it_last(write_down, texter, author):
    other = factories.TopicFactory(purpose="informational")
    write_down(texter, published(other), [other])

    consent.grant(texter, other, source=Source.SMS, method="keyword")

    assert texter.subscriptions.get(topic=other).expires_at is None
