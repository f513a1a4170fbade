"""Two browsers confirm one change of address at the same moment."""

import threading

import pytest
from django.db import connection

from preferences.contacts import address_change
from preferences.errors import NotAllowed
from preferences.models import Address, AddressChange, ConsentEvent, Notice
from tests import factories
from tests.conftest import subscribe

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def confirm(service_message, notice, together, ends):
    together.wait()
    try:
        address_change.confirm(service_message, notices=[notice])
        ends.append("moved")
    except NotAllowed:
        ends.append("over")
    finally:
        connection.close()


def refuse(service_message, together, ends):
    together.wait()
    try:
        address_change.refuse(service_message)
        ends.append("refused")
    finally:
        connection.close()


def test_a_yes_and_a_no_of_one_moment_both_get_an_answer():
    topic = factories.TopicFactory()
    old = subscribe(factories.email_address(), topic)
    service_message = address_change.request(old, "email", "new@example.org")
    together, ends = threading.Barrier(2), []
    yes = threading.Thread(target=confirm, args=(service_message, Notice.objects.current(topic, "en"), together, ends))
    no = threading.Thread(target=refuse, args=(service_message, together, ends))

    [browser.start() for browser in (yes, no)]
    [browser.join(timeout=30) for browser in (yes, no)]

    change = AddressChange.objects.get()
    assert len(ends) == 2
    assert (change.confirmed_at is None) == ("over" in ends)


def test_the_person_is_moved_once():
    topic = factories.TopicFactory()
    old = subscribe(factories.email_address(), topic)
    service_message = address_change.request(old, "email", "new@example.org")
    together, ends = threading.Barrier(2), []
    arguments = (service_message, Notice.objects.current(topic, "en"), together, ends)
    browsers = [threading.Thread(target=confirm, args=arguments) for _number in range(2)]

    [browser.start() for browser in browsers]
    [browser.join(timeout=30) for browser in browsers]

    assert sorted(ends) == ["moved", "over"]
    assert Address.objects.filter(value="new@example.org").count() == 1
    assert ConsentEvent.objects.filter(address__value="new@example.org", kind="granted").count() == 1
    assert AddressChange.objects.get().confirmed_at is not None
