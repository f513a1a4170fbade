"""Saying yes: on a page that staff composed, on the clinic's website, by keyword, by voice; and never by silence."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from preferences.collection import notices
from preferences.imports import tasks
from preferences.models import Address, ConsentForm, Import, Notice, Subscription
from tests import factories
from tests.preferences.imports.contact_files import file, line
from tests.preferences.web.visitors import filled, path
from tests.stories.conftest import link_in, outcome, tells, words_of

WORDS = {"language": "en", "title": "Stay well", "intro": "Short tips.", "thank_you": "Thank you, nearly done."}


@pytest.fixture
def compose(colleague, topic):
    """A function: an administrator composes and publishes a form of this kind in the back office; its version."""

    def compose(kind, slug, **words):
        boss = colleague("administrator")
        about = {"name": slug.title(), "slug": slug, "kind": kind, "sender": topic.sender.pk, "topics": [topic.pk]}
        boss.presses("preferences_consentform_add", **about)
        form = ConsentForm.objects.get(slug=slug)
        boss.presses("preferences_consentform_publish", form.pk, **{**WORDS, **words, "publish": "1"})
        boss.snippet = boss.opens("preferences_consentform_snippet", form.pk) if kind == "page" else None
        return boss, form.versions.get()

    return compose


def from_the_clinics_website(snippet, email, topic):
    """Somebody fills in the form that was pasted there and presses its button; our page."""
    html = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", snippet.content.decode(), re.DOTALL)[1])
    action = re.search(r'<form action="([^"]+)"', html)[1]
    return action, {"email": email, f"topic-{topic.pk}-email": "on"}


def test_a_page_composed_in_the_back_office_is_used_from_the_clinics_website(person, send, compose, topic):
    boss, version = compose("page", "welcome")
    action, answers = from_the_clinics_website(boss.snippet, person.email_address, topic)
    page = person.client.post(path(action), answers)
    nothing_yet = Address.objects.count()

    sent = person.presses(page, email=person.email_address)
    person.presses(person.clicks("c"), answer="yes")

    assert nothing_yet == 0
    assert "Thank you, nearly done." in sent.content.decode()
    assert outcome(send()) == "sent"
    assert person.address.events.filter(form=version).exists()
    assert tells(person.contact, f"form {version}", "Granted", "Opt-in confirmed", "Spring letter · Sent") == []


def test_she_forgets_to_answer_is_reminded_once_and_then_forgotten(person, days_pass):
    person.signs_up("email")
    person.looks_at_her_mail()
    contact = person.contact
    days_pass(3)
    days_pass(3)
    subjects = [mail["Subject"] for mail in person.looks_at_her_mail()]

    days_pass(2)

    assert len(subjects) == 2
    assert "have not confirmed yet" in subjects[1]
    assert not Address.objects.live().exists()
    assert tells(contact, "Requested", "Confirmation reminder: Sent", "Expired") == []


def test_the_reminder_is_enough_to_say_yes(person, send, days_pass):
    person.signs_up("email")
    person.looks_at_her_mail()
    days_pass(3)
    reminder = person.looks_at_her_mail()[-1]

    person.presses(person.opens(link_in(reminder, "c")), answer="yes")

    assert "have not confirmed yet" in reminder["Subject"]
    assert outcome(send()) == "sent"
    assert tells(person.contact, "Requested", "Granted", "Spring letter · Sent") == []


def test_she_takes_the_sign_up_back_and_her_address_is_gone_at_once(person):
    person.signs_up("email")
    question = person.looks_at_her_mail()[-1]
    contact = person.contact

    done = person.presses(person.opens(link_in(question, "x")), cancel="")

    assert "The sign-up is cancelled" in done.content.decode()
    assert not Address.objects.live().exists()
    assert person.opens(link_in(question, "c")).status_code == 404
    assert tells(contact, "Requested", "erased") == []


def test_saying_no_to_the_question_is_a_no(person, send):
    person.signs_up("email")

    person.presses(person.clicks("c"), answer="no")

    assert outcome(send()) == "left"
    assert tells(person.contact, "Requested", "Refused") == []


def test_her_phone_is_not_confirmed_by_her_mail(person, send):
    person.signs_up("email", "sms")
    person.looks_at_her_phone()

    person.presses(person.clicks("c"), answer="yes")

    assert [outcome(send()), outcome(send(channel="sms"))] == ["sent", "not_confirmed"]
    assert tells(person.phone.contact, "Requested", "Confirmation request") == []


def test_a_keyword_is_enough(person, send, topic):
    topic.keyword = "TIPS"
    topic.save()

    person.texts("JOIN TIPS")

    assert outcome(send(channel="sms")) == "sent"
    assert "Health tips" in person.looks_at_her_phone()[-1]
    assert tells(person.phone.contact, "Granted", "Spring letter · Sent") == []


def test_yes_says_yes_to_a_question_and_to_nothing_else(person, days_pass):
    person.texts("YES")
    before = Subscription.objects.count()
    person.signs_up("sms")
    person.looks_at_her_phone()
    contact = person.phone.contact
    days_pass(8)

    person.texts("YES")

    assert before == 0
    assert not Subscription.objects.active().exists()
    assert tells(contact, "Requested", "Expired") == []


def says_on_the_phone(boss, version, address, topic):
    """A colleague reads the script out and writes down that the owner of this address agreed; the answer."""
    now = timezone.now()
    said = {"address": address.pk, "topics": [topic.pk], "words": "She called.", "read_back": "on"}
    name = "admin:preferences_contact_record_consent"
    where = reverse(name, args=[address.contact_id], query={"form": version.pk})
    return boss.client.post(where, said | {"said_at_0": now.date().isoformat(), "said_at_1": "00:00:00"}, follow=True)


@pytest.fixture
def written_down(person, compose, topic):
    """Ana said yes on the phone: a colleague put her on record and wrote it down, with what was read out."""
    boss, version = compose("script", "front-desk", thank_you="So it is yes.")
    boss.presses("preferences_contact_add", address=person.email_address, name="Ana", language="en")
    says_on_the_phone(boss, version, person.address, topic)
    return person


def test_what_she_said_on_the_phone_counts_is_told_to_her_and_ends_unless_she_confirms(days_pass, written_down, send):
    told = written_down.looks_at_her_mail()
    counts = outcome(send())

    days_pass(31)

    assert "recorded that you agreed" in words_of(told[0])
    assert [counts, outcome(send(subject="A tip for summer"))] == ["sent", "expired"]
    assert (
        tells(written_down.contact, "form Front-Desk", "Offline consent recorded", "Spring letter · Sent", "Expired")
        == []
    )


def test_what_she_said_on_the_phone_holds_for_good_once_she_confirms_it(days_pass, written_down, send):
    written_down.presses(written_down.clicks("c"), answer="yes")

    days_pass(31)

    assert outcome(send()) == "sent"
    assert tells(written_down.contact, "Granted", "Offline consent recorded", "Granted", "Spring letter · Sent") == []


def test_she_never_said_it_and_it_is_gone_at_once(written_down, send):
    written_down.presses(written_down.clicks("c"), answer="no")

    assert outcome(send()) == "invalidated"
    assert tells(written_down.contact, "Granted", "Offline consent recorded", "Invalidated") == []


def test_a_yes_by_voice_is_refused_where_the_law_wants_it_signed(person, compose, topic, send):
    """She texts to find out what it is; a colleague who would write down a yes is told what to do instead."""
    person.texts("What is this about?")
    person.signs_up("sms")
    boss, version = compose("script", "front-desk", thank_you="So it is yes.")

    page = says_on_the_phone(boss, version, person.phone, topic)

    assert "need a signature" in page.content.decode()
    assert outcome(send(channel="sms")) == "not_confirmed"
    assert tells(person.phone.contact, "Requested", "not confirmed") == []


def test_what_a_file_added_is_told_to_her_and_she_takes_it_out_again(person, send, colleague, topic):
    person.joins("email")
    news = factories.TopicFactory(sender=topic.sender, name="Clinic news")
    content = file(line(person.email_address, news, time=timezone.now().isoformat())).read()
    boss = colleague("administrator")
    boss.presses("preferences_import_add", file=SimpleUploadedFile("people.csv", content))
    boss.presses("preferences_import_apply", Import.objects.get().pk)
    tasks.apply_import(Import.objects.get().pk)
    told = person.looks_at_her_mail()[-1]

    person.presses(person.clicks("z"), answer="back")

    assert "Subscribed to Clinic news." in words_of(told)
    assert list(person.address.subscriptions.active().values_list("topic", flat=True)) == [topic.pk]
    assert outcome(send()) == "sent"
    assert tells(person.contact, "Granted · Clinic news", "Preferences changed", "Withdrawn · Clinic news") == []


def test_a_robot_that_fills_in_the_form_gets_nobody_anything(person, topic):
    url = reverse("preferences:sign-up", args=[topic.sender.slug])
    robot = Client()
    quick = filled(robot.get(url), email="victim@example.org", **{f"topic-{topic.pk}-email": "on"})

    robot.post(url, quick | {"website": "https://spam.example"}, follow=True)

    assert not Address.objects.exists()
    assert person.mail_server.messages == []


def test_whoever_types_her_address_again_learns_nothing_and_she_gets_no_second_question(person):
    person.joins("email")
    before = person.looks_at_her_mail()

    again = person.signs_up("email")

    assert person.email_address not in again.content.decode()
    assert len(person.looks_at_her_mail()) <= len(before) + 1
    assert Subscription.objects.active().count() == 1


def test_somebody_who_reads_spanish_gets_it_all_in_spanish(person, send, topic):
    notices.publish(topic, language="es", kind_of_messages="Un consejo breve.")
    url = reverse("preferences:sign-up", args=[topic.sender.slug])
    person.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    page = person.client.get(url)
    person.signs_up("email", "sms")
    question, text = person.looks_at_her_mail()[0], person.looks_at_her_phone()[0]
    person.presses(person.clicks("c"), answer="yes")
    person.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    preferences = person.clicks("p")

    with translation.override("es"):
        assert 'lang="es"' in page.content.decode()
        assert "Un consejo breve." in page.content.decode()
        assert question["Subject"] == gettext("Please confirm: messages from %(brand)s") % {"brand": topic.sender.name}
        assert gettext("Reply YES to agree to texts.") in text
        assert gettext("Unsubscribe from all") in preferences.content.decode()
        assert gettext("Unsubscribe from all") != "Unsubscribe from all"
    assert Notice.objects.get(language="es") == person.address.subscriptions.get().event.notice
    assert (person.contact.language, person.phone.contact.language) == ("es", "es")
    assert tells(person.contact, "Requested", "consent wording Health tips · es", "Granted") == []
