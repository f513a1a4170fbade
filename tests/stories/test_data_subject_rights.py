"""What Ana may see, take along, put right, move, restrict and have deleted; and how she proves what she said."""

import json
import subprocess
import sys
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as conf
from django.test import Client
from django.urls import reverse
from django.utils import formats, timezone

from compliance.models import SubjectRequest
from preferences.models import Address, Contact, Subscription
from tests.preferences.web.visitors import path
from tests.stories.conftest import link_in, outcome, tells, words_of


@pytest.fixture
def reader(person, send):
    """Ana has joined by mail and has got a first campaign."""
    person.joins("email")
    send()
    return person


def request_of(kind):
    return SubjectRequest.objects.get(kind=kind)


def test_her_history_shows_the_wording_and_the_hour_where_she_lives(reader, time_machine, topic, notice):
    reader.asks_for_a_link()
    reader.presses(reader.visits("preferences:contact-details"), time_zone="Pacific/Kiritimati")
    time_machine.move_to(timezone.now() + timedelta(days=1), tick=False)
    there = timezone.localtime(timezone.now(), ZoneInfo("Pacific/Kiritimati"))
    reader.presses(reader.asks_for_a_link(), **{"limit-all": "4"})

    shown = reader.visits("preferences:consent-history").content.decode()

    assert notice.how_to_unsubscribe in shown
    assert formats.date_format(there, "DATETIME_FORMAT") in shown
    assert f"You agreed to {topic}, by email" in shown
    assert tells(reader.contact, "Granted", "Limited") == []


def test_the_copy_of_her_data_holds_the_whole_story(reader):
    reader.presses(reader.clicks("u"), leave="topic")
    reader.asks_for_a_link()

    answer = reader.presses(reader.visits("compliance:my-data"), wanted="json")

    copy = json.loads(answer.content)
    told = " ".join(entry["what"] for entry in copy["story"])
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert [word for word in ("Requested", "Granted", "Spring letter", "Withdrawn") if word not in told] == []
    assert tells(reader.contact, "Withdrawn", "Asked for: ") == []


def test_she_puts_her_details_right(reader):
    reader.asks_for_a_link()

    reader.presses(reader.visits("preferences:contact-details"), name="Ana Souza", language="es", country="US")

    assert (reader.contact.name, reader.contact.language, reader.contact.country) == ("Ana Souza", "es", "US")
    assert tells(reader.contact, "Granted", "Contact changed") == []


@pytest.fixture
def moved(reader):
    """She asked to be written to elsewhere, and opened the link that came there; nothing is ticked yet."""
    reader.asks_for_a_link()
    reader.presses(reader.visits("preferences:change-address"), address="ana.new@example.org")
    reader.old_address, reader.email_address = reader.address, "ana.new@example.org"
    reader.page = reader.clicks("c")
    return reader


def test_she_moves_and_agrees_anew_to_what_she_wants_there(moved, send, topic):
    done = moved.presses(moved.page, answer="use", **{f"t{topic.pk}": "on"})
    campaign = send(subject="A tip for summer")

    by_address = {message.address.value: message.skipped_because for message in campaign.messages.all()}
    assert "From now on, messages go to ana.new@example.org" in done.content.decode()
    assert by_address == {"ana@example.org": "stopped", "ana.new@example.org": ""}
    assert "A tip for summer" in [mail["Subject"] for mail in moved.looks_at_her_mail()]
    assert tells(moved.contact, "Granted", "Change of address requested", "Granted", "Address changed") == []


def test_without_a_tick_no_consent_moves_with_her(moved, send):
    moved.presses(moved.page, answer="use")

    campaign = send(subject="A tip for summer")

    assert not moved.address.subscriptions.active().exists()
    assert not campaign.messages.filter(skipped_because="").exists()
    assert tells(moved.contact, "Granted", "Address changed") == []


def test_her_no_moves_with_her(reader, send, topic):
    reader.presses(reader.clicks("u"), leave="topic")
    reader.asks_for_a_link()
    reader.presses(reader.visits("preferences:change-address"), address="ana.new@example.org")
    reader.email_address = "ana.new@example.org"
    reader.presses(reader.clicks("c"), answer="use")

    campaign = send(subject="A tip for summer")

    assert set(campaign.messages.values_list("skipped_because", flat=True)) == {"left", "stopped"}
    assert tells(reader.contact, "Withdrawn", "Address changed") == []


def test_she_asks_to_be_forgotten_and_comes_back_later_as_somebody_new(reader, send, colleague):
    letter = reader.looks_at_her_mail()[-1]
    contact = reader.contact
    reader.asks_for_a_link()
    reader.presses(reader.visits("compliance:data-requests"), ask="deletion", sure="on", words="I moved.")
    meanwhile = outcome(send(subject="While it waits"))

    colleague("compliance officer").presses("compliance_subjectrequest_carry_out", request_of("deletion").pk)

    old_link = reader.opens(link_in(letter, "p"))
    assert meanwhile == "restricted"
    assert old_link.status_code == 404
    assert reader.email_address not in old_link.content.decode()
    assert tells(contact, "Granted", "Asked for", "erased") == []
    assert Contact.objects.get(pk=contact.pk).name == ""
    reader.joins("email")
    assert send(subject="As somebody new").messages.filter(status="sent").count() == 1
    assert reader.contact != contact
    assert tells(reader.contact, "Requested", "Granted", "Spring letter · Sent") == []


