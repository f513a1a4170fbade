import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from config import checks
from config.settings import keys

ROOT = Path(__file__).resolve().parents[2]


def check(**settings):
    """Run the deploy check as production would, with nothing but these settings; returns the finished process."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production", **settings}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture
def environment(tmp_path):
    return keys.make_secrets() | {"BASE_URL": "https://sayso.example", "SAYSO_DATA": str(tmp_path)}


def test_production_passes_the_deploy_check(environment):
    done = check(**environment)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_without_a_secret_production_does_not_start_and_says_which(environment):
    del environment["FINGERPRINT_KEY"]

    done = check(**environment)

    assert done.returncode != 0
    assert done.stderr.startswith("Sayso does not start. FINGERPRINT_KEY is not set: it makes the fingerprints")
    assert "Traceback" not in done.stderr


def test_a_weak_secret_stops_production(environment):
    done = check(**environment | {"LEDGER_KEY": "letmein"})

    assert done.returncode != 0
    assert "LEDGER_KEY is too weak" in done.stderr


def test_links_in_production_need_tls(environment):
    done = check(**environment | {"BASE_URL": "http://sayso.example"})

    assert done.returncode != 0
    assert "BASE_URL must start with https://" in done.stderr


def test_the_post_room_in_production_is_an_error(settings):
    settings.SESSION_COOKIE_SECURE = True

    [error] = checks.demo_is_not_production()

    assert error.id == "sayso.E001"
    assert error.is_serious()


def test_the_post_room_in_the_demo_is_no_error(settings):
    settings.SESSION_COOKIE_SECURE = False

    assert checks.demo_is_not_production() == []


@pytest.mark.django_db
def test_the_health_page_answers_while_the_database_does():
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")
