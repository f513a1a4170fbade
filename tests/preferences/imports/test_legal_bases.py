"""Consent that rests on a purchase, a question or a membership comes by import: with its day, and never stronger."""

import io
from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from preferences.collection import consent_forms, offline_consent
from preferences.consent import eligibility
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.errors import NotAllowed
from preferences.imports import service as imports
from preferences.models import Address, Basis, ConsentEvent, Contact, Import, ServiceMessage, Source, Subscription
from preferences.presentation import message_templates
from tests import factories, roles
from tests.conftest import subscribe
from tests.preferences.imports import contact_files
from tests.preferences.imports.contact_files import apply, file, only, sentences

HEADER = f"{contact_files.HEADER},consent_basis,basis_date,region,postal_code,time_zone,born_on"
IMPLIED = {"country": "CA", "method": "", "time": "", "evidence": "Order 1207"}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to("2026-03-15 12:00")


@pytest.fixture
def letter(db):
    return factories.TopicFactory(sender__country="CA")


def line(address, topic, basis="purchase", day="2026-02-01", **said):
    more = {"region": "", "postal_code": "", "time_zone": "", "born_on": ""}
    more |= {name: said.pop(name) for name in list(said) if name in more}
    return contact_files.line(address, topic, **IMPLIED | said, basis=basis, day=day, **more)


def brought(*lines):
    return apply(file(*lines, header=HEADER))


@pytest.mark.parametrize(
    ("written", "basis"),
    [
        ("purchase", Basis.PURCHASE),
        ("Bought", Basis.PURCHASE),
        ("existing business relationship", Basis.PURCHASE),
        ("Inquiry", Basis.INQUIRY),
        ("enquiry", Basis.INQUIRY),
        ("non-business", Basis.MEMBERSHIP),
        ("Donation", Basis.MEMBERSHIP),
        ("\u200bpurchase\u200f", Basis.PURCHASE),
    ],
)
def test_what_a_consent_rests_on_is_recorded_with_its_day(letter, written, basis):
    import_ = brought(line("ana@example.org", letter, basis=written))

    event = ConsentEvent.objects.get()
    assert (event.basis, event.basis_on, event.occurred_at.date()) == (basis, date(2026, 2, 1), date(2026, 2, 1))
    assert event.evidence.words.startswith("Order 1207")
    assert import_.counts[imports.basis_count_key(basis)] == 1
    assert eligibility.first_objection(Address.objects.get(), letter) == ""


@pytest.mark.parametrize("written", ["", "express", "Opt-in", "EXPLICIT"])
def test_a_yes_of_their_own_needs_no_day_but_its_whole_proof(letter, written):
    brought(line("ana@example.org", letter, basis=written, day="", method="checkbox", time="2026-02-01"))
    refused = brought(line("ben@example.org", letter, basis=written, day="", method=""))

    assert ConsentEvent.objects.get().basis == Basis.EXPRESS
    assert "consent method is missing" in sentences(refused)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ({"basis": "friendship"}, "basis is not known"),
        ({"basis": "😀"}, "There is a basis date, but no basis"),
        ({"basis": ""}, "There is a basis date, but no basis"),
        ({"day": ""}, "basis date is missing"),
        ({"basis": "soft opt-in", "day": ""}, "basis date is missing"),
        ({"basis": "published", "day": ""}, "basis date is missing"),
        ({"day": "01/02/2026"}, "basis date is missing or unclear"),
        ({"day": "2026-03-16"}, "in the future"),
        ({"day": "1900-01-01"}, "too long ago"),
        ({"day": "2024-03-15"}, "expired on 2026-03-15"),
        ({"basis": "inquiry", "day": "2025-09-15"}, "expired on 2026-03-15"),
        ({"evidence": ""}, "both a source and evidence"),
        ({"country": "DE"}, "does not count as consent"),
        ({"country": "US"}, "does not count as consent"),
    ],
)
def test_what_the_file_does_not_prove_is_no_consent(letter, said, lacking):
    import_ = brought(line("ana@example.org", letter, **said))

    assert only(import_, "no_proof") == {"no_proof": 1}
    assert lacking in sentences(import_)
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(("basis", "day"), [("inquiry", "2025-09-16"), ("purchase", "2024-03-16")])
def test_on_its_last_day_it_is_still_taken(letter, basis, day):
    assert brought(line("ana@example.org", letter, basis=basis, day=day)).counts["new"] == 1


def test_the_dry_run_tells_it_and_changes_nothing(letter):
    checked = imports.dry_run(file(line("ana@example.org", letter), header=HEADER), name="people.csv")

    assert checked.counts["new"] == checked.counts["resting_on_purchase"] == 1
    assert not Address.objects.exists()


def test_it_never_undoes_an_earlier_no(letter):
    ana = subscribe(factories.email_address("ana@example.org"), letter)
    consent.withdraw(ana, letter, source=Source.UNSUBSCRIBE_PAGE)

    assert only(brought(line("ana@example.org", letter)), "suppressed") == {"suppressed": 1}
    assert Subscription.objects.get().status == "ended"


def test_it_never_overwrites_a_yes_of_their_own(letter):
    subscribe(factories.email_address("ana@example.org"), letter)

    assert only(brought(line("ana@example.org", letter)), "unchanged") == {"unchanged": 1}
    assert Subscription.objects.get().granted.basis == Basis.EXPRESS


