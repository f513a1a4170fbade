"""Messages and what providers reported of them: looked at, never edited."""

import pytest

from campaigns.audience import service as audience
from campaigns.sending import sender
from preferences.consent import service as consent
from preferences.models import Source
from tests import factories
from tests.campaigns.admin.admin_pages import page, queries
from tests.conftest import subscribe


@pytest.mark.parametrize("name", ["message", "deliveryevent"])
def test_facts_can_be_looked_at_and_never_edited(name, approving, started, subscriber, mail_server):
    audience.freeze(started)
    sender.send_batch(started)

    assert approving.get(page(f"{name}_changelist")).status_code == 200
    assert approving.get(page(f"{name}_add")).status_code == 403


def test_a_message_shows_why_it_was_skipped_and_no_whole_address(approving, started, subscriber):
    consent.withdraw(subscriber, started.topic, source=Source.UNSUBSCRIBE_PAGE)
    audience.freeze(started)
    message = started.messages.get()

    content = approving.get(page("message_change", message.pk)).content.decode()

    assert "opted out of this topic" in content
    assert subscriber.value not in content
    assert subscriber.value not in approving.get(page("message_changelist")).content.decode()


def test_the_list_of_messages_costs_the_same_however_many(approving, started, topic):
    for _number in range(5):
        subscribe(factories.email_address(), topic)
    audience.freeze(started)

    assert queries(approving, page("message_changelist")) <= 14
