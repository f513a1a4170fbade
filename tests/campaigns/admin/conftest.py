"""Colleagues with the roles that campaigns need, and their browsers."""

import pytest

from tests import roles


@pytest.fixture
def author(db):
    return roles.colleague("author", username="author")


@pytest.fixture
def approver(db):
    return roles.colleague("approver", username="approver")


@pytest.fixture
def auditor(db):
    return roles.colleague("auditor", username="auditor")


@pytest.fixture
def writing(client, author):
    client.force_login(author)
    return client


@pytest.fixture
def approving(client, approver):
    client.force_login(approver)
    return client
