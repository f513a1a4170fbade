"""The expiry desk in a real browser: read the numbers, look at the names, ask again in one press."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.models import Campaign
from preferences.consent import service as consent
from preferences.models import Basis, Method, Source
from tests import factories
from tests.browser import accessibility, steps
from tests.browser.test_staff import colleagues, log_in  # noqa: F401
from tests.conftest import subscribe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(clinic):
    """Olga's yes is nearly two years old; Ines asked something in Canada five months ago."""
    letter = factories.TopicFactory(sender__country="CA", sender__name="Maple Dental", name="A long name for a letter")
    with time_machine.travel(timezone.now() - timedelta(days=715)):
        subscribe(factories.email_address("olga@example.org", name="Olga Old", country="US"), clinic)
    ines, asked = factories.email_address("ines@example.org", name="Ines", country="CA"), timezone.localdate()
    day = asked - timedelta(days=150)
    consent.grant(ines, letter, source=Source.IMPORT, method=Method.NONE, basis=Basis.INQUIRY, basis_on=day)


def test_what_runs_out_is_seen_and_asked_for_again(page, people, colleagues, shoot):  # noqa: F811
    log_in(page, "officer")
    page.goto("/admin/campaigns/campaign/")
    steps.press(page.get_by_role("link", name="Expiring consent").first)
    shoot("expiry-desk-officer")
    steps.press(page.get_by_role("link", name="Old consent, to be renewed, Within 30 days: 1"))
    shoot("expiry-names")
    named = page.get_by_role("link", name="Olga Old").count()

    log_in(page, "author")
    page.goto("/admin/campaigns/campaign/expiring-consent/")
    shoot("expiry-desk")
    page.emulate_media(color_scheme="dark")
    page.reload()
    shoot("expiry-desk-dark")
    page.set_viewport_size({"width": 320, "height": 900})
    wide = page.evaluate(accessibility.WIDER)
    page.set_viewport_size({"width": 1280, "height": 900})
    steps.press(page.get_by_role("button", name="Create renewal campaign").first)
    shoot("expiry-draft")

    assert (named, wide) == (1, [])
    assert Campaign.objects.get().kind == Campaign.Kind.REPERMISSION
