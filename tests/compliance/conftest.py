"""A policy with an owner, and the colleagues around it."""

import datetime

import pytest
import time_machine

from compliance.models import PolicyDocument
from compliance.policies import service as policies
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.models import Notice, Source
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


@pytest.fixture
def ana(topic):
    """Somebody who signed up, leaving evidence, and confirmed."""
    address = factories.email_address("ana@example.org", name="Ana")
    notice = Notice.objects.current(topic, "en")
    seen = Proof(ip="203.0.113.7", user_agent="Firefox", page="/sign-up", words="yes please")
    consent.confirm(consent.ask(address, [notice], source=Source.SIGN_UP, proof=seen))
    return address


@pytest.fixture
def colleague(db):
    return factories.UserFactory(username="sam", first_name="Sam", last_name="Reed")
