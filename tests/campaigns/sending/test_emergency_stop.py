"""Everything stops at once, for as long as it must, and somebody says why."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from campaigns.audience import service as audience
from campaigns.models import EmergencyStop, Message
from campaigns.sending import emergency_stop, sender
from preferences.errors import NotAllowed
from tests import roles


@pytest.fixture
def frozen(started, subscriber):
    audience.freeze(started)
    return started


def test_nothing_is_handed_over_until_it_is_released(frozen, approver, author, mail_server):
    stop = emergency_stop.activate(by=approver, reason="The wrong price is in the letter.")
    stopped = sender.send_batch(frozen)
    before = len(mail_server.messages)
    emergency_stop.deactivate(stop, by=author, reason="It is right again.")
    went_on = sender.send_batch(frozen)

    assert [stopped, before, went_on, len(mail_server.messages)] == [False, 0, True, 1]


def test_it_is_thrown_once_and_by_somebody_with_a_reason(approver):
    emergency_stop.activate(by=approver, reason="A fault.")

    with pytest.raises(NotAllowed, match="already paused"):
        emergency_stop.activate(by=approver, reason="Again.")
    with pytest.raises(NotAllowed, match="Explain why"):
        emergency_stop.activate(by=approver, reason="  ")
    assert EmergencyStop.objects.active().count() == 1


def test_the_database_too_allows_only_one(approver):
    EmergencyStop.objects.create(activated_by=approver, reason="One.")

    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyStop.objects.create(activated_by=approver, reason="Two.")


def test_what_was_released_is_not_released_again(approver):
    stop = emergency_stop.activate(by=approver, reason="A fault.")
    emergency_stop.deactivate(stop, by=approver, reason="Mended.")

    with pytest.raises(NotAllowed, match="already"):
        emergency_stop.deactivate(stop, by=approver, reason="Once more.")


def test_a_message_that_waits_for_it_says_so(frozen, approver):
    emergency_stop.activate(by=approver, reason="A fault.")

    assert not sender.send_batch(frozen)
    assert frozen.messages.get().status == Message.Status.QUEUED


@pytest.mark.parametrize(("role", "status"), [("approver", 302), ("compliance officer", 302), ("author", 403)])
def test_those_who_may_stop_everything_do_it_with_one_button(db, role, status):
    client = Client()
    client.force_login(roles.colleague(role))

    answer = client.post(reverse("admin:campaigns_emergencystop_activate"), {"reason": "A wrong price."})

    assert answer.status_code == status
    assert emergency_stop.is_active() is (status == 302)


def test_the_button_asks_first_and_wants_a_reason(db):
    client = Client()
    client.force_login(roles.colleague("approver"))
    address = reverse("admin:campaigns_emergencystop_activate")

    asked, empty = client.get(address), client.post(address, {"reason": " "})

    assert [asked.status_code, empty.status_code, emergency_stop.is_active()] == [200, 200, False]


def test_it_is_let_go_on_from_its_own_page(approver, db):
    stop = emergency_stop.activate(by=approver, reason="A fault.")
    client = Client()
    client.force_login(roles.colleague("compliance officer"))

    client.post(reverse("admin:campaigns_emergencystop_deactivate", args=[stop.pk]), {"reason": "Mended."})

    stop.refresh_from_db()
    assert stop.deactivated_because == "Mended."
