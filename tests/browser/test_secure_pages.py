"""What a person sees of their own data in a real browser, at 320 pixels, without script, checked by axe."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.models import Processor
from preferences.consent import frequency
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import Reply, Source
from tests import factories
from tests.browser import steps
from tests.conftest import subscribe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ana(page, clinic):
    """A person with a story, in her browser with a fresh link."""
    address = subscribe(factories.email_address("ana@example.org", name="Ana Silva"), clinic)
    contacts.correct(address.contact, time_zone="Europe/Lisbon", country="PT")
    proof = Proof(ip="192.0.2.7", user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0)", page="/preferences/")
    until = timezone.now() + timedelta(days=30)
    frequency.pause(address, clinic, until=until, source=Source.PREFERENCES, proof=proof)
    frequency.limit(address, None, most_per_month=4, source=Source.PREFERENCES, proof=proof)
    facts = {"purpose": "Hands our mail over", "data": "Address and text of each message", "country": "US"}
    Processor.objects.create(name="Post & Co", **facts).senders.add(clinic.sender)
    page.goto(tokens.fresh_url(address))
    return address


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/preferences/history/", "Consent history"),
        ("/preferences/details/", "My details"),
        ("/preferences/change-address/", "Change your email address or phone number"),
        ("/my-data/", "The data we have about you"),
        ("/my-data/requests/", "Your data protection rights"),
    ],
)
def test_each_page_is_readable_for_everybody(page, ana, axe, shoot, path, heading):
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    broken = axe()
    shoot("mine" + path.replace("/", "-").rstrip("-"))
    width = page.evaluate("document.documentElement.scrollWidth")

    assert page.get_by_role("heading", level=1).inner_text() == heading
    assert broken == []
    assert width <= 320


def test_details_refuse_a_link_in_a_name(page, ana, axe, shoot):
    page.goto("/preferences/details/")
    page.get_by_label("Your name").fill("win at evil.com")
    steps.press(page.get_by_role("button", name="Save"))
    broken = axe()
    shoot("mine-details-errors")

    assert "without links" in page.content()
    assert broken == []


def test_an_old_link_is_told_why_and_gets_a_fresh_one(page, ana, axe, shoot):
    page.context.clear_cookies()
    page.goto(tokens.manage_url(ana))
    page.goto("/my-data/")
    broken = axe()
    shoot("mine-ask-fresh")

    assert page.get_by_role("button", name="Send me a secure link").is_visible()
    assert broken == []


def test_moving_to_another_address(page, ana, clinic, axe, shoot):
    page.goto("/preferences/change-address/")
    page.get_by_label("Your new email address").fill("ana@new.example.org")
    steps.press(page.get_by_role("button", name="Send confirmation link"))
    sent = axe()
    shoot("mine-move-sent")
    page.goto(tokens.confirm_url(Reply.objects.get(kind=Reply.Kind.NEW_ADDRESS)))
    choosing = axe()
    shoot("mine-move")
    page.get_by_label(clinic.name).check()
    steps.press(page.get_by_role("button", name="Use this address"))
    shoot("mine-moved")

    assert "From now on, messages go to ana@new.example.org." in page.content()
    assert (sent, choosing) == ([], [])


def test_one_end_alone_is_told_what_to_do(page, ana, axe, shoot):
    page.goto("/preferences/change-address/")
    page.get_by_label("Your new email address").fill("ana@new.example.org")
    steps.press(page.get_by_role("button", name="Send confirmation link"))
    page.context.clear_cookies()
    page.goto(tokens.confirm_url(Reply.objects.get(kind=Reply.Kind.NEW_ADDRESS)))
    broken = axe()
    shoot("mine-move-both-ends")

    assert page.get_by_role("heading", level=1).inner_text() == "One more step"
    assert broken == []


def test_asking_for_deletion_and_taking_it_back(page, ana, axe, shoot):
    page.goto("/my-data/requests/")
    page.get_by_label("Yes, delete my data").check()
    steps.press(page.get_by_role("button", name="Request deletion"))
    waiting = axe()
    shoot("mine-deletion-waits")
    steps.press(page.get_by_role("button", name="Cancel the request"))

    assert "Deletion · Withdrawn" in page.content()
    assert waiting == []


def test_a_copy_comes_as_a_file(page, ana):
    page.goto("/my-data/")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Everything as a ZIP file").click()

    assert coming.value.suggested_filename == "my-data.zip"


def test_the_history_after_leaving_everything(page, ana, clinic):
    consent.withdraw_all(ana, sender=clinic.sender, source=Source.LEAVE)
    page.goto("/preferences/history/")

    assert "You unsubscribed from everything, by email" in page.content()
