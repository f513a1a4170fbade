"""The door for e-mail providers: reports as two of them post them, and whoever has no business there."""

import base64
import hashlib
import hmac
import json

import pytest

from campaigns.audience import service as audience
from campaigns.models import DeliveryEvent, Message
from campaigns.sending import sender
from preferences.models import ConsentEvent, Suppression

SECRET = "anymail:test-webhook-secret-0123456789abcdef"
POSTMARK, MAILGUN = "/webhooks/anymail/postmark/tracking/", "/webhooks/anymail/mailgun/tracking/"
SIGNING_KEY = "the key Mailgun signs with"


@pytest.fixture
def sent(started, subscriber, mail_server):
    audience.freeze(started)
    sender.send_batch(started)
    return started.messages.get()


@pytest.fixture
def signing_key(settings):
    settings.ANYMAIL = settings.ANYMAIL | {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}


def post(client, url, payload, secret=SECRET):
    """As the provider posts it, with the secret that it was told."""
    login = base64.b64encode(secret.encode()).decode()
    headers = {"Authorization": f"Basic {login}"} if secret else {}
    return client.post(url, json.dumps(payload), content_type="application/json", headers=headers)


def postmark_bounce(message, **said):
    return {
        "RecordType": "Bounce",
        "MessageStream": "broadcast",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": str(message.reference),
        "Metadata": {},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": f"smtp;550 5.1.1 The email account <{message.address.value}> does not exist.",
        "Email": message.address.value,
        "From": "news@harbour.example",
        "BouncedAt": "2026-11-05T16:33:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "A tip for spring",
    } | said


def postmark_delivery(message):
    return {
        "RecordType": "Delivery",
        "ServerID": 23,
        "MessageStream": "broadcast",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": message.address.value,
        "Tag": "",
        "DeliveredAt": "2026-11-05T16:33:54.9070259Z",
        "Details": "smtp;250 2.0.0 OK",
        "Metadata": {"reference": str(message.reference)},
    }


def postmark_complaint(message):
    return postmark_bounce(message) | {
        "RecordType": "SpamComplaint",
        "ID": 42,
        "Type": "SpamComplaint",
        "TypeCode": 512,
        "Name": "Spam complaint",
        "Description": "The subscriber explicitly marked this message as spam.",
        "Details": "",
    }


def mailgun(message, event, token="", **said):
    token = token or f"token-{event}"
    signature = hmac.digest(SIGNING_KEY.encode(), f"1796000000{token}".encode(), hashlib.sha256).hex()
    return {
        "signature": {"timestamp": "1796000000", "token": token, "signature": signature},
        "event-data": {
            "id": "CPgfbmQMTCKtHW6uIWtuVe",
            "event": event,
            "timestamp": 1796000000.37,
            "recipient": message.address.value,
            "recipient-domain": "example.org",
            "message": {"headers": {"message-id": f"{message.reference}@testserver", "to": message.address.value}},
            "user-variables": {},
            "tags": [],
        }
        | said,
    }


def status(message):
    return Message.objects.get(pk=message.pk).status


def reasons(address):
    return set(Suppression.objects.of(address).in_force().values_list("reason", flat=True))


def test_a_hard_bounce_by_postmark_fails_the_message_and_stops_the_address(client, sent, subscriber):
    assert post(client, POSTMARK, postmark_bounce(sent)).status_code == 200

    event = DeliveryEvent.objects.get()
    assert (event.provider, event.kind, event.message) == ("postmark", "hard_bounce", sent)
    assert event.occurred_at.isoformat() == "2026-11-05T16:33:54.907025+00:00"
    assert subscriber.value not in event.detail
    assert status(sent) == "failed"
    assert reasons(subscriber) == {"bounced"}


def test_a_soft_bounce_by_postmark_leaves_the_address_alone(client, sent, subscriber):
    full = postmark_bounce(sent, Type="SoftBounce", TypeCode=4096, Details="smtp;452 4.2.2 Mailbox full")

    assert post(client, POSTMARK, full).status_code == 200

    assert DeliveryEvent.objects.get().kind == "soft_bounce"
    assert reasons(subscriber) == set()


def test_a_delivery_by_postmark_is_found_by_the_metadata_we_gave(client, sent):
    assert post(client, POSTMARK, postmark_delivery(sent)).status_code == 200

    assert DeliveryEvent.objects.get().message == sent


