"""My data in a browser: only behind a fresh link, made on the spot, kept nowhere."""

import io
import json
import zipfile

import pytest

from compliance.models import SubjectRequest
from compliance.requests import service as requests
from preferences.contacts import address_change, erasure
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, fresh, managed

DATA, REQUESTS = "/my-data/", "/my-data/requests/"
Kind, Status = SubjectRequest.Kind, SubjectRequest.Status


@pytest.fixture
def ana(topic):
    return subscribe(factories.email_address("ana@example.org", name="Ana Silva"), topic)


def copy(client, wanted):
    return client.post(DATA, {**filled(client.get(DATA)), "wanted": wanted, "table": "said"})


def ask(client, **answers):
    return client.post(REQUESTS, {**filled(client.get(REQUESTS)), "request": "", **answers}, follow=True)


@pytest.mark.parametrize("page", [DATA, REQUESTS])
def test_an_old_link_shows_and_does_nothing(client, ana, page):
    managed(client, ana)

    answers = client.get(page), client.post(page, {"wanted": "json", "ask": "deletion"})

    assert [answer.status_code for answer in answers] == [403, 409]
    assert "Ana" not in answers[0].content.decode()
    assert not SubjectRequest.objects.exists()


@pytest.mark.parametrize("page", [DATA, REQUESTS])
def test_an_address_they_moved_away_from_asks_for_nothing(client, ana, page):
    fresh(client, ana)
    stamped = filled(client.get(page), wanted="json", ask="deletion", sure="on")
    address_change.confirm(address_change.ask(ana, "email", "new@example.org"))
    ana.refresh_from_db()
    fresh(client, ana)

    assert client.get(page).status_code == 403
    assert client.post(page, stamped).status_code in (403, 409)
    assert not SubjectRequest.objects.exists()


def test_the_page_tells_everything_that_is_held(client, ana, topic):
    fresh(client, ana)

    shown = client.get(DATA).content.decode()

    assert "Ana Silva" in shown
    assert topic.name in shown
    assert ana.value in shown


def test_the_page_costs_the_same_however_long_the_story(client, ana, topic, django_assert_max_num_queries):
    subscribe(ana, *(factories.TopicFactory(sender=topic.sender) for _number in range(8)))
    fresh(client, ana)

    with django_assert_max_num_queries(60):
        client.get(DATA)


@pytest.mark.parametrize(
    ("wanted", "kind", "name"),
    [
        ("json", "application/json", "my-data.json"),
        ("zip", "application/zip", "my-data.zip"),
        ("csv", "text/csv; charset=utf-8", "my-data-said.csv"),
    ],
)
def test_a_copy_is_a_file_that_nobody_keeps(client, ana, wanted, kind, name):
    fresh(client, ana)

    answer = copy(client, wanted)

    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Cache-Control"] == "no-store"
    assert SubjectRequest.objects.get().status == Status.DONE


def test_a_copy_in_two_pieces_is_complete(client, ana):
    fresh(client, ana)

    document = json.loads(copy(client, "json").content)
    pack = zipfile.ZipFile(io.BytesIO(copy(client, "zip").content))

    assert document["person"]["name"] == "Ana Silva"
    assert json.loads(pack.read("everything.json"))["tables"]["said"] == document["tables"]["said"]


@pytest.mark.parametrize(
    ("wanted", "table"),
    [("", ""), ("../etc/passwd", "said"), ("JSON", ""), ("csv", ""), ("csv", "evidence"), ("csv", "said\r\nX: y")],
)
def test_a_file_that_does_not_exist_is_not_made(client, ana, wanted, table):
    fresh(client, ana)

    answer = client.post(DATA, {**filled(client.get(DATA)), "wanted": wanted, "table": table}, follow=True)

    assert "Choose one of the files" in answer.content.decode()
    assert not SubjectRequest.objects.exists()


def test_a_copy_for_somebody_else_in_the_same_browser_is_refused(client, ana):
    fresh(client, ana)
    of_ana = filled(client.get(DATA), wanted="json")
    fresh(client, factories.email_address("bob@example.org", name="Bob"))

    assert client.post(DATA, of_ana).status_code == 409


