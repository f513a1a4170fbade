"""What one line of a file says: who, about what, and whether it proves it."""

import pytest
from django.utils import timezone

from preferences.models import Address, ConsentEvent, Contact
from tests import factories
from tests.preferences.imports.contact_files import apply, file, line, only, sentences


def test_words_published_after_somebody_spoke_are_not_said_to_be_what_they_agreed_to(topic):
    apply(file(line("ana@example.org", topic)))

    assert ConsentEvent.objects.get().notice is None


def test_words_in_force_when_somebody_spoke_are_recorded(topic, notice):
    apply(file(line("ana@example.org", topic, time=timezone.now().isoformat())))

    assert ConsentEvent.objects.get().notice == notice


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ({"method": ""}, "consent method is missing"),
        ({"method": "telepathy"}, "consent method is missing or not known"),
        ({"method": "none"}, "consent method is missing or not known"),
        ({"time": ""}, "consent time is missing"),
        ({"time": "01/03/2025"}, "consent time is missing or unclear"),
        ({"time": "2025-03-01 10:00"}, "no time zone"),
        ({"time": "2999-01-01"}, "in the future"),
        ({"time": "0001-01-01T00:00+14:00"}, "too long ago"),
        ({"source": ""}, "both a source and evidence"),
        ({"evidence": " "}, "both a source and evidence"),
        ({"topic": ""}, "No topic is named"),
    ],
)
def test_without_complete_proof_the_person_is_kept_without_consent(topic, said, lacking):
    import_ = apply(file(line("ana@example.org", topic, **said)))

    assert only(import_, "no_proof") == {"no_proof": 1}
    assert lacking in sentences(import_)
    assert Address.objects.get().contact.name == "Zoë Ångström"
    assert not ConsentEvent.objects.exists()


def test_a_plain_date_is_a_time(topic):
    apply(file(line("ana@example.org", topic, time="2025-03-01")))

    assert ConsentEvent.objects.get().occurred_at.isoformat() == "2025-03-01T00:00:00+00:00"


def test_a_channel_the_topic_does_not_offer_is_no_consent(db):
    topic = factories.TopicFactory(by_sms=False)

    import_ = apply(file(line("+442079460123", topic, channel="sms")))

    assert "not offered on this channel" in sentences(import_)


def test_a_topic_without_a_notice_needs_the_words_in_the_evidence(db):
    topic = factories.TopicFactory(notice=False)

    import_ = apply(file(line("ana@example.org", topic), line("bo@example.org", topic, evidence="Ticked “Yes, tips”")))

    assert only(import_, "no_proof", "new") == {"no_proof": 1, "new": 1}


def test_an_address_that_looks_mistyped_is_not_written_to(topic):
    import_ = apply(file(line("ana@gmial.com", topic)))

    assert "looks like a misspelling" in sentences(import_)
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(
    ("country", "written", "number"),
    [
        ("GB", "020 7946 0123", "+442079460123"),
        ("US", "(207) 555-0143", "+12075550143"),
        ("CA", "613-555-0143", "+16135550143"),
        ("AU", "0491 570 156", "+61491570156"),
        ("DE", "0151 23456789", "+4915123456789"),
        ("FR", "01 99 00 12 34", "+33199001234"),
        ("IE", "085 012 3456", "+353850123456"),
        ("ES", "612 34 56 78", "+34612345678"),
        ("SE", "070-174 06 05", "+46701740605"),
        ("IN", "081234 56789", "+918123456789"),
        ("", "＋４４ 20 7946 0123", "+442079460123"),
    ],
)
def test_a_national_number_is_understood_with_its_country(topic, country, written, number):
    apply(file(line(written, topic, channel="sms", country=country)))

    assert Address.objects.get().normal_form == number


def test_a_national_number_without_a_country_is_refused(topic):
    import_ = apply(file(line("020 7946 0123", topic, channel="sms", country="")))

    assert only(import_, "refused") == {"refused": 1}
    assert "country code" in sentences(import_)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"topic": "nobody/nothing"}, "no such topic"),
        ({"channel": "pigeon"}, "neither email nor sms"),
        ({"name": "n" * 201}, "longer than 200"),
    ],
)
def test_a_line_that_is_not_understood_is_refused_with_the_reason(topic, said, why):
    import_ = apply(file(line("ana@example.org", topic, **said)))

    assert only(import_, "refused") == {"refused": 1}
    assert why in sentences(import_)
    assert not Contact.objects.exists()


def test_a_topic_name_that_two_senders_use_is_not_guessed(topic):
    factories.TopicFactory(slug=topic.slug)

    import_ = apply(file(line("ana@example.org", topic, topic=topic.slug)))

    assert "Several senders" in sentences(import_)


def test_a_unique_topic_needs_no_sender(topic):
    assert apply(file(line("ana@example.org", topic, topic=topic.slug.upper()))).counts["new"] == 1


def test_an_international_domain_is_one_address_in_any_spelling(topic):
    content = file(line("jorg@bücher.example", topic), line("JORG@xn--bcher-kva.example", topic))

    assert only(apply(content), "new", "repeated") == {"new": 1, "repeated": 1}
