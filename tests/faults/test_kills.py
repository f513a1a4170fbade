"""R01: workers killed at any moment. Nothing twice, nobody unaccounted for."""

import time
from collections import Counter

import pytest

from campaigns.models import Message
from tests.faults.harness import PART, Crew, report, seeded

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
Status = Message.Status
PEOPLE, KILLS, WORKERS, WINDOW = 2000 // PART, max(3, 12 // PART), 2, 10


def test_kills_send_nothing_twice_and_lose_nobody_from_sight(sending_campaign, sink, environment):
    seed, chance = seeded()
    campaign = sending_campaign(PEOPLE)
    began = time.monotonic()
    with Crew(environment) as crew:
        workers = [crew.start("send", campaign.pk) for _worker in range(WORKERS)]
        for kill in range(KILLS):
            _wait_until(lambda so_far=kill: len(sink.messages) > (so_far + 1) * PEOPLE / (KILLS + 2), workers)
            time.sleep(chance.uniform(0, 0.3))
            victim = chance.randrange(WORKERS)
            crew.kill(workers[victim])
            workers[victim] = crew.start("send", campaign.pk)
        [worker.wait(timeout=240) for worker in workers]

    copies = Counter(message.to[0] for message in sink.messages)
    states = Counter(campaign.messages.values_list("status", flat=True))
    unseen = campaign.messages.exclude(address__value__in=copies)
    lost = unseen.exclude(status=Status.UNKNOWN).count()
    doubled = sum(number > 1 for number in copies.values())
    report(
        "R01",
        seed=seed,
        kills=KILLS,
        lost=lost,
        dup=doubled,
        unknown=states[Status.UNKNOWN],
        sent=states[Status.SENT],
        seconds=round(time.monotonic() - began, 1),
    )
    assert (lost, doubled) == (0, 0)
    assert sum(states.values()) == PEOPLE
    assert set(states) <= {Status.SENT, Status.UNKNOWN}
    assert states[Status.UNKNOWN] <= KILLS * WINDOW


def _wait_until(condition, workers, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert condition() or any(worker.poll() is None for worker in workers), "Every worker ended."
        assert time.monotonic() < deadline, "The workers stopped sending."
        time.sleep(0.02)