def test_she_has_her_data_kept_and_not_used_until_she_lifts_it(reader, send):
    reader.asks_for_a_link()
    reader.presses(reader.visits("compliance:data-requests"), ask="restriction")
    meanwhile = outcome(send(subject="While it holds"))

    reader.presses(reader.visits("compliance:data-requests"), take_back="yes")

    assert [meanwhile, outcome(send(subject="Used again"))] == ["restricted", "sent"]
    assert tells(reader.contact, "Asked for", "restricted", "Spring letter · Sent") == []


@pytest.fixture
def receipt(reader):
    """The receipt of her leaving, saved from the page that the message led her to."""
    reader.presses(reader.clicks("u"), leave="topic")
    page = reader.clicks("r")
    assert "Health tips" in page.content.decode()
    return reader.client.get(reverse("preferences:receipt-file")).content.decode()


def checked(receipt, folder):
    """What the program from our pages says about it, run with nothing but Python and the published key."""
    stranger = Client()
    (folder / "receipt.json").write_text(receipt)
    (folder / "key.json").write_bytes(stranger.get(reverse("preferences:receipt-key")).content)
    program = [sys.executable, "-I", "-S", conf.ROOT / "docs" / "verify_receipt.py", "receipt.json", "key.json"]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, timeout=60).stdout


def checked_on_the_page(receipt):
    return Client().post(reverse("preferences:receipt-check"), {"receipt": receipt}).content.decode()


def test_anybody_can_check_her_receipt_with_and_without_us(receipt, reader, tmp_path):
    assert checked(receipt, tmp_path).startswith("GENUINE")
    assert "said-success" in checked_on_the_page(receipt)
    assert tells(reader.contact, "Withdrawn", "Signed receipt issued") == []


def test_one_letter_changed_is_found_with_and_without_us(receipt, tmp_path):
    forged = receipt.replace("withdrawn", "withdrawm", 1)

    assert checked(forged, tmp_path).startswith("NOT GENUINE")
    assert "Not genuine" in checked_on_the_page(forged)


def test_a_lost_link_comes_by_mail(reader):
    page = reader.asks_for_a_link()

    assert page.request["PATH_INFO"] == reverse("preferences:preferences")
    assert tells(reader.contact, "Secure link: Sent", "links opened") == []


def test_nobody_can_flood_her_with_links(reader):
    asked = {"address": reader.email_address}

    pages = [
        Client().post(reverse("preferences:secure-link-request"), asked, follow=True).content for _time in range(5)
    ]

    subjects = [mail["Subject"] for mail in reader.looks_at_her_mail()[3:]]
    assert len(set(pages)) == 1
    assert len(subjects) <= 3
    assert tells(reader.contact, "Granted", "Secure link: Sent") == []


def test_a_lost_link_comes_by_text(person):
    person.joins("sms")

    person.client.post(reverse("preferences:secure-link-request"), {"address": person.number})
    link = next(word for word in person.looks_at_her_phone()[-1].split() if "/s/" in word)

    assert person.opens(path(link)).request["PATH_INFO"] == reverse("preferences:preferences")
    assert tells(person.phone.contact, "Granted", "Secure link: Sent") == []


def test_the_public_pages_speak_of_what_is_so_and_of_nobody(reader, topic):
    reader.presses(reader.clicks("u"), leave="topic")

    figures = reader.visits("compliance:transparency").content.decode()
    notice = reader.visits("compliance:privacy-notice", topic.sender.slug).content.decode()

    assert "fewer than 10" in figures
    assert (topic.name in notice, topic.sender.legal_name in notice) == (True, True)
    assert reader.email_address not in figures + notice
    assert tells(reader.contact, "Granted", "Withdrawn") == []


def test_her_browser_asks_that_her_data_is_never_sold_and_she_is_unsubscribed_from_nothing(reader, send):
    link = link_in(reader.looks_at_her_mail()[-1], "p")

    page = reader.client.get(path(link), follow=True, headers={"Sec-GPC": "1"})

    assert "your request is recorded" in page.content.decode()
    assert reader.contact.sale_share_optout_at
    assert outcome(send(subject="A tip for summer")) == "sent"
    assert tells(reader.contact, "Granted", "Global Privacy Control", "Spring letter · Sent") == []


def test_what_others_hold_stays_theirs(reader, person):
    """Nothing of her is told to somebody who types her address into the page for lost links."""
    stranger = Client()
    known = stranger.post(reverse("preferences:secure-link-request"), {"address": reader.email_address}, follow=True)
    unknown = stranger.post(reverse("preferences:secure-link-request"), {"address": "nobody@example.org"}, follow=True)

    assert known.content == unknown.content
    assert Address.objects.count() == Subscription.objects.count() == 1
    assert "Ana" not in words_of(reader.looks_at_her_mail()[-1])
