"""Run Sayso on this machine: web, worker and scheduler together, stopped by one Ctrl-C."""

import os
import sys
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import supervisor

PYTHON = sys.executable
PORT_TAKEN = "Port {port} is in use: stop the other program or run `python3 dev.py run --port {next}`."
READY = "\nSayso is running at {url}/  Stop it with Ctrl-C."
DEMO_PORTS = "  Sign up      {url}/\n  Staff pages  {url}/admin/\n  Demo inbox   {url}/demo-inbox/"


class Command(BaseCommand):
    help = "Runs the web server, the worker and the scheduler (and the demo's catcher) until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--loglevel", default="warning", choices=["debug", "info", "warning", "error"])

    def handle(self, *args: Any, **options: Any) -> None:
        port, level = options["port"], options["loglevel"]
        if not supervisor.port_is_free(port):
            raise CommandError(PORT_TAKEN.format(port=port, next=port + 1))
        url = assign_ports(port) if settings.DEMO else settings.BASE_URL
        os.environ.setdefault("LOG_LEVEL", level.upper())
        try:
            supervisor.run(programs(port, level), port=port, when_ready=lambda: self.say_ready(url))
        except supervisor.Died as death:
            raise CommandError(str(death)) from None
        self.stdout.write("Stopped.")

    def say_ready(self, url: str) -> None:
        self.stdout.write(READY.format(url=url))
        if settings.DEMO:
            self.stdout.write(DEMO_PORTS.format(url=url))


def assign_ports(port: int) -> str:
    """Tell the demo's programs where they live: links follow the port, inner ports are free ones."""
    texts = urlsplit(settings.SMS_PROVIDER_URL).port or 0
    for name, wanted in {"SAYSO_MAIL_PORT": settings.EMAIL_PORT, "SAYSO_TEXT_PORT": texts}.items():
        os.environ[name] = str(wanted if supervisor.port_is_free(wanted) else supervisor.any_free_port())
    os.environ["BASE_URL"] = f"http://localhost:{port}"
    return os.environ["BASE_URL"]


def programs(port: int, level: str) -> dict[str, list[str]]:
    """The command of each program, by name."""
    celery = [
        PYTHON,
        "-W",
        "ignore:You're running the worker",
        "-m",
        "celery",
        "--quiet",
        "--app",
        "config.celery",
    ]
    demo = {"demo inbox": [PYTHON, "manage.py", "demo_inbox"]} if settings.DEMO else {}
    return demo | {
        "web": [PYTHON, "-m", "gunicorn", "config.wsgi", *web_options(port, level)],
        "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "4", *celery_options(level)],
        "beat": [*celery, "beat", "--pidfile", "", "--loglevel", level],
    }


def web_options(port: int, level: str) -> list[str]:
    bind = f"127.0.0.1:{port}"
    return ["--bind", bind, "--worker-class", "gthread", "--threads", "8", "--log-level", level]


def celery_options(level: str) -> list[str]:
    return ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", level]
