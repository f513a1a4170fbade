"""Six years after somebody left they are forgotten by themselves; nobody is before."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from preferences import tasks
from preferences.consent import eligibility
from preferences.consent import service as consent
from preferences.contacts import retention
from preferences.models import Contact, Evidence, Source
from tests import factories
from tests.conftest import subscribe

YEAR = timedelta(days=366)


@pytest.fixture
def left(topic):
    """Somebody who left seven years ago."""
    with time_machine.travel(timezone.now() - 7 * YEAR, tick=False):
        address = subscribe(factories.email_address("ana@example.org"), topic)
        consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE)
    return address


def test_after_six_years_their_data_goes_and_their_no_stays(left, topic):
    tasks.erase_inactive_contacts()

    left.refresh_from_db()
    assert left.contact.erased_at
    assert not Evidence.objects.exists()
    assert eligibility.first_objection(factories.email_address("ana@example.org"), topic) == "erased"


def test_a_second_time_nothing_happens(left):
    tasks.erase_inactive_contacts()

    assert retention.erase_contact(left.contact_id) is None


def test_somebody_who_still_gets_something_is_kept(topic):
    with time_machine.travel(timezone.now() - 7 * YEAR, tick=False):
        subscribe(factories.email_address(), topic)

    tasks.erase_inactive_contacts()

    assert not Contact.objects.exclude(erased_at=None).exists()


def test_somebody_who_left_five_years_ago_is_kept(topic):
    with time_machine.travel(timezone.now() - 7 * YEAR, tick=False):
        address = subscribe(factories.email_address(), topic)
    with time_machine.travel(timezone.now() - 5 * YEAR, tick=False):
        consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE)

    tasks.erase_inactive_contacts()

    assert not Contact.objects.exclude(erased_at=None).exists()
