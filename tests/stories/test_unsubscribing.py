"""Leaving: by every way out, at once, told once; with the way back in the browser and in the mail."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.dossier import timeline
from preferences.inbound import mail as inbound_mail
from preferences.models import LinkOpen, OptOutReason, Suppression, SuspiciousOptOut
from tests import factories
from tests.preferences.inbound.mails import complaint, mail
from tests.stories.conftest import link_in, outcome, tells, words_of

SCANNER = {"HTTP_USER_AGENT": "BarracudaCentral/1.0", "HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def reader(person, send):
    """Ana has joined by mail and has got a first campaign."""
    person.joins("email")
    send()
    return person


@pytest.fixture
def way_out(settings):
    settings.UNSUBSCRIBE_MAILTO = "out@in.example.org"


def test_she_leaves_one_channel_and_keeps_the_other(person, send):
    person.joins("email").has_a_known_phone().joins("sms")
    send()

    person.presses(person.clicks("p"), channel="sms")

    assert outcome(send(channel="sms")) == "stopped"
    assert outcome(send(subject="A tip for summer")) == "sent"
    assert (
        tells(person.contact, "Withdrawn · everything · The person · Text", "Suppressed", "Spring letter · Sent") == []
    )


def test_she_leaves_everything_and_is_told_once(reader, send):
    before = len(reader.looks_at_her_mail())

    page = reader.presses(reader.clicks("u"), leave="everything")
    reader.client.get(page.request["PATH_INFO"])
    goodbye = reader.looks_at_her_mail()[before:]

    assert len(goodbye) == 1
    assert outcome(send(subject="A tip for summer")) == "stopped"
    assert tells(reader.contact, "Granted", "Spring letter · Sent", "Withdrawn · everything", "Opt-out confirmed") == []


def test_she_never_signed_up_and_compliance_looks_into_it(reader, colleague):
    reader.presses(reader.clicks("u"), leave="topic")
    page = reader.visits("preferences:unsubscribe-done")

    thanks = reader.presses(page, reason="never_signed_up", words="Who are you?")
    officer, reason = colleague("compliance officer"), OptOutReason.objects.get()
    waiting = officer.opens("index").content.decode()

    officer.presses("preferences_optoutreason_invalidate_consent", reason.pk, finding="Nobody can tell who typed it.")

    assert "Thank you for telling us." in thanks.content.decode()
    assert "consent complaints to investigate" in waiting.lower()
    assert tells(reader.contact, "Withdrawn", "Unsubscribe reason", "Investigated", "Invalidated") == []


def test_for_good_is_taken_back_only_by_a_new_sign_up_after_a_warning(reader, send):
    reader.clicks("p")
    reader.presses(reader.visits("preferences:do-not-contact"), sure="yes")
    nothing = outcome(send(subject="While it stands"))
    reader.signs_up("email")
    warned = reader.clicks("c")
    refused = reader.presses(warned, answer="yes")

    reader.presses(refused, answer="yes", override_permanent="on")

    assert nothing == "never_again"
    assert 'name="override_permanent"' in warned.content.decode()
    assert refused.status_code == 422
    assert outcome(send(subject="Back again")) == "sent"
    assert (
        tells(reader.contact, "Granted", "Withdrawn · everything", "Requested", "Granted", "Spring letter · Sent") == []
    )


def test_she_puts_it_back_on_the_page_where_she_left(reader, send):
    page = reader.presses(reader.clicks("u"), leave="topic")

    back = reader.presses_undo(page)

    assert "Change undone." in back.content.decode()
    assert outcome(send(subject="A tip for summer")) == "sent"
    assert tells(reader.contact, "Withdrawn", "Granted", "Spring letter · Sent") == []


def test_she_puts_it_back_from_the_mail_that_told_her(reader, send):
    reader.presses(reader.clicks("u"), leave="topic")

    back = reader.presses(reader.clicks("z"), answer="back")

    assert "Change undone" in back.content.decode()
    assert outcome(send(subject="A tip for summer")) == "sent"
    assert tells(reader.contact, "Withdrawn", "Opt-out confirmed: Sent", "Granted") == []


def test_a_colleagues_no_is_told_to_her_and_she_puts_it_back(reader, send, colleague, topic):
    helper = colleague("support")
    said = {"address": reader.address.pk, "method": "verbal", "sender": topic.sender_id, "words": "On the phone"}
    helper.presses("preferences_contact_record_opt_out", reader.contact.pk, **said)
    told = reader.looks_at_her_mail()[-1]
    while_off = outcome(send(subject="While she is off"))

    reader.presses(reader.clicks("z"), answer="back")

    assert "our staff" in words_of(told)
    assert helper.user.username not in words_of(told)
    assert [while_off, outcome(send(subject="Back again"))] == ["stopped", "sent"]
    assert tells(reader.contact, f"Withdrawn · everything · {helper.user}", "On the phone", "Lifted") == []


def test_a_mail_to_the_address_in_the_header_is_enough(way_out, reader, send):
    mailbox = re.search(r"<mailto:([^?>]+)", reader.looks_at_her_mail()[-1]["List-Unsubscribe"])[1]

    inbound_mail.receive_mail(mail(to=mailbox, subject="unsubscribe"), provider="imap", provider_id="1")

    assert outcome(send(subject="A tip for summer")) == "left"
    assert tells(reader.contact, "Granted", "Opt-out", "Withdrawn") == []


def test_an_out_of_office_reply_changes_nothing(reader, send):
    away = mail("I am away. To unsubscribe from my life, wait.", subject="Out of office", Auto_Submitted="auto-replied")

    inbound_mail.receive_mail(away, provider="imap", provider_id="1")

    assert outcome(send(subject="A tip for summer")) == "sent"
    assert tells(reader.contact, "Granted", "Spring letter · Sent") == []
    assert not [entry for entry in timeline.build_timeline(reader.contact) if "Withdrawn" in entry.what]


def test_a_complaint_at_her_mail_provider_ends_everything(reader, send):
    got = next(one for one in reader.mail_server.messages if b"A tip for spring" in one.content).content

    inbound_mail.receive_mail(complaint(got), provider="imap", provider_id="1")

    assert outcome(send(subject="A tip for summer")) == "complained"
    assert tells(reader.contact, "Spring letter · Sent", "Suppressed") == []
    assert Suppression.objects.in_force().get().reason == "complained"


def test_a_scanner_opens_every_link_of_every_mail_and_nothing_changes(reader, send):
    links = re.findall(
        r"http://testserver(/\w/[^\s>]+)", "\n".join(words_of(one) for one in reader.looks_at_her_mail())
    )
    before = len([entry for entry in timeline.build_timeline(reader.contact) if entry.kind == timeline.EntryKind.SAID])

    answers = [reader.client.get(link, follow=True, **SCANNER) for link in links]

    said = [entry for entry in timeline.build_timeline(reader.contact) if entry.kind == timeline.EntryKind.SAID]
    assert max(answer.status_code for answer in answers) < 500
    assert len(said) == before
    assert set(LinkOpen.objects.filter(because="Barracuda").values_list("opener", flat=True)) == {"scanner"}
    assert outcome(send(subject="A tip for summer")) == "sent"
    assert tells(reader.contact, "links opened", "Spring letter · Sent") == []


def test_a_robot_pressed_the_button_and_staff_offer_her_a_way_back(reader, send, colleague, client):
    header = reader.looks_at_her_mail()[-1]["List-Unsubscribe"]
    client.post(re.search(r"/o/[^>]+", header)[0], {"List-Unsubscribe": "One-Click"}, **SCANNER)
    out = outcome(send(subject="While she is out"))
    helper = colleague("compliance officer")

    helper.presses("preferences_suspiciousoptout_offer_undo", SuspiciousOptOut.objects.get().pk)
    reader.presses(reader.clicks("z"), answer="back")

    assert [out, outcome(send(subject="Back again"))] == ["left", "sent"]
    assert tells(reader.contact, "Suspicious opt-out", "Undo offered", "Granted") == []


def test_a_person_who_takes_her_time_is_believed(reader, time_machine):
    page = reader.clicks("u")
    time_machine.move_to(timezone.now() + timedelta(seconds=5))

    reader.presses(page, leave="topic")

    assert not SuspiciousOptOut.objects.exists()
    assert tells(reader.contact, "Granted", "links opened", "Withdrawn") == []


def test_leaving_one_topic_leaves_the_others(reader, send, topic):
    letter = reader.looks_at_her_mail()[-1]
    other = factories.TopicFactory(sender=topic.sender, name="Clinic news")
    reader.presses(reader.asks_for_a_link(), **{f"a{reader.address.pk}-t{other.pk}": "on"})

    reader.presses(reader.opens(link_in(letter, "u")), leave="topic")

    assert outcome(send(subject="A tip for summer")) == "left"
    assert list(reader.address.subscriptions.active().values_list("topic", flat=True)) == [other.pk]
    assert tells(reader.contact, "Granted · Clinic news", f"Withdrawn · {topic}") == []
