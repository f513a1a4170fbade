"""The list of requests: whose clock runs, and two buttons that answer."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance import work_queue
from compliance.models import SubjectRequest
from compliance.requests import service as requests
from tests import roles

Kind, Status = SubjectRequest.Kind, SubjectRequest.Status
LIST = "admin:compliance_subjectrequest_changelist"


@pytest.fixture
def asked(subscriber):
    return requests.ask(subscriber, Kind.DELETION, words="I moved to Lisbon.")


@pytest.fixture
def office(officer):
    client = Client()
    client.force_login(officer)
    return client


def button(name, request):
    return reverse(f"admin:compliance_subjectrequest_{name}", args=[request.pk])


@pytest.mark.parametrize(("days", "clock"), [(0, "28 days left"), (27, "1 day left"), (29, "Overdue by 1 day")])
def test_the_list_says_how_long_is_left(office, asked, officer, days, clock):
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        office.force_login(officer)
        shown = office.get(reverse(LIST)).content.decode()

    assert clock in shown


@pytest.mark.parametrize(("state", "days", "count"), [("open", 0, 1), ("overdue", 0, 0), ("overdue", 29, 1)])
def test_the_list_is_narrowed_by_its_clock(office, officer, asked, subscriber, state, days, count):
    requests.ask(subscriber, Kind.ACCESS)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        office.force_login(officer)
        page = office.get(reverse(LIST), {"state": state})

    assert page.context["cl"].result_count == count


def test_the_page_of_a_request_tells_its_clock_and_leads_to_the_dossier(office, asked):
    shown = office.get(reverse("admin:compliance_subjectrequest_change", args=[asked.pk])).content.decode()

    assert "28 days left" in shown
    assert "&#x27;open&#x27;" not in shown
    assert reverse("admin:compliance_dossier", args=[asked.contact_id]) in shown


def test_a_request_is_found_by_its_address(office, asked, subscriber):
    found = office.get(reverse(LIST), {"q": subscriber.value.upper()})

    assert found.context["cl"].result_count == 1


def test_carrying_out_asks_first_and_then_forgets(office, asked, subscriber):
    page = office.get(button("carry_out", asked))
    subscriber.refresh_from_db()
    assert (page.status_code, subscriber.erased_at) == (200, None)

    office.post(button("carry_out", asked))

    subscriber.refresh_from_db()
    asked.refresh_from_db()
    assert subscriber.erased_at is not None
    assert (asked.status, asked.words) == (Status.DONE, "")


def test_refusing_needs_a_reason(office, asked):
    shown = office.post(button("refuse", asked), {"because": " "}).content.decode()
    assert "Enter a reason" in shown

    office.post(button("refuse", asked), {"because": "We are bound to keep it."})

    asked.refresh_from_db()
    assert (asked.status, asked.answer) == (Status.REFUSED, "We are bound to keep it.")


def test_what_was_taken_back_meanwhile_is_not_carried_out(office, asked, subscriber):
    requests.take_back(asked, address=subscriber)

    shown = office.post(button("carry_out", asked)).content.decode()

    subscriber.refresh_from_db()
    assert "This request is closed" in shown
    assert subscriber.erased_at is None


@pytest.mark.parametrize("name", ["carry_out", "refuse"])
@pytest.mark.parametrize("role", ["support", "author", "approver", "auditor"])
def test_only_compliance_and_administrators_answer(asked, role, name):
    client = Client()
    client.force_login(roles.colleague(role))

    answer = client.post(button(name, asked), {"because": "No."})

    asked.refresh_from_db()
    assert answer.status_code == 403
    assert asked.status == Status.OPEN


def test_nobody_edits_a_request_by_hand(office, asked):
    page = reverse("admin:compliance_subjectrequest_change", args=[asked.pk])

    assert office.get(page).status_code == 200
    assert office.post(page, {"status": "done"}).status_code == 403


@pytest.mark.parametrize(
    ("days", "what"), [(0, "Data subject requests to answer"), (29, "Data subject requests overdue")]
)
def test_the_first_page_names_requests_that_wait(officer, asked, days, what):
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        named = [concern.what for concern in work_queue.concerns(officer)]

    assert what in named
