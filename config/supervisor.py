"""Run the web server, the worker and the scheduler together, and stop them together."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

PATIENCE_SECONDS = 8
READY_SECONDS = 60
POLL_SECONDS = 0.2
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Died(Exception):
    """One of the programs stopped by itself; the message is a sentence for the operator."""


class Stopped(Exception):
    """Somebody asked us to stop."""


@dataclass
class Child:
    """One program of ours, in its own process group."""

    name: str
    process: subprocess.Popen[str]

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def port_is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_answering(port: int, *, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(
    programs: Mapping[str, list[str]],
    *,
    port: int,
    when_ready: Callable[[], None],
    patience: float = PATIENCE_SECONDS,
) -> None:
    """Run until somebody stops us (returns) or a program dies (raises Died). Nothing is left running."""
    for number in STOPPING:
        signal.signal(number, _stop)
    children: list[Child] = []
    try:
        for name, command in programs.items():
            children.append(start(name, command))
        wait_until_ready(children, port)
        when_ready()
        watch(children)
    except Stopped:
        return
    finally:
        stop(children, patience)


def start(name: str, command: list[str]) -> Child:
    """Start one program; what it prints comes out line by line under its name."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        process_group=0,
        preexec_fn=_die_with_parent,
    )
    threading.Thread(target=_pass_on, args=(name, process), daemon=True).start()
    return Child(name, process)


def wait_until_ready(children: list[Child], port: int) -> None:
    """Until the web server listens."""
    deadline = time.monotonic() + READY_SECONDS
    while not is_answering(port):
        _report_dead_children(children)
        if time.monotonic() > deadline:
            raise Died(f"The web server did not start within {READY_SECONDS} seconds: see its lines above.")
        time.sleep(POLL_SECONDS)


def watch(children: list[Child]) -> NoReturn:
    """Until one of them dies."""
    while True:
        _report_dead_children(children)
        time.sleep(POLL_SECONDS)


def stop(children: list[Child], patience: float) -> None:
    """Ask all to stop, wait a little, and end whoever is still there."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + patience
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0, deadline - time.monotonic()))
        child.signal(signal.SIGKILL)
        child.process.wait()


def _report_dead_children(children: list[Child]) -> None:
    for child in children:
        if (code := child.process.poll()) is not None:
            raise Died(f"{child.name} stopped by itself (exit code {code}), so everything was stopped.")


def _pass_on(name: str, process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        sys.stdout.write(f"{name:>7} | {line}")
        sys.stdout.flush()


def _stop(number: int, frame: object) -> NoReturn:
    raise Stopped


def _die_with_parent() -> None:
    """On Linux a program of ours is told to stop when we are killed; elsewhere only Ctrl-C stops it."""
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
