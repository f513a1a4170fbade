import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import supervisor
from tests import sinks

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from config import supervisor
port, other = int(sys.argv[1]), sys.argv[2]
web = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
programs = {"web": web, "other": [sys.executable, "-c", other]}
try:
    supervisor.run(programs, port=port, when_ready=lambda: print("ready", flush=True), patience=2)
except supervisor.Died as death:
    sys.exit(str(death))
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)


@pytest.fixture
def port():
    return sinks.free_port()


@pytest.fixture
def start(port):
    """Starts a web server and one other program under a supervisor of their own."""
    started = []

    def start(other):
        command = [sys.executable, "-c", SCRIPT, str(port), other]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True))
        return started[0]

    yield start
    started[0].kill()
    started[0].communicate()


def line_with(words, process):
    """Read until a line has these words."""
    return next(line for line in process.stdout if words in line)


@pytest.mark.parametrize("number", supervisor.STOPPING)
def test_one_signal_stops_everything(start, port, number):
    process = start("import time; time.sleep(60)")
    line_with("ready", process)

    process.send_signal(number)

    assert process.wait(timeout=15) == 0
    assert supervisor.port_is_free(port)


def test_a_program_that_dies_ends_all_with_a_sentence(start, port):
    process = start("import sys, time; time.sleep(0.5); sys.exit(3)")

    _out, said = process.communicate(timeout=15)

    assert process.returncode == 1
    assert said == "other stopped by itself (exit code 3), so everything was stopped.\n"
    assert supervisor.port_is_free(port)


def test_a_program_that_does_not_listen_is_ended_within_seconds(start, port):
    process = start(STUBBORN)
    line_with("deaf", process)
    began = time.monotonic()

    process.terminate()

    assert process.wait(timeout=20) == 0
    assert time.monotonic() - began < 2 + 4
    assert supervisor.port_is_free(port)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_nothing_stays_behind_when_the_supervisor_is_killed(start, port):
    process = start("import time; time.sleep(60)")
    line_with("ready", process)

    process.kill()
    process.wait()
    time.sleep(1)

    assert supervisor.port_is_free(port)


def test_what_a_program_prints_carries_its_name(start):
    process = start("print('hello', flush=True); import time; time.sleep(60)")

    assert line_with("hello", process) == "  other | hello\n"
