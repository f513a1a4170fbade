"""The quieter lines of a dossier: limits, moves, receipts, requests, links opened."""

import datetime
import uuid

from django.utils import timezone

from compliance.dossier.timeline_entry import Kind
from compliance.models import SubjectRequest
from preferences.consent import frequency, opt_out_reasons
from preferences.contacts import address_change, erasure
from preferences.contacts import service as contacts
from preferences.models import DoubtfulLeave, Receipt, Source
from tests.compliance.dossier.sample_person import opened, story


def test_a_limit_is_told_as_said_and_as_it_stood(ana, topic):
    frequency.limit(ana, topic, most_per_month=1, source=Source.PREFERENCES)
    frequency.limit(ana, None, most_per_month=4, source=Source.PREFERENCES)
    frequency.limit(ana, None, most_per_month=None, source=Source.PREFERENCES)

    turns = [(entry.what, entry.detail) for entry in story(ana, Kind.RECORD) if entry.what.startswith("Frequency cap")]
    assert turns == [
        ("Frequency cap · Health tips", "at most 1 message in 30 days"),
        ("Frequency cap · everything", "at most 4 messages in 30 days"),
        ("Frequency cap · everything", "limit removed"),
    ]
    assert story(ana, Kind.SAID)[-2].detail == "Preferences page, Pressed a button · at most 4 messages in 30 days"


def test_a_move_is_told_and_an_address_that_is_not_theirs_is_not_shown(ana, topic):
    address_change.ask(ana, "email", "stranger@example.net")

    entry = story(ana, Kind.REQUEST)[0]
    assert entry.what == "Change of address requested"
    assert entry.detail == "from Email: ana@example.org to s•••@e•••.net"


def test_whoever_is_asked_at_the_new_address_is_told_nothing_of_the_old(ana, topic):
    address_change.ask(ana, "email", "stranger@example.net")
    stranger = contacts.find("email", "stranger@example.net")

    assert "ana@example.org" not in " ".join(entry.detail for entry in story(stranger))


def test_a_receipt_is_told_by_its_number(ana):
    receipt = Receipt.objects.create(address=ana, act=uuid.uuid4(), document="{}")

    assert story(ana, Kind.RECEIPT)[0].detail == f"Number {receipt.reference}"


def test_a_request_about_own_data_is_told_with_its_answer(ana, colleague):
    request = asked(ana, "Delete me, I am Ana.")
    assert (request.what, request.who, request.personal) == ("Asked for: Deletion", "The person", True)

    SubjectRequest.objects.update(
        status="refused", answer="Ana, why?", answered_by=colleague, answered_at=timezone.now()
    )

    entry = story(ana, Kind.REQUEST)[-1]
    assert (entry.what, entry.who, entry.detail) == ("Deletion · Refused", "Sam Reed", "Ana, why?")


def asked(address, words):
    due = timezone.now() + datetime.timedelta(days=28)
    SubjectRequest.objects.create(contact=address.contact, address=address, kind="deletion", words=words, due_at=due)
    return story(address, Kind.REQUEST)[-1]


def test_links_opened_are_a_count_for_each_day(ana, time_machine):
    time_machine.move_to("2027-01-02 23:00")
    opened(ana, "person")
    opened(ana, "scanner")
    time_machine.move_to("2027-01-03 01:00")
    opened(ana, "person")

    lines = [(entry.what, entry.detail) for entry in story(ana, Kind.LINK)]
    assert lines == [("2 links opened", "1 of them automated"), ("1 link opened", "")]


def test_an_opt_out_that_looks_machine_made_is_told_with_who_settled_it(ana, colleague):
    now = timezone.now()
    row = {"because": "Four links in one second", "offered_at": now, "settled_at": now, "settled_by": colleague}
    DoubtfulLeave.objects.create(address=ana, act=uuid.uuid4(), **row)

    told_of = {(entry.what, entry.who) for entry in story(ana)}
    assert told_of >= {
        ("Suspicious opt-out", "Sayso"),
        ("Undo offered", "Sam Reed"),
        ("Suspicious opt-out resolved", "Sam Reed"),
    }


def test_of_a_forgotten_person_no_words_are_told(ana, topic, colleague):
    asked(ana, "Delete me, I am Ana.")
    SubjectRequest.objects.update(status="done", answer="Farewell, Ana.", answered_at=timezone.now())
    opt_out_reasons.review(
        opt_out_reasons.give(ana, topic, reason="never_signed_up"), by=colleague, finding="Ana signed."
    )
    address_change.ask(ana, "email", "ana.new@example.net")
    erasure.erase(ana.contact, by=colleague)
    ana.contact.refresh_from_db()

    whole = " ".join(f"{entry.what} {entry.where} {entry.detail}" for entry in story(ana))
    assert "Asked for: Deletion" in whole
    assert "Investigated · Health tips" in whole
    assert "Ana" not in whole
    assert "ana" not in whole.replace("manage", "")
    assert not any(entry.personal for entry in story(ana))
