"""A policy with an owner, and the colleagues around it."""

import datetime

import pytest
import time_machine

from compliance import policies
from compliance.models import PolicyDocument
from tests import factories, roles
from tests.sinks import MailSink


@pytest.fixture
def owner(db):
    return factories.UserFactory(username="owner", first_name="Olga", last_name="Owner")


@pytest.fixture
def officer(db):
    return roles.colleague("compliance officer", username="officer")


@pytest.fixture
def policy(owner):
    """A policy without a text."""
    return PolicyDocument.objects.create(title="Consent policy", owner=owner)


@pytest.fixture
def review(policy, owner):
    """The first review of the policy, due on 20 June 2027."""
    with time_machine.travel(datetime.datetime(2026, 6, 20, 9, tzinfo=datetime.UTC), tick=False):
        policies.publish_version(policy, "We ask before we write.", by=owner)
    return policy.reviews.get()


@pytest.fixture
def mail_sink(settings):
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink
