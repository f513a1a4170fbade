"""A mail server and a text carrier for one machine: both accept everything and put it in the demo inbox."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

from config.demo import store

HOST = "127.0.0.1"
MAX_BODY_BYTES = 64 * 1024
TEXT_KEYS = ("from", "to", "body", "reference")


class SmtpSink:
    """Takes every mail and says so, like the last mail server on the way."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        to = ", ".join(envelope.rcpt_tos)
        trace = f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {to}\r\n"
        name = store.store(trace.encode() + bytes(envelope.original_content or b""), ending="eml")
        return f"250 OK kept as {name}"


class SmsSink(BaseHTTPRequestHandler):
    """Takes every text over HTTP, with a bearer token, and answers with its id."""

    protocol_version = "HTTP/1.1"
    kept: dict[str, str] = {}  # by key, for all connections
    lock = threading.Lock()

    def do_POST(self) -> None:
        length = max(0, int(self.headers.get("Content-Length") or 0))
        body = self.rfile.read(min(length, MAX_BODY_BYTES))
        self.close_connection = length > MAX_BODY_BYTES
        self.answer(*self.accept(body))

    def accept(self, body: bytes) -> tuple[int, dict[str, str]]:
        """The status and the answer to one request."""
        if self.path != "/texts":
            return 404, {"error": "Texts are posted to /texts."}
        if self.headers.get("Authorization") != f"Bearer {settings.SMS_PROVIDER_TOKEN}":
            return 401, {"error": "The bearer token is missing or wrong."}
        words = parse_sms(body)
        if words is None:
            return 400, {"error": f"Send JSON with {', '.join(TEXT_KEYS)}."}
        return 200, {"id": self.keep(words)}

    def keep(self, words: dict[str, str]) -> str:
        """The text's id; a repeat under the same key is not a second text."""
        key = self.headers.get("Idempotency-Key") or words["reference"]
        with self.lock:
            if key not in self.kept:
                self.kept[key] = store.store_sms(words)
            return self.kept[key]

    def answer(self, status: int, words: dict[str, str]) -> None:
        content = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the demo inbox shows what came."""


def parse_sms(body: bytes) -> dict[str, str] | None:
    """The words of a text, or nothing when it is not one."""
    try:
        words = json.loads(body)
        return {word: str(words[word]) for word in TEXT_KEYS}
    except (ValueError, KeyError, TypeError):
        return None


def smtp_sink_server(port: int) -> Controller:
    """A mail server on this port; not started yet."""
    return Controller(SmtpSink(), hostname=HOST, port=port, decode_data=False, enable_SMTPUTF8=True)


def sms_sink_server(port: int) -> ThreadingHTTPServer:
    """A text carrier on this port; it listens, and serves when told to."""
    return ThreadingHTTPServer((HOST, port), SmsSink)
