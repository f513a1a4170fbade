"""Campaigns at the points of their life that tests begin from, reached by the verbs."""

import pytest

from campaigns.workflow import lifecycle
from tests import factories
from tests.sinks import MailSink, TextSink


@pytest.fixture
def campaign(topic, author):
    """A draft by e-mail for the topic."""
    return factories.CampaignFactory(topic=topic, author=author)


@pytest.fixture
def approved(campaign, author, approver):
    return lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver)


@pytest.fixture
def started(approved, approver):
    """An approved campaign that was started; its audience is not frozen yet."""
    return lifecycle.start(approved, by=approver)


@pytest.fixture
def mail_server(settings):
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def text_provider(settings):
    with TextSink() as sink:
        settings.SMS_PROVIDER_URL = sink.url
        settings.SMS_PROVIDER_TOKEN = "a token the provider gave us"
        yield sink
