"""A demo inbox of its own for each test, and a server that only listens."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@pytest.fixture(autouse=True)
def post_room(settings, tmp_path):
    settings.DEMO_INBOX_ROOT = tmp_path / "demo-inbox"
    return settings.DEMO_INBOX_ROOT


@dataclass
class Door:
    """Answers every POST with one status and keeps what came."""

    url: str = ""
    status: int = 200
    came: list = field(default_factory=list)


@pytest.fixture
def door(settings):
    """Where our public pages are said to be during this test."""
    kept = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.came.append((self.path, dict(self.headers), body))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Quiet: the test looks at what was kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    kept.url = settings.BASE_URL = f"http://127.0.0.1:{server.server_port}"
    yield kept
    server.shutdown()
    server.server_close()
