"""docker/healthcheck.py, run as Docker runs it: another process, judged by its exit code."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOST = "sayso.example"


def healthcheck(*arguments, **environment):
    command = [sys.executable, ROOT / "docker" / "healthcheck.py", *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=30).returncode


@pytest.fixture
def pages():
    """A web process that answers with the status that a test sets, and only under its own name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked_well = (self.path, self.headers["Host"]) == ("/healthz", HOST)
            self.send_response(self.server.status if asked_well else 400)
            self.send_header("Location", f"https://{HOST}/healthz")
            self.end_headers()

        def log_message(self, *args):
            """Nothing: the exit code is what counts."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (301, 1)])
def test_the_pages_are_well_when_healthz_says_so(pages, status, code):
    pages.status = status

    assert healthcheck("web", PORT=str(pages.server_port), BASE_URL=f"https://{HOST}") == code


def test_pages_that_do_not_answer_are_not_well(pages):
    pages.shutdown()
    pages.server_close()

    assert healthcheck("web", PORT=str(pages.server_port), BASE_URL=f"https://{HOST}") == 1


@pytest.mark.parametrize(("minutes_ago", "code"), [(3, 0), (10, 1)])
def test_the_scheduler_is_well_when_it_saved_its_schedule_lately(tmp_path, minutes_ago, code):
    schedule = tmp_path / "beat-schedule.db"
    schedule.touch()
    then = schedule.stat().st_mtime - 60 * minutes_ago
    os.utime(schedule, (then, then))

    assert healthcheck("beat", SAYSO_DATA=str(tmp_path)) == code


def test_a_scheduler_that_never_saved_is_not_well(tmp_path):
    assert healthcheck("beat", SAYSO_DATA=str(tmp_path)) == 1


def test_a_mistyped_check_is_not_taken_for_health():
    assert healthcheck("worker") == 2
