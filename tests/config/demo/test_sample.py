import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command

from campaigns.models import Campaign
from config.demo import sample, staff
from preferences.collection import consent_forms
from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.models import ConsentEvent, ConsentForm, Contact, Notice, Source, Subscription, Topic
from tests.preferences.consent import eligible

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data(settings, tmp_path):
    settings.DATA = tmp_path


def test_a_newcomer_finds_senders_topics_people_and_a_draft():
    sample.add_sample_data()

    tips = Topic.objects.get(slug="health-tips")
    assert Notice.objects.current(tips, "en")
    assert eligible.addresses(tips, "email").count() > 10
    assert eligible.addresses(tips, "sms").count() > 5
    assert Campaign.objects.get().status == Campaign.Status.DRAFT


def test_the_privacy_page_of_each_sender_names_who_handles_the_data(client):
    sample.add_sample_data()

    shown = client.get("/privacy/tideline-trust/").content.decode()

    assert "Pelican Mail Relay" in shown
    assert "Semaphore Texting" in shown


def test_adding_the_sample_twice_adds_nothing():
    sample.add_sample_data()
    before = (Contact.objects.count(), ConsentEvent.objects.count(), Notice.objects.count(), Campaign.objects.count())

    assert sample.add_sample_data() == {}

    after = (Contact.objects.count(), ConsentEvent.objects.count(), Notice.objects.count(), Campaign.objects.count())
    assert after == before


def test_whoever_left_since_is_not_brought_back():
    sample.add_sample_data()
    ana = contacts.find("email", "ana.ferreira@example.org")
    tips = Topic.objects.get(slug="health-tips")
    consent.withdraw(ana, tips, source=Source.PREFERENCES)

    sample.add_sample_data()

    assert ana.subscriptions.get(topic=tips).status == Subscription.Status.ENDED


def test_the_passwords_open_the_accounts_and_are_for_the_owners_eyes_only():
    passwords = sample.add_sample_data()

    assert set(passwords) == {"admin", "author", "approver", "officer"}
    assert authenticate(username="admin", password=passwords["admin"]).is_superuser
    assert not authenticate(username="author", password=passwords["author"]).is_superuser
    assert staff.passwords_file().stat().st_mode & 0o077 == 0


def test_whoever_was_forgotten_since_is_not_brought_back():
    sample.add_sample_data()
    erasure.erase(contacts.find("email", "jamal.w@example.org").contact, by=User.objects.get(username="admin"))
    people = Contact.objects.count()

    sample.add_sample_data()

    assert Contact.objects.count() == people
    assert contacts.find("email", "jamal.w@example.org") is None


def test_every_account_may_do_what_its_name_says():
    sample.add_sample_data()

    assert authenticate(username="officer", password=_kept("officer")).has_perm("compliance.answer_subjectrequest")
    assert authenticate(username="author", password=_kept("author")).has_perm("campaigns.add_campaign")
    assert authenticate(username="approver", password=_kept("approver")).has_perm("campaigns.approve_campaign")


def test_a_yes_can_be_written_down_right_away():
    sample.add_sample_data()

    paper = ConsentForm.objects.get(kind=ConsentForm.Kind.PAPER)

    assert consent_forms.current(paper, "en").title == "Would you like to hear from us?"


def _kept(name):
    return dict(line.split() for line in staff.passwords_file().read_text().splitlines())[name]


def test_passwords_are_printed_on_the_first_run_and_later_only_where_they_are(capsys):
    call_command("sample")
    first = capsys.readouterr().out
    call_command("sample")
    second = capsys.readouterr().out

    password = dict(line.split() for line in staff.passwords_file().read_text().splitlines())["admin"]
    assert password in first
    assert password not in second
    assert str(staff.passwords_file()) in second
