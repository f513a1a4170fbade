"""Who gets it, and who would drop out, in a real browser: by verdict, over time, with names and without script."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from campaigns.workflow import lifecycle
from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.models import Rule, Source
from preferences.rulebook import service as rules
from tests import factories
from tests.browser import accessibility, steps
from tests.browser.test_staff import colleagues, log_in  # noqa: F401
from tests.conftest import subscribe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(clinic):
    """Some who get it, one who left, one whose mail bounces, one of whom nobody knows where they are."""
    where = [("US", "FL"), ("US", ""), ("DE", ""), ("FR", ""), ("CA", "ON"), ("GB", ""), ("ZZ", "")]
    found = [
        subscribe(factories.email_address(name=f"Person {number}", country=country, region=region), clinic)
        for number, (country, region) in enumerate(where)
    ]
    consent.withdraw(found[0], clinic, source=Source.LEAVE)
    suppressions.suppress(found[1], "bounced")
    return found


def wide(page):
    """What is wider than a phone."""
    page.set_viewport_size({"width": 320, "height": 900})
    found = page.evaluate(accessibility.WIDER)
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_the_audience_is_seen_by_verdict_before_it_is_approved(page, clinic, people, colleagues, shoot, axe):  # noqa: F811
    campaign = factories.CampaignFactory(topic=clinic, author=User.objects.get(username="author"))
    lifecycle.submit(campaign, by=User.objects.get(username="author"))
    log_in(page, "approver")
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/approve/")
    shoot("approve-with-verdicts")
    steps.press(page.get_by_role("link", name="Delivery estimate for"))
    shoot("breakdown")
    found = [wide(page), axe()]
    log_in(page, "officer")
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/breakdown/")
    steps.press(page.get_by_role("link", name="1 addresses: Opted out of this topic", exact=False))
    shoot("breakdown-who")
    found += [wide(page), axe()]

    assert found == [[], [], [], []]


def test_a_change_is_forecast_over_time(page, clinic, people, colleagues, shoot, axe):  # noqa: F811
    rule = Rule.objects.filter(name="de-email-marketing").order_by("-version").first()
    figures = {**rule.figures, "consent": {"legal": ["guardian"], "reference": "Section 1", "evidence": "V"}}
    words = {field: getattr(rule, field) for field in rules.WORDS} | {
        "figures": figures,
        "effective_from": timezone.localdate() + timedelta(days=40),
        "reason": "A new law.",
    }
    proposal = rules.propose(words, based_on=rule, by=User.objects.get(username="officer"))
    log_in(page, "officer")
    page.goto(f"/admin/preferences/ruleproposal/{proposal.pk}/change/")
    steps.press(page.get_by_role("link", name="Forecast this change"))
    shoot("forecast-ask")
    steps.press(page.get_by_role("button", name="Create forecast"))
    shoot("forecast")
    found = [wide(page), axe()]
    page.emulate_media(color_scheme="dark")
    page.reload()
    shoot("forecast-dark")
    found += [axe()]
    page.goto(f"/admin/preferences/ruleproposal/{proposal.pk}/change/")
    shoot("forecast-panel")
    found += [wide(page)]

    assert found == [[], [], [], []]
