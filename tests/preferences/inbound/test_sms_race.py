"""A STOP and a START that arrive in the same moment, and two colleagues who read the same text."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from preferences.consent import eligibility
from preferences.errors import NotAllowed
from preferences.inbound import review_outcomes, sms
from preferences.models import InboundMessage
from tests import factories
from tests.conftest import subscribe

NUMBER = "+12075550123"
ROUNDS = range(8)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", ROUNDS)
def test_the_later_stop_wins_whichever_is_read_first(topic, round_):
    phone = subscribe(factories.phone_address(NUMBER), topic)
    moment = timezone.now() - timedelta(minutes=1)
    _say(topic, "STOP", moment - timedelta(minutes=1))
    both = [("START", moment), ("STOP", moment + timedelta(seconds=1))]

    threads = [threading.Thread(target=_say_and_hang_up, args=(topic, *one)) for one in both]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert eligibility.first_objection(phone, topic) == "stopped"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", ROUNDS)
def test_of_two_colleagues_one_decides_and_the_other_is_told(topic, round_):
    phone = subscribe(factories.phone_address(NUMBER), topic)
    doubtful = _say(topic, "Can I cancel my appointment?", timezone.now())
    colleagues, refused = factories.UserFactory.create_batch(2), []
    answers = zip(["opt_out", "nothing"], colleagues, strict=True)

    threads = [threading.Thread(target=_decide, args=(doubtful, *answer, refused)) for answer in answers]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    decided = InboundMessage.objects.get()
    assert len(refused) == 1
    assert eligibility.first_objection(phone, topic) == {"opt_out": "stopped", "nothing": ""}[decided.decision]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", ROUNDS)
def test_a_stop_that_meets_a_colleagues_go_on_stands(topic, round_):
    phone = subscribe(factories.phone_address(NUMBER), topic)
    doubtful = _say(topic, "Can I cancel my appointment?", timezone.now())

    going_on = threading.Thread(target=_decide, args=(doubtful, "nothing", factories.UserFactory(), []))
    stopping = threading.Thread(target=_say_and_hang_up, args=(topic, "STOP", timezone.now()))
    [thread.start() for thread in (going_on, stopping)]
    [thread.join() for thread in (going_on, stopping)]

    assert eligibility.first_objection(phone, topic) == "stopped"
    assert InboundMessage.objects.get(pk=doubtful.pk).decided_at


def _decide(row, decision, by, refused):
    try:
        review_outcomes.decide(row, decision, by=by)
    except NotAllowed:
        refused.append(decision)
    finally:
        connection.close()


def _say(topic, text, sent_at):
    return sms.receive_sms(
        provider="test",
        provider_id=f"{text}-{sent_at}",
        sender_number=topic.sender.text_number,
        from_number=NUMBER,
        text=text,
        sent_at=sent_at,
    )


def _say_and_hang_up(*words):
    try:
        _say(*words)
    finally:
        connection.close()
