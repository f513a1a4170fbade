"""Mail that an e-mail provider takes for us, as two of them post it."""

import base64
import json

import pytest

from preferences.consent import eligibility
from preferences.links import mailto
from preferences.links.tokens import TokenClaims
from preferences.models import InboundMessage
from tests.preferences.inbound.mails import mail

POSTMARK, SPARKPOST = "/webhooks/anymail/postmark/inbound/", "/webhooks/anymail/sparkpost/inbound/"
SECRET = "anymail:test-webhook-secret-0123456789abcdef"


@pytest.fixture
def way_out(settings, subscriber, topic):
    settings.UNSUBSCRIBE_MAILTO = "out@in.example.org"
    return mailto.unsubscribe_mailbox(TokenClaims(subscriber.pk, 0, topic=topic.pk))


def post(client, url, payload, secret=SECRET):
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    return client.post(url, json.dumps(payload), content_type="application/json", headers=headers)


def postmark(to, **said):
    return {
        "FromFull": {"Email": "ana@example.org", "Name": "Ana", "MailboxHash": ""},
        "ToFull": [{"Email": to, "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": to,
        "Subject": "unsubscribe",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "Date": "Tue, 3 Nov 2026 10:00:00 +0000",
        "TextBody": "",
        "Headers": [{"Name": "Return-Path", "Value": "<ana@example.org>"}],
        "Attachments": [],
    } | said


def sparkpost(to, raw):
    return [{
        "msys": {"relay_message": {
            "content": {"email_rfc822": raw.decode(), "email_rfc822_is_base64": False},
            "msg_from": "ana@example.org",
            "rcpt_to": to,
            "protocol": "smtp",
        }}
    }]  # fmt: skip


def test_a_way_out_posted_in_pieces_lets_somebody_out(client, way_out, subscriber, topic):
    answer = post(client, POSTMARK, postmark(way_out))

    assert answer.status_code == 200
    assert eligibility.first_objection(subscriber, topic) == "left"
    assert InboundMessage.objects.get().provider == "postmark"


def test_a_way_out_posted_raw_lets_somebody_out(client, way_out, subscriber, topic):
    post(client, POSTMARK, postmark(way_out, RawEmail=mail(to=way_out).decode()))

    assert eligibility.first_objection(subscriber, topic) == "left"


def test_the_envelope_counts_where_the_mail_names_somebody_else(client, way_out, subscriber, topic):
    post(client, SPARKPOST, sparkpost(way_out, mail(to="undisclosed-recipients:;")))

    assert eligibility.first_objection(subscriber, topic) == "left"


def test_the_same_mail_posted_again_is_one_act(client, way_out, subscriber):
    post(client, POSTMARK, postmark(way_out))
    post(client, POSTMARK, postmark(way_out))

    assert subscriber.events.filter(kind="withdrawn").count() == InboundMessage.objects.count() == 1


@pytest.mark.parametrize("secret", ["", "anymail:wrong", SECRET.upper()])
def test_whoever_does_not_know_the_secret_is_not_heard(client, way_out, subscriber, topic, secret):
    assert post(client, POSTMARK, postmark(way_out), secret=secret).status_code == 400
    assert eligibility.first_objection(subscriber, topic) == ""


def test_an_answer_that_comes_from_nobody_is_a_machines(client, subscriber, topic, way_out):
    null = [{"Name": "Return-Path", "Value": "<>"}]
    said = {"FromFull": {"Email": subscriber.value, "Name": ""}, "TextBody": "STOP", "Headers": null}

    post(client, POSTMARK, postmark("care@harbour.example", **said))

    assert InboundMessage.objects.get().meaning == InboundMessage.Meaning.AUTOMATIC
    assert eligibility.first_objection(subscriber, topic) == ""


HOSTILE = ["a\r\nBcc: b@example.org", "\x00", "=?utf-8?b?=?=", "é" * 5000, "x" * 50_000, "<script>alert(1)</script>"]
HOSTILE += ["a\r\nContent-Type: message/rfc822\r\n\r\n" * 500, "a\r\nTo: (((((((((", "a\r\nFrom: \x00@\x00"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_mail_is_kept_and_answered_with_success(client, db, text):
    answer = post(client, POSTMARK, postmark("care@harbour.example", RawEmail=f"Subject: {text}\r\n\r\n{text}"))

    assert answer.status_code == 200
    assert InboundMessage.objects.get().outcome
