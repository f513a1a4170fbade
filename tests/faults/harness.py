"""Real processes, really killed: each in its own group, and only those we started.

Every fault test prints its seed and figures as one JSON line.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PART = 1 if os.environ.get("THOROUGH") else 16  # every day a part of the people, in .ci/run all


def database_url() -> str:
    """The test database, for another process to join."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host, port = database["HOST"] or "localhost", database["PORT"] or "5432"
    return f"postgres://{database['USER']}:{database['PASSWORD']}@{host}:{port}/{database['NAME']}"


@dataclass
class Crew:
    """Processes of one test. Leaving the block ends every one of them."""

    environment: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen] = field(default_factory=list)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *trouble: object) -> None:
        for process in self.processes:
            self.kill(process)

    def start(self, *arguments: object) -> subprocess.Popen:
        """`python -m tests.faults.worker ARGUMENTS`, in a process group of its own."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(),
            **self.environment,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker", *map(str, arguments)],
            cwd=ROOT, env=environment, start_new_session=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen) -> None:
        """SIGKILL the whole group, if it is still the process that we started."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def seeded() -> tuple[int, random.Random]:
    seed = int(os.environ.get("FAULT_SEED", time.time_ns() % 1_000_000))
    return seed, random.Random(seed)


def report(test: str, **figures: object) -> None:
    """One line of JSON: what was done and what came of it."""
    print(json.dumps({"test": test, "database": connection.vendor, **figures}))  # noqa: T201 the figures are the point
