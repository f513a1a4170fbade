"""The staff's journey in a real browser: write, submit, approve by a second person, start, watch, read the story."""

import pytest

from campaigns.audience import service as audience
from campaigns.models import Campaign
from campaigns.sending import sender
from campaigns.workflow import lifecycle
from tests import factories, roles
from tests.browser import steps
from tests.conftest import subscribe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long password for the test"


@pytest.fixture
def people(clinic, mail_server):
    gone = subscribe(factories.email_address(), clinic)
    ana = subscribe(factories.email_address("ana@example.org", name="Ana"), clinic)
    return ana, gone


@pytest.fixture
def colleagues(clinic):
    """One of each role that the journey needs."""
    names = {"author": "author", "approver": "approver", "officer": "compliance officer"}
    for username, role in names.items():
        user = roles.colleague(role, username=username)
        user.set_password(PASSWORD)
        user.save()


def log_in(page, username):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.context.clear_cookies()
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    steps.press(page.get_by_role("button", name="Log in"))


def press(page, campaign, button, confirm):
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    steps.press(page.get_by_role("link", name=button, exact=True).first)
    steps.press(page.get_by_role("button", name=confirm, exact=True))


def test_from_a_draft_to_the_dossier(page, clinic, people, colleagues, shoot):
    log_in(page, "author")
    shoot("admin-index")
    page.goto("/admin/campaigns/campaign/add/")
    page.get_by_label("Name").fill("Spring letter")
    page.locator("select[name=topic]").evaluate("(box, value) => { box.value = value }", str(clinic.pk))
    page.get_by_label("Subject").fill("A tip for spring")
    page.locator("textarea[name=body]").fill('Hello {{ name|default:"there" }}, walk ten minutes.')
    steps.press(page.get_by_role("button", name="Save", exact=True))
    campaign = Campaign.objects.get()
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    shoot("admin-campaign")
    steps.press(page.get_by_role("link", name="Audience").first)
    shoot("admin-audience")
    press(page, campaign, "Submit for review", "Submit")

    log_in(page, "approver")
    press(page, campaign, "Approve", "Approve")
    press(page, campaign, "Start now", "Start")
    audience.freeze(campaign)
    sender.send_batch(Campaign.objects.get())
    lifecycle.finish_if_done(campaign.pk)
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    steps.press(page.get_by_role("link", name="Progress").first)
    shoot("admin-progress")
    progress = page.content()

    log_in(page, "officer")
    page.goto(f"/admin/preferences/contact/{people[0].contact_id}/change/")
    shoot("admin-contact")
    steps.press(page.get_by_role("link", name="View timeline"))
    shoot("admin-dossier")

    assert Campaign.objects.get().status == "finished"
    assert "2" in progress
    assert "Spring letter" in page.content()


def test_an_author_cannot_approve_their_own_campaign(page, clinic, colleagues):
    log_in(page, "author")
    author = Campaign._meta.get_field("author").related_model.objects.get(username="author")
    campaign = lifecycle.submit(factories.CampaignFactory(topic=clinic, author=author), by=author)

    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")

    assert page.get_by_role("link", name="Approve", exact=True).count() == 0
