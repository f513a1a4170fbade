"""A person takes back their wish to be forgotten in the moment in which a colleague carries it out."""

import threading
import time

import pytest
from django.db import connection, transaction

from compliance.models import SubjectRequest
from compliance.requests import service as requests
from preferences.models import Contact
from preferences.outbox import send_fence
from tests import factories
from tests.conftest import subscribe

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time"),
]


def carry_out(request, by, ends):
    try:
        ends.append(requests.carry_out(request, by=by).status)
    finally:
        connection.close()


def test_neither_waits_for_the_other_for_ever():
    """Whoever takes a request back locks the addresses first, then the person."""
    ana = subscribe(factories.email_address(), factories.TopicFactory())
    request, ends = requests.submit(ana, SubjectRequest.Kind.DELETION), []
    colleague = threading.Thread(target=carry_out, args=(request, factories.UserFactory(), ends))

    with transaction.atomic():
        send_fence.lock_addresses([ana.pk])
        colleague.start()
        time.sleep(0.5)
        Contact.objects.select_for_update(no_key=True, nowait=True).get(pk=ana.contact_id)
    colleague.join(timeout=30)

    assert ends == [SubjectRequest.Status.DONE]
