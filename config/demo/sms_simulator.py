"""What a text provider and a mail program do towards us, done over HTTP to our own public doors."""

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse

INBOUND_MAIL = "/webhooks/anymail/postmark/inbound/"
TIMEOUT_SECONDS = 20  # longer than an opt-out waits for a sending in flight


def webhook_signature_header(body: bytes, *, at: int) -> str:
    """The header that proves an incoming text comes from the provider."""
    key = settings.INBOUND_WEBHOOK_SECRET.encode()
    digest = hmac.new(key, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def send_inbound_sms(text: str, *, sender: str, recipient: str) -> str:
    """Deliver somebody's text to our inbound door; returns what the door said."""
    words = {
        "id": f"post-room-{secrets.token_hex(8)}",
        "from": sender,
        "to": recipient,
        "text": text,
        "sent_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    body = json.dumps(words, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Sayso-Signature": webhook_signature_header(body, at=int(time.time())),
    }
    return _post(settings.BASE_URL + reverse("preferences:sms-webhook"), body, headers)


def post_one_click(url: str) -> str:
    """Unsubscribe like a mail program does (RFC 8058); returns what the door said."""
    if not url.startswith(f"{settings.BASE_URL}/"):
        return f"not posted: the link does not begin with {settings.BASE_URL}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return _post(url, b"List-Unsubscribe=One-Click", headers)


def send_inbound_mail(raw: bytes) -> str:
    """Deliver somebody's mail to our inbound door, as an email provider does; returns what the door said."""
    words = {"MessageID": f"post-room-{secrets.token_hex(8)}", "RawEmail": raw.decode()}
    login = base64.b64encode(settings.ANYMAIL["WEBHOOK_SECRET"].encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {login}"}
    return _post(settings.BASE_URL + INBOUND_MAIL, json.dumps(words).encode(), headers)


def _post(url: str, body: bytes, headers: dict[str, str]) -> str:
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 our own address
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 same
            return f"{response.status} {response.reason}"
    except urllib.error.HTTPError as refusal:
        with refusal:
            return f"{refusal.code} {refusal.reason}"
    except OSError as problem:
        return f"no answer from {url} ({problem})"
