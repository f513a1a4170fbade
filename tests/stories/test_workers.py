"""The same with a real worker and a broker; and with a broker that loses everything."""

import time

import pytest
from celery.contrib.testing.worker import start_worker
from django.urls import reverse

from campaigns.tasks import freeze, recover_lost_work
from campaigns.workflow import lifecycle
from config.celery import app
from preferences import tasks
from tests import factories
from tests.conftest import subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(transactional_db):
    app.control.purge()
    with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, shutdown_timeout=30) as worker:
        yield worker


@pytest.fixture
def started(topic, staff):
    author, approver = staff
    [subscribe(factories.email_address(), topic) for _person in range(30)]
    campaign = factories.CampaignFactory(topic=topic, author=author)
    return lifecycle.start(lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver), by=approver)


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_a_worker_sends_the_confirmation_at_once(worker, person):
    person.signs_up("email")

    assert wait_until(lambda: person.mail_server.messages)


def test_workers_send_a_whole_campaign_and_finish_it(worker, started, mail_server):
    freeze.delay(started.pk)

    def finished():
        started.refresh_from_db()
        return started.status == "finished"

    assert wait_until(finished)
    assert len({mail.to[0] for mail in mail_server.messages if b"A tip for spring" in mail.content}) == 30
    assert set(started.messages.values_list("status", flat=True)) == {"sent"}


def test_a_wiped_queue_costs_one_sweep(worker, started, mail_server):
    app.control.purge()

    recover_lost_work.delay()

    assert wait_until(lambda: started.messages.filter(status="sent").count() == 30)


def test_a_page_answers_although_the_broker_is_down_and_the_sweep_delivers(person, broken_broker):
    page = person.signs_up("email")
    tasks.deliver_service_messages()

    assert page.request["PATH_INFO"] == reverse("preferences:check-inbox", args=[person.topic.sender.slug])
    assert len(person.mail_server.messages) == 1
