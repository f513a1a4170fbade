"""Providers for tests: they accept, note when, and misbehave exactly as told."""

import asyncio
import json
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"
STOP_SECONDS = 5

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line it hears


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class ReceivedMail:
    """One accepted message, with the moments (time.monotonic) when MAIL arrived and when its data ended."""

    sender: str
    to: list[str]
    content: bytes
    mail_at: float
    data_ended_at: float


@dataclass
class MailSink:
    """A mail server that keeps every message; `delay` holds its answer, `refusals` are replies to RCPT."""

    delay: float = 0
    refusals: dict[str, str] = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    messages: list[ReceivedMail] = field(default_factory=list)
    connections: int = 0
    host: str = HOST
    port: int = 0

    def __enter__(self) -> "MailSink":
        self.port = free_port()
        options = {"enable_SMTPUTF8": True, **self.options}
        self._controller = Controller(self, hostname=self.host, port=self.port, **options)
        self._controller.start()
        self.connections = 0
        return self

    def __exit__(self, *trouble: object) -> None:
        self._controller.stop()

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(self, server, session, envelope, address, mail_options) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        envelope.mail_at = time.monotonic()
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        ended_at = time.monotonic()
        content = bytes(envelope.original_content)
        await asyncio.sleep(self.delay)
        self.messages.append(
            ReceivedMail(envelope.mail_from, list(envelope.rcpt_tos), content, envelope.mail_at, ended_at)
        )
        return f"250 OK {len(self.messages)}"


@dataclass(frozen=True)
class ReceivedText:
    """One request to the text provider, with the moment (time.monotonic) when it was complete."""

    words: dict
    headers: dict[str, str]
    at: float
    path: str


@dataclass
class TextReply:
    """What the text sink answers; a `behaviour` takes over the raw socket instead."""

    status: int = 200
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    behaviour: Callable | None = None


@dataclass
class TextSink:
    """A text provider over HTTP that keeps every request and answers as `reply` says."""

    service_message: TextReply = field(default_factory=TextReply)
    delay: float = 0
    texts: list[ReceivedText] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    def __enter__(self) -> "TextSink":
        sink = self
        self.stopped = threading.Event()

        class Handler(_TextHandler):
            keeper = sink

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_port}/texts"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()


class _TextHandler(BaseHTTPRequestHandler):
    """One connection to the text sink."""

    protocol_version = "HTTP/1.1"
    keeper: TextSink

    def setup(self) -> None:
        super().setup()
        self.keeper.connections += 1

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        text = ReceivedText(json.loads(content), dict(self.headers), time.monotonic(), self.path)
        self.keeper.texts.append(text)
        time.sleep(self.keeper.delay)
        service_message = self.keeper.service_message
        if service_message.behaviour:
            self.close_connection = True
            service_message.behaviour(self.connection, self.keeper.stopped)
            return
        self._answer(service_message)

    def _answer(self, service_message: TextReply) -> None:
        number = len(self.keeper.texts)
        content = (
            json.dumps({"id": f"text-{number}"}) if service_message.body is None else service_message.body
        ).encode()
        self.send_response(service_message.status)
        for name, value in {"Content-Length": str(len(content)), **service_message.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Quiet: the test looks at what was kept."""


# Behaviours: what a scripted provider does with the raw socket instead of answering.


def drop(connection: socket.socket, stopped: threading.Event) -> None:
    """Hang up without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket, stopped: threading.Event) -> None:
    """Hang up rudely: what was not yet read is lost."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang(connection: socket.socket, stopped: threading.Event) -> None:
    """Say nothing for as long as the test lasts."""
    stopped.wait(STOP_SECONDS)


def trickle(connection: socket.socket, stopped: threading.Event) -> None:
    """One byte every tenth of a second: each read succeeds, and the answer never ends."""
    while not stopped.wait(0.1):
        connection.sendall(b"2")


def say(words: str) -> Callable:
    """Say this and hang up."""

    def behaviour(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(words.encode())
        drop(connection, stopped)

    return behaviour


class ScriptedMailServer:
    """An SMTP server on a raw socket with a script: per step a reply, or a behaviour that ends the talk.

    Steps: banner EHLO MAIL RCPT DATA middle dot RSET STARTTLS QUIT; any other gets a good answer.
    """

    REPLIES = {"banner": "220 ready", "EHLO": "250 sink", "DATA": "354 go on"}

    def __init__(self, script: dict[str, str | Callable] | None = None):
        self.script = script or {}
        self.said: list[str] = []
        self.accepted: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()

    def __enter__(self) -> "ScriptedMailServer":
        self._listener = socket.create_server((HOST, 0))
        self.host, self.port = self._listener.getsockname()
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.stopped.set()
        self._listener.close()

    def hang_up(self) -> None:
        """Close the newest connection, as servers do with idle ones."""
        drop(self._newest, self.stopped)

    def _listen(self) -> None:
        with suppress(OSError):
            while not self.stopped.is_set():
                self._newest, _address = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(self._newest,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            going = self._answer("banner", connection)
            while going and (line := lines.readline()):
                self.said.append(line.decode().strip())
                step = self.said[-1].split(" ")[0].upper()
                going = self._answer(step, connection) and step != "QUIT"
                if going and step == "DATA" and self._reply("DATA").startswith("354"):
                    going = self._take_message(connection, lines)

    def _take_message(self, connection: socket.socket, lines) -> bool:
        content = b""
        while (line := lines.readline()) != b".\r\n":
            content += line
            if "middle" in self.script or not line:
                return bool(line) and self._answer("middle", connection)
        self.accepted.append(content)
        return self._answer("dot", connection)

    def _reply(self, step: str) -> str:
        service_message = self.script.get(step, self.REPLIES.get(step, "250 OK"))
        return service_message if isinstance(service_message, str) else ""

    def _answer(self, step: str, connection: socket.socket) -> bool:
        """True if the talk goes on."""
        behaviour = self.script.get(step)
        if callable(behaviour):
            behaviour(connection, self.stopped)
            return False
        connection.sendall(self._reply(step).replace("\n", "\r\n").encode() + b"\r\n")
        return True