def test_a_complaint_by_postmark_ends_everything(client, sent, subscriber):
    assert post(client, POSTMARK, postmark_complaint(sent)).status_code == 200

    assert reasons(subscriber) == {"complained"}
    assert ConsentEvent.objects.get(address=subscriber, kind="withdrawn").origin == sent.reference


PERMANENT, BOUNCE = {"severity": "permanent"}, {"reason": "bounce"}


def smtp(code, message):
    return {"delivery-status": {"code": code, "message": message, "attempt-no": 1, "description": ""}}


@pytest.mark.parametrize(
    ("event", "said", "kind"),
    [
        ("delivered", smtp(250, "OK"), "delivered"),
        ("failed", {"severity": "temporary", "reason": "generic"} | smtp(452, "4.2.2 full"), "deferred"),
        ("failed", PERMANENT | BOUNCE | smtp(550, "5.1.1 no such user"), "hard_bounce"),
        ("failed", PERMANENT | BOUNCE | smtp(605, ""), "hard_bounce"),
        ("failed", PERMANENT | {"reason": "generic"} | smtp(550, "5.1.1 no such user"), "hard_bounce"),
        ("failed", PERMANENT | {"reason": "generic"} | smtp(550, "5.7.1 blocked"), "soft_bounce"),
        ("failed", PERMANENT | BOUNCE | smtp(552, "5.2.2 over quota"), "soft_bounce"),
        ("rejected", {"reject": {"reason": "Sandbox subdomains are for test purposes only"}}, "rejected"),
        ("complained", {}, "complained"),
        ("unsubscribed", {}, "unsubscribed"),
    ],
)
def test_each_report_of_mailgun_is_understood(event, said, kind, client, sent, signing_key):
    assert post(client, MAILGUN, mailgun(sent, event, **said)).status_code == 200

    stored = DeliveryEvent.objects.get()
    assert (stored.kind, stored.message, stored.provider) == (kind, sent, "mailgun")


@pytest.mark.parametrize("event", ["opened", "clicked", "accepted"])
def test_who_reads_what_is_not_kept(event, client, sent, signing_key):
    assert post(client, MAILGUN, mailgun(sent, event, url="https://e.example")).status_code == 200

    assert not DeliveryEvent.objects.exists()


def test_a_wrong_signature_is_not_believed_even_with_the_secret(client, sent, signing_key):
    forged = mailgun(sent, "complained") | {"signature": mailgun(sent, "delivered")["signature"] | {"token": "other"}}

    assert post(client, MAILGUN, forged).status_code == 400

    assert not DeliveryEvent.objects.exists()


@pytest.mark.parametrize("payload", [postmark_bounce, postmark_delivery, postmark_complaint])
def test_a_report_that_comes_twice_is_kept_once(payload, client, sent):
    post(client, POSTMARK, payload(sent))
    assert post(client, POSTMARK, payload(sent)).status_code == 200

    assert DeliveryEvent.objects.count() == 1


def test_reports_that_overtake_each_other_add_up(client, sent, subscriber, signing_key):
    post(client, MAILGUN, mailgun(sent, "complained"))
    assert post(client, MAILGUN, mailgun(sent, "delivered")).status_code == 200

    assert status(sent) == "sent"
    assert reasons(subscriber) == {"complained"}


@pytest.mark.parametrize("secret", ["", "anymail:wrong", "anymail:", ":", "other:test-webhook-secret-0123456789abcdef"])
def test_without_the_secret_nothing_is_believed(secret, client, sent, subscriber):
    assert post(client, POSTMARK, postmark_bounce(sent), secret=secret).status_code == 400

    assert not DeliveryEvent.objects.exists()
    assert status(sent) == "sent"
    assert reasons(subscriber) == set()


def test_nonsense_with_the_secret_leaves_nothing_behind(client, db):
    client.raise_request_exception = False

    answer = client.post(
        POSTMARK,
        "{not json",
        content_type="application/json",
        headers={"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"},
    )

    assert answer.status_code >= 400
    assert not DeliveryEvent.objects.exists()


def test_a_report_about_somebody_elses_mail_is_kept_and_harms_nobody(client, sent, subscriber):
    foreign = postmark_bounce(sent, MessageID="883953f4-6105-42a2-a16a-77a8eac79483", Email="stranger@else.example")

    assert post(client, POSTMARK, foreign).status_code == 200

    assert DeliveryEvent.objects.get().message is None
    assert reasons(subscriber) == set()


def test_looking_at_the_door_changes_nothing(client, sent):
    assert client.get(POSTMARK).status_code == 405
    assert not DeliveryEvent.objects.exists()
