"""Words that break a rule, in a real browser: read why, have them allowed by somebody else, submit, approve."""

import pytest

from campaigns.models import Campaign, LintOverride
from tests import factories
from tests.browser import accessibility, steps
from tests.browser.test_staff import colleagues, log_in  # noqa: F401
from tests.conftest import subscribe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def risky(clinic, colleagues, django_user_model):  # noqa: F811
    """A text that tells of somebody's health and asks for CANCEL, for people in several places."""
    for number, country, region in [("+14165550123", "CA", "QC"), ("+12075550123", "US", "ME"), ("", "SG", "")]:
        subscribe(factories.phone_address(number, country=country, region=region), clinic)
    return factories.CampaignFactory(
        topic=clinic,
        author=django_user_model.objects.get(username="author"),
        channel="sms",
        subject="",
        body="Your diabetes check is on Monday. Reply CANCEL to cancel, or see https://bit.ly/averylongnameforalink",
    )


def open_campaign(page, campaign):
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")


def widths(page):
    page.set_viewport_size({"width": 320, "height": 900})
    wide = page.evaluate(accessibility.WIDER)
    page.set_viewport_size({"width": 1280, "height": 900})
    return wide


def test_words_are_allowed_by_a_second_person(page, risky, shoot):
    log_in(page, "author")
    open_campaign(page, risky)
    shoot("words-problems")
    wide = widths(page)
    steps.press(page.get_by_role("link", name="Submit for review").first)
    steps.press(page.get_by_role("button", name="Submit", exact=True))
    shoot("words-refused")
    refused = Campaign.objects.get().status

    log_in(page, "approver")
    open_campaign(page, risky)
    steps.press(page.get_by_role("link", name="Allow this text").first)
    shoot("words-allow")
    wide += widths(page)
    page.get_by_label("Why is this text acceptable despite the rules?").fill(
        "The patients asked for it; counsel agreed."
    )
    steps.press(page.get_by_role("button", name="Allow", exact=True))
    shoot("words-allowed")
    wide += widths(page)

    log_in(page, "author")
    open_campaign(page, risky)
    steps.press(page.get_by_role("link", name="Submit for review").first)
    steps.press(page.get_by_role("button", name="Submit", exact=True))

    log_in(page, "approver")
    open_campaign(page, risky)
    steps.press(page.get_by_role("link", name="Approve").first)
    shoot("words-approve")
    wide += widths(page)
    notice = page.get_by_text("The patients asked for it; counsel agreed.").count()

    assert (refused, Campaign.objects.get().status) == ("draft", "in_review")
    assert LintOverride.objects.get().by.username == "approver"
    assert (notice, wide) == (1, [])
