"""Nobody is woken by a text that is not the answer to what they just did."""

import pytest
import time_machine

from preferences.channels.outcomes import Outcome, Result
from preferences.consent import service as consent
from preferences.models import ServiceMessage, Source
from preferences.outbox import service as outbox
from tests import factories
from tests.conftest import subscribe

NIGHT = "2026-11-25T04:00:00Z"  # 23:00 in Maine, a Tuesday


def send(service_message):
    return Outcome(Result.SENT)


def delivered(service_message):
    outbox.deliver(service_message.pk, send)
    service_message.refresh_from_db()
    return service_message


@pytest.fixture
def asked(phone, notice):
    """A question by text, owed at night."""
    with time_machine.travel(NIGHT, tick=False):
        yield consent.ask(phone, [notice], source=Source.SIGN_UP)


def test_an_answer_to_their_own_act_goes_at_any_hour(asked):
    assert delivered(asked).status == "sent"


def test_after_five_minutes_it_waits_for_the_morning(asked):
    with time_machine.travel("2026-11-25T04:05:01Z", tick=False):
        waiting = delivered(asked)

    assert [waiting.status, waiting.attempts] == ["queued", 0]
    assert waiting.due_at.isoformat() >= "2026-11-25T13:00:00+00:00"
    assert waiting.deadline_at > waiting.due_at


def test_in_the_morning_it_goes(asked):
    with time_machine.travel("2026-11-25T04:05:01Z", tick=False):
        delivered(asked)
    with time_machine.travel("2026-11-25T13:30:00Z", tick=False):  # half past eight
        assert delivered(asked).status == "sent"


def test_what_only_answers_at_once_is_never_said_in_the_morning(texter, topic):
    with time_machine.travel(NIGHT, tick=False):
        consent.withdraw(texter, topic, source=Source.SMS)
        out = ServiceMessage.objects.get(kind="unsubscribed")
        deadline = out.deadline_at
    with time_machine.travel("2026-11-25T04:04:59Z", tick=False):
        assert delivered(out).status == "sent"
    assert out.deadline_at == deadline


def test_what_a_colleague_changed_at_night_is_told_in_the_morning(texter, topic, approver):
    other = factories.TopicFactory(sender=topic.sender)
    subscribe(texter, other)
    with time_machine.travel(NIGHT, tick=False):
        consent.withdraw(texter, other, source=Source.STAFF, by=approver)
        told = ServiceMessage.objects.latest("pk")
        assert delivered(told).status == "queued"


def test_mail_wakes_nobody(address, notice):
    with time_machine.travel(NIGHT, tick=False):
        asked = consent.ask(address, [notice], source=Source.SIGN_UP)
    with time_machine.travel("2026-11-25T04:30:00Z", tick=False):
        assert delivered(asked).status == "sent"


def test_where_nobody_knows_which_hour_it_is_nothing_is_told_at_once(topic, approver):
    """A number of no country, from a sender of whom nothing is known either."""
    phone = factories.phone_address("+88213000000")
    subscribe(phone, topic)
    with time_machine.travel(NIGHT, tick=False):
        consent.withdraw(phone, topic, source=Source.STAFF, by=approver)
        told = ServiceMessage.objects.latest("pk")
        assert delivered(told).status == "queued"