def test_a_later_purchase_renews_it_and_an_earlier_one_does_not(letter):
    brought(line("ana@example.org", letter, day="2025-06-01"))
    later = brought(line("ana@example.org", letter, day="2026-01-01"))
    earlier = brought(line("ana@example.org", letter, day="2024-12-01"))
    other = brought(line("ana@example.org", letter, basis="inquiry", day="2026-03-01"))

    assert [only(one, "changed", "unchanged", "resting_on_purchase") for one in (later, earlier, other)] == [
        {"changed": 1, "resting_on_purchase": 1},
        {"unchanged": 1},
        {"unchanged": 1},
    ]
    assert Subscription.objects.get().granted.basis_on == date(2026, 1, 1)


def test_a_proven_yes_takes_the_place_of_a_purchase_even_in_one_file(letter):
    express = {"basis": "", "day": "", "method": "checkbox", "time": "2026-02-02"}
    import_ = brought(
        line("ana@example.org", letter), line("ana@example.org", letter, **express), line("ana@example.org", letter)
    )

    assert only(import_, "new", "changed", "repeated", "resting_on_purchase") == {
        "new": 1,
        "changed": 1,
        "repeated": 1,
        "resting_on_purchase": 1,
    }
    assert Subscription.objects.get().granted.basis == Basis.EXPRESS


def test_whoever_was_taken_over_like_that_may_sign_up_themselves(letter):
    brought(line("ana@example.org", letter))

    ana = subscribe(Address.objects.get(), letter)

    assert ana.subscriptions.get().granted.basis == Basis.EXPRESS


def test_what_is_known_of_the_person_comes_along(letter):
    brought(
        line(
            "ana@example.org",
            letter,
            region="ON",
            postal_code="m5v 3l9",
            time_zone="America/Toronto",
            born_on="1980-12-31",
        )
    )

    contact = Contact.objects.get()
    assert (contact.region, contact.postal_code, contact.time_zone) == ("ON", "M5V 3L9", "America/Toronto")
    assert contact.born_on == date(1980, 12, 31)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"region": "Atlantis"}, "region is not known"),
        ({"postal_code": "!!!"}, "postal code is not one"),
        ({"postal_code": "99999999999999999999"}, "postal code is not one"),
        ({"postal_code": "12345"}, "postal code is not one"),
        ({"time_zone": "Mars/Base"}, "time zone is not known"),
        ({"time_zone": "../etc"}, "time zone is not known"),
        ({"born_on": "31.12.1980"}, "birthday is unclear"),
        ({"born_on": "2026-03-16"}, "birthday cannot be right"),
        ({"born_on": "1830-01-01"}, "birthday cannot be right"),
    ],
)
def test_a_wrong_detail_is_said_and_costs_nothing_else(letter, said, told):
    import_ = brought(line("ana@example.org", letter, **said))

    assert only(import_, "new", "resting_on_purchase") == {"new": 1, "resting_on_purchase": 1}
    assert told in sentences(import_)
    assert getattr(Contact.objects.get(), next(iter(said))) in ("", None)


def test_files_without_these_columns_are_read_as_before(letter):
    assert apply(file(contact_files.line("ana@example.org", letter))).status == Import.Status.APPLIED


def test_a_yes_on_paper_that_waits_for_its_owner_takes_nothing_away(letter, author):
    brought(line("ana@example.org", letter))
    form = factories.ConsentFormFactory(sender=letter.sender, topics=[letter], kind="paper")
    version = consent_forms.publish(form, language="en", title="t", intro="i", thank_you="t")
    words = {"form": version, "said_at": timezone.now(), "proof": Proof(words="On paper."), "by": author}

    with pytest.raises(NotAllowed, match="already receives all of this"):
        offline_consent.record_consent(Address.objects.get(), [letter], **words)


def test_whom_we_knew_is_told_once_and_truly_and_not_again_when_it_is_renewed(letter):
    other = factories.TopicFactory(sender=letter.sender, name="Other")
    ana = subscribe(factories.email_address("ana@example.org"), other)
    brought(line("ana@example.org", letter, day="2026-01-01"))
    brought(line("ana@example.org", letter, day="2026-03-01"))

    service_message = ana.service_messages.get(kind=ServiceMessage.Kind.CHANGED)
    assert "from a list of customers, members or people who contacted us" in message_templates.compose_message(
        service_message
    ).content.decode().replace("=\r\n", "")


def test_the_command_tells_on_what_they_rest(letter, tmp_path):
    people, printed = tmp_path / "people.csv", io.StringIO()
    people.write_bytes(file(line("ana@example.org", letter), header=HEADER).getvalue())

    call_command("import_contacts", str(people), stdout=printed)

    assert "1  of these consents, based on: Purchase or contract" in printed.getvalue()


def test_the_report_page_tells_it_too(letter, client):
    import_ = imports.dry_run(file(line("ana@example.org", letter), header=HEADER), name="people.csv")
    client.force_login(roles.colleague("auditor"))

    shown = client.get(reverse("admin:preferences_import_change", args=[import_.pk])).content.decode()

    assert "of these consents, based on: Purchase or contract" in shown
