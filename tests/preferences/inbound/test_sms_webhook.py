"""The door for incoming texts: only the provider comes in, and nothing it brings is a server error."""

import json
import time

import pytest
from django.conf import settings as conf

from config.demo import sms_simulator
from preferences.consent import eligibility
from preferences.models import InboundMessage, ServiceMessage, Subscription
from tests import factories
from tests.conftest import subscribe

DOOR = "/webhooks/sms/"
NUMBER = "+12075550123"
LONG_ID = json.dumps({"id": "x" * 201}).encode()
NOW = "2026-05-01T09:30:00Z"


@pytest.fixture
def reader(topic):
    return subscribe(factories.phone_address(NUMBER), topic)


@pytest.fixture
def words(reader, topic):
    """A good STOP, as the provider words it."""
    return {"id": "t-1", "from": NUMBER, "to": topic.sender.text_number, "text": "STOP", "sent_at": NOW}


def knock(client, body, *, at=None, signature=None):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = (
        signature if signature is not None else sms_simulator.webhook_signature_header(body, at=at or int(time.time()))
    )
    headers = {"X-Sayso-Signature": signature} if signature else {}
    return client.post(DOOR, body, content_type="application/json", headers=headers)


def test_a_signed_stop_is_taken_at_once(client, words, reader):
    answer = knock(client, words)

    assert answer.status_code == 200
    assert reader.subscriptions.get().status == Subscription.Status.ENDED
    assert reader.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1


def test_the_same_stop_a_hundred_times_is_one(client, words, reader):
    assert {knock(client, words).status_code for _time in range(100)} == {200}
    assert InboundMessage.objects.count() == 1


def test_a_text_from_an_unknown_number_is_taken(client, words):
    answer = knock(client, words | {"from": "+44 7400 123456"})

    assert answer.status_code == 200
    assert InboundMessage.objects.get().address.value == "+447400123456"


SIGNATURES = {
    "none": lambda body: "",
    "no time": lambda body: "v1=" + "0" * 64,
    "wrong": lambda body: f"t={int(time.time())},v1=" + "0" * 64,
    "of another body": lambda body: sms_simulator.webhook_signature_header(b"{}", at=int(time.time())),
    "cut": lambda body: sms_simulator.webhook_signature_header(body, at=int(time.time()))[:-1],
    "capitals": lambda body: sms_simulator.webhook_signature_header(body, at=int(time.time())).upper(),
    "other time": lambda body: "t=1," + sms_simulator.webhook_signature_header(body, at=int(time.time())).split(",")[1],
    "letters": lambda body: "t=٣,v1=" + "é" * 64,
}


@pytest.mark.parametrize("forge", SIGNATURES.values(), ids=SIGNATURES)
def test_without_a_good_signature_nothing_happens(client, words, reader, forge):
    body = json.dumps(words).encode()

    answer = knock(client, body, signature=forge(body))

    assert answer.status_code == 401
    assert "signature" in answer.content.decode()
    assert not InboundMessage.objects.exists()
    assert reader.subscriptions.get().status == Subscription.Status.ACTIVE


def test_the_secret_is_never_repeated(client, words):
    answer = knock(client, words, signature="t=1,v1=" + "0" * 64)

    assert conf.INBOUND_WEBHOOK_SECRET not in answer.content.decode()


def test_an_old_signature_still_opts_out(client, words, reader):
    assert knock(client, words, at=int(time.time()) - 3600).status_code == 200
    assert reader.subscriptions.get().status == Subscription.Status.ENDED


@pytest.mark.parametrize("text", ["START", "HELP", "hello"])
@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_an_old_signature_does_nothing_else(client, words, text, seconds):
    answer = knock(client, words | {"text": text}, at=int(time.time()) + seconds)

    assert answer.status_code == 403
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"STOP"', b"\xff\xfe", b"[" * 20_000, b"{}", b'{"id": ""}', b'{"id": 7}', LONG_ID],
)
def test_what_is_no_text_is_refused_with_a_sentence(client, db, body):
    answer = knock(client, body)

    assert answer.status_code == 400
    assert answer.content.decode().strip().endswith(".")
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "CLINIC"},
        {"from": "12345"},
        {"from": "0171 555"},
        {"from": None},
        {"text": None},
        {"text": ["STOP"]},
        {"to": 7},
        {"text": "START", "sent_at": "yesterday"},
        {"text": "START", "sent_at": None},
        {"text": "START", "sent_at": "0001-01-01T00:00:00+23:59"},
    ],
)
def test_what_cannot_be_read_is_kept_for_a_person(client, words, wrong):
    answer = knock(client, words | wrong)

    assert answer.status_code == 200
    assert InboundMessage.objects.get().meaning == InboundMessage.Meaning.OTHER
    assert InboundMessage.objects.get().outcome


@pytest.mark.parametrize(
    "text", ["\x00STOP\x00", "\ud800 what", "🛑" * 500, "", "x" * 60_000, "<script>alert(1)</script>"]
)
def test_odd_texts_are_kept(client, words, text):
    assert knock(client, words | {"text": text}).status_code == 200
    assert InboundMessage.objects.count() == 1


def test_a_hidden_nul_does_not_hide_a_stop(client, words, reader):
    knock(client, words | {"text": "ST\x00OP"})

    assert reader.subscriptions.get().status == Subscription.Status.ENDED


def test_a_huge_body_is_not_read(client, db):
    assert knock(client, b"x" * (64 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_only_post_comes_in(client, db, method):
    assert getattr(client, method)(DOOR).status_code == 405


def test_the_answer_goes_out_soon_after(client, words, reader, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        knock(client, words)

    assert callbacks


@pytest.mark.parametrize("moment", [None, "yesterday", ""])
def test_a_stop_counts_although_the_provider_cannot_tell_the_time(client, words, reader, moment):
    answer = knock(client, words | {"sent_at": moment})

    assert answer.status_code == 200
    assert reader.subscriptions.get().status == Subscription.Status.ENDED


@pytest.mark.parametrize("text", ["wrong number", "no thanks", "lass mich in Ruhe"])
@pytest.mark.parametrize("moment", [None, "yesterday"])
def test_who_may_want_out_need_not_wait_until_their_provider_can_tell_the_time(
    client, words, reader, topic, text, moment
):
    answer = knock(client, words | {"text": text, "sent_at": moment})

    assert answer.status_code == 200
    assert eligibility.first_objection(reader, topic) in ("stopped", "held")


@pytest.mark.parametrize(("text", "status"), [("no thanks", 200), ("wrong number", 200), ("JOIN TIPS", 403)])
def test_a_text_signed_long_ago_is_taken_if_it_may_be_a_no(client, words, reader, text, status):
    answer = knock(client, words | {"text": text}, at=int(time.time()) - 3600)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "text", ["\u202estop gnitxet em", "stop\r\nBcc: all@example.org", "s\u200bt\u200bo\u200bp", "🛑" * 500]
)
def test_tricks_with_letters_do_not_keep_a_no_out(client, words, reader, topic, text):
    assert knock(client, words | {"text": text}).status_code == 200
    assert eligibility.first_objection(reader, topic) in ("stopped", "held")


def test_the_longest_text_the_door_lets_in_is_read(client, words, reader, topic):
    assert knock(client, words | {"text": "please " * 6000 + "stop texting me"}).status_code == 200
    assert eligibility.first_objection(reader, topic) == "stopped"


def test_what_is_kept_of_a_text_does_not_depend_on_what_the_providers_program_asks_for(client, words):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"

    knock(client, words | {"to": 7})

    assert InboundMessage.objects.get().outcome == "unreadable:A text message needs from, to, text and sent_at."
