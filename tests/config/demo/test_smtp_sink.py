import json
import smtplib
import threading
import urllib.error
import urllib.request

import pytest

from config.demo import smtp_sink, store
from tests import sinks

RAW = b"From: news@harbour.example\r\nSubject: =?utf-8?q?Fr=C3=BChling?=\r\n\r\n.dots\r\n..more\r\n"
TEXT = {"from": "+15550100", "to": "+12075550123", "body": "Hello ñ", "reference": "a"}


@pytest.fixture
def mail_port():
    server = smtp_sink.smtp_sink_server(sinks.free_port())
    server.start()
    yield server.port
    server.stop()


@pytest.fixture
def carrier(settings):
    settings.SMS_PROVIDER_TOKEN = "a token"
    server = smtp_sink.sms_sink_server(0)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def post(url, body, *, token, key="1"):
    """The status and answer of one request to the carrier."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def test_a_mail_arrives_byte_for_byte_after_its_trace(mail_port):
    with smtplib.SMTP("127.0.0.1", mail_port) as smtp:
        smtp.sendmail("bounces@harbour.example", ["ana@example.org"], RAW)

    [mail] = store.stored_mails()
    assert mail.raw == b"Return-Path: <bounces@harbour.example>\r\nDelivered-To: ana@example.org\r\n" + RAW
    assert mail.subject == "Frühling"
    assert mail.text.splitlines() == [".dots", "..more"]


def test_a_text_is_kept_and_answered_with_its_id(carrier):
    status, answer = post(f"{carrier}/texts", json.dumps(TEXT).encode(), token="a token", key="kept")

    [text] = store.stored_sms()
    assert (status, answer["id"]) == (200, text.name)
    assert (text.ours, text.theirs, text.body, text.is_answer) == ("+15550100", "+12075550123", "Hello ñ", False)


def test_a_repeated_text_is_the_same_text(carrier):
    first = post(f"{carrier}/texts", json.dumps(TEXT).encode(), token="a token", key="repeated")
    second = post(f"{carrier}/texts", json.dumps(TEXT).encode(), token="a token", key="repeated")

    assert first == second
    assert len(store.stored_sms()) == 1


@pytest.mark.parametrize(
    ("path", "body", "token", "status"),
    [
        ("/elsewhere", json.dumps(TEXT).encode(), "a token", 404),
        ("/texts", json.dumps(TEXT).encode(), "another", 401),
        ("/texts", b"{}", "a token", 400),
        ("/texts", b"not json", "a token", 400),
        ("/texts", b"[1]", "a token", 400),
    ],
)
def test_what_is_not_a_text_for_us_is_refused_with_a_sentence(carrier, path, body, token, status):
    assert post(carrier + path, body, token=token)[0] == status
    assert store.stored_sms() == []
