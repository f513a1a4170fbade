"""A STOP and a START that arrive in the same moment."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from preferences import eligibility, inbound
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

    assert eligibility.objection(phone, topic) == "stopped"


def _say(topic, text, sent_at):
    inbound.receive(
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
