"""A campaign being sent to many people, and a mail server that keeps every message."""

import pytest

from campaigns import audience, lifecycle
from tests import factories
from tests.conftest import subscribe
from tests.sinks import MailSink


@pytest.fixture
def sink():
    with MailSink(delay=0.003) as sink:
        yield sink


@pytest.fixture
def environment(sink):
    """Short leases, small windows, and our own mail server."""
    return {
        "EMAIL_HOST": sink.host,
        "EMAIL_PORT": str(sink.port),
        "SEND_BATCH": "100",
        "HAND_OVER_WINDOW": "10",
        "HAND_OVER_SECONDS": "6",
        "CLAIM_SECONDS": "3",
        "LOG_LEVEL": "ERROR",
    }


@pytest.fixture
def sending_campaign(transactional_db):
    """A function: an approved and started campaign to that many subscribers, frozen."""

    def make(people: int):
        author, approver = factories.UserFactory(), factories.UserFactory()
        campaign = factories.CampaignFactory(author=author)
        for _person in range(people):
            subscribe(factories.email_address(), campaign.topic)
        campaign = lifecycle.submit(campaign, by=author)
        campaign = lifecycle.approve(campaign, by=approver)
        campaign = lifecycle.start(campaign, by=approver)
        audience.freeze(campaign)
        return campaign

    return make
