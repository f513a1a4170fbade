"""Texts: one request each, and every answer of the provider has exactly one meaning."""

import socket
import time

import pytest

from preferences.channels import connection as channels
from preferences.channels import sms
from preferences.channels.outcomes import Result
from preferences.codes.send_details import SendDetail
from preferences.errors import Unreadable
from tests.sinks import TextReply, TextSink, drop, free_port, hang, reset, say, trickle

TEXT = sms.SmsMessage("+14155550100", "+14155550123", "Grüße 📬", "5f0c2a52-6a2e-4c55-9d7d-0d8e6f4f2a11")


@pytest.fixture(autouse=True)
def short_waits(settings):
    settings.SEND_FENCE_SECONDS = 0.6
    settings.EMAIL_TIMEOUT = 0.3
    settings.SMS_PROVIDER_TOKEN = "token"


@pytest.fixture
def provider(settings):
    with TextSink() as sink:
        settings.SMS_PROVIDER_URL = sink.url
        yield sink


def send(parcel=TEXT):
    with channels.connect("sms") as connection:
        return connection.send(parcel)


def test_a_text_reaches_the_provider_with_its_key(provider):
    outcome = send()

    received = provider.texts[0]
    assert (outcome.result, outcome.provider_id) == (Result.SENT, "text-1")
    assert received.words == {
        "from": TEXT.sender,
        "to": TEXT.to,
        "body": TEXT.body,
        "reference": TEXT.reference,
    }
    assert received.headers["Authorization"] == "Bearer token"
    assert received.headers["Idempotency-Key"] == TEXT.reference
    assert received.headers["Content-Type"] == "application/json"


def test_the_path_and_query_of_the_provider_are_kept(provider, settings):
    settings.SMS_PROVIDER_URL = f"{provider.url}/v1?account=7"

    send()

    assert provider.texts[0].path == "/texts/v1?account=7"


ANSWERS = [
    # what the provider answers                     what became of the text
    (TextReply(200, '{"id": "a"}'), Result.SENT),
    (TextReply(202, '{"id": 7}'), Result.SENT),
    (TextReply(200, "{"), Result.UNKNOWN),
    (TextReply(200, ""), Result.UNKNOWN),
    (TextReply(200, "[]"), Result.UNKNOWN),
    (TextReply(200, '{"id": null}'), Result.UNKNOWN),
    (TextReply(200, '{"id": ""}'), Result.UNKNOWN),
    (TextReply(200, '{"id": true}'), Result.UNKNOWN),
    (TextReply(200, "[" * 60_000), Result.UNKNOWN),
    (TextReply(204, ""), Result.UNKNOWN),
    (TextReply(301, "", {"Location": "http://127.0.0.1:1/"}), Result.REFUSED),
    (TextReply(302, "", {"Location": "/elsewhere"}), Result.REFUSED),
    (TextReply(307, "", {"Location": "/elsewhere"}), Result.REFUSED),
    (TextReply(400, '{"error": "bad number"}'), Result.REFUSED),
    (TextReply(401, ""), Result.TRY_LATER),
    (TextReply(403, ""), Result.REFUSED),
    (TextReply(404, ""), Result.REFUSED),
    (TextReply(422, ""), Result.REFUSED),
    (TextReply(429, ""), Result.TRY_LATER),
    (TextReply(500, ""), Result.UNKNOWN),
    (TextReply(502, ""), Result.UNKNOWN),
    (TextReply(503, ""), Result.TRY_LATER),
    (TextReply(504, ""), Result.UNKNOWN),
    (TextReply(behaviour=drop), Result.UNKNOWN),
    (TextReply(behaviour=reset), Result.UNKNOWN),
    (TextReply(behaviour=hang), Result.UNKNOWN),
    (TextReply(behaviour=trickle), Result.UNKNOWN),
    (TextReply(behaviour=say("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{")), Result.UNKNOWN),
    (TextReply(behaviour=say("HTTP/1.1 400 No\r\nContent-Length: 20\r\n\r\n{")), Result.REFUSED),
    (TextReply(behaviour=say("250 OK\r\n")), Result.UNKNOWN),
    (TextReply(behaviour=say("HTTP/1.1 200 " + "x" * 70_000)), Result.UNKNOWN),
]


@pytest.mark.parametrize(("service_message", "expected"), ANSWERS)
def test_every_answer_has_one_meaning(provider, service_message, expected):
    provider.service_message = service_message

    outcome = send()

    assert outcome.result == expected
    assert len(provider.texts) == 1


def test_a_provider_that_asks_for_a_pause_is_quoted(provider):
    provider.service_message = TextReply(429, "slow down", {"Retry-After": "30"})

    assert send().detail == "429 Retry-After: 30. slow down"