def test_after_erasure_the_open_page_opens_nothing(client, ana, officer):
    fresh(client, ana)
    stamped = filled(client.get(DATA), wanted="json")
    erasure.erase(ana.contact, by=officer)

    assert client.post(DATA, stamped).status_code == 404


def test_looking_writes_nothing(client, ana):
    fresh(client, ana)

    client.get(DATA)
    client.head(DATA)
    client.get(REQUESTS)

    assert not SubjectRequest.objects.exists()


def test_a_deletion_is_asked_for_with_a_tick(client, ana):
    fresh(client, ana)

    refused = ask(client, ask="deletion")
    shown = ask(client, ask="deletion", sure="on", words="I moved.\r\nBye \u202e🌿")

    request = SubjectRequest.objects.get()
    assert refused.status_code == 422
    assert "Your request has not been sent yet" in refused.content.decode()
    assert (request.kind, request.status, request.address) == (Kind.DELETION, Status.OPEN, ana)
    assert "Your deletion request is in progress" in shown.content.decode()


def test_a_deletion_is_taken_back_where_it_was_asked(client, ana):
    fresh(client, ana)
    ask(client, ask="deletion", sure="on")

    shown = ask(client, take_back="yes", request=str(SubjectRequest.objects.get().pk))

    ana.contact.refresh_from_db()
    assert "Deletion · Withdrawn" in shown.content.decode()
    assert ana.contact.restricted_at is None


def test_a_restriction_and_its_end(client, ana):
    fresh(client, ana)
    shown = ask(client, ask="restriction")
    assert "Your data is restricted" in shown.content.decode()

    ask(client, take_back="yes", request=str(SubjectRequest.objects.get().pk))

    ana.contact.refresh_from_db()
    assert ana.contact.restricted_at is None


def test_an_objection_is_confirmed_once(client, ana):
    fresh(client, ana)

    ask(client, ask="objection")

    assert ana.replies.filter(kind="opted_out").count() == 1
    assert ana.events.last().evidence.page == REQUESTS


def test_somebody_elses_request_cannot_be_taken_back(client, ana):
    bobs = requests.ask(factories.email_address("bob@example.org"), Kind.RESTRICTION)
    fresh(client, ana)

    answer = client.post(REQUESTS, {**filled(client.get(REQUESTS)), "take_back": "yes", "request": str(bobs.pk)})

    bobs.refresh_from_db()
    assert answer.status_code in (200, 422)
    assert bobs.status == Status.DONE


@pytest.mark.parametrize(
    "said",
    [{}, {"ask": "access"}, {"ask": "x" * 5000}, {"take_back": "yes", "request": "x"}, {"ask": ["deletion", "x"]}],
)
def test_nonsense_asks_for_nothing(client, ana, said):
    fresh(client, ana)

    answer = client.post(REQUESTS, {**filled(client.get(REQUESTS)), "request": "", **said})

    assert answer.status_code < 500
    assert not SubjectRequest.objects.exists()


def test_words_without_end_are_refused(client, ana):
    fresh(client, ana)

    shown = ask(client, ask="deletion", sure="on", words="x" * 2001)

    assert "at most 2000 characters" in shown.content.decode()
    assert not SubjectRequest.objects.exists()


def test_a_flood_is_one_request(client, ana):
    fresh(client, ana)

    answers = [ask(client, ask="deletion", sure="on") for _time in range(4)]

    assert {answer.status_code for answer in answers} == {200}
    assert SubjectRequest.objects.count() == 1


def test_a_refusal_is_read_where_it_was_asked(client, ana, officer):
    request = requests.ask(ana, Kind.DELETION)
    requests.refuse(request, by=officer, because="We must keep <b>invoices</b>.")
    fresh(client, ana)

    shown = client.get(REQUESTS).content.decode()

    assert "We must keep &lt;b&gt;invoices" in shown
    assert officer.username not in shown
