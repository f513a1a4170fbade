"""A campaign being sent to many people, and a mail server that keeps every message."""

import pytest
from django.db import transaction

from campaigns.audience import service as audience
from campaigns.workflow import lifecycle
from preferences.consent import service as consent
from preferences.models import Method, Source
from tests import factories
from tests.sinks import MailSink


@pytest.fixture
def sink(request):
    """Answers after a few milliseconds, or as many as the test asks for, so that messages are in flight."""
    with MailSink(delay=getattr(request, "param", 0.003)) as sink:
        yield sink


@pytest.fixture
def environment(sink):
    """Short leases, small windows, and our own mail server."""
    return {
        "EMAIL_HOST": sink.host,
        "EMAIL_PORT": str(sink.port),
        "SEND_BATCH": "100",
        "SEND_FENCE_BATCH": "10",
        "SEND_FENCE_SECONDS": "6",
        "LEASE_SECONDS": "3",
        "LOG_LEVEL": "ERROR",
    }


@pytest.fixture
def sending_campaign(transactional_db):
    """A function: an approved and started campaign to that many subscribers, frozen."""

    def make(people: int):
        author, approver = factories.UserFactory(), factories.UserFactory()
        campaign = factories.CampaignFactory(author=author)
        with transaction.atomic():
            [_imported(campaign.topic) for _person in range(people)]
        campaign = lifecycle.submit(campaign, by=author)
        campaign = lifecycle.approve(campaign, by=approver)
        campaign = lifecycle.start(campaign, by=approver)
        audience.freeze(campaign)
        return campaign

    return make


def _imported(topic):
    """Somebody with proof of consent from before; the quickest verb that makes an active subscription."""
    consent.grant(factories.email_address(), topic, source=Source.IMPORT, method=Method.WRITTEN)