def test_what_the_provider_says_is_shown_without_the_number(provider):
    provider.service_message = TextReply(400, f"{TEXT.to} is\na landline")

    assert send().detail == "400 … is a landline"


@pytest.mark.parametrize("behaviour", [hang, trickle])
def test_a_slow_provider_cannot_hold_a_hand_over_past_its_deadline(provider, behaviour):
    provider.service_message = TextReply(behaviour=behaviour)
    started = time.monotonic()

    send()

    assert time.monotonic() - started < 1


def test_no_provider_at_all_is_a_matter_for_later(settings):
    settings.SMS_PROVIDER_URL = f"http://127.0.0.1:{free_port()}/"

    assert send().result == Result.TRY_LATER


def test_a_request_that_was_not_written_whole_was_certainly_not_sent(settings):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.SMS_PROVIDER_URL = f"http://127.0.0.1:{deaf.getsockname()[1]}/"

        outcome = send(sms.SmsMessage(TEXT.sender, TEXT.to, "x" * 20_000_000, TEXT.reference))

    assert outcome.result == Result.TRY_LATER


def test_a_provider_that_cannot_encrypt_gets_nothing(provider, settings):
    settings.SMS_PROVIDER_URL = provider.url.replace("http://", "https://")

    assert send().result == Result.TRY_LATER
    assert provider.texts == []


@pytest.mark.parametrize("url", ["ftp://provider.example/", "provider.example", "http://", "http://x:port/"])
def test_an_address_that_is_none_is_a_matter_for_later(settings, url):
    settings.SMS_PROVIDER_URL = url

    assert send().result == Result.TRY_LATER


def test_a_token_that_cannot_be_a_header_is_a_matter_for_later(provider, settings):
    settings.SMS_PROVIDER_TOKEN = "token\r\nX-Evil: 1"

    assert send().result == Result.TRY_LATER
    assert provider.texts == []


def test_without_a_provider_a_text_is_refused_with_what_to_set(settings):
    settings.SMS_PROVIDER_URL = ""

    outcome = send()

    assert outcome.result == Result.REFUSED
    assert outcome.detail == SendDetail.NO_SMS_PROVIDER


@pytest.mark.parametrize(
    "to", ["", "4155550123", "+1 415 555 0123", "+14155550123,+14155550124", "+14155550123\n", "+٤١٥٥٥٥٠١٢٣"]
)
def test_a_text_goes_to_exactly_one_number(provider, to):
    outcome = send(sms.SmsMessage(TEXT.sender, to, TEXT.body, TEXT.reference))

    assert (outcome.result, provider.texts) == (Result.REFUSED, [])


@pytest.mark.parametrize("reference", ["", "a\r\nX-Evil: 1", "ü"])
def test_a_text_without_a_proper_reference_is_refused(provider, reference):
    outcome = send(sms.SmsMessage(TEXT.sender, TEXT.to, TEXT.body, reference))

    assert (outcome.result, provider.texts) == (Result.REFUSED, [])


def test_many_texts_share_one_connection(provider):
    with channels.connect("sms") as connection:
        outcomes = [connection.send(TEXT) for _ in range(5)]

    assert [outcome.provider_id for outcome in outcomes] == [f"text-{number}" for number in range(1, 6)]
    assert provider.connections == 1


@pytest.mark.parametrize("headers", [{"Connection": "close"}, {}])
@pytest.mark.parametrize("status", [200, 400, 429])
def test_after_any_answer_the_next_text_goes_out(provider, status, headers):
    provider.service_message = TextReply(status, headers=headers)

    with channels.connect("sms") as connection:
        connection.send(TEXT)
        provider.service_message = TextReply()
        second = connection.send(TEXT)

    assert second.result == Result.SENT


@pytest.mark.parametrize("behaviour", [drop, reset, hang])
def test_after_a_dropped_connection_the_next_text_gets_a_new_one(provider, behaviour):
    provider.service_message = TextReply(behaviour=behaviour)

    with channels.connect("sms") as connection:
        connection.send(TEXT)
        provider.service_message = TextReply()
        second = connection.send(TEXT)

    assert second.result == Result.SENT
    assert provider.connections == 2


def test_a_provider_that_hung_up_between_two_texts_costs_nothing(provider):
    answer = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"id": "a"}'
    provider.service_message = TextReply(behaviour=say(answer))
    connection = channels.connect("sms")
    first = connection.send(TEXT)
    time.sleep(0.05)

    second = connection.send(TEXT)

    assert (first.result, second.result) == (Result.SENT, Result.SENT)
    assert provider.connections == 2


def test_an_unknown_channel_is_named():
    with pytest.raises(Unreadable, match="pigeon"):
        channels.connect("pigeon")
