"""Colleagues signed in to the back office, each with one role."""

import pytest

from tests import roles


@pytest.fixture
def administrator(db, client):
    return signed_in(client, "administrator", username="boss")


@pytest.fixture
def support(db, client):
    return signed_in(client, "support", username="helper")


@pytest.fixture
def officer(db, client):
    return signed_in(client, "compliance officer", username="officer")


def signed_in(client, role, **person):
    client.colleague = roles.colleague(role, **person)
    client.force_login(client.colleague)
    return client
